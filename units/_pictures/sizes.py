"""How large things are, so that a layout needs no font: every cell of a box, in pixels.

All writing is in a fixed width, as signatures and units are names in code; what is wide in a
terminal is wide here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from units._pictures.diagram import Box, Port, counted

#: The size of the letters, and how wide one is: 0.6 of that in nearly every fixed-width font.
FONT = 12
LETTER = 0.605 * FONT
ROW = 24
PADDING = 9


@dataclass(frozen=True)
class Cell:
    """A rectangle inside a box, from the box's top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Frame:
    """The cells of a box, or of the header or the footer of an open one."""

    width: float
    height: float
    imports: tuple[Cell, ...] = ()
    name: Cell | None = None
    exports: tuple[Cell, ...] = ()


def closed_frame(box: Box, brief: bool) -> Frame:
    """Lay out a box that shows nothing inside: a row of imports, its name, a row of exports.

    A *brief* one has its name only.
    """
    name = text_width(named(box)) + 2 * PADDING
    if brief:
        return Frame(name, ROW, name=Cell(0, 0, name, ROW))
    width = max(name, _needs(box.imports), _needs(box.exports))
    rows = ROW * (1 if box.imports else 0), 28.0, ROW * (1 if box.exports else 0)
    return Frame(
        width,
        sum(rows),
        _row(box.imports, 0, 0, width),
        Cell(0, rows[0], width, rows[1]),
        _row(box.exports, 0, rows[0] + rows[1], width),
    )


def header(box: Box) -> Frame:
    """Lay out the top of an open box: its name, then its imports, in one row."""
    name = text_width(named(box)) + 2 * PADDING
    width = name + _needs(box.imports)
    imports = _row(box.imports, name, 0, width - name)
    return Frame(width, ROW, imports, Cell(0, 0, name, ROW))


def footer(box: Box) -> Frame:
    """Lay out the bottom of an open box: its exports."""
    width = _needs(box.exports)
    return Frame(max(width, 1), ROW if box.exports else 1, exports=_row(box.exports, 0, 0, width))


def named(box: Box) -> str:
    """Return what a box says in its middle."""
    inside = f" ({counted(box.closed)})" if box.closed else ""
    return f"{box.key} {box.name}{inside}".lstrip()


def text_width(text: str) -> float:
    """Return how wide *text* is written."""
    return LETTER * sum(2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in text)


def _needs(ports: Sequence[Port]) -> float:
    return sum(text_width(str(port)) + 2 * PADDING for port in ports)


def _row(ports: Sequence[Port], x: float, y: float, width: float) -> tuple[Cell, ...]:
    """Put *ports* side by side; what they leave of *width* is shared out evenly."""
    cells: list[Cell] = []
    spare = (width - _needs(ports)) / len(ports) if ports else 0
    for port in ports:
        wide = text_width(str(port)) + 2 * PADDING + spare
        cells.append(Cell(x, y, wide, ROW))
        x += wide
    return tuple(cells)
