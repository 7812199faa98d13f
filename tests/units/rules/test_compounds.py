"""Rules C1-C7: `compound_unit`, explicit linking: lines, their order, what is refused."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IF,
    IX,
    IZ,
    Case,
    Fails,
    IBase,
    ILeft,
    IRight,
    ISub,
    a_is_3,
    base,
    bound,
    cases,
    linked,
    many,
    nine,
    not_exported,
    not_supplied,
    offers,
    one,
    says,
    signature,
    sub,
    wants,
    wants_a,
    wants_b,
)
from units import DefinitionError, LinkError, UninitializedError, invoke
from units.racket import (
    compound_unit,
    exports,
    invoke_unit,
    is_unit,
    prefix,
    rename,
    tag,
    unit,
)

related = "extends this signature"


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


ends_empty = compound_unit(link=[({}, one, []), ({}, compound_unit(), [])])


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
    ("cu-result-empty-last-often", lambda: {invoke(ends_empty) for _ in range(200)}, {None}),
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
    return bound(made, rename(IA, out="a"), imports=[IA], a=5)


def siblings() -> Any:
    left, right = offers(ILeft, a=1, b=2), offers(IRight, a=10, c=20)
    made = compound_unit(
        exports=["L", "R"], link=[({"L": ILeft}, left, []), ({"R": IRight}, right, [])]
    )
    return bound(made, ILeft, prefix("r_", IRight))


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
