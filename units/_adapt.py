"""Give a unit another interface: other signatures with members of the same names, or a part of its own.

`adapt` regroups members by name, so a unit written against one signature can be linked where
another is spoken.  Nothing is read early: what the inner unit imports is looked up in the outer
imports when the inner unit reads it (Racket: ``unit/new-import-export``, rules N1-N4).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from signatures._adjust import Adjusted
from signatures._declare import describe
from signatures._errors import nearest
from signatures._frames import caller_outside, place
from signatures._members import member_names
from signatures._zope import InterfaceClass
from units._by_name import dependencies, specs
from units._compound import CompoundUnit
from units._define import as_unit
from units._errors import DefinitionError, LinkError, Problem
from units._reports import related_exports
from units._specs import Export, Import, covers, shown
from units._unit import FunctionUnit, Live, Source, Unit
from units._views import Changing, Passing, behind, may_change, shown_by

Spec = tuple[str | None, Adjusted]


def adapt(
    u: Any,
    /,
    *,
    imports: Iterable[Any] | None = None,
    exports: Iterable[Any] | None = None,
    init_depend: Iterable[Any] = (),
    inner_imports: Iterable[Any] | None = None,
    inner_exports: Iterable[Any] | None = None,
    name: str | None = None,
) -> Unit[..., Any]:
    """Return *u* with other imports and exports, their members matched by name.

    *imports* and *exports* are signatures, perhaps tagged and adjusted; left out, they stay those
    of *u*.  *inner_imports* and *inner_exports* say what *u* is taken to have, and under which
    names; left out, what it has.  The result reads *init_depend* while it starts, whatever *u*
    does.  Racket: ``unit/new-import-export``; ``unit/s`` without the inner clauses.

    Raises `DefinitionError` for a name that has no partner, `LinkError` if *u* does not have what
    the inner clauses say.
    """
    return adapted(
        u,
        place(caller_outside(__file__)),
        imports=imports,
        exports=exports,
        init_depend=init_depend,
        inner_imports=inner_imports,
        inner_exports=inner_exports,
        name=name,
    )


def adapted(
    u: Any,
    location: str,
    *,
    imports: Iterable[Any] | None,
    exports: Iterable[Any] | None,
    init_depend: Iterable[Any],
    inner_imports: Iterable[Any] | None,
    inner_exports: Iterable[Any] | None,
    name: str | None,
) -> Unit[..., Any]:
    """Do what `adapt` does, at *location*."""
    found = as_unit(u)
    fields: dict[str, object] = {"unit": name or _name_of(found, u), "at": location}
    problems: list[Problem] = []

    def read(given: Iterable[Any] | None, own: Iterable[Import | Export], what: str) -> list[Spec]:
        def note(sentence: str, **detail: object) -> None:
            problems.append(Problem(sentence, {**fields, **detail}))

        if given is None:
            given = [_tagged(each) for each in own]
        return [(tag, _asked(names)) for tag, names in specs(given, what, note)]

    own_imports = found.imports if found else ()
    own_exports = found.exports if found else ()
    inside_in = read(inner_imports, own_imports, "import")
    inside_out = read(inner_exports, own_exports, "export")
    outside_in = read(imports, own_imports, "import")
    outside_out = read(exports, own_exports, "export")
    if found is not None or None not in (inner_imports, inner_exports):
        problems += _unmatched(inside_in, outside_in, "new imports", fields)
        problems += _unmatched(outside_out, inside_out, "old exports", fields)
    new_imports = tuple(
        Import(names.signature, tag, parameter=f"import_{n}")
        for n, (tag, names) in enumerate(outside_in)
    )
    new_exports = tuple(Export(names.signature, tag) for tag, names in outside_out)
    depends, unknown = dependencies(init_depend, new_imports, fields)
    problems += [*unknown, *related_exports(new_exports, fields)]
    if problems:
        raise DefinitionError(problems)
    if found is None:
        raise LinkError([Problem("only a unit can be adapted", {**fields, "given": describe(u)})])
    wiring = _wiring(found, inside_in, inside_out, fields)
    into = _glue(name or found.name, location, inside_in, outside_in)
    out = _glue(name or found.name, location, outside_out, inside_out)
    # The inner unit comes last: its result is the result.  The glue reads nothing by itself.
    return CompoundUnit(
        name=name or found.name,
        location=location,
        imports=new_imports,
        exports=new_exports,
        single=len(new_exports) == 1,
        init_depend=depends,
        parts=(into, out, found),
        wiring=(
            tuple((-1, n) for n in range(len(new_imports))),
            tuple((2, n) for n in wiring[1]),
            tuple(source if source is None else (0, source) for source in wiring[0]),
        ),
        sources=tuple((1, n) for n in range(len(new_exports))),
    )


def _name_of(found: Unit[..., Any] | None, thing: Any) -> str:
    return describe(thing) if found is None else found.name


def _asked(names: Adjusted) -> Adjusted:
    """Leave out what importers of the signature get computed: it is no one's to supply."""
    asked = member_names(names.signature)
    kept = {name: member for name, member in names.names.items() if member in asked}
    return Adjusted(names.signature, kept, names.restricted)


def narrowed(
    u: Any,
    /,
    *,
    imports: Iterable[Any],
    exports: Iterable[Any],
    init_depend: Iterable[Any] = (),
    name: str | None = None,
) -> Unit[..., Any]:
    """Return *u* with the declared interface: it may import more and export less than *u* does.

    Racket: ``define-unit-binding`` (rules B1-B3).  Initialization dependencies of *u* that are not
    declared stay; declared ones are added.

    Raises `DefinitionError` for a declaration that means nothing, `LinkError` if *u* imports more
    or exports less than declared.
    """
    location = place(caller_outside(__file__))
    return narrowed_at(u, location, imports, exports, init_depend, name)


def narrowed_at(
    u: Any,
    location: str,
    imports: Iterable[Any],
    exports: Iterable[Any],
    init_depend: Iterable[Any],
    name: str | None,
) -> Unit[..., Any]:
    """Do what `narrowed` does, at *location*."""
    found = as_unit(u)
    fields: dict[str, object] = {"unit": name or _name_of(found, u), "at": location}
    problems: list[Problem] = []

    def note(sentence: str, **detail: object) -> None:
        problems.append(Problem(sentence, {**fields, **detail}))

    declared_in = specs(imports, "import", note)
    declared_out = specs(exports, "export", note)
    new_imports: list[Import] = []
    for n, (tag, names) in enumerate(declared_in):
        new = Import(names.signature, tag, parameter=f"import_{n}")
        if any((old.signature, old.tag) == (new.signature, new.tag) for old in new_imports):
            note("duplicate import signature", **{"import": str(new)})
        new_imports.append(new)
    new_exports = tuple(Export(names.signature, tag) for tag, names in declared_out)
    depends, unknown = dependencies(init_depend, new_imports, fields)
    problems += [*unknown, *related_exports(new_exports, fields)]
    if problems:
        raise DefinitionError(problems)
    if found is None:
        raise LinkError([Problem("only a unit can be declared", {**fields, "given": describe(u)})])
    sources_in, sources_out = _wiring(found, declared_in, declared_out, fields)
    inherited = [
        new_imports[source]
        for wanted, source in zip(found.imports, sources_in, strict=True)
        if source is not None and wanted in found.init_depend
    ]
    return CompoundUnit(
        name=name or found.name,
        location=location,
        imports=tuple(new_imports),
        exports=new_exports,
        single=len(new_exports) == 1,
        init_depend=tuple(dict.fromkeys([*depends, *inherited])),
        parts=(found,),
        wiring=(tuple(s if s is None else (-1, s) for s in sources_in),),
        sources=tuple((0, n) for n in sources_out),
    )


def _tagged(spec: Import | Export) -> Any:
    from units._specs import Tagged

    return spec.signature if spec.tag is None else Tagged(spec.tag, spec.signature)


def _unmatched(
    wanted: list[Spec], there: list[Spec], where: str, fields: Mapping[str, object]
) -> list[Problem]:
    """Report every name of *wanted* that is not among the names *there* (rule N2)."""
    known = [name for _, names in there for name in names.names]
    return [
        Problem(
            f"a name is not present in the {where}",
            {
                **fields,
                "name": name,
                "of": names.signature.__name__,
                "names": ", ".join(known) or "none",
                "did you mean": nearest(name, known),
            },
        )
        for _, names in wanted
        for name in names.names
        if name not in known
    ]


def _wiring(
    found: Unit[..., Any], supplied: list[Spec], expected: list[Spec], fields: Mapping[str, object]
) -> tuple[list[int | None], list[int]]:
    """Return which of *supplied* each import of *found* gets, and which export each *expected* is."""
    problems: list[Problem] = []

    def match(
        fits: list[int], sentence: str, what: InterfaceClass, tag: str | None, optional: bool
    ) -> int | None:
        if len(fits) == 1:
            return fits[0]
        if fits or not optional:
            detail = {"signature": shown(what, tag), "of unit": f"{found.name} ({found.location})"}
            many = "multiple times" if fits else "not at all"
            problems.append(Problem(f"{sentence} {many}", {**fields, **detail}))
        return None

    sources_in = [
        match(
            [
                n
                for n, (t, s) in enumerate(supplied)
                if t == w.tag and covers(s.signature, w.signature)
            ],
            "an import of the unit is supplied",
            w.signature,
            w.tag,
            w.optional,
        )
        for w in found.imports
    ]
    sources_out = [
        match(
            [
                n
                for n, e in enumerate(found.exports)
                if e.tag == tag and covers(e.signature, names.signature)
            ],
            "an expected export is supplied by the unit",
            names.signature,
            tag,
            False,
        )
        for tag, names in expected
    ]
    if problems:
        raise LinkError(problems)
    return sources_in, [n for n in sources_out if n is not None]


def _glue(name: str, location: str, made: list[Spec], given: list[Spec]) -> FunctionUnit[..., Any]:
    """Return a unit that imports *given* and exports *made*, each member read from its namesake."""
    owner = {inside: (n, m) for n, (_, s) in enumerate(given) for inside, m in s.names.items()}
    tables = [
        {m: owner[inside] for inside, m in s.names.items() if inside in owner} for _, s in made
    ]

    def views(components: tuple[Any, ...]) -> list[Any]:
        return [Regrouped(components, table) for table in tables]

    exported = [names.signature for _, names in made]
    return relay(name, location, exported, views, [names.signature for _, names in given])


def relay(
    name: str,
    location: str,
    exported: list[InterfaceClass],
    views: Callable[[tuple[Any, ...]], list[Any]],
    imported: list[InterfaceClass] | None = None,
) -> FunctionUnit[..., Any]:
    """Return a unit that exports *views* of the components it imports, and reads nothing itself.

    *imported* are the signatures it imports, by default those *exported*.
    """
    unit: FunctionUnit[..., Any] = FunctionUnit()
    unit.name, unit.location, unit.relays = name, location, True
    taken = exported if imported is None else imported
    unit.imports = tuple(
        Import(signature, f"{n}", parameter=f"import_{n}") for n, signature in enumerate(taken)
    )
    unit.exports = tuple(Export(signature, f"{n}") for n, signature in enumerate(exported))
    unit.settings, unit.single = (), len(exported) == 1
    positional = inspect.Parameter.POSITIONAL_ONLY
    unit.signature = inspect.Signature(
        [inspect.Parameter(wanted.parameter, positional) for wanted in unit.imports]
    )

    def body(*components: Any) -> Any:
        shown = tuple(map(Live, views(components)))
        return shown[0] if len(shown) == 1 else shown

    unit.body = unit.origin = body
    return unit


class Guarded(Changing, Passing):
    """A *component* whose members pass the contracts of *guards*, by name, when they are read."""

    __slots__ = ("_component", "_guards", "_kept")

    def __init__(self, component: Any, guards: Mapping[str, Any]) -> None:
        self._component, self._guards = component, guards
        self._kept: dict[str, tuple[Any, Any]] = {}

    def may_change(self) -> bool:
        return may_change(self._component)

    def source(self, name: str) -> tuple[Any, str]:
        return self._component, name

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._component, name)
        guard = self._guards.get(name)
        if guard is None:
            return value
        kept = self._kept.get(name)
        if kept is not None and kept[0] is value:
            return kept[1]
        contract, parties = guard
        if contract.needs:
            contract = contract.instantiate(partial(getattr, self._component))
        passed = contract.wrap(value, parties)
        self._kept[name] = (value, passed)
        return passed


class Regrouped(Changing, Passing):
    """Members of several *components* under one roof: *table* tells for each where it is read."""

    __slots__ = ("_components", "_table")

    def __init__(self, components: tuple[Any, ...], table: Mapping[str, tuple[int, str]]) -> None:
        self._components, self._table = components, table

    # Units are adapted again and again, so all go through a tower of these without going deep.

    def source(self, name: str) -> tuple[Any, str]:
        number, inner = self._table[name]
        return self._components[number], inner

    def may_change(self) -> bool:
        todo: list[Regrouped] = [self]
        while todo:
            for component in todo.pop()._components:
                of = behind(component)
                if type(of) is Regrouped:
                    todo.append(of)
                elif may_change(component):
                    return True
        return False

    def __getattr__(self, name: str) -> Any:
        of = self
        while True:
            if name not in of._table:
                raise AttributeError(name)
            number, name = of._table[name]
            component = of._components[number]
            inner = shown_by(component)
            if type(inner) is not Regrouped:
                return getattr(component, name)
            of = inner


__all__ = ["Source", "adapt", "narrowed"]
