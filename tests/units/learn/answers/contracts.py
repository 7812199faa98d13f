"""Answers to the exercise `contracts`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
    @contracted
    def take(self, letter: str, count: Annotated[int, at_least_one]) -> list[str]: ...
"""

ALSO_RIGHT = [
    changed(RIGHT, ("at_least_one", "lambda n: n > 0")),
]

MISTAKES = [
    Mistake("data instead of a method", "    take: list[str]\n", "`take` is to be a method"),
    Mistake(
        "no contract",
        changed(RIGHT, ("    @contracted\n", "")),
        "put @contracted above it",
    ),
    Mistake(
        "no predicate",
        changed(RIGHT, ("Annotated[int, at_least_one]", "int")),
        "Nobody was blamed when a unit asked for 0 letters",
    ),
    Mistake(
        "a predicate that allows nothing to be taken",
        changed(RIGHT, ("at_least_one", "lambda n: n >= 0")),
        "Nobody was blamed when a unit asked for 0 letters",
    ),
    Mistake(
        "a predicate that refuses one",
        changed(RIGHT, ("at_least_one", "lambda n: n > 1")),
        '`take("e", 1)` keeps what the task says, but breaks this contract',
        "ITypeCase.take: contract violation",
    ),
    Mistake(
        "nothing said of the result",
        changed(RIGHT, (" -> list[str]", "")),
        "Nobody was blamed when the case handed out 'ee', a str",
    ),
    Mistake(
        "a list of anything",
        changed(RIGHT, ("list[str]", "list")),
        "Nobody was blamed when the case handed out [2]",
    ),
    Mistake(
        "parentheses",
        changed(RIGHT, ("@contracted", "@contracted()")),
        "stands without parentheses",
        "contracted() missing",
    ),
    Mistake(
        "no self",
        changed(RIGHT, ("self, ", "")),
        "write `self` first",
        "a method of a signature takes self first",
    ),
    Mistake(
        "the predicate called",
        changed(RIGHT, ("at_least_one", "at_least_one(1)")),
        "the predicate is named there, not called",
        "no such constraint is known here",
    ),
    Mistake(
        "a letter of any kind",
        changed(RIGHT, ("letter: str", "letter")),
        "Nobody was blamed when a unit asked for the letter 5",
    ),
]
