"""What one importing unit sees of a component whose signature does more than name members.

Racket evaluates ``define-values`` of a signature once for each importing unit, before its body
(rule S7), and guards contracted members for each importing unit, which is to blame for what it
passes (rule K1).  So such an importer gets a view of its own on the component: plain members are
read through, derived functions are methods of the view, derived values are computed when the view
is made, contracted functions are wrapped once, contracted data is checked at each use.
"""

from __future__ import annotations

from _thread import RLock  # light: `threading` is not loaded for a lock
from collections.abc import Mapping
from types import MethodType
from typing import Any

from signatures._members import MethodMember, derived_members, members, members_of
from signatures._zope import Attribute, InterfaceClass, Method, classImplements
from units._contracted import Guards, contracts_of, is_contracted
from units._errors import UninitializedError, uncomputed
from units._views import View, forward, refuse

_making = RLock()


class Importing:
    """The generated classes of importers' views of *signature*.

    A view is *filling* while something is computed, or while its contracted functions are not all
    there: what is missing is looked up, and kept, when it is asked for.  Then it becomes *filled*,
    and a call costs no look-up.
    """

    def __init__(self, signature: InterfaceClass) -> None:
        self.signature = signature
        there = members(signature)
        contracts = contracts_of(signature)
        derived = derived_members(signature)
        self.guarded = [n for n in contracts if isinstance(there[n], Method)]
        space: dict[str, Any] = {n: property(forward(n)) for n in there if n not in contracts}
        space |= {n: property(_checked(n)) for n in contracts if n not in self.guarded}
        space |= {"__slots__": ("_of", "_guards", *derived, *self.guarded)}
        space |= {"__module__": signature.__module__}
        base: type[Any] = type(signature.__name__, (View,), space)
        classImplements(base, signature)
        self.put = {name: base.__dict__[name].__set__ for name in space["__slots__"]}
        own = {"__slots__": (), "__module__": base.__module__, "__delattr__": refuse}
        own |= {"__setattr__": refuse}
        self.filled: type[Any] = type(signature.__name__, (base,), own)
        filling = own | {"__getattr__": _looked_up(self, frozenset(self.guarded), derived)}
        self.filling: type[Any] = type(signature.__name__, (base,), filling)
        declared: dict[str, Any] = vars(signature).get("derived", {})
        self.own_derived = list(declared.items())
        self._pairs: dict[tuple[str, str], Importer] = {}

    def between(self, positive: str, negative: str) -> Importer:
        """Return how *negative* sees what *positive* exports; the same one each time."""
        known = self._pairs.get((positive, negative))
        if known is None:
            known = self._pairs[positive, negative] = Importer(self, positive, negative)
        return known


class Importer:
    """How one party sees what another exports under one signature."""

    def __init__(self, how: Importing, positive: str, negative: str) -> None:
        self._how = how
        self._guards = Guards(how.signature, positive, negative)
        self._parents = [
            (importing(parent).between(positive, negative), tuple(derived_members(parent)))
            for parent in how.signature.__bases__
            if derived_members(parent)
        ]

    def make(self, component: Any) -> Any:
        """Return a new view of *component*, everything derived computed, parents' members first.

        Each computation sees the members of the signature that declares it, and nothing of one
        extending that (rule S8).
        """
        return self._view(component, True)

    def relayed(self, component: Any) -> Any:
        """Return a new view of *component* for one who only passes it on: nothing is computed."""
        return self._view(component, False)

    def _view(self, component: Any, computing: bool) -> Any:
        how = self._how
        view = object.__new__(how.filling)
        put = how.put
        put["_of"](view, component)
        put["_guards"](view, self._guards)
        is_complete = True
        try:
            for name in how.guarded:
                put[name](view, self._guards.passed(name, component))
        except UninitializedError:
            is_complete = False  # a component that comes later: looked up when it is asked for
        if computing:
            for parent, names in self._parents:
                above = parent.make(component)
                for name in names:
                    put[name](view, getattr(above, name))
            for name, member in how.own_derived:
                function: Any = member.function
                is_method = isinstance(member, MethodMember)
                put[name](view, MethodType(function, view) if is_method else function(view))
        if is_complete:
            object.__setattr__(view, "__class__", how.filled)
        return view


def _checked(name: str) -> Any:
    def get(view: Any) -> Any:
        return view._guards.passed(name, view._of)

    return get


def _looked_up(how: Importing, guarded: frozenset[str], derived: Mapping[str, Attribute]) -> Any:
    def __getattr__(view: Any, name: str) -> Any:
        if name in derived:
            raise uncomputed(derived[name])
        if name not in guarded:
            raise AttributeError(f"{type(view).__name__!r} has no member {name!r}")
        value = view._guards.passed(name, view._of)
        if not isinstance(view._of, View) or not hasattr(type(view._of), "__getattr__"):
            how.put[name](view, value)  # the component is complete: this is what it will stay
        return value

    return __getattr__


def computes(signature: InterfaceClass) -> bool:
    """Tell whether importers of *signature* need a view of their own."""
    known: bool | None = vars(signature).get("_v_computes")
    if known is None:
        known = any(map(is_contracted, members_of(signature).values()))
        known = known or any(vars(each).get("derived") for each in signature.__iro__)
        vars(signature)["_v_computes"] = known
    return known


def importing(signature: InterfaceClass) -> Importing:
    """Return how importers of *signature* see a component; made on first use."""
    known: Importing | None = vars(signature).get("_v_importing")
    if known is None:
        with _making:
            known = vars(signature).get("_v_importing")
            if known is None:
                known = vars(signature)["_v_importing"] = Importing(signature)
    return known


def imported(signature: InterfaceClass, component: Any, positive: str, negative: str) -> Any:
    """Return *component*, which *positive* exports, as *negative* sees it."""
    if component is None or not computes(signature):
        return component
    return importing(signature).between(positive, negative).make(component)
