"""Answers to the exercise `signature`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
class ICounter(Signature):
    @property
    def price(self) -> int: ...
    def order(self, text: str, copies: int) -> str: ...
"""

ALSO_RIGHT = [
    changed(RIGHT, (": ...\n", ":\n        pass\n")),
    changed(RIGHT, ("int", "'int'"), (": ...\n", ':\n        """Said here."""\n')),
]

MISTAKES = [
    Mistake(
        "order is data",
        changed(RIGHT, ("def order(self, text: str, copies: int) -> str: ...", "order: str")),
        "`order` is to be a method",
    ),
    Mistake(
        "no Signature among the bases",
        changed(RIGHT, ("(Signature)", "")),
        "name Signature as its base",
    ),
    Mistake(
        "a value instead of a member",
        changed(RIGHT, ("@property\n    def price(self) -> int: ...", "price = 3")),
        "declare `price`, give it no value",
        "not a member: price = 3",
    ),
    Mistake(
        "no self",
        changed(RIGHT, ("order(self, ", "order(")),
        "`order` has no `self`",
        "a method of a signature takes self first",
    ),
    Mistake(
        "price is a method",
        changed(RIGHT, ("@property\n    ", "")),
        "put @property above it",
    ),
    Mistake(
        "a member misspelled",
        changed(RIGHT, ("order", "orders")),
        "no member `order`. There is `orders` instead",
    ),
    Mistake(
        "parameters called otherwise",
        changed(RIGHT, ("copies", "n")),
        "`order` takes text, n;",
    ),
    Mistake(
        "a name that is not there",
        changed(
            RIGHT,
            ("-> str", "-> str | Bill"),
            ("...\n    def", "...\n    bills = Bills\n    def"),
        ),
        "neither defines nor imports",
        "NameError",
    ),
    Mistake(
        "the class called otherwise",
        changed(RIGHT, ("ICounter", "Counter")),
        "is it the one called `Counter`?",
    ),
    Mistake(
        "a body that does something",
        changed(RIGHT, ("-> int: ...", "-> int:\n        return 3")),
        "`price` does something",
    ),
    Mistake(
        "a body that refuses",
        changed(RIGHT, ("-> str: ...", "-> str:\n        raise NotImplementedError")),
        "`order` does something",
    ),
    Mistake(
        "data that may be assigned",
        changed(RIGHT, ("@property\n    def price(self) -> int: ...", "price: int")),
        "the task says that it is only read",
    ),
    Mistake(
        "no types of the parameters",
        changed(RIGHT, ("text: str, copies: int", "text, copies")),
        "The task says `text: str` for `order`.",
    ),
    Mistake(
        "no type of the bill",
        changed(RIGHT, (" -> str", "")),
        "The task says `-> str` for `order`.",
    ),
    Mistake(
        "another type",
        changed(RIGHT, ("copies: int", "copies: str")),
        "`copies: int` for `order`, not str",
    ),
    Mistake(
        "a property without self",
        changed(RIGHT, ("price(self)", "price()")),
        "both take `self` first",
    ),
    Mistake(
        "a default",
        changed(RIGHT, ("copies: int", "copies: int = 1")),
        "`copies` has a default",
    ),
    Mistake(
        "async",
        changed(RIGHT, ("def order", "async def order")),
        "`order` is async",
    ),
    Mistake(
        "a unit",
        "from units import unit\n\n\n@unit\n" + RIGHT,
        "`ICounter` is no unit: leave out @unit",
    ),
    Mistake(
        "Signature called",
        changed(RIGHT, ("(Signature)", "(Signature())")),
        "name it without",
        "a signature has no objects of its own",
    ),
    Mistake(
        "a constructor",
        changed(RIGHT, ("    @property", "    def __init__(self, price: int): ...\n    @property")),
        "`__init__` is one more",
    ),
]
