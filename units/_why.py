"""Why an import is supplied by whom: what `link` decided, told afterwards from the linkage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from signatures._zope import InterfaceClass
from units._specs import Export, Import, covers, shown
from units._unit import Source, Unit


@dataclass(frozen=True)
class Supply:
    """One import, *wanted* by the unit at *place*: who supplies it, and who else could.

    *supplier* and *location* are empty if it comes from outside the whole, or from nobody.  *why*
    has a sentence for each compound that the import leads through, the innermost first.
    """

    place: str
    wanted: Import
    supplier: str
    location: str
    why: tuple[str, ...]
    instead: tuple[str, ...]


def supplies(whole: Unit[..., Any], signature: InterfaceClass) -> Iterator[Supply]:
    """Yield every import of *signature*, or of one it extends or that extends it, inside *whole*."""
    if whole.parts is None:
        outside = (f"whoever links or invokes {whole.name} decides",)
        for wanted in whole.imports:
            if _related(wanted.signature, signature):
                yield Supply(whole.name, wanted, "", "", outside, ())
    for step in _steps(whole):
        for number, wanted in enumerate(step.part.imports):
            if step.part.parts is None and _related(wanted.signature, signature):
                yield _supply(step, number, wanted)


def exporters(whole: Unit[..., Any], signature: InterfaceClass) -> Iterator[tuple[str, str]]:
    """Yield place and location of every unit with a body in *whole* that exports *signature*."""
    bodies = [(step.title, step.part) for step in _steps(whole) if step.part.parts is None]
    for title, u in bodies if whole.parts is not None else [(whole.name, whole)]:
        if any(covers(each.signature, signature) for each in u.exports):
            yield title, u.location


def _related(one: InterfaceClass, two: InterfaceClass) -> bool:
    return covers(one, two) or covers(two, one)


@dataclass(frozen=True)
class _Step:
    """A *part* at its *place*: the number in *around*, whose own step is *above*."""

    part: Unit[..., Any]
    place: str
    around: Unit[..., Any]
    number: int
    above: _Step | None

    @property
    def title(self) -> str:
        return f"{self.place} {self.part.name}"


def _steps(whole: Unit[..., Any]) -> Iterator[_Step]:
    """Yield every part inside *whole*, in the order of the bodies."""
    ahead: list[tuple[Unit[..., Any], _Step | None]] = [(whole, None)]
    while ahead:
        u, own = ahead.pop()
        if own is not None:
            yield own
        place = f"{own.place}." if own else ""
        inside = [
            (part, _Step(part, f"{place}{number + 1}", u, number, own))
            for number, part in enumerate(u.parts or ())
        ]
        ahead += reversed(inside)


def _supply(step: _Step, number: int, wanted: Import) -> Supply:
    """Follow import *number* of *step* outwards, until somebody supplies it."""
    why: list[str] = []
    here: _Step = step
    while True:
        source = here.around.wiring[here.number][number]
        why.append(_reason(here, here.part.imports[number], source))
        if source is None:
            return Supply(step.title, wanted, "", "", tuple(why), ())
        if source[0] >= 0:
            title, location = _leaf(here, source)
            instead = _instead(here, wanted.signature, source)
            return Supply(step.title, wanted, title, location, tuple(why), instead)
        if here.above is None:
            return Supply(step.title, wanted, "", "", tuple(why), ())
        here, number = here.above, source[1]


def _reason(here: _Step, wanted: Import, source: Source | None) -> str:
    """Say why, in its compound, the import *wanted* of *here* has this *source*."""
    compound = here.around.name
    if source is None:
        return f"it is optional, and no unit linked in {compound} exports it"
    position = source[0]
    if position < 0:
        return f"{compound} imports it"
    suppliers = list(_offers(here.around, wanted.signature))
    _, export = next(offer for offer in suppliers if offer[0] == source)
    extending = "" if export.signature is wanted.signature else ", by extending it"
    if len(suppliers) == 1:
        itself = "; it supplies itself" if position == here.number else ""
        return f"it is the only one in {compound} that exports it{extending}{itself}"
    same = [offer for offer, each in suppliers if each.tag == wanted.tag]
    if same == [source]:
        tagged = f"with the tag {wanted.tag}" if wanted.tag is not None else "without a tag"
        return f"of {len(suppliers)} in {compound} it is the only one {tagged}"
    return f"of {len(suppliers)} in {compound} it was named, by a Link"


def _offers(compound: Unit[..., Any], wanted: InterfaceClass) -> Iterator[tuple[Source, Export]]:
    """Yield what could supply an import of *wanted* in *compound*: exports of its parts, imports."""
    for position, part in enumerate(compound.parts or ()):
        for number, export in enumerate(part.exports):
            if covers(export.signature, wanted):
                yield (position, number), export
    for number, own in enumerate(compound.imports):
        if covers(own.signature, wanted):
            yield (-1, number), Export(own.signature, own.tag)


def _instead(here: _Step, wanted: InterfaceClass, chosen: Source) -> tuple[str, ...]:
    """Name what else could supply an import of *wanted* beside *here*."""
    place = here.place.rpartition(".")[0]
    named: list[str] = []
    for (position, number), export in _offers(here.around, wanted):
        if (position, number) == chosen:
            continue
        if position < 0:
            named.append(f"the import {shown(export.signature, export.tag)} of {here.around.name}")
        else:
            inside = f"{place}.{position + 1}".lstrip(".")
            named.append(f"{inside} {(here.around.parts or ())[position].name}")
    return tuple(named)


def _leaf(here: _Step, source: Source) -> tuple[str, str]:
    """Return title and location of the unit with a body that *source*, beside *here*, leads to."""
    place, compound = here.place.rpartition(".")[0], here.around
    position, number = source
    while True:
        part = (compound.parts or ())[position]
        place = f"{place}.{position + 1}".lstrip(".")
        if part.parts is None:
            return f"{place} {part.name}", part.location
        compound, (position, number) = part, part.sources[number]
