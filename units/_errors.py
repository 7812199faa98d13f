"""What can go wrong with units: data first, words once.

Every message has the shape of `signatures`' errors: a short lower-case sentence, then one
indented ``field: detail`` line for each fact.  Errors that collect several problems show each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from signatures._errors import render
from signatures._records import NamedTuple

if TYPE_CHECKING:
    from signatures._zope import Attribute


class Problem(NamedTuple):
    """One thing that is wrong: *sentence* says what, *fields* are the facts in reading order."""

    sentence: str
    fields: Mapping[str, object] = {}  # nobody changes it

    def __str__(self) -> str:
        return render(self.sentence, self.fields)


class UnitError(Exception):
    """The base of every error that units raise themselves."""


class ProblemsError(UnitError):
    """An error about one or more problems, found together and reported together."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return joined(self.problems)


def joined(problems: Sequence[Problem]) -> str:
    """Return the text of *problems*: one alone as it is, several under a count."""
    if len(problems) == 1:
        return str(problems[0])
    shown = [f"{number}. {problem}" for number, problem in enumerate(problems, 1)]
    return "\n".join([f"{len(problems)} problems", *shown])


class DefinitionError(ProblemsError, TypeError):
    """A unit that cannot mean anything, found when it is defined; its body never ran."""


class LinkError(ProblemsError, TypeError):
    """Units that do not fit together, found when they are linked; no body ran.

    *problems* lists every one of them.
    """


class InvokeError(ProblemsError, TypeError):
    """A unit that cannot be invoked like this, or whose body did not deliver what it promised."""


class UninitializedError(UnitError):
    """A member was read before its definition ran.

    *progress* tells how far the body came that defines it, as a key of `PROGRESS`.  Racket:
    ``x: undefined; cannot use before initialization`` (rule U13).
    """

    PROGRESS: ClassVar = {
        "waiting": "has not started",
        "running": "its body is running, but has not come to it",
        "failed": "its body failed before it came to it",
        "computing": "computes it after what reads it",
    }

    def __init__(self, member: str, unit: str, location: str, progress: str) -> None:
        super().__init__(member, unit, location, progress)
        self.member, self.unit, self.location, self.progress = member, unit, location, progress

    def __str__(self) -> str:
        told, hint = "that unit", "link it before the unit that reads it"
        if self.progress == "computing":
            told, hint = "that signature", "declare it before what reads it"
        return render(
            f"{self.member}: undefined; cannot use before initialization",
            {
                "defined by": f"{self.unit} ({self.location})",
                told: self.PROGRESS[self.progress],
                "hint": f"{hint}, or read it later, inside a call",
            },
        )


def uncomputed(member: Attribute) -> UninitializedError:
    """Return the error about *member*, which its signature has not computed yet."""
    owner = member.interface
    title, where = getattr(owner, "__name__", ""), getattr(owner, "location", "")
    return UninitializedError(f"{title}.{member.__name__}", title, where, "computing")
