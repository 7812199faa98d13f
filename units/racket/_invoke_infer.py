"""`invoke_unit_infer` and `define_values_invoke_unit_infer` (rules V7-V9).

What the linked units import and none of them exports comes from the namespace, by member name.
Where Racket's forms collide with their own handling of tags (rule F7), these work: among several
exporters the one with the import's tag is taken, as `units.link` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast

from signatures._adjust import adjusted
from signatures._declare import describe
from signatures._frames import caller_outside, place
from signatures._zope import InterfaceClass
from units._define import as_unit
from units._invoke import invoke_result
from units._specs import Import, Tagged, lineage, shown
from units._unit import Source, Unit
from units.racket._context import context_unit, supplied
from units.racket._forms import Form, UsageError
from units.racket._invoke import Asked, define
from units.racket._shapes import AnySpecs, AnyUnits, Names, Namespace


def invoke_unit_infer(u: AnyUnits, /, *, namespace: Names | None = None) -> Any:
    """Run *u*, a unit or a list of units to be linked, and return its result.

    Imports that no unit of the list exports are read, late, from *namespace*.  The order of the
    list is the order in which bodies run.  Racket: ``invoke-unit/infer``.

    Raises `StaticError` for imports that nothing or more than one thing satisfies, `UsageError` as
    `invoke_unit` does, and what a body raises.
    """
    form = Form("invoke_unit_infer", place(caller_outside(__file__)), UsageError)
    program = _Program(form, u)
    whole = program.whole({} if namespace is None else namespace, ())
    form.check()
    return invoke_result(whole)[1]


def define_values_invoke_unit_infer(
    u: AnyUnits,
    /,
    *,
    exports: AnySpecs | None = None,
    namespace: Namespace,
    values: Iterable[str] | None = None,
) -> Any:
    """Run *u*, a unit or a list of units to be linked, bind what it exports, return its result.

    *exports* are specs, adjusted as imports are; left out, everything that the units export is
    bound.  *values* and imports are as for `define_values_invoke_unit` and `invoke_unit_infer`.
    Racket: ``define-values/invoke-unit/infer``.

    Raises what those raise, and `StaticError` for an export that no unit or more than one has.
    """
    form = Form("define_values_invoke_unit_infer", place(caller_outside(__file__)), UsageError)
    program = _Program(form, u)
    asked = Asked.read(form, program.all_exports() if exports is None else exports, values)
    program.check_exports(asked)
    whole = program.whole(namespace, asked.names())
    return define(form, whole, asked, namespace)


class _Program:
    """The units of an inferring form, and who of them exports what."""

    def __init__(self, form: Form, given: Any) -> None:
        self.form = form
        self.is_list = isinstance(given, (list, tuple))
        things = list(cast("Iterable[Any]", given)) if self.is_list else [given]
        if not things:
            form.wrong("no units in link clause")
        self.units: list[Unit[..., Any]] = []
        for thing in things:
            found = as_unit(thing)
            if found is None:
                form.wrong("not a unit definition", given=describe(thing))
            else:
                self.units.append(found)
        self.index: dict[InterfaceClass, list[tuple[Source, str | None]]] = {}
        for position, unit in enumerate(self.units):
            for number, export in enumerate(unit.exports):
                for signature in lineage(export.signature):
                    offers = self.index.setdefault(signature, [])
                    offers.append(((position, number), export.tag))

    def all_exports(self) -> list[Any]:
        """Return everything the units export, as specs."""
        return [
            export.signature if export.tag is None else Tagged(export.tag, export.signature)
            for unit in self.units
            for export in unit.exports
        ]

    def check_exports(self, asked: Asked) -> None:
        """Note exports asked for that no unit has, or more than one."""
        for tag, spec in asked.specs:
            offers = [each for each in self.index.get(spec.signature, []) if each[1] == tag]
            if len(offers) != 1:
                how = "multiple sub units export this" if offers else "no subunit exports"
                by = ", ".join(self.units[source[0]].name for source, _ in offers) or None
                self.form.wrong(f"{how} signature", export=shown(spec.signature, tag), units=by)

    def whole(self, namespace: Names, defined: Collection[str]) -> Unit[..., Any] | None:
        """Return the units linked, with what is missing read from *namespace*."""
        received = [self._received(position) for position in range(len(self.units))]
        missing = {
            (wanted.tag, wanted.signature): None
            for unit, row in zip(self.units, received, strict=True)
            for wanted, source in zip(unit.imports, row, strict=True)
            if source == _CONTEXT and not self._may_stay_out(wanted, namespace)
        }
        keys = list(missing)
        contexts = [
            context_unit(self.form, (tag, adjusted(signature)), namespace, defined)
            for tag, signature in keys
        ]
        first = len(contexts)
        wiring: list[tuple[Source | None, ...]] = []
        for unit, row in zip(self.units, received, strict=True):
            sources: list[Source | None] = []
            for wanted, source in zip(unit.imports, row, strict=True):
                key = (wanted.tag, wanted.signature)
                if source == _CONTEXT:
                    sources.append((keys.index(key), 0) if key in missing else None)
                else:
                    sources.append(source and (first + source[0], source[1]))
            wiring.append(tuple(sources))
        return None if self.form.static else supplied(self.form, contexts, self.units, wiring)

    def _may_stay_out(self, wanted: Import, namespace: Names) -> bool:
        names = adjusted(wanted.signature).names
        return wanted.optional and not all(name in namespace for name in names)

    def _received(self, position: int) -> list[Source | None]:
        """Return where each import of a unit comes from; one serves later ones that it extends."""
        unit = self.units[position]
        covered: dict[tuple[str | None, InterfaceClass], set[Source]] = {}
        row: list[Source | None] = []
        served: list[Import] = []
        for wanted in unit.imports:
            key = wanted.tag, wanted.signature
            if key in covered:
                source: Source | None = min(covered[key])
                served.append(wanted)
                if wanted in unit.init_depend:
                    self._check_order(position, wanted, min(covered[key]))
            else:
                source = self._source(position, wanted)
                if source is not None and source != _CONTEXT:
                    for each in lineage(wanted.signature):
                        covered.setdefault((wanted.tag, each), set()).add(source)
            row.append(source)
        for wanted in served:
            if len(covered[wanted.tag, wanted.signature]) > 1:
                sentence = "unit argument expects an import which this usage context supplies multiple times"
                self.form.misfit(sentence, **self._fields(unit, wanted))
        return row

    def _source(self, position: int, wanted: Import) -> Source | None:
        """Return the export that *wanted* gets, or that it comes from the context."""
        offers = self.index.get(wanted.signature, [])
        same_tag = [each for each in offers if each[1] == wanted.tag]
        unit = self.units[position]
        fields = self._fields(unit, wanted)
        if not self.is_list:  # a unit alone is not linked, to itself neither
            if same_tag:
                sentence = (
                    "unit argument expects an import which this usage context does not supply"
                )
                self.form.misfit(sentence, **fields)
            return None if same_tag else _CONTEXT
        fits = same_tag if len(same_tag) == 1 else offers
        if not fits:
            return _CONTEXT
        source = fits[0][0]
        if len(fits) > 1:
            names = ", ".join(self.units[each[0]].name for each, _ in fits)
            self.form.wrong("multiple linkages satisfy one import", **fields, linkages=names)
        elif wanted in unit.init_depend:
            self._check_order(position, wanted, source)
        return source

    def _fields(self, unit: Unit[..., Any], wanted: Import) -> dict[str, object]:
        return {
            "import": shown(wanted.signature, wanted.tag),
            "unit": f"{unit.name} ({unit.location})",
        }

    def _check_order(self, position: int, wanted: Import, source: Source) -> None:
        """Note that a unit reads *wanted* while it starts, and gets it from itself or a later one."""
        if source[0] >= position:
            fields = self._fields(self.units[position], wanted)
            later = self.units[source[0]].name
            self.form.wrong(
                "unit depends on initialization of later unit", **fields, supplier=later
            )


#: Stands for "not exported by any of the units".
_CONTEXT: Source = (-1, 0)
