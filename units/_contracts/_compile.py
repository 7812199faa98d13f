"""From annotations to contracts.

`compile_contract` reads one annotation, `compile_method` the whole signature of a member.  What
an annotation asks for and no contract can check is refused here, when it is defined, rather than
let through at each use.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Annotated, Any, ForwardRef, TypeVar, TypeVarTuple, Union, cast

from signatures._errors import nearest
from signatures._make import signature as adopted
from signatures._zope import InterfaceClass
from units._contracts import _contract as kinds
from units._contracts._contract import Contract
from units._contracts._elements import ElementsContract
from units._contracts._functions import FunctionContract
from units._contracts._generic import Compiler, compile_generic, compile_record, hints_of, origin_of
from units._contracts._lazy import LazyContract
from units._contracts._plain import plain
from units._contracts._scope import Lookup, Scope, described
from units._contracts._vocabulary import constraints, is_predicate
from units._errors import DefinitionError, Problem


def compile_contract(annotation: Any, *, scope: Scope | None = None) -> Contract:
    """Return the contract that *annotation* states; an `inspect.Signature` will do, too.

    What was written as text is given as what it names.  A type variable asks for nothing.
    *scope* says where the annotation stands.

    Raises `DefinitionError` for what cannot be checked, naming the annotation.
    """
    if isinstance(annotation, inspect.Signature):
        return compile_method(annotation, scope=scope)
    return _instantiable(lambda reader: reader.compile(annotation), scope or Scope())


def compile_method(
    signature: inspect.Signature, *, scope: Scope | None = None, is_async: bool = False
) -> Contract:
    """Return the contract of a member that is called like *signature*, without ``self``.

    With *is_async* (the member is an ``async def``) the return annotation is that of what is
    awaited.  A parameter without annotation is not checked.

    Raises `DefinitionError`, listing every annotation that cannot be checked.
    """
    return _instantiable(lambda reader: reader.method(signature, is_async), scope or Scope())


def _instantiable(compile_by: Callable[[_Reader], Contract], scope: Scope) -> Contract:
    """Compile by *compile_by* in *scope*; remember how, if the contract names members."""
    reader = _Reader(scope)
    contract = compile_by(reader)
    if reader.needs and scope.lookup is None and contract.compile_again is None:

        def again(lookup: Lookup) -> Contract:
            def renamed(name: str) -> Callable[[Any], object]:
                return lookup(scope.renames.get(name, name))

            return compile_by(_Reader(replace(scope, lookup=renamed)))

        contract.needs, contract.compile_again = frozenset(reader.needs), again
    return contract


class _Reader(Compiler):
    """One reading of an annotation: its scope, the members it names, the aliases being read."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.needs: set[str] = set()
        self.named: list[tuple[Any, kinds.NamedContract]] = []

    def refused(self, annotation: object, why: str, hint: str = "") -> DefinitionError:
        """Return the error about *annotation*."""
        return DefinitionError([self.scope.problem(annotation, why, hint)])

    def method(self, signature: inspect.Signature, is_async: bool) -> Contract:
        """Read the whole of *signature*; report every problem in it together."""
        problems: list[Problem] = []

        def part(name: str, annotation: Any) -> Contract:
            if annotation is inspect.Parameter.empty:
                return kinds.ANY
            outer, self.scope = self.scope, replace(self.scope, part=name)
            try:
                return self.compile(annotation)
            except DefinitionError as error:
                problems.extend(error.problems)
                return kinds.ANY
            finally:
                self.scope = outer

        arguments = {
            name: part(f"parameter {name}", p.annotation)
            for name, p in signature.parameters.items()
        }
        result = part("result", signature.return_annotation)
        if problems:
            raise DefinitionError(problems)
        text = _text(signature, arguments, result)
        return FunctionContract(text, signature, arguments, result, is_async)

    def compile(self, annotation: Any) -> Contract:
        """Return the contract that *annotation* states."""
        if isinstance(annotation, Contract):
            self.needs |= annotation.needs
            lookup = self.scope.lookup
            return annotation if lookup is None else annotation.instantiate(lookup)
        known = plain(annotation)
        if known is not None:
            return known
        if isinstance(annotation, (str, ForwardRef)):
            raise self.refused(annotation, "it is still text", "evaluate what it names first")
        if isinstance(annotation, InterfaceClass):
            return kinds.signature_contract(annotation)
        origin = origin_of(annotation)
        if origin is not None:
            return self._generic(annotation, origin)
        if isinstance(annotation, (TypeVar, typing.ParamSpecArgs, typing.ParamSpecKwargs)):
            return kinds.ANY
        if isinstance(annotation, typing.NewType):
            return self.compile(annotation.__supertype__)
        if hasattr(annotation, "__value__"):  # type Json = ...
            return self._named(annotation, lambda: self.compile(annotation.__value__))
        if inspect.isclass(annotation):
            return self._class(annotation)
        if is_predicate(annotation):
            return self._annotated(object, (annotation,))
        raise self.refused(annotation, "it is no type, signature or predicate")

    def _generic(self, annotation: Any, origin: Any) -> Contract:
        """Read an annotation that consists of parts."""
        given = typing.get_args(annotation)
        if isinstance(origin, InterfaceClass):
            return kinds.signature_contract(origin)
        if origin is Annotated:
            return self._annotated(annotation.__origin__, annotation.__metadata__)
        if origin in (Union, types.UnionType):
            return self._union(annotation, given)
        if hasattr(origin, "__value__"):
            return self._named(annotation, lambda: self.compile(_applied(origin, given)))
        return compile_generic(self, annotation, origin, given)

    def _class(self, cls: Any) -> Contract:
        """Read a class that has no type arguments."""
        if typing.is_typeddict(cls):
            return self._named(cls, lambda: compile_record(self, cls))
        if getattr(cls, "_is_protocol", False):
            if not getattr(cls, "_is_runtime_protocol", False):
                return self._named(cls, lambda: self._protocol(cls))
        try:
            return kinds.class_contract(cls)
        except TypeError as error:
            raise self.refused(cls, f"isinstance refuses it: {error}") from None

    def _protocol(self, cls: Any) -> Contract:
        """Read a protocol: one that is only called as a function, others member for member."""
        names: set[str] = set()
        for base in cls.__mro__:
            if getattr(base, "_is_protocol", False):
                body: dict[str, Any] = dict(base.__dict__)
                names |= {*body, *body.get("__annotations__", ())}
        members = {n for n in names if not n.startswith("_") or n == "__call__"}
        called: Any = getattr(cls, "__call__", None)  # noqa: B004 - not whether, but what is called
        if isinstance(called, types.FunctionType) and members == {"__call__"}:
            hints = hints_of(self, called)
            written = inspect.signature(called)
            empty = inspect.Parameter.empty
            parameters = [
                p.replace(annotation=hints.get(p.name, empty)) for p in written.parameters.values()
            ]
            result = hints.get("return", empty)
            asked = inspect.Signature(parameters[1:], return_annotation=result)
            return self.method(asked, inspect.iscoroutinefunction(called))
        return kinds.signature_contract(cast(InterfaceClass, adopted(cls)))

    def _annotated(self, base: Any, extras: Iterable[Any]) -> Contract:
        """Read ``Annotated[base, *extras]``."""
        found: list[tuple[str, Callable[[Any], bool]]] = []
        for extra in extras:
            asked = constraints(extra, self.scope.lookup, self._name_member)
            if asked is None:
                raise self.refused(extra, "no such constraint is known here", "use a predicate")
            found += asked
        contract = self.compile(base)
        return kinds.ConstrainedContract(contract, found) if found else contract

    def _name_member(self, name: str) -> None:
        """Note that the contract asks member *name*; refuse one that is not there."""
        known = self.scope.members
        if known is not None and self.scope.renames.get(name, name) not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else ""
            raise self.refused(f"member({name!r})", "the signature has no such member", hint)
        self.needs.add(name)

    def _union(self, annotation: Any, given: tuple[Any, ...]) -> Contract:
        """Read alternatives; two that only use would tell apart are refused."""
        alternatives = [self.compile(each) for each in given]
        if any(_alike(one, two) for one, two in combinations(alternatives, 2)):
            why = "two alternatives cannot be told apart before they are used"
            raise self.refused(annotation, why)
        return kinds.union_contract(alternatives)

    def _named(self, name: Any, read: Callable[[], Contract]) -> Contract:
        """Read what goes by *name*, such as an alias or a record; *read* may meet it again."""
        for known, contract in self.named:
            if known == name:
                contract.is_recursive = True
                return contract
        if len(self.named) == DEEPEST:
            raise self.refused(name, "it has no end: each time it mentions itself in another way")
        named = kinds.NamedContract(described(name))
        self.named.append((name, named))
        try:
            inner = read()
        finally:
            self.named.pop()
        if inner is named:
            raise self.refused(name, "it has no end: it stands for itself")
        if named.is_recursive and not inner.flat:
            raise self.refused(name, "it mentions itself, and part of it is checked in use")
        named.inner = inner
        return named if inner.flat else inner


#: How many names may be read one inside the other.
DEEPEST = 40


def _alike(one: Contract, two: Contract) -> bool:
    """Tell whether something may pass for what both are about, and only its use would show which."""
    if isinstance(one, ElementsContract) and isinstance(two, ElementsContract):
        return _related(one.cls, two.cls) and _alike(one.element, two.element)
    in_use = (FunctionContract, LazyContract)
    if one.flat or two.flat or not (isinstance(one, in_use) and isinstance(two, in_use)):
        return False
    return _related(one.cls, two.cls)


def _related(one: type, two: type) -> bool:
    return issubclass(one, two) or issubclass(two, one)


def _applied(alias: Any, given: tuple[Any, ...]) -> Any:
    """Return what the generic *alias* stands for with the arguments *given*."""
    value: Any = alias.__value__
    parameters: tuple[Any, ...] = alias.__type_params__
    if any(isinstance(each, TypeVarTuple) for each in parameters):
        return value[given]  # it takes any number of them, in their order
    arguments = dict(zip(parameters, given, strict=False))  # some may have defaults
    if isinstance(value, TypeVar):
        return arguments.get(value, value)
    wanted = getattr(value, "__parameters__", ())  # perhaps in another order, or not all
    return value[tuple(arguments.get(each, each) for each in wanted)] if wanted else value


def _text(signature: inspect.Signature, arguments: Mapping[str, Contract], result: Contract) -> str:
    """Return *signature* as it is shown: with the texts of the contracts as annotations."""
    parameters = [
        p if p.annotation is p.empty else p.replace(annotation=_Shown(arguments[p.name].text))
        for p in signature.parameters.values()
    ]
    return f"{inspect.Signature(parameters)} -> {result.text}"


class _Shown:
    """An annotation that shows as *text*."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text
