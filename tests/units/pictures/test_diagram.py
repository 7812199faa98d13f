"""What there is to see of a unit, before any notation."""

from __future__ import annotations

from typing import Any

from tests.units.pictures.linkages import (
    Cache,
    Egg,
    IClock,
    Log,
    application,
    cycle,
    many,
)
from units import Unit, link
from units._define import as_unit
from units._pictures.diagram import READABLE, End, diagram, downwards


def unit_of(thing: Any) -> Unit[..., Any]:
    found = as_unit(thing)
    assert found is not None
    return found


def test_a_unit_with_a_body_is_one_box() -> None:
    """Its imports and exports keep their tags."""
    made = diagram(unit_of(Cache))
    assert [str(port) for port in made.whole.imports] == [
        "IStore (tag fast)",
        "IStore (tag slow)",
        "ILog",
        "IClock",
    ]
    assert (made.whole.parts, made.whole.closed, made.lines) == ((), 0, [])


def test_boxes_are_numbered_in_the_order_of_the_bodies() -> None:
    """By the path to them."""
    assert list(diagram(application).boxes) == ["", "1", "2", "1.1", "2.1", "2.2", "2.3"]


def test_compounds_are_closed_below_the_depth() -> None:
    """And say how many units they hold."""
    closed = diagram(application, depth=0)
    assert (list(closed.boxes), closed.whole.closed) == ([""], 2)
    parts = diagram(application, depth=1)
    assert [box.closed for box in parts.inside(parts.whole)] == [1, 3]
    assert len(diagram(application, depth=2).boxes) == 7


def test_without_a_depth_levels_are_opened_as_long_as_they_stay_readable() -> None:
    """The parts themselves are shown in any case."""
    half = READABLE // 2
    groups = [link(*many(half), name=f"group {number}") for number in range(3)]
    assert len(diagram(link(*groups[:1], exports=())).boxes) == 2 + half
    assert len(diagram(link(*groups, exports=())).boxes) == 4
    assert len(diagram(link(*many(300))).boxes) == 301


def test_a_line_leads_from_the_supplier_to_the_import() -> None:
    """From an import of the compound, too, and to its exports."""
    lines = [(line.start, line.stop) for line in diagram(application, depth=1).lines]
    assert lines == [
        (End("", "in", 0), End("1", "in", 0)),
        (End("1", "out", 0), End("2", "in", 0)),
        (End("2", "out", 0), End("", "out", 0)),
        (End("1", "out", 0), End("", "out", 1)),
    ]


def test_in_a_cycle_the_first_unit_is_on_top() -> None:
    """One line of the cycle leads back up."""
    assert [line.back for line in diagram(cycle).lines] == [True, False, False, False]


def test_a_unit_that_supplies_itself_has_a_line_back() -> None:
    """From its export around to its import."""
    made = diagram(link(Log, imports=IClock, exports=(), name="itself"))
    assert [(line.start.key, line.stop.key, line.back) for line in made.lines] == [
        ("", "1", False),
        ("1", "1", True),
    ]


def test_suppliers_stand_above_even_if_they_are_linked_later() -> None:
    """What is not on a cycle is never taken for it."""
    made = diagram(link(*reversed(many(9)), exports=()))
    assert made.lines
    assert not any(line.back for line in made.lines)
    assert downwards([((1, 0),), ((2, 0),), ((1, 0),)]) == [1, 0, 2]
    assert downwards([((2, 0),), ((0, 0),), ()]) == [2, 0, 1]


def test_an_optional_import_that_nobody_supplies_says_so() -> None:
    """It has no line."""
    box = diagram(application).boxes["2.3"]
    assert str(box.imports[3]) == "IClock from nobody"


def test_an_export_that_feeds_very_many_is_named_not_drawn() -> None:
    """The imports tell the number of its box."""
    made = diagram(link(*many(30)))
    assert str(made.boxes["9"].imports[0]) == "I0 from 1"
    assert all(line.start.key != "1" for line in made.lines)


def test_an_import_that_feeds_very_many_is_named_not_drawn() -> None:
    """It comes from outside."""
    first, *others = many(30)
    made = diagram(link(*others, imports=first.exports[0].signature))
    assert str(made.boxes["9"].imports[0]) == "I0 from outside"


def test_the_sentences_tell_what_the_picture_shows() -> None:
    """One for each box, in the order of the bodies."""
    assert list(diagram(cycle).sentences()) == [
        "cycle exports ILog, exports IStore.",
        "1 Chicken imports IStore from 2 Egg, exports ILog.",
        "2 Egg imports ILog from 1 Chicken, exports IStore.",
    ]
    assert list(diagram(link(cycle, exports=(), name="outer"), depth=1).sentences()) == [
        "outer imports and exports nothing.",
        "1 cycle exports ILog, exports IStore, holds 2 units.",
    ]


def test_a_place_names_the_file_not_the_machine() -> None:
    """So that a picture can be published."""
    assert diagram(unit_of(Egg)).whole.location.startswith("linkages.py:")
