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
    Mistake(
        "the predicate called without a number",
        changed(RIGHT, ("at_least_one", "at_least_one()")),
        "call `at_least_one` at once",
        "at_least_one() missing 1 required",
    ),
    Mistake(
        "other brackets",
        changed(RIGHT, ("[int, at_least_one]", "(int, at_least_one)")),
        "Annotated takes brackets",
        "TypeError: ",
    ),
    Mistake(
        "Annotated and nothing behind the type",
        changed(RIGHT, (", at_least_one", "")),
        "Behind the type",
        "at least two arguments",
    ),
    Mistake(
        "a comparison",
        changed(RIGHT, ("Annotated[int, at_least_one]", "int >= 1")),
        "An annotation is no comparison",
        "not supported between instances of 'type'",
    ),
    Mistake(
        "the predicate of the result",
        changed(RIGHT, ("list[str]", "Annotated[list[str], at_least_one]")),
        "`at_least_one` is about `count`",
        "not supported between instances of 'list'",
    ),
    Mistake(
        "a list in brackets",
        changed(RIGHT, ("list[str]", "[str]")),
        "A list of str is `list[str]`",
        "contract cannot be checked",
    ),
    Mistake(
        "the whole signature",
        changed(RIGHT, ("    @contracted\n", "")),
        "above a member, not above the class",
        "contracted marks functions",
        around=(("class ITypeCase", "@contracted\nclass ITypeCase"),),
    ),
    Mistake(
        "only the predicate",
        changed(RIGHT, ("Annotated[int, at_least_one]", "at_least_one")),
        "Nobody was blamed when a unit asked for 2.5 letters",
    ),
    Mistake(
        "a default",
        changed(RIGHT, ("count: Annotated[int, at_least_one]", "count: int = 1")),
        "`take` has a default",
    ),
    Mistake(
        "only by name",
        changed(RIGHT, ("count:", "*, count:")),
        "neither only by name",
    ),
    Mistake(
        "one str as result",
        changed(RIGHT, ("list[str]", "str")),
        "keeps what the task says, but breaks this contract",
        "broke its own contract",
    ),
]
