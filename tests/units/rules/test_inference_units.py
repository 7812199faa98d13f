"""Rules F7-F12: tags, links to oneself, order, and what a unit must tell to be inferred."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IF,
    Case,
    Fails,
    IBase,
    ISub,
    a_is_2,
    bound,
    cases,
    inferred,
    offers,
    says,
    several,
    wants,
    wants_a,
    wants_base,
)
from units import DefinitionError, LinkError, UninitializedError
from units.racket import (
    compound_unit,
    compound_unit_infer,
    define_unit_binding,
    exports,
    invoke_unit,
    invoke_unit_infer,
    is_unit,
    prefix,
    tag,
    unit,
    unit_static_init_dependencies,
)

five = offers(IA, a=5)


def tagged_import_of_the_compound() -> Any:
    made = compound_unit_infer(imports=[tag("t", IA)], link=[wants_a])
    return invoke_unit(
        compound_unit(link=[({"A": IA}, offers(IA, a="in"), []), ({}, made, [tag("t", "A")])])
    )


two_tags = [tag("x", prefix("x_", IA)), tag("y", prefix("y_", IA))]
two_tagged = unit(lambda: exports(x_a=1, y_a=2), exports=two_tags)


@cases(
    ("inf-tags-ignored-import", lambda: inferred(five, wants(lambda a: a, tag("t", IA))), 5),
    ("inf-tags-ignored-export", lambda: inferred(offers(tag("t", IA), a=5), wants_a), 5),
    (
        "inf-tags-two-exports",
        lambda: inferred(two_tagged, wants(lambda a: a, tag("x", IA))),
        Fails(DefinitionError, several),
    ),
    (
        "inf-tags-two-imports",
        lambda: inferred(five, wants(lambda x_a, y_a: [x_a, y_a], *two_tags)),
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
    ("inf-self-link", lambda: inferred(recursive, six), 720),
    (
        "inf-decorator-fails",
        lambda: inferred(identity, doubled, six),
        Fails(DefinitionError, several),
    ),
    (
        "inf-decorator-explicit",
        lambda: inferred(({"B": IF}, identity, []), ({"D": IF}, doubled, ["B"]), ({}, six, ["D"])),
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
    return inferred(({}, inner, ["L"]), ({"L": IA}, a_is_2, []))


def nested_inferred() -> Any:
    inner = compound_unit_infer(imports=[IA], link=[early])
    return inferred(inner, a_is_2)


def depends_by_subtype() -> Any:
    u = unit(lambda a: a, imports=[IBase], init_depend=[IBase])
    made = compound_unit_infer(imports={"S": ISub}, link=[({}, u, ["S"])])
    assert unit_static_init_dependencies(made) == ((None, ISub),)
    return invoke_unit(made, imports=[ISub], namespace={"a": 1, "b": 2})


@cases(
    (
        "inf-order-is-link-order",
        lambda: inferred(wants_a, a_is_2),
        Fails(UninitializedError, "IA.a: undefined"),
    ),
    (
        "inf-initdep-static",
        lambda: inferred(({}, early, ["L"]), ({"L": IA}, a_is_2, [])),
        Fails(DefinitionError, too_late),
    ),
    (
        "inf-initdep-static-inferred",
        lambda: inferred(early, a_is_2),
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
    ("inf-unknown-unit", lambda: inferred(None), Fails(DefinitionError, "not a unit definition")),
    ("inf-not-unit", lambda: inferred(IA), Fails(DefinitionError, "not a unit definition")),
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
    ("inf-expression", lambda: inferred(offers(IA, a=3), wants_a), 3),
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
    return inferred(says(told, "a", IA, a=1), new), told


@cases(
    (
        "inf-set-unit",
        lambda: inferred(replaced(offers(ISub, a=100, b=200), exported=[IBase]), wants_base),
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
    return inferred(unit(lambda: exports(a=k * k), exports=[IA]), wants_a)


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
