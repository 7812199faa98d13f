"""What there is to see of a unit: boxes with imports and exports, and the lines between them.

A box has a *key*, the numbers of its place: ``"2.1"`` is the first part of the second part, and
``""`` the unit itself.  The numbers tell in which order bodies run, wherever a layout puts them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from units._linker import Wiring
from units._unit import Source, Unit

#: So many boxes fit on a screen: a picture opens compounds, level by level, while they do.
READABLE = 40
#: Of more boxes than these, a picture shows the names only.
CROWD = 100
#: An export that feeds more imports than these gets no lines; the imports name it instead.
MANY = 12


@dataclass(frozen=True)
class Port:
    """An import or an export of a box: its *signature*, *tag*, and what else is to be said."""

    signature: str
    tag: str | None = None
    note: str = ""

    def __str__(self) -> str:
        tag = f"(tag {self.tag})" if self.tag is not None else ""
        return " ".join(filter(None, (self.signature, tag, self.note)))


@dataclass(frozen=True)
class Box:
    """A unit: open, if its *parts* are drawn inside; *closed* counts those that are not."""

    key: str
    name: str
    location: str
    imports: tuple[Port, ...]
    exports: tuple[Port, ...]
    parts: tuple[str, ...] = ()
    closed: int = 0


@dataclass(frozen=True)
class End:
    """Where a line ends: at the import or export *number* of the box *key*."""

    key: str
    side: str
    number: int


@dataclass(frozen=True)
class Line:
    """A link: from what supplies, *start*, to what is supplied, *stop*.

    *back* says that it leads up: its supplier stands below, as in a cycle.
    """

    start: End
    stop: End
    back: bool = False


@dataclass
class Diagram:
    """The boxes by their keys, the unit's own first, and the lines.

    *brief* says that so many are there that only their names are to be shown.
    """

    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    lines: list[Line] = field(default_factory=list[Line])
    brief: bool = False

    @property
    def whole(self) -> Box:
        """The box of the unit itself."""
        return self.boxes[""]

    def inside(self, box: Box) -> Iterator[Box]:
        """Yield the boxes of the parts of *box*."""
        return (self.boxes[key] for key in box.parts)

    def port(self, end: End) -> Port:
        """Return what is written at *end*."""
        box = self.boxes[end.key]
        return (box.imports if end.side == "in" else box.exports)[end.number]

    def sentences(self) -> Iterator[str]:
        """Say in words what the picture shows, for those who do not see it."""
        supplier = {line.stop: line.start for line in self.lines}
        return (self.sentence(box, supplier) for box in self.boxes.values())

    def sentence(self, box: Box, supplier: Mapping[End, End]) -> str:
        """Say what *box* imports and exports, and of whom, by *supplier*, it has it."""
        said: list[str] = []
        for number, port in enumerate(box.imports):
            start = supplier.get(End(box.key, "in", number))
            origin = f" from {titled(self.boxes[start.key])}" if start else ""
            said.append(f"imports {port}{origin}")
        said += [f"exports {port}" for port in box.exports]
        if box.closed:
            said.append(f"holds {counted(box.closed)}")
        return f"{titled(box)} {', '.join(said) or 'imports and exports nothing'}."


def diagram(u: Unit[..., Any], depth: int | None = None) -> Diagram:
    """Return the diagram of *u*, with compounds open down to *depth* levels below it.

    Depth 0 shows the unit closed, 1 its parts.  Without a *depth*, as many levels as stay readable
    are opened, and at least one.
    """
    made = Diagram({"": _box("", u)})
    level, deep = {"": u}, 0
    while level:
        inner = {
            _place(key, number): part
            for key, compound in level.items()
            for number, part in enumerate(compound.parts or ())
        }
        if depth is None:
            wanted = deep == 0 or len(made.boxes) + len(inner) <= READABLE
        else:
            wanted = deep < depth
        if not wanted:
            break
        made.boxes |= {key: _box(key, part) for key, part in inner.items()}
        for key, compound in level.items():
            _open(made, key, compound)
        level, deep = inner, deep + 1
    return _thinned(made)


def titled(box: Box) -> str:
    """Return how *box* is called in sentences: its number and name."""
    return f"{box.key} {box.name}".lstrip()


def counted(units: int) -> str:
    """Return *units* with its noun."""
    return f"{units} unit{'s' * (units != 1)}"


def _box(key: str, u: Unit[..., Any]) -> Box:
    return Box(
        key,
        u.name,
        os.path.basename(u.location),
        tuple(Port(each.signature.__name__, each.tag) for each in u.imports),
        tuple(Port(each.signature.__name__, each.tag) for each in u.exports),
        closed=len(u.parts or ()),
    )


def _open(made: Diagram, key: str, u: Unit[..., Any]) -> None:
    """Show the parts of *u* in its box, and the links between them."""
    if u.parts is None:
        return
    keys = tuple(_place(key, number) for number in range(len(u.parts)))
    made.boxes[key] = replace(made.boxes[key], parts=keys, closed=0)
    rank = {position: at for at, position in enumerate(downwards(list(u.wiring)))}
    for position, sources in enumerate(u.wiring):
        for number, source in enumerate(sources):
            stop = End(keys[position], "in", number)
            if source is None:
                box = made.boxes[keys[position]]
                ports = list(box.imports)
                ports[number] = replace(ports[number], note="from nobody")
                made.boxes[box.key] = replace(box, imports=tuple(ports))
            else:
                back = source[0] >= 0 and rank[source[0]] >= rank[position]
                made.lines.append(Line(_start(key, keys, source), stop, back))
    for number, source in enumerate(u.sources):
        made.lines.append(Line(_start(key, keys, source), End(key, "out", number)))


def _start(key: str, keys: tuple[str, ...], source: Source) -> End:
    part, number = source
    return End(key, "in", number) if part < 0 else End(keys[part], "out", number)


def _thinned(made: Diagram) -> Diagram:
    """Write down, instead of drawing, the lines from exports that feed very many imports."""
    uses = Counter(line.start for line in made.lines)
    kept: list[Line] = []
    for line in made.lines:
        box = made.boxes[line.stop.key]
        if uses[line.start] <= MANY or line.stop.side == "out":
            kept.append(line)
            continue
        ports = list(box.imports)
        supplier = made.boxes[line.start.key]
        note = f"from {supplier.key}" if supplier.key else "from outside"
        ports[line.stop.number] = replace(ports[line.stop.number], note=note)
        made.boxes[box.key] = replace(box, imports=tuple(ports))
    made.lines = kept
    made.brief = len(made.boxes) > CROWD
    return made


def downwards(wiring: Wiring) -> list[int]:
    """Return the positions of parts from top to bottom: suppliers first, inside a cycle as given."""
    needs = [{s[0] for s in sources if s and s[0] >= 0} - {at} for at, sources in enumerate(wiring)]
    order: list[int] = []
    waiting = dict(enumerate(needs))
    while waiting:
        ready = [at for at, needed in waiting.items() if needed.isdisjoint(waiting)]
        for at in ready or [next(at for at in waiting if _reaches(at, waiting))]:
            order.append(at)
            del waiting[at]
    return order


def _reaches(start: int, needs: dict[int, set[int]]) -> bool:
    """Tell whether *start* needs itself, by what it *needs*: it is on a cycle."""
    seen: set[int] = set()
    ahead = [start]
    while ahead:
        for needed in needs[ahead.pop()] & needs.keys() - seen:
            if needed == start:
                return True
            seen.add(needed)
            ahead.append(needed)
    return False


def _place(key: str, number: int) -> str:
    return f"{key}.{number + 1}" if key else str(number + 1)
