"""Rules V7-V9: invoking a list of units, linked by inference."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IX,
    IXY,
    IY,
    Case,
    Fails,
    IBase,
    ISub,
    cases,
    not_supplied,
    offers,
    says,
    wants,
)
from units import DefinitionError, LinkError, UninitializedError
from units.racket import (
    define_values_invoke_unit_infer,
    exports,
    invoke_unit_infer,
    only,
    prefix,
    rename,
    tag,
    unit,
)


def inferred(u: Any, **clauses: Any) -> dict[str, Any]:
    """Return the namespace after `define_values_invoke_unit_infer`."""
    ns = clauses.pop("namespace", {})
    define_values_invoke_unit_infer(u, namespace=ns, **clauses)
    return ns


three = unit(lambda: ("r1", "r2", "r3"))


exports_a, a_to_b = (
    offers(IA, a=2, called="exports_a"),
    unit(lambda a: exports(b=a * 10), imports=[IA], exports=[IB], name="a_to_b"),
)
a_and_b = wants(lambda a, b: [a, b], IA, IB)
decorator = unit(lambda in_x: exports(x=lambda: in_x), imports=[prefix("in_", IX)], exports=[IX])


@cases(
    (
        "inv-infer-basic",
        lambda: invoke_unit_infer(wants(lambda x: x + 1, IX), namespace={"x": 20}),
        21,
    ),
    ("inv-infer-link", lambda: invoke_unit_infer([exports_a, a_to_b, a_and_b]), [2, 20]),
    (
        "inv-infer-link-order",
        lambda: invoke_unit_infer([wants(lambda a: a, IA), exports_a]),
        Fails(UninitializedError, "IA.a: undefined"),
    ),
    (
        "inv-infer-link-context",
        lambda: invoke_unit_infer([a_to_b, wants(lambda b: b, IB)], namespace={"a": 5}),
        50,
    ),
    (
        "inv-infer-empty",
        lambda: invoke_unit_infer([]),
        Fails(DefinitionError, "no units in link clause"),
    ),
    (
        "inv-infer-not-unit",
        lambda: invoke_unit_infer([5]),
        Fails(DefinitionError, "not a unit definition"),
    ),
    (
        "inv-infer-ambiguous",
        lambda: invoke_unit_infer([exports_a, offers(IA, a=3), wants(lambda a: a, IA)]),
        Fails(DefinitionError, "multiple linkages satisfy one import"),
    ),
    (
        "inv-infer-alone-is-not-linked",
        lambda: invoke_unit_infer(decorator, namespace={"x": 1}),
        Fails(LinkError, not_supplied),
    ),
    (
        "inv-infer-linked-to-itself",
        lambda: invoke_unit_infer([decorator, wants(lambda x: callable(x()), IX)]),
        True,
    ),
    (
        "inv-infer-sub-and-super-from-context",
        lambda: invoke_unit_infer(
            [wants(lambda a: a, IBase), wants(lambda a, b: [a, b], ISub)],
            namespace={"a": 1, "b": 2},
        ),
        [1, 2],
    ),
)
def test_V7_inferring_forms_link_a_list_and_ask_the_namespace_for_the_rest(case: Case) -> None:
    """The order of the list is the order of the bodies; a unit alone is linked to nothing."""
    case.check()


def run_without_binding() -> Any:
    told: list[Any] = []
    return inferred(says(told, "ran", IX, x=1), exports=[]), told


def two_exporters_unwanted() -> Any:
    told: list[Any] = []
    units = [says(told, "one", IA, a=1), says(told, "two", IA, a=2)]
    return inferred(units, exports=[]), told


b_after_a = unit(lambda a: exports(b=a + 1), imports=[IA], exports=[IB])
xy = offers(IX, IY, x=1, y=2)


@cases(
    (
        "inv-dvi-basic",
        lambda: inferred(b_after_a, namespace={"a": 100})["b"],
        101,
    ),
    ("inv-dvi-export", lambda: inferred(xy, exports=[rename(IY, why="y")]), {"why": 2}),
    ("inv-dvi-export-empty", run_without_binding, ({}, ["ran"])),
    (
        "inv-dvi-export-only",
        lambda: inferred(offers(IXY, x=1, y=2), exports=[only(IXY, "x")]),
        {"x": 1},
    ),
    (
        "inv-dvi-export-missing",
        lambda: inferred(offers(IX, x=1), exports=[IY]),
        Fails(DefinitionError, "no subunit exports signature"),
    ),
    ("inv-dvi-link", lambda: inferred([offers(IA, a=1), b_after_a]), {"a": 1, "b": 2}),
    (
        "inv-dvi-link-export",
        lambda: inferred([offers(IA, a=1), b_after_a], exports=[IB]),
        {"b": 2},
    ),
    (
        "inv-dvi-two-exporters",
        lambda: inferred([offers(IA, a=1), offers(IA, a=2)]),
        Fails(DefinitionError, "multiple sub units export this signature"),
    ),
    ("inv-dvi-two-exporters-noexp", two_exporters_unwanted, ({}, ["one", "two"])),
    (
        "inv-dvi-two-exporters-other-wanted",
        lambda: inferred([offers(IA, a=1), offers(IA, IX, a=2, x=3)], exports=[IX]),
        {"x": 3},
    ),
    ("inv-dvi-values", lambda: inferred(three, values=["a", "*rest"])["rest"], ["r2", "r3"]),
)
def test_V8_inferring_forms_bind_all_exports_or_those_listed(case: Case) -> None:
    """Several exporters of one signature matter only if that export is wanted."""
    case.check()


needs_early = unit(
    lambda a: exports(b=a + 1), imports=[IA], exports=[IB], init_depend=[IA], name="needs_early"
)


def tagged_both_ways() -> Any:
    u = unit(
        lambda p_a: exports(b=(p_a,)),
        imports=[tag("t", prefix("p_", IA))],
        exports=[tag("q", IB)],
    )
    return inferred(u, namespace={"a": "ctx"})["b"]


@cases(
    (
        "inv-dvi-initdep-violation",
        lambda: inferred([needs_early, offers(IA, a=1)]),
        Fails(DefinitionError, "unit depends on initialization of later unit"),
    ),
    ("inv-dvi-initdep-ok", lambda: inferred([offers(IA, a=1), needs_early])["b"], 2),
    (
        "inv-dvi-import-unbound",
        lambda: inferred(wants(lambda a: a, IA)),
        Fails(DefinitionError, "unbound name"),
    ),
    ("inv-dvi-tagged", tagged_both_ways, ("ctx",)),
)
def test_V9_inferring_forms_find_mistakes_before_anything_runs(case: Case) -> None:
    """Order, unbound names and tags: context names are the members' own, whatever the unit says."""
    case.check()
