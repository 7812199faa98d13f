"""A diagram as SVG, made to be looked at on light and on dark pages, alone or inside one.

Writing and boxes have the colour of the text around them (``currentColor``); a picture that is a
page by itself asks the reader's system whether that is dark.  The colours of the lines can be told
from white and from black alike.  A reader who sees nothing is given the same facts in words.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from html import escape

from units._pictures.diagram import Box, Diagram, Line, Port, titled
from units._pictures.dot import skeleton
from units._pictures.graphviz import Curve, Layout, Placed, Point, Rectangle, placed
from units._pictures.sizes import (
    FONT,
    PADDING,
    ROW,
    Cell,
    Frame,
    closed_frame,
    footer,
    header,
    named,
)

#: Each at least 3:1 against white and against black, as WCAG 2.1 asks of graphics (1.4.11).
COLOURS = ("#2478cc", "#c2571a", "#1d8a5b", "#8a63d2", "#c23b6b", "#8a7a1f", "#16868f")
MARGIN = 12

STYLE = f"""
.units-drawing {{ font: {FONT}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
  monospace }}
.units-drawing:root {{ color: #1f2328 }}
@media (prefers-color-scheme: dark) {{ .units-drawing:root {{ color: #e6edf3 }} }}
.units-drawing text {{ fill: currentColor; text-anchor: middle; dominant-baseline: central }}
.units-drawing .name {{ font-weight: 600 }}
.units-drawing .start {{ text-anchor: start }}
.units-drawing .quiet {{ fill-opacity: .72; font-weight: 400 }}
.units-drawing .box {{ fill: currentColor; fill-opacity: .05; stroke: currentColor }}
.units-drawing .group {{ fill: currentColor; fill-opacity: .025; stroke: currentColor;
  stroke-opacity: .6 }}
.units-drawing .rule {{ fill: none; stroke: currentColor; stroke-opacity: .3 }}
.units-drawing .line {{ fill: none; stroke-width: 1.6 }}
.units-drawing .line:hover {{ stroke-width: 4 }}
"""


def svg(made: Diagram, layout: Layout | None = None) -> str:
    """Return *made* as an SVG document, laid out by *layout*, or by PyGraphviz where left out.

    Raises `units.InvokeError` if that is not installed.
    """
    where = placed(skeleton(made), layout)
    width, height = where.width + 2 * MARGIN, where.height + 2 * MARGIN
    words = " ".join(made.sentences())
    name = f"units-drawing-{zlib.crc32(words.encode()):08x}"
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="units-drawing" role="img"'
        f' width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-desc">',
        f'<title id="{name}-title">The unit {escape(made.whole.name)}</title>',
        f'<desc id="{name}-desc">{escape(words)}</desc>',
        f"<style>{STYLE}</style>",
        f'<g transform="translate({MARGIN} {MARGIN})">',
    ]
    return "\n".join([*head, *_Drawn(made, where).parts(), "</g>", "</svg>\n"])


class _Drawn:
    """The elements of one picture: groups below, then lines, then boxes."""

    def __init__(self, made: Diagram, where: Placed) -> None:
        self.made, self.where = made, where
        starts = dict.fromkeys(line.start for line in made.lines)
        self.supplier = {line.stop: line.start for line in made.lines}
        self.colours = {start: COLOURS[n % len(COLOURS)] for n, start in enumerate(starts)}

    def parts(self) -> Iterator[str]:
        boxes = self.made.boxes.values()
        for box in boxes:
            if box.parts:
                yield from self._group(box)
        for number, line in enumerate(self.made.lines):
            yield from self._line(line, self.where.edges[f"line{number}"])
        for box in boxes:
            if not box.parts:
                yield from self._closed(box)

    def _closed(self, box: Box) -> Iterator[str]:
        """Draw a unit that shows nothing inside; a closed compound looks like several sheets."""
        frame = closed_frame(box, self.made.brief)
        place = self.where.nodes[f"unit{box.key}"]
        yield f"<g><title>{escape(self._said(box))}</title>"
        if box.closed:
            yield _rectangle("box", place.x + 4, place.y + 4, frame.width, frame.height)
        yield _rectangle("box", place.x, place.y, frame.width, frame.height)
        yield from _cells(frame, box, place)
        if frame.name:
            middle = place.x + frame.width / 2, place.y + frame.name.y + frame.name.height / 2
            yield _name(box, middle, "name")
            for at in [ROW] * bool(frame.imports) + [frame.height - ROW] * bool(frame.exports):
                yield _rule(place.x, place.y + at, place.x + frame.width, place.y + at)
        yield "</g>"

    def _group(self, box: Box) -> Iterator[str]:
        """Draw an open compound around its parts: name and imports on top, exports below."""
        outer = self.where.clusters[f"cluster{box.key}"]
        top, bottom = (self.where.nodes[f"{side}{box.key}"] for side in ("in", "out"))
        low = bottom.y + bottom.height
        right = outer.x + outer.width
        yield f"<g><title>{escape(self._said(box))}</title>"
        yield _rectangle("group", outer.x, top.y, outer.width, low - top.y)
        yield _rule(outer.x, top.y + ROW, right, top.y + ROW)
        yield _name(box, (outer.x + PADDING, top.y + ROW / 2), "name start")
        yield from _cells(header(box), box, top)
        if box.exports:
            yield _rule(outer.x, bottom.y, right, bottom.y)
            yield from _cells(footer(box), box, bottom)
        yield "</g>"

    def _said(self, box: Box) -> str:
        return f"{self.made.sentence(box, self.supplier)} ({box.location})"

    def _line(self, line: Line, curve: Curve) -> Iterator[str]:
        colour = self.colours[line.start]
        said = (
            f"{titled(self.made.boxes[line.stop.key])} has {self.made.port(line.stop)}"
            f" from {titled(self.made.boxes[line.start.key])}"
        )
        first, *rest = curve.points
        path = f"M{_point(first)} C" + " ".join(map(_point, rest))
        yield (
            f'<path class="line" stroke="{colour}" d="{path}"><title>{escape(said)}</title></path>'
        )
        yield f'<path fill="{colour}" d="{_arrow(rest[-1], curve.tip)}"/>'
        x, y = first
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'


def _cells(frame: Frame, box: Box, place: Rectangle) -> Iterator[str]:
    """Write the ports of *box* into the cells of *frame*, with rules between them."""
    for ports, cells in ((box.imports, frame.imports), (box.exports, frame.exports)):
        for port, cell in zip(ports, cells, strict=False):
            yield _words(port, cell, place)
            if cell.x > 0:
                x = place.x + cell.x
                yield _rule(x, place.y + cell.y, x, place.y + cell.y + cell.height)


def _words(port: Port, cell: Cell, place: Rectangle) -> str:
    x, y = place.x + cell.x + cell.width / 2, place.y + cell.y + cell.height / 2
    rest = str(port).removeprefix(port.signature)
    quiet = f'<tspan class="quiet">{escape(rest)}</tspan>' if rest else ""
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(port.signature)}{quiet}</text>'


def _name(box: Box, at: Point, style: str) -> str:
    number = f'<tspan class="quiet">{box.key} </tspan>' if box.key else ""
    rest = named(box).removeprefix(f"{box.key} {box.name}".lstrip())
    quiet = f'<tspan class="quiet">{escape(rest)}</tspan>' if rest else ""
    x, y = at
    words = f"{number}{escape(box.name)}{quiet}"
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def _rectangle(style: str, x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
        f' height="{height:.1f}" rx="4"/>'
    )


def _rule(x0: float, y0: float, x1: float, y1: float) -> str:
    return f'<path class="rule" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"/>'


def _arrow(end: Point, tip: Point) -> str:
    """Return the path of an arrow head whose foot is at *end*."""
    dx, dy = tip[0] - end[0], tip[1] - end[1]
    side = (-dy * 0.4, dx * 0.4)
    corners = (end[0] + side[0], end[1] + side[1]), tip, (end[0] - side[0], end[1] - side[1])
    return "M" + " L".join(map(_point, corners)) + "Z"


def _point(at: Point) -> str:
    return f"{at[0]:.1f},{at[1]:.1f}"
