"""What signatures and units say of themselves (rules R1-R4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from signatures._adjust import Adjustable, adjusted
from signatures._declare import as_signature
from signatures._members import derived_members, member_names
from signatures._zope import Interface
from units._explain import init_dependencies, unit_signatures
from units._explain import is_unit as is_unit
from units.racket._shapes import AnyUnit, Shown


def signature_members(
    signature: Callable[..., object], /
) -> tuple[Any, tuple[str, ...], tuple[str, ...], tuple[()]]:
    """Return what *signature* extends, its members, what importers get computed, and ``()``.

    The first is None, the one parent, or a tuple of several.  Names come in the order of the text,
    inherited ones first.  The last place is that of the macros of a signature, which Python does
    not have.  Racket: ``signature-members``.

    Raises `SignatureError` if *signature* is none.
    """
    found = as_signature(signature)
    parents = tuple(base for base in found.__bases__ if base is not Interface)
    extended = parents if len(parents) > 1 else next(iter(parents), None)
    return extended, member_names(found), tuple(derived_members(found)), ()


def unit_static_signatures(u: AnyUnit, /) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    """Return the imports and the exports of *u*, each as ``(tag, signature)``, as declared.

    Racket: ``unit-static-signatures``.  Raises `InvokeError` if *u* is no unit.
    """
    return unit_signatures(u)


def unit_static_init_dependencies(u: AnyUnit, /) -> tuple[Shown, ...]:
    """Return the imports that *u* reads while it starts, each as ``(tag, signature)``.

    Racket: ``unit-static-init-dependencies``.  Raises `InvokeError` if *u* is no unit.
    """
    return init_dependencies(u)


def provide_signature_elements(*specs: Adjustable) -> tuple[str, ...]:
    """Return the names that *specs*, which may be adjusted, stand for: ``__all__ = [...]``.

    Racket: ``provide-signature-elements``.

    Raises `SignatureError` for what is no signature.
    """
    given: Iterable[Any] = map(adjusted, specs)
    return tuple(name for spec in given for name in spec.names)
