"""Write a class that is a unit, and a function that is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units.learn.exercise import Theirs, expect, exported, imported

NAME = "two_units"

TEXT = '''"""2. Answer, by a class and by a function.

Write two units:

- WoodFoundry, a class unit that exports IFoundry: its letters are the characters of the text in
  lower case, as a list of str;
- counter, a function unit that imports IPress and exports ICounter: price is 3, and order has the
  press print the text once for each copy and returns the bill, "2 sheets, 6 pence" for two copies.

Neither may name another unit: what counter needs comes in through its parameter.

Stuck? python -m units.learn hint 2
"""

from units import exports, unit
from units.learn.letterpress import ICounter, IFoundry, IPress

<gap>
'''

START = """\

class WoodFoundry: ...


def counter(): ...
"""

ANSWER = """\

@unit
class WoodFoundry(IFoundry):
    def cast(self, text: str) -> list[str]:
        return list(text.lower())


@unit
def counter(press: IPress) -> ICounter:
    price = 3

    def order(text: str, copies: int) -> str:
        for _ in range(copies):
            press.print(text)
        return f"{copies} sheets, {copies * price} pence"

    return exports(locals())
"""

HINT = """\
A class exports the signatures among its bases and imports what its constructor takes. A function
imports by its parameters' annotations and exports by its return annotation; define price and order
inside it, and end with `return exports(locals())`.
"""

WHY = """\
The class needs nothing, so it has no constructor. The function could be a class as well, with
`def __init__(self, press: IPress)`; a function is shorter where the members share a few variables.
@unit checks both when the file is read: every member there, under its name, with its parameters.
"""

ADVICE: Mapping[str, str] = {
    "parameter 1 is named self": (
        "Inside a function there is no `self`: only methods of a class have that."
    ),
    "  returned: ": (
        "What the body returns does not have the members: end it with `return exports(locals())`."
    ),
    "parameter is neither an import nor a setting": (
        "The parameter has no annotation, so nobody knows what it is to receive: `press: IPress`."
    ),
    "the unit does not match the signature it exports": (
        "A member has the name and the parameters that the signature says: compare `expected` and `got`."
    ),
    "exports takes a mapping": "`locals` is a function, and is to be called: `exports(locals())`.",
    "exports() takes from": (
        "Members are handed over by name: `exports(price=price, order=order)`, or `exports(locals())`."
    ),
    "object is not callable": (
        "`press` is a component: one prints with its member, `press.print(text)`."
    ),
    "a signature declares each member once": (
        "To name Signature among the bases makes another signature. A class that answers names "
        "IFoundry alone."
    ),
    "a signature has no objects of its own": (
        "Parentheses behind a signature would call it: an annotation names it without."
    ),
    "annotation names something that does not exist": (
        "An annotation is misspelled, or names what is not imported: `undefined` says which."
    ),
    "undefined export": (
        "The body has to define every member of the signature, under exactly that name."
    ),
    "the body never returns its exports": "Its last line is to be `return exports(locals())`.",
}


class _Press:
    """Stands in for the shop's press."""

    name = "a press"

    def __init__(self) -> None:
        self.printed: list[str] = []

    def print(self, text: str) -> None:
        self.printed.append(text)

    def sheets(self) -> list[str]:
        return self.printed


def check(theirs: Theirs) -> None:
    """Look at what the units import and export, and call both."""
    foundry, counter = theirs.unit("WoodFoundry"), theirs.unit("counter")
    expect(
        exported(foundry) == ["IFoundry"],
        "`WoodFoundry` does not export IFoundry: a class exports the signatures among its bases.",
    )
    expect(not foundry.imports, "`WoodFoundry` needs nothing, so its constructor takes nothing.")
    expect(
        imported(counter) == ["IPress"],
        "`counter` is to import IPress, and only that: one parameter, annotated with it.",
    )
    expect(
        exported(counter) == ["ICounter"],
        "`counter` does not export ICounter: a function exports its return annotation, `->`, and a "
        "class the signatures among its bases.",
    )
    made: Any = theirs.WoodFoundry()
    letters = made.cast("Ab")
    expect(
        letters == ["a", "b"],
        f'`cast("Ab")` returned {letters!r}; the task says the list ["a", "b"].',
    )
    press = _Press()
    desk: Any = theirs.counter(press)
    expect(not callable(desk.price), "`price` is read and not called: `price = 3`, and no `def`.")
    expect(desk.price == 3, f"`price` is {desk.price!r}; the task says 3.")
    bill = desk.order("Hello", 2)
    expect(
        press.printed == ["Hello", "Hello"],
        f'`order("Hello", 2)` had the press print {press.printed!r}; two sheets were ordered.',
    )
    expect(
        bill == "2 sheets, 6 pence",
        f'`order("Hello", 2)` returned {bill!r}; the task says "2 sheets, 6 pence".',
    )
