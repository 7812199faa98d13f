"""Stand-ins for imports by name that are not there yet."""

from __future__ import annotations

from typing import Any

import pytest

from signatures import Signature
from units import UninitializedError, exports, invoke, link, unit
from units._late import Late, cells_of, look_up_in, present, value_of


class Component:
    """Defines its member when it is told to."""

    def __getattr__(self, name: str) -> Any:
        raise UninitializedError(f"I.{name}", "u", "file:1", "waiting")


def late() -> tuple[Component, Any]:
    component = Component()
    return component, Late(component, "x")


def test_every_use_looks_again() -> None:
    """An error until there is a value; then the value's own behaviour."""
    component, x = late()
    for use in (
        lambda: x + 1,
        lambda: 1 + x,
        lambda: x[0],
        lambda: x(),
        lambda: len(x),
        lambda: x.real,
        lambda: x == 1,
        lambda: bool(x),
        lambda: setattr(x, "a", 1),
        lambda: delattr(x, "a"),
        lambda: present(x),
    ):
        with pytest.raises(UninitializedError, match=r"I\.x: undefined"):
            use()
    component.x = 5
    assert (x + 1, 1 + x, x == 5, bool(x), x.real, f"{x}", -x) == (6, 6, True, True, 5, "5", -5)
    assert isinstance(x, int)
    assert (present(x), value_of(x), present(7)) == (5, 5, 7)


def test_attributes_are_set_and_deleted_on_the_value() -> None:
    """A stand-in has none of its own."""
    component, x = late()
    component.x = component
    x.kept = 1
    assert component.kept == 1
    del x.kept
    assert "kept" not in vars(component)


def test_variables_of_inner_functions_are_found() -> None:
    """Those that hold this stand-in; empty ones and others are passed over."""
    _, x = late()
    other = 1

    def holds() -> Any:
        return x, other

    def empty() -> Any:
        return unset

    assert [cell.cell_contents is x for cell in cells_of(x, [holds, empty, 5, None])] == [True]
    if other > 1:
        unset = 1


def test_attributes_that_hold_a_stand_in_get_the_value() -> None:
    """As far as there is one."""
    component, x = late()
    waiting = late()[1]
    thing = type("Thing", (), {})()
    thing.one, thing.two, thing.three = x, waiting, 3
    component.x = 1
    look_up_in(thing)
    assert vars(thing)["one"] == 1
    assert type(vars(thing)["one"]) is int
    assert type(vars(thing)["two"]) is Late
    look_up_in(5)


class IX(Signature):
    x: Any


class IGet(Signature):
    def get(self) -> Any: ...


def test_functions_get_the_value_once_the_supplier_is_done() -> None:
    """However deep the stand-in went in the meantime, nobody meets it later."""

    @unit(imports=[IX], exports=[IGet])
    def getter(x: Any) -> Any:
        def get() -> Any:
            return x

        return exports(locals())

    @unit
    def supplier(g: IGet) -> IX:
        x = [1]
        assert g.get() == [1]
        return exports(locals())

    got, supplied = invoke(link(getter, supplier, exports=(IGet, IX)))
    assert got.get() is supplied.x


def test_what_a_body_certainly_reads_is_read() -> None:
    """Before its first branch; what it may never come to stays unread."""

    @unit(imports=[IX])
    def stores(x: Any) -> Any:
        kept.append([x])

    @unit(imports=[IX])
    def may_store(x: Any) -> Any:
        if kept:
            kept.append([x])

    x = unit(lambda: exports(x=1), exports=[IX])
    kept: list[Any] = []
    invoke(link(may_store, x, exports=()))
    with pytest.raises(UninitializedError, match=r"IX\.x: undefined"):
        invoke(link(stores, x, exports=()))
