"""Rules F1-F6: `compound_unit_infer`, linking by signature."""

from __future__ import annotations

from typing import Any

import pytest

from tests.units.rules.small import (
    IA,
    IB,
    IC,
    Case,
    Fails,
    IBase,
    ILeft,
    IRight,
    ISub,
    a_is_2,
    both,
    bound,
    cases,
    inferred,
    left,
    none,
    offers,
    right,
    says,
    several,
    wants,
    wants_a,
    wants_base,
)
from units import DefinitionError, LinkError, only
from units.racket import (
    compound_unit_infer,
    define_values_invoke_unit,
    exports,
    invoke_unit,
    invoke_unit_infer,
    prefix,
    tag,
    unit,
)

tens = unit(lambda a: exports(b=10 * a), imports=[IA], exports=[IB], name="tens")
a1, a2 = offers(IA, a=1, called="a1"), offers(IA, a=2, called="a2")


def mixed_clauses() -> Any:
    first = unit(lambda a: exports(b=[a, "b"]), imports=[IA], exports=[IB])
    second = unit(lambda a, b: exports(c=[a, b, "c"]), imports=[IA, IB], exports=[IC])
    made = compound_unit_infer(
        imports={"A": IA}, exports=["C", IB], link=[first, ({"C": IC}, second, ["A"])]
    )
    return bound(made, a="a")


def nested() -> Any:
    one = unit(lambda a: exports(b=a + 1), imports=[IA], exports=[IB])
    two = unit(lambda b: exports(c=b + 1), imports=[IB], exports=[IC])
    inner = compound_unit_infer(exports=[IB], link=[a1, one])
    return bound(compound_unit_infer(exports=[IC], link=[inner, two]))


def imports_as_a_list() -> Any:
    made = compound_unit_infer(imports=[IA], exports=[IB], link=[tens])
    return bound(made, a=4)


def imports_in_a_mix() -> Any:
    made = compound_unit_infer(imports=[IA, {"L": IB}], link=[({}, both, ["L"])])
    return invoke_unit(made, imports=[IA, IB], namespace={"a": 1, "b": 2})


@cases(
    ("inf-basic", lambda: inferred(a_is_2, tens, both), [2, 20]),
    (
        "inf-export-sig",
        lambda: bound(compound_unit_infer(exports=[IB], link=[a_is_2, tens])),
        {"b": 20},
    ),
    ("inf-import-sig", imports_as_a_list, {"b": 40}),
    ("inf-imports-mixed", imports_in_a_mix, [1, 2]),
    ("ex-infer-mixed", mixed_clauses, {"b": ["a", "b"], "c": ["a", ["a", "b"], "c"]}),
    ("ex-infer-nested", nested, {"c": 3}),
)
def test_F1_imports_are_looked_up_by_signature(case: Case) -> None:
    """Every import that no line supplies comes from the one thing linked with its signature."""
    case.check()


def hidden_then_needed() -> Any:
    inner = compound_unit_infer(exports=[IB], link=[a1, tens])
    return compound_unit_infer(link=[inner, wants_a])


@cases(
    ("inf-no-auto-import", lambda: inferred(wants_a), Fails(DefinitionError, none)),
    (
        "inf-no-auto-import-tag",
        lambda: inferred(wants(lambda a: a, tag("t", IA))),
        Fails(DefinitionError, "import: IA (tag t)"),
    ),
    ("ex-infer-hidden-then-needed", hidden_then_needed, Fails(DefinitionError, none)),
)
def test_F2_nothing_becomes_an_import_of_the_compound_by_itself(case: Case) -> None:
    """An import that nothing satisfies is an error."""
    case.check()


def unused_duplicates() -> Any:
    told: list[Any] = []
    inferred(says(told, "one", IA, a=1), says(told, "two", IA, a=2))
    return told


@cases(
    ("inf-ambiguous", lambda: inferred(a1, a2, wants_a), Fails(DefinitionError, several)),
    ("inf-ambiguous-unused-ok", unused_duplicates, ["one", "two"]),
    (
        "inf-ambiguous-tag",
        lambda: inferred(a1, a2, wants(lambda a: a, tag("t", IA))),
        Fails(DefinitionError, several),
    ),
    (
        "inf-ambiguous-import",
        lambda: compound_unit_infer(imports=[IA], link=[a1, wants_a]),
        Fails(DefinitionError, several),
    ),
    (
        "inf-ambiguous-siblings",
        lambda: inferred(left, right, wants_base),
        Fails(DefinitionError, several),
    ),
    (
        "inf-siblings-specific-ok",
        lambda: inferred(left, right, wants(lambda a, c: [a, c], IRight)),
        [3, 4],
    ),
)
def test_F3_several_suppliers_matter_only_to_who_needs_one(case: Case) -> None:
    """An ambiguity is an error of the import that meets it, and of nothing else."""
    case.check()


def partial() -> Any:
    a_and_b = offers(IA, IB, a=1, b=2)
    user = unit(lambda a, b: exports(c=[a, b]), imports=[IA, IB], exports=[IC])
    made = compound_unit_infer(
        exports=[IC], link=[({"A": IA}, a_and_b, []), offers(IA, a=10), ({}, user, ["A"])]
    )
    return bound(made)


sub = offers(ISub, a=1, b=2, called="sub")
wants_sub = wants(lambda a, b: [a, b], ISub)
siblings = unit(
    lambda: exports(a=1, b=2, r_a=3, r_c=4), exports=[ILeft, prefix("r_", IRight)], name="siblings"
)


@cases(
    (
        "inf-explicit-disambiguates",
        lambda: inferred(a1, ({"A2": IA}, a2, []), offers(IB, b=3), ({}, both, ["A2"])),
        [2, 3],
    ),
    ("inf-explicit-partial", partial, {"c": [1, 2]}),
    (
        "inf-explicit-not-exported",
        lambda: inferred(({"B": IB}, a1, [])),
        Fails(DefinitionError, "this export is not supplied by the given unit"),
    ),
    (
        "inf-explicit-super-name",
        lambda: inferred(({"S": IBase}, sub, []), ({}, wants_base, ["S"])),
        1,
    ),
    (
        "inf-explicit-super-name-sub",
        lambda: inferred(({"S": IBase}, sub, []), ({}, wants_sub, ["S"])),
        [1, 2],
    ),
    (
        "inf-explicit-two-for-one",
        lambda: inferred(({"S": IBase}, siblings, [])),
        Fails(DefinitionError, "this export is supplied multiple times by the given unit"),
    ),
    (
        "inf-specified-multiple",
        lambda: inferred(
            ({"L": ILeft}, left, []), ({"R": IRight}, right, []), ({}, wants_base, ["L", "R"])
        ),
        Fails(DefinitionError, "specified linkages satisfy one import multiple times"),
    ),
    (
        "inf-explicit-same-twice",
        lambda: inferred(({"L": IA}, a1, []), ({"R": IA}, a2, []), ({}, wants_a, ["L", "R"])),
        Fails(DefinitionError, "extends this signature"),
    ),
    (
        "inf-explicit-unknown-link",
        lambda: inferred(({}, unit(lambda: 1), ["NOPE"])),
        Fails(DefinitionError, "unknown linking identifier"),
    ),
    (
        "inf-explicit-dup-link",
        lambda: inferred(({"L": IA}, a1, []), ({"L": IA}, a2, [])),
        Fails(DefinitionError, "duplicate linking identifier definition"),
    ),
    (
        "inf-explicit-named-twice",
        lambda: inferred(({"S": IBase, "T": ISub}, sub, [])),
        Fails(DefinitionError, "extends this signature"),
    ),
)
def test_F4_a_line_may_name_and_supply_in_part(case: Case) -> None:
    """What a line leaves out is inferred; naming an export by its parent does not narrow it."""
    case.check()


def tagged_exports() -> Any:
    made = compound_unit_infer(
        exports=[tag("one", "A1"), tag("two", "A2")],
        link=[({"A1": IA}, a1, []), ({"A2": IA}, a2, [])],
    )
    ns: dict[str, Any] = {}
    asked = [tag("one", prefix("x_", IA)), tag("two", prefix("y_", IA))]
    define_values_invoke_unit(made, exports=asked, namespace=ns)
    return ns


@cases(
    (
        "inf-export-none",
        lambda: compound_unit_infer(exports=[IA], link=[unit(lambda: 1)]),
        Fails(DefinitionError, "no sub unit exports this signature"),
    ),
    (
        "inf-export-multiple",
        lambda: compound_unit_infer(exports=[IA], link=[a1, a2]),
        Fails(DefinitionError, "multiple sub units export this signature"),
    ),
    (
        "inf-export-linkid",
        lambda: bound(compound_unit_infer(exports=["A2"], link=[a1, ({"A2": IA}, a2, [])])),
        {"a": 2},
    ),
    ("inf-export-tagged", tagged_exports, {"x_a": 1, "y_a": 2}),
    (
        "inf-export-super",
        lambda: bound(compound_unit_infer(exports=[IBase], link=[sub])),
        {"a": 1, "b": 2},
    ),
    (
        "inf-export-import",
        lambda: compound_unit_infer(imports=[IA], exports=[IA], link=[wants_a]),
        Fails(DefinitionError, "cannot directly export an import"),
    ),
)
def test_F5_an_export_is_a_link_or_the_only_one_of_its_signature(case: Case) -> None:
    """Asked by a parent, a part's export is still exported as what the part declares."""
    case.check()


@cases(
    ("inf-sub-satisfies-super", lambda: inferred(sub, wants_base), 1),
    (
        "inf-super-not-sub",
        lambda: inferred(offers(IBase, a=1), wants_sub),
        Fails(DefinitionError, none),
    ),
    (
        "inf-import-sub-satisfies",
        lambda: invoke_unit(
            compound_unit_infer(imports=[ISub], link=[wants_base]),
            imports=[ISub],
            namespace={"a": 8, "b": 0},
        ),
        8,
    ),
)
def test_F6_what_extends_a_signature_satisfies_it(case: Case) -> None:
    """An export, or an import of the compound, serves importers of every parent, never a child's."""
    case.check()


x_base, y_sub = offers(IBase, a="x"), offers(ISub, a="y", b=1)
z_right = offers(IRight, a="z", c=2)
sub_first = wants(lambda b, p_a: [b, p_a], only(ISub, "b"), prefix("p_", IBase))
tagged_alike = wants(lambda b, a: [b, a], tag("t", only(ISub, "b")), tag("t", IBase))
tagged_apart = wants(lambda b, a: [b, a], tag("t", only(ISub, "b")), IBase)
base_first = wants(lambda p_a, b: [p_a, b], prefix("p_", IBase), only(ISub, "b"))
both_before = wants(
    lambda b, c, p_a: [b, c, p_a], only(ISub, "b"), only(IRight, "c"), prefix("p_", IBase)
)
depends = wants(lambda b, a: [b, a], only(ISub, "b"), IBase, init_depend=[IBase])
twice = "this usage context supplies multiple times"


@pytest.mark.parametrize(
    "infer", [inferred, lambda *units: invoke_unit_infer(units)], ids=["compound", "invoked"]
)
@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((x_base, y_sub, sub_first), [1, "y"]),
        ((x_base, y_sub, tagged_alike), [1, "y"]),
        ((x_base, y_sub, base_first), Fails(DefinitionError, several)),
        ((x_base, y_sub, tagged_apart), Fails(DefinitionError, several)),
        ((y_sub, z_right, both_before), Fails(LinkError, twice)),
        ((x_base, depends, y_sub), Fails(DefinitionError, "depends on initialization")),
    ],
    ids=["sub-first", "one-tag", "base-first", "two-tags", "two-before", "dependency"],
)
def test_F6_what_serves_an_import_serves_later_ones_it_extends(
    infer: Any, units: Any, expected: Any
) -> None:
    """With the same tag; others may be linked that would do, and are not asked."""
    Case(lambda: infer(*units), expected).check()
