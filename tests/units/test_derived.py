"""What one importing unit sees of a component whose signature computes members."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from signatures import Signature, derived, derived_members, for_export
from signatures._match import object_mismatches
from units import (
    InvokeError,
    UninitializedError,
    exports,
    invoke,
    link,
    prefix,
    unit,
    unit_from,
)
from units._importing import importing


class IRoom(Signature):
    width: int

    def furnish(self, thing: str) -> None: ...

    @property
    @derived
    def wide(self) -> bool:
        return self.width > 3

    @derived
    def fits(self, width: int) -> bool:
        return width < self.width

    @property
    @for_export
    def label(self) -> str:
        return f"{self.width} m"


class IHouse(Signature):
    def look(self) -> Any: ...


@unit
class Room(IRoom):
    def __init__(self) -> None:
        self.width = 4
        self.things: list[str] = []

    def furnish(self, thing: str) -> None:
        self.things.append(thing)


@unit
def house(room: IRoom) -> IHouse:
    def look() -> Any:
        return room

    return exports(locals())


@unit
def another_house(room: IRoom) -> Any:
    return room


def test_each_importer_has_a_view_of_its_own() -> None:
    """Members are read through; what is derived is the view's."""
    seen = [invoke(link(Room, house, exports=IHouse)).look() for _ in range(2)]
    assert seen[0] is not seen[1]
    assert (seen[0].width, seen[0].wide, seen[0].label) == (4, True, "4 m")
    assert seen[0].fits(3)
    seen[0].furnish("bed")
    assert object_mismatches(IRoom, seen[0]) == []
    assert IRoom.providedBy(seen[0])  # type: ignore[attr-defined]


def test_views_of_one_component_show_one_component() -> None:
    """Two importers in one program, one room; what was computed stays, the rest is read anew."""
    kept: list[Any] = []

    @unit
    def keeps(room: IRoom) -> None:
        kept.append(room)

    first, second = invoke(link(Room, house, keeps, exports=(IHouse, IRoom)))
    inside = first.look()
    assert len({id(inside), id(kept[0]), id(second)}) == 3
    inside.furnish("bed")
    assert second.furnish.__self__.things == ["bed"]
    kept[0].furnish.__self__.width = 2
    assert [each.width for each in (inside, kept[0], second)] == [2, 2, 2]
    assert inside.wide
    assert not inside.fits(3)


def test_views_of_importers_are_not_assigned() -> None:
    """As no import is."""
    inside = invoke(link(Room, house, exports=IHouse)).look()
    with pytest.raises(AttributeError, match=r"imports cannot be assigned: IRoom\.width"):
        inside.width = 5


def test_a_component_passed_by_hand_is_seen_the_same_way() -> None:
    """Calling a unit, or invoking it with components, makes no difference."""
    for seen in (another_house(Room()), invoke(another_house, Room())):
        assert (seen.wide, seen.fits(5)) == (True, False)


def test_nothing_is_computed_of_an_optional_import_that_nobody_supplies() -> None:
    """It stays what its default says."""

    @unit
    def without(room: IRoom | None = None) -> Any:
        return room

    assert invoke(link(without, exports=())) is None
    assert without() is None


def test_derived_functions_may_be_handed_over_before_the_supplier_ran() -> None:
    """Only what they read is too early."""

    class IArea(Signature):
        side: int

        @derived
        def area(self) -> int:
            return self.side * self.side

    @unit
    def early(square: IArea) -> IHouse:
        with pytest.raises(UninitializedError, match=r"IArea\.side"):
            square.area()

        def look() -> int:
            return square.area()

        return exports(locals())

    by_name = unit(
        lambda area, side: exports(look=lambda: (area(), side)), imports=[IArea], exports=[IHouse]
    )
    square = unit(lambda: exports(side=3), exports=[IArea])
    assert invoke(link(early, square, exports=IHouse)).look() == 9
    area, side = invoke(link(by_name, square, exports=IHouse)).look()
    assert (area, side, type(side)) == (9, 3, int)


def test_adjusted_names_reach_derived_members() -> None:
    """A prefix is put before them as well."""
    seen = invoke(
        link(Room, unit(lambda **n: sorted(n), imports=[prefix("r_", IRoom)]), exports=())
    )
    assert seen == ["r_fits", "r_furnish", "r_label", "r_wide", "r_width"]


def test_a_unit_from_a_mapping_has_what_is_computed_for_export() -> None:
    """Each time it is invoked."""
    space: dict[str, Any] = {"width": 2, "furnish": lambda thing: None}
    u = unit_from(space, IRoom)
    assert invoke(u).label == "2 m"
    space["width"] = 3
    assert invoke(u).label == "3 m"


def test_an_object_without_its_signatures_name_is_completed() -> None:
    """What a body returns needs the other members only; early readers see the same."""

    class IDoubled(Signature):
        x: int

        @property
        @for_export
        def y(self) -> int:
            return 2 * self.x

    class Plain:
        x = 5

    @unit
    def reads(doubled: IDoubled) -> IHouse:
        def look() -> int:
            return doubled.y

        return exports(locals())

    @unit
    def plain(house: IHouse) -> IDoubled:
        with pytest.raises(UninitializedError, match=r"IDoubled\.y"):
            house.look()
        return Plain()  # type: ignore[return-value]

    house, doubled = invoke(link(reads, plain, exports=(IHouse, IDoubled)))
    assert (house.look(), doubled.x, doubled.y) == (10, 5, 10)


def test_what_lacks_other_members_is_refused() -> None:
    """Completing makes up nothing else."""
    with pytest.raises(InvokeError, match=r"member: IRoom\.width"):
        invoke(unit(lambda: object(), exports=[IRoom]))


def test_the_class_of_importers_views_is_made_once() -> None:
    """Also when threads ask for it at the same time."""

    class IFresh(IRoom, Signature):
        @derived
        def more(self) -> int: ...

    seen: list[Any] = []
    gate = threading.Barrier(4)

    def ask() -> None:
        gate.wait()
        seen.append(importing(IFresh))  # type: ignore[arg-type]

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in seen}) == 1
    assert [*derived_members(IFresh)] == ["wide", "fits", "more"]
