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
]
