"""The same diagram in Mermaid and in DOT, and what `draw` returns."""

from __future__ import annotations

import re
from typing import Any

import pygraphviz
import pytest

from tests.units.pictures.linkages import (
    Cache,
    Egg,
    ILog,
    IStore,
    application,
    cycle,
    logging,
    many,
    storage,
)
from units import InvokeError, draw, link, unit
from units._pictures import graphviz


def test_a_drawing_is_its_text() -> None:
    """It prints as text and shows as text, and the text is a string like any other."""
    drawing = draw(cycle)
    assert str(drawing) == repr(drawing) == drawing.text == drawing
    assert drawing.splitlines()[0] == "cycle"


def test_mermaid_labels_each_arrow_with_what_it_carries() -> None:
    """Units are nodes, an open compound is a subgraph with nodes for its imports and exports."""
    assert draw(logging).mermaid == "\n".join(
        [
            "flowchart TB",
            "    accTitle: The unit logging",
            "    accDescr: logging imports IClock, exports ILog."
            " 1 Log imports IClock from logging, imports ILog from 1 Log, exports ILog.",
            '    subgraph unit["logging"]',
            "        direction TB",
            '        unit_in0(["IClock"])',
            '        unit_out0(["ILog"])',
            '        unit1["1 Log"]',
            "    end",
            '    unit_in0 -->|"IClock"| unit1',
            '    unit1 -->|"ILog"| unit1',
            "    unit1 --> unit_out0",
        ]
    )


def test_mermaid_writes_what_has_no_line_into_the_node() -> None:
    """All imports and exports of a unit alone, those that nobody supplies or uses of a part."""
    assert draw(Egg).mermaid.endswith('    unit["▾ ILog<br>Egg<br>▴ IStore"]')
    assert 'unit3["▾ IClock from nobody<br>3 Cache"]' in draw(storage).mermaid


def test_mermaid_draws_one_arrow_for_all_that_one_unit_supplies_another_with() -> None:
    """Its label lists them; a closed compound has double edges."""
    closed = draw(application, depth=1).mermaid
    assert 'unit2[["2 storage (3 units)"]]' in closed

    both = unit(lambda *_: None, imports=[ILog, IStore], exports=[], name="both")
    assert 'unit1 -->|"ILog<br>IStore"| unit2' in draw(link(cycle, both), depth=1).mermaid


def test_mermaid_reads_no_name_as_markup() -> None:
    """Characters with a meaning are written as numbers."""
    odd = unit(lambda: None, name='a "b" <c> | #d;')
    assert '["a #34;b#34; #60;c#62; #124; #35;d#59;"]' in draw(odd).mermaid


@pytest.mark.parametrize("u", [Cache, cycle, application, link(name="nothing"), link(*many(120))])
def test_dot_is_read_by_graphviz(u: Any) -> None:
    """Every unit is a node, every link an edge."""
    drawing = draw(u)
    graph = pygraphviz.AGraph(string=drawing.dot)
    labels = " ".join(node.attr["label"] for node in graph.nodes())
    edges = [edge for edge in graph.edges() if edge.attr["style"] != "invis"]
    made = drawing._diagram
    assert len(edges) == len(made.lines)
    assert [box.name for box in made.boxes.values() if box.name not in labels] == []


def test_dot_reads_no_name_as_markup() -> None:
    """Characters with a meaning are escaped."""
    odd = unit(lambda: None, name='a "b" <c> & d')
    assert "<b>a &quot;b&quot; &lt;c&gt; &amp; d</b>" in draw(odd).dot
    (node,) = pygraphviz.AGraph(string=draw(odd).dot).nodes()
    assert node == "unit"


def test_a_layout_may_be_given() -> None:
    """It takes the graph in DOT; nothing needs to be installed then."""
    asked: list[str] = []

    def layout(graph: str) -> str:
        asked.append(graph)
        return graphviz.with_pygraphviz(graph)

    drawing = draw(cycle, layout=layout)
    assert asked == []
    assert drawing.svg == draw(cycle).svg
    assert len(asked) == 1
    assert not re.search("Chicken|IStore", asked[0])  # sizes only: no font matters


def test_without_graphviz_everything_but_svg_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what is missing and what works; a notebook shows the text."""
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    monkeypatch.setattr(graphviz, "find_spec", lambda name: None)
    drawing = draw(cycle)
    assert drawing.mermaid
    assert drawing.dot
    assert drawing._repr_mimebundle_() == {"text/plain": drawing.text}
    with pytest.raises(InvokeError, match=r"drawing an SVG needs Graphviz\n  missing: pygraphviz"):
        _ = drawing.svg
