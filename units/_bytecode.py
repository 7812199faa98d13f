"""Read what the body of a function unit will do, from its code object, without running it.

The source may be missing (a shell, ``exec``), the code object never is.  Everything here answers
one question of the definition-time checks; where the code does not tell, the answer is the one
that raises no alarm, and the check is made again on what the body returns.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CellType, CodeType, FunctionType
from typing import Any, cast

_OPNAME = dis.opname
_SILENT = frozenset({"CACHE", "PRECALL", "NOP", "PUSH_NULL", "RESUME", "EXTENDED_ARG"})


@dataclass
class BodyFacts:
    """What the code of a body tells.

    *variables* are its own local names, *stored* those it assigns (parameters it never assigns are
    not among them), *plain* those it assigns by an undecorated ``def`` only.  *exported* are the names it certainly hands over by ``exports(locals())`` or
    ``exports(name=...)``, nothing where that is not certain.  *reassigned* maps a local that an
    inner function assigns later to that function's name.
    """

    variables: frozenset[str]
    stored: frozenset[str]
    plain: frozenset[str]
    exported: frozenset[str] | None
    by_locals: bool
    returns: bool
    reassigned: dict[str, str] = field(default_factory=dict[str, str])


def facts(function: FunctionType, exports: Callable[..., Any]) -> BodyFacts:
    """Return the facts about *function*; *exports* is the function whose calls are looked for."""
    code = function.__code__
    variables = frozenset(code.co_varnames + code.co_cellvars)
    aliases = {name for name in code.co_names if function.__globals__.get(name) is exports}
    aliases |= {name for name in code.co_names if name == exports.__name__}
    calls_exports = bool(aliases) or exports.__name__ in code.co_freevars
    stored: set[str] = set()
    otherwise: set[str] = set()
    exported: set[str] | None = set()
    by_locals = returns = False
    window: list[tuple[str, Any]] = []
    for name, argument in _steps(code):
        if name.startswith(("STORE_FAST", "STORE_DEREF")):
            stored.update(now := set(_stored(code, name, argument)))
            if not window or window[-1][0] not in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"):
                otherwise |= now
        if name in ("RETURN_VALUE", "RETURN_CONST"):
            handed = _handed_over(code, name, argument, window) if calls_exports else None
            if not _returns_nothing(code, name, argument, window):
                returns = True
                if handed is None:
                    exported = None
                elif exported is not None:
                    exported |= handed - {"*"}
                    by_locals |= "*" in handed
        window = [*window[-5:], (name, argument)]
    certain = frozenset(exported) if returns and exported is not None else None
    return BodyFacts(
        variables,
        frozenset(stored),
        frozenset(stored - otherwise),
        certain,
        by_locals and certain is not None,
        returns or bool(code.co_flags & 0x2A0),  # generators and coroutines hand over otherwise
        dict(_reassigned(code)),
    )


def _steps(code: CodeType) -> Iterator[tuple[str, int]]:
    """Yield the operations of *code* by name, with their arguments, without bookkeeping."""
    raw = code.co_code
    extended = 0
    for index in range(0, len(raw), 2):
        name, argument = _OPNAME[raw[index]], raw[index + 1] | extended
        extended = argument << 8 if name == "EXTENDED_ARG" else 0
        if name not in _SILENT:
            yield name, argument


def _stored(code: CodeType, name: str, argument: int) -> Iterator[str]:
    """Yield the variables that one storing operation assigns."""
    if name == "STORE_FAST_STORE_FAST":
        yield from (code.co_varnames[argument >> 4], code.co_varnames[argument & 15])
    elif name == "STORE_FAST_LOAD_FAST":
        yield code.co_varnames[argument >> 4]
    else:
        yield _variable(code, argument)


def _variable(code: CodeType, index: int) -> str:
    """Return the variable with *index* among locals, cells and free variables."""
    extra = [name for name in code.co_cellvars if name not in code.co_varnames]
    return [*code.co_varnames, *extra, *code.co_freevars][index]


def _returns_nothing(code: CodeType, name: str, argument: int, window: list[Any]) -> bool:
    """Tell whether this return hands over the constant ``None``."""
    if name == "RETURN_CONST":
        return code.co_consts[argument] is None
    return bool(window) and window[-1][0] == "LOAD_CONST" and _constant(code, window[-1]) is None


def _constant(code: CodeType, step: tuple[str, int]) -> Any:
    return code.co_consts[step[1]]


def _handed_over(code: CodeType, name: str, argument: int, window: list[Any]) -> set[str] | None:
    """Return the names that ``return exports(...)`` hands over, ``*`` for all locals.

    Nothing if what stands before this return is no such call.
    """
    if name != "RETURN_VALUE" or not window:
        return None
    steps = list(window)
    last, count = steps.pop()
    keywords: tuple[str, ...] = ()
    if last == "CALL_KW":  # 3.13: LOAD_CONST names, CALL_KW
        keywords = _constant(code, steps.pop())
    elif last == "CALL" and steps and steps[-1][0] == "KW_NAMES":  # 3.11, 3.12
        keywords = _constant(code, steps.pop())
    elif last != "CALL":
        return None
    if keywords:
        # The values' own code stands between; the names are enough.
        has_locals = count == len(keywords) + 1 and "locals" in code.co_names
        return {*keywords, *(("*",) if has_locals else ())}
    loads = [s for s in steps if s[0] == "LOAD_GLOBAL"]
    if count == 1 and steps and steps[-1] == ("CALL", 0) and loads:
        if code.co_names[loads[-1][1] >> 1] == "locals":
            return {"*"}
    return None


def _reassigned(code: CodeType) -> Iterator[tuple[str, str]]:
    """Yield each local of *code* that an inner function assigns, with that function's name."""
    todo = [inner for inner in code.co_consts if isinstance(inner, CodeType)]
    while todo:
        inner = todo.pop()
        todo.extend(deeper for deeper in inner.co_consts if isinstance(deeper, CodeType))
        mine = {name for name in inner.co_freevars if name in code.co_cellvars}
        if mine:
            for name, argument in _steps(inner):
                if name in ("STORE_DEREF", "DELETE_DEREF") and _variable(inner, argument) in mine:
                    yield _variable(inner, argument), inner.co_name


def inner_functions(code: CodeType, name: str) -> Iterator[CodeType]:
    """Yield the code of each ``def name`` that stands directly in *code*."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and inner.co_name == name:
            yield inner


def with_defaults(code: CodeType, inner: CodeType) -> FunctionType | None:
    """Return *inner*, defined in *code*, as a function with as many defaults as it will have.

    Their values stand in for the real ones.  Nothing if the definition is decorated, for then the
    decorator decides how it is called, or cannot be read.
    """
    steps = [i for i in dis.get_instructions(code) if i.opname not in _SILENT]
    at = next((n for n, i in enumerate(steps) if i.argval is inner), None)
    if at is None:
        return None
    defaults: tuple[Any, ...] | None = None
    keywords: dict[str, Any] | None = None
    for step in steps[at + 1 :]:
        if step.opname.startswith(("STORE_FAST", "STORE_DEREF")):
            break
        if step.opname not in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE", "LOAD_CONST"):
            return None
        if step.opname != "LOAD_CONST" and (step.arg or 0) & 3:
            before = steps[max(at - 40, 0) : at]
            if (step.arg or 0) & 1:
                defaults = (None,) * _built(before, inner.co_argcount)
            if (step.arg or 0) & 2:
                keywords = dict.fromkeys(_keyword_defaults(before, inner))
    cells = tuple(CellType() for _ in inner.co_freevars)
    function = FunctionType(inner, {}, inner.co_name, defaults, cells)
    function.__kwdefaults__ = keywords
    return function


def _built(before: list[dis.Instruction], most: int) -> int:
    """Return the length of the tuple of defaults built last in *before*, at most *most*."""
    for step in reversed(before):
        if step.opname == "BUILD_TUPLE":
            return min(step.arg or 0, most)
        constants = _constants(step)
        if constants is not None:
            return min(len(constants), most)
    return most


def _keyword_defaults(before: list[dis.Instruction], inner: CodeType) -> list[str]:
    """Return which keyword-only parameters of *inner* have defaults; all where it is not told."""
    first = inner.co_argcount
    names = inner.co_varnames[first : first + inner.co_kwonlyargcount]
    for step in reversed(before):
        told = [name for name in names if name in (_constants(step) or ())]
        if told:
            return told
    return list(names)


def _constants(step: dis.Instruction) -> Sequence[Any] | None:
    """Return the constant tuple that *step* loads, or nothing if it does something else."""
    constant = step.argval
    if step.opname == "LOAD_CONST" and isinstance(constant, tuple):
        return cast(Sequence[Any], constant)
    return None
