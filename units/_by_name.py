"""Units that bind members by name, as Racket's do: ``@unit(imports=[prefix("kv_", IStore)], ...)``.

The body's parameters are the names of imported members.  Racket's imports are references, read at
each use; Python's parameters are values, handed over when the body starts.  What is not there yet
at that moment is handed over as a `Late` value, which looks again at each use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import cache, partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from signatures._adjust import Adjusted, adjusted
from signatures._errors import SignatureError
from signatures._lazy import LazyModule
from signatures._members import derived_members, member_names, members
from signatures._records import NamedTuple
from signatures._zope import InterfaceClass
from units._annotations import innermost
from units._bytecode import kind_of, reads_at_once, returned_as_they_are
from units._errors import Problem, UninitializedError
from units._late import (
    Late,
    cells_of,
    functions_kept,
    keep_in,
    look_again,
    present,
    presenting,
)
from units._specs import Export, Import, Tagged, untagged
from units._unit import Exports
from units._views import expect, is_ending, may_change

if TYPE_CHECKING:
    import inspect
else:
    inspect = LazyModule("inspect")


class Bound(NamedTuple):
    """One name that a body receives: *member* of the component of import *number*."""

    parameter: str
    number: int
    member: str


class Clauses(NamedTuple):
    """The import, export and init-depend clauses of a unit that binds by name."""

    imports: tuple[tuple[Import, Adjusted], ...]
    exports: tuple[Export, ...]
    #: What is wrong with the clauses one by one, and which names clash between them.
    problems: tuple[Problem, ...]
    clashes: tuple[Problem, ...]

    def bound(self) -> dict[str, Bound]:
        """Return what each imported name means."""
        return {
            name: Bound(name, number, member)
            for number, (_, names) in enumerate(self.imports)
            for name, member in names.names.items()
        }

    def fixed(self) -> frozenset[str]:
        """Return the imported names that a body must not define: all but derived ones (U6, S9)."""
        return frozenset(
            name
            for wanted, names in self.imports
            for name, member in names.names.items()
            if member in member_names(wanted.signature)
        )


def clauses(imports: Any, exports: Any, fields: Mapping[str, object]) -> Clauses:
    """Read and check the clauses of a unit; *fields* say in problems which unit it is.

    Checked, all at once: that each is a signature, perhaps tagged and adjusted (U15), that exports
    keep every member (I5), and that names do not clash (U5, U8).
    """
    problems: list[Problem] = []
    clashes: list[Problem] = []

    def note(sentence: str, **detail: object) -> None:
        problems.append(Problem(sentence, {**fields, **detail}))

    def clash(sentence: str, **detail: object) -> None:
        clashes.append(Problem(sentence, {**fields, **detail}))

    wanted: list[tuple[Import, Adjusted]] = []
    for tag, names in specs(imports, "import", note):
        new = Import(names.signature, tag, parameter=f"import_{len(wanted)}")
        wanted.append((new, names))
    given: list[Export] = []
    for tag, names in specs(exports, "export", note):
        if names.restricted:
            note("only and except_ are for imports", export=repr(names))
        given.append(Export(names.signature, tag, None if names.restricted else _inside(names)))
    _clashes(wanted, given, clash)
    return Clauses(tuple(wanted), tuple(given), tuple(problems), tuple(clashes))


def specs(given: Any, what: str, note: Callable[..., None]) -> list[tuple[str | None, Adjusted]]:
    """Return the tag and the adjusted signature of each of *given*; *note* those that are none.

    *given* is one specification or any number of them.
    """
    read: list[tuple[str | None, Adjusted]] = []
    one = isinstance(given, (InterfaceClass, Adjusted, Tagged)) or not isinstance(given, Iterable)
    every: list[Any] = [given] if one else [*cast("Iterable[Any]", given)]
    for entry in every:
        tag, of = untagged(entry)
        try:
            read.append((tag, adjusted(of)))
        except SignatureError as error:
            note(f"an {what} is a signature", **error.fields)
    return read


def dependencies(
    given: Any, imports: Iterable[Import], fields: Mapping[str, object]
) -> tuple[tuple[Import, ...], list[Problem]]:
    """Return which *imports* an init-depend clause names, and a problem for what it names else.

    It must repeat signature and tag exactly; an ancestor does not count (rule U16).
    """
    problems: list[Problem] = []

    def note(sentence: str, **detail: object) -> None:
        problems.append(Problem(sentence, {**fields, **detail}))

    known = list(imports)
    depends: list[Import] = []
    for tag, names in specs(given, "initialization dependency", note):
        if names != adjusted(names.signature):
            note("an initialization dependency is a signature as it is", given=repr(names))
        found = [i for i in known if (i.signature, i.tag) == (names.signature, tag)]
        depends += found
        if not found:
            shown = str(Export(names.signature, tag))
            there = ", ".join(map(str, known)) or "none"
            note("initialization dependency on unknown import", given=shown, imports=there)
    return tuple(depends), problems


def _inside(names: Adjusted) -> dict[str, str] | None:
    """Return the name that the body uses for each member, nothing if they are all the same."""
    if all(inside == member for inside, member in names.names.items()):
        return None
    return {member: inside for inside, member in names.names.items()}


def _clashes(
    imports: list[tuple[Import, Adjusted]], exports: list[Export], note: Callable[..., None]
) -> None:
    """Report names that two imports, two exports, or an import and an export share."""
    imported: dict[str, InterfaceClass] = {}
    for wanted, names in imports:
        for name in names.names:
            if name in imported:
                note(
                    "a name is imported by multiple signatures",
                    name=name,
                    signatures=f"{imported[name].__name__} and {wanted.signature.__name__}",
                    hint="keep them apart with prefix, rename, only or except_",
                )
            imported[name] = wanted.signature
    exported: dict[str, InterfaceClass] = {}
    for export in exports:
        # What importers get computed is no export, and is counted nevertheless, as in Racket.
        for member in (*members(export.signature), *derived_members(export.signature)):
            name = export.inside(member)
            if name in exported:
                note(
                    "a name is exported by multiple signatures",
                    name=name,
                    signatures=f"{exported[name].__name__} and {export.signature.__name__}",
                    hint="keep them apart with prefix or rename",
                )
            exported[name] = export.signature
            if name in imported:
                note(
                    "an import is exported",
                    **{"import": name},
                    member=f"{export.signature.__name__}.{member}",
                    hint='import it under another name: prefix("in_", ...)',
                )


def taken_by(own: inspect.Signature, names: Mapping[str, Bound]) -> dict[str, Bound]:
    """Return which imported *names* a body called like *own* takes; ``**names`` takes them all."""
    kinds = {p.kind for p in own.parameters.values()}
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return dict(names)
    return {name: names[name] for name in own.parameters if name in names}


def binding(body: Callable[..., Any], taken: Iterable[Bound], kind: str) -> Callable[..., Any]:
    """Return a body that takes components, in the order of the imports, and calls *body* by name.

    What else *body* takes goes by keyword. *kind* is how it hands over, and so does the new one.
    """
    names = [(each.parameter, each.number, each.member) for each in taken]
    at_once = reads_at_once(body)
    code = getattr(innermost(body), "__code__", None)
    returned = cache(partial(returned_as_they_are, code))

    def take(components: tuple[Any, ...], others: dict[str, Any]) -> list[Late]:
        """Put the members into *others*; return the stand-ins among them."""
        lates: list[Late] = []
        for parameter, number, member in names:
            try:
                others[parameter] = getattr(components[number], member)
            except UninitializedError:
                others[parameter] = late = Late(components[number], member)
                expect(late)
                lates.append(late)
        return lates

    def handed_over(
        value: Any, components: tuple[Any, ...], others: dict[str, Any], lates: list[Late]
    ) -> Any:
        """Return the *value* of the body, whose functions may keep stand-ins."""
        if not lates and not any(map(may_change, components)):
            return present(value)
        for parameter in at_once & others.keys() if lates else ():
            read = others[parameter]
            if type(read) is Late and not is_ending(read):  # else the body has defined it itself
                present(read)
        functions = functions_kept(code, _values(value))
        for late in lates:
            keep_in(late, cells_of(late, functions))
        waiting = {name for name in others if type(others[name]) is Late}
        for parameter, number, member in names:
            if may_change(components[number]):
                late = Late(components[number], member)
                look_again(functions, parameter, others[parameter], late)
                waiting.add(parameter)
        return _presenting(value, functions if returned() & waiting else ())

    def bind(*components: Any, **others: Any) -> Any:
        lates = take(components, others)
        return handed_over(body(**others), components, others, lates)

    def bind_generator(*components: Any, **others: Any) -> Any:
        lates = take(components, others)
        with contextmanager(body)(**others) as value:
            yield handed_over(value, components, others, lates)

    async def bind_coroutine(*components: Any, **others: Any) -> Any:
        lates = take(components, others)
        return handed_over(await body(**others), components, others, lates)

    async def bind_async_generator(*components: Any, **others: Any) -> Any:
        lates = take(components, others)
        async with asynccontextmanager(body)(**others) as value:
            yield handed_over(value, components, others, lates)

    return {
        "plain": bind,
        "generator": bind_generator,
        "coroutine": bind_coroutine,
        "async generator": bind_async_generator,
    }[kind]


def _presenting(value: Any, functions: Collection[FunctionType]) -> Any:
    """Return what a body handed over, with those of its *functions* returning no stand-ins."""

    def presented(each: Any) -> Any:
        is_own = type(each) is FunctionType and kind_of(each) == "plain" and each in functions
        return presenting(each) if is_own else each

    if type(value) is Exports:
        return Exports({name: presented(each) for name, each in value.namespace.items()})
    return presented(present(value))


def _values(value: Any) -> Iterable[Any]:
    """Return what a body handed over: its definitions, or its result, or what that holds."""
    if type(value) is Exports:
        return value.namespace.values()
    held: Any = value
    if type(held) is dict:
        held = [*held.values()]
    return held if type(held) in (tuple, list) else (value,)


def combined(clauses: Clauses, own: inspect.Signature) -> inspect.Signature:
    """Return how a body made by `binding` is called: components first, then *own* by keyword."""
    kind = inspect.Parameter.POSITIONAL_ONLY
    first = [inspect.Parameter(wanted.parameter, kind) for wanted, _ in clauses.imports]
    rest = [
        p.replace(kind=p.KEYWORD_ONLY)
        for p in own.parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    return inspect.Signature([*first, *rest])
