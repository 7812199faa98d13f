"""What an exercise is: a file with a gap, and a check of what somebody put there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from signatures._errors import nearest
from units._define import as_unit
from units._unit import Unit

GAP = "<gap>\n"


class Exercise(Protocol):
    """A module of `units.learn.exercises`."""

    @property
    def NAME(self) -> str:
        """The name of the file, without its number."""
        ...

    @property
    def TEXT(self) -> str:
        """The file, with `GAP` where the answer goes; its docstring is the task."""
        ...

    @property
    def START(self) -> str:
        """What stands in the gap at the start."""
        ...

    @property
    def ANSWER(self) -> str:
        """What stands there in the solution."""
        ...

    @property
    def HINT(self) -> str: ...
    @property
    def WHY(self) -> str:
        """The reasons for the solution."""
        ...

    @property
    def ADVICE(self) -> Mapping[str, str]:
        """What to look at, by words of the error that asks for it; the first that fits is said."""
        ...

    def check(self, theirs: Theirs) -> None:
        """Raise `Wrong` unless *theirs*, the module with the answer, does what the task asks."""
        ...


class Wrong(Exception):
    """The answer runs, but does not do what the task asks; the sentence says what to look at.

    An error that led to it is its ``__cause__``, and shown.
    """


class Theirs:
    """What a learner's file defines: an attribute that is missing is a wrong answer."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            near = nearest(name, self._names)
            meant = f"; is it the one called `{near}`?" if near else "."
            raise Wrong(f"The file defines no `{name}`{meant}")
        value = self._names[name]
        if value is ...:
            raise Wrong(f"`{name}` is still `...`: put something in its place.")
        return value

    def unit(self, name: str) -> Unit[..., Any]:
        """Return the unit called *name*; raise `Wrong` if it is something else."""
        value = getattr(self, name)
        found = as_unit(value)
        if found is None:
            raise Wrong(f"`{name}` is no unit, but {_described(value)}")
        return found


def expect(holds: object, sentence: str) -> None:
    """Raise `Wrong`, saying *sentence*, unless something *holds*."""
    if not holds:
        raise Wrong(sentence)


def exported(unit: Unit[..., Any]) -> list[str]:
    """Return the names of the signatures that *unit* exports."""
    return [export.signature.__name__ for export in unit.exports]


def imported(unit: Unit[..., Any]) -> list[str]:
    """Return the names of the signatures that *unit* imports."""
    return [each.signature.__name__ for each in unit.imports]


def _described(value: object) -> str:
    if isinstance(value, type):
        return f"a plain class, {value.__name__}. Put @unit above it."
    if callable(value):
        return "a plain function. Put @unit above it."
    return f"{value!r}. Was a unit called or invoked to make it?"
