"""Why an import is supplied by whom, told from the linkage."""

from __future__ import annotations

from typing import Annotated, Any

from signatures import Signature
from signatures._zope import InterfaceClass
from units import Link, link, part, tag, unit
from units._define import as_unit
from units._why import Supply, exporters, supplies


class IInk(Signature): ...


class IBlackInk(IInk, Signature): ...


class IPress(Signature): ...


@unit
class Black(IBlackInk): ...


@unit
class Red(IInk): ...


@unit
def tinted() -> Annotated[IInk, tag("tint")]:
    return Red()


@unit
class Press(IPress):
    def __init__(self, ink: IInk) -> None: ...


@unit
class Thinner(IInk):
    """Thins the ink that it gets."""

    def __init__(self, ink: IInk) -> None: ...


@unit
class Poster:
    def __init__(self, ink: Annotated[IInk, tag("tint")]) -> None: ...


def told(u: Any, signature: Any) -> list[Supply]:
    found = as_unit(u)
    assert found is not None
    assert isinstance(signature, InterfaceClass)
    return list(supplies(found, signature))


def test_the_only_one() -> None:
    """Nothing else could have supplied it."""
    (supply,) = told(link(Red, Press, name="shop"), IInk)
    assert (supply.place, supply.supplier, supply.instead) == ("2 Press", "1 Red", ())
    assert supply.why == ("it is the only one in shop that exports it",)
    assert "test_why.py:" in supply.location


def test_one_that_extends_the_signature() -> None:
    """It is the only one, too."""
    (supply,) = told(link(Black, Press, name="shop"), IInk)
    assert supply.why == ("it is the only one in shop that exports it, by extending it",)


def test_the_unit_itself() -> None:
    """Where nobody else exports what it imports."""
    (supply,) = told(link(Thinner, name="shop"), IInk)
    assert supply.supplier == "1 Thinner"
    assert supply.why == ("it is the only one in shop that exports it; it supplies itself",)


def test_the_one_with_the_tag() -> None:
    """The others are named: they could be linked explicitly."""
    (supply,) = told(link(tinted, Red, Poster, name="shop"), IInk)
    assert supply.supplier == "1 tinted"
    assert supply.why == ("of 2 in shop it is the only one with the tag tint",)
    assert supply.instead == ("2 Red",)


def test_the_one_without_a_tag() -> None:
    """As the import has none."""
    (supply,) = told(link(tinted, Red, Press, name="shop"), IInk)
    assert supply.supplier == "2 Red"
    assert supply.why == ("of 2 in shop it is the only one without a tag",)


def test_the_one_that_was_named() -> None:
    """By a Link; an import of the compound could have supplied it, too."""
    ink = Link(IInk, "ink")
    (supply,) = told(link(part(Red, as_=ink), part(Press, ink), imports=IInk, name="shop"), IInk)
    assert supply.why == ("of 2 in shop it was named, by a Link",)
    assert supply.instead == ("the import IInk of shop",)


def test_through_compounds_in_both_directions() -> None:
    """Out of the one that imports it, into the one that exports it."""
    shelf = link(Red, exports=IInk, name="shelf")
    hall = link(Press, imports=IInk, exports=IPress, name="hall")
    (supply,) = told(link(shelf, hall, name="works"), IInk)
    assert (supply.place, supply.supplier) == ("2.1 Press", "1.1 Red")
    assert supply.why == ("hall imports it", "it is the only one in works that exports it")


def test_exporters_are_those_with_a_body() -> None:
    """A compound only passes on what they export."""
    shelf = link(Red, exports=IInk, name="shelf")
    works = as_unit(link(shelf, Black, exports=(), name="works"))
    assert works is not None
    signature: Any = IInk
    assert [title for title, _ in exporters(works, signature)] == ["1.1 Red", "2 Black"]
