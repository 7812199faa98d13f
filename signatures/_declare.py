"""Who implements a signature, said and asked: `implementer`, `provides`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard, TypeVar

from signatures._errors import SignatureError
from signatures._zope import InterfaceClass, classImplements

T = TypeVar("T")
C = TypeVar("C", bound=type)


def provides(thing: object, signature: Callable[..., T]) -> TypeGuard[T]:
    """Tell whether *thing* was declared to provide *signature*; narrows its type.

    *signature* is a `Signature` or a zope interface; *thing* provides it if its class implements
    it or one extending it.  The members are not looked at.

    Raises `SignatureError` if *signature* is none.
    """
    return as_signature(signature).providedBy(thing)


def implementer(*signatures: Callable[..., object]) -> Callable[[C], C]:
    """Declare, as a class decorator, that instances implement *signatures*.

    For classes that cannot name the signatures among their bases, and for zope interfaces.

    Raises `SignatureError` for one that is none.
    """
    declared = [as_signature(signature) for signature in signatures]

    def declare(cls: C) -> C:
        classImplements(cls, *declared)
        return cls

    return declare


def as_signature(thing: object) -> InterfaceClass:
    """Return *thing* as an interface; raise `SignatureError` if it is none."""
    if isinstance(thing, InterfaceClass):
        return thing
    origin = getattr(thing, "__origin__", None)  # IBox[int]
    if isinstance(origin, InterfaceClass):
        return origin
    raise SignatureError("not a signature", {"given": describe(thing), "hint": _hint(thing)})


def describe(thing: object) -> str:
    """Name *thing* as its author would: what was defined by its name, other values by repr."""
    if isinstance(thing, InterfaceClass):
        return f"signature {thing.__name__}"
    name = getattr(thing, "__qualname__", None)
    if isinstance(name, str):
        return f"class {name}" if isinstance(thing, type) else f"function {name}"
    text = repr(thing)
    return text if len(text) <= 80 else text[:77] + "..."


def _hint(thing: object) -> str | None:
    if isinstance(thing, type):
        mixins: list[Any] = [vars(base).get("__signature_mixin__") for base in thing.__mro__]
        names = [signature.__name__ for signature in mixins if signature is not None]
        if names:
            return f"a class that implements {', '.join(names)}; to extend, name Signature again"
        if getattr(thing, "_is_protocol", False):
            return f"adopt the Protocol: signature({thing.__qualname__})"
    return None
