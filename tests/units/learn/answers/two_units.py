"""Answers to the exercise `two_units`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
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

ALSO_RIGHT = [
    changed(RIGHT, ("press: IPress", "press: IPress, price: int = 3"), ("    price = 3\n", "")),
    changed(RIGHT, ("list(text.lower())", "[letter.lower() for letter in text]")),
]

MISTAKES = [
    Mistake(
        "another price",
        changed(RIGHT, ("price = 3", "price = 4")),
        "`price` is 4; the task says 3",
    ),
    Mistake(
        "a class that is no unit",
        RIGHT.removeprefix("@unit\n"),
        "`WoodFoundry` is no unit, but a plain class",
    ),
    Mistake(
        "a function that is no unit",
        changed(RIGHT, ("@unit\ndef", "def")),
        "`counter` is no unit, but a plain function",
    ),
    Mistake(
        "a member misspelled",
        changed(RIGHT, ("cast", "cats")),
        "compare `expected` and `got`",
        "did you mean: cats",
    ),
    Mistake(
        "exports never returned",
        changed(RIGHT, ("    return exports(locals())\n", "")),
        "Its last line is to be `return exports(locals())`",
        "the body never returns its exports",
    ),
    Mistake(
        "a parameter without annotation",
        changed(RIGHT, ("press: IPress", "press")),
        "The parameter has no annotation",
        "parameter is neither an import nor a setting",
    ),
    Mistake(
        "a member forgotten",
        changed(RIGHT, ("    price = 3\n", ""), ("copies * price", "copies * 3")),
        "define every member",
        "export: ICounter.price",
    ),
    Mistake(
        "no return annotation",
        changed(RIGHT, (" -> ICounter", "")),
        "`counter` does not export ICounter",
    ),
    Mistake(
        "one sheet whatever is ordered",
        changed(RIGHT, ("for _ in range(copies):\n        ", "if copies:\n        ")),
        "two sheets were ordered",
    ),
    Mistake(
        "self inside a function",
        changed(RIGHT, ("order(text", "order(self, text")),
        "Inside a function there is no `self`",
        "order(self, text, copies)",
    ),
    Mistake(
        "locals returned",
        changed(RIGHT, ("exports(locals())", "locals()")),
        "What the body returns does not have the members",
        "returned: dict object",
    ),
    Mistake(
        "a str instead of a list",
        changed(RIGHT, ("list(text.lower())", "text.lower()")),
        "returned 'ab'; the task says the list",
    ),
    Mistake(
        "locals not called",
        changed(RIGHT, ("locals()", "locals")),
        "is to be called: `exports(locals())`",
        "exports takes a mapping",
    ),
    Mistake(
        "members by position",
        changed(RIGHT, ("locals()", "price, order")),
        "Members are handed over by name",
        "exports() takes from 0 to 1",
    ),
    Mistake(
        "the press called",
        changed(RIGHT, ("press.print(text)", "press(text)")),
        "with its member, `press.print(text)`",
        "object is not callable",
    ),
    Mistake(
        "Signature among the bases of the class",
        "from signatures import Signature\n\n\n"
        + changed(RIGHT, ("(IFoundry)", "(IFoundry, Signature)")),
        "makes another signature",
        "a signature declares each member once",
    ),
    Mistake(
        "the signature called",
        changed(RIGHT, ("-> ICounter", "-> ICounter()")),
        "an annotation names it without",
        "a signature has no objects of its own",
    ),
    Mistake(
        "an annotation misspelled",
        changed(RIGHT, ("-> ICounter", '-> "ICountr"')),
        "`undefined` says which",
        "did you mean: ICounter",
    ),
    Mistake(
        "a price to be called",
        changed(
            RIGHT,
            ("    price = 3\n", "    def price() -> int:\n        return 3\n"),
            ("copies * price", "copies * 3"),
        ),
        "`price` is read and not called",
    ),
    Mistake(
        "a class of no signature",
        RIGHT.partition("@unit\ndef")[0]
        + "@unit\nclass counter:\n    def __init__(self, press: IPress) -> None: ...\n",
        "a class the signatures among its bases",
    ),
    Mistake(
        "another import",
        changed(RIGHT, ("press: IPress", "press: IFoundry")),
        "`counter` is to import IPress",
    ),
    Mistake(
        "all letters in one",
        changed(RIGHT, ("list(text.lower())", "[text.lower()]")),
        "returned ['ab']; the task says the list",
    ),
]
