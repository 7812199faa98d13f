"""What one importing unit sees of a component whose signature computes members for importers.

Racket evaluates ``define-values`` of a signature once for each importing unit, before its body
(rule S7).  So such an importer gets a view of its own on the component: members are read through,
derived functions are methods of the view, derived values are computed when the view is made.
"""

from __future__ import annotations

import threading
from types import MethodType
from typing import Any

from signatures._members import MethodMember, derived_members, member_names
from signatures._zope import InterfaceClass, classImplements
from units._views import View, forward, refuse

_making = threading.RLock()


class Importing:
    """The generated class of importers' views of *signature*."""

    def __init__(self, signature: InterfaceClass) -> None:
        derived = derived_members(signature)
        own = vars(signature).get("derived", {})
        parents = [parent for parent in signature.__bases__ if computes(parent)]
        self._parents = [(importing(parent), tuple(derived_members(parent))) for parent in parents]
        self._own = [(name, own[name]) for name in own]
        space: dict[str, Any] = {name: property(forward(name)) for name in member_names(signature)}
        space |= {"__slots__": ("_of", *derived), "__module__": signature.__module__}
        space |= {"__setattr__": refuse, "__delattr__": refuse}
        self._cls: type[Any] = type(signature.__name__, (View,), space)
        classImplements(self._cls, signature)
        self._put = {name: self._cls.__dict__[name].__set__ for name in ("_of", *derived)}

    def make(self, component: Any) -> Any:
        """Return a new view of *component*, everything derived computed, parents' members first.

        Each computation sees the members of the signature that declares it, and nothing of one
        extending that (rule S8).
        """
        view = object.__new__(self._cls)
        self._put["_of"](view, component)
        for parent, names in self._parents:
            above = parent.make(component)
            for name in names:
                self._put[name](view, getattr(above, name))
        for name, member in self._own:
            function: Any = member.function
            is_method = isinstance(member, MethodMember)
            self._put[name](view, MethodType(function, view) if is_method else function(view))
        return view


def computes(signature: InterfaceClass) -> bool:
    """Tell whether importers of *signature* get something computed."""
    known: bool | None = vars(signature).get("_v_computes")
    if known is None:
        known = vars(signature)["_v_computes"] = bool(derived_members(signature))
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


def imported(signature: InterfaceClass, component: Any) -> Any:
    """Return *component* as a new importer of *signature* sees it."""
    if component is None or not computes(signature):
        return component
    return importing(signature).make(component)
