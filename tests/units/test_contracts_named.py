"""What goes by a name of its own may mention itself: records, protocols that are called, aliases."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any, NotRequired, Protocol, Required, TypedDict

import pytest

from tests.units.contracted import BETWEEN, blamed
from units import DefinitionError
from units._contracts import Contract, compile_contract


class Node(TypedDict):
    value: int
    next: Node | None
    others: NotRequired[list[Node]]


class Partly(TypedDict, total=False):
    a: Annotated[Required[int], "told"]
    b: int


class Step(Protocol):
    def __call__(self) -> Step: ...


class Counts(Protocol):
    def __call__(self, n: int, /) -> int: ...


class CountsAgain(Counts, Protocol):
    """Says nothing of its own."""


class Labelled(Protocol):
    label: str

    def __call__(self, n: int, /) -> int: ...


def aliases(text: str) -> dict[str, Any]:
    """Return the aliases that *text* defines, which only a newer Python can read."""
    space: dict[str, Any] = {"Callable": Callable}
    exec(text, space)
    return space


def test_a_record_may_hold_others_of_its_kind() -> None:
    """All the way down; the value at fault is named."""
    contract = compile_contract(Node)
    contract.check({"value": 1, "next": {"value": 2, "next": None}}, BETWEEN)
    inner = {"value": 2, "next": {"value": "x", "next": None}}
    error = blamed(lambda: contract.check({"value": 1, "next": None, "others": [inner]}, BETWEEN))
    assert (error.expected, error.given, error.contract) == ("int", "x", "Node")
    assert error.path == (
        "the value at 'value' of",
        "the value at 'next' of",
        "element 0 of",
        "the value at 'others' of",
    )


def test_what_a_record_may_leave_out_is_known_from_text_annotations_too() -> None:
    """Of a module whose annotations are text, Python itself takes each for required (PEP 563)."""
    assert compile_contract(Node).accepts({"value": 1, "next": None})
    assert not compile_contract(Node).accepts({"value": 1})
    assert compile_contract(Partly).accepts({"a": 1})
    assert not compile_contract(Partly).accepts({"b": 1})


def test_a_protocol_that_returns_itself_is_refused() -> None:
    """Its calls are checked in use, which would have no end."""
    with pytest.raises(DefinitionError, match="mentions itself"):
        compile_contract(Step)


def test_a_protocol_that_inherits_its_call_is_a_function_all_the_same() -> None:
    """What is passed and what comes back are checked."""
    called = compile_contract(CountsAgain).wrap(str, BETWEEN)
    assert blamed(lambda: called("x")).blaming == "unit user"
    assert blamed(lambda: called(1)).blaming == "unit maker"


def test_a_protocol_that_is_called_and_has_attributes_is_checked_member_for_member() -> None:
    """What stands for a function would lack them."""

    class Tariff:
        label = "usual"

        def __call__(self, n: int, /) -> int:
            return n

    contract = compile_contract(Labelled)
    tariff = Tariff()
    assert contract.wrap(tariff, BETWEEN) is tariff
    assert not contract.accepts(str)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the type statement is new in 3.12")
@pytest.mark.parametrize(
    ("alias", "good", "bad"),
    [
        ("type A[K, V] = dict[V, K]; R = A[int, str]", {"a": 1}, {1: "a"}),
        ("type A[T] = int; R = A[str]", 1, "x"),
        ("type A[T] = T; R = A[int]", 1, "x"),
        ("type A[T] = T | list[A[T]]; R = A[int]", [[1], 2], [["x"]]),
        ("type A[T] = dict[str, T]; R = A[A[int]]", {"a": {"b": 1}}, {"a": {"b": "c"}}),
        ("type A[*Ts] = tuple[*Ts]; R = A[int, str]", (1, "x"), (1, 2)),
        ("type R = list[B]; type B = dict[str, R]", [{"a": []}], [{"a": [1]}]),
    ],
)
def test_an_alias_is_read_with_its_arguments(alias: str, good: object, bad: object) -> None:
    """By the names of its parameters, whatever it makes of them."""
    contract: Contract = compile_contract(aliases(alias)["R"])
    assert contract.accepts(good)
    assert not contract.accepts(bad)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the type statement is new in 3.12")
def test_an_alias_for_functions_is_read_with_its_arguments() -> None:
    """A list of types stands for their parameters."""
    alias = aliases("type A[**P] = Callable[P, int]; R = A[[str]]")["R"]
    called = compile_contract(alias).wrap(lambda text: text, BETWEEN)
    assert blamed(lambda: called(1)).blaming == "unit user"
    assert blamed(lambda: called("x")).blaming == "unit maker"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the type statement is new in 3.12")
@pytest.mark.parametrize("text", ["type R = R", "type A[T] = T | list[A[list[T]]]; R = A[int]"])
def test_an_alias_without_end_is_refused(text: str) -> None:
    """It stands for nothing but itself, or for something else each time."""
    with pytest.raises(DefinitionError, match="it has no end"):
        compile_contract(aliases(text)["R"])
