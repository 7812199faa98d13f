"""Make a unit of a class or a function, and check all that can be checked without running it.

The order of the checks is that of the text: what the annotations mean, what is declared twice,
then whether the body will define what the unit exports, callable as the signatures promise.
Everything found is reported together.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import FrameType, FunctionType
from typing import Any, ParamSpec, TypeVar, cast, overload

from signatures._frames import caller_outside, place
from signatures._match import class_mismatches, code_shape, value_mismatches
from signatures._members import (
    DataMember,
    MethodMember,
    for_export_members,
    marks_of_member,
    members,
    without_leading,
)
from signatures._signature import declare_named_bases
from signatures._zope import InterfaceClass, implementedBy
from units._annotations import Annotations, innermost, read
from units._by_name import binding, clauses, combined, dependencies, taken_by
from units._bytecode import BodyFacts, facts, inner_functions, with_defaults
from units._errors import DefinitionError, Problem
from units._reports import defined_twice, mismatch_problem, related_exports, undefined
from units._specs import Export, Import
from units._unit import BodyUnit, ClassUnit, FunctionUnit, Unit, exports, is_unit

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


@dataclass(frozen=True)
class Clause:
    """What `unit` was told besides the body."""

    name: str | None = None
    imports: Iterable[Any] = ()
    exports: Iterable[Any] | None = None
    init_depend: Iterable[Any] = ()
    seal: bool = False


@overload  # a class is callable, too, and is asked first
def unit(body: C, /) -> C: ...  # type: ignore[overload-overlap]
@overload
def unit(body: Callable[P, R], /) -> Unit[P, R]: ...
@overload
def unit(
    body: Callable[..., Any],
    /,
    *,
    name: str | None = None,
    imports: Iterable[Any],
    exports: Iterable[Any] | None = None,
    init_depend: Iterable[Any] = (),
    seal: bool = False,
) -> Unit[..., Any]: ...
@overload
def unit(
    *, name: str | None = None, init_depend: Iterable[Any] = (), seal: bool = False
) -> _Decorator: ...
@overload
def unit(
    *,
    name: str | None = None,
    imports: Iterable[Any] = (),
    exports: Iterable[Any] | None = None,
    init_depend: Iterable[Any] = (),
    seal: bool = False,
) -> Callable[[Callable[..., Any]], Unit[..., Any]]: ...
def unit(
    body: Any = None,
    /,
    *,
    name: str | None = None,
    imports: Iterable[Any] = (),
    exports: Iterable[Any] | None = None,
    init_depend: Iterable[Any] = (),
    seal: bool = False,
) -> Any:
    """Make a unit of *body*, a class or a function; used as decorator, with or without keywords.

    A class stays the class it is: its constructor's parameters that are annotated with signatures
    are the imports, the signatures it implements the exports.  A function becomes a `Unit`: its
    parameters import likewise, its return annotation exports.  ``Annotated[I, tag("t")]`` tags,
    ``I | None = None`` is optional, other parameters with defaults are settings.

    As in Racket, members can be bound by name instead: the body's parameters are then the names of
    members of *imports*, signatures that may be tagged and adjusted (`prefix`, `rename`, `only`,
    `except_`), and *exports* lists what it defines.  *init_depend* repeats the imports that the
    body reads while it starts, so that linking can check the order.  *seal* hides even objects
    behind a view of their signature.  *name* is shown in errors.

    Raises `DefinitionError` with everything that is wrong, before the body ever runs.
    """
    frame = caller_outside(__file__)
    clause = Clause(name, imports, exports, init_depend, seal)
    if body is None:
        return partial(_define, clause=clause, frame=frame)
    return _define(body, clause, frame)


class _Decorator:
    """The type of ``unit(name=...)``, for type checkers."""

    @overload
    def __call__(self, body: C, /) -> C: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, body: Callable[P, R], /) -> Unit[P, R]: ...
    def __call__(self, body: Any, /) -> Any: ...


def _define(body: Any, clause: Clause, frame: FrameType | None) -> Any:
    if isinstance(body, type):
        made = define_class(body, clause, frame)
        body.__unit__ = made  # type: ignore[attr-defined]
        return body
    if is_unit(body):
        return body
    if not callable(body):
        given = {"given": repr(body), "expected": "a class or a function"}
        raise DefinitionError([Problem("only a class or a function can be a unit", given)])
    return define_function(body, clause, frame)


def as_unit(thing: Any) -> Unit[..., Any] | None:
    """Return the unit that *thing* is or carries, or nothing."""
    if is_unit(thing):
        return thing
    if not isinstance(thing, type):
        return None
    carried = thing.__dict__.get("__unit__")
    if carried is None or carried.origin is thing:
        return cast("Unit[..., Any] | None", carried)
    # A decorator like dataclass(slots=True) made the class anew after it became a unit.
    name, _, line = carried.location.rpartition(":")
    clause = Clause(carried.name, seal=carried.seal)
    made = define_class(thing, clause, None, f"{name}:{line}")
    thing.__unit__ = made  # type: ignore[attr-defined]
    return made


def define_class(
    cls: type[Any], clause: Clause, frame: FrameType | None, location: str = ""
) -> BodyUnit[..., Any]:
    """Return the unit whose body is *cls*, defined at *frame*, or at the known *location*."""
    if frame is not None:
        location = f"{frame.f_code.co_filename}:{_line_of(cls, frame)}"
    declare_named_bases(cls)
    exported = tuple(map(Export, _most_specific(implementedBy(cls))))
    constructor, bound = _constructor(cls)
    plain = not (clause.seal or clause.imports or clause.exports is not None)
    made: BodyUnit[..., Any] = ClassUnit() if plain else FunctionUnit()
    made.name, made.location = clause.name or cls.__name__, location
    problems = _describe(made, cls, constructor, bound, clause, frame, (exported, True))
    made.single = len(made.exports) == 1
    for export in made.exports:
        if export.names is None:
            found = class_mismatches(export.signature, cls)
            problems += [mismatch_problem(made, mismatch) for mismatch in found]
        computed = for_export_members(export.signature)
        problems += [
            defined_twice(made, export, name)
            for name in computed
            if not isinstance(_owner(cls, name), InterfaceClass)
        ]
        made.computed_after += tuple(n for n, m in computed.items() if isinstance(m, DataMember))
    if problems:
        raise DefinitionError(problems)
    return made


def _owner(cls: type, name: str) -> Any:
    """Return what defines *name* for *cls*: a signature, by its mixin, or one of its classes."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__.get("__signature_mixin__", base)
    return None


def _most_specific(implemented: Iterable[InterfaceClass]) -> list[InterfaceClass]:
    """Leave out every signature that another one of *implemented* extends."""
    found = list(implemented)
    return [s for s in found if not any(o is not s and o.isOrExtends(s) for o in found)]


def define_function(
    body: Callable[..., Any], clause: Clause, frame: FrameType | None
) -> FunctionUnit[..., Any]:
    """Return the unit whose body is the function *body*, defined at *frame*."""
    made: FunctionUnit[..., Any] = FunctionUnit()
    function = innermost(body)
    made.code = getattr(function, "__code__", None)
    made.name = clause.name or getattr(function, "__name__", None) or type(function).__name__
    made.location = place(frame)
    if made.code is not None:
        made.location = f"{made.code.co_filename}:{made.code.co_firstlineno}"
    problems = _describe(made, body, body, 0, clause, frame, None)
    made.kind = _kind(body)
    if isinstance(function, FunctionType):
        known = facts(function, exports)
        problems += _assigned_imports(made, function, known)
        if made.exports:
            problems += _body_problems(made, function, known)
            made.verified = not problems and _tells_all(made, function, known)
    if problems:
        raise DefinitionError(problems)
    return made


def _describe(
    made: BodyUnit[..., Any],
    body: Callable[..., Any],
    constructor: Callable[..., Any] | None,
    bound: int,
    clause: Clause,
    frame: FrameType | None,
    exported: tuple[tuple[Export, ...], bool] | None,
) -> list[Problem]:
    """Fill in what *clause* and the parameters of *constructor* tell; return what is wrong.

    *exported* is what a class implements; a function's exports are read from its annotation.
    """
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    made.body = made.origin = body
    made.seal = clause.seal
    told = clauses(clause.imports, clause.exports or (), fields)
    names = told.bound()
    own = without_leading(inspect.signature(constructor), bound) if constructor else _NO_PARAMETERS
    taken = taken_by(own, names)
    rest = own.replace(parameters=[p for n, p in own.parameters.items() if n not in names])
    returns = getattr(innermost(body), "__annotations__", {}).get("return")
    annotations = Annotations(constructor or body, made.location, frame)
    known = exported or clause.exports is not None
    reading = read(made.name, rest.parameters, None if known else returns, annotations, names)
    made.settings = reading.settings
    made.imports = (*(wanted for wanted, _ in told.imports), *reading.imports)
    made.exports, made.single = exported or (reading.exports, reading.single)
    if clause.exports is not None:
        made.exports, made.single = told.exports, len(told.exports) == 1
    made.signature = rest
    made.bound = frozenset(taken)
    if told.imports:
        made.body = binding(body, taken.values())
        made.signature = combined(told, rest)
    made.init_depend, unknown = dependencies(clause.init_depend, made.imports, fields)
    return [*told.problems, *reading.problems, *unknown, *_repeated(made)]


_NO_PARAMETERS = inspect.Signature()


def _assigned_imports(
    made: FunctionUnit[..., Any], function: FunctionType, known: BodyFacts
) -> list[Problem]:
    """Report imported names that the body defines or assigns (rules U6, U7)."""
    problems: list[Problem] = []
    for name in sorted(made.bound):
        detail: dict[str, object] = {"unit": made.name, "at": made.location, "name": name}
        if name in known.reassigned:
            detail["assigned in"] = known.reassigned[name]
            problems.append(Problem("an imported name is assigned", detail))
        elif name in known.stored:
            detail["hint"] = "leave the import out with except_, or rename it"
            problems.append(Problem("definition for imported name", detail))
    return problems


def _repeated(made: BodyUnit[..., Any]) -> list[Problem]:
    """Report imports declared twice and exports of which one extends another (U9, U10)."""
    problems: list[Problem] = []
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    seen: dict[tuple[str | None, InterfaceClass], Import] = {}
    for wanted in made.imports:
        first = seen.setdefault((wanted.tag, wanted.signature), wanted)
        if first is not wanted:
            detail = {
                "import": str(wanted),
                "parameters": f"{first.parameter} and {wanted.parameter}",
                "hint": f'tag one of them: Annotated[{wanted.signature.__name__}, tag("other")]',
            }
            problems.append(Problem("duplicate import signature", {**fields, **detail}))
    problems += related_exports(made.exports, fields)
    return problems


def _constructor(cls: type[Any]) -> tuple[Callable[..., Any] | None, int]:
    """Return what the constructor of *cls* runs, and how many leading parameters are its own."""
    if isinstance(cls.__init__, FunctionType):
        return cls.__init__, 1
    if isinstance(cls.__new__, FunctionType):
        return cls.__new__, 1
    return None, 0


def _line_of(cls: type[Any], frame: FrameType) -> int:
    first: int | None = cls.__dict__.get("__firstlineno__")  # 3.13
    return first or frame.f_lineno


def _kind(body: Callable[..., Any]) -> str:
    if inspect.isasyncgenfunction(body):
        return "async generator"
    if inspect.iscoroutinefunction(body):
        return "coroutine"
    return "generator" if inspect.isgeneratorfunction(body) else "plain"


def _body_problems(
    made: FunctionUnit[..., Any], function: FunctionType, known: BodyFacts
) -> list[Problem]:
    """Report what the code of a function unit's body tells: it will not deliver its exports."""
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    if not known.returns:
        detail = {"exports": ", ".join(map(str, made.exports)), "hint": "return exports(locals())"}
        return [Problem("the body never returns its exports", {**fields, **detail})]
    problems: list[Problem] = []
    imported = {wanted.parameter for wanted in made.imports} - set(made.bound)
    for export in made.exports:
        for member_name, member in members(export.signature).items():
            signature, name = export.signature, export.inside(member_name)
            if "for_export" in marks_of_member(member):
                if name in (known.stored if known.by_locals else known.exported or ()):
                    problems.append(defined_twice(made, export, member_name))
                continue
            if known.exported is not None and name not in known.exported:
                if not known.by_locals or name not in known.variables:
                    there = known.variables if known.by_locals else known.exported
                    problems.append(undefined(made, export, member_name, there))
                    continue
                if name in imported and name not in known.stored:
                    detail = {"import": name, "member": f"{signature.__name__}.{member_name}"}
                    problems.append(Problem("an import is exported", {**fields, **detail}))
            if known.exported is not None and name in known.reassigned:
                detail = {
                    "variable": name,
                    "assigned in": known.reassigned[name],
                    "hint": "export a function that returns the current value",
                }
                problems.append(
                    Problem("an exported variable is assigned later", {**fields, **detail})
                )
            problems += _arity_problems(made, function, export, member_name, member)
    return problems


def _arity_problems(
    made: FunctionUnit[..., Any],
    function: FunctionType,
    export: Export,
    name: str,
    member: Any,
) -> list[Problem]:
    """Compare each ``def`` of an exported function in the body with what the signature asks."""
    problems: list[Problem] = []
    for inner in inner_functions(function.__code__, export.inside(name)):
        asked = member.function if isinstance(member, MethodMember) else None
        if asked and not asked.__defaults__ and not asked.__kwdefaults__:
            if code_shape(inner, 0) == code_shape(asked.__code__, member.bound):
                continue
        made_function = with_defaults(function.__code__, inner)
        if made_function is not None:
            found = value_mismatches(export.signature, name, member, made_function)
            problems += [mismatch_problem(made, m, inner.co_firstlineno) for m in found]
    return problems


def _tells_all(made: FunctionUnit[..., Any], function: FunctionType, known: BodyFacts) -> bool:
    """Tell whether every exported name is certain, and every exported method a checked ``def``."""
    if known.exported is None:
        return False
    defined = {c.co_name for c in function.__code__.co_consts if hasattr(c, "co_name")}
    return known.by_locals and all(
        "for_export" in marks_of_member(member)
        or (
            inside in known.stored
            and (not isinstance(member, MethodMember) or inside in defined & known.plain)
        )
        for export in made.exports
        for name, member in members(export.signature).items()
        for inside in [export.inside(name)]
    )
