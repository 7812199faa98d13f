"""Put a contract on a member, so that whoever breaks it is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from signatures._members import MethodMember, members
from units._contracts._blame import ContractError
from units._define import unit
from units._invoke import invoke
from units._link import link
from units._unit import Exports, exports
from units.learn.exercise import Theirs, Wrong, expect

NAME = "contracts"

TEXT = '''"""8. Who is to blame?

A type case has a compartment for each letter. ITypeCase has one member, take: it is given a letter,
a str, and how many are wanted, count, an int that is at least one; it returns a list of str. Write
the member with a contract that says all of this. Whoever breaks it is to be named: the unit that
asks for no letters at all, and the case that hands out something other than a list of str.

Stuck? python -m units.learn hint 8
"""

from typing import Annotated

from signatures import Signature, contracted


def at_least_one(n: int) -> bool:
    return n >= 1


class ITypeCase(Signature):
    """Keeps letters."""

<gap>
'''

START = """\
    def take(self, letter, count): ...
"""

ANSWER = """\
    @contracted
    def take(self, letter: str, count: Annotated[int, at_least_one]) -> list[str]: ...
"""

HINT = """\
@contracted above a member makes its annotations hold at the boundary between units. A type alone
says int; `Annotated[int, predicate]` says which ones.
"""

WHY = """\
Arguments come from the unit that imports, so it is blamed for them; the result comes from the unit
that exports. Neither unit checks anything itself, and the members of other signatures cost nothing.
"""

_BRACKETS = "Annotated takes brackets: `Annotated[int, at_least_one]`."

ADVICE: Mapping[str, str] = {
    "Annotated cannot be instantiated": _BRACKETS,
    "Cannot instantiate typing.Annotated": _BRACKETS,  # since Python 3.13
    "should be used with at least two": (
        "Behind the type, Annotated has what must hold: `Annotated[int, at_least_one]`."
    ),
    "'>=' not supported between instances of 'type'": (
        "An annotation is no comparison. What must hold is a function: `Annotated[int, at_least_one]`."
    ),
    "'>=' not supported between instances of 'list'": (
        "`at_least_one` is about `count`: the result is annotated `-> list[str]`."
    ),
    "no such constraint": ("`at_least_one(1)` is True: the predicate is named there, not called."),
    "contract cannot be checked": (
        "Here, an annotation is a type, perhaps in `Annotated`: `why` says what this one is. "
        "A list of str is `list[str]`."
    ),
    "contracted marks functions and properties": "@contracted stands above a member, not above the class.",
    "contracted() missing": "`@contracted` stands without parentheses.",
    "takes self first": "`take` has no `self`: write `self` first, as in any method.",
    "at_least_one() missing": (
        "The parentheses call `at_least_one` at once, without a number. Name it: the contract calls "
        "it, with each count. `Annotated[int, at_least_one]`."
    ),
}


Take = Callable[..., Any]

CALLER, CASE = "typesetter", "case"


class Breach(NamedTuple):
    """One way to break the contract: what a case does, what it is asked, and whose fault that is."""

    take: Take
    letter: Any
    count: Any
    blamed: str
    what: str
    look: str


def check(theirs: Theirs) -> None:
    """Have both sides break the contract, and look whom the errors name."""
    case: Any = theirs.ITypeCase
    found = members(case)
    expect(list(found) == ["take"], "`ITypeCase` is to have one member, `take`.")
    take = found["take"]
    if not isinstance(take, MethodMember) or take.signature is None:
        raise Wrong("`take` is to be a method.")
    names = list(take.signature.parameters)
    expect(names == ["letter", "count"], f"`take` takes {', '.join(names)}, not letter and count.")
    parameters = take.signature.parameters.values()
    expect(
        all(each.kind is each.POSITIONAL_OR_KEYWORD for each in parameters),
        "`take` is given letter and count in this order: neither only by name nor only by place.",
    )
    expect(
        all(each.default is each.empty for each in parameters),
        "`take` has a default, but is to be given both letter and count.",
    )
    expect("contracted" in take.marks, "`take` has no contract: put @contracted above it.")
    for count in (1, 2):
        try:
            _taken(case, _good, "e", count)
        except ContractError as error:
            said = f'`take("e", {count})` keeps what the task says, but breaks this contract.'
            raise Wrong(said) from error
    for breach in BREACHES:
        blamed = _blamed(case, breach)
        wanted = f"unit {breach.blamed}"
        expect(blamed is not None, f"Nobody was blamed when {breach.what}: {breach.look}")
        expect(blamed == wanted, f"{blamed} was blamed, not {wanted}, when {breach.what}.")


def _taken(case: Any, take: Take, letter: Any, count: Any) -> Any:
    """Return what a unit takes from a case that answers by *take*."""

    @unit(exports=[case], name=CASE)
    def answers() -> Exports:
        return exports(take=take)

    @unit(imports=[case], name=CALLER)
    def asks(take: Take) -> Any:  # the signature is the learner's, so its member is bound by name
        return take(letter, count)

    return invoke(link(answers, asks, exports=()))


def _blamed(case: Any, breach: Breach) -> str | None:
    try:
        _taken(case, breach.take, breach.letter, breach.count)
    except ContractError as error:
        return error.blaming
    return None


def _good(letter: Any, count: Any) -> Any:
    return [letter] * int(count)


def _letters(letter: Any, count: Any) -> Any:
    return ["e"] * count


def _string(letter: Any, count: Any) -> Any:
    return letter * count


def _numbers(letter: Any, count: Any) -> Any:
    return [count]


_COUNT = "`count` is `Annotated[int, at_least_one]`."
_RESULT = "the result is annotated `-> list[str]`."
BREACHES = (
    Breach(_good, "e", 0, CALLER, "a unit asked for 0 letters", _COUNT),
    Breach(_good, "e", -1, CALLER, "a unit asked for -1 letters", _COUNT),
    Breach(_good, "e", 2.5, CALLER, "a unit asked for 2.5 letters", _COUNT),
    Breach(_letters, 5, 2, CALLER, "a unit asked for the letter 5", "`letter` is a str."),
    Breach(_string, "e", 2, CASE, "the case handed out 'ee', a str", _RESULT),
    Breach(_numbers, "e", 2, CASE, "the case handed out [2]", _RESULT),
)
