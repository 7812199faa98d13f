"""Write a signature: a data member and a method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signatures._members import DataMember, MethodMember, members
from signatures._zope import InterfaceClass
from units.learn.exercise import Theirs, Wrong, expect

NAME = "signature"

TEXT = '''"""1. Say what may be asked for.

The shop gets a counter, where people order. Write its signature, ICounter, with two members:

- price, an int that is only read;
- order, a method that takes text (a str) and copies (an int) and returns a str, the bill.

A signature names members and defines none: a body is `...` and nothing else.

Stuck? python -m units.learn hint 1
"""

from signatures import Signature


<gap>
'''

START = '''\
class ICounter:
    """Takes orders."""
'''

ANSWER = '''\
class ICounter(Signature):
    """Takes orders."""

    @property
    def price(self) -> int: ...
    def order(self, text: str, copies: int) -> str: ...
'''

HINT = """\
A signature is a class with Signature among its bases. A data member that is only read is a
property: @property above `def price(self) -> int: ...`. A method is written as in any class, with
self as its first parameter.
"""

WHY = """\
Signature among the bases is what makes a class a signature; without it, the class would be one that
implements. `price: int` says nearly the same as the property, but a type checker would then expect
that importers may also assign to it.
"""

ADVICE: Mapping[str, str] = {
    "a signature's body holds members only": (
        "A signature says what there is, not what it is: declare `price`, give it no value."
    ),
    "takes self first": "`order` has no `self`: write it first, as in any method.",
}


def check(theirs: Theirs) -> None:
    """Look for both members, and for the parameters of the method."""
    counter: Any = theirs.ICounter
    if not isinstance(counter, InterfaceClass):
        raise Wrong("`ICounter` is a class like any other: name Signature as its base.")
    found = members(counter)
    expected = {"price", "order"}
    missing = ", ".join(f"`{name}`" for name in sorted(expected - set(found)))
    other = ", ".join(f"`{name}`" for name in found if name not in expected)
    besides = f" There is {other} instead." if other else ""
    expect(not missing, f"The signature has no member {missing}.{besides}")
    expect(not other, f"The task asks for two members; {other} is one more.")
    price, order = found["price"], found["order"]
    expect(
        isinstance(price, DataMember),
        "`price` is a method, which is called. For a value that is read, put @property above it.",
    )
    if not isinstance(order, MethodMember) or order.signature is None:
        raise Wrong("`order` is to be a method: `def order(self, ...) -> str: ...`.")
    names = list(order.signature.parameters)
    expect(
        names == ["text", "copies"],
        f"`order` takes {', '.join(names) or 'nothing'}; the task says text and copies, so called.",
    )
