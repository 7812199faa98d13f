"""`contract`: a unit behind a contract on what it imports, what it exports, and its result.

The contracted unit has exactly the interface that the contract lists.  What its users supply is
their responsibility, what it exports and how it uses its imports is its own (Racket: ``unit/c``,
rules K7-K11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from signatures._adjust import Adjusted
from signatures._declare import describe
from signatures._errors import nearest
from signatures._frames import caller_module, caller_outside, place
from signatures._members import DataMember, MethodMember, member_names, members
from signatures._zope import InterfaceClass
from units._adapt import Guarded, relay
from units._by_name import dependencies, specs
from units._compound import CompoundUnit
from units._contracts import Contract, Parties, Scope, compile_contract, compile_method
from units._define import as_unit
from units._errors import DefinitionError, Problem
from units._link import AnyUnit
from units._reports import related_exports
from units._specs import Export, Import, Tagged, covers, shown
from units._unit import Unit

#: What each of some members must be.
Table: TypeAlias = dict[str, Contract]

#: One signature or several, perhaps tagged; as a mapping, each to what its members must be.
Clause: TypeAlias = Callable[..., object] | Tagged | Iterable[Any] | Mapping[Any, Any]


def contract(
    u: AnyUnit,
    /,
    *,
    imports: Clause = (),
    exports: Clause = (),
    init_depend: Iterable[Any] = (),
    result: Any = None,
    name: str | None = None,
) -> Unit[..., Any]:
    """Return *u* behind a contract, with exactly the interface that the contract lists.

    *imports* and *exports* list signatures, perhaps tagged; as a mapping, each to what its members
    must be: a mapping from names to annotations, or a signature whose annotations say it.
    *init_depend* lists what the unit may read while it starts; *result* is the annotation of its
    result.  *u* may import less, export more and depend on less.

    Raises `ContractError` against the unit if *u* does not have that interface, `DefinitionError`
    for a contract that means nothing.
    """
    location, user = place(caller_outside(__file__)), caller_module()
    found = as_unit(u)
    title = name or (found.name if found else describe(u))
    parties = Parties(f"unit {title}", user, title, "", location)
    if found is None:
        parties.blame("a unit", u)
    fields: dict[str, object] = {"contract on": title, "at": location}
    problems: list[Problem] = []

    def note(sentence: str, **detail: object) -> None:
        problems.append(Problem(sentence, {**fields, **detail}))

    asked_in, tables_in = _listed(imports, "import", location, note)
    asked_out, tables_out = _listed(exports, "export", location, note)
    new_imports = tuple(
        Import(signature, tag, parameter=f"import_{n}")
        for n, (tag, signature) in enumerate(asked_in)
    )
    new_exports = tuple(Export(signature, tag) for tag, signature in asked_out)
    depends, unknown = dependencies(init_depend, new_imports, fields)
    problems += [*unknown, *related_exports(new_exports, fields)]
    if problems:
        raise DefinitionError(problems)
    into, out = _first_order(found, new_imports, new_exports, depends, parties)
    guards_in = [
        _guards(table, s, parties.swapped())
        for (_, s), table in zip(asked_in, tables_in, strict=True)
    ]
    guards_out = [
        _guards(table, s, parties) for (_, s), table in zip(asked_out, tables_out, strict=True)
    ]
    made: CompoundUnit[..., Any] = CompoundUnit(
        name=title,
        location=location,
        imports=new_imports,
        exports=new_exports,
        single=len(new_exports) == 1,
        init_depend=depends,
        parts=(
            relay(title, location, [s for _, s in asked_in], _guarding(guards_in)),
            relay(title, location, [s for _, s in asked_out], _guarding(guards_out)),
            found,
        ),
        wiring=(
            tuple((-1, n) for n in range(len(new_imports))),
            tuple((2, n) for n in out),
            tuple(source if source is None else (0, source) for source in into),
        ),
        sources=tuple((1, n) for n in range(len(new_exports))),
    )
    if result is not None:
        scope = Scope(member=title, location=location, part="result")
        made.result_contract = (
            compile_contract(result, scope=scope),
            parties.at("the body of", title),
        )
    return made


def _listed(
    clause: Clause, what: str, location: str, note: Callable[..., None]
) -> tuple[list[tuple[str | None, InterfaceClass]], list[Table]]:
    """Return the signatures that *clause* lists, and the contracts of their members.

    *note* takes what is wrong with it.
    """
    listed: list[tuple[str | None, InterfaceClass]] = []
    tables: list[Table] = []
    given: Any = clause
    pairs: list[tuple[Any, Any]] = [(given, {})]
    if isinstance(clause, Mapping):
        pairs = [([spec], given[spec]) for spec in given]
    for entries, told in pairs:
        for tag, names in specs(entries, what, note):
            listed.append((tag, names.signature))
            tables.append(_table(names, told, location, note))
    return listed, tables


def _table(names: Adjusted, told: Any, location: str, note: Callable[..., None]) -> Table:
    """Compile what *told* says of members, which go by *names*; *note* takes what is wrong."""
    hints: Any = told
    if isinstance(told, InterfaceClass):
        hints = {
            n: m for n, m in members(told).items() if isinstance(m, (MethodMember, DataMember))
        }
    elif not isinstance(told, Mapping):
        expected = "a mapping from members to annotations, or a signature"
        note("a contract says what members must be", given=describe(told), expected=expected)
        return {}
    signature = names.signature
    table: Table = {}
    for name, hint in hints.items():
        member = names.names.get(name)
        if member is None:
            detail: dict[str, object] = {
                "signature": signature.__name__,
                "no such member": name,
                "did you mean": nearest(name, names.names),
            }
            note("a contract is about members", **detail)
            continue
        scope = Scope(member, signature.__name__, location, members=member_names(signature))
        if isinstance(hint, MethodMember) and hint.signature is not None:
            table[member] = compile_method(hint.signature, scope=scope, is_async=hint.is_async)
        else:
            meaning = hint.annotation if isinstance(hint, DataMember) else hint
            table[member] = compile_contract(meaning, scope=scope)
    return table


def _guards(
    table: Table, signature: InterfaceClass, parties: Parties
) -> dict[str, tuple[Contract, Parties]]:
    """Return the contract of each member of *signature* in *table*, and who answers for it."""
    return {
        member: (each, replace(parties, member=member, signature=signature.__name__))
        for member, each in table.items()
    }


def _guarding(guards: list[dict[str, tuple[Contract, Parties]]]) -> Any:
    def made(components: tuple[Any, ...]) -> list[Any]:
        return [Guarded(c, table) for c, table in zip(components, guards, strict=True)]

    return made


def _first_order(
    found: Unit[..., Any],
    imports: tuple[Import, ...],
    exports: tuple[Export, ...],
    depends: tuple[Import, ...],
    parties: Parties,
) -> tuple[list[int | None], list[int]]:
    """Check the interface of *found* (K7); return which import each of its gets, and each export."""
    into: list[int | None] = []
    for wanted in found.imports:
        fits = [
            n
            for n, i in enumerate(imports)
            if i.tag == wanted.tag and covers(i.signature, wanted.signature)
        ]
        if len(fits) != 1 and not wanted.optional:
            parties.blame("a unit that imports what the contract lists", f"import {wanted}")
        into.append(fits[0] if len(fits) == 1 else None)
        if wanted in found.init_depend and fits and imports[fits[0]] not in depends:
            expected = "a unit that depends while it starts on what the contract lists"
            parties.blame(expected, f"initialization dependency {wanted}")
    out: list[int] = []
    for export in exports:
        fits = [
            n
            for n, e in enumerate(found.exports)
            if e.tag == export.tag and covers(e.signature, export.signature)
        ]
        if len(fits) != 1:
            there = ", ".join(map(str, found.exports)) or "nothing"
            wanted_export = shown(export.signature, export.tag)
            parties.blame(f"a unit that exports {wanted_export}", f"a unit that exports {there}")
        out.append(fits[0])
    return into, out
