"""Name what a session asks its driver to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from ..errors import SmtpError
from .content import Source
from .stages import Stage


class Write(NamedTuple):
    """Send *data*; *shows* is what an observer may see of it, *body* how much of it is message."""

    data: bytes | memoryview
    stage: Stage
    shows: Sequence[str] = ()
    body: int = 0

    def __repr__(self) -> str:
        """Leave the data out: it may hold a secret."""
        return f"Write(stage={self.stage}, shows={self.shows}, body={self.body})"


@dataclass(frozen=True, slots=True)
class Read:
    """Wait for bytes. All reads of one turn of the session together have the time of *stage*."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Fetch:
    """Wait until *source* has more of the message."""

    source: Source


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


IDLE = Idle()
READS = {stage: Read(stage) for stage in Stage}
"""Every `Read` there is: a session asks for one at each turn."""

Action: TypeAlias = Write | Read | Fetch | StartTls | CallHook | Idle | Close
