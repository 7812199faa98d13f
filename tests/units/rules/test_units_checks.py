"""Rules U15-U17: the clauses of a unit, and in which order mistakes are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.units.rules.small import (
    IS,
    IX,
    IY,
    Case,
    IBase,
    ISub,
    cases,
    offers,
    refused,
    signature,
    wants,
)
from units import (
    DefinitionError,
    exports,
    invoke,
    prefix,
    tag,
    unit,
)


def sentences(body: Any, **clauses: Any) -> list[str]:
    """Return what is wrong with a unit, in the order in which it is told."""
    with pytest.raises(DefinitionError) as caught:
        unit(body, **clauses)
    return [problem.sentence for problem in caught.value.problems]


def unknown_name() -> Any:
    @unit
    def exporter() -> IMissing:  # noqa: F821
        x = 1
        return exports(locals())


def value_as_annotation() -> Any:
    @unit
    def importer(v: forty_two) -> None: ...


forty_two = 42


@cases(
    ("unit-spec-not-sig", lambda: wants(lambda: 1, forty_two), refused("an import is a signature")),
    ("unit-spec-not-sig-annotated", value_as_annotation, refused("neither an import")),
    (
        "unit-spec-unbound",
        unknown_name,
        refused("annotation names something that does not exist at run time"),
    ),
    (
        "unit-spec-literal",
        lambda: unit(lambda: 1, imports=7),
        refused("an import is a signature"),
    ),
    (
        "unit-spec-literal-export",
        lambda: unit(lambda: 1, exports=["IS"]),
        refused("an export is a signature"),
    ),
    ("unit-not-a-body", lambda: unit(5), refused("only a class or a function can be a unit")),
)
def test_U15_clauses_name_signatures(case: Case) -> None:
    """Whatever else stands there is refused, named, when the unit is defined."""
    case.check()


unknown_dependency = refused("initialization dependency on unknown import")


def from_a_component() -> Any:
    squares = wants(lambda x: x * x, IX, init_depend=[IX])
    return squares(invoke(offers(IX, x=5)))


@cases(
    (
        "unit-initdep-unknown",
        lambda: wants(lambda x: x, IX, init_depend=[IY]),
        unknown_dependency,
    ),
    (
        "unit-initdep-super-not-import",
        lambda: wants(lambda a: a, ISub, init_depend=[IBase]),
        unknown_dependency,
    ),
    (
        "unit-initdep-tag-mismatch",
        lambda: wants(lambda x: x, tag("t", IX), init_depend=[IX]),
        unknown_dependency,
    ),
    (
        "unit-initdep-tag-match",
        lambda: len(wants(lambda x: x, tag("t", IX), init_depend=[tag("t", IX)]).init_depend),
        1,
    ),
    ("unit-initdep-no-effect-on-invoke", from_a_component, 25),
    (
        "unit-initdep-adjusted",
        lambda: wants(lambda p_x: p_x, prefix("p_", IX), init_depend=[prefix("p_", IX)]),
        refused("an initialization dependency is a signature as it is"),
    ),
    (
        "unit-initdep-of-an-adjusted-import",
        lambda: len(wants(lambda p_x: p_x, prefix("p_", IX), init_depend=[IX]).init_depend),
        1,
    ),
)
def test_U16_an_initialization_dependency_repeats_an_import(case: Case) -> None:
    """Signature and tag; it constrains linking only."""
    case.check()


def defines_one_twice() -> Any:
    a = 1
    a = 2
    return exports(locals())


def defines_imported_instead(x: Any) -> Any:
    x = 1
    return exports(locals())


@pytest.mark.parametrize(
    ("body", "clauses", "first"),
    [
        pytest.param(
            defines_one_twice,
            {"exports": [signature("I", "b", "a")]},
            "a member is defined twice",
            id="prio-dup-vs-undefined",
        ),
        pytest.param(
            defines_imported_instead,
            {"imports": [IX], "exports": [IBase]},
            "undefined export",
            id="prio-undefined-vs-import-definition",
        ),
        pytest.param(
            defines_one_twice,
            {"imports": [IX, prefix("p_", IX)], "exports": [IBase]},
            "duplicate import signature",
            id="prio-interface-before-body",
        ),
        pytest.param(
            lambda: exports(x=2),
            {"imports": [IX, IS], "exports": [IX]},
            "a name is imported by multiple signatures",
            id="prio-import-clash-vs-exported",
        ),
        pytest.param(
            lambda: None,
            {"imports": [IX, IS], "init_depend": [IBase]},
            "initialization dependency on unknown import",
            id="prio-initdep-vs-clash",
        ),
        pytest.param(
            lambda: exports(x=1),
            {"imports": [IX, IX, IS, 5], "exports": [IX, prefix("p_", IX)]},
            "an import is a signature",
            id="prio-specs-first",
        ),
        pytest.param(
            lambda: exports(p_x=1),
            {"imports": [IX, IS], "exports": [IX, prefix("p_", IX)]},
            "the signature of one export extends that of another",
            id="prio-exports-vs-clash",
        ),
        pytest.param(
            lambda: exports(c=0),
            {"exports": [signature("IOne", "c", "b"), signature("ITwo", "a")]},
            "undefined export",
            id="prio-undefined-order",
        ),
        pytest.param(
            lambda: exports(b=1),
            {"exports": [IBase]},
            "undefined export",
            id="prio-import-before-export-check",
        ),
    ],
)
def test_U17_what_is_wrong_is_told_in_a_fixed_order(body: Any, clauses: Any, first: str) -> None:
    """All of it at once, when the unit is defined, beginning with what Racket tells alone."""
    assert sentences(body, **clauses)[0] == first


def test_U17_several_undefined_exports_are_told_in_order() -> None:
    """In the order of the export clause, then of the members."""
    with pytest.raises(DefinitionError) as caught:
        unit(lambda: exports(d=1), exports=[signature("IOne", "c", "d"), signature("ITwo", "a")])
    told = [problem.fields["export"] for problem in caught.value.problems]
    assert told == ["IOne.c", "ITwo.a"]


def test_U17_a_unit_that_is_never_used_is_checked() -> None:
    """Its definition is enough."""
    ran: list[int] = []
    assert sentences(lambda: ran.append(1) or exports(b=1), exports=[IBase]) == ["undefined export"]
    assert not ran
