"""A diagram in Mermaid, which many sites draw where a page has it as text, GitHub among them.

A node is a unit, a subgraph an open compound whose imports and exports are nodes of their own.
Lines carry the imports they supply; what has no line stands in the node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from units._pictures.diagram import Box, Diagram, End
from units._pictures.sizes import named


def mermaid(made: Diagram) -> str:
    """Return *made* as a Mermaid flowchart."""
    used = {end for line in made.lines for end in (line.start, line.stop)}
    lines = ["flowchart TB"]
    lines.append(f"    accTitle: The unit {_plain(made.whole.name)}")
    lines.append(f"    accDescr: {_plain(' '.join(made.sentences()))}")
    lines += _box(made, made.whole, used, "    ")
    lines += _lines(made)
    return "\n".join(lines)


def _lines(made: Diagram) -> Iterator[str]:
    """Yield the arrows; one carries all that one unit supplies another with."""
    labels: dict[tuple[str, str], list[str]] = {}
    for line in made.lines:
        between = _node(made, line.start), _node(made, line.stop)
        labels.setdefault(between, [])
        if not made.boxes[line.stop.key].parts and not made.brief:
            labels[between].append(_plain(str(made.port(line.stop))))
    for (start, stop), carried in labels.items():
        label = f'|"{"<br>".join(carried)}"|' if carried else ""
        yield f"    {start} -->{label} {stop}"


def _box(made: Diagram, box: Box, used: set[End], indent: str) -> Iterator[str]:
    """Yield the lines for *box* and for all that is open in it; *used* ends have lines."""
    if not box.parts:
        brackets = ("[[", "]]") if box.closed else ("[", "]")
        yield f'{indent}{_id(box.key)}{brackets[0]}"{_label(box, used)}"{brackets[1]}'
        return
    yield f'{indent}subgraph {_id(box.key)}["{_plain(named(box))}"]'
    yield f"{indent}    direction TB"
    for side, ports in (("in", box.imports), ("out", box.exports)):
        for number, port in enumerate(ports):
            end = End(box.key, side, number)
            yield f'{indent}    {_node(made, end)}(["{_plain(str(port))}"])'
    for part in made.inside(box):
        yield from _box(made, part, used, indent + "    ")
    yield f"{indent}end"


def _label(box: Box, used: set[End]) -> str:
    takes = [f"▾ {p}" for n, p in enumerate(box.imports) if End(box.key, "in", n) not in used]
    gives = [f"▴ {p}" for n, p in enumerate(box.exports) if End(box.key, "out", n) not in used]
    return "<br>".join(map(_plain, (*takes, named(box), *gives)))


def _node(made: Diagram, end: End) -> str:
    """Return the node at which a line with this *end* ends."""
    name = _id(end.key)
    return f"{name}_{end.side}{end.number}" if made.boxes[end.key].parts else name


def _id(key: str) -> str:
    return "unit" + key.replace(".", "_")


def _plain(text: str) -> str:
    """Return *text* with what Mermaid would read as markup written as numbers."""
    return re.sub(r'["#;<>&{}|`\n]', lambda found: f"#{ord(found[0])};", text)
