"""`link`: join units into a compound one, feeding each import from the export of its signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar, overload

from signatures._frames import caller_outside, place
from units._compound import CompoundUnit
from units._define import as_unit
from units._errors import LinkError
from units._linker import Link, Linker, Part
from units._reports import related_exports
from units._specs import Export, listed
from units._unit import Source, Unit

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

#: A unit, a class that is one, or one with settings.
AnyUnit: TypeAlias = Unit[..., Any] | type[Any] | partial[Any]

#: What can be linked: a unit, or a `part` of one.
Linkable: TypeAlias = AnyUnit | Part

#: What names one export of a compound: its signature, or a `Link`.
Spec: TypeAlias = Callable[..., A] | Link[A]


@overload
def link(
    *units: Linkable,
    exports: Spec[A],
    imports: Any = ...,
    name: str | None = ...,
    sort: bool = ...,
) -> Unit[..., A]: ...
@overload
def link(
    *units: Linkable,
    exports: tuple[Spec[A], Spec[B]],
    imports: Any = ...,
    name: str | None = ...,
    sort: bool = ...,
) -> Unit[..., tuple[A, B]]: ...
@overload
def link(
    *units: Linkable,
    exports: tuple[Spec[A], Spec[B], Spec[C]],
    imports: Any = ...,
    name: str | None = ...,
    sort: bool = ...,
) -> Unit[..., tuple[A, B, C]]: ...
@overload
def link(
    *units: Linkable,
    exports: Sequence[object] = ...,
    imports: Any = ...,
    name: str | None = ...,
    sort: bool = ...,
) -> Unit[..., Any]: ...
def link(
    *units: Any,
    imports: Any = (),
    exports: Any = ...,
    name: str | None = None,
    sort: bool = False,
) -> Unit[..., Any]:
    """Join *units* into one, feeding each import from the export of its signature.

    *units* are units, or `part`s that say more; their order is the order in which bodies run,
    unless *sort* asks for suppliers first.  *imports* lists the signatures (or `Link`s) that the
    compound itself imports, *exports* the one, or the tuple of those, that it exports; left out,
    it exports what its last unit exports, and ``()`` makes a program whose result is that of its
    last unit.  Racket: ``compound-unit/infer``.

    Raises `LinkError` with every problem: imports unsupplied or supplied by several, exports that
    nobody or more than one has, units that are none.
    """
    location = place(caller_outside(__file__))
    linker = Linker(name or _name_of(units))
    for given in listed(imports):
        linker.add_import(given)
    for given in units:
        linker.add_part(given)
    wiring = linker.wire()
    if exports is ...:
        exported, single = _all_of_last(linker)
    else:
        single = not isinstance(exports, (tuple, list))
        exported = [found for given in listed(exports) if (found := linker.export(given))]
    fields: dict[str, object] = {"of": linker.name}
    linker.problems += related_exports(tuple(e for e, _ in exported), fields)
    if sort and not linker.problems:
        wiring, exported = linker.sort(wiring, exported)
    init_depend = linker.check_order(wiring) if not linker.problems else ()
    if linker.problems:
        raise LinkError(linker.problems)
    return CompoundUnit(
        name=linker.name,
        location=location,
        imports=tuple(linker.imports),
        exports=tuple(export for export, _ in exported),
        single=single,
        init_depend=init_depend,
        parts=tuple(linker.units),
        wiring=tuple(wiring),
        sources=tuple(source for _, source in exported),
    )


def _all_of_last(linker: Linker) -> tuple[list[tuple[Export, Source]], bool]:
    """Return what the last unit exports, for a compound that does not say."""
    if not linker.units:
        return [], True
    last = linker.units[-1]
    position = len(linker.units) - 1
    return [(export, (position, n)) for n, export in enumerate(last.exports)], last.single


def _name_of(units: Iterable[Any]) -> str:
    """Name a compound after its parts, in at most a line."""
    names: list[str] = []
    for given in units:
        found = as_unit(given.unit if isinstance(given, Part) else given)
        names.append(found.name if found and not isinstance(found, CompoundUnit) else "...")
        if len(names) > 60:
            break
    text = ", ".join(names)
    return f"link({text if len(text) <= 60 else text[:57] + '...'})"
