"""Read what the body of a function unit will do, from its code object, without running it.

The source may be missing (a shell, ``exec``), the code object never is.  Everything here answers
one question of the definition-time checks; where the code does not tell, the answer is the one
that raises no alarm, and the check is made again on what the body returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, Any, cast

from signatures._calls import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from signatures._lazy import LazyModule
from signatures._records import NamedTuple

if TYPE_CHECKING:
    import dis
    import inspect
    import opcode
else:
    dis = LazyModule("dis")
    inspect = LazyModule("inspect")
    opcode = LazyModule("opcode")

_SILENT = frozenset(
    {"CACHE", "PRECALL", "NOP", "PUSH_NULL", "RESUME", "EXTENDED_ARG", "ASYNC_GEN_WRAP"}
)
#: How an async generator wraps what it yields, from 3.12 on.
_WRAP = ("CALL_INTRINSIC_1", 4)


class BodyFacts(NamedTuple):
    """What the code of a body tells.

    *variables* are its own local names, *stored* those it assigns (parameters it never assigns are
    not among them), *plain* those it assigns by an undecorated ``def`` only, *twice* those it
    certainly assigns again before it used them.  *hands_over* tells whether it calls ``exports`` at
    all; *exported* are the names it certainly hands over by ``exports(locals())`` or
    ``exports(name=...)``, nothing where that is not certain.  *reassigned* maps a local that an
    inner function assigns later to that function's name.
    """

    variables: frozenset[str]
    stored: frozenset[str]
    plain: frozenset[str]
    twice: frozenset[str]
    hands_over: bool
    exported: frozenset[str] | None
    by_locals: bool
    returns: bool
    reassigned: dict[str, str]


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
    handing = ("YIELD_VALUE",) if code.co_flags & _YIELDS else ("RETURN_VALUE", "RETURN_CONST")
    straight = _Straight(code)
    window: list[tuple[str, Any]] = []
    for at, name, argument in _steps(code):
        if name.startswith(("STORE_FAST", "STORE_DEREF")):
            stored.update(now := tuple(_stored(code, name, argument)))
            straight.store(at, now)
            if name == "STORE_FAST_LOAD_FAST":
                straight.load(_loaded(code, name, argument))
            if not window or window[-1][0] not in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"):
                otherwise.update(now)
        elif name.startswith(("LOAD_FAST", "LOAD_DEREF")):
            straight.load(_loaded(code, name, argument))
        elif name.startswith(_BRANCHING):
            straight.branch(at, name, argument)
        if name in handing and window and window[-1][0] == "SEND":
            if code.co_flags & CO_GENERATOR:  # `yield from`: what that hands over is not seen
                returns, exported = True, None
        elif name in handing:
            handed = _handed_over(code, name, argument, window) if calls_exports else None
            if not _returns_nothing(code, name, argument, window):
                returns = True
                if handed is None:
                    exported = None
                elif exported is not None:
                    exported |= handed - {"*"}
                    by_locals |= "*" in handed
        if (name, argument) != _WRAP:
            window = [*window[-5:], (name, argument)]
    certain = frozenset(exported) if returns and exported is not None else None
    return BodyFacts(
        variables,
        frozenset(stored),
        frozenset(stored - otherwise),
        frozenset(straight.twice),
        calls_exports,
        certain,
        by_locals and certain is not None,
        returns,
        dict(_reassigned(code)),
    )


#: How a body gives its component away, by the flag of its code object.
_KINDS = {
    CO_GENERATOR: "generator",
    CO_COROUTINE: "coroutine",
    CO_ASYNC_GENERATOR: "async generator",
}


def kind_of(body: Callable[..., Any]) -> str:
    """Return how *body* gives its component away when it is called: ``plain``, ``generator``, ..."""
    if type(body) is FunctionType and not body.__dict__:
        return _KINDS.get(body.__code__.co_flags & sum(_KINDS), "plain")
    if inspect.isasyncgenfunction(body):
        return "async generator"
    if inspect.iscoroutinefunction(body):
        return "coroutine"
    return "generator" if inspect.isgeneratorfunction(body) else "plain"


_YIELDS = CO_GENERATOR | CO_ASYNC_GENERATOR
_BRANCHING = ("JUMP", "POP_JUMP", "FOR_ITER", "SEND", "RETURN", "RAISE", "RERAISE", "PUSH_EXC")


def reads_at_once(body: Callable[..., Any]) -> frozenset[str]:
    """Return the variables that *body*, a function, certainly uses before its first branch."""
    code = getattr(body, "__code__", None)
    read: set[str] = set()
    if not isinstance(code, CodeType):
        return frozenset()
    for _, name, argument in _steps(code):
        if name.startswith(_BRANCHING):
            break
        if name.startswith(("LOAD_FAST", "LOAD_DEREF")) or name == "STORE_FAST_LOAD_FAST":
            read.update(_loaded(code, name, argument))
    return frozenset(read)


def _loaded(code: CodeType, name: str, argument: int) -> Iterator[str]:
    """Yield the variables that one operation uses; passing a cell to an inner function is no use."""
    if name == "STORE_FAST_LOAD_FAST":
        yield code.co_varnames[argument & 15]
    elif "LOAD_FAST_LOAD_FAST" in name:
        yield from (code.co_varnames[argument >> 4], code.co_varnames[argument & 15])
    else:
        variable = _variable(code, argument)
        if name.startswith("LOAD_DEREF") or variable not in code.co_cellvars:
            yield variable


def returned_as_they_are(code: CodeType | None) -> frozenset[str]:
    """Return the variables around them that functions in *code* return without any use of them."""
    found: set[str] = set()
    todo = [code] if code is not None else []
    while todo:
        inner = todo.pop()
        todo.extend(deeper for deeper in inner.co_consts if isinstance(deeper, CodeType))
        before = ("", 0)
        for _, name, argument in _steps(inner):
            if name == "RETURN_VALUE" and before[0] == "LOAD_DEREF":
                found.add(_variable(inner, before[1]))
            before = name, argument
    return frozenset(found)


class _Straight:
    """What is assigned in the parts of a body that run exactly once, one after the other.

    What a jump forward may skip is no such part.  In a body that handles exceptions nothing counts
    as assigned twice, since a first value may be there for the case that the second one fails.
    """

    def __init__(self, code: CodeType) -> None:
        self.twice: set[str] = set()
        self._careful = bool(code.co_exceptiontable)
        self._unused: set[str] = set()
        self._until = -1

    def store(self, at: int, stored: Iterable[str]) -> None:
        """Note that *stored* are assigned, in this order."""
        if at > self._until and not self._careful:
            for variable in stored:
                if variable in self._unused:
                    self.twice.add(variable)
                self._unused.add(variable)

    def load(self, used: Iterable[str]) -> None:
        """Note that variables are used."""
        self._unused.difference_update(used)

    def branch(self, at: int, name: str, argument: int) -> None:
        """Note that what comes next may run or not."""
        self._unused.clear()
        if "BACKWARD" not in name:
            self._until = max(self._until, at + 2 * (argument + 3))


def _steps(code: CodeType) -> Iterator[tuple[int, str, int]]:
    """Yield where each operation of *code* is, its name and argument, without bookkeeping."""
    raw, names = code.co_code, opcode.opname
    extended = 0
    for index in range(0, len(raw), 2):
        name, argument = names[raw[index]], raw[index + 1] | extended
        extended = argument << 8 if name == "EXTENDED_ARG" else 0
        if name not in _SILENT:
            yield index, name, argument


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
    """Tell whether this return or yield hands over the constant ``None``."""
    if name == "RETURN_CONST":
        return code.co_consts[argument] is None
    return bool(window) and window[-1][0] == "LOAD_CONST" and _constant(code, window[-1]) is None


def _constant(code: CodeType, step: tuple[str, int]) -> Any:
    return code.co_consts[step[1]]


def _handed_over(code: CodeType, name: str, argument: int, window: list[Any]) -> set[str] | None:
    """Return the names that ``return exports(...)`` hands over, ``*`` for all locals.

    Nothing if what stands before this return, or this yield, is no such call.
    """
    if name == "RETURN_CONST" or not window:
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
        if count == len(keywords):
            return {*keywords}
        # What a mapping holds that is not locals() shows when the body has run.  The values' own
        # code stands between, so that it is asked for by name only.
        return {*keywords, "*"} if "locals" in code.co_names else None
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
            for _, name, argument in _steps(inner):
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
    steps = list(dis.get_instructions(code))
    at = next((n for n, step in enumerate(steps) if step.argval is inner), None)
    if at is None:
        return None
    flags = 0
    for step in steps[at + 1 :]:
        if step.opname.startswith(("STORE_FAST", "STORE_DEREF")):
            break
        if step.opname in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"):
            flags |= step.arg or 0
        elif step.opname != "LOAD_CONST" and step.opname not in _SILENT:
            return None
    parts = _parts(steps, at, flags)
    if parts is None:
        return None
    cells = tuple(CellType() for _ in inner.co_freevars)
    defaults = (None,) * _length(parts[_DEFAULTS]) if flags & _DEFAULTS else None
    function = FunctionType(inner, {}, inner.co_name, defaults, cells)
    if flags & _KEYWORD_DEFAULTS:
        count = inner.co_argcount
        names = inner.co_varnames[count : count + inner.co_kwonlyargcount]
        function.__kwdefaults__ = {n: None for n in names if n in _constants(parts[2])}
    return function


_DEFAULTS, _KEYWORD_DEFAULTS = 1, 2


def _parts(
    steps: list[dis.Instruction], at: int, flags: int
) -> dict[int, list[dis.Instruction]] | None:
    """Return the steps that make each part of the function whose code is loaded at *at*.

    By its flag: defaults, those of keywords, annotations, closure; on the stack they lie in this
    order, annotations that are evaluated later (16) where others do.  Nothing if one branches.
    """
    parts: dict[int, list[dis.Instruction]] = {}
    for flag in (8, 16, 4, _KEYWORD_DEFAULTS, _DEFAULTS):
        if flags & flag:
            end, needed = at, 1
            while needed > 0:
                at -= 1
                if at < 0 or "JUMP" in steps[at].opname:
                    return None
                needed -= dis.stack_effect(steps[at].opcode, steps[at].arg)
            parts[flag] = steps[at:end]
    return parts


def _length(made: list[dis.Instruction]) -> int:
    """Return the length of the tuple that the steps *made* leave."""
    last = made[-1]
    return len(last.argval) if last.opname == "LOAD_CONST" else last.arg or 0


def _constants(made: list[dis.Instruction]) -> set[Any]:
    """Return the names among the constants that the steps *made* load, also those in a tuple."""
    loaded: list[Any] = [step.argval for step in made if step.opname == "LOAD_CONST"]
    inside = [each for value in loaded if isinstance(value, tuple) for each in cast(Any, value)]
    return {value for value in [*loaded, *inside] if isinstance(value, str)}
