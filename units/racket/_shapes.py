"""The types of what Racket's clauses hold, as a type checker sees them.

A signature is a class to type checkers, and calling it makes no sense there; ``Callable`` is the
one type that a Protocol class, a zope interface and an adopted Protocol share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from types import ModuleType
from typing import Any, TypeAlias

from signatures._adjust import Adjusted
from units._link import AnyUnit as AnyUnit
from units._specs import Tagged

#: One entry of an import or export clause: a signature, perhaps adjusted, perhaps tagged.
AnySpec: TypeAlias = Callable[..., object] | Adjusted | Tagged

#: What a link id is declared with: a signature, perhaps tagged, never adjusted.
BareSpec: TypeAlias = Callable[..., object] | Tagged

#: A link id where it is used: a string, perhaps tagged.
LinkUse: TypeAlias = str | Tagged

#: ``(L : sig)`` for each of several link ids.
LinkNames: TypeAlias = Mapping[str, BareSpec]

#: One line of a link clause: what the exports are called, the unit, what supplies its imports.
LinkLine: TypeAlias = (
    tuple[LinkNames, AnyUnit] | tuple[LinkNames, AnyUnit, LinkUse | Iterable[LinkUse]]
)

#: One spec or several.
AnySpecs: TypeAlias = AnySpec | Iterable[AnySpec]

#: One line of the link clause of ``unit/new-import-export``: old exports, the unit, old imports.
RewrapLine: TypeAlias = tuple[AnySpecs, AnyUnit] | tuple[AnySpecs, AnyUnit, AnySpecs]

#: Where names are read.
Names: TypeAlias = Mapping[str, Any]

#: Where names are read and bound.
Namespace: TypeAlias = MutableMapping[str, Any]

#: Where a unit may take its definitions from.
Context: TypeAlias = Mapping[str, Any] | ModuleType

#: What reflection says of an import or an export: its tag, if any, and its signature.
Shown: TypeAlias = tuple[str | None, Any]

#: One unit, or those that an inferring form links.
AnyUnits: TypeAlias = AnyUnit | Sequence[AnyUnit]
