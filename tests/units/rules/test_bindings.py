"""Rules B1-B3: a unit under a declared interface."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IC,
    Case,
    Fails,
    IBase,
    ISub,
    bound,
    cases,
    offers,
    wants,
)
from units import DefinitionError, LinkError, UnitError
from units.racket import (
    compound_unit_infer,
    define_unit_binding,
    define_values_invoke_unit_infer,
    invoke_unit,
    invoke_unit_infer,
    prefix,
    tag,
    unit,
    unit_static_init_dependencies,
    unit_static_signatures,
)


def made(n: int) -> Any:
    return offers(IA, a=n)


def weaker() -> Any:
    u = define_unit_binding(offers(IA, IB, a=1, b=2), imports=[IC], exports=[IA])
    assert unit_static_signatures(u) == (((None, IC),), ((None, IA),))
    ns: dict[str, Any] = {}
    define_values_invoke_unit_infer([offers(IC, c=3), u], exports=[IA], namespace=ns)
    return ns


@cases(
    (
        "dub-basic",
        lambda: invoke_unit_infer(
            [define_unit_binding(made(9), exports=[IA]), wants(lambda a: a, IA)]
        ),
        9,
    ),
    ("dub-weaker", weaker, {"a": 1}),
    (
        "dub-ancestor",
        lambda: bound(define_unit_binding(offers(ISub, a=1, b=2), exports=[IBase])),
        {"a": 1},
    ),
    (
        "dub-result",
        lambda: invoke_unit(define_unit_binding(unit(lambda: "r"))),
        "r",
    ),
)
def test_B1_a_unit_may_be_declared_to_import_more_and_export_less(case: Case) -> None:
    """The declaration is what linking goes by."""
    case.check()


needs_a = wants(lambda a: a, IA)


@cases(
    (
        "dub-missing-export",
        lambda: define_unit_binding(unit(lambda: None), exports=[IA]),
        Fails(LinkError, "an expected export is supplied by the unit not at all"),
    ),
    (
        "dub-missing-import",
        lambda: define_unit_binding(needs_a),
        Fails(LinkError, "an import of the unit is supplied not at all"),
    ),
    (
        "dub-not-unit",
        lambda: define_unit_binding(5),
        Fails(LinkError, "only a unit can be declared"),
    ),
    (
        "dub-dup-import",
        lambda: define_unit_binding(5, imports=[IA, IA]),
        Fails(DefinitionError, "duplicate import signature"),
    ),
    (
        "dub-export-sub-super",
        lambda: define_unit_binding(5, exports=[IBase, ISub]),
        Fails(DefinitionError, "the signature of one export extends that of another"),
    ),
    (
        "dub-initdep-unknown",
        lambda: define_unit_binding(5, imports=[IA], init_depend=[IB]),
        Fails(DefinitionError, "initialization dependency on unknown import"),
    ),
    (
        "dub-no-spec",
        lambda: define_unit_binding(needs_a, imports=[prefix("p_", IA)]),
        Fails(DefinitionError, "not an identifier of a signature"),
    ),
)
def test_B2_a_declaration_must_mean_something_and_fit(case: Case) -> None:
    """First the declaration by itself, then the unit against it."""
    case.check()


early_a = unit(lambda a: a, imports=[IA], init_depend=[IA])


def omitted_dependency() -> Any:
    u = define_unit_binding(early_a, imports=[IA])
    assert unit_static_init_dependencies(u) == ((None, IA),)
    return compound_unit_infer(link=[({}, u, ["A"]), ({"A": IA}, offers(IA, a=1), [])])


def tagged() -> Any:
    u = define_unit_binding(wants(lambda a: a, tag("t", IA)), imports=[tag("t", IA)])
    return invoke_unit(compound_unit_infer(link=[offers(IA, a=1), u]))


@cases(
    ("dub-initdep-not-checked", omitted_dependency, Fails(LinkError, "later unit")),
    (
        "dub-initdep-added",
        lambda: unit_static_init_dependencies(
            define_unit_binding(needs_a, imports=[IA], init_depend=[IA])
        ),
        ((None, IA),),
    ),
    ("dub-tagged", tagged, 1),
)
def test_B3_dependencies_are_not_compared_and_not_lost(case: Case) -> None:
    """Omitting what the unit reads while it starts is no mistake, and linking still checks it."""
    case.check()


def test_B2_errors_are_errors_of_units() -> None:
    """Whatever is wrong, `UnitError` catches it."""
    Case(lambda: define_unit_binding(5), Fails(UnitError)).check()
