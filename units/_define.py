"""Make a unit of a class or a function, and check all that can be checked without running it.

The order of the checks is that of the text: what the annotations mean, what is declared twice,
then whether the body will define what the unit exports, callable as the signatures promise.
Everything found is reported together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from types import FrameType, FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeGuard, TypeVar, cast, overload

from signatures._calls import parameters
from signatures._frames import caller, place
from signatures._lazy import LazyModule
from signatures._match import class_mismatches
from signatures._members import DataMember, for_export_members
from signatures._records import NamedTuple
from signatures._signature import implemented_by
from signatures._zope import Implements, InterfaceClass
from units._annotations import Annotations, innermost, read
from units._errors import DefinitionError, Problem
from units._reports import defined_twice, mismatch_problem, related_exports
from units._specs import Export
from units._unit import (
    SIGNATURE,
    BodyUnit,
    ClassUnit,
    FunctionUnit,
    Unit,
    exports,
    is_unit,
    owner,
)

if TYPE_CHECKING:
    import inspect

    import units._by_name as by_name
    import units._bytecode as bytecode
    import units._checks as checks
else:
    inspect = LazyModule("inspect")
    by_name = LazyModule("units._by_name")
    bytecode = LazyModule("units._bytecode")
    checks = LazyModule("units._checks")

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


class Clause(NamedTuple):
    """What `unit` was told besides the body."""

    name: str | None = None
    imports: Iterable[Any] = ()
    exports: Iterable[Any] | None = None
    init_depend: Iterable[Any] = ()
    seal: bool = False
    #: What is passed to the body whatever is linked.
    passed: partial[Any] | None = None


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
    body: Callable[..., Any],
    /,
    *,
    name: str | None = None,
    imports: Iterable[Any] = (),
    exports: Iterable[Any],
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
    frame = caller()
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
    if is_partial(body) and not clause.imports and clause.exports is None:
        whole = as_unit(body.func)
        if whole is None and isinstance(body.func, type):
            whole = define_class(body.func, Clause(passed=body), frame)
        if isinstance(whole, BodyUnit):
            return define_partial(whole, body, clause)
    if not callable(body) or is_unit(innermost(body)):
        given = {"given": repr(body), "expected": "a class or a function"}
        raise DefinitionError([Problem("only a class or a function can be a unit", given)])
    return define_function(body, clause, frame)


def is_partial(thing: object) -> TypeGuard[partial[Any]]:
    """Tell whether *thing* is a `functools.partial`."""
    return isinstance(thing, partial)


def as_unit(thing: Any) -> Unit[..., Any] | None:
    """Return the unit that *thing* is or carries, or nothing."""
    if is_unit(thing):
        return thing
    if is_partial(thing):
        whole = as_unit(thing.func)
        return define_partial(whole, thing, Clause()) if isinstance(whole, BodyUnit) else None
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
        line = cls.__dict__.get("__firstlineno__") or frame.f_lineno  # the former from 3.13 on
        location = f"{frame.f_code.co_filename}:{line}"
    exported = tuple(map(Export, _most_specific(implemented_by(cls))))
    computed = [item for e in exported for item in for_export_members(e.signature).items()]
    plain = not (clause.seal or clause.imports or clause.exports is not None)
    plain = plain and None not in [owner(cls, name) for name, _ in computed]
    made: BodyUnit[..., Any] = ClassUnit() if plain else FunctionUnit()
    made.name, made.location = clause.name or cls.__name__, location
    made.entry = constructor, _ = _constructor(cls)
    made.code, made.constructs = getattr(constructor, "__code__", None), True
    problems = _describe(made, cls, constructor or cls, clause, frame, (exported, True))
    made.single = len(made.exports) == 1
    for export in made.exports:
        problems += _class_problems(made, cls, export)
    if plain and computed:
        made.computed_after = tuple(n for n, m in computed if isinstance(m, DataMember))
    if problems:
        raise DefinitionError(problems)
    return made


def _class_problems(made: BodyUnit[..., Any], cls: type, export: Export) -> list[Problem]:
    """Report where *cls* differs from what it has to have for *export*, or has more than that."""
    computed = for_export_members(export.signature)
    problems: list[Problem] = []
    if export.names is None:
        found = class_mismatches(export.signature, cls)
        problems += [mismatch_problem(made, m) for m in found if m.member not in computed]
    for name in computed:
        if owner(cls, export.inside(name)) not in (None, SIGNATURE):
            problems.append(defined_twice(made, export, name))
    return problems


def _most_specific(implemented: Implements) -> Iterable[InterfaceClass]:
    """Leave out every signature that another one of *implemented* extends."""
    if len(implemented.__iro__) == 2:  # one signature, which extends nothing but zope's root
        return implemented.__iro__[:1]
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
    made.__doc__ = getattr(function, "__doc__", None)
    made.kind = bytecode.kind_of(body)
    made.entry = body, 0
    problems = _describe(made, body, body, clause, frame, None)
    if isinstance(function, FunctionType):
        known = bytecode.facts(function, exports)
        if not known.hands_over:  # what it returns has the members, not its variables
            made.code = None
        found = checks.assigned_imports(made, known)
        if made.exports:
            found += checks.body_problems(made, function, known)
            made.verified = not (problems or found) and checks.tells_all(made, function, known)
        problems += sorted(found, key=_as_checked)
    if problems:
        raise DefinitionError(problems)
    return made


def define_partial(
    whole: BodyUnit[..., Any], given: partial[Any], clause: Clause
) -> FunctionUnit[..., Any]:
    """Return the unit *whole* with what *given* passes to its body; the other imports remain.

    Raises `DefinitionError` if the body does not take that.
    """
    name = clause.name or whole.name
    fields: dict[str, object] = {"unit": name, "at": whole.location}
    try:
        taken = _passed(whole.signature, given)
    except TypeError as error:
        detail = {**fields, "error": error, "body": f"{name}{whole.signature}"}
        raise DefinitionError(
            [Problem("the body does not take what partial passes", detail)]
        ) from None
    made: FunctionUnit[..., Any] = FunctionUnit()
    made.name, made.location, made.origin = name, whole.location, whole.origin
    made.body = partial(whole.body, *given.args, **given.keywords)
    made.signature = _without(whole.signature, taken)
    made.settings = tuple(setting for setting in whole.settings if setting not in taken)
    made.imports = tuple(w for w in whole.imports if w.parameter not in taken)
    made.exports, made.single = whole.exports, whole.single
    made.seal, made.kind, made.goes_on = whole.seal or clause.seal, whole.kind, whole.goes_on
    made.code, made.constructs, made.bound = whole.code, whole.constructs, whole.bound
    made.init_depend = tuple(w for w in whole.init_depend if w in made.imports)
    if clause.init_depend:
        made.init_depend, unknown = by_name.dependencies(clause.init_depend, made.imports, fields)
        if unknown:
            raise DefinitionError(unknown)
    return made


def _passed(signature: inspect.Signature, given: partial[Any]) -> Collection[str]:
    """Return the parameters of *signature* that *given* passes; raise `TypeError` if it cannot."""
    return signature.bind_partial(*given.args, **given.keywords).arguments


def _without(signature: inspect.Signature, taken: Collection[str]) -> inspect.Signature:
    """Return *signature* without the parameters *taken*; those after one go by keyword."""
    rest: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        if name in taken:
            continue
        moved = len(rest) < list(signature.parameters).index(name)
        if moved and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            parameter = parameter.replace(kind=parameter.KEYWORD_ONLY)
        rest.append(parameter)
    return signature.replace(parameters=rest)


def _describe(
    made: BodyUnit[..., Any],
    body: Callable[..., Any],
    annotated: Callable[..., Any],
    clause: Clause,
    frame: FrameType | None,
    exported: tuple[tuple[Export, ...], bool] | None,
) -> list[Problem]:
    """Fill in what *clause* and the parameters of *made*'s entry tell; return what is wrong.

    Their annotations are those of *annotated*.  *exported* is what a class implements; a function's
    exports are read from its annotation.
    """
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    made.body = made.origin = body
    made.seal = clause.seal
    told = None
    if clause.imports or clause.exports:
        told = by_name.clauses(clause.imports, clause.exports or (), fields)
    names = told.bound() if told else {}
    function, bound = made.entry
    made.takes = asked = parameters(function, bound) if function is not None else []
    own = [p for p in asked if p.name not in names] if names else asked
    if clause.passed is not None:
        try:
            passed = _passed(made.signature, clause.passed)
            own = [p for p in own if p.name not in passed]
        except TypeError:  # reported where it is passed
            own = asked
    returns = None
    if exported is None and clause.exports is None:
        returns = getattr(innermost(body), "__annotations__", {}).get("return")
    reading = read(made.name, own, returns, Annotations(annotated, made.location, frame), names)
    made.settings, made.imports = reading.settings, reading.imports
    made.exports, made.single = exported or (reading.exports, reading.single)
    if clause.exports is not None:
        made.exports = told.exports if told else ()
        made.single = len(made.exports) == 1
    made.goes_on = bool([e for e in made.exports if for_export_members(e.signature)])
    if told and told.imports:
        _take_by_name(made, told, names)
    unknown: list[Problem] = []
    if clause.init_depend:
        given, there = clause.init_depend, made.imports
        made.init_depend, unknown = by_name.dependencies(given, there, fields)
    # Told in the order in which Racket checks (rule U17).
    return [
        *(told.problems if told else ()),
        *reading.problems,
        *(checks.repeated(made, fields) if len(made.imports) > 1 else ()),
        *unknown,
        *related_exports(made.exports, fields),
        *(told.clashes if told else ()),
    ]


def _take_by_name(
    made: BodyUnit[..., Any], told: by_name.Clauses, names: Mapping[str, by_name.Bound]
) -> None:
    """Have the body of *made* take the members that *names* tells, not the components of *told*."""
    own = made.signature
    others = [p for name, p in own.parameters.items() if name not in names]
    made.imports = (*(wanted for wanted, _ in told.imports), *made.imports)
    made.bound, made.takes = told.fixed(), None
    made.body = by_name.binding(made.body, by_name.taken_by(own, names).values(), made.kind)
    made.signature = by_name.combined(told, own.replace(parameters=others))


#: In which order the problems of a body are told, that of Racket's checks (rule U17).
_CHECKS = (
    "a member is defined twice",
    "undefined export",
    "definition for imported name",
    "an imported name is assigned",
    "an exported variable is assigned later",
)


def _as_checked(problem: Problem) -> int:
    """Return when *problem* is checked; what Racket does not check comes last."""
    return _CHECKS.index(problem.sentence) if problem.sentence in _CHECKS else len(_CHECKS)


def _constructor(cls: type[Any]) -> tuple[Callable[..., Any] | None, int]:
    """Return what the constructor of *cls* runs, and how many leading parameters are its own."""
    if isinstance(cls.__init__, FunctionType):
        return cls.__init__, 1
    if isinstance(cls.__new__, FunctionType):
        return cls.__new__, 1
    return None, 0
