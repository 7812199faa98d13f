"""Rules X1-X3: `unit_from_context`, a unit made of the names in a namespace."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from signatures import Signature, derived, for_export
from tests.units.rules.small import IX, IXY, Case, Fails, bound, cases, signature, wants
from units import DefinitionError, UninitializedError
from units.racket import (
    compound_unit,
    invoke_unit,
    invoke_unit_infer,
    is_unit,
    only,
    prefix,
    rename,
    tag,
    unit,
    unit_from_context,
)

IXF = signature("IXF", "x", "f")


def linked(context: Any, spec: Any, user: Any) -> Any:
    return invoke_unit(compound_unit(link=[({"S": spec}, context, []), ({}, user, ["S"])]))


def from_module() -> Any:
    here = ModuleType("here")
    here.x = 5
    return bound(unit_from_context(here, IX), IX)


@cases(
    (
        "ufc-basic",
        lambda: linked(
            unit_from_context({"x": 5, "f": lambda n: 5 * n}, IXF),
            IXF,
            wants(lambda f: f(3), IXF),
        ),
        15,
    ),
    (
        "ufc-rename",
        lambda: bound(unit_from_context({"here": 1}, rename(IX, here="x")), IX),
        {"x": 1},
    ),
    (
        "ufc-prefix",
        lambda: linked(
            unit_from_context({"ctx_x": 1, "ctx_y": 2}, prefix("ctx_", IXY)),
            IXY,
            wants(lambda x, y: [x, y], IXY),
        ),
        [1, 2],
    ),
    (
        "ufc-tag",
        lambda: bound(unit_from_context({"x": 1}, tag("t", IX)), tag("t", prefix("got_", IX))),
        {"got_x": 1},
    ),
    (
        "ufc-missing",
        lambda: unit_from_context({"x": 5}, IXY),
        Fails(DefinitionError, "unbound name"),
    ),
    (
        "ufc-only",
        lambda: unit_from_context({"x": 5}, only(IXY, "x")),
        Fails(DefinitionError, "only and except_ are for imports"),
    ),
    ("ufc-module", from_module, {"x": 5}),
    ("ufc-is-unit", lambda: is_unit(unit_from_context({"x": 1}, IX)), True),
)
def test_X1_the_names_of_a_namespace_are_exported(case: Case) -> None:
    """One signature, tagged, prefixed or renamed; its names must be there."""
    case.check()


def scope_of_the_expression() -> Any:
    def inner(b: int) -> Any:
        return unit_from_context(dict(locals()), IB)

    IB = signature("IB", "b")
    made = inner(1)
    b = 2
    assert b == 2
    return bound(made, prefix("got_", IB))


def read_at_each_use(user: Any) -> Any:
    ns: dict[str, Any] = {"x": "old"}
    made = unit_from_context(ns, IX)
    ns["x"] = "when invoked"
    get = linked(made, IX, user)
    ns["x"] = "after"
    return get()


def by_component(of: IX) -> Any:
    return lambda: of.x


class IDouble(Signature):
    x: int

    @property
    @for_export
    def y(self) -> int:
        return 2 * self.x


class ITriple(Signature):
    x: int

    @derived
    def triple(self) -> int:
        return 3 * self.x


def deleted() -> Any:
    ns = {"x": 1}
    get = linked(unit_from_context(ns, IX), IX, wants(lambda x: lambda: x + 1, IX))
    del ns["x"]
    return get()


@cases(
    ("ufc-lexical", scope_of_the_expression, {"got_b": 1}),
    ("ufc-snapshot", lambda: read_at_each_use(wants(lambda x: lambda: x, IX)), "after"),
    ("ufc-snapshot-component", lambda: read_at_each_use(unit(by_component)), "after"),
    (
        "ufc-exportdef",
        lambda: bound(unit_from_context({"x": 5, "y": "ignored"}, IDouble), prefix("g_", IDouble)),
        {"g_x": 5, "g_y": 10},
    ),
    (
        "ufc-exportdef-not-asked",
        lambda: bound(unit_from_context({"x": 4}, IDouble), IDouble)["y"],
        8,
    ),
    (
        "ufc-derived",
        lambda: bound(unit_from_context({"x": 5}, ITriple), ITriple)["triple"](),
        15,
    ),
    ("ufc-deleted", deleted, Fails(UninitializedError, "IX.x: undefined")),
)
def test_X2_names_are_read_at_each_use(case: Case) -> None:
    """What is assigned later is seen; what the signature computes for exporters is not looked up."""
    case.check()


@cases(
    (
        "dufc-infer",
        lambda: invoke_unit_infer([unit_from_context({"x": 11}, IX), wants(lambda x: (x,), IX)]),
        (11,),
    ),
    ("ufc-two-specs", lambda: unit_from_context({"x": 1}, IX, IX), Fails(TypeError)),
    (
        "dufc-module-globals",
        lambda: bound(unit_from_context(vars(sys), rename(IX, maxsize="x")), IX)["x"] > 0,
        True,
    ),
)
def test_X3_it_can_be_linked_by_inference(case: Case) -> None:
    """A unit made of a namespace says what it exports, as every unit does."""
    case.check()
