"""What a unit is: declared imports and exports around a body, a class or a function.

A unit is a value.  Making one runs nothing of its body; calling it with components for its
imports runs the body once; linking and invoking are `units._link`'s and `units._plan`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from types import CodeType, MethodType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeGuard, TypeVar, cast

from signatures._calls import Parameter, call_signature
from signatures._frames import caller_module
from signatures._lazy import LazyModule
from signatures._match import class_mismatches, object_mismatches, value_mismatches
from signatures._members import (
    MethodMember,
    Renamed,
    for_export_members,
    marks_of_member,
    member_names,
    members,
)
from signatures._zope import Attribute, InterfaceClass
from units._errors import InvokeError, Problem, uncomputed
from units._importing import imported
from units._reports import defined_twice, mismatch_problem, needs_more, undefined, unfit
from units._specs import Export, Import
from units._views import view_of

if TYPE_CHECKING:
    import inspect
else:
    inspect = LazyModule("inspect")

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
    #: What its result must be, and who is to blame, for a unit behind a contract.
    result_contract: tuple[Any, Any] | None = None
    #: How its body gives its component away: plain, generator, coroutine, async generator.
    kind: str = "plain"

    def __repr__(self) -> str:
        takes = ", ".join(map(str, self.imports))
        gives = ", ".join(map(str, self.exports))
        return f"<unit {self.name}: ({takes}) -> ({gives})>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from units._draw import shown  # only notebooks ask

        return shown(self)

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
    #: What runs when the body is called, if it is Python, and how many parameters it has of its own.
    entry: tuple[Callable[..., Any] | None, int] = (None, 0)
    #: What the body takes, where that is as its author wrote it.
    takes: list[Parameter] | None = None
    #: Data members that are computed on the object of a class unit after it was initialized.
    computed_after: tuple[str, ...] = ()
    #: Whether it only passes components on, and reads nothing by itself.
    relays: bool = False
    #: The imported names that the body takes one by one.
    bound: frozenset[str] = frozenset()
    #: The class or function as written, where *body* is something made of it.
    origin: Any = None
    #: Whether members are computed after the body, which then has no result (rule S10).
    goes_on = False
    #: Whether importers get a view even of an object (Racket's opacity).
    seal: bool = False
    #: The code object of a function's body, by which its running frame is known.
    code: CodeType | None = None
    #: Whether *code* is that of a class's constructor, whose first parameter is the component.
    constructs = False

    @cached_property
    def signature(self) -> inspect.Signature:
        """How the body is called: found out when somebody asks, which linking and invoking do not."""
        function, bound = self.entry
        return call_signature(function, bound) if function else inspect.Signature()

    def _accept(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """Check components passed by hand; return the arguments as the body is to see them."""
        bound = self.signature.bind_partial(*args, **kwargs)
        given = bound.arguments
        problems: list[Problem] = []
        for wanted in self.imports:
            component = given.get(wanted.parameter)
            if wanted.parameter in given and not (wanted.optional and component is None):
                problems += unfit(self, wanted, component)
        if problems:
            raise InvokeError(problems)
        for wanted in self.imports:
            if wanted.parameter in given:
                component = given[wanted.parameter]
                user = f"unit {self.name}"
                given[wanted.parameter] = imported(
                    wanted.signature, component, caller_module(), user
                )
        return bound.args, bound.kwargs


class ClassUnit(BodyUnit[P, R]):
    """A unit whose body is a class: constructor parameters import, signatures implemented export."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        arguments, keywords = self._accept(args, kwargs)
        return cast(R, self.body(*arguments, **keywords))

    def pack(self, value: Any, early: tuple[Any, ...] | None = None) -> tuple[tuple[Any, ...], Any]:
        """Return the new object *value* as every component, shown by the *early* views, too."""
        for export, view in zip(self.exports, early or (), strict=False):
            view_of(export.signature).forward(value, view)
        result = None if self.goes_on else getattr(value, "__result__", None)
        return (value,) * len(self.exports), result


class FunctionUnit(BodyUnit[P, R]):
    """A unit whose body is a function: annotated parameters import, the return annotation exports."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        arguments, keywords = self._accept(args, kwargs)
        if self.kind != "plain":
            raise InvokeError([needs_more(self)])
        components, result = self.run(*arguments, **keywords)
        if not self.exports:
            return cast(R, result)
        exported = zip(self.exports, components, strict=True)
        components = tuple(
            imported(export.signature, made, f"unit {self.name}", caller_module())
            for export, made in exported
        )
        return cast(R, components[0] if self.single else components)

    def run(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], Any]:
        """Run the body; return the components in the order of the exports, and its result."""
        return self.pack(self.body(*args, **kwargs))

    def component(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body of a unit with one export; return its component."""
        value = self.body(*args, **kwargs)
        return value if type(value) in self._as_is else self._one(self.exports[0], value, None)

    def yielded(self, value: Any) -> Any:
        """Return *value*, which the body yielded. Raises `InvokeError` if it is `NOTHING`."""
        if value is NOTHING:
            hint = "let every path through it yield, or raise"
            fields = {"unit": self.name, "at": self.location, "hint": hint}
            raise InvokeError([Problem("the body ended without yielding", fields)])
        return value

    def yielded_component(self, value: Any) -> Any:
        """Return the component that *value* is, which the body of a unit with one export yielded."""
        if type(value) in self._as_is:
            return value
        return self._one(self.exports[0], self.yielded(value), None)

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
            made.append(self._one(export, part, early[index] if early else None))
        return tuple(made), None if self.goes_on else result_of(value)

    def _one(self, export: Export, value: Any, view: Any) -> Any:
        """Return the component that *value* is, or is made into, for *export*; *view* shows it."""
        signature = export.signature
        if type(value) is Exports:
            namespace = value.namespace
            if export.names is not None:
                there = export.names.items()
                namespace = {member: namespace[n] for member, n in there if n in namespace}
            if not self.verified:
                self._verify(export, namespace)
            try:
                given = namespace
                if computed := for_export_members(signature):
                    given = {n: namespace[n] for n in member_names(signature) if n not in computed}
                    given |= vars(Completed(Mapped(given), computed))
                filled = view_of(signature).fill(self, given, view)
            except KeyError:
                self._verify(export, namespace)  # it may be defined in a branch that was not taken
                raise
            return view_of(signature).complete(filled) if self.bound or view else filled
        if type(value) is Live:
            source = value.source if export.names is None else Renamed(value.source, export.names)
            if value.complete and (computed := for_export_members(signature)):
                source = Completed(source, computed)
            return view_of(signature).forward(source, view)
        thing = value if export.names is None else Renamed(value, export.names)
        computed = for_export_members(signature)
        self._check(signature, thing, computed)
        if computed:
            thing = self._computed(export, value, thing, computed)
        if view is not None or export.names is not None or self.seal or type(thing) is Completed:
            shown = view_of(signature).forward(thing, view)
            return thing if type(thing) is type(value) and not self.seal else shown
        cls: type[object] = value.__class__
        if (cls, signature) in self._known_good and not computed:
            self._as_is.add(cls)
        return thing

    def _computed(
        self, export: Export, value: object, thing: Any, computed: Mapping[str, Attribute]
    ) -> Any:
        """Return *thing*, which shows *value*, with the members that its signature has *computed*.

        An object that brings them by its signature computes them itself.
        """
        cls = type(value)
        owners = {name: owner(cls, export.inside(name)) for name in computed}
        own = {n for n in computed if export.inside(n) in getattr(value, "__dict__", ())}
        own |= {n for n, by in owners.items() if by is not None and by is not SIGNATURE}
        if own:
            raise InvokeError(
                [defined_twice(self, export, name) for name in computed if name in own]
            )
        if all(by is SIGNATURE for by in owners.values()):
            for name, member in computed.items():
                if not isinstance(member, MethodMember):
                    getattr(value, name)
            return thing
        return Completed(thing, computed)

    def _verify(self, export: Export, namespace: Mapping[str, Any]) -> None:
        """Check what the code object did not tell: that every member is there and callable so."""
        problems: list[Problem] = []
        signature = export.signature
        for name, member in members(signature).items():
            if "for_export" in marks_of_member(member):
                if name in namespace:
                    problems.append(defined_twice(self, export, name))
            elif name not in namespace:
                problems.append(undefined(self, export, name, namespace))
            else:
                found = value_mismatches(signature, name, member, namespace[name])
                problems += [mismatch_problem(self, m) for m in found]
        if problems:
            raise InvokeError(problems)

    def _check(self, signature: InterfaceClass, thing: object, computed: Collection[str]) -> None:
        """Check that *thing* provides or matches *signature*; a class is looked at once.

        What is *computed* from the other members need not be there.
        """
        cls = type(thing)
        if (cls, signature) in self._known_good:
            return
        declared = signature.implementedBy(cls)
        found = (
            class_mismatches(signature, cls) if declared else object_mismatches(signature, thing)
        )
        found = [mismatch for mismatch in found if mismatch.member not in computed]
        if found:
            hint = {"returned": f"{cls.__qualname__} object"}
            if isinstance(thing, (Mapping, type(None))):
                hint["hint"] = "end the body with `return exports(locals())`"
            problems = [mismatch_problem(self, mismatch) for mismatch in found]
            raise InvokeError([Problem(p.sentence, {**p.fields, **hint}) for p in problems])
        if declared:  # what matched by its own attributes says nothing of the next one
            self._known_good.add((cls, signature))

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
        #: Whose objects are the component of the one export just as they are.
        self._as_is: set[type] = set()


#: What stands for the component where a body ended without yielding one.
NOTHING = object()


class Completed:
    """The attributes of *source*, and the members *computed* from them, one after the other."""

    def __init__(self, source: Any, computed: Mapping[str, Attribute]) -> None:
        self._source, self._computed = source, computed
        for name, member in computed.items():
            function: Any = getattr(member, "function", None)
            is_method = isinstance(member, MethodMember)
            self.__dict__[name] = MethodType(function, self) if is_method else function(self)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__["_computed"]:
            raise uncomputed(self._computed[name])
        return getattr(self.__dict__["_source"], name)


#: What `owner` returns for a member that a class has from the signature it implements.
SIGNATURE = object()


def owner(cls: type, name: str) -> Any:
    """Return what defines *name* for *cls*: one of its classes, `SIGNATURE`, or nothing."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return SIGNATURE if "__signature_mixin__" in base.__dict__ else base
    return None


class Mapped:
    """The entries of *mapping* as attributes, read when they are asked for."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self._mapping = mapping

    def __getattr__(self, name: str) -> Any:
        try:
            return self._mapping[name]
        except KeyError:
            raise AttributeError(f"no {name!r} in the mapping that a unit was made from") from None

    def __dir__(self) -> list[str]:
        return [*self._mapping]


class Live:
    """What a body returns to show the members of *source* as they are at each use.

    *complete* adds what signatures compute for exporters.
    """

    __slots__ = ("complete", "source")

    def __init__(self, source: Any, *, complete: bool = False) -> None:
        self.source, self.complete = source, complete


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
    return getattr(value.source if type(value) is Live else value, "__result__", None)
