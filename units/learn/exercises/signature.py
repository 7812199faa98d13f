"""Write a signature: a data member and a method."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from inspect import Parameter, getsource, signature
from textwrap import dedent
from typing import Any

from signatures._members import DataMember, MethodMember, members
from signatures._zope import InterfaceClass
from units._define import as_unit
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
implements. `price: int` would say nearly the same as the property, but a type checker would then
expect that importers may also assign to it. The types are for type checkers, and for readers.
"""

ADVICE: Mapping[str, str] = {
    "a signature has no objects of its own": (
        "Parentheses behind a signature would call it: name it without, `class ICounter(Signature):`."
    ),
    "a signature's body holds members only": (
        "A signature says what there is, not what it is: declare `price`, give it no value."
    ),
    "takes self first": "`order` has no `self`: write it first, as in any method.",
}


def check(theirs: Theirs) -> None:
    """Look for both members, and for the parameters of the method."""
    counter: Any = theirs.ICounter
    if as_unit(counter) is not None:
        raise Wrong("A signature asks, so `ICounter` is no unit: leave out @unit.")
    if not isinstance(counter, InterfaceClass):
        raise Wrong(
            "`ICounter` is a class like any other: name Signature as its base, `ICounter(Signature)`."
        )
    found = members(counter)
    expected = {"price", "order"}
    missing = ", ".join(f"`{name}`" for name in sorted(expected - set(found)))
    other = ", ".join(f"`{name}`" for name in found if name not in expected)
    besides = f" There is {other} instead." if other else ""
    expect(not missing, f"The signature has no member {missing}.{besides}")
    expect(not other, f"The task asks for two members; {other} is one more.")
    price, order = found["price"], found["order"]
    if not isinstance(price, DataMember):
        raise Wrong(
            "`price` is a method, which is called. For a value that is read, put @property above it."
        )
    if price.function is None:
        raise Wrong(
            "To a type checker, `price: int` may be assigned to; the task says that it is only read: "
            "@property above `def price(self) -> int: ...`."
        )
    if not isinstance(order, MethodMember) or order.signature is None:
        raise Wrong("`order` is to be a method: `def order(self, ...) -> str: ...`.")
    parameters = order.signature.parameters
    expect(
        list(parameters) == ["text", "copies"],
        f"`order` takes {', '.join(parameters) or 'nothing'}; the task says text, then copies.",
    )
    for name, parameter in parameters.items():
        expect(
            parameter.default is Parameter.empty,
            f"`{name}` has a default, so that nobody has to give it; the task says that `order` takes it.",
        )
    expect(
        order.bound and signature(price.function).parameters,
        "`price` and `order` are of an object: both take `self` first, as in any class.",
    )
    said = {name: each.annotation for name, each in parameters.items()}
    _expect_type("price", "-> int", signature(price.function).return_annotation)
    _expect_type("order", "text: str", said["text"])
    _expect_type("order", "copies: int", said["copies"])
    _expect_type("order", "-> str", order.signature.return_annotation)
    expect(
        not order.is_async, "`order` is async, so that callers have to await it: write `def order`."
    )
    for name, member in (("price", price), ("order", order)):
        expect(
            not _does_something(member.function),
            f"`{name}` does something. A signature says what there is; how is up to whoever answers: "
            "its body is `...` and nothing else.",
        )


def _expect_type(member: str, wanted: str, annotation: Any) -> None:
    """Raise `Wrong` unless *annotation*, of *member*, is that of *wanted*, ``copies: int``."""
    got = annotation.__name__ if isinstance(annotation, type) else annotation
    said = "" if annotation is Parameter.empty else f", not {got}"
    expect(got == wanted.rpartition(" ")[2], f"The task says `{wanted}` for `{member}`{said}.")


def _does_something(function: Any) -> bool:
    """Tell whether the body of *function* is more than `...`, `pass` and a docstring."""
    (definition,) = ast.parse(dedent(getsource(function))).body
    body = definition.body if isinstance(definition, ast.FunctionDef) else [definition]
    return not all(
        isinstance(each, ast.Pass)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in body
    )
