"""Name the stages of a send: what an error, an event or a deadline belongs to."""

from __future__ import annotations

from enum import Enum


class Stage(Enum):
    """Say where in the conversation something happened."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    VERDICT = "verdict"
    """Between the final dot and the reply to it."""
    QUIT = "quit"
    FAREWELL = "farewell"
    """After a refusal: the QUIT that is said for politeness."""

    __hash__ = object.__hash__  # that of `Enum` is no faster than Python

    def __str__(self) -> str:
        return self.value
