"""Hold the states of a session as one table, which also draws the diagram in the documentation.

Every command and reply moves the session along one arrow. A step without an arrow is a mistake in
this program and stops it (`KeyError`), so that no command can ever be written out of order.

The state is that of the oldest mail under way. While its verdict is awaited the envelope of the next
may have been written behind it; that one begins, in the table, when the verdict has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, unique


@unique
class State(Enum):
    """Say what the session is waiting for or doing."""

    GREETING = "greeting"
    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    HANDSHAKE = "TLS handshake"
    AUTH = "AUTH"
    READY = "ready"
    ENVELOPE = "MAIL and RCPT"
    DATA = "DATA"
    BODY = "message"
    HOOK = "end of message"
    VERDICT = "verdict"
    RESET = "RSET"
    QUIT = "QUIT"
    FAREWELL = "farewell"
    CLOSED = "closed"

    __hash__ = object.__hash__  # that of `Enum` is no faster than Python


@unique
class Step(Enum):
    """Say what moves the session on."""

    GREETED = "220 to the connection"
    EHLO_UNKNOWN = "500, 502, 504"
    ASK_TLS = "STARTTLS wanted"
    TLS_GRANTED = "220 to STARTTLS"
    ENCRYPTED = "handshake done"
    ASK_AUTH = "credentials given"
    CHALLENGED = "334"
    PREPARED = "nothing more to set up"
    BEGIN = "an envelope is given"
    ALL_ANSWERED = "every recipient answered"
    GO_AHEAD = "354"
    CHUNKS = "every recipient answered, BDAT wanted"
    WRITTEN = "all but the end written"
    DOT = "dot or last chunk written"
    DELIVERED = "250"
    DECLINED = "4xx or 5xx, and more to send"
    FAILED = "refused, and more to send"
    CLEARED = "250 to RSET"
    LEAVE = "nothing left to send"
    REFUSED = "refused"
    GONE = "221, or whatever else"

    __hash__ = object.__hash__


TABLE: Mapping[State, Mapping[Step, State]] = {
    State.GREETING: {Step.GREETED: State.EHLO},
    State.EHLO: {
        Step.EHLO_UNKNOWN: State.HELO,
        Step.ASK_TLS: State.STARTTLS,
        Step.ASK_AUTH: State.AUTH,
        Step.PREPARED: State.READY,
    },
    State.HELO: {Step.PREPARED: State.READY},
    State.STARTTLS: {
        Step.TLS_GRANTED: State.HANDSHAKE,
        Step.ASK_AUTH: State.AUTH,
        Step.PREPARED: State.READY,
    },
    State.HANDSHAKE: {Step.ENCRYPTED: State.EHLO},
    State.AUTH: {Step.CHALLENGED: State.AUTH, Step.PREPARED: State.READY},
    State.READY: {Step.BEGIN: State.ENVELOPE, Step.LEAVE: State.QUIT},
    State.ENVELOPE: {
        Step.ALL_ANSWERED: State.DATA,
        Step.CHUNKS: State.BODY,
        Step.FAILED: State.RESET,
    },
    State.DATA: {Step.GO_AHEAD: State.BODY, Step.FAILED: State.RESET},
    State.BODY: {Step.WRITTEN: State.HOOK, Step.FAILED: State.RESET},
    State.HOOK: {Step.DOT: State.VERDICT, Step.FAILED: State.RESET},
    State.VERDICT: {Step.DELIVERED: State.READY, Step.DECLINED: State.READY},
    State.RESET: {Step.CLEARED: State.READY},
    State.QUIT: {},
    State.FAREWELL: {},
    State.CLOSED: {},
}
"""Where each step leads; besides, REFUSED leads to the farewell and GONE to the end."""

ALWAYS: Mapping[Step, State] = {Step.REFUSED: State.FAREWELL, Step.GONE: State.CLOSED}


def after(state: State, step: Step) -> State:
    """Return where *step* leads from *state*. Raises `KeyError` if it leads nowhere."""
    return AFTER[state][step]


AFTER = {state: {**steps, **ALWAYS} for state, steps in TABLE.items()}
"""The whole of the table, to be read quickly."""


def arrows() -> Iterator[tuple[State, Step, State]]:
    """Yield every arrow of the table."""
    for state, steps in TABLE.items():
        for step, target in steps.items():
            yield state, step, target


def diagram() -> str:
    """Draw the table as a Mermaid state diagram."""
    lines = [f"    {s.name} --> {t.name}: {step.value}" for s, step, t in arrows()]
    names = [f"    {state.name}: {state.value}" for state in State]
    return "\n".join(
        [
            "stateDiagram-v2",
            *names,
            f"    [*] --> {State.GREETING.name}",
            *lines,
            "    CLOSED --> [*]",
        ]
    )
