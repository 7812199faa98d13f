"""A picture made of characters: boxes with imports on top, exports below, and lines for the links.

Every export that is used gets a rail to the right of the boxes.  A rail leaves the box of the
export at ``├``, and enters each importer's box at ``◂``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from units._pictures.diagram import counted
from units._unit import Source, Unit


def text(u: Unit[..., Any]) -> str:
    """Return a text diagram of *u*: for a compound, of its parts and their links.

    Boxes stand in the order in which the bodies run; compounds inside are drawn closed.
    """
    picture = _Picture()
    if u.parts is None:
        picture.box(u, [None] * len(u.imports), -2)
        return picture.text()
    for number, wanted in enumerate(u.imports):
        picture.line(f"import {wanted} ", leaves=(-1, number))
    for position, part in enumerate(u.parts):
        picture.box(part, list(u.wiring[position]), position)
    for export, source in zip(u.exports, u.sources, strict=True):
        picture.line(f"export {export} ", enters=source)
    return picture.text(u.name)


@dataclass
class _Row:
    text: str
    leaves: Source | None = None
    enters: Source | None = None


@dataclass
class _Picture:
    """Rows of text from top to bottom; those where a rail leaves or enters know which."""

    rows: list[_Row] = field(default_factory=list[_Row])

    def line(self, text: str, leaves: Source | None = None, enters: Source | None = None) -> None:
        """Add a line outside of every box."""
        self.rows.append(_Row(text, leaves, enters))

    def box(self, u: Unit[..., Any], sources: list[Source | None], position: int) -> None:
        """Add the box of *u*, whose imports come from *sources*."""
        imports = [f"▾ {wanted}" for wanted in u.imports]
        exports = [f"▴ {export}" for export in u.exports]
        name = u.name if u.parts is None else f"{u.name} ({counted(len(u.parts))})"
        width = max(map(len, [*imports, *exports, name])) + 2
        self.rows.append(_Row(f"┌{'─' * width}┐"))
        for text, source in zip(imports, sources, strict=True):
            self.rows.append(_Row(f"│ {text:<{width - 1}}│", enters=source))
        if imports:
            self.rows.append(_Row(f"├{'─' * width}┤"))
        self.rows.append(_Row(f"│{name:^{width}}│"))
        if exports:
            self.rows.append(_Row(f"├{'─' * width}┤"))
        for number, text in enumerate(exports):
            self.rows.append(_Row(f"│ {text:<{width - 1}}│", leaves=(position, number)))
        self.rows.append(_Row(f"└{'─' * width}┘"))

    def text(self, title: str = "") -> str:
        """Return the picture, its rails routed, under *title*."""
        rails = self._rails()
        columns = _columns(rails)
        edge = max((len(row.text) for row in self.rows), default=0)
        canvas = _Canvas([row.text for row in self.rows], edge + 2 * (len(rails) + 1) + 2)
        for source, ends in rails.items():
            column = edge + 2 + 2 * columns[source]
            canvas.vertical(column, min(ends), max(ends))
            for number in ends:
                row = self.rows[number]
                canvas.horizontal(number, len(row.text), column, row.leaves == source)
        return "\n".join([*([title] if title else []), *canvas.lines()])

    def _rails(self) -> dict[Source, list[int]]:
        """Return, for each export that somebody uses, the rows where its rail leaves and enters."""
        used = {row.enters for row in self.rows if row.enters is not None}
        rails: dict[Source, list[int]] = {}
        for number, row in enumerate(self.rows):
            for source in (row.leaves, row.enters):
                if source is not None and source in used:
                    rails.setdefault(source, []).append(number)
        return rails


def _columns(rails: dict[Source, list[int]]) -> dict[Source, int]:
    """Give each rail a column in which it meets no other; short rails stay close to the boxes."""
    columns: dict[Source, int] = {}
    taken: list[list[tuple[int, int]]] = []
    for source, ends in sorted(rails.items(), key=lambda item: max(item[1]) - min(item[1])):
        first, last = min(ends), max(ends)
        free = (
            column
            for column, spans in enumerate(taken)
            if all(last < start or first > stop for start, stop in spans)
        )
        columns[source] = next(free, len(taken))
        if columns[source] == len(taken):
            taken.append([])
        taken[columns[source]].append((first, last))
    return columns


class _Canvas:
    """Characters by row and column; lines that cross become crossings."""

    def __init__(self, rows: list[str], width: int) -> None:
        self.cells = [list(row.ljust(width)) for row in rows]

    def vertical(self, column: int, first: int, last: int) -> None:
        """Draw a rail in *column* from row *first* to row *last*."""
        for number in range(first, last + 1):
            corner = "┐" if number == first else "┘" if number == last else "│"
            old = self.cells[number][column]
            self.cells[number][column] = "┼" if old == "─" else corner

    def horizontal(self, number: int, start: int, column: int, leaving: bool) -> None:
        """Join the rail in *column* with the box that ends at *start* in row *number*."""
        row = self.cells[number]
        for at in range(start, column):
            row[at] = "┼" if row[at] in "│┼" else "─"
        if row[column] == "│":
            row[column] = "┤"
        if not leaving:
            row[start] = "◂"
        elif row[start - 1] == "│":
            row[start - 1] = "├"

    def lines(self) -> list[str]:
        """Return the rows as text."""
        return ["".join(row).rstrip() for row in self.cells]
