"""Rules U1-U17: what a unit is, what its body may do, what is checked when it is defined."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from signatures import Signature
from tests.units.rules.small import IX, IXY, IY, Case, Fails, cases, offers, signature, wants
from units import (
    DefinitionError,
    Link,
    LinkError,
    UninitializedError,
    define_into,
    except_,
    exports,
    invoke,
    invoke_result,
    is_unit,
    link,
    only,
    part,
    prefix,
    rename,
    tag,
    unit,
)


class IS(Signature):
    x: Any


class IG(Signature):
    def get(self) -> Any: ...


class IBase(Signature):
    a: int


class ISub(IBase, Signature):
    b: int


class ILeft(IBase, Signature):
    b: int


class IRight(IBase, Signature):
    c: int


class ICounter(Signature):
    def next(self) -> int: ...


def refused(sentence: str) -> Fails:
    """Return what a definition ends with that is refused by *sentence*."""
    return Fails(DefinitionError, sentence)


def sentences(body: Any, **clauses: Any) -> list[str]:
    """Return what is wrong with a unit, in the order in which it is told."""
    with pytest.raises(DefinitionError) as caught:
        unit(body, **clauses)
    return [problem.sentence for problem in caught.value.problems]


@unit
def s_function() -> IS:
    x = 1
    return exports(locals())


@unit
class SClass(IS):
    x = 1


@unit
def reads(s: IS) -> list[Any]:
    return [s.x]


reads_by_name = wants(lambda x: [x], IS, name="reads_by_name")


def values() -> Any:
    named = unit(lambda: exports(x=1), exports=[IS], name="named")
    return [*map(is_unit, (named, s_function, SClass, 5, lambda: 1)), repr(named)]


@cases(("unit-value", values, [True, True, True, False, False, "<unit named: () -> (IS)>"]))
def test_U1_a_unit_is_a_value(case: Case) -> None:
    """It can be told from other values, and shows its name."""
    case.check()


def last() -> Any:
    x = 1
    x + 1
    return [x, "last"]


def without_return() -> None:
    "not this"
    x = 1  # noqa: F841


def both_definitions() -> Any:
    @unit
    def both() -> IXY:
        x, y = 1, 2
        __result__ = "done"
        return exports(locals())

    made, result = invoke_result(both)
    return made.x, made.y, result


def result_of_a_class() -> Any:
    @unit
    class Both(IS):
        def __init__(self) -> None:
            self.x = 1
            self.__result__ = "done"

    return invoke_result(Both)[1]


@cases(
    ("unit-result-last", lambda: invoke(unit(last)), [1, "last"]),
    ("unit-result-void-empty", lambda: invoke(unit(lambda: None)), None),
    ("unit-result-void-defn", lambda: invoke(unit(without_return)), None),
    ("unit-result-multiple", lambda: invoke(unit(lambda: (1, 2))), (1, 2)),
    ("unit-result-zero-values", lambda: len(invoke(unit(lambda: ()))), 0),
    ("ex-body-expression-only", both_definitions, (1, 2, "done")),
    ("unit-result-class", result_of_a_class, "done"),
)
def test_U2_invoking_gives_the_value_of_the_body(case: Case) -> None:
    """What the body returns, or nothing; a unit with exports names its result, if it has one."""
    case.check()


def private() -> Any:
    class IF(Signature):
        def f(self) -> int: ...

    @unit
    def secretive() -> IF:
        secret = 40

        def f() -> int:
            return secret + 2

        return exports(locals())

    return invoke(secretive)


def private_in_namespace() -> Any:
    space: dict[str, Any] = {}
    define_into(space, unit(lambda: exports(x=1, secret=2), exports=[IS]))
    return space


def undefined_in_class() -> Any:
    @unit
    class Half(IXY.__class__("ITwo", (), {"__annotations__": {"x": int, "y": int}})):
        x = 1


def partly_exported() -> Any:
    def body() -> Any:
        x, hidden = 1, 1
        y = x + hidden
        return exports(locals())

    made = invoke(unit(body, exports=[IXY]))
    return made.y, hasattr(made, "hidden")


@cases(
    (
        "unit-undefined-export",
        lambda: unit(lambda: exports(x=1), exports=[IXY]),
        refused("undefined export"),
    ),
    (
        "unit-undefined-export-class",
        undefined_in_class,
        refused("does not match the signature it exports"),
    ),
    ("unit-extra-defs-private", lambda: private().f(), 42),
    ("unit-private-invisible", lambda: private().secret, Fails(AttributeError, "secret")),
    ("unit-private-unbound", private_in_namespace, {"x": 1}),
    ("unit-partial-export-values", partly_exported, (2, False)),
)
def test_U3_exports_must_be_defined_and_all_else_is_private(case: Case) -> None:
    """What is missing is found when the unit is defined; nobody outside sees the rest."""
    case.check()


def one_name_twice() -> Any:
    x = 1
    x = 2
    return exports(locals())


def one_statement() -> Any:
    x, y, x = 1, 2, 3
    return exports(locals())


def one_function_twice() -> Any:
    def x() -> int:
        return 1

    def x() -> int:  # noqa: F811
        return 2

    return exports(locals())


def either() -> Any:
    if x_is_one:
        x = 1
    else:
        x = 2
    return exports(locals())


def refined() -> Any:
    x = 1
    x = x + 1
    return exports(locals())


def fallback() -> Any:
    x = 0
    with contextlib.suppress(ZeroDivisionError):
        x = 1 // x_is_one
    return exports(locals())


x_is_one = True


@cases(
    (
        "unit-dup-definition",
        lambda: unit(one_name_twice, exports=[IS]),
        refused("a member is defined twice"),
    ),
    (
        "unit-dup-definition-values",
        lambda: unit(one_statement, exports=[IXY]),
        refused("a member is defined twice"),
    ),
    (
        "unit-dup-definition-function",
        lambda: unit(one_function_twice, exports=[IS]),
        refused("a member is defined twice"),
    ),
    ("unit-one-of-two-definitions", lambda: invoke(unit(either, exports=[IS])).x, 1),
    ("unit-definition-refined", lambda: invoke(unit(refined, exports=[IS])).x, 2),
    ("unit-definition-after-failure", lambda: invoke(unit(fallback, exports=[IS])).x, 1),
)
def test_U4_an_export_is_defined_once(case: Case) -> None:
    """A second definition that makes the first one pointless is refused; other names are Python's."""
    case.check()


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


def uses_before_definition() -> Any:
    a = b + 1  # noqa: F821
    b = 1  # noqa: F841
    return a


def refers_forward() -> Any:
    def even(n: int) -> bool:
        return n == 0 or odd(n - 1)

    def odd(n: int) -> bool:
        return n > 0 and even(n - 1)

    return [even(10), odd(10)]


@cases(
    ("unit-use-before-def", lambda: invoke(unit(uses_before_definition)), Fails(NameError, "b")),
    ("unit-forward-ref-ok", lambda: invoke(unit(refers_forward)), [True, False]),
)
def test_U11_functions_of_a_body_refer_forward(case: Case) -> None:
    """Using a later definition at once is an error."""
    case.check()


def captured() -> Any:
    class IF(Signature):
        def f(self, n: int) -> int: ...

    def make(k: int) -> Any:
        @unit
        def adding() -> IF:
            def f(n: int) -> int:
                return n + k

            return exports(locals())

        return adding

    return invoke(make(100)).f(1), invoke(make(7)).f(1)


x = "outer"


@cases(
    ("unit-lexical-capture", captured, (101, 8)),
    (
        "unit-import-shadows-lexical",
        lambda: [x, invoke(link(s_function, wants(lambda x: x, IS), exports=()))],
        ["outer", 1],
    ),
    (
        "unit-excluded-is-lexical",
        lambda: invoke(link(s_function, wants(lambda: x, only(IS)), exports=())),
        "outer",
    ),
)
def test_U12_a_body_sees_what_stands_around_it(case: Case) -> None:
    """Imports hide names from outside; what is left out of them does not."""
    case.check()


# -- U13: who hands over ``x`` on demand, and who defines it


@unit
def g_function(s: IS) -> IG:
    def get() -> Any:
        return s.x

    return exports(locals())


@unit
class GClass(IG):
    def __init__(self, s: IS) -> None:
        self.s = s

    def get(self) -> Any:
        return self.s.x


g_by_name = unit(lambda x: exports(get=lambda: x), imports=[IS], exports=[IG], name="g_by_name")


def after(get: Any) -> Any:
    """Return what *get* says, or that it is too early."""
    try:
        return get() or "nothing"
    except UninitializedError:
        return "undefined"


class ILog(Signature):
    x: Any
    y: Any
    z: Any


@unit
def l_function(g: IG) -> ILog:
    before = after(g.get)
    x = "early"
    y = g.get()
    z = before
    return exports(locals())


@unit
class LClass(ILog):
    def __init__(self, g: IG) -> None:
        before = after(g.get)
        self.x = "early"
        self.y = g.get()
        self.z = before


@unit(seal=True)
class LSealed(ILog):
    def __init__(self, g: IG) -> None:
        before = after(g.get)
        self.x = "early"
        self.y = g.get()
        self.z = before


class Hooked:
    def __init_subclass__(cls) -> None:
        """Run code of its author's when it is extended, so that nothing is made early."""


@unit
class LHooked(Hooked, ILog):
    def __init__(self, g: IG) -> None:
        before = after(g.get)
        self.x = "early"
        self.y = g.get()
        self.z = before


@unit(imports=[IG], exports=[ILog])
def l_by_name(get: Any) -> Any:
    before = after(lambda: str(get()))
    x = "early"
    y = get()
    z = before
    return exports(locals())


def g_of(signature: Any, style: Any) -> Any:
    """Return a unit like *style* that hands over ``x`` of a component of *signature*."""
    if style is g_by_name:
        return unit(lambda x: exports(get=lambda: x), imports=[only(signature, "x")], exports=[IG])

    @unit
    def getter(s: signature) -> IG:
        def get() -> Any:
            return s.x

        return exports(locals())

    @unit
    class Getter(IG):
        def __init__(self, s: signature) -> None:
            self.s = s

        def get(self) -> Any:
            return self.s.x

    return getter if style is g_function else Getter


exporters = [l_function, LClass, LSealed, LHooked, l_by_name]
names = ["function", "class", "sealed", "hooked", "by-name"]


@pytest.mark.parametrize(
    "exporter", exporters, ids=[f"unit-export-during-body-{name}" for name in names]
)
@pytest.mark.parametrize(
    "style",
    [g_function, GClass, g_by_name],
    ids=["read-by-function", "read-by-class", "read-by-name"],
)
def test_U13_an_export_is_readable_as_soon_as_its_definition_ran(exporter: Any, style: Any) -> None:
    """In whatever style both units are written; before that, reading it is an error."""
    made = invoke(link(g_of(ILog, style), exporter, exports=ILog))
    assert (made.x, made.y, made.z) == ("early", "early", "undefined")
    assert type(made.y) is str


def late_binding(style: Any) -> Callable[[], Any]:
    ready = unit(lambda get: exports(x="ready"), imports=[IG], exports=[IS])
    return lambda: invoke(link(style, ready, wants(lambda get: get(), IG), exports=()))


def renamed_on_both_sides() -> Any:
    importer = wants(lambda imported: [imported], rename(IS, imported="x"))
    exporter = unit(lambda: exports(internal=1), exports=[rename(IS, internal="x")])
    return invoke(link(importer, exporter, exports=()))


def called_too_early() -> Any:
    class IF(Signature):
        def f(self, n: int) -> int: ...

    exporter = offers(IF, f=lambda n: n)
    return invoke(link(wants(lambda f: f(1), IF), exporter, exports=()))


def module_order() -> Any:
    def early() -> Any:
        return later

    u = unit(early)
    try:
        invoke(u)
    except NameError:
        told = "too early"
    later = 5
    return told, invoke(u)


too_early = Fails(UninitializedError, "IS.x: undefined; cannot use before initialization")


def stores(x: Any) -> Any:
    kept = {"x": x}
    return kept


def passes_on(x: Any) -> Any:
    return x


@cases(
    ("unit-import-late-binding", late_binding(g_function), "ready"),
    ("unit-import-late-binding-class", late_binding(GClass), "ready"),
    ("unit-import-late-binding-by-name", late_binding(g_by_name), "ready"),
    (
        "unit-import-before-init",
        lambda: invoke(link(reads, s_function, exports=())),
        too_early,
    ),
    ("unit-import-before-init-class", lambda: invoke(link(reads, SClass, exports=())), too_early),
    (
        "unit-import-before-init-by-name",
        lambda: invoke(link(reads_by_name, s_function, exports=())),
        too_early,
    ),
    (
        "unit-import-before-init-stored",
        lambda: invoke(link(wants(stores, IS), s_function, exports=())),
        too_early,
    ),
    (
        "unit-import-before-init-passed-on",
        lambda: invoke(link(wants(passes_on, IS), s_function, exports=())),
        too_early,
    ),
    (
        "unit-import-before-init-call",
        called_too_early,
        Fails(UninitializedError, "IF.f: undefined"),
    ),
    ("unit-import-before-init-renamed", renamed_on_both_sides, too_early),
    ("ex-module-order", module_order, ("too early", 5)),
)
def test_U13_imports_are_read_when_they_are_used(case: Case) -> None:
    """Not when the body starts; what is read before its definition is named as its signature does."""
    case.check()


@pytest.mark.parametrize("style", [g_function, GClass])
def test_U13_each_instance_is_read_as_far_as_it_has_come_itself(style: Any) -> None:
    """Also where one unit is linked twice, and where each instance can ask for the other's."""
    told: list[Any] = []

    class ITwo(Signature):
        x: Any

    @unit
    def named(own: Annotated[IG, tag("own")], other: Annotated[IG, tag("other")]) -> ITwo:
        told.append((after(own.get), after(other.get)))
        x = f"number {len(told)}"
        told.append((after(own.get), after(other.get)))
        return exports(locals())

    getter = g_of(ITwo, style)
    g1, g2, n1, n2 = Link(IG, "g1"), Link(IG, "g2"), Link(ITwo, "n1"), Link(ITwo, "n2")
    invoke(
        link(
            part(getter, n1, as_=g1),
            part(getter, n2, as_=g2),
            part(named, tag("own", g1), tag("other", g2), as_=n1),
            part(named, tag("own", g2), tag("other", g1), as_=n2),
            exports=(),
        )
    )
    assert told == [
        ("undefined", "undefined"),
        ("number 1", "undefined"),
        ("undefined", "number 1"),
        ("number 3", "number 1"),
    ]


@pytest.mark.parametrize("kind", ["function", "class", "sealed"])
def test_U13_what_a_failed_body_defined_stays_readable(kind: str) -> None:
    """And what it had not come to stays undefined, for whoever kept an import."""
    kept: list[Any] = []

    @unit
    def keeps(s: ILog) -> IG:
        kept.append(s)

        def get() -> Any:
            return s.x

        return exports(locals())

    def fail() -> None:
        raise RuntimeError("half way")

    @unit
    def function(g: IG) -> ILog:
        x = "there"
        fail()
        y = z = "never"
        return exports(locals())

    class Class(ILog):
        def __init__(self, g: IG) -> None:
            self.x = "there"
            fail()
            self.y = self.z = "never"

    exporter = function if kind == "function" else unit(Class) if kind == "class" else None
    exporter = exporter or unit(seal=True)(Class)
    with pytest.raises(RuntimeError, match="half way"):
        invoke(link(keeps, exporter, exports=()))
    assert kept[0].x == "there"
    with pytest.raises(UninitializedError, match=r"ILog\.y: undefined"):
        kept[0].y  # noqa: B018


def test_U13_private_variables_are_no_exports() -> None:
    """A local of a body that returns an object is not the member of its name."""

    class Thing:
        x, y = 1, 2

    @unit
    def returns_an_object(g: IG) -> IXY:
        x = "private"
        told.append((x, after(g.get)))
        return Thing()

    told: list[Any] = []
    made = invoke(link(g_of(IXY, g_function), returns_an_object, exports=IXY))
    assert (made.x, told) == (1, [("private", "undefined")])


def fails_once() -> Any:
    count = [0]

    def body() -> int:
        count[0] += 1
        if count[0] == 1:
            raise RuntimeError("first time")
        return count[0]

    u = unit(body)
    with pytest.raises(RuntimeError, match="first time"):
        invoke(u)
    return invoke(u)


@cases(("unit-failed-invoke-fresh", fails_once, 2))
def test_U14_a_failure_reaches_whoever_invoked(case: Case) -> None:
    """What ran before stays done; the next invocation starts afresh."""
    case.check()


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
