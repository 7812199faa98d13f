"""A registry: which unit answers for a signature, to be swapped in one place.

A registry is a value; there is no global one.  It answers a request for a signature by a unit
registered for it or for one extending it, links what that unit needs, transitively, and invokes.
Overrides are layers on top: what is linked while a layer is there sees it, what was obtained
before keeps working unchanged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from signatures._declare import as_signature
from signatures._zope import InterfaceClass
from units._closure import Closure, export_number
from units._compound import CompoundUnit
from units._define import as_unit
from units._errors import Problem, ProblemsError
from units._invoke import invoke
from units._link import AnyUnit
from units._near import nearest_signature
from units._reports import no_unit
from units._specs import Export, Import, covers, lineage, shown
from units._unit import Source, Unit

if TYPE_CHECKING:
    from units._entry_points import Waiting

T = TypeVar("T")
U = TypeVar("U", bound=AnyUnit)
Key = tuple[InterfaceClass, str]


class RegistryError(ProblemsError, LookupError):
    """A registry lacks what was asked of it, or was told something that contradicts it.

    *problems* lists everything that is wrong.
    """


class Override(NamedTuple):
    """An override in force: *unit* answers for *signature* under *name*, ``""`` for the plain one."""

    signature: InterfaceClass
    name: str
    unit: Unit[..., Any]

    def __str__(self) -> str:
        return f"{_named(self.signature, self.name)} by {self.unit.name} ({self.unit.location})"


class _Layer:
    """Units by signature and name; the registry's own, or those of one override."""

    def __init__(self) -> None:
        self.units: dict[Key, Unit[..., Any]] = {}
        self.extending: dict[Key, list[Unit[..., Any]]] = {}

    def add(self, signature: InterfaceClass, name: str, found: Unit[..., Any]) -> None:
        """Let *found* answer for *signature*, and for what it extends where nothing else does."""
        self.units[signature, name] = found
        for ancestor in lineage(signature)[1:]:
            known = self.extending.setdefault((ancestor, name), [])
            if found not in known:
                known.append(found)

    def find(self, key: Key) -> list[Unit[..., Any]]:
        """Return the units that answer for *key*: the one registered for it, or those beneath."""
        exact = self.units.get(key)
        return [exact] if exact is not None else self.extending.get(key, [])


class Registry:
    """Units by the signatures they export; *base* answers for what is not registered here."""

    def __init__(self, base: Registry | None = None) -> None:
        self._base = base
        self._own = _Layer()
        self._layers = [self._own]
        self._lock = threading.RLock()  # a package that is imported may ask again
        self._waiting: Waiting | None = None

    def __repr__(self) -> str:
        names = [_named(*key) for key in self._own.units]
        return f"<Registry: {', '.join(names) or 'empty'}>"

    def register(
        self, u: U, signature: Callable[..., object] | None = None, *, name: str = ""
    ) -> U:
        """Let the unit *u* answer for *signature*, or for everything it exports; return *u*.

        *name* tells several implementations of one signature apart.

        Raises `RegistryError` if *u* is no unit, does not export *signature*, or if something is
        registered there already.
        """
        found = _unit(u)
        targets = _targets(found, signature)
        with self._lock:
            problems = [
                _taken(target, name, found, self._own.units[target, name])
                for target in targets
                if (target, name) in self._own.units
            ]
            if problems:
                raise RegistryError(problems)
            for target in targets:
                self._own.add(target, name, found)
        return u

    def load_entry_points(self, group: str) -> tuple[str, ...]:
        """Let the units of installed packages answer, each under the name of its entry point.

        *group* is that of the entry points.  Returns their names; a package is imported only when
        a signature is asked for under such a name, or all of a signature.  Raises nothing: what is
        wrong with an entry point is told to whoever asks for it, and by `check`.
        """
        from units._entry_points import Waiting

        with self._lock:
            self._waiting = self._waiting or Waiting()
            return self._waiting.add(group)

    def unit(self, signature: Callable[..., object], name: str = "") -> Unit[..., Any]:
        """Return the unit that answers for *signature* under *name*.

        Raises `RegistryError` if none does, or several do.
        """
        wanted = as_signature(signature)
        found = self._find((wanted, name))
        if len(found) != 1:
            raise RegistryError([self._not_one(wanted, name, found, {})])
        return found[0]

    def names(self, signature: Callable[..., object]) -> tuple[str, ...]:
        """Return the names under which *signature* can be asked for, the plain one as ``""``.

        Those under which a unit for it, or for one extending it, is registered here or in a base,
        overrides included.  Imports the packages of entry points, which tell what they are for.

        Raises `RegistryError` for an entry point that is wrong.
        """
        wanted = as_signature(signature)
        found: set[str] = set()
        for registry in self._with_bases():
            registry._import_waiting()
            for layer in registry._layers:
                found.update(name for known, name in layer.units if covers(known, wanted))
        return tuple(sorted(found))

    def get(self, signature: Callable[..., T], name: str = "") -> T:
        """Return a new component of *signature*: link all that its unit needs, and invoke.

        Raises `RegistryError` with everything that is missing, before any body runs.
        """
        return invoke(self.link(signature, name))

    def all(self, signature: Callable[..., T]) -> dict[str, T]:
        """Return a new component of every implementation of *signature*, by its name.

        They are linked together, so what several need is there once.  The plain one is under ``""``.

        Raises `RegistryError` with everything that is missing, before any body runs.
        """
        names = self.names(signature)
        components: tuple[T, ...] = invoke(self.link_all(signature)) if names else ()
        return dict(zip(names, components, strict=True))

    def link(self, signature: Callable[..., T], name: str = "") -> Unit[..., T]:
        """Return the compound of the unit for *signature* and all it needs, suppliers first.

        A tagged import is answered by the implementation of that name, if there is one.

        Raises `RegistryError` with everything that is missing, each with the path to it.
        """
        return self._linked(as_signature(signature), [name], single=True)

    def link_all(self, signature: Callable[..., T]) -> Unit[..., tuple[T, ...]]:
        """Return the compound of all implementations of *signature*, in the order of `names`.

        Each is exported under its name as tag.

        Raises `RegistryError` with everything that is missing, each with the path to it.
        """
        return self._linked(as_signature(signature), self.names(signature), single=False)

    def _linked(
        self, wanted: InterfaceClass, names: Iterable[str], *, single: bool
    ) -> CompoundUnit[..., Any]:
        closure = Closure(self._suppliers, self._not_one)
        found = [(name, self.unit(wanted, name)) for name in names]
        placed = [(name, u, closure.position(u, (_named(wanted, name),))) for name, u in found]
        closure.follow()
        if closure.problems:
            raise RegistryError(closure.problems)
        exported: list[tuple[Export, Source]] = []
        for name, u, position in placed:
            number = export_number(u, wanted)
            tag = None if single else name
            exported.append((Export(u.exports[number].signature, tag), (position, number)))
        title = f"registry for {_named(wanted, placed[0][0]) if single else wanted.__name__}"
        location = placed[0][1].location if placed else ""
        return closure.compound(title, location, exported, single=single)

    @contextmanager
    def override(
        self, signature: Callable[..., object], u: AnyUnit, name: str | None = None
    ) -> Generator[Unit[..., Any], None, None]:
        """Let *u* answer for *signature* inside the ``with`` block, in every thread.

        What was obtained before keeps working unchanged.  Blocks may be nested and end in any
        order.

        Raises `RegistryError` if there is nothing to override, or if *u* does not fit.
        """
        wanted, found = as_signature(signature), _unit(u)
        title = name or ""
        _targets(found, signature)
        if not self._find((wanted, title)):
            raise RegistryError([self._not_one(wanted, title, [], {"for": "override"})])
        layer = _Layer()
        layer.add(wanted, title, found)
        with self._lock:
            self._layers = [*self._layers, layer]
        try:
            yield found
        finally:
            with self._lock:
                self._layers = [kept for kept in self._layers if kept is not layer]

    @property
    def overrides(self) -> tuple[Override, ...]:
        """Return the overrides of this registry that have begun and not ended, oldest first."""
        layers = self._layers[1:]
        return tuple(Override(*key, u) for layer in layers for key, u in layer.units.items())

    def check(self) -> None:
        """Check that everything registered can be linked; run nothing.

        Raises `RegistryError` with every problem of every registered unit, each once.
        """
        problems: list[Problem] = []
        try:
            self._import_waiting()
        except RegistryError as error:
            problems += error.problems
        closure = Closure(self._suppliers, self._not_one)
        for (signature, name), found in self._own.units.items():
            closure.position(found, (_named(signature, name),))
        closure.follow()
        problems += closure.problems
        if problems:
            raise RegistryError(problems)

    def _find(self, key: Key) -> list[Unit[..., Any]]:
        """Return who answers for *key*: the topmost layer that knows decides."""
        for registry in self._with_bases():
            if key[1]:
                registry._import_waiting(key[1])
            for layer in reversed(registry._layers):
                found = layer.find(key)
                if found:
                    return found
        return []

    def _import_waiting(self, *names: str) -> None:
        """Import and register the units of entry points, of all or of those called *names*."""
        if self._waiting is None:
            return
        from units._entry_points import loaded

        problems: list[Problem] = []
        with self._lock:
            for name in names or self._waiting.names():
                for point in self._waiting.take(name):
                    found = loaded(point)
                    if isinstance(found, Problem):
                        problems.append(found)
                    else:
                        try:
                            self.register(found, name=name)
                            continue
                        except RegistryError as error:
                            problems += error.problems
                    self._waiting.keep(point)
        if problems:
            raise RegistryError(problems)

    def _suppliers(self, wanted: Import) -> list[Unit[..., Any]]:
        """Return who answers for an import: the implementation named like its tag, or the plain."""
        named = self._find((wanted.signature, wanted.tag)) if wanted.tag else []
        return named or self._find((wanted.signature, ""))

    def _with_bases(self) -> Iterator[Registry]:
        registry: Registry | None = self
        while registry is not None:
            yield registry
            registry = registry._base

    def _not_one(
        self,
        wanted: InterfaceClass,
        name: str,
        found: list[Unit[..., Any]],
        fields: dict[str, object],
    ) -> Problem:
        """Say that nobody, or more than one, answers for *wanted* under *name*; *found* are those who do."""
        fields = {"signature": _named(wanted, name), **fields}
        if found:
            fields["units"] = ", ".join(f"{u.name} ({u.location})" for u in found)
            fields["hint"] = f"register the one that is meant for {wanted.__name__} itself"
            return Problem("several registered units extend the signature", fields)
        known = [key for registry in self._with_bases() for key in registry._own.units]
        near = [key for key in known if covers(key[0], wanted)]
        if not near:
            alike = nearest_signature(wanted, [other for other, _ in known])
            near = [key for key in known if key[0] is alike]
        waiting = self._waiting.names() if self._waiting else []
        fields["entry points"] = ", ".join(sorted(waiting)) or None
        fields["did you mean"] = ", ".join(_named(*key) for key in near)
        return Problem("no unit is registered for the signature", fields)


def _unit(thing: Any) -> Unit[..., Any]:
    found = as_unit(thing)
    if found is None:
        instead = "register the unit that makes it"
        raise RegistryError([no_unit("only units can be registered", thing, component=instead)])
    return found


def _targets(
    found: Unit[..., Any], signature: Callable[..., object] | None
) -> tuple[InterfaceClass, ...]:
    """Return what *found* is to answer for; refuse what it does not export."""
    exported = tuple(export.signature for export in found.exports)
    fields: dict[str, object] = {
        "unit": f"{found.name} ({found.location})",
        "it exports": ", ".join(map(str, found.exports)) or "nothing",
    }
    if signature is None:
        if not exported:
            raise RegistryError([Problem("a unit without exports answers for nothing", fields)])
        return exported
    wanted = as_signature(signature)
    if not any(covers(each, wanted) for each in exported):
        fields["signature"] = wanted.__name__
        raise RegistryError([Problem("the unit does not export the signature", fields)])
    return (wanted,)


def _taken(
    signature: InterfaceClass, name: str, new: Unit[..., Any], old: Unit[..., Any]
) -> Problem:
    return Problem(
        "a unit is registered there already",
        {
            "signature": _named(signature, name),
            "registered": f"{old.name} ({old.location})",
            "new": f"{new.name} ({new.location})",
            "hint": "give the new one a name, or replace the old one with override()",
        },
    )


def _named(signature: InterfaceClass, name: str) -> str:
    return f"{signature.__name__} {name!r}" if name else shown(signature, None)
