"""What a unit is made of, as data with a readable text."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from signatures import Signature
from units import (
    InvokeError,
    Link,
    explain,
    exports,
    init_dependencies,
    is_unit,
    link,
    part,
    tag,
    unit,
    unit_signatures,
)


class IInk(Signature):
    def colour(self) -> str: ...


class IPaper(Signature):
    def size(self) -> int: ...


class IPress(Signature):
    def print(self, text: str) -> str: ...


@unit
class Black(IInk):
    def colour(self) -> str:
        return "black"


@unit(init_depend=[IInk, tag("back", IPaper)])
def press(ink: IInk, back: Annotated[IPaper, tag("back")], front: IPaper | None = None) -> IPress:
    def print(text: str) -> str:
        return f"{text} in {ink.colour()}"

    return exports(locals())


def without_places(text: str) -> str:
    """Leave out where units are defined."""
    import re

    return re.sub(r" \([^()]*:\d+\)", "", text)


def test_a_unit_with_a_body_tells_what_it_declares() -> None:
    """Imports, exports, what it reads while it starts, and where it is defined."""
    told = explain(press)
    assert (told.name, told.location) == ("press", press.location)
    assert [str(each) for each in told.imports] == ["IInk", "IPaper (tag back)", "IPaper"]
    assert [str(each) for each in told.exports] == ["IPress"]
    assert (told.parts, told.supplies, told.exported_by) == ((), (), ())
    assert without_places(str(told)) == (
        "press\n"
        "  imports IInk\n"
        "  imports IPaper (tag back)\n"
        "  imports IPaper\n"
        "  exports IPress\n"
        "  reads while starting IInk\n"
        "  reads while starting IPaper (tag back)"
    )


def test_a_compound_tells_who_supplies_whom_in_the_order_of_the_bodies() -> None:
    """Every import of every part, also those that come from outside or from nobody."""
    paper = Link(IPaper, "paper")
    program = link(
        Black, part(press, tag("back", paper)), imports=paper, exports=IPress, name="shop"
    )
    told = explain(program)
    assert [part.name for part in told.parts] == ["Black", "press"]
    supplies = told.parts[1].supplies
    assert [(str(each.wanted), each.supplier) for each in supplies] == [
        ("IInk", "1. Black (IInk)"),
        ("IPaper (tag back)", "import IPaper"),
        ("IPaper", "import IPaper"),
    ]
    assert told.exported_by == ("2. press",)
    assert without_places(str(told)) == (
        "shop\n"
        "  imports IPaper\n"
        "  exports IPress of 2. press\n"
        "  reads while starting IPaper\n"
        "  1. Black\n"
        "       exports IInk\n"
        "  2. press\n"
        "       imports IInk from 1. Black\n"
        "       imports IPaper (tag back) from import IPaper\n"
        "       imports IPaper from import IPaper\n"
        "       exports IPress\n"
        "       reads while starting IInk\n"
        "       reads while starting IPaper (tag back)"
    ).replace(" from 1. Black", " from 1. Black (IInk)")


def test_nobody_supplies_an_optional_import() -> None:
    """And the text says so."""

    @unit
    def quiet(ink: IInk | None = None) -> None: ...

    told = explain(link(quiet, exports=(), name="alone"))
    assert told.parts[0].supplies[0].supplier is None
    assert str(told.parts[0].supplies[0]) == "IInk from nobody"
    assert "imports IInk from nobody" in str(told)


def test_compounds_inside_compounds_are_told_too() -> None:
    """Each with its own parts."""
    inner = link(Black, exports=IInk, name="inner")
    told = explain(link(inner, exports=IInk, name="outer"))
    assert [part.name for part in told.parts[0].parts] == ["Black"]
    assert without_places(str(told)).count("1. ") == 4


def test_reflection_tells_units_from_other_things() -> None:
    """A class that carries a unit counts as one; its subclasses do not by themselves."""

    class Darker(Black):
        """Not decorated."""

    assert [is_unit(each) for each in (Black, press, link(Black), Darker, IInk, None)] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_reflection_gives_signatures_with_their_tags() -> None:
    """As declared."""
    assert unit_signatures(press) == (
        ((None, IInk), ("back", IPaper), (None, IPaper)),
        ((None, IPress),),
    )
    assert unit_signatures(Black) == ((), ((None, IInk),))
    assert init_dependencies(press) == ((None, IInk), ("back", IPaper))
    assert init_dependencies(link(Black)) == ()


@pytest.mark.parametrize("ask", [explain, unit_signatures, init_dependencies])
def test_only_units_are_explained(ask: Any) -> None:
    """Anything else is named."""
    with pytest.raises(InvokeError, match=r"only a unit can be explained\n  given: class int"):
        ask(int)
