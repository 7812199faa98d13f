"""Rule U13: an export is readable as soon as its definition ran, whatever the unit is written as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from signatures import Signature
from tests.units.rules.small import (
    IS,
    IXY,
    Case,
    Fails,
    SClass,
    cases,
    offers,
    s_function,
    signature,
    wants,
)
from units import (
    Link,
    UninitializedError,
    exports,
    invoke,
    link,
    only,
    part,
    rename,
    tag,
    unit,
)


class IG(Signature):
    def get(self) -> Any: ...


@unit
def reads(s: IS) -> list[Any]:
    return [s.x]


reads_by_name = wants(lambda x: [x], IS, name="reads_by_name")

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
