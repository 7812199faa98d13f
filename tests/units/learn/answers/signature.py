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
    changed(RIGHT, ("@property\n    def price(self) -> int: ...", "price: int")),
    changed(RIGHT, ("text: str, copies: int", "text, copies"), (": ...\n", ":\n        pass\n")),
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
        "did you mean to call `Counter` so?",
    ),
]
