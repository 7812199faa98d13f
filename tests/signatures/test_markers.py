"""Members that are more than a name: derived, for export, contracted, opened."""

from __future__ import annotations

from typing import Any

import pytest

from signatures import (
    Signature,
    SignatureError,
    contracted,
    derived,
    derived_members,
    except_,
    for_export,
    members,
    only,
    opens,
    prefix,
    rename,
)
from signatures._match import object_mismatches
from signatures._members import Renamed, marks_of_member


class IBox(Signature):
    width: int
    depth: int

    @derived
    def holds(self, n: int) -> bool:
        return n < self.area

    @property
    @derived
    def area(self) -> int:
        return self.width * self.depth

    @property
    @for_export
    def girth(self) -> int:
        return 2 * (self.width + self.depth)

    @contracted
    def turn(self, degrees: int) -> None: ...


def test_derived_members_are_nothing_that_exporters_offer() -> None:
    """`members` is what an exporter defines or gets computed; `derived_members` is for importers."""
    assert [*members(IBox)] == ["width", "depth", "girth", "turn"]
    assert [*derived_members(IBox)] == ["holds", "area"]


def test_marks_are_kept_on_the_member() -> None:
    """Those of a property on its function."""
    there = {**members(IBox), **derived_members(IBox)}
    marked = {name: set(marks_of_member(member)) for name, member in there.items()}
    assert marked == {
        "width": set(),
        "depth": set(),
        "girth": {"for_export"},
        "turn": {"contracted"},
        "holds": {"derived"},
        "area": {"derived"},
    }


def test_marks_stand_on_either_side_of_the_property() -> None:
    """``@derived @property`` means what ``@property @derived`` means; marks add up."""

    class IOther(Signature):
        @derived
        @property
        def one(self) -> int: ...
        @contracted
        @for_export
        def two(self) -> int: ...
        @derived
        @staticmethod
        def three() -> int: ...

    assert [*derived_members(IOther)] == ["one", "three"]
    assert marks_of_member(members(IOther)["two"]) == {"contracted", "for_export"}


@pytest.mark.parametrize("mark", [derived, for_export, contracted])
def test_only_functions_and_properties_are_marked(mark: Any) -> None:
    """Named, with what was given."""
    with pytest.raises(SignatureError, match=f"{mark.__name__} marks functions and properties"):
        mark(5)


def test_an_implementing_class_has_what_its_signature_computes() -> None:
    """As methods and attributes, inherited like any other; kept once computed."""

    class Box(IBox):
        def __init__(self, width: int, depth: int) -> None:
            self.width, self.depth = width, depth

        def turn(self, degrees: int) -> None:
            self.width, self.depth = self.depth, self.width

    box = Box(2, 3)
    assert (box.girth, box.area, box.holds(5), box.holds(6)) == (10, 6, True, False)
    assert object_mismatches(IBox, box) == []
    box.width = 100
    assert box.area == 6
    assert isinstance(Box.girth, type(Box.area))


def test_what_is_computed_is_computed_anew_where_it_cannot_be_kept() -> None:
    """Objects with slots have no place for it."""

    class Slotted(IBox):
        __slots__ = ("depth", "width")

        def turn(self, degrees: int) -> None: ...

    box = Slotted()
    box.width = box.depth = 2
    assert box.area == 4
    box.width = 3
    assert box.area == 6


def test_derived_members_are_inherited() -> None:
    """Parents' first."""

    class ILid(IBox, Signature):
        @derived
        def closed(self) -> bool: ...

    assert [*derived_members(ILid)] == ["holds", "area", "closed"]
    assert [*vars(ILid)["derived"]] == ["closed"]


def test_opened_members_come_before_the_signatures_own() -> None:
    """With their marks, under the names that adjustments give them."""

    @opens(prefix("outer_", IBox))
    class INested(Signature):
        label: str

    assert [*members(INested)] == [
        "outer_width",
        "outer_depth",
        "outer_girth",
        "outer_turn",
        "label",
    ]
    assert [*derived_members(INested)] == ["outer_holds", "outer_area"]
    assert marks_of_member(members(INested)["outer_turn"]) == {"contracted"}
    assert INested.__doc__ == "" or INested.__doc__ is None
    assert not INested.isOrExtends(IBox)  # type: ignore[attr-defined]


def test_what_was_opened_computes_from_the_members_it_was_written_for() -> None:
    """Whatever they are called in the signature that opened it."""

    @opens(rename(prefix("outer_", IBox), w="outer_width"))
    class INested(Signature):
        """A box in a box."""

    class Nested(INested):
        w, outer_depth = 4, 5

        def outer_turn(self, degrees: int) -> None: ...

    nested = Nested()
    assert (nested.outer_area, nested.outer_girth) == (20, 18)  # type: ignore[attr-defined]
    assert nested.outer_holds(19)  # type: ignore[attr-defined]


def test_several_signatures_are_opened_at_once() -> None:
    """In order; a name that is there already is refused, and so is leaving members out."""

    class IColour(Signature):
        colour: str

    @opens(IColour, prefix("b_", IColour))
    class ITwoTone(Signature):
        """Two colours."""

    assert [*members(ITwoTone)] == ["colour", "b_colour"]
    for spec in (only(IBox, "width"), except_(IBox, "width")):
        with pytest.raises(SignatureError, match=r"only and except_ are for imports\n  opened: IB"):
            opens(spec)
    with pytest.raises(SignatureError, match=r"(?s)each member once.*member: colour"):

        @opens(IColour)
        class IRed(Signature):
            colour: str


def test_a_renamed_object_knows_members_by_other_names() -> None:
    """Names that are not exchanged stay."""
    box = type("Thing", (), {"one": 1, "two": 2})()
    seen = Renamed(box, {"uno": "one"})
    assert (seen.uno, seen.two) == (1, 2)
    with pytest.raises(AttributeError):
        seen.three  # noqa: B018
