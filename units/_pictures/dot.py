"""A diagram in DOT, the language of Graphviz: for people, or with sizes in the place of words.

A unit is a table whose cells are ports; an open compound is a cluster between a header, which has
its name and imports, and a footer, which has its exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from units._pictures.diagram import Box, Diagram, End, Line, Port
from units._pictures.sizes import Cell, Frame, closed_frame, footer, header, named

#: Writes one cell of a table: where it is, its words, and the name of its port.
Writer = Callable[[Cell, str, str], str]


def dot(made: Diagram) -> str:
    """Return *made* as a graph that any Graphviz draws."""
    return "\n".join(_graph(made, _with_words, _WORDS))


def skeleton(made: Diagram) -> str:
    """Return *made* as a graph to be laid out: every cell has its size, and no words.

    So the layout depends on no font.
    """
    return "\n".join(_graph(made, _with_size, ()))


_WORDS = (
    'node [fontname="monospace", fontsize=12]',
    'graph [style=rounded, color="gray50"]',
    'edge [color="gray30", arrowsize=0.7]',
)


def node(made: Diagram, end: End) -> str:
    """Return the name of the graph's node that has the port *end*."""
    return (end.side if made.boxes[end.key].parts else "unit") + end.key


def _graph(made: Diagram, write: Writer, looks: Sequence[str]) -> Iterator[str]:
    yield "digraph {"
    apart = "nodesep=0.2, ranksep=0.4" if made.brief else "nodesep=0.35, ranksep=0.5"
    yield f"  graph [rankdir=TB, {apart}, newrank=true]"
    yield "  node [shape=plain]"
    yield from (f"  {look}" for look in looks)
    yield from _box(made, made.whole, write, "  ")
    for number, line in enumerate(made.lines):
        yield f"  {_line(made, line)} [id=line{number}{', constraint=false' * line.back}]"
    yield "}"


def _box(made: Diagram, box: Box, write: Writer, indent: str) -> Iterator[str]:
    """Yield the lines for *box* and for all that is open in it."""
    if not box.parts:
        yield f"{indent}{_quoted('unit' + box.key)} {_table(box, closed_frame(box, made.brief), write)}"
        return
    yield f"{indent}subgraph {_quoted('cluster' + box.key)} {{"
    deeper = indent + "  "
    yield f"{deeper}graph [margin=12]"
    yield f"{deeper}{_quoted('in' + box.key)} {_table(box, header(box), write)}"
    for part in made.inside(box):
        yield from _box(made, part, write, deeper)
    yield f"{deeper}{_quoted('out' + box.key)} {_table(box, footer(box), write)}"
    yield from (f"{deeper}{fence}" for fence in _fences(made, box))
    yield f"{indent}}}"


def _fences(made: Diagram, box: Box) -> Iterator[str]:
    """Yield the invisible edges that keep all parts of *box* between its header and its footer.

    A part without lines is kept close to the header.
    """
    parts = frozenset(box.parts)
    links = [(line.start.key, line.stop.key) for line in made.lines if not line.back]
    between = [(start, stop) for start, stop in links if start in parts and stop in parts]
    supplying, supplied = ({ends[side] for ends in between} for side in (0, 1))
    for part in box.parts:
        top, bottom = (_quoted(node(made, End(part, side, 0))) for side in ("in", "out"))
        if part not in supplied:
            weight = 0 if part in supplying else 1
            yield f'"in{box.key}" -> {top} [style=invis, weight={weight}]'
        if part not in supplying:
            yield f'{bottom} -> "out{box.key}" [style=invis, weight=0]'


def _line(made: Diagram, line: Line) -> str:
    return f"{_end(made, line.start)}:s -> {_end(made, line.stop)}:n"


def _end(made: Diagram, end: End) -> str:
    name = _quoted(node(made, end))
    return (
        name if made.brief and not made.boxes[end.key].parts else f"{name}:{end.side}{end.number}"
    )


def _table(box: Box, frame: Frame, write: Writer) -> str:
    """Return the attributes of a node that looks like *frame*."""
    rows = [
        _cells(box.imports, frame.imports, "in", write),
        [write(frame.name, named(box), "")] if frame.name else [],
        _cells(box.exports, frame.exports, "out", write),
    ]
    if box.parts:  # a header has its name first, and all in one row
        rows = [[*rows[1], *rows[0]], rows[2]]
    inner = "".join(_row(row) for row in rows if row)
    return f"[label=<{_row_table(inner)}>]" if inner else '[shape=point, style=invis, label=""]'


def _cells(ports: Sequence[Port], cells: Sequence[Cell], side: str, write: Writer) -> list[str]:
    pairs = enumerate(zip(ports, cells, strict=False))
    return [write(cell, str(port), f' port="{side}{number}"') for number, (port, cell) in pairs]


def _row(cells: Sequence[str]) -> str:
    return f"<tr><td>{_row_table('<tr>' + ''.join(cells) + '</tr>')}</td></tr>"


def _row_table(rows: str) -> str:
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{rows}</table>'


def _with_words(cell: Cell, words: str, port: str) -> str:
    bold = ("<b>", "</b>") if not port else ("", "")
    return f'<td border="1" cellpadding="5"{port}>{bold[0]}{escape(words)}{bold[1]}</td>'


def _with_size(cell: Cell, words: str, port: str) -> str:
    size = f'width="{cell.width:.0f}" height="{cell.height:.0f}"'
    return f'<td fixedsize="true" {size}{port}></td>'


def _quoted(name: str) -> str:
    return f'"{name}"'
