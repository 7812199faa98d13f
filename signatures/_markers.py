"""Marks for the members of a signature that are more than a name: computed, checked, copied."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from signatures._adjust import Adjustable, adjusted
from signatures._errors import SignatureError
from signatures._members import MARKS, marks_of
from signatures._records import NamedTuple

F = TypeVar("F")
I = TypeVar("I")  # noqa: E741 - the signature that is decorated


def derived(member: F) -> F:
    """Compute *member* from the other members, for each importer; exporters never define it.

    A function is a method of the importer's view; a property is evaluated once, before the
    importing unit's body runs.  Both see the members of the signature that declares them, and
    nothing of one extending it.  Racket: ``define-values`` in a signature (rules S7-S9).

    Raises `SignatureError` for what is neither a function nor a property.
    """
    return _marked(member, "derived")


def for_export(member: F) -> F:
    """Compute *member* once on the exporting side, after the body; exporters do not define it.

    It may repeat a member of an extended signature, to say how that is computed.  Racket:
    ``define-values-for-export`` (rule S10).

    Raises `SignatureError` for what is neither a function nor a property.
    """
    return _marked(member, "for_export")


def contracted(member: F) -> F:
    """Enforce the annotations of *member* where it passes from one unit to another.

    Arguments are the importing unit's responsibility, results the exporting unit's.  Racket:
    ``contracted`` in a signature (rules K1-K5).

    Raises `SignatureError` for what is neither a function nor a property.
    """
    return _marked(member, "contracted")


class Member(NamedTuple):
    """The predicate that is member *name* of the signature in which it stands."""

    name: str


def member(name: str) -> Member:
    """Name member *name* of the same signature as predicate, for types that are kept abstract.

    ``Annotated[object, member("is_toy")]`` accepts what the ``is_toy`` of the same instance
    accepts.  Racket: contracts that mention other members (rule K4).
    """
    return Member(name)


def opens(*specs: Adjustable) -> Callable[[I], I]:
    """Copy, as a decorator of a signature, the members of other signatures into it.

    *specs* may be adjusted by `prefix` and `rename`; unlike extending, copying makes no subtype.
    Racket: ``open`` (rule S6).

    Raises `SignatureError` for `only` and `except_`, and for a member that is there already.
    """
    opened = [adjusted(spec) for spec in specs]
    for spec in opened:
        if spec.restricted:
            raise SignatureError(
                "only and except_ are for imports",
                {"opened": repr(spec), "expected": "every member"},
            )

    def open_in(signature: I) -> I:
        target: Any = signature
        target.open_members(opened)
        return signature

    return open_in


def _marked(member: F, mark: str) -> F:
    """Note *mark* on the function of *member*, a function or a property."""
    inner: Any = getattr(member, "fget", None) or getattr(member, "__func__", None) or member
    if not isinstance(inner, FunctionType):
        raise SignatureError(f"{mark} marks functions and properties", {"given": repr(member)})
    setattr(inner, MARKS, marks_of(inner) | {mark})
    return member
