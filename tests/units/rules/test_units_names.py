"""Rules U5-U10: which names a unit may use, and which signatures it may import and export."""

from __future__ import annotations

from typing import Annotated, Any

from signatures import Signature
from tests.units.rules.small import (
    IS,
    IX,
    IXY,
    Case,
    Fails,
    IBase,
    ILeft,
    IRight,
    ISub,
    cases,
    offers,
    refused,
    s_function,
    signature,
    wants,
)
from units import (
    Link,
    LinkError,
    define_into,
    except_,
    exports,
    invoke,
    link,
    part,
    prefix,
    rename,
    tag,
    unit,
)


class ICounter(Signature):
    def next(self) -> int: ...


def decorated() -> Any:
    @unit
    class Base(ICounter):
        def __init__(self) -> None:
            self.n = 0

        def next(self) -> int:
            self.n += 1
            return self.n

    @unit(imports=[prefix("in_", ICounter)], exports=[ICounter])
    def doubled(in_next: Any) -> Any:
        def next() -> int:
            return 2 * in_next()

        return exports(locals())

    base, twice = Link(ICounter, "base"), Link(ICounter, "twice")
    main = wants(lambda next: [next(), next(), next()], ICounter)
    return invoke(
        link(part(Base, as_=base), part(doubled, base, as_=twice), part(main, twice), exports=())
    )


def exported_parameter() -> Any:
    @unit
    def relay(x: IX) -> IS:
        return exports(locals())


@cases(
    (
        "unit-import-is-exported",
        lambda: unit(lambda x: exports(x=1), imports=[IS], exports=[IS]),
        refused("an import is exported"),
    ),
    ("unit-import-is-exported-component", exported_parameter, refused("an import is exported")),
    ("unit-import-export-renamed-ok", decorated, [2, 4, 6]),
)
def test_U5_a_name_is_not_both_imported_and_exported(case: Case) -> None:
    """Under another name, a unit may import what it exports."""
    case.check()


def defines_imported(x: Any) -> Any:
    x = 1  # noqa: F841


def defines_untaken() -> Any:
    x = 1  # noqa: F841


@cases(
    (
        "unit-define-imported",
        lambda: wants(defines_imported, IS),
        refused("definition for imported name"),
    ),
    (
        "unit-define-imported-untaken",
        lambda: wants(defines_untaken, IS),
        refused("definition for imported name"),
    ),
    (
        "unit-define-excluded",
        lambda: invoke(link(s_function, wants(defines_untaken, except_(IS, "x")), exports=())),
        None,
    ),
    (
        "unit-define-renamed",
        lambda: invoke(link(s_function, wants(defines_untaken, rename(IS, z="x")), exports=())),
        None,
    ),
)
def test_U6_an_imported_name_is_not_defined(case: Case) -> None:
    """Leaving it out, or another name, frees it."""
    case.check()


def sets_imported(x: Any) -> Any:
    def change() -> None:
        nonlocal x
        x = 1

    return change


def sets_exported() -> Any:
    x = 1

    def bump() -> None:
        nonlocal x
        x = 2

    bump()
    return exports(locals())


def sets_private() -> Any:
    n = 0

    def next() -> int:
        nonlocal n
        n += 1
        return n

    return exports(locals())


def sets_on_a_view() -> Any:
    @unit
    def writes(s: IS) -> None:
        s.x = 5

    invoke(link(s_function, writes, exports=()))


def sets_what_was_bound() -> Any:
    class IRead(Signature):
        x: int

        def get(self) -> int: ...

    @unit
    def readable() -> IRead:
        x = 1

        def get() -> int:
            return x

        return exports(locals())

    space: dict[str, Any] = {}
    define_into(space, readable)
    space["x"] = 99
    return space["x"], space["get"]()


def changes_a_cell() -> Any:
    class ICell(Signature):
        cell: list[int]

    writes = wants(lambda cell: cell.__setitem__(0, 2), ICell)
    return invoke(
        link(offers(ICell, cell=[1]), writes, wants(lambda cell: cell[0], ICell), exports=())
    )


@cases(
    (
        "unit-set-imported",
        lambda: wants(sets_imported, IS),
        refused("an imported name is assigned"),
    ),
    (
        "unit-set-exported",
        lambda: unit(sets_exported, exports=[IS]),
        refused("an exported variable is assigned later"),
    ),
    (
        "unit-set-imported-member",
        sets_on_a_view,
        Fails(AttributeError, "imports cannot be assigned: IS.x"),
    ),
    (
        "unit-set-private-ok",
        lambda: (lambda counter: (counter.next(), counter.next()))(
            invoke(unit(sets_private, exports=[ICounter]))
        ),
        (1, 2),
    ),
    ("unit-set-reexported-binding", sets_what_was_bound, (99, 1)),
    ("ex-export-function-late-redefinition", changes_a_cell, 2),
)
def test_U7_imports_and_exports_are_not_assigned(case: Case) -> None:
    """What changes is private, behind functions, or inside a mutable object."""
    case.check()


IA, IAlso = signature("IA", "x"), signature("IAlso", "x")


def under_two_names() -> Any:
    both = wants(lambda x, b_x: [x, b_x], IA, prefix("b_", IAlso))
    return invoke(link(offers(IAlso, x=2), offers(IA, x=1), both, exports=()))


def one_value_two_signatures() -> Any:
    def body() -> Any:
        x = 1
        again = x
        return exports(locals())

    twice = unit(body, exports=[IA, rename(IAlso, again="x")])
    both = wants(lambda a_x, b_x: [a_x, b_x], prefix("a_", IA), prefix("b_", IAlso))
    return invoke(link(twice, both, exports=()))


@cases(
    (
        "unit-imported-twice",
        lambda: wants(lambda **n: n, IA, IXY),
        refused("a name is imported by multiple signatures"),
    ),
    ("unit-imported-twice-renamed", under_two_names, [1, 2]),
    (
        "unit-exported-twice",
        lambda: unit(lambda: exports(x=1), exports=[IA, IAlso]),
        refused("a name is exported by multiple signatures"),
    ),
    ("unit-export-one-def-two-sigs", one_value_two_signatures, [1, 1]),
)
def test_U8_names_of_several_signatures_are_kept_apart(case: Case) -> None:
    """By an adjustment, where they would be the same."""
    case.check()


def imports_twice() -> Any:
    @unit
    def twice(one: IS, other: IS) -> None: ...


def imports_twice_tagged() -> Any:
    @unit
    def twice(one: Annotated[IS, tag("t")], other: Annotated[IS, tag("t")]) -> None: ...


def super_and_sub() -> Any:
    @unit
    def both(base: IBase, sub: ISub) -> Any:
        return base.a, sub.a, sub.b

    return invoke(link(offers(ISub, a=1, b=2), both, exports=()))


def siblings() -> Any:
    left, right = offers(ILeft, a=1, b=2), offers(IRight, a=10, c=20)
    both = wants(lambda a, b, r_a, r_c: [a, b, r_a, r_c], ILeft, prefix("r_", IRight))
    return invoke(link(left, right, both, exports=()))


duplicate_import = refused("duplicate import signature")


@cases(
    ("unit-dup-import-sig", lambda: wants(lambda: 1, IS, prefix("p_", IS)), duplicate_import),
    ("unit-dup-import-sig-component", imports_twice, duplicate_import),
    (
        "unit-dup-import-sig-tag",
        lambda: wants(lambda: 1, tag("t", IS), tag("t", prefix("p_", IS))),
        duplicate_import,
    ),
    ("unit-dup-import-sig-tag-component", imports_twice_tagged, duplicate_import),
    ("unit-import-sub-and-super", super_and_sub, (1, 1, 2)),
    ("unit-import-siblings", siblings, [1, 2, 10, 20]),
)
def test_U9_only_the_very_same_import_is_a_duplicate(case: Case) -> None:
    """Signature and tag count; related signatures may be imported together."""
    case.check()


def exported_siblings() -> Any:
    def body() -> Any:
        a, b, r_a, r_c = 1, 2, 10, 20
        return exports(locals())

    return unit(body, exports=[ILeft, prefix("r_", IRight)])


def same_with_a_tag() -> Any:
    def body() -> Any:
        x, p_x = 1, 2
        return exports(locals())

    space: dict[str, Any] = {}
    u = unit(body, exports=[IS, tag("other", prefix("p_", IS))])
    define_into(space, u, exports=[IS, tag("other", prefix("q_", IS))])
    return space["x"], space["q_x"]


def tuple_with_both() -> Any:
    @unit
    def both() -> tuple[ISub, IBase]:
        a, b = 1, 2
        return exports(locals())


related = refused("the signature of one export extends that of another")


@cases(
    (
        "unit-export-sub-and-super",
        lambda: unit(lambda: exports(p_a=0, a=1, b=2), exports=[prefix("p_", IBase), ISub]),
        related,
    ),
    ("unit-export-sub-and-super-annotated", tuple_with_both, related),
    (
        "unit-export-same-twice",
        lambda: unit(lambda: exports(x=1, p_x=2), exports=[IS, prefix("p_", IS)]),
        related,
    ),
    ("unit-export-same-tagged", same_with_a_tag, (1, 2)),
    (
        "unit-export-siblings",
        lambda: invoke(link(exported_siblings(), wants(lambda a, c: [a, c], IRight), exports=())),
        [10, 20],
    ),
    (
        "unit-export-siblings-ambiguous",
        lambda: link(
            part(exported_siblings(), as_=(base := Link(IBase))),
            part(wants(lambda a: a, IBase), base),
            exports=(),
        ),
        Fails(LinkError, "supplied multiple times by the given unit"),
    ),
    (
        "unit-export-siblings-ambiguous-inferred",
        lambda: link(exported_siblings(), wants(lambda a: a, IBase), exports=()),
        Fails(LinkError, "multiple linkages satisfy one import"),
    ),
)
def test_U10_exports_are_not_related(case: Case) -> None:
    """Siblings may be exported together; only asking for their ancestor is ambiguous."""
    case.check()
