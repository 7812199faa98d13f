"""Gather in one frozen value what a caller may choose about how mail is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .core.replies import LIMITS, ReplyLimits
from .core.stages import Stage

AuthMechanism: TypeAlias = Literal[
    "auto", "PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"
]
Security: TypeAlias = Literal["starttls", "tls", "opportunistic", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Say how many seconds each stage may take (RFC 5321 section 4.5.3.2); None waits for ever.

    A deadline covers a whole reply or a whole write, so a server that drips single bytes gains
    nothing. *body* is for each piece of the message, *farewell* for the good-bye after a refusal,
    *total* for the whole send, connecting included.
    """

    connect: float | None = 30.0
    greeting: float | None = 300.0
    ehlo: float | None = 300.0
    starttls: float | None = 120.0
    tls: float | None = 30.0
    auth: float | None = 120.0
    mail: float | None = 300.0
    rcpt: float | None = 300.0
    data: float | None = 120.0
    body: float | None = 180.0
    verdict: float | None = 600.0
    quit: float | None = 5.0
    farewell: float | None = 1.0
    total: float | None = None

    def of(self, stage: Stage) -> float | None:
        """Return the seconds that *stage* may take."""
        seconds: float | None = getattr(self, _NAMES[stage])
        return seconds


_NAMES = {stage: stage.value for stage in Stage}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Choose how mail is sent; the defaults are safe.

    *pipelining*: send an envelope in one write where the server lists PIPELINING (RFC 2920), and
    behind the final dot of the mail before where there is one.
    *chunking*: send the message by BDAT, without waiting for a go-ahead, where the server lists
    CHUNKING (RFC 3030).
    *quit_with_dot*: send QUIT in one write with the final dot, likewise. Off, because a server that
    refuses the message or drops the connection has then read a QUIT, where Racket says none.
    *allow_plaintext_auth*: send a password unencrypted to a server that is not on this machine.
    *auth_mechanism*: how to prove the password or token; the server must list it. `"auto"` takes the
    strongest it lists and never tries a weaker one after a refusal. None is PLAIN, or XOAUTH2 where
    that is asked for, listed or not, as in Racket.
    *dsn_return*: how much of the mail a delivery report should bring back, *envelope_id* what it
    should call the mail (RFC 3461 section 4); who gets a report is said by a `Recipient`.
    *policy*: `"all"` sends to all recipients or to none, as Racket does; `"accepted"` to those the
    server accepts. *long_lines*: what to do with lines of more than 998 octets (RFC 5321 section
    4.5.3.1.6).
    """

    deadlines: Deadlines = Deadlines()
    reply_limits: ReplyLimits = LIMITS
    pipelining: bool = True
    chunking: bool = False
    quit_with_dot: bool = False
    allow_plaintext_auth: bool = False
    auth_mechanism: AuthMechanism | None = None
    dsn_return: Literal["full", "headers"] | None = None
    envelope_id: str | None = None
    policy: Literal["all", "accepted"] = "all"
    long_lines: Literal["warn", "refuse", "send"] = "warn"


DEFAULTS = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bound the use of a connection; None is no bound.

    *messages*: how many mails one connection carries; *seconds*: how long it is used. Servers have
    bounds of their own and say 421 at them, which costs nothing but a new connection.
    """

    messages: int | None = None
    seconds: float | None = None


NO_LIMITS = Limits()
