"""Where things are in a picture: Graphviz places them, and returns numbers.

Here these count from the top left corner downwards; nothing is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from units._errors import InvokeError, Problem

#: Takes a graph in DOT and returns it with positions, as Graphviz's ``json0``.
Layout = Callable[[str], str]
Point = tuple[float, float]


@dataclass(frozen=True)
class Rectangle:
    """A place, by its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """A line: *points* of cubic splines, and the *tip* of its arrow."""

    points: tuple[Point, ...]
    tip: Point


@dataclass
class Placed:
    """Where everything is: nodes and clusters by name, edges by their ``id``."""

    width: float
    height: float
    nodes: dict[str, Rectangle] = field(default_factory=dict[str, Rectangle])
    clusters: dict[str, Rectangle] = field(default_factory=dict[str, Rectangle])
    edges: dict[str, Curve] = field(default_factory=dict[str, Curve])


def placed(graph: str, layout: Layout | None = None) -> Placed:
    """Return where *layout* puts the things in *graph*; where left out, PyGraphviz does it.

    Raises `InvokeError` if that is not installed.
    """
    answer: dict[str, Any] = json.loads((layout or with_pygraphviz)(graph))
    _, _, width, height = _numbers(answer["bb"])
    found = Placed(width, height)
    for thing in answer.get("objects", ()):
        if "bb" in thing:
            x0, y0, x1, y1 = _numbers(thing["bb"])
            found.clusters[thing["name"]] = Rectangle(x0, height - y1, x1 - x0, y1 - y0)
        elif "pos" in thing:
            x, y = _numbers(thing["pos"])
            wide, high = 72 * float(thing["width"]), 72 * float(thing["height"])
            found.nodes[thing["name"]] = Rectangle(x - wide / 2, height - y - high / 2, wide, high)
    for edge in answer.get("edges", ()):
        if "id" in edge:
            found.edges[edge["id"]] = _curve(edge["pos"], height)
    return found


def with_pygraphviz(graph: str) -> str:
    """Lay *graph* out with PyGraphviz, whose wheels bring Graphviz along.

    Raises `InvokeError` if it is not installed.
    """
    try:
        pygraphviz: Any = import_module("pygraphviz")  # it has no annotations
    except ModuleNotFoundError:
        fields = {
            "missing": "pygraphviz",
            "hint": "python -m pip install 'netsmtp[draw]'; text, .mermaid and .dot work without",
        }
        raise InvokeError([Problem("drawing an SVG needs Graphviz", fields)]) from None
    drawn: bytes = pygraphviz.AGraph(string=graph).draw(format="json0", prog="dot")
    return drawn.decode()


def available() -> bool:
    """Tell whether PyGraphviz is installed; it is not imported."""
    return find_spec("pygraphviz") is not None


def _curve(position: str, height: float) -> Curve:
    """Return the line that Graphviz writes as ``e,tip point point ...``."""
    pairs = [pair.removeprefix("e,") for pair in position.split()]
    tip, *points = ((x, height - y) for x, y in map(_numbers, pairs))
    return Curve(tuple(points), tip)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split(",")))
