"""Rules C1-C13: `compound_unit`, explicit linking."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IC,
    IF,
    IX,
    IXY,
    IZ,
    Case,
    Fails,
    IBase,
    ICounter,
    ILeft,
    IRight,
    ISub,
    cases,
    counts,
    offers,
    says,
    signature,
    wants,
)
from units import DefinitionError, LinkError, UninitializedError
from units.racket import (
    compound_unit,
    define_values_invoke_unit,
    exports,
    invoke_unit,
    is_unit,
    prefix,
    rename,
    tag,
    unit,
)

a_is_3 = offers(IA, a=3, called="a_is_3")
squares = unit(lambda a: exports(b=a * a), imports=[IA], exports=[IB], name="squares")
wants_a, wants_b = wants(lambda a: a, IA), wants(lambda b: b, IB)
nine = {"exports": ["B"], "link": [({"A": IA}, a_is_3, []), ({"B": IB}, squares, ["A"])]}
not_supplied = "unit argument expects an import which this usage context does not supply"
twice_supplied = "unit argument expects an import which this usage context supplies multiple times"
not_exported = "expects a unit with an export which the given unit does not supply"
twice_exported = "expects a unit with an export which the given unit supplies multiple times"
later = "an initialization dependent signature is supplied from a later unit"
related = "extends this signature"


def linked(*lines: Any) -> Any:
    """Return the result of the program of *lines*."""
    return invoke_unit(compound_unit(link=lines))


def bound(u: Any, *specs: Any, **clauses: Any) -> dict[str, Any]:
    """Return the names that *specs* are bound to."""
    ns = clauses.pop("namespace", {})
    before = dict(ns)
    define_values_invoke_unit(u, exports=specs, namespace=ns, **clauses)
    return {name: ns[name] for name in ns if name not in before}


@cases(
    ("cu-basic", lambda: bound(compound_unit(**nine), IB), {"b": 9}),
    (
        "cu-clauses-any-order",
        lambda: bound(compound_unit(**dict(reversed(nine.items()))), IB),
        {"b": 9},
    ),
    ("cu-is-unit", lambda: is_unit(compound_unit()), True),
    (
        "cu-line-is-no-line",
        lambda: compound_unit(link=[a_is_3]),
        Fails(DefinitionError, "a line of a link clause is missing"),
    ),
)
def test_C1_link_ids_stand_for_imports_and_exports(case: Case) -> None:
    """Three clauses in any order; a line names exports, gives a unit, lists what supplies it."""
    case.check()


one, many = unit(lambda: "one"), unit(lambda: (1, 2, 3))


@cases(
    ("cu-result-last", lambda: linked(({}, unit(lambda: 1), []), ({}, one, [])), "one"),
    ("cu-result-multi", lambda: linked(({}, many, [])), (1, 2, 3)),
    ("cu-result-empty", lambda: linked(), None),
    (
        "cu-empty-with-import",
        lambda: invoke_unit(compound_unit(imports={"A": IA}), imports=[IA], namespace={"a": 1}),
        None,
    ),
    ("cu-result-empty-last", lambda: linked(({}, one, []), ({}, compound_unit(), [])), None),
    (
        "cu-result-nested-last",
        lambda: linked(({}, many, []), ({}, compound_unit(link=[({}, one, [])]), [])),
        "one",
    ),
    (
        "cu-result-of-exporting-unit",
        lambda: invoke_unit(compound_unit(exports=["A"], link=[({"A": IA}, a_is_3, [])])),
        None,
    ),
)
def test_C2_the_result_is_that_of_the_last_unit(case: Case) -> None:
    """A compound's result is its last line's; there is none where nothing is linked last."""
    case.check()


def bodies_in_link_order() -> list[str]:
    told: list[Any] = []
    reader = wants(lambda a: told.append(f"B{a}"), IA)
    linked(
        ({}, says(told, "C"), []), ({"A": IA}, says(told, "A", IA, a=1), []), ({}, reader, ["A"])
    )
    return told


def units_are_values_taken_once() -> list[str]:
    told: list[Any] = []

    def made(word: str) -> Any:
        told.append("e" + word)
        return says(told, "b" + word)

    compound = compound_unit(link=[({}, made("1"), []), ({}, made("2"), [])])
    told.append("|")
    invoke_unit(compound)
    invoke_unit(compound)
    return told


def checked_after_all_were_evaluated() -> Any:
    told: list[Any] = []

    def made() -> Any:
        told.append("evaluated")
        return one

    try:
        compound_unit(link=[({}, 5, []), ({}, made(), [])])
    except LinkError:
        return told
    return None


@cases(
    ("cu-order", bodies_in_link_order, ["C", "A", "B1"]),
    ("cu-expr-order", units_are_values_taken_once, ["e1", "e2", "|", "b1", "b2", "b1", "b2"]),
    ("cu-check-after-exprs", checked_after_all_were_evaluated, ["evaluated"]),
)
def test_C3_bodies_run_in_link_order_at_each_invocation(case: Case) -> None:
    """Unit expressions are evaluated when the compound is made, bodies whenever it is invoked."""
    case.check()


IEven, IOdd = signature("IEven", "even"), signature("IOdd", "odd")


def even_and_odd() -> Any:
    evens = unit(
        lambda odd: exports(even=lambda n: n == 0 or odd(n - 1)), imports=[IOdd], exports=[IEven]
    )
    odds = unit(
        lambda even: exports(odd=lambda n: n > 0 and even(n - 1)), imports=[IEven], exports=[IOdd]
    )
    main = wants(lambda even, odd: [even(100), odd(100), odd(7)], IEven, IOdd)
    return linked(({"E": IEven}, evens, ["O"]), ({"O": IOdd}, odds, ["E"]), ({}, main, ["E", "O"]))


def factorial() -> Any:
    made = unit(
        lambda this: exports(f=lambda n: 1 if n == 0 else n * this(n - 1)),
        imports=[rename(IF, this="f")],
        exports=[IF],
    )
    return linked(({"F": IF}, made, ["F"]), ({}, wants(lambda f: f(5), IF), ["F"]))


def eager_cycle() -> Any:
    one = unit(lambda b: exports(a=b + 1), imports=[IB], exports=[IA])
    two = unit(lambda a: exports(b=a + 1), imports=[IA], exports=[IB])
    return linked(({"A": IA}, one, ["B"]), ({"B": IB}, two, ["A"]))


@cases(
    ("cu-cycle", even_and_odd, [True, False, True]),
    ("cu-self-link", factorial, 120),
    ("cu-cycle-eager", eager_cycle, Fails(UninitializedError, "IB.b: undefined")),
)
def test_C4_any_graph_of_links_is_legal(case: Case) -> None:
    """Cycles and links to oneself are ordinary; only reading too early fails."""
    case.check()


def when_is_it_reported() -> Any:
    told: list[Any] = []
    try:
        compound = compound_unit(link=[({}, says(told, "never"), []), ({}, wants_a, [])])
    except LinkError:
        return "at link time", told
    invoke_unit(compound)
    return "at invocation", told


def all_at_once() -> Any:
    u = wants(lambda a: a, IA, IB)
    try:
        compound_unit(link=[({"Z": IZ}, u, []), ({}, 5, [])])
    except LinkError as error:
        return sorted(p.sentence.split()[0] for p in error.problems)
    return None


@cases(
    (
        "cu-not-unit",
        lambda: compound_unit(link=[({}, "not a unit", [])]),
        Fails(LinkError, "result of unit expression was not a unit"),
    ),
    (
        "cu-missing-import",
        lambda: compound_unit(link=[({}, wants_a, [])]),
        Fails(LinkError, not_supplied),
    ),
    (
        "cu-missing-export",
        lambda: compound_unit(link=[({"A": IA}, one, [])]),
        Fails(LinkError, not_exported),
    ),
    ("cu-errors-first", all_at_once, ["result", "this", "unit", "unit"]),
    (
        "cu-errors-export-order",
        lambda: compound_unit(link=[({"X": IX, "Z": IZ}, one, [])]),
        Fails(LinkError, not_exported),
    ),
    (
        "cu-errors-two-units",
        lambda: compound_unit(link=[({}, wants_a, []), ({}, wants_b, [])]),
        Fails(LinkError, not_supplied),
    ),
    ("cu-at-creation", when_is_it_reported, ("at link time", [])),
    (
        "ex-extra-export-in-link",
        lambda: compound_unit(exports=["A"], link=[({"A": IA, "B": IB}, a_is_3, [])]),
        Fails(LinkError, not_exported),
    ),
)
def test_C5_misfits_are_found_when_the_compound_is_made(case: Case) -> None:
    """Nothing has run by then, and every misfit is reported, not the first one only."""
    case.check()


duplicate, unknown = "duplicate linking identifier definition", "unknown linking identifier"


@cases(
    (
        "cu-dup-link-id",
        lambda: compound_unit(link=[({"A": IA}, a_is_3, []), ({"A": IA}, a_is_3, [])]),
        Fails(DefinitionError, duplicate),
    ),
    (
        "cu-dup-link-id-import",
        lambda: compound_unit(imports={"A": IA}, link=[({"A": IA}, a_is_3, [])]),
        Fails(DefinitionError, duplicate),
    ),
    (
        "cu-unknown-link-id",
        lambda: compound_unit(link=[({}, wants_a, ["NOPE"])]),
        Fails(DefinitionError, unknown),
    ),
    (
        "cu-unknown-export-id",
        lambda: compound_unit(exports=["NOPE"]),
        Fails(DefinitionError, unknown),
    ),
    (
        "cu-unknown-sig",
        lambda: compound_unit(link=[({"A": "nosig"}, one, [])]),
        Fails(DefinitionError, "unknown signature"),
    ),
    (
        "cu-sig-adjusted",
        lambda: compound_unit(link=[({"A": prefix("p_", IA)}, a_is_3, [])]),
        Fails(DefinitionError, "not an identifier of a signature"),
    ),
    (
        "prio-compound-static-before-dynamic",
        lambda: compound_unit(link=[({}, 5, ["NOPE"])]),
        Fails(DefinitionError, unknown),
    ),
    (
        "cu-link-id-is-no-id",
        lambda: compound_unit(link=[({}, wants_a, [["A"]])]),
        Fails(DefinitionError, unknown),
    ),
)
def test_C6_link_ids_are_defined_once_and_known(case: Case) -> None:
    """Mistakes about link ids and signatures come before anything about the units themselves."""
    case.check()


def through_a_relay() -> Any:
    relay = unit(lambda in_a: exports(a=in_a), imports=[prefix("in_", IA)], exports=[IA])
    made = compound_unit(imports={"A": IA}, exports=["B"], link=[({"B": IA}, relay, ["A"])])
    return bound(made, rename(IA, out="a"), imports=[IA], namespace={"a": 5})


def siblings() -> Any:
    left, right = offers(ILeft, a=1, b=2), offers(IRight, a=10, c=20)
    made = compound_unit(
        exports=["L", "R"], link=[({"L": ILeft}, left, []), ({"R": IRight}, right, [])]
    )
    return bound(made, ILeft, prefix("r_", IRight))


base, sub = offers(IBase, a=1, called="base"), offers(ISub, a=1, b=2, called="sub")


@cases(
    (
        "cu-export-import",
        lambda: compound_unit(imports={"A": IA}, exports=["A"]),
        Fails(DefinitionError, "cannot directly export an import"),
    ),
    ("cu-passthrough-workaround", through_a_relay, {"out": 5}),
    (
        "cu-dup-export",
        lambda: compound_unit(exports=["A", "A"], link=[({"A": IA}, a_is_3, [])]),
        Fails(DefinitionError, related),
    ),
    (
        "cu-export-sub-and-super",
        lambda: compound_unit(
            exports=["A", "B"], link=[({"A": IBase}, base, []), ({"B": ISub}, sub, [])]
        ),
        Fails(DefinitionError, related),
    ),
    ("cu-export-siblings", siblings, {"a": 1, "b": 2, "r_a": 10, "r_c": 20}),
    (
        "cu-export-twice-tagged",
        lambda: bound(
            compound_unit(exports=["A", tag("t", "A")], link=[({"A": IA}, a_is_3, [])]),
            IA,
            tag("t", prefix("t_", IA)),
        ),
        {"a": 3, "t_a": 3},
    ),
)
def test_C7_exports_are_unrelated_exports_of_parts(case: Case) -> None:
    """An import is exported through a relay only; siblings under one parent are no conflict."""
    case.check()


@cases(
    (
        "cu-overlapping-names-ok",
        lambda: bound(
            compound_unit(
                exports=["A", "B"],
                link=[({"A": IX}, offers(IX, x=1), []), ({"B": IXY}, offers(IXY, x=2, y=3), [])],
            ),
            prefix("a_", IX),
            prefix("b_", IXY),
        ),
        {"a_x": 1, "b_x": 2, "b_y": 3},
    ),
)
def test_C8_signatures_are_linked_whole(case: Case) -> None:
    """Members of one name in different signatures do not meet inside a compound."""
    case.check()


a_and_b, wants_sub = offers(IA, IB, a=1, b=2), wants(lambda a, b: [a, b], ISub)
wants_base = wants(lambda a: a, IBase)


def narrowed_export() -> Any:
    made = compound_unit(exports=["S"], link=[({"S": IBase}, sub, [])])
    return bound(made, ISub)


def one_export_as_two() -> Any:
    user = wants(lambda a, s_a, s_b: [a, s_a, s_b], IBase, tag("s", prefix("s_", ISub)))
    return linked(({"B": IBase, "S": ISub}, sub, []), ({}, user, ["B", tag("s", "S")]))


def both_ways() -> Any:
    return [
        linked(({"S": ISub}, sub, []), ({}, wants_base, ["S"])),
        linked(({"S": IBase}, sub, []), ({}, wants_base, ["S"])),
    ]


@cases(
    (
        "cu-extra-import-ok",
        lambda: linked(
            ({"A": IA}, a_is_3, []), ({"B": IB}, offers(IB, b=2), []), ({}, wants_a, ["A", "B"])
        ),
        3,
    ),
    ("cu-extra-export-ok", lambda: linked(({"B": IB}, a_and_b, []), ({}, wants_b, ["B"])), 2),
    ("cu-sub-for-super", both_ways, [1, 1]),
    (
        "cu-super-for-sub",
        lambda: linked(({"S": IBase}, base, []), ({}, wants_sub, ["S"])),
        Fails(LinkError, not_supplied),
    ),
    (
        "cu-narrowed-link",
        lambda: linked(({"S": IBase}, sub, []), ({}, wants_sub, ["S"])),
        Fails(LinkError, not_supplied),
    ),
    ("cu-narrowed-export", narrowed_export, Fails(LinkError, not_exported)),
    (
        "cu-widened-link",
        lambda: compound_unit(link=[({"S": ISub}, base, [])]),
        Fails(LinkError, not_exported),
    ),
    (
        "cu-import-sub",
        lambda: invoke_unit(
            compound_unit(
                imports={"S": ISub}, link=[({}, wants(lambda a: ["got", a], IBase), ["S"])]
            ),
            imports=[ISub],
            namespace={"a": 1, "b": 2},
        ),
        ["got", 1],
    ),
    (
        "cu-import-super-insufficient",
        lambda: compound_unit(imports={"S": IBase}, link=[({}, wants_sub, ["S"])]),
        Fails(LinkError, not_supplied),
    ),
    ("ex-one-export-two-linkids", one_export_as_two, [1, 1, 2]),
)
def test_C9_a_link_has_the_signature_it_is_declared_with(case: Case) -> None:
    """More may be supplied than needed, and a unit may export more than declared; what is declared
    less hides the rest."""
    case.check()


left, right = offers(ILeft, a=1, b=2, called="left"), offers(IRight, a=3, c=4, called="right")


def from_both(user: Any) -> Any:
    return linked(({"L": ILeft}, left, []), ({"R": IRight}, right, []), ({}, user, ["L", "R"]))


def both_siblings_of_one_unit() -> Any:
    two = unit(lambda: exports(a=1, b=2, r_a=3, c=4), exports=[ILeft, rename(IRight, r_a="a")])
    return compound_unit(link=[({"B": IBase}, two, [])])


@cases(
    ("cu-supplied-twice", lambda: from_both(wants_base), Fails(LinkError, twice_supplied)),
    ("cu-supplied-twice-unused", lambda: from_both(wants(lambda a, b: [a, b], ILeft)), [1, 2]),
    (
        "cu-same-sig-twice",
        lambda: compound_unit(
            link=[({"A": IA}, a_is_3, []), ({"B": IA}, a_is_3, []), ({}, wants_a, ["A", "B"])]
        ),
        Fails(DefinitionError, related),
    ),
    (
        "cu-sub-and-super-supplied",
        lambda: compound_unit(
            link=[({"X": IBase}, base, []), ({"Y": ISub}, sub, []), ({}, one, ["X", "Y"])]
        ),
        Fails(DefinitionError, related),
    ),
    (
        "cu-same-link-twice",
        lambda: compound_unit(link=[({"A": IA}, a_is_3, []), ({}, wants_a, ["A", "A"])]),
        Fails(DefinitionError, related),
    ),
    ("cu-export-ambiguous", both_siblings_of_one_unit, Fails(LinkError, twice_exported)),
)
def test_C10_two_supplies_of_one_import_are_refused(case: Case) -> None:
    """Siblings conflict only where their common parent is imported, related signatures always."""
    case.check()


early_a = unit(lambda a: 2 * a, imports=[IA], init_depend=[IA], name="early_a")
tagged_a = tag("t", IA)
early_tagged = unit(lambda a: 2 * a, imports=[tagged_a], init_depend=[tagged_a])
early_self = unit(
    lambda in_a: exports(a=1), imports=[prefix("in_", IA)], exports=[IA], init_depend=[IA]
)
twelve = offers(IA, a=12)


def inherited_by_a_compound() -> Any:
    inner = compound_unit(imports={"I": IA}, link=[({}, early_a, ["I"])])
    return compound_unit(link=[({}, inner, ["A"]), ({"A": IA}, twelve, [])])


def through_a_subtype() -> Any:
    early = unit(lambda a: a, imports=[IBase], init_depend=[IBase])
    return compound_unit(link=[({}, early, ["B"]), ({"B": ISub}, sub, [])])


def undeclared() -> Any:
    made = compound_unit(link=[({}, wants(lambda a: 2 * a, IA), ["A"]), ({"A": IA}, twelve, [])])
    return invoke_unit(made)


@cases(
    ("cu-initdep-ok", lambda: linked(({"A": IA}, twelve, []), ({}, early_a, ["A"])), 24),
    (
        "cu-initdep-violation",
        lambda: compound_unit(link=[({}, early_a, ["A"]), ({"A": IA}, twelve, [])]),
        Fails(LinkError, later),
    ),
    (
        "cu-initdep-violation-tag",
        lambda: compound_unit(link=[({}, early_tagged, [tag("t", "A")]), ({"A": IA}, twelve, [])]),
        Fails(LinkError, "signature: IA (tag t)"),
    ),
    (
        "cu-initdep-self",
        lambda: compound_unit(link=[({"A": IA}, early_self, ["A"])]),
        Fails(LinkError, later),
    ),
    ("cu-initdep-propagates", inherited_by_a_compound, Fails(LinkError, later)),
    ("cu-initdep-subtype", through_a_subtype, Fails(LinkError, later)),
    ("cu-initdep-undeclared", undeclared, Fails(UninitializedError, "IA.a: undefined")),
)
def test_C11_what_is_read_while_starting_comes_from_an_earlier_line(case: Case) -> None:
    """A line may not get it from a later one or from itself; compounds inherit it for imports."""
    case.check()


def nested() -> Any:
    inner = compound_unit(**nine)
    plus = unit(lambda b: exports(c=b - 6), imports=[IB], exports=[IC])
    outer = compound_unit(exports=["C"], link=[({"B": IB}, inner, []), ({"C": IC}, plus, ["B"])])
    return bound(outer, IC)


def imports_through() -> Any:
    scale = unit(lambda a: exports(f=lambda n: a * n), imports=[IA], exports=[IF])
    made = compound_unit(imports={"K": IA}, exports=["F"], link=[({"F": IF}, scale, ["K"])])
    return bound(made, IF, imports=[IA], namespace={"a": 7})["f"](6)


def tagged_import() -> Any:
    inner = compound_unit(imports={"S": tag("t", IX)}, link=[({}, wants(lambda x: x, IX), ["S"])])
    return linked(({"E": IX}, offers(IX, x="in"), []), ({}, inner, [tag("t", "E")]))


def one_import_twice() -> Any:
    told: list[Any] = []
    tells = wants(lambda a: told.append(a), IA)
    made = compound_unit(imports={"A": IA, "B": IA}, link=[({}, tells, ["A"]), ({}, tells, ["B"])])
    invoke_unit(made, imports=[IA], namespace={"a": 7})
    linked(({"A": IA}, twelve, []), ({}, made, ["A"]))
    return told


@cases(
    (
        "cu-hidden-internal",
        lambda: bound(compound_unit(**nine), IA),
        Fails(LinkError, not_exported),
    ),
    ("cu-nested", nested, {"c": 3}),
    ("cu-imports-through", imports_through, 42),
    ("cu-import-clause-tagged", tagged_import, "in"),
    ("cu-import-same-twice", one_import_twice, [7, 7, 12, 12]),
)
def test_C12_only_what_is_listed_crosses_the_border(case: Case) -> None:
    """Compounds nest; they may import one signature twice, and one supply then serves both."""
    case.check()


def two_instances() -> Any:
    main = wants(
        lambda l_next, r_next: [l_next(), l_next(), r_next(), [l_next(), r_next()]][-1],
        tag("l", prefix("l_", ICounter)),
        tag("r", prefix("r_", ICounter)),
    )
    return linked(
        ({"L": ICounter}, counts, []),
        ({"R": ICounter}, counts, []),
        ({}, main, [tag("l", "L"), tag("r", "R")]),
    )


def one_shared_instance() -> Any:
    first = unit(lambda next: exports(a=next()), imports=[ICounter], exports=[IA])
    then = wants(lambda next, a: [a, next()], ICounter, IA)
    return linked(({"C": ICounter}, counts, []), ({"A": IA}, first, ["C"]), ({}, then, ["C", "A"]))


@cases(
    ("cu-double-instance", two_instances, [3, 2]),
    ("cu-shared-instance", one_shared_instance, [1, 2]),
)
def test_C13_each_line_is_an_instance_and_links_share_it(case: Case) -> None:
    """One unit in two lines has two states; importers of one link see the same one."""
    case.check()
