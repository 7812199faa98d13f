"""How a function is called.

`inspect.signature` tells everything, and takes its time.  A unit's definition needs less of it, which
a plain function's code object tells in a tenth of that: it matters where hundreds are defined.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

from signatures._lazy import LazyModule
from signatures._records import NamedTuple

if TYPE_CHECKING:
    import inspect
else:
    inspect = LazyModule("inspect")

#: ``*args``, ``**kwargs``, and what calling runs: flags of a code object, as `inspect` numbers them.
CO_VARARGS, CO_VARKEYWORDS = 0x04, 0x08
CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200


class Unsaid:
    """Stands for an annotation that is not there, as `inspect.Parameter.empty` does in `inspect`."""


class Parameter(NamedTuple):
    """A parameter that takes one argument; *optional* if it has a default value.

    *annotation* is as written, or `Unsaid`.
    """

    name: str
    annotation: Any
    optional: bool
    by_keyword: bool


def parameters(function: Callable[..., Any], bound: int) -> list[Parameter]:
    """Return the parameters of *function* after its first *bound* ones, without ``*`` and ``**``."""
    if type(function) is not FunctionType or function.__dict__:  # it may wrap another
        return told_by(call_signature(function, bound))
    code, annotations = function.__code__, function.__annotations__
    names, count = code.co_varnames, code.co_argcount
    required, keywords = count - len(function.__defaults__ or ()), function.__kwdefaults__ or ()
    found: list[Parameter] = []
    for at in range(min(bound, count), count + code.co_kwonlyargcount):
        name, by_keyword = names[at], at >= count
        optional = name in keywords if by_keyword else at >= required
        found.append(Parameter(name, annotations.get(name, Unsaid), optional, by_keyword))
    return found


def told_by(signature: inspect.Signature) -> list[Parameter]:
    """Return the parameters of *signature*, without ``*`` and ``**``."""
    return [
        Parameter(
            p.name,
            Unsaid if p.annotation is p.empty else p.annotation,
            p.default is not p.empty,
            p.kind is p.KEYWORD_ONLY,
        )
        for p in signature.parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


def call_signature(function: Callable[..., Any], bound: int) -> inspect.Signature:
    """Return how *function* is called without its first *bound* positional parameters (``self``)."""
    whole = inspect.signature(function)
    there = list(whole.parameters.values())
    if not bound or not there or there[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return whole
    return whole.replace(parameters=there[bound:])
