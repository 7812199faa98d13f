"""Tell an observer what happens during a send, without secrets.

An observer is any procedure of one argument. It is called as things happen, in order; what it
raises cancels the send. `describe` words an event for logs and for people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from ..errors import RecipientResult
from .replies import Reply
from .stages import Stage


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection to *server* is open."""

    server: str
    port: int


@dataclass(frozen=True, slots=True)
class CommandSent:
    """A command *line* was written; AUTH and its answers show `<redacted>`."""

    line: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """The server answered a command of *stage*."""

    reply: Reply
    stage: Stage


@dataclass(frozen=True, slots=True)
class TlsStarted:
    """All that follows is encrypted."""


@dataclass(frozen=True, slots=True)
class BodyProgress:
    """So many octets of the message were *written*, of *total* where that is known beforehand."""

    written: int
    total: int | None


@dataclass(frozen=True, slots=True)
class BodyComplete:
    """All but the final dot was written; the end-of-message procedure is next."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server has taken the message over: *reply* is its final yes."""

    reply: Reply
    recipients: tuple[RecipientResult, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is closed; *aborted* if it was not ended in order."""

    aborted: bool


Event: TypeAlias = (
    Connected
    | CommandSent
    | ReplyReceived
    | TlsStarted
    | BodyProgress
    | BodyComplete
    | Delivered
    | Closed
)
Observer: TypeAlias = Callable[[Event], object]


def describe(event: Event) -> str:
    """Return *event* as one line: `C:` the client said, `S:` the server said, `*` the rest."""
    match event:
        case Connected(server, port):
            return f"* connected to {server} port {port}"
        case CommandSent(line, _):
            return f"C: {line}"
        case ReplyReceived(reply, _):
            return f"S: {reply}"
        case TlsStarted():
            return "* encrypted from here on"
        case BodyProgress(written, total):
            return (
                f"* {written} octets written"
                if total is None
                else f"* {written} of {total} octets written"
            )
        case BodyComplete():
            return "* message written, but for the final dot"
        case Delivered(reply, results):
            return f"* delivered to {', '.join(r.address for r in results if r.accepted)}"
        case Closed(aborted):
            return "* connection aborted" if aborted else "* connection closed"
    assert_never(event)


REDACTED = "<redacted>"
"""What an observer sees in place of a password or token."""
