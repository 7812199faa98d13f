"""Units of installed packages, found by their entry points and imported when they are asked for.

An entry point has a name and says where a unit is, but not which signatures it exports.  So its name
is what a registry asks for; only then is its package imported.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from units._define import as_unit
from units._errors import Problem
from units._unit import Unit


class Waiting:
    """The entry points of some *group*s that nobody has asked for yet, by name."""

    def __init__(self) -> None:
        self._points: dict[str, list[EntryPoint]] = {}

    def add(self, group: str) -> tuple[str, ...]:
        """Find the entry points of *group*; return their names. Nothing is imported."""
        found = entry_points(group=group)
        for point in found:
            known = self._points.setdefault(point.name, [])
            if point not in known:
                known.append(point)
        return tuple(sorted({point.name for point in found}))

    def names(self) -> list[str]:
        """Return the names that are waiting."""
        return list(self._points)

    def take(self, name: str) -> list[EntryPoint]:
        """Return the entry points called *name*, which wait no longer."""
        return self._points.pop(name, [])

    def keep(self, point: EntryPoint) -> None:
        """Let *point*, which was taken but is wrong, wait again: the next one to ask is told, too."""
        self._points.setdefault(point.name, []).append(point)


def loaded(point: EntryPoint) -> Unit[..., Any] | Problem:
    """Import the unit of *point*, or return what is wrong with it."""
    try:
        thing: Any = point.load()
    except Exception as error:  # noqa: BLE001 - whatever a foreign module raises
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return Problem("an entry point cannot be loaded", {**_fields(point), "error": reason})
    found = as_unit(thing)
    if found is None:
        given = {**_fields(point), "it is": repr(thing), "expected": "a unit"}
        return Problem("an entry point is no unit", given)
    if not found.exports:
        return Problem("a unit without exports answers for nothing", _fields(point))
    return found


def _fields(point: EntryPoint) -> dict[str, object]:
    package = point.dist and f"{point.dist.name} {point.dist.version}"
    return {"entry point": f"{point.name} = {point.value}", "of": point.group, "package": package}
