"""What a registry links for a request: the unit that answers, and all that it needs, transitively."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from signatures._zope import InterfaceClass
from units._compound import CompoundUnit
from units._errors import Problem
from units._linker import Wiring, suppliers_first
from units._specs import Export, Import, covers
from units._unit import Source, Unit

#: Says what is wrong where not just one unit answers for a signature under a name.
NotOne = Callable[[InterfaceClass, str, list[Unit[..., Any]], dict[str, object]], Problem]


class Closure:
    """Units and everything they need, each unit once; *suppliers* returns who answers for an import.

    *problems* lists what is missing, with the path on which it was asked for.
    """

    def __init__(
        self, suppliers: Callable[[Import], list[Unit[..., Any]]], not_one: NotOne
    ) -> None:
        self._suppliers = suppliers
        self._not_one = not_one
        self.units: list[Unit[..., Any]] = []
        self.paths: list[tuple[str, ...]] = []
        self.wiring: Wiring = []
        self.problems: list[Problem] = []
        self._positions: dict[int, int] = {}

    def position(self, found: Unit[..., Any], path: tuple[str, ...]) -> int:
        """Return the place of *found* among the units; add it, reached by *path*, if it is new."""
        known = self._positions.get(id(found))
        if known is None:
            known = self._positions[id(found)] = len(self.units)
            self.units.append(found)
            self.paths.append(path)
        return known

    def follow(self) -> None:
        """Find the supplier of every import of every unit, of those found on the way, too."""
        for place, found in enumerate(self.units):  # grows while it is walked
            self.wiring.append(
                tuple(self._source(found, w, self.paths[place]) for w in found.imports)
            )

    def _source(
        self, found: Unit[..., Any], wanted: Import, path: tuple[str, ...]
    ) -> Source | None:
        suppliers = self._suppliers(wanted)
        if len(suppliers) == 1:
            supplier = suppliers[0]
            position = self.position(supplier, (*path, str(wanted)))
            return position, export_number(supplier, wanted.signature)
        if suppliers or not wanted.optional:
            fields: dict[str, object] = {
                "needed by": f"{found.name} ({found.location})",
                "path": " -> ".join((*path, str(wanted))),
            }
            name = wanted.tag or ""
            self.problems.append(self._not_one(wanted.signature, name, suppliers, fields))
        return None

    def compound(
        self, name: str, location: str, wanted: Sequence[tuple[Export, Source]], *, single: bool
    ) -> CompoundUnit[..., Any]:
        """Return the units linked, suppliers first, with the exports *wanted*, each from its source."""
        order = suppliers_first(self.wiring)
        place = {old: new for new, old in enumerate(order)}
        moved = [tuple(s and (place[s[0]], s[1]) for s in self.wiring[old]) for old in order]
        return CompoundUnit(
            name=name,
            location=location,
            imports=(),
            exports=tuple(export for export, _ in wanted),
            single=single,
            init_depend=(),
            parts=tuple(self.units[old] for old in order),
            wiring=tuple(moved),
            sources=tuple((place[part], number) for _, (part, number) in wanted),
        )


def export_number(found: Unit[..., Any], wanted: InterfaceClass) -> int:
    """Return the number of the export of *found* that answers for *wanted*."""
    return next(n for n, export in enumerate(found.exports) if covers(export.signature, wanted))
