"""Text diagrams: boxes, imports on top, exports below, lines for the links."""

from __future__ import annotations

from typing import Annotated

import pytest

from signatures import Signature
from units import InvokeError, Link, draw, link, part, tag, unit


class IA(Signature): ...


class IB(Signature): ...


@unit
class A(IA): ...


@unit
class B(IB):
    def __init__(self, a: IA, again: Annotated[IA | None, tag("again")] = None) -> None: ...


def test_a_unit_is_a_box() -> None:
    """Imports on top, the name in the middle, exports below."""
    assert draw(B) == "\n".join(
        [
            "┌──────────────────┐",
            "│ ▾ IA             │",
            "│ ▾ IA (tag again) │",
            "├──────────────────┤",
            "│        B         │",
            "├──────────────────┤",
            "│ ▴ IB             │",
            "└──────────────────┘",
        ]
    )


def test_a_compound_is_boxes_and_lines() -> None:
    """Each used export has a rail from its box to every importer."""
    assert draw(link(A, B, exports=(IB, IA), name="ab")) == "\n".join(
        [
            "ab",
            "┌──────┐",
            "│  A   │",
            "├──────┤",
            "│ ▴ IA ├────────────────┐",
            "└──────┘                │",
            "┌──────────────────┐    │",
            "│ ▾ IA             │◂───┤",
            "│ ▾ IA (tag again) │◂───┤",
            "├──────────────────┤    │",
            "│        B         │    │",
            "├──────────────────┤    │",
            "│ ▴ IB             ├──┐ │",
            "└──────────────────┘  │ │",
            "export IB ◂───────────┘ │",
            "export IA ◂─────────────┘",
        ]
    )


def test_imports_of_a_compound_come_in_on_top() -> None:
    """And compounds inside are drawn closed, with the number of their units."""
    inner = link(B, imports=IA, exports=IB, name="inner")
    assert draw(link(inner, imports=IA, exports=())) == "\n".join(
        [
            "link(...)",
            "import IA ──────────┐",
            "┌────────────────┐  │",
            "│ ▾ IA           │◂─┘",
            "├────────────────┤",
            "│ inner (1 unit) │",
            "├────────────────┤",
            "│ ▴ IB           │",
            "└────────────────┘",
        ]
    )


def test_cycles_and_doubles_can_be_told_apart() -> None:
    """Two instances of one unit have a rail each."""
    one, two = Link(IA, "one"), Link(IA, "two")
    text = draw(
        link(part(A, as_=one), part(A, as_=two), part(B, two, tag("again", one)), exports=())
    )
    assert text.count("├─") >= 4
    assert text.count("◂") == 2


def test_only_units_can_be_drawn() -> None:
    """Anything else is named."""
    with pytest.raises(InvokeError, match="only a unit can be drawn"):
        draw(3)
