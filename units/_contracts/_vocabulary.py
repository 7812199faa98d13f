"""What may stand behind the comma of ``Annotated[int, ...]``: constraints, predicates, members.

The constraints of `annotated_types` are known by the names of their classes and attributes, so
that the package need not be installed, and classes of the same shape do as well.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from signatures._markers import Member as Member
from signatures._markers import member as member
from units._contracts._contract import Accepts
from units._contracts._scope import Lookup


def constraints(
    extra: Any, lookup: Lookup | None, found: Callable[[str], None]
) -> list[tuple[str, Accepts]] | None:
    """Return what *extra* demands, as texts with predicates; nothing for what is no constraint.

    The names of members go to *found*.  Metadata made for others demands nothing, as PEP 593 has
    it, and gives an empty list.  Nothing at all (``None``) means a constraint that is not known.
    """
    if isinstance(extra, Member):
        found(extra.name)
        return [(extra.name, _asking(extra.name, lookup))]
    kind = type(extra).__name__
    if kind in _COMPARED or kind in _GROUPS:
        return list(_limits(extra, _GROUPS.get(kind, (kind,))))
    if kind == "Predicate" and callable(getattr(extra, "func", None)):
        return [(_name(extra.func), _boolean(extra.func))]
    if callable(getattr(extra, "is_valid", None)):  # beartype's Is[...], IsAttr, IsEqual
        return [(repr(extra), extra.is_valid)]
    if _is_predicate(extra):
        return [(_name(extra), _boolean(extra))]
    if isinstance(extra, bool):  # a predicate that was called by mistake
        return None
    return None if type(extra).__module__.partition(".")[0] == "annotated_types" else []


def is_predicate(thing: Any) -> bool:
    """Tell whether *thing* is a plain function of one value, to be asked about it."""
    return isinstance(thing, (FunctionType, BuiltinFunctionType, MethodType, partial))


def _is_predicate(extra: Any) -> bool:
    if isinstance(extra, type):  # a class is metadata, not a question
        return False
    return is_predicate(extra) or (callable(extra) and type(extra).__module__ != "typing")


def _multiple(value: Any, of: Any) -> bool:
    return bool(value % of == 0)


def _at_least(value: Any, count: int) -> bool:
    return len(value) >= count


def _at_most(value: Any, count: int) -> bool:
    return len(value) <= count


#: Class name -> its attribute, the comparison, how it is shown.
_COMPARED: dict[str, tuple[str, Callable[[Any, Any], bool], str]] = {
    "Gt": ("gt", operator.gt, "> "),
    "Ge": ("ge", operator.ge, ">= "),
    "Lt": ("lt", operator.lt, "< "),
    "Le": ("le", operator.le, "<= "),
    "MultipleOf": ("multiple_of", _multiple, "multiple of "),
    "MinLen": ("min_length", _at_least, "length >= "),
    "MaxLen": ("max_length", _at_most, "length <= "),
}

_GROUPS = {"Interval": ("Gt", "Ge", "Lt", "Le"), "Len": ("MinLen", "MaxLen")}

#: What limits nothing.
_ABSENT: dict[str, object] = {"min_length": 0}


def _limits(extra: Any, kinds: tuple[str, ...]) -> Iterator[tuple[str, Accepts]]:
    for kind in kinds:
        attribute, compare, shown = _COMPARED[kind]
        limit = getattr(extra, attribute, None)
        if limit is not None and limit != _ABSENT.get(attribute):
            yield f"{shown}{limit!r}", _comparing(compare, limit)


def _comparing(compare: Callable[[Any, Any], bool], limit: Any) -> Accepts:
    def accepts(value: Any) -> bool:
        try:
            return bool(compare(value, limit))
        except TypeError:  # what cannot be compared is not within the limit
            return False

    return accepts


def _boolean(predicate: Callable[[Any], object]) -> Accepts:
    return lambda value: bool(predicate(value))


def _asking(name: str, lookup: Lookup | None) -> Accepts:
    if lookup is None:
        return lambda value: _refuse(name)
    return lambda value: bool(lookup(name)(value))


def _refuse(name: str) -> bool:
    raise RuntimeError(f"a contract that names member {name!r} is checked for an instance only")


def _name(predicate: Any) -> str:
    name = getattr(predicate, "__qualname__", None) or repr(predicate)
    return name.rpartition("<locals>.")[2] if name != "<lambda>" else "a predicate"
