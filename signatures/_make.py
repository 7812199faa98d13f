"""Signatures that are not written as a class statement: made at run time, adopted, from a module."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any, TypeVar, cast

from signatures._declare import as_signature, describe
from signatures._errors import SignatureError, nearest
from signatures._frames import caller_outside
from signatures._members import DataMember, method
from signatures._signature import SignatureClass
from signatures._zope import Attribute, InterfaceClass

P = TypeVar("P")

#: Parts of the machinery of `typing.Protocol`, which are no members.
_PROTOCOL = frozenset(
    {"__init__", "__subclasshook__", "__class_getitem__", "__init_subclass__", "__new__"}
)


def make_signature(
    name: str,
    members: Iterable[str] | Mapping[str, object],
    *,
    extends: Any = (),
    doc: str = "",
    module: str | None = None,
) -> Any:
    """Make a signature *name* at run time, for tools and programs that compute their parts.

    *members* are names, or a mapping from names to a function (a member that is called like it,
    without ``self``), a `property`, or the annotation of a data member.  A bare name promises that
    there is something of that name.  *extends* is one signature or several.

    Raises `SignatureError` as a class statement does; a name given twice is refused (rule S2).
    """
    caller = caller_outside(__file__)
    where = module or (caller.f_globals.get("__name__") if caller else None) or "__main__"
    body: dict[str, Any] = {"__module__": where, "__doc__": doc or None}
    given: Any = members
    told: dict[str, Any] = given if isinstance(members, Mapping) else {}
    for member in given:
        if not isinstance(member, str):
            raise SignatureError(
                "the name of a member is a string", {"signature": name, "given": repr(member)}
            )
        if member in body:
            raise SignatureError(
                "a signature declares each member once",
                {"signature": name, "declared twice": member},
            )
        body[member] = _declared(member, told.get(member, _BARE))
    return SignatureClass(name, tuple(map(as_signature, _listed(extends))), body)


_BARE = object()


def _listed(given: Any) -> Iterable[Any]:
    return cast("Iterable[Any]", given) if isinstance(given, (tuple, list)) else (given,)


def _declared(name: str, value: Any) -> Any:
    """Return what declares *name*, as the body of a signature holds it."""
    if isinstance(value, (property, staticmethod, classmethod, Attribute)):
        return cast(Any, value)
    if isinstance(value, FunctionType):
        return method(name, value, bound=0)
    member = DataMember(name)
    if value is not _BARE:
        member.annotation = value
    return member


def signature(protocol: P) -> P:
    """Adopt an existing `typing.Protocol` as a signature; the same one each time.

    Type checkers go on seeing the protocol.  What it inherits from other protocols is extended.
    Classes that only inherit from the protocol match by their members; `implementer` declares them.

    Raises `SignatureError` if *protocol* is no protocol; returns a signature unchanged.
    """
    given: Any = protocol
    if isinstance(given, InterfaceClass):
        return protocol
    if not isinstance(given, type) or not getattr(given, "_is_protocol", False):
        raise SignatureError("only a Protocol can be adopted", {"given": repr(given)})
    known: Any = given.__dict__.get("__adopted_signature__")
    if known is None:
        bases = [b for b in given.__bases__ if getattr(b, "_is_protocol", False) and _own(b)]
        parents: tuple[Any, ...] = tuple(signature(base) for base in bases)
        known = SignatureClass(given.__name__, parents, _own(given))
        given.__adopted_signature__ = known  # type: ignore[attr-defined]
    adopted: P = known
    return adopted


def _own(protocol: type) -> dict[str, Any]:
    """Return the part of a protocol's body that declares members, and what names it."""
    if protocol.__module__ == "typing":
        return {}
    kinds = (FunctionType, property, staticmethod, classmethod)
    body: dict[str, Any] = {
        name: value
        for name, value in protocol.__dict__.items()
        if isinstance(value, kinds) and name not in _PROTOCOL and not name.startswith("_abc_")
    }
    names = ("__module__", "__qualname__", "__doc__", "__annotations__")
    return body | {n: protocol.__dict__[n] for n in names if n in protocol.__dict__}


def module_signature(module: ModuleType | str, name: str | None = None) -> Any:
    """Make the signature that *module* declares at its top level.

    *module* is a module, or the name of one that was imported.  Its functions and annotated names
    are the members.  *name* is by default that of the module as a signature: ``point_sig`` declares
    ``IPoint``.  Racket: ``#lang racket/signature``.

    Raises `SignatureError` as a class statement does, and for a module that was not imported.
    """
    found = sys.modules.get(module) if isinstance(module, str) else module
    if not isinstance(found, ModuleType):
        named = isinstance(module, str)
        near = nearest(module, sys.modules) if isinstance(module, str) else None
        hint = "import it first" if named and not near else None
        fields = {"given": describe(module), "did you mean": near, "hint": hint}
        raise SignatureError("no module that was imported", fields)
    body: dict[str, Any] = {
        each: method(each, value, bound=0)
        for each, value in vars(found).items()
        if isinstance(value, FunctionType) and value.__module__ == found.__name__
    }
    body["__annotations__"] = dict(vars(found).get("__annotations__", {}))
    body["__module__"], body["__doc__"] = found.__name__, found.__doc__
    if name is None:
        stem = found.__name__.rpartition(".")[2].removesuffix("_sig")
        name = "I" + "".join(word.capitalize() for word in stem.split("_"))
    return SignatureClass(name, (), body)


__all__ = ["make_signature", "module_signature", "signature"]
