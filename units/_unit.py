"""What a unit is: declared imports and exports around a body, a class or a function.

A unit is a value.  Making one runs nothing of its body; calling it with components for its
imports runs the body once; linking and invoking are `units._link`'s and `units._plan`'s business.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from types import CodeType
from typing import Any, Generic, ParamSpec, TypeAlias, TypeGuard, TypeVar, cast

from signatures._match import class_mismatches, object_mismatches, value_mismatches
from signatures._members import members
from signatures._zope import InterfaceClass
from units._errors import InvokeError, Problem
from units._reports import mismatch_problem, needs_more, undefined, unfit
from units._specs import Export, Import
from units._views import view_of

P = ParamSpec("P")
R = TypeVar("R", covariant=True)
Component = TypeVar("Component")

#: Where an import comes from: ``(part, number of its export)``, or ``(-1, number of an import)``.
Source: TypeAlias = tuple[int, int]


class Unit(Generic[P, R]):
    """A component with declared imports and exports.

    *name* and *location* (``file:line``) tell it apart in errors, *imports* and *exports* are what
    it declares, *init_depend* the imports it reads while it starts.  Calling a unit with
    components for its imports runs it once, without linking.
    """

    name: str
    location: str
    imports: tuple[Import, ...]
    exports: tuple[Export, ...]
    init_depend: tuple[Import, ...] = ()
    #: Whether its one component is handed out alone, not in a tuple.
    single: bool = True
    #: The units inside a compound, who supplies their imports, and which of them has each export.
    parts: tuple[Unit[..., Any], ...] | None = None
    wiring: tuple[tuple[Source | None, ...], ...] = ()
    sources: tuple[Source, ...] = ()
    #: How its body gives its component away: plain, generator, coroutine, async generator.
    kind: str = "plain"

    def __repr__(self) -> str:
        takes = ", ".join(map(str, self.imports))
        gives = ", ".join(map(str, self.exports))
        return f"<unit {self.name}: ({takes}) -> ({gives})>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the body once with the given components for its imports; return its components.

        Raises `InvokeError` if a component does not match the import's signature.
        """
        raise NotImplementedError  # pragma: no cover - every kind of unit has its own


def is_unit(thing: object) -> TypeGuard[Unit[..., Any]]:
    """Tell whether *thing* is a unit; a class that carries one is none."""
    return isinstance(thing, Unit)


class BodyUnit(Unit[P, R]):
    """A unit that has a body of its own: a class or a function."""

    body: Any
    settings: tuple[str, ...]
    signature: inspect.Signature
    #: The code object of a function's body, by which its running frame is known.
    code: CodeType | None = None

    def _accept(self, args: Any, kwargs: Any) -> None:
        """Check components passed by hand against the imports they are meant for."""
        bound = self.signature.bind_partial(*args, **kwargs).arguments
        problems = [
            problem
            for wanted in self.imports
            if wanted.parameter in bound
            and not (wanted.optional and bound[wanted.parameter] is None)
            for problem in unfit(self, wanted, bound[wanted.parameter])
        ]
        if problems:
            raise InvokeError(problems)


class ClassUnit(BodyUnit[P, R]):
    """A unit whose body is a class: constructor parameters import, signatures implemented export."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        self._accept(args, kwargs)
        return cast(R, self.body(*args, **kwargs))

    def pack(self, value: Any, early: tuple[Any, ...] | None = None) -> tuple[tuple[Any, ...], Any]:
        """Return the new object *value* as every component, shown by the *early* views, too."""
        for export, view in zip(self.exports, early or (), strict=False):
            view_of(export.signature).forward(value, view)
        return (value,) * len(self.exports), getattr(value, "__result__", None)


class FunctionUnit(BodyUnit[P, R]):
    """A unit whose body is a function: annotated parameters import, the return annotation exports."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        self._accept(args, kwargs)
        if self.kind != "plain":
            raise InvokeError([needs_more(self)])
        components, result = self.run(*args, **kwargs)
        if not self.exports:
            return cast(R, result)
        return cast(R, components[0] if self.single else components)

    def run(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], Any]:
        """Run the body; return the components in the order of the exports, and its result."""
        return self.pack(self.body(*args, **kwargs))

    def component(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body of a unit with one export; return its component."""
        return self._one(self.exports[0].signature, self.body(*args, **kwargs), None)

    def pack(self, value: Any, early: tuple[Any, ...] | None = None) -> tuple[tuple[Any, ...], Any]:
        """Make components of what the body returned, into the *early* views where there are any.

        Raises `InvokeError` if the body did not deliver what the unit exports.
        """
        exports = self.exports
        if not exports:
            return (), value
        parts: Sequence[Any] = (value,) * len(exports)
        if type(value) is tuple and len(exports) > 1:
            parts = cast(Sequence[Any], value)
        if len(parts) != len(exports):
            raise InvokeError([self._wrong_count(len(parts))])
        made: list[Any] = []
        for index, (export, part) in enumerate(zip(exports, parts, strict=True)):
            made.append(self._one(export.signature, part, early[index] if early else None))
        return tuple(made), result_of(value)

    def _one(self, signature: InterfaceClass, value: Any, view: Any) -> Any:
        """Return the component of *signature* that *value* is, or is made into; *view* shows it."""
        if type(value) is Exports:
            return self._view(signature, value.namespace, view)
        if type(value) is Live:
            return view_of(signature).forward(value.source, view)
        thing = self._checked(signature, value)
        if view is not None:
            view_of(signature).forward(thing, view)
        return thing

    def _view(self, signature: InterfaceClass, namespace: Mapping[str, Any], view: Any) -> Any:
        if not self.verified:
            self._verify(signature, namespace)
        return view_of(signature).fill(self, namespace, view)

    def _verify(self, signature: InterfaceClass, namespace: Mapping[str, Any]) -> None:
        """Check what the code object did not tell: that every member is there and callable so."""
        problems: list[Problem] = []
        for name, member in members(signature).items():
            if name not in namespace:
                problems.append(undefined(self, signature, name, namespace))
            else:
                found = value_mismatches(signature, name, member, namespace[name])
                problems += [mismatch_problem(self, m) for m in found]
        if problems:
            raise InvokeError(problems)

    def _checked(self, signature: InterfaceClass, thing: object) -> object:
        """Return *thing* if it provides *signature* or matches it; a class is looked at once."""
        cls = type(thing)
        if (cls, signature) in self._known_good:
            return thing
        declared = signature.implementedBy(cls)
        found = (
            class_mismatches(signature, cls) if declared else object_mismatches(signature, thing)
        )
        if found:
            hint = {"returned": f"{cls.__qualname__} object"}
            if isinstance(thing, (Mapping, type(None))):
                hint["hint"] = "end the body with `return exports(locals())`"
            problems = [mismatch_problem(self, mismatch) for mismatch in found]
            raise InvokeError([Problem(p.sentence, {**p.fields, **hint}) for p in problems])
        if declared:  # what matched by its own attributes says nothing of the next one
            self._known_good.add((cls, signature))
        return thing

    def _wrong_count(self, count: int) -> Problem:
        expected = ", ".join(map(str, self.exports))
        return Problem(
            "the body returned another number of components than the unit exports",
            {"unit": self.name, "at": self.location, "exports": expected, "returned": count},
        )

    #: Whether the definition-time checks already covered what `_verify` would check.
    verified = False

    def __init__(self) -> None:
        self._known_good: set[tuple[type, InterfaceClass]] = set()


class Live:
    """What a body returns to show the members of *source* as they are at each use."""

    __slots__ = ("source",)

    def __init__(self, source: Any) -> None:
        self.source = source


class Exports:
    """What `exports` returns: the definitions a body hands over."""

    __slots__ = ("namespace",)

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = namespace


def exports(namespace: Mapping[str, Any] | None = None, /, **definitions: Any) -> Component:  # type: ignore[type-var]  # pyright: ignore[reportInvalidTypeVarUse]
    """Hand over a function unit's definitions: ``return exports(locals())``.

    *namespace* maps names to values; *definitions* adds to it.  The unit takes what its exports
    name; the rest stays private.  Alternatively a body returns an object that has the members.

    Raises `TypeError` if *namespace* is no mapping.
    """
    if namespace is not None and not isinstance(namespace, Mapping):
        raise TypeError(
            "exports takes a mapping, as locals() gives, or keywords"
            f"\n  given: {type(namespace).__qualname__} object"
            "\n  hint: return an object that has the members directly, without exports()"
        )
    # What leaves here is an `Exports`; what the unit makes of it is what its annotation says.
    handed: Any = Exports({**(namespace or {}), **definitions} if definitions else namespace or {})
    return handed  # type: ignore[no-any-return]


def result_of(value: Any) -> Any:
    """Return the result that a unit with exports names: its local or attribute ``__result__``."""
    if type(value) is Exports:
        return value.namespace.get("__result__")
    return getattr(value, "__result__", None)
