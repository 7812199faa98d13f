"""`compound_unit`: explicit linking, as a line of Racket's ``compound-unit`` says it (rules C1-C13).

A link id stands for one import of the compound or one export of a part, with the signature it is
declared with, which may be less than the part really exports.  Members are never looked at.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

from signatures._declare import describe
from signatures._frames import caller_outside, place
from signatures._zope import InterfaceClass
from units._compound import CompoundUnit
from units._specs import Export, Import, untagged
from units._unit import Source, Unit
from units.racket._forms import Form, Supply, entries
from units.racket._shapes import LinkLine, LinkNames, LinkUse

#: A link id: a string as written, or what inference made for an export that has none.
LinkId: TypeAlias = Any


@dataclass(frozen=True)
class Declared:
    """One ``(L : (tag t sig))``."""

    link: LinkId
    signature: InterfaceClass
    tag: str | None


@dataclass(frozen=True)
class Line:
    """One line of a link clause: what the exports are called, the unit, what it is supplied with."""

    declared: tuple[Declared, ...]
    unit: Any
    supplied: tuple[tuple[str | None, LinkId], ...]


def compound_unit(
    *,
    imports: LinkNames | None = None,
    exports: LinkUse | Iterable[LinkUse] = (),
    link: Iterable[LinkLine] = (),
    name: str | None = None,
) -> Unit[..., Any]:
    """Link units as told: ``link=[({"A": IA}, a_unit, []), ({}, main, ["A"])]``.

    *imports* maps link ids to signatures; *exports* lists link ids; each line of *link* names
    exports of a unit, gives the unit, and lists the link ids that supply its imports.  A signature
    or a link id may be tagged: ``tag("t", IA)``, ``tag("t", "A")``.  Bodies run in the order of the
    lines.  Racket: ``compound-unit``.

    Raises `StaticError` for link ids and signatures that mean nothing, and `LinkError`, with every
    misfit, for units that do not have the imports and exports the lines say.
    """
    form = Form("compound_unit", place(caller_outside(__file__)), title=name or "")
    declared = read_declared(form, imports or {})
    lines = read_lines(form, link)
    return build(form, declared, read_links(exports), lines)


def read_declared(form: Form, given: Any) -> list[Declared]:
    """Return what a mapping from link ids to signatures declares; note what is none."""
    pairs: Any = given
    found: list[Declared] = []
    if not isinstance(given, Mapping):
        expected = "{link id: signature}"
        form.wrong("link ids stand for signatures", given=describe(given), expected=expected)
        return found
    for link, spec in pairs.items():
        read = form.signature(spec)
        if read is not None:
            found.append(Declared(link, read[1], read[0]))
    return found


def read_links(given: Any) -> list[tuple[str | None, LinkId]]:
    """Return the tag and the id of each link of *given*."""
    return [untagged(entry) for entry in entries(given)]


def read_lines(form: Form, given: Any, *, bare: bool = False) -> list[Line]:
    """Return the lines of a link clause; only where *bare* may a line be a unit alone."""
    lines: list[Line] = []
    for entry in entries(given):
        if is_line(entry):
            declared, unit, *rest = entry
            supplied = read_links(rest[0]) if rest else []
            lines.append(Line(tuple(read_declared(form, declared)), unit, tuple(supplied)))
        elif bare:
            lines.append(Line((), entry, ()))
        else:
            expected = "({link id: signature}, unit, [link ids])"
            form.wrong(
                "a line of a link clause is missing", given=describe(entry), expected=expected
            )
    return lines


def is_line(entry: Any) -> TypeGuard[tuple[Any, ...]]:
    """Tell whether *entry* is a line of a link clause, complete or without supplies."""
    parts: Any = entry
    return isinstance(entry, tuple) and len(parts) in (2, 3)


def build(
    form: Form,
    imports: Sequence[Declared],
    exports: Sequence[tuple[str | None, LinkId]],
    lines: Sequence[Line],
) -> CompoundUnit[..., Any]:
    """Return the compound that the clauses describe; raise what is wrong with it."""
    known = _known(form, imports, lines)
    supplied = [_supplies(form, line.supplied, known, "supplied link") for line in lines]
    exported = _supplies(form, exports, known, "export")
    for each in exported:
        if each.source[0] < 0:
            form.wrong("cannot directly export an import", link=each.name)
    form.check()
    units = [form.unit(line.unit) for line in lines]
    wiring: list[tuple[Source | None, ...]] = []
    sources: dict[LinkId, Source] = {d.link: (-1, n) for n, d in enumerate(imports)}
    inherited: dict[int, None] = {}
    for position, (found, line) in enumerate(zip(units, lines, strict=True)):
        if found is None:
            continue
        received = form.imports(found, supplied[position])
        for named in line.declared:
            number = form.export(found, named.tag, named.signature)
            sources[named.link] = (position, number or 0)
        inherited |= _depends(form, found, position, received, supplied[position])
        wiring.append(received)
    form.check()
    # A supply names a place in a line; which export of the unit that is, is known only now.
    places = {known[link].source: source for link, source in sources.items()}
    return CompoundUnit(
        name=form.title,
        location=form.location,
        imports=tuple(
            Import(d.signature, d.tag, parameter=f"import_{n}") for n, d in enumerate(imports)
        ),
        exports=tuple(Export(each.signature, each.tag) for each in exported),
        single=len(exported) == 1,
        init_depend=tuple(
            Import(imports[n].signature, imports[n].tag, parameter=f"import_{n}") for n in inherited
        ),
        parts=tuple(unit for unit in units if unit is not None),
        wiring=tuple(
            tuple(source and places[source] for source in received) for received in wiring
        ),
        sources=tuple(places[each.source] for each in exported),
    )


def _known(form: Form, imports: Sequence[Declared], lines: Sequence[Line]) -> dict[LinkId, Supply]:
    """Return what each link id stands for; note those defined twice (rule C6)."""
    known: dict[LinkId, Supply] = {}
    groups = [(-1, imports), *((n, line.declared) for n, line in enumerate(lines))]
    for position, group in groups:
        for number, each in enumerate(group):
            if each.link in known:
                form.wrong("duplicate linking identifier definition", link=each.link)
            known[each.link] = Supply(each.signature, None, (position, number), each.link)
    return known


def _supplies(
    form: Form,
    links: Sequence[tuple[str | None, LinkId]],
    known: Mapping[LinkId, Supply],
    what: str,
) -> list[Supply]:
    """Return what *links* stand for, each under its tag; note unknown and related ones."""
    found: list[Supply] = []
    for tag, link in links:
        there = known.get(link) if isinstance(link, Hashable) else None
        if there is None:
            ids = ", ".join(map(str, known)) or "none"
            form.wrong("unknown linking identifier", link=describe(link), known=ids)
        else:
            found.append(Supply(there.signature, tag, there.source, there.name))
    form.related(found, what)
    return found


def _depends(
    form: Form,
    found: Unit[..., Any],
    position: int,
    received: Sequence[Source | None],
    supplied: Sequence[Supply],
) -> dict[int, None]:
    """Note what *found* reads while starting and gets from a later line or itself (rule C11).

    Returns the numbers of the compound's imports that it reads while starting.
    """
    inherited: dict[int, None] = {}
    for wanted, source in zip(found.imports, received, strict=True):
        if source is None or wanted not in found.init_depend:
            continue
        if source[0] < 0:
            inherited[source[1]] = None
        elif source[0] >= position:
            form.misfit(
                "an initialization dependent signature is supplied from a later unit",
                signature=str(wanted),
                link=next(each.name for each in supplied if each.source == source),
                unit=f"{found.name} ({found.location})",
            )
    return inherited
