"""Rules U13 and V3: what stands for an import by name that is not there yet, or may change.

A body that binds by name gets values.  What cannot be one yet is a stand-in, which works as the
value does, and gives way to it in every variable that the body's functions keep.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import pytest

from signatures import Signature, for_export
from tests.units.rules.small import IX, IXY, IGet, bound, linked, offers, signature, wants
from units import (
    UninitializedError,
    adapt,
    contract,
    exports,
    invoke,
    link,
    only,
    prefix,
    unit,
)
from units.racket import (
    define_unit_binding,
    define_values_invoke_unit,
    invoke_unit,
    unit_new_import_export,
)

found = object()


def directly(x: Any) -> Any:
    def get() -> Any:
        return x

    return exports(locals())


def by_a_private_function(x: Any) -> Any:
    def find() -> Any:
        return x

    return exports(get=lambda: find())


def by_a_table(x: Any) -> Any:
    table = {"x": lambda: x}

    def get() -> Any:
        return table["x"]()

    return exports(get=get)


def by_a_class(x: Any) -> Any:
    class Finder:
        @property
        def x(self) -> Any:
            return x

        @staticmethod
        def again() -> Any:
            return x

    return exports(get=lambda: (Finder().x, Finder.again())[0])


def by_a_method(x: Any) -> Any:
    class Finder:
        def find(self) -> Any:
            return x

    return exports(get=Finder().find)


def by_an_object(x: Any) -> Any:
    class Finder:
        def get(self) -> Any:
            return x

    return Finder()


def by_a_partial(x: Any) -> Any:
    def find(n: int) -> Any:
        return x

    return exports(get=functools.partial(find, 1))


@functools.wraps(directly)
def decorated(*arguments: Any, **keywords: Any) -> Any:
    return directly(*arguments, **keywords)


bodies = [
    directly,
    by_a_private_function,
    by_a_table,
    by_a_class,
    by_a_method,
    by_an_object,
    by_a_partial,
    decorated,
]
each_body = pytest.mark.parametrize("body", bodies, ids=lambda body: body.__code__.co_name)


@each_body
def test_U13_stand_ins_give_way_in_all_that_the_body_keeps(body: Callable[..., Any]) -> None:
    """In its functions, in those that these keep, and in the classes that it defines."""
    getter = unit(body, imports=[IX], exports=[IGet])
    late = unit(lambda get: exports(x=found), imports=[IGet], exports=[IX])
    assert invoke(link(getter, late, exports=IGet)).get() is found


@each_body
def test_V3_whatever_mentions_a_context_name_reads_it_again(body: Callable[..., Any]) -> None:
    """Wherever the body keeps the function or the class that does."""
    ns: dict[str, Any] = {"x": 1}
    get = bound(unit(body, imports=[IX], exports=[IGet]), **ns)["get"]
    assert get() == 1
    getter = unit(body, imports=[IX], exports=[IGet])

    def using(get: Any) -> Any:
        ns["x"] = 2
        return get()

    main = link(getter, wants(using, IGet), imports=IX, exports=())
    assert invoke_unit(main, imports=[IX], namespace=ns) == 2


@pytest.mark.parametrize("kept", [False, True], ids=["exported", "result"])
def test_V3_what_a_function_returned_is_not_assigned_later(kept: bool) -> None:
    """It returned a value, not something that looks the name up."""
    ns: dict[str, Any] = {"x": 1}
    if kept:
        get = invoke_unit(wants(lambda x: lambda: x, IX), imports=[IX], namespace=ns)
    else:
        getter = unit(by_a_private_function, imports=[IX], exports=[IGet])
        define_values_invoke_unit(getter, imports=[IX], exports=[IGet], namespace=ns)
        get = ns["get"]
    before = get()
    ns["x"] = 2
    assert [before, get()] == [1, 2]
    assert type(before) is int


@pytest.mark.parametrize(
    "wrap",
    [
        lambda u: contract(u, imports={IX: {"x": int}}, exports=[IGet]),
        lambda u: contract(contract(u, imports=[IX], exports=[IGet]), imports=[IX], exports=[IGet]),
        lambda u: unit_new_import_export(imports=[IX], exports=[IGet], link=([IGet], u, [IX])),
        lambda u: define_unit_binding(u, imports=[IX], exports=[IGet]),
    ],
    ids=["contracted", "contracted-twice", "rewrapped", "declared"],
)
def test_V3_context_names_are_read_again_behind_a_wrapping(wrap: Any) -> None:
    """What wraps a unit takes no copies."""
    ns: dict[str, Any] = {"x": 1}
    u = wrap(unit(directly, imports=[IX], exports=[IGet]))
    define_values_invoke_unit(u, imports=[IX], exports=[IGet], namespace=ns)
    before = ns["get"]()
    ns["x"] = 2
    assert [before, ns["get"]()] == [1, 2]


def test_U13_a_function_that_returns_an_import_reads_it() -> None:
    """When it is called: too early is an error of that call, later it returns the value."""
    told: list[Any] = []

    @unit
    class Late(IX):
        def __init__(self, g: IGet) -> None:
            with pytest.raises(UninitializedError, match=r"IX\.x: undefined"):
                g.get()
            for self.x in (1, 2):
                told.append(g.get())

    invoke(link(unit(directly, imports=[IX], exports=[IGet]), Late, exports=()))
    assert told == [1, 2]
    assert [*map(type, told)] == [int, int]


def test_U13_other_functions_are_handed_over_as_they_are() -> None:
    """What only uses an import early is not slowed down, nor what other units made."""
    there: list[Any] = []

    def body(x: Any) -> Any:
        def get() -> Any:
            return x + 1

        there.append(get)
        return exports(locals())

    made = invoke(link(unit(body, imports=[IX], exports=[IGet]), offers(IX, x=1), exports=IGet))
    assert made.get is there[0]
    assert made.get() == 2


class IAll(Signature):
    n: Any
    s: Any
    t: Any
    c: Any


class Pair:
    def __call__(self) -> str:
        return "called"


operations: list[Callable[[Any, Any, Any, Any], Any]] = [
    lambda n, s, t, c: (n + 1, 1 + n, n + 1.5, 1.5 + n, n + n, n / 2, 2 / n, 2**n, n**2, -n),
    lambda n, s, t, c: (
        n == 1.0,
        n != 1.0,
        n < 1.5,
        n > 0.5,
        n <= n,
        n >= n,
        n in [1.0],
        1.5 in [n],
    ),
    lambda n, s, t, c: (divmod(7, n), divmod(n, 7), n & 3, 3 | n, n << 2, abs(n), round(n)),
    lambda n, s, t, c: (int(n), float(n), complex(n), f"{n:03}", [1, 2][n], {1: 2}[n], hash(n)),
    lambda n, s, t, c: ("x" + s, s + "x", s + s, s * 2, 2 * s, s < "b", s != "b", s[0]),
    lambda n, s, t, c: ((0, *t), (0,) + t, t + (0,), t + t, 1 in t, len(t), [*reversed(t)], t * 2),  # noqa: RUF005
    lambda n, s, t, c: (str(s), repr(s), bytes(t), os.fspath(s), sorted([s, "A"]), max(n, 0)),
    lambda n, s, t, c: (isinstance(Pair(), c), issubclass(Pair, c), c()()),
]


@pytest.mark.parametrize("operation", operations)
def test_U13_a_stand_in_works_as_the_value_does(operation: Callable[..., Any]) -> None:
    """On either side of an operation, with others of its kind, with stand-ins."""

    @unit
    class Late(IAll):
        def __init__(self) -> None:
            self.n, self.s, self.t, self.c = 1, "a", (1,), Pair

    def body(n: Any, s: Any, t: Any, c: Any) -> Any:
        return exports(get=lambda: operation(n, s, t, c))

    getter = unit(body, imports=[IAll], exports=[IGet])
    assert invoke(link(getter, Late, exports=IGet)).get() == operation(1, "a", (1,), Pair)


def test_U13_a_stand_in_is_changed_in_place_as_the_value_is() -> None:
    """What cannot be, gets a new value, as ever."""

    def body(x: Any, y: Any) -> Any:
        def get() -> Any:
            many, one = x, y
            many += [2]
            one += 1
            return many, one

        return exports(locals())

    @unit
    class Late(IXY):
        def __init__(self) -> None:
            self.x, self.y = [1], 1

    components = invoke(link(unit(body, imports=[IXY], exports=[IGet]), Late, exports=(IGet, IXY)))
    assert components[0].get() == ([1, 2], 2)
    assert (components[1].x, components[1].y) == ([1, 2], 1)


IXTold = signature("IXTold", "x")


def adapted(u: Any) -> Any:
    return adapt(u, exports=[IXTold])


def rewrapped(u: Any) -> Any:
    return unit_new_import_export(imports=[IGet], exports=[IXTold], link=([IX], u, [IGet]))


def contracted(u: Any) -> Any:
    return contract(u, imports=[IGet], exports={IX: {"x": object}})


@pytest.mark.parametrize(
    ("wrap", "seen"),
    [
        (lambda u: u, IX),
        (adapted, IXTold),
        (rewrapped, IXTold),
        (contracted, IX),
        (lambda u: adapt(adapted(u), exports=[IX]), IX),
        (lambda u: contracted(contracted(u)), IX),
    ],
    ids=["plain", "adapted", "rewrapped", "contracted", "adapted-twice", "contracted-twice"],
)
def test_U13_stand_ins_wait_for_the_body_behind_a_wrapping(wrap: Any, seen: Any) -> None:
    """What wraps a unit defines nothing by itself; reading is early until the unit inside ran."""
    told: list[Any] = []

    def early(get: Callable[[], Any]) -> Any:
        try:
            return get()
        except UninitializedError:
            return "early"

    @unit(imports=[IGet], exports=[IX])
    def late(get: Any) -> Any:
        told.append(early(lambda: str(get())))
        x = found
        told.append(early(lambda: str(get())))
        return exports(locals())

    getter = unit(directly, imports=[seen], exports=[IGet])
    assert invoke(link(getter, wrap(late), exports=IGet)).get() is found
    assert told == ["early", str(found)]


@pytest.mark.parametrize("by_name", [False, True], ids=["component", "by-name"])
def test_U13_a_unit_reads_its_own_exports_through_an_import(by_name: bool) -> None:
    """As far as it has come, when it is linked to itself."""

    @unit(imports=[prefix("in_", IXY)], exports=[IXY])
    def names(in_x: Any, in_y: Any) -> Any:
        x = 1
        y = in_x + 1
        __result__ = [x, y, in_x + 0, in_y + 0]
        return exports(locals())

    @unit
    def component(this: IXY) -> IXY:
        x = 1
        y = this.x + 1
        __result__ = [x, y, this.x, this.y]
        return exports(locals())

    assert linked(({"S": IXY}, names if by_name else component, ["S"])) == [1, 2, 1, 2]


def test_U13_what_another_body_has_not_defined_is_an_early_read_at_the_end_of_a_body() -> None:
    """Also where the body that stored it supplies itself with something."""

    @unit(imports=[prefix("o_", IX), prefix("in_", only(IXY, "x"))], exports=[IXY])
    def stores(o_x: Any, in_x: Any) -> Any:
        x = 1
        y = [o_x, in_x]
        return exports(locals())

    with pytest.raises(UninitializedError, match=r"IX\.x: undefined"):
        linked(({"S": IXY}, stores, ["S", "X"]), ({"X": IX}, offers(IX, x=1), []))


def test_U13_what_is_computed_for_export_is_readable_at_the_end() -> None:
    """Not from the body that it is computed from, for importers by name either."""
    told: list[str] = []

    class ISquared(Signature):
        x: Any

        @property
        @for_export
        def y(self) -> Any:
            return self.x * self.x

    def getter(x: Any, y: Any) -> Any:
        def get() -> Any:
            try:
                return [x + 0, y + 0]
            except UninitializedError as error:
                return error.member

        return exports(locals())

    @unit(imports=[IGet], exports=[ISquared])
    def squared(get: Any) -> Any:
        told.append(get())
        x = 3
        told.append(get())
        return exports(locals())

    made = invoke(link(unit(getter, imports=[ISquared], exports=[IGet]), squared, exports=IGet))
    assert (told, made.get()) == (["ISquared.x", "ISquared.y"], [3, 9])
