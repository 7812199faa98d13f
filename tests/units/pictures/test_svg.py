"""SVG: complete, readable without colours and without eyes, and never one thing on another."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.units.pictures.linkages import Cache, application, cycle, many
from units import draw, link, unit
from units._pictures.diagram import diagram
from units._pictures.dot import skeleton
from units._pictures.graphviz import Rectangle, placed
from units._pictures.sizes import text_width
from units._pictures.svg import COLOURS

SVG = "{http://www.w3.org/2000/svg}"


def parsed(u: Any, **options: Any) -> ET.Element:
    return ET.fromstring(draw(u, **options).svg)


def words(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


def test_every_name_signature_and_tag_is_written() -> None:
    """With the numbers that tell the order, and what nobody supplies."""
    expected = [
        *("application", "IClock", "IStore", "ILog"),
        *("1 logging", "IClock", "ILog"),
        *("1.1 Log", "IClock", "ILog", "ILog"),
        *("2 storage", "ILog", "IStore"),
        *("2.1 Memory", "ILog", "IStore"),
        *("2.2 Memory", "ILog", "IStore"),
        *("2.3 Cache", "IStore (tag fast)", "IStore (tag slow)", "ILog", "IStore"),
        "IClock from nobody",
    ]
    assert sorted(words(parsed(application))) == sorted(expected)


def test_every_link_is_a_line_that_says_what_it_carries() -> None:
    """To whoever points at it."""
    lines = [e for e in parsed(cycle).iter(f"{SVG}path") if e.get("class") == "line"]
    assert [line.findtext(f"{SVG}title") for line in lines] == [
        "1 Chicken has IStore from 2 Egg",
        "2 Egg has ILog from 1 Chicken",
        "cycle has ILog from 1 Chicken",
        "cycle has IStore from 2 Egg",
    ]


def test_a_closed_compound_says_how_many_units_it_holds() -> None:
    """And is drawn as several sheets."""
    picture = parsed(application, depth=0)
    assert "application (2 units)" in words(picture)
    assert [rect.get("class") for rect in picture.iter(f"{SVG}rect")] == ["box", "box"]


def test_of_very_many_units_only_the_names_are_shown() -> None:
    """What they import and export is said to whoever points at one."""
    picture = parsed(link(*many(150), exports=(), name="crowd"))
    assert len(words(picture)) == 151
    titles = [title.text or "" for title in picture.iter(f"{SVG}title")]
    assert any(title.startswith("9 u8 imports I0 from 1") for title in titles)


def test_a_reader_who_sees_nothing_is_told_the_same() -> None:
    """A title and a description, in words, which the picture as a whole refers to."""
    picture = parsed(cycle)
    assert picture.get("role") == "img"
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert title.text == "The unit cycle"
    assert description.text == " ".join(diagram(cycle).sentences())
    assert picture.get("aria-labelledby") == title.get("id")
    assert picture.get("aria-describedby") == description.get("id")


def test_two_pictures_on_one_page_do_not_share_an_id() -> None:
    """And the same one twice is said the same way."""
    ids = [e.get("id") for u in (cycle, application) for e in parsed(u).iter() if e.get("id")]
    assert len(ids) == len(set(ids)) == 4


def test_names_are_no_markup() -> None:
    """They are escaped."""
    assert "<b> & 'c'" in words(parsed(unit(lambda: None, name="<b> & 'c'")))


def test_no_colour_depends_on_the_page() -> None:
    """Boxes and words have the page's own; each other one is 3:1 against white and black."""
    text = draw(application).svg
    assert "prefers-color-scheme: dark" in text
    assert "currentColor" in text
    for colour in COLOURS:
        light = luminance(colour)
        assert (1 + 0.05) / (light + 0.05) >= 3
        assert (light + 0.05) / 0.05 >= 3


def luminance(colour: str) -> float:
    """Return the relative luminance of *colour* (WCAG 2.1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_wide_characters_are_given_more_room() -> None:
    """As in a terminal."""
    assert text_width("信") == text_width("ab")


@st.composite
def linkages(draw: Any, depth: int = 2) -> Any:
    """Compounds of some units in some order, some of which are compounds again."""
    parts = many(draw(st.integers(0, 8)), seed=draw(st.integers(0, 999)))
    inner = [draw(linkages(depth - 1)) for _ in range(draw(st.integers(0, 2)) if depth else 0)]
    free = parts[0].exports[0].signature if parts and draw(st.booleans()) else ()
    linked = draw(st.permutations([*parts[bool(free) :], *inner]))
    wanted = [i.signature for u in inner for i in u.imports]
    exported = [u.exports[0].signature for u in draw(st.permutations(parts[1:]))[:2]]
    return link(*linked, imports=(free, *wanted) if free else wanted, exports=exported, name="made")


@settings(max_examples=40)
@given(st.data())
def test_boxes_do_not_overlap_and_stay_in_their_compound(data: Any) -> None:
    """Whatever is linked with what."""
    made = diagram(data.draw(linkages()), depth=9)
    where = placed(skeleton(made))

    def room(key: str) -> Rectangle:
        box = made.boxes[key]
        return where.clusters[f"cluster{key}"] if box.parts else where.nodes[f"unit{key}"]

    for box in made.boxes.values():
        if not box.parts:
            continue
        top, bottom = where.nodes[f"in{box.key}"], where.nodes[f"out{box.key}"]
        rooms = [room(key) for key in box.parts]
        assert not any(overlap(a, b) for a, b in combinations([top, *rooms, bottom], 2))
        for each in rooms:
            assert top.y + top.height <= each.y
            assert each.y + each.height <= bottom.y
            assert inside(each, room(box.key))
    assert set(where.edges) == {f"line{number}" for number in range(len(made.lines))}


def overlap(a: Rectangle, b: Rectangle) -> bool:
    across = a.x < b.x + b.width and b.x < a.x + a.width
    return across and a.y < b.y + b.height and b.y < a.y + a.height


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return outer.x <= inner.x and inner.x + inner.width <= outer.x + outer.width


def test_a_unit_is_as_wide_as_its_widest_row() -> None:
    """Its imports share what its name leaves over."""
    picture = parsed(Cache)
    (box,) = picture.iter(f"{SVG}rect")
    rules = [e.get("d") or "" for e in picture.iter(f"{SVG}path") if e.get("class") == "rule"]
    assert len(rules) == 5
    assert float(box.get("width") or 0) >= sum(map(text_width, ["IStore (tag fast)"] * 2))
