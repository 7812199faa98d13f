"""Name what a session asks its driver to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ..errors import SmtpError
from .stages import Stage


@dataclass(frozen=True, slots=True)
class Write:
    """Send *data*; *shows* is what an observer may see of it, *body* how much of it is message."""

    data: bytes = field(repr=False)
    stage: Stage
    shows: tuple[str, ...] = ()
    body: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """Wait for bytes. All reads of one *turn* together have the time of *stage*."""

    stage: Stage
    turn: int


@dataclass(frozen=True, slots=True)
class StartTls:
    """Encrypt the connection, then tell the session by `encrypted`."""


@dataclass(frozen=True, slots=True)
class CallHook:
    """Call the end-of-message procedure."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is left to do; the connection stays open for another envelope."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close in order, then raise *error* if there is one."""

    error: SmtpError | None = None


Action: TypeAlias = Write | Read | StartTls | CallHook | Idle | Close
