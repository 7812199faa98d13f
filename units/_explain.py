"""What a unit is made of, as data with a readable text: who supplies whom, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from signatures._declare import describe
from signatures._zope import InterfaceClass
from units._define import as_unit
from units._errors import InvokeError, Problem
from units._link import AnyUnit
from units._specs import Export, Import
from units._unit import Source, Unit


@dataclass(frozen=True)
class ExplainedImport:
    """One import of a part, and who supplies it: nobody, for an optional one, is None."""

    wanted: Import
    supplier: str | None

    def __str__(self) -> str:
        return f"{self.wanted} from {self.supplier or 'nobody'}"


@dataclass(frozen=True)
class Explanation:
    """What *name* imports and exports and, for a compound, its *parts* in the order they run.

    *supplies* tell, of a part, where its imports come from; *exported_by*, of a compound, which
    part has each export.
    """

    name: str
    location: str
    imports: tuple[Import, ...]
    exports: tuple[Export, ...]
    init_depend: tuple[Import, ...]
    supplies: tuple[ExplainedImport, ...]
    exported_by: tuple[str, ...]
    parts: tuple[Explanation, ...]

    def __str__(self) -> str:
        return "\n".join(self._lines(""))

    def _lines(self, indent: str) -> list[str]:
        takes = self.supplies or self.imports
        lines = [f"{indent}{self.name} ({self.location})"]
        lines += [f"{indent}  imports {each}" for each in takes]
        by = self.exported_by or ("",) * len(self.exports)
        for export, part in zip(self.exports, by, strict=True):
            lines.append(f"{indent}  exports {export}" + (f" of {part}" if part else ""))
        lines += [f"{indent}  reads while starting {each}" for each in self.init_depend]
        for number, inner in enumerate(self.parts, 1):
            first, *rest = inner._lines(indent + "     ")
            lines += [f"{indent}  {number}. {first.lstrip()}", *rest]
        return lines


def explain(u: AnyUnit, /) -> Explanation:
    """Return what the unit *u* is made of; its text is readable.

    Raises `InvokeError` if *u* is no unit.
    """
    return _explained(_unit(u), ())


def is_unit(thing: object, /) -> bool:
    """Tell whether *thing* is a unit, or a class that carries one.  Racket: ``unit?``."""
    return as_unit(thing) is not None


def unit_signatures(u: AnyUnit, /) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the imports and the exports of *u*, each as ``(tag, signature)``, as declared.

    Racket: ``unit-static-signatures`` (rule R3).  Raises `InvokeError` if *u* is no unit.
    """
    found = _unit(u)
    return _pairs(found.imports), _pairs(found.exports)


def init_dependencies(u: AnyUnit, /) -> tuple[Any, ...]:
    """Return the imports that *u* reads while it starts, each as ``(tag, signature)``.

    Racket: ``unit-static-init-dependencies`` (rule R3).  Raises `InvokeError` if *u* is no unit.
    """
    return _pairs(_unit(u).init_depend)


def _pairs(given: tuple[Import, ...] | tuple[Export, ...]) -> tuple[Any, ...]:
    pairs: list[tuple[str | None, InterfaceClass]] = [(each.tag, each.signature) for each in given]
    return tuple(pairs)


def _unit(thing: AnyUnit) -> Unit[..., Any]:
    found = as_unit(thing)
    if found is None:
        raise InvokeError([Problem("only a unit can be explained", {"given": describe(thing)})])
    return found


def _explained(found: Unit[..., Any], supplies: tuple[ExplainedImport, ...]) -> Explanation:
    parts = found.parts or ()
    inside = [
        _explained(part, tuple(map(_supply, part.imports, sources, [found] * len(sources))))
        for part, sources in zip(parts, found.wiring, strict=True)
    ]
    return Explanation(
        found.name,
        found.location,
        found.imports,
        found.exports,
        found.init_depend,
        supplies,
        tuple(f"{number + 1}. {parts[number].name}" for number, _ in found.sources),
        tuple(inside),
    )


def _supply(wanted: Import, source: Source | None, compound: Unit[..., Any]) -> ExplainedImport:
    if source is None:
        return ExplainedImport(wanted, None)
    part, number = source
    if part < 0:
        return ExplainedImport(wanted, f"import {compound.imports[number]}")
    supplier = (compound.parts or ())[part]
    return ExplainedImport(wanted, f"{part + 1}. {supplier.name} ({supplier.exports[number]})")
