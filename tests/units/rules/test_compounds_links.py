"""Rules C8-C13: `compound_unit`, explicit linking: what a link carries, and what leaves."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IC,
    IF,
    IX,
    IXY,
    Case,
    Fails,
    IBase,
    ICounter,
    ILeft,
    IRight,
    ISub,
    a_is_3,
    base,
    bound,
    cases,
    counts,
    left,
    linked,
    nine,
    not_exported,
    not_supplied,
    offers,
    one,
    right,
    sub,
    wants,
    wants_a,
    wants_b,
    wants_base,
)
from units import DefinitionError, LinkError, UninitializedError
from units.racket import (
    compound_unit,
    exports,
    invoke_unit,
    prefix,
    rename,
    tag,
    unit,
)

twice_supplied = "unit argument expects an import which this usage context supplies multiple times"
twice_exported = "expects a unit with an export which the given unit supplies multiple times"
later = "an initialization dependent signature is supplied from a later unit"
related = "extends this signature"


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
    return bound(made, IF, imports=[IA], a=7)["f"](6)


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
