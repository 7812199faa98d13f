"""Where a contract is compiled: what its errors mention, and which members it may name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from units._errors import Problem

#: Returns the member of a given name of one instance: what `member` predicates ask.
Lookup = Callable[[str], Callable[[Any], object]]


@dataclass(frozen=True)
class Scope:
    """The place of a contract: *member* of *signature*, written at *location*.

    *members* are the names that `member` may mention; nothing means that any will do.  *lookup*
    finds them in an instance, where the contract is compiled for one.  *renames* tells how the
    members are called here that the contract was written about under another name (rule S6).
    """

    member: str = ""
    signature: str = ""
    location: str = ""
    members: Collection[str] | None = None
    lookup: Lookup | None = None
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Which part of the member is being compiled: ``parameter n``, ``result``.
    part: str = ""

    def problem(self, annotation: object, why: str, hint: str = "") -> Problem:
        """Return what is wrong with *annotation*, as the definition's error lists it."""
        subject = ".".join(name for name in (self.signature, self.member) if name)
        return Problem(
            "contract cannot be checked",
            {
                "member": subject,
                "of": self.part,
                "annotation": described(annotation),
                "why": why,
                "hint": hint,
                "at": self.location,
            },
        )


def described(annotation: object) -> str:
    """Return *annotation* as it was written, as far as it tells."""
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__qualname__.rpartition("<locals>.")[2]
    return repr(annotation).replace("typing.", "").replace("collections.abc.", "")
