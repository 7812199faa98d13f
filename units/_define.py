"""Make a unit of a class or a function, and check all that can be checked without running it.

The order of the checks is that of the text: what the annotations mean, what is declared twice,
then whether the body will define what the unit exports, callable as the signatures promise.
Everything found is reported together.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType, FunctionType
from typing import Any, ParamSpec, TypeVar, cast, overload

from signatures._frames import caller_outside
from signatures._match import class_mismatches, code_shape, value_mismatches
from signatures._members import MethodMember, members
from signatures._signature import declare_named_bases
from signatures._zope import InterfaceClass, implementedBy
from units._annotations import Annotations, Reading, innermost, read
from units._bytecode import BodyFacts, facts, inner_functions, with_defaults
from units._errors import DefinitionError, Problem
from units._reports import mismatch_problem, related_exports, undefined
from units._specs import Export, Import
from units._unit import BodyUnit, ClassUnit, FunctionUnit, Unit, exports, is_unit

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


@overload  # a class is callable, too, and is asked first
def unit(body: C, /) -> C: ...  # type: ignore[overload-overlap]
@overload
def unit(body: Callable[P, R], /) -> Unit[P, R]: ...
@overload
def unit(*, name: str | None = None) -> _Decorator: ...
def unit(body: Any = None, /, *, name: str | None = None) -> Any:
    """Make a unit of *body*, a class or a function; used as decorator, with or without *name*.

    A class stays the class it is: its constructor's parameters that are annotated with signatures
    are the imports, the signatures it implements the exports.  A function becomes a `Unit`: its
    parameters import likewise, its return annotation exports.  ``Annotated[I, tag("t")]`` tags,
    ``I | None = None`` is optional, other parameters with defaults are settings.

    Raises `DefinitionError` with everything that is wrong, before the body ever runs.
    """
    frame = caller_outside(__file__)
    if body is None:
        return partial(_define, name=name, frame=frame)
    return _define(body, name, frame)


class _Decorator:
    """The type of ``unit(name=...)``, for type checkers."""

    @overload
    def __call__(self, body: C, /) -> C: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, body: Callable[P, R], /) -> Unit[P, R]: ...
    def __call__(self, body: Any, /) -> Any: ...


def _define(body: Any, name: str | None, frame: FrameType | None) -> Any:
    if isinstance(body, type):
        made = define_class(body, name, frame)
        body.__unit__ = made  # type: ignore[attr-defined]
        return body
    if is_unit(body):
        return body
    if not callable(body):
        given = {"given": repr(body), "expected": "a class or a function"}
        raise DefinitionError([Problem("only a class or a function can be a unit", given)])
    return define_function(body, name, frame)


def as_unit(thing: Any) -> Unit[..., Any] | None:
    """Return the unit that *thing* is or carries, or nothing."""
    if is_unit(thing):
        return thing
    if not isinstance(thing, type):
        return None
    carried = thing.__dict__.get("__unit__")
    if carried is None or carried.body is thing:
        return cast("Unit[..., Any] | None", carried)
    # A decorator like dataclass(slots=True) made the class anew after it became a unit.
    name, _, line = carried.location.rpartition(":")
    made = define_class(thing, carried.name, None, f"{name}:{line}")
    thing.__unit__ = made  # type: ignore[attr-defined]
    return made


def define_class(
    cls: type[Any], name: str | None, frame: FrameType | None, location: str = ""
) -> ClassUnit[..., Any]:
    """Return the unit whose body is *cls*, defined at *frame*, or at the known *location*."""
    made: ClassUnit[..., Any] = ClassUnit()
    constructor, bound = _constructor(cls)
    if frame is not None:
        location = f"{frame.f_code.co_filename}:{_line_of(cls, frame)}"
    _describe(made, cls, name or cls.__name__, location, constructor, bound, frame, None)
    declare_named_bases(cls)
    made.exports = tuple(map(Export, _most_specific(implementedBy(cls))))
    made.single = len(made.exports) == 1
    problems = [
        mismatch_problem(made, mismatch)
        for export in made.exports
        for mismatch in class_mismatches(export.signature, cls)
    ]
    _raise(made, problems)
    return made


def _most_specific(implemented: Iterable[InterfaceClass]) -> list[InterfaceClass]:
    """Leave out every signature that another one of *implemented* extends."""
    found = list(implemented)
    return [s for s in found if not any(o is not s and o.isOrExtends(s) for o in found)]


def define_function(
    body: Callable[..., Any], name: str | None, frame: FrameType | None
) -> FunctionUnit[..., Any]:
    """Return the unit whose body is the function *body*, defined at *frame*."""
    made: FunctionUnit[..., Any] = FunctionUnit()
    function = innermost(body)
    code = getattr(function, "__code__", None)
    where = "?"
    if code is not None:
        where = f"{code.co_filename}:{code.co_firstlineno}"
    elif frame is not None:
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    title = name or getattr(function, "__name__", None) or type(function).__name__
    annotations = getattr(function, "__annotations__", {})
    reading = _describe(made, body, title, where, body, 0, frame, annotations.get("return", None))
    made.exports, made.single = reading.exports, reading.single
    made.kind, made.code = _kind(body), code
    problems: list[Problem] = []
    if isinstance(function, FunctionType) and made.exports:
        known = facts(function, exports)
        problems += _body_problems(made, function, known)
        made.verified = not problems and _tells_all(made, function, known)
    _raise(made, problems)
    return made


def _describe(
    made: BodyUnit[..., Any],
    body: Callable[..., Any],
    name: str,
    where: str,
    constructor: Callable[..., Any] | None,
    bound: int,
    frame: FrameType | None,
    returns: Any,
) -> Reading:
    """Fill in what the parameters of *constructor* tell; its problems wait for `_raise`."""
    made.body, made.name, made.location = body, name, where
    made.signature = inspect.signature(constructor) if constructor else inspect.Signature()
    if bound:
        parameters = list(made.signature.parameters.values())[bound:]
        made.signature = made.signature.replace(parameters=parameters)
    annotations = Annotations(constructor or body, where, frame)
    reading = read(name, made.signature.parameters, returns, annotations)
    made.imports, made.settings = reading.imports, reading.settings
    made.__dict__["_problems"] = reading.problems
    return reading


def _raise(made: BodyUnit[..., Any], problems: list[Problem]) -> None:
    found = [*made.__dict__.pop("_problems"), *_repeated(made), *problems]
    if found:
        raise DefinitionError(found)


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
    imported = {wanted.parameter for wanted in made.imports}
    for export in made.exports:
        for name, member in members(export.signature).items():
            signature = export.signature
            if known.exported is not None and name not in known.exported:
                if not known.by_locals or name not in known.variables:
                    there = known.variables if known.by_locals else known.exported
                    problems.append(undefined(made, signature, name, there))
                    continue
                if name in imported and name not in known.stored:
                    detail = {"import": name, "member": f"{signature.__name__}.{name}"}
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
            problems += _arity_problems(made, function, signature, name, member)
    return problems


def _arity_problems(
    made: FunctionUnit[..., Any],
    function: FunctionType,
    signature: InterfaceClass,
    name: str,
    member: Any,
) -> list[Problem]:
    """Compare each ``def`` of an exported function in the body with what the signature asks."""
    problems: list[Problem] = []
    for inner in inner_functions(function.__code__, name):
        asked = member.function if isinstance(member, MethodMember) else None
        if asked and not asked.__defaults__ and not asked.__kwdefaults__:
            if code_shape(inner, 0) == code_shape(asked.__code__, member.bound):
                continue
        made_function = with_defaults(function.__code__, inner)
        if made_function is not None:
            found = value_mismatches(signature, name, member, made_function)
            problems += [mismatch_problem(made, m, inner.co_firstlineno) for m in found]
    return problems


def _tells_all(made: FunctionUnit[..., Any], function: FunctionType, known: BodyFacts) -> bool:
    """Tell whether every exported name is certain, and every exported method a checked ``def``."""
    if known.exported is None:
        return False
    defined = {c.co_name for c in function.__code__.co_consts if hasattr(c, "co_name")}
    return known.by_locals and all(
        name in known.stored
        and (not isinstance(member, MethodMember) or name in defined & known.plain)
        for export in made.exports
        for name, member in members(export.signature).items()
    )
