"""Clauses of Racket's forms that mean nothing are refused in one sentence, whatever stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signatures import Signature
from units.racket import (
    StaticError,
    compound_unit,
    compound_unit_infer,
    define_unit_binding,
    exports,
    invoke_unit,
    unit,
    unit_new_import_export,
    unit_s,
)


class ILamp(Signature):
    def glow(self) -> str: ...


@unit
def lamp() -> ILamp:
    return exports(glow=lambda: "warm")


@unit
def reader(lamp: ILamp) -> str:
    return lamp.glow()


def form(make: Callable[..., Any], **clauses: Any) -> Callable[[], object]:
    """Return what uses a form with *clauses* that a type checker would refuse."""
    return lambda: make(**clauses)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (
            form(compound_unit_infer, link=[lamp, ({}, reader, [["L"]])]),
            "unknown linking identifier",
        ),
        (form(compound_unit, link=[({}, reader, [["L"]])]), "unknown linking identifier"),
        (form(compound_unit, link=lamp), "a line of a link clause is missing"),
        (form(compound_unit, exports=3), "unknown linking identifier"),
        (form(compound_unit, imports=[ILamp]), "link ids stand for signatures"),
        (form(compound_unit, link=[([ILamp], lamp, [])]), "link ids stand for signatures"),
        (form(compound_unit_infer, link=[([ILamp], lamp)]), "link ids stand for signatures"),
        (
            form(unit_new_import_export, exports=[ILamp], link=lamp),
            "a line of a link clause is missing",
        ),
        (
            form(unit_new_import_export, exports=[ILamp], link=()),
            "a line of a link clause is missing",
        ),
    ],
)
def test_a_clause_of_another_shape(use: Callable[[], object], said: str) -> None:
    """It is said what was expected, and where the form stands."""
    with pytest.raises(StaticError) as caught:
        use()
    assert str(caught.value).startswith(said)
    assert f"at: {__file__}:" in str(caught.value)


def test_one_thing_needs_no_list() -> None:
    """In any clause that lists signatures, and where units are linked by inference."""
    assert (
        repr(compound_unit_infer(link=lamp, exports=ILamp, name="u")) == "<unit u: () -> (ILamp)>"
    )
    both = compound_unit_infer(link=[define_unit_binding(lamp, exports=ILamp), reader])
    assert invoke_unit(both) == "warm"
    assert repr(unit_s(lamp, exports=ILamp)) == "<unit lamp: () -> (ILamp)>"
    new = unit_new_import_export(exports=ILamp, link=(ILamp, lamp))
    assert repr(new) == "<unit lamp: () -> (ILamp)>"
