"""Annotations with type arguments: functions, tuples, collections, and what comes later."""

from __future__ import annotations

import abc
import collections.abc
import inspect
import os
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union

from signatures._zope import InterfaceClass
from units._contracts import _contract as kinds
from units._contracts._contract import Contract
from units._contracts._elements import (
    ElementsContract,
    MappingContract,
    RecordContract,
    TupleContract,
)
from units._contracts._functions import FunctionContract
from units._contracts._lazy import LAZY, IterableContract, LazyContract
from units._contracts._scope import described
from units._errors import DefinitionError


class Compiler(abc.ABC):
    """What compiling a part of an annotation takes."""

    @abc.abstractmethod
    def compile(self, annotation: Any) -> Contract:
        """Return the contract that *annotation* states."""

    @abc.abstractmethod
    def refused(self, annotation: object, why: str, hint: str = "") -> DefinitionError:
        """Return the error that *annotation* cannot be checked."""


def origin_of(annotation: Any) -> Any:
    """Return what *annotation* specialises, or nothing: ``list`` for ``list[int]``."""
    return typing.get_origin(annotation) or getattr(annotation, "__origin__", None)


def compile_generic(compiler: Compiler, annotation: Any, origin: Any, given: Any) -> Contract:
    """Return the contract of ``origin[given]``, which *compiler* met."""
    special = _SPECIAL.get(origin)
    if special is not None:
        return special(compiler, annotation, given)
    parts = [compiler.compile(each) for each in given]
    if origin is collections.abc.Iterable:
        element = _first(parts)
        if element.trivial:
            return kinds.ClassContract("Iterable", [origin])
        return IterableContract(f"Iterable[{element.text}]", element)
    if origin in LAZY:
        return _lazy(origin, parts)
    if origin.__module__ in ("builtins", "collections", "collections.abc"):
        if issubclass(origin, collections.abc.Mapping):
            return _mapping(compiler, annotation, origin, parts)
        if issubclass(origin, collections.abc.Collection):
            return _elements(compiler, annotation, origin, parts)
    if all(part.trivial for part in parts):
        return compiler.compile(origin)
    if origin in _PARTS:
        return kinds.PartContract(described(annotation), origin, _PARTS[origin], parts[0])
    raise compiler.refused(
        annotation,
        "an instance does not tell its type arguments",
        f"ask for {described(origin)}, or add a predicate: Annotated[..., predicate]",
    )


#: What an object with one type argument shows of it.
_PARTS: dict[Any, Callable[[Any], Any]] = {
    re.Pattern: lambda pattern: pattern.pattern,
    re.Match: lambda match: match.string,
    os.PathLike: os.fspath,
}


def _function(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """``Callable[[A, B], R]``: its arguments are positional."""
    if not given:
        return kinds.CALLABLE
    asked, result = given[0], compiler.compile(given[-1])
    leading: list[Contract] = []
    more: list[inspect.Parameter] = []
    if isinstance(asked, list):
        leading = [compiler.compile(each) for each in typing.cast(Any, asked)]
    else:  # an ellipsis, a ParamSpec, or Concatenate[A, P]
        more = list(inspect.signature(_takes_anything).parameters.values())
        if typing.get_origin(asked) is typing.Concatenate:
            leading = [compiler.compile(each) for each in typing.get_args(asked)[:-1]]
    kind = inspect.Parameter.POSITIONAL_ONLY
    first = [inspect.Parameter(f"argument_{n}", kind) for n in range(1, len(leading) + 1)]
    signature = inspect.Signature([*first, *more])
    texts = [each.text for each in leading]
    shown = (
        "..." if more and not leading else f"[{', '.join([*texts, *(['...'] if more else [])])}]"
    )
    arguments = {p.name: each for p, each in zip(first, leading, strict=True)}
    return FunctionContract(f"Callable[{shown}, {result.text}]", signature, arguments, result)


def _takes_anything(*arguments: Any, **keywords: Any) -> None: ...


def _literal(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """``Literal["r", "w"]``."""
    return kinds.literal_contract(given)


def _subclass(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """``type[X]``, also for unions and signatures."""
    bases: list[Any] = []
    for each in given:
        union = origin_of(each) in (Union, types.UnionType)
        bases += typing.get_args(each) if union else [each]
    bases = [origin_of(base) or base for base in bases]
    if any(base in (Any, object) or isinstance(base, TypeVar) for base in bases):
        return kinds.subclass_contract("", ())
    if not all(isinstance(base, (type, InterfaceClass)) for base in bases):
        raise compiler.refused(annotation, "its argument is no class or signature")
    return kinds.subclass_contract(" | ".join(map(described, bases)), bases)


def _tuple(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """``tuple[A, B]`` and ``tuple[A, ...]``."""
    if len(given) == 2 and given[1] is Ellipsis:
        element = compiler.compile(given[0])
        return ElementsContract(f"tuple[{element.text}, ...]", tuple, element)
    if any(_is_unpacked(each) for each in given):
        raise compiler.refused(annotation, "part of it is of any length", "use tuple[T, ...]")
    return TupleContract([compiler.compile(each) for each in given])


def _is_unpacked(annotation: Any) -> bool:
    unpacked = getattr(annotation, "__unpacked__", False)
    return unpacked is True or typing.get_origin(annotation) is typing.Unpack


def _same(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """What only type checkers tell from its argument."""
    return compiler.compile(given[0])


def _unpacked(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """``*Ts``, ``**keywords: Unpack[Options]``: several arguments in one annotation."""
    raise compiler.refused(
        annotation, "it stands for several arguments", "annotate what each of them is"
    )


def _answer(compiler: Compiler, annotation: Any, given: Any) -> Contract:
    """``TypeGuard[X]``: yes or no."""
    return kinds.class_contract(bool)


_SPECIAL: dict[Any, Callable[[Compiler, Any, Any], Contract]] = {
    Literal: _literal,
    typing.get_origin(Callable[..., Any]): _function,
    type: _subclass,
    tuple: _tuple,
    ClassVar: _same,
    typing.Final: _same,
    typing.Required: _same,
    typing.NotRequired: _same,
    typing.TypeGuard: _answer,
    typing.Unpack: _unpacked,
}
if sys.version_info >= (3, 13):
    _SPECIAL |= {typing.ReadOnly: _same, typing.TypeIs: _answer}


def _first(parts: list[Contract]) -> Contract:
    return parts[0] if parts else kinds.ANY


def _lazy(origin: Any, parts: list[Contract]) -> Contract:
    """Return the contract of what is checked only in use: an iterator, something to await."""
    stand_in, wanted = LAZY[origin]
    name = origin.__name__.removeprefix("Abstract")
    checked = tuple(parts[n] if n < len(parts) else kinds.ANY for n in wanted)
    if all(part.trivial for part in checked):
        return kinds.ClassContract(name, [origin])
    text = f"{name}[{', '.join(part.text for part in parts)}]"
    return LazyContract(text, origin, stand_in, checked)


def _elements(compiler: Compiler, annotation: Any, cls: Any, parts: list[Contract]) -> Contract:
    """Return the contract of a collection of elements; ``ItemsView[K, V]`` holds pairs."""
    element = TupleContract(parts) if len(parts) == 2 else _first(parts)
    text = cls.__name__ + (f"[{', '.join(part.text for part in parts)}]" if parts else "")
    if not element.flat and cls not in (collections.abc.Sequence, collections.abc.Collection):
        raise compiler.refused(
            annotation,
            f"{element.text} is checked in use, and what stands for it cannot replace an element",
            "ask for a Sequence or a tuple, which are not changed",
        )
    return ElementsContract(text, cls, element)


def _mapping(compiler: Compiler, annotation: Any, cls: Any, parts: list[Contract]) -> Contract:
    """Return the contract of a mapping; a ``Counter`` has a type argument for its keys only."""
    if len(parts) == 1:
        parts = [*parts, kinds.class_contract(int)]
    key, value = parts or [kinds.ANY, kinds.ANY]
    if not key.flat or (not value.flat and cls is not collections.abc.Mapping):
        raise compiler.refused(
            annotation,
            "a key or value is checked in use, and what stands for it cannot replace it",
            "ask for a Mapping, which is not changed, and for plain keys",
        )
    return MappingContract(f"{cls.__name__}[{key.text}, {value.text}]", cls, key, value)


def compile_record(compiler: Compiler, cls: Any) -> Contract:
    """Return the contract of the ``TypedDict`` *cls*."""
    hints = hints_of(compiler, cls)
    contracts = {key: compiler.compile(each) for key, each in hints.items()}
    if not all(each.flat for each in contracts.values()):
        raise compiler.refused(cls, "a value is checked in use, and cannot be replaced")
    required = set(cls.__required_keys__)
    for key, hint in hints.items():
        qualifiers = set(_qualifiers(hint))
        if typing.Required in qualifiers:
            required.add(key)
        elif typing.NotRequired in qualifiers:  # which Python overlooks where hints are text
            required.discard(key)
    return RecordContract(described(cls), contracts, frozenset(required))


def hints_of(compiler: Compiler, thing: Any) -> dict[str, Any]:
    """Return the annotations of *thing*; raises `DefinitionError` where one names nothing."""
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except (NameError, AttributeError) as error:
        raise compiler.refused(thing, f"an annotation in it is still text: {error}") from None


def _qualifiers(annotation: Any) -> Iterator[Any]:
    """Yield what stands around the type in *annotation*: ``Required``, ``Annotated`` and the like."""
    while (origin := typing.get_origin(annotation)) is Annotated or _SPECIAL.get(origin) is _same:
        yield origin
        annotation = typing.get_args(annotation)[0]
