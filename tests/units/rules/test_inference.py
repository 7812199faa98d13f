"""Rules F1-F12: `compound_unit_infer`, linking by signature."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IC,
    IF,
    Case,
    Fails,
    IBase,
    ILeft,
    IRight,
    ISub,
    cases,
    offers,
    says,
    wants,
)
from units import DefinitionError, LinkError, UninitializedError
from units.racket import (
    compound_unit,
    compound_unit_infer,
    define_unit_binding,
    define_values_invoke_unit,
    define_values_invoke_unit_infer,
    exports,
    invoke_unit,
    invoke_unit_infer,
    is_unit,
    prefix,
    tag,
    unit,
    unit_static_init_dependencies,
)

a_is_2 = offers(IA, a=2, called="a_is_2")
tens = unit(lambda a: exports(b=10 * a), imports=[IA], exports=[IB], name="tens")
wants_a, both = wants(lambda a: a, IA), wants(lambda a, b: [a, b], IA, IB)
a1, a2 = offers(IA, a=1, called="a1"), offers(IA, a=2, called="a2")
none, several = "no linkages satisfy one import", "multiple linkages satisfy one import"


def linked(*units: Any) -> Any:
    """Return the result of linking *units* by inference."""
    return invoke_unit(compound_unit_infer(link=units))


def bound(u: Any, **names: Any) -> dict[str, Any]:
    """Return what `define_values_invoke_unit_infer` binds besides *names*."""
    ns = dict(names)
    define_values_invoke_unit_infer(u, namespace=ns)
    return {name: value for name, value in ns.items() if name not in names}


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
    ("inf-basic", lambda: linked(a_is_2, tens, both), [2, 20]),
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
    ("inf-no-auto-import", lambda: linked(wants_a), Fails(DefinitionError, none)),
    (
        "inf-no-auto-import-tag",
        lambda: linked(wants(lambda a: a, tag("t", IA))),
        Fails(DefinitionError, "import: IA (tag t)"),
    ),
    ("ex-infer-hidden-then-needed", hidden_then_needed, Fails(DefinitionError, none)),
)
def test_F2_nothing_becomes_an_import_of_the_compound_by_itself(case: Case) -> None:
    """An import that nothing satisfies is an error."""
    case.check()


def unused_duplicates() -> Any:
    told: list[Any] = []
    linked(says(told, "one", IA, a=1), says(told, "two", IA, a=2))
    return told


left, right = offers(ILeft, a=1, b=2, called="left"), offers(IRight, a=3, c=4, called="right")
wants_base = wants(lambda a: a, IBase)


@cases(
    ("inf-ambiguous", lambda: linked(a1, a2, wants_a), Fails(DefinitionError, several)),
    ("inf-ambiguous-unused-ok", unused_duplicates, ["one", "two"]),
    (
        "inf-ambiguous-tag",
        lambda: linked(a1, a2, wants(lambda a: a, tag("t", IA))),
        Fails(DefinitionError, several),
    ),
    (
        "inf-ambiguous-import",
        lambda: compound_unit_infer(imports=[IA], link=[a1, wants_a]),
        Fails(DefinitionError, several),
    ),
    (
        "inf-ambiguous-siblings",
        lambda: linked(left, right, wants_base),
        Fails(DefinitionError, several),
    ),
    (
        "inf-siblings-specific-ok",
        lambda: linked(left, right, wants(lambda a, c: [a, c], IRight)),
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
        lambda: linked(a1, ({"A2": IA}, a2, []), offers(IB, b=3), ({}, both, ["A2"])),
        [2, 3],
    ),
    ("inf-explicit-partial", partial, {"c": [1, 2]}),
    (
        "inf-explicit-not-exported",
        lambda: linked(({"B": IB}, a1, [])),
        Fails(DefinitionError, "this export is not supplied by the given unit"),
    ),
    (
        "inf-explicit-super-name",
        lambda: linked(({"S": IBase}, sub, []), ({}, wants_base, ["S"])),
        1,
    ),
    (
        "inf-explicit-super-name-sub",
        lambda: linked(({"S": IBase}, sub, []), ({}, wants_sub, ["S"])),
        [1, 2],
    ),
    (
        "inf-explicit-two-for-one",
        lambda: linked(({"S": IBase}, siblings, [])),
        Fails(DefinitionError, "this export is supplied multiple times by the given unit"),
    ),
    (
        "inf-specified-multiple",
        lambda: linked(
            ({"L": ILeft}, left, []), ({"R": IRight}, right, []), ({}, wants_base, ["L", "R"])
        ),
        Fails(DefinitionError, "specified linkages satisfy one import multiple times"),
    ),
    (
        "inf-explicit-same-twice",
        lambda: linked(({"L": IA}, a1, []), ({"R": IA}, a2, []), ({}, wants_a, ["L", "R"])),
        Fails(DefinitionError, "extends this signature"),
    ),
    (
        "inf-explicit-unknown-link",
        lambda: linked(({}, unit(lambda: 1), ["NOPE"])),
        Fails(DefinitionError, "unknown linking identifier"),
    ),
    (
        "inf-explicit-dup-link",
        lambda: linked(({"L": IA}, a1, []), ({"L": IA}, a2, [])),
        Fails(DefinitionError, "duplicate linking identifier definition"),
    ),
    (
        "inf-explicit-named-twice",
        lambda: linked(({"S": IBase, "T": ISub}, sub, [])),
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
    ("inf-sub-satisfies-super", lambda: linked(sub, wants_base), 1),
    (
        "inf-super-not-sub",
        lambda: linked(offers(IBase, a=1), wants_sub),
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


five = offers(IA, a=5)


def tagged_import_of_the_compound() -> Any:
    made = compound_unit_infer(imports=[tag("t", IA)], link=[wants_a])
    return invoke_unit(
        compound_unit(link=[({"A": IA}, offers(IA, a="in"), []), ({}, made, [tag("t", "A")])])
    )


two_tags = [tag("x", prefix("x_", IA)), tag("y", prefix("y_", IA))]
two_tagged = unit(lambda: exports(x_a=1, y_a=2), exports=two_tags)


@cases(
    ("inf-tags-ignored-import", lambda: linked(five, wants(lambda a: a, tag("t", IA))), 5),
    ("inf-tags-ignored-export", lambda: linked(offers(tag("t", IA), a=5), wants_a), 5),
    (
        "inf-tags-two-exports",
        lambda: linked(two_tagged, wants(lambda a: a, tag("x", IA))),
        Fails(DefinitionError, several),
    ),
    (
        "inf-tags-two-imports",
        lambda: linked(five, wants(lambda x_a, y_a: [x_a, y_a], *two_tags)),
        [5, 5],
    ),
    # As documented for Racket; its own form collides with itself here.
    (
        "inf-tags-link-inconsistent",
        lambda: invoke_unit_infer([five, wants(lambda a: a, tag("t", IA))]),
        5,
    ),
    (
        "inf-tags-link-two-exports",
        lambda: invoke_unit_infer([two_tagged, wants(lambda a: a, tag("y", IA))]),
        2,
    ),
    ("ex-infer-tagged-import-clause", tagged_import_of_the_compound, "in"),
)
def test_F7_inference_pays_no_attention_to_tags(case: Case) -> None:
    """So differently tagged exports of one signature are ambiguous, even for a tagged import."""
    case.check()


recursive = unit(
    lambda self_f: exports(f=lambda n: 1 if n == 0 else n * self_f(n - 1)),
    imports=[prefix("self_", IF)],
    exports=[IF],
)
identity = offers(IF, f=lambda n: n)
doubled = unit(
    lambda in_f: exports(f=lambda n: 2 * in_f(n)), imports=[prefix("in_", IF)], exports=[IF]
)
six = wants(lambda f: f(6), IF)


@cases(
    ("inf-self-link", lambda: linked(recursive, six), 720),
    (
        "inf-decorator-fails",
        lambda: linked(identity, doubled, six),
        Fails(DefinitionError, several),
    ),
    (
        "inf-decorator-explicit",
        lambda: linked(({"B": IF}, identity, []), ({"D": IF}, doubled, ["B"]), ({}, six, ["D"])),
        12,
    ),
)
def test_F8_a_unit_supplies_itself_when_nobody_else_does(case: Case) -> None:
    """Beside another exporter that is an ambiguity, so decorators are linked explicitly."""
    case.check()


early = unit(lambda a: a, imports=[IA], init_depend=[IA], name="early")
too_late = "unit depends on initialization of later unit"


def nested_explicit() -> Any:
    inner = compound_unit(imports={"A": IA}, link=[({}, early, ["A"])])
    return linked(({}, inner, ["L"]), ({"L": IA}, a_is_2, []))


def nested_inferred() -> Any:
    inner = compound_unit_infer(imports=[IA], link=[early])
    return linked(inner, a_is_2)


def depends_by_subtype() -> Any:
    u = unit(lambda a: a, imports=[IBase], init_depend=[IBase])
    made = compound_unit_infer(imports={"S": ISub}, link=[({}, u, ["S"])])
    assert unit_static_init_dependencies(made) == ((None, ISub),)
    return invoke_unit(made, imports=[ISub], namespace={"a": 1, "b": 2})


@cases(
    (
        "inf-order-is-link-order",
        lambda: linked(wants_a, a_is_2),
        Fails(UninitializedError, "IA.a: undefined"),
    ),
    (
        "inf-initdep-static",
        lambda: linked(({}, early, ["L"]), ({"L": IA}, a_is_2, [])),
        Fails(DefinitionError, too_late),
    ),
    (
        "inf-initdep-static-inferred",
        lambda: linked(early, a_is_2),
        Fails(DefinitionError, too_late),
    ),
    ("inf-initdep-nested-static", nested_inferred, Fails(DefinitionError, too_late)),
    ("inf-initdep-nested-dcu", nested_explicit, Fails(LinkError, too_late)),
    ("inf-initdep-dep-by-sub", depends_by_subtype, 1),
)
def test_F9_link_order_is_the_order_of_bodies(case: Case) -> None:
    """Nothing is sorted; a declared dependency on a later unit is found while linking."""
    case.check()


@cases(
    ("inf-unknown-unit", lambda: linked(None), Fails(DefinitionError, "not a unit definition")),
    ("inf-not-unit", lambda: linked(IA), Fails(DefinitionError, "not a unit definition")),
    (
        "inf-unknown-sig",
        lambda: compound_unit_infer(imports=["nosig"], link=[unit(lambda: 1)]),
        Fails(DefinitionError, "unknown signature"),
    ),
    # A unit carries its interface here, whoever made it, so these have no mistake to find.
    (
        "inf-result-not-static",
        lambda: bound(compound_unit_infer(exports=[IA], link=[a_is_2])),
        {"a": 2},
    ),
    ("inf-expression", lambda: linked(offers(IA, a=3), wants_a), 3),
    (
        "inf-define-compound-unit",
        lambda: bound(compound_unit(exports=["A"], link=[({"A": IA}, a_is_2, [])])),
        {"a": 2},
    ),
)
def test_F10_every_unit_says_what_it_imports_and_exports(case: Case) -> None:
    """Inference needs no names bound in a special way: the interface is the unit's."""
    case.check()


def replaced(new: Any, *, imports: Any = (), exported: Any = ()) -> Any:
    """Return *new* under the interface of the unit it replaces."""
    return define_unit_binding(new, imports=imports, exports=exported)


def fewer_imports() -> Any:
    told: list[Any] = []
    new = replaced(unit(lambda: "needs nothing"), imports=[IA])
    return linked(says(told, "a", IA, a=1), new), told


@cases(
    (
        "inf-set-unit",
        lambda: linked(replaced(offers(ISub, a=100, b=200), exported=[IBase]), wants_base),
        100,
    ),
    (
        "inf-set-unit-bad-export",
        lambda: replaced(unit(lambda: None), exported=[IA]),
        Fails(LinkError, "an expected export is supplied by the unit not at all"),
    ),
    (
        "inf-set-unit-bad-import",
        lambda: replaced(wants_a),
        Fails(LinkError, "an import of the unit is supplied not at all"),
    ),
    ("inf-dynamic-mismatch", fewer_imports, ("needs nothing", ["a"])),
)
def test_F11_a_replacement_must_fit_the_declared_interface(case: Case) -> None:
    """It may import less and export more; what is inferred goes by the declaration."""
    case.check()


def local(k: int) -> Any:
    return linked(unit(lambda: exports(a=k * k), exports=[IA]), wants_a)


def in_a_list() -> Any:
    units = [a_is_2, a_is_2]
    return [all(map(is_unit, units)), units[0] is units[1]]


@cases(
    ("inf-first-class", in_a_list, [True, True]),
    ("inf-local-define-unit", lambda: [local(k) for k in (1, 2, 3)], [1, 4, 9]),
    (
        "inf-define-unit-not-id",
        lambda: unit("not a body"),
        Fails(DefinitionError, "only a class or a function can be a unit"),
    ),
)
def test_F12_units_are_values(case: Case) -> None:
    """They are kept in lists and made in functions, whose variables they see."""
    case.check()
