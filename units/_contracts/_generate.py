"""The code that stands for a contracted function, generated for the shape of its parameters.

For ``(n: int) -> int`` it is ::

    def make(inner, parties, class_0, blame_0, class_r, blame_r):
        def contracted(n):
            if n.__class__ is not class_0 and not isinstance(n, class_0):
                blame_0(n, parties)
            result = inner(n)
            if result.__class__ is not class_r and not isinstance(result, class_r):
                blame_r(result, parties)
            return result

        return contracted

The code is generated once for each shape, and the contract compiled once for each member; another
pair of parties, or another function, calls ``make`` again and so costs one closure.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import CoroutineType
from typing import Any

from units._contracts._blame import Parties, ordinal
from units._contracts._contract import ANY, ClassContract, ConstrainedContract, Contract

_Parameter = inspect.Parameter


def maker(
    text: str,
    signature: inspect.Signature,
    arguments: Mapping[str, Contract],
    result: Contract,
    is_async: bool,
) -> tuple[Callable[..., Any], tuple[object, ...]]:
    """Return the ``make`` for a function like *signature*, and the constants that it wants."""
    parameters = list(signature.parameters.values())
    prefix = "_"
    while any(parameter.name.startswith(prefix) for parameter in parameters):
        prefix += "_"
    checks = _Checks(text, prefix)
    body: list[str] = []
    for number, p in enumerate(parameters):
        contract = arguments.get(p.name, ANY)
        if contract.trivial:
            continue
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            body += checks.rest(p.name, contract, number if p.kind is p.VAR_POSITIONAL else None)
            continue
        step = _keyword(p.name) if p.kind is p.KEYWORD_ONLY else _argument(number + 1)
        lines = checks.lines(p.name, str(number), contract, step, True)
        if p.default is not p.empty:
            lines = [f"if {p.name} is not {checks.missing}:", *_indented(lines)]
        body += lines
    body += _call(checks, parameters)
    if is_async:
        body += _awaited(checks, result)
    if not result.trivial:
        body += checks.lines(checks.result, "r", result, "the range of", False)
    body.append(f"return {checks.result}")
    if any(p.default is not p.empty for p in parameters):
        checks.constant("missing", _MISSING)
        checks.constant("partial", functools.partial)
    source = [
        f"def make({', '.join([checks.inner, checks.parties, *checks.constants])}):",
        f"    {'async ' if is_async else ''}def contracted({_declared(checks, parameters)}):",
        *_indented(_indented(body)),
        "    return contracted",
    ]
    return _compiled("\n".join(source)), tuple(checks.constants.values())


class _Checks:
    """What the generated code calls: constants by name, and the lines that use them."""

    def __init__(self, whole: str, prefix: str) -> None:
        self.whole, self.prefix = whole, prefix
        self.constants: dict[str, object] = {}
        self.inner, self.parties = prefix + "inner", prefix + "parties"
        self.result, self.missing = prefix + "result", prefix + "missing"

    def constant(self, name: str, value: object) -> str:
        """Pass *value* to the generated code; return what it is called there."""
        self.constants[self.prefix + name] = value
        return self.prefix + name

    def lines(
        self, variable: str, key: str, contract: Contract, step: str, turn: bool
    ) -> list[str]:
        """Return the lines that check *variable*; *turn* says that the other party answers."""
        part = _Part(contract, step, self.whole, turn)
        if not contract.flat:
            wrap = self.constant(f"wrap_{key}", part.wrap)
            return [f"{variable} = {wrap}({variable}, {self.parties})"]
        blame = self.constant(f"blame_{key}", part.blame)
        wrong = self._wrong(variable, key, contract)
        return [f"if {wrong}:", f"    {blame}({variable}, {self.parties})"]

    def rest(self, variable: str, contract: Contract, count: int | None) -> list[str]:
        """Return the line that checks what ``*args``, after *count* others, or ``**kw`` take."""
        part = _Rest(contract, self.whole, count)
        wrap = self.constant(f"wrap_{'keywords' if count is None else 'more'}", part.wrap)
        return [f"if {variable}:", f"    {variable} = {wrap}({variable}, {self.parties})"]

    def _wrong(self, variable: str, key: str, contract: Contract) -> str:
        """Return the condition under which *variable* is not accepted."""
        if isinstance(contract, ConstrainedContract):
            tests = (
                []
                if contract.base.trivial
                else [self._wrong(variable, f"{key}_base", contract.base)]
            )
            for number, predicate in enumerate(contract.predicates):
                name = self.constant(f"predicate_{key}_{number}", predicate)
                tests.append(f"not {name}({variable})")
            return " or ".join(tests)
        if not isinstance(contract, ClassContract):
            return f"not {self.constant(f'accepts_{key}', contract.accepts)}({variable})"
        if contract.classes == (type(None),):
            return f"{variable} is not None"
        first = self.constant(f"class_{key}", contract.classes[0])
        every = first
        if len(contract.classes) > 1:
            every = self.constant(f"classes_{key}", contract.classes)
        return f"{variable}.__class__ is not {first} and not isinstance({variable}, {every})"


class _Part:
    """One argument, or the result, of a function *whole*, reached by *step*."""

    def __init__(self, contract: Contract, step: str, whole: str, turn: bool) -> None:
        self.contract, self.step, self.whole, self.turn = contract, step, whole, turn

    def _parties(self, parties: Parties) -> Parties:
        return (parties.swapped() if self.turn else parties).at(self.step, self.whole)

    def wrap(self, value: Any, parties: Parties) -> Any:
        return self.contract.wrap(value, self._parties(parties))

    def blame(self, value: Any, parties: Parties) -> None:
        self.contract.blame(value, self._parties(parties))


class _Rest:
    """The further arguments of a function *whole*: by position after *count*, or by keyword."""

    def __init__(self, contract: Contract, whole: str, count: int | None) -> None:
        self.contract, self.whole, self.count = contract, whole, count

    def _one(self, value: Any, step: str, parties: Parties) -> Any:
        return _Part(self.contract, step, self.whole, True).wrap(value, parties)

    def wrap(self, values: Any, parties: Parties) -> Any:
        if self.contract.flat:
            there = values if self.count is not None else values.values()
            if all(map(self.contract.accepts, there)):
                return values
        if self.count is None:
            return {n: self._one(v, _keyword(n), parties) for n, v in values.items()}
        counted = enumerate(values, self.count + 1)
        return tuple([self._one(each, _argument(number), parties) for number, each in counted])


def _argument(number: int) -> str:
    return f"the {ordinal(number)} argument of"


def _keyword(name: str) -> str:
    return f"the {name} argument of"


class _Missing:
    """What stands for an argument that the caller left out."""

    def __repr__(self) -> str:
        return "..."


_MISSING = _Missing()


@functools.lru_cache(maxsize=1024)
def _compiled(source: str) -> Callable[..., Any]:
    """Return the function ``make`` that *source* defines: one for each shape of function."""
    space: dict[str, Any] = {}
    exec(compile(source, "<contract>", "exec"), space)
    made: Callable[..., Any] = space["make"]
    return made


def _indented(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]


_STARS: dict[int, str] = {
    _Parameter.POSITIONAL_ONLY: "",
    _Parameter.POSITIONAL_OR_KEYWORD: "",
    _Parameter.KEYWORD_ONLY: "",
    _Parameter.VAR_POSITIONAL: "*",
    _Parameter.VAR_KEYWORD: "**",
}


def _declared(checks: _Checks, parameters: Sequence[_Parameter]) -> str:
    """Return the parameter list of the generated function."""
    shown: list[str] = []
    kinds = [p.kind for p in parameters]
    for number, p in enumerate(parameters):
        if p.kind is p.KEYWORD_ONLY and p.VAR_POSITIONAL not in kinds and "*" not in shown:
            shown.append("*")
        default = "" if p.default is p.empty else f"={checks.missing}"
        shown.append(f"{_STARS[p.kind]}{p.name}{default}")
        if p.kind is p.POSITIONAL_ONLY and kinds[number + 1 : number + 2] != [p.kind]:
            shown.append("/")
    return ", ".join(shown)


def _call(checks: _Checks, parameters: Sequence[_Parameter]) -> list[str]:
    """Return the lines that call the function itself with what the caller gave, and no more.

    Most callers give all optional arguments or none; those who give some pay for a dictionary.
    """
    optional = [p for p in parameters if p.default is not p.empty]
    every = _given(parameters)
    if not optional:
        return [f"{checks.result} = {checks.inner}({every})"]
    none = _given([p for p in parameters if p.default is p.empty])
    is_given = " and ".join(f"{p.name} is not {checks.missing}" for p in optional)
    is_missing = " and ".join(f"{p.name} is {checks.missing}" for p in optional)
    lines = [
        f"if {is_given}:",
        f"    {checks.result} = {checks.inner}({every})",
        f"elif {is_missing}:",
        f"    {checks.result} = {checks.inner}({none})",
    ]
    if len(optional) > 1:
        lines += ["else:", *_indented(_some_given(checks, parameters))]
    return lines


def _given(parameters: Iterable[_Parameter]) -> str:
    """Return the argument list that hands the variables of *parameters* on."""
    return ", ".join(
        f"{p.name}={p.name}" if p.kind is p.KEYWORD_ONLY else _STARS[p.kind] + p.name
        for p in parameters
    )


def _some_given(checks: _Checks, parameters: Sequence[_Parameter]) -> list[str]:
    """Return the lines for a call that gives some of the optional arguments: by name after a gap."""
    call = checks.prefix + "call"
    lines = [f"{call} = {checks.prefix}partial({checks.inner})"]
    gap = ""
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY:
            step = f"{call} = {checks.prefix}partial({call}, {p.name}={p.name})"
        elif p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            step = f"{call} = {checks.prefix}partial({call}, {_given([p])})"
        else:
            step = f"{call} = {checks.prefix}partial({call}, {p.name})"
        if p.default is p.empty:
            lines.append(step)
            continue
        lines.append(f"if {p.name} is not {checks.missing}:")
        if gap and p.kind is p.POSITIONAL_OR_KEYWORD:
            named = f"{call} = {checks.prefix}partial({call}, {p.name}={p.name})"
            lines += [f"    if {gap}:", f"        {named}", "    else:", f"        {step}"]
        else:
            lines.append(f"    {step}")
        if p.kind is not p.KEYWORD_ONLY:
            gap += f"{' or ' if gap else ''}{p.name} is {checks.missing}"
    return [*lines, f"{checks.result} = {call}()"]


def _awaited(checks: _Checks, result: Contract) -> list[str]:
    """Return the lines that await the result, if it can be awaited."""
    asked = ClassContract(f"Awaitable[{result.text}]", [CoroutineType, Awaitable])
    lines = checks.lines(checks.result, "a", asked, "the range of", False)
    return [*lines, f"{checks.result} = await {checks.result}"]
