"""`compound_unit_infer`: say which units; who supplies whom follows from signatures (rules F1-F10).

Inference adds what a line leaves out and hands the completed lines to `compound_unit`'s own
linking.  It goes by signature alone: tags play no part in it (rule F7), which is where it differs
from `units.link`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from signatures._declare import describe
from signatures._frames import caller_outside, place
from signatures._zope import InterfaceClass
from units._define import as_unit
from units._specs import Import, covers, lineage, shown, untagged
from units._unit import Unit
from units.racket._compound import Declared, Line, LinkId, build, read_declared, read_lines
from units.racket._forms import Form, Supply, entries
from units.racket._shapes import AnyUnit, BareSpec, LinkLine, LinkNames, LinkUse


class Unnamed:
    """The link id of an export, or of an import of the compound, that the text gives none."""

    def __init__(self, of: str) -> None:
        self._of = of

    def __repr__(self) -> str:
        return self._of


def compound_unit_infer(
    *,
    imports: LinkNames | BareSpec | Iterable[LinkNames | BareSpec] = (),
    exports: LinkUse | BareSpec | Iterable[LinkUse | BareSpec] = (),
    link: Iterable[AnyUnit | LinkLine] = (),
    name: str | None = None,
) -> Unit[..., Any]:
    """Link units, each import to the one thing linked that has its signature.

    *link* lists units, or lines as `compound_unit` takes them, which name some exports and supply
    some imports.  *imports* is a mapping from link ids to signatures, or a list of signatures and
    such mappings; *exports* lists link ids and signatures.  Imports that nothing satisfies are
    errors, never imports of the compound.  Racket: ``compound-unit/infer``.

    Raises `StaticError` for an import that nothing or more than one thing satisfies, and for what
    `compound_unit` raises it; `LinkError` as `compound_unit` does.
    """
    form = Form("compound_unit_infer", place(caller_outside(__file__)), title=name or "")
    declared = _imports(form, imports)
    lines = _named(form, read_lines(form, link, bare=True))
    table = _Table(form, declared, lines)
    units = [as_unit(line.unit) for line in lines]
    completed = [
        Line(line.declared, line.unit, table.supplies(line, found, position))
        for position, (line, found) in enumerate(zip(lines, units, strict=True))
        if found is not None
    ]
    exported = [table.export(given) for given in entries(exports)]
    form.check()
    return build(form, declared, [each for each in exported if each is not None], completed)


def _imports(form: Form, given: Any) -> list[Declared]:
    """Return the imports of the compound, those without a link id under one of their own."""
    found: list[Declared] = []
    for entry in entries(given):
        if isinstance(entry, Mapping):
            found += read_declared(form, entry)
        elif (read := form.signature(entry)) is not None:
            found.append(Declared(Unnamed(f"import {shown(read[1], read[0])}"), read[1], read[0]))
    return found


def _named(form: Form, lines: Sequence[Line]) -> list[Line]:
    """Return *lines* with a link id for every export, under its own signature (rule F4)."""
    named: list[Line] = []
    for line in lines:
        found = as_unit(line.unit)
        if found is None:
            form.wrong("not a unit definition", given=describe(line.unit))
            named.append(line)
            continue
        given = [Supply(d.signature, d.tag, (0, 0), d.link) for d in line.declared]
        form.related(given, "named export")
        links: dict[int, LinkId] = {}
        for each in line.declared:
            fits = [
                number
                for number, export in enumerate(found.exports)
                if export.tag == each.tag and covers(export.signature, each.signature)
            ]
            links |= dict.fromkeys(fits, each.link)
            if len(fits) != 1:
                how = "supplied multiple times" if fits else "not supplied"
                form.wrong(
                    f"this export is {how} by the given unit",
                    export=shown(each.signature, each.tag),
                    link=each.link,
                    unit=f"{found.name} ({found.location})",
                )
        declared = [
            Declared(links.get(n) or Unnamed(f"{found.name} : {e}"), e.signature, e.tag)
            for n, e in enumerate(found.exports)
        ]
        named.append(Line(tuple(declared), line.unit, line.supplied))
    return named


class _Table:
    """Who offers what: link ids by name, and by each signature they are good for."""

    def __init__(self, form: Form, imports: Sequence[Declared], lines: Sequence[Line]) -> None:
        self.form = form
        self.links: dict[LinkId, tuple[int, Declared]] = {}
        self.index: dict[InterfaceClass, list[Declared]] = {}
        groups = [(-1, imports), *((n, line.declared) for n, line in enumerate(lines))]
        for position, group in groups:
            for each in group:
                if each.link in self.links:
                    form.wrong("duplicate linking identifier definition", link=each.link)
                self.links[each.link] = (position, each)
                for signature in lineage(each.signature):
                    self.index.setdefault(signature, []).append(each)

    def supplies(
        self, line: Line, found: Unit[..., Any], position: int
    ) -> tuple[tuple[str | None, LinkId], ...]:
        """Return the supplies of *line*, those given first, then those inferred."""
        given: list[Supply] = []
        for tag, link in line.supplied:
            there = self.links.get(link) if isinstance(link, Hashable) else None
            if there is None:
                self.form.wrong("unknown linking identifier", link=describe(link))
            else:
                given.append(Supply(there[1].signature, tag, (0, 0), link))
        self.form.related(given, "supplied link")
        chosen: list[tuple[str | None, LinkId]] = [(each.tag, each.name) for each in given]
        covered: dict[tuple[str | None, InterfaceClass], LinkId] = {}
        for wanted in found.imports:
            # What was inferred for an import serves later ones that it extends.
            link, inferred = covered.get((wanted.tag, wanted.signature)), False
            if link is None:
                link, inferred = self._supplier(found, wanted, given)
            if inferred:
                chosen.append((wanted.tag, link))
                covered |= {(wanted.tag, each): link for each in lineage(wanted.signature)}
            if link is not None and wanted in found.init_depend:
                if self.links[link][0] >= position:
                    self.form.wrong(
                        "unit depends on initialization of later unit",
                        link=link,
                        unit=f"{found.name} ({found.location})",
                    )
        return tuple(chosen)

    def _supplier(
        self, found: Unit[..., Any], wanted: Import, given: Sequence[Supply]
    ) -> tuple[LinkId | None, bool]:
        """Return the link that *wanted* gets, and whether it was inferred."""
        told = [s for s in given if s.tag == wanted.tag and covers(s.signature, wanted.signature)]
        fields: dict[str, object] = {
            "import": shown(wanted.signature, wanted.tag),
            "unit": f"{found.name} ({found.location})",
        }
        if told:
            if len(told) > 1:
                fields["links"] = ", ".join(map(str, told))
                self.form.wrong("specified linkages satisfy one import multiple times", **fields)
            return told[0].name, False
        offered = self.index.get(wanted.signature, [])
        if len(offered) == 1:
            return offered[0].link, True
        if offered:
            fields["linkages"] = ", ".join(str(each.link) for each in offered)
            self.form.wrong("multiple linkages satisfy one import", **fields)
        elif not wanted.optional:
            self.form.wrong("no linkages satisfy one import", **fields)
        return None, False

    def export(self, given: Any) -> tuple[str | None, LinkId] | None:
        """Return what an entry of the export clause means: a link id, or a signature's one link."""
        tag, of = untagged(given)
        if isinstance(of, str):
            return tag, of
        read = self.form.signature(given)
        if read is None:
            return None
        offered = self.index.get(read[1], [])
        if len(offered) != 1:
            how = "multiple sub units export" if offered else "no sub unit exports"
            by = ", ".join(str(each.link) for each in offered) or None
            self.form.wrong(f"{how} this signature", export=shown(read[1], tag), linkages=by)
            return None
        return tag, offered[0].link
