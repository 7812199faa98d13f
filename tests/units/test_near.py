"""What errors of linking name: a signature only if it is near, a supplier as the reader names it."""

from __future__ import annotations

from typing import Any

import pytest

from signatures import Signature
from units import Link, LinkError, Registry, RegistryError, exports, link, part, unit
from units._near import nearest_name, nearest_signature


class IFoundry(Signature):
    def cast(self) -> str: ...


class ICounter(Signature):
    def order(self) -> str: ...


class ICounters(Signature):
    def count(self) -> int: ...


class IFineFoundry(IFoundry, Signature):
    def engrave(self) -> str: ...


@unit
def foundry() -> IFoundry:
    return exports(cast=lambda: "lead")


@unit
def counters() -> ICounters:
    return exports(count=lambda: 3)


@unit
def wants_counter(counter: ICounter) -> str:
    return counter.order()


@unit
def wants_foundry(foundry: IFoundry) -> str:
    return foundry.cast()


def elsewhere() -> Any:
    """Return another signature of the name IFoundry."""

    class IFoundry(Signature): ...

    return IFoundry


@pytest.mark.parametrize(
    ("wanted", "names", "near"),
    [
        ("ICounter", ["IFoundry"], None),
        ("ICounter", ["IFoundry", "ICounters"], "ICounters"),
        ("Counter", ["IFoundry", "ICounter"], "ICounter"),
        ("IClok", ["ILog", "IClock"], "IClock"),
        ("IA", ["IB"], None),
        ("IInk", ["Ink", "IPress"], "Ink"),
        ("Ink", ["IInk", "IPress"], "IInk"),
        ("I", ["IB"], None),
        ("ISmtp", [], None),
    ],
)
def test_a_name_is_near_by_what_it_says(wanted: str, names: list[str], near: str | None) -> None:
    """The I that all have makes none of them alike, and may be what was forgotten."""
    assert nearest_name(wanted, names) == near


def test_what_is_extended_is_nearer_than_what_is_called_alike() -> None:
    """First the same name, then a parent, then a name."""
    other: Any = elsewhere()
    fine: Any = IFineFoundry
    parent: Any = IFoundry
    like: Any = ICounters
    assert nearest_signature(other, [fine, parent]) == parent
    assert nearest_signature(fine, [like, parent]) == parent
    assert nearest_signature(fine, [like]) is None


def said(units: list[Any], exported: Any) -> str:
    """Return what `link` says of *units* that do not fit."""
    with pytest.raises(LinkError) as caught:
        link(*units, exports=exported)
    return str(caught.value)


def test_an_import_is_not_told_of_an_unlike_signature() -> None:
    """Of a near one it is, with who exports it."""
    assert "did you mean" not in said([foundry, wants_counter], ())
    near = said([foundry, counters, wants_counter], ())
    assert "did you mean: ICounters, exported by counters\n" in near


def test_an_export_is_told_by_the_same_rule() -> None:
    """Nothing unlike; a near name with its unit; a parent with what is lacking."""
    assert "did you mean" not in said([foundry], ICounter)
    assert "did you mean: ICounters, exported by counters" in said([foundry, counters], ICounter)
    text = said([foundry], IFineFoundry)
    assert "did you mean: foundry (IFoundry), which does not extend IFineFoundry" in text
    assert "did you mean: another signature of the name IFoundry" in said([foundry], elsewhere())


def test_a_registry_tells_by_the_same_rule() -> None:
    """Also under a name: that two are registered as 'main' makes them no more alike."""
    registry = Registry()
    registry.register(foundry)
    registry.register(foundry, name="main")
    for name in ("", "main"):
        with pytest.raises(RegistryError) as caught:
            registry.unit(ICounter, name)
        assert "did you mean" not in str(caught.value)
    with pytest.raises(RegistryError, match="did you mean: IFoundry, IFoundry 'main'"):
        registry.unit(IFineFoundry)
    registry.register(counters, name="main")
    with pytest.raises(RegistryError, match="did you mean: ICounters 'main'"):
        registry.unit(ICounter)


def test_suppliers_are_named_as_their_links_name_them() -> None:
    """One unit twice is told apart by the names that the reader gave; a name left out adds nothing."""
    big, bold = Link(IFoundry, "big"), Link(IFoundry, "bold")
    units = [part(foundry, as_=big), part(foundry, as_=Link(IFoundry)), foundry, wants_foundry]
    told = "suppliers: foundry (IFoundry) as 'big', foundry (IFoundry), foundry (IFoundry)\n"
    assert told in said(units, ())
    two = [part(foundry, as_=big), part(foundry, as_=bold)]
    told = "suppliers: foundry (IFoundry) as 'big', foundry (IFoundry) as 'bold'\n"
    assert told in said(two, IFoundry)
    with pytest.raises(LinkError, match=r"import of whole \(IFoundry\) as 'bold'"):
        link(two[0], wants_foundry, imports=bold, exports=(), name="whole")
