"""`draw`: show a unit as a picture: text for terminals, Mermaid and DOT for tools, SVG for pages."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from units._define import as_unit
from units._errors import InvokeError, Problem
from units._link import AnyUnit
from units._pictures.diagram import READABLE, Diagram, diagram
from units._pictures.graphviz import Layout, available
from units._pictures.text import text
from units._unit import Unit


class Drawing(str):
    """A picture of a unit: itself the text, with the other notations made when they are asked for.

    In a notebook it is shown as SVG.
    """

    _unit: Unit[..., Any]
    _depth: int | None
    _layout: Layout | None

    @classmethod
    def of(cls, u: Unit[..., Any], depth: int | None, layout: Layout | None) -> Drawing:
        """Return the picture of *u*; `draw` says what *depth* and *layout* are."""
        drawing = cls(text(u))
        drawing._unit, drawing._depth, drawing._layout = u, depth, layout
        return drawing

    def __repr__(self) -> str:
        return str(self)

    @property
    def text(self) -> str:
        """Boxes and lines of characters; compounds inside are closed."""
        return str(self)

    @cached_property
    def mermaid(self) -> str:
        """A flowchart in Mermaid."""
        from units._pictures.mermaid import mermaid

        return mermaid(self._diagram)

    @cached_property
    def dot(self) -> str:
        """A graph in DOT, for Graphviz."""
        from units._pictures.dot import dot

        return dot(self._diagram)

    @cached_property
    def svg(self) -> str:
        """An SVG document, for light and dark pages.

        Raises `InvokeError` if nothing is installed that could lay it out.
        """
        from units._pictures.svg import svg

        return svg(self._diagram, self._layout)

    @cached_property
    def _diagram(self) -> Diagram:
        return diagram(self._unit, self._depth)

    def by_type(self) -> dict[str, str]:
        """Return the notations that a notebook shows, by MIME type: text, and SVG if possible."""
        notations = {"text/plain": self.text}
        if self._layout is not None or available():
            notations["image/svg+xml"] = self.svg
        return notations

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.by_type()


def draw(u: AnyUnit, /, *, depth: int | None = None, layout: Layout | None = None) -> Drawing:
    """Return a picture of the unit *u*: of a compound, its parts and their links.

    It is text: boxes in the order in which the bodies run, compounds inside closed.  Its `mermaid`,
    `dot` and `svg` open compounds down to *depth* levels, 0 for none; where left out, as many as
    stay readable.  *layout* takes a graph in DOT and returns it with positions, as Graphviz's
    ``json0``; where left out, the extra ``netsmtp[draw]`` does that.

    Raises `InvokeError` if *u* is no unit.
    """
    found = as_unit(u)
    if found is None:
        raise InvokeError([Problem("only a unit can be drawn", {"given": repr(u)})])
    return Drawing.of(found, depth, layout)


def shown(u: Unit[..., Any]) -> dict[str, str]:
    """Tell a notebook how to show *u*: as `draw` does; but nobody asked for pages of text."""
    notations = draw(u).by_type()
    return notations if len(u.parts or ()) <= READABLE else {**notations, "text/plain": repr(u)}
