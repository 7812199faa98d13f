"""What a client is asked to do, and what a client is: all that `clients` and the rest share."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
SENDER = "sender@example.com"
HEADER = "From: sender@example.com\r\nTo: recipient@example.org\r\nSubject: a message\r\n\r\n"
LINE = "The quick brown fox jumps over the lazy dog, and back over the fence."
DOT = ".a line that begins with a dot, as one in fifty does"


@dataclass(frozen=True)
class Message:
    """A message of about *size* octets, in every form that a client may want."""

    size: int
    header: str = HEADER

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the body, without line ends."""
        count = max(1, (self.size - len(self.header)) // (len(LINE) + 2))
        return [DOT if n % 50 == 1 else LINE for n in range(count)]

    @cached_property
    def data(self) -> bytes:
        """Return header and body, each line ended by CR LF."""
        return (self.header + "".join(f"{line}\r\n" for line in self.lines)).encode()

    @cached_property
    def stuffed(self) -> bytes:
        """Return the same with its dots doubled."""
        return self.data.replace(b"\r\n.", b"\r\n..")

    @cached_property
    def checksum(self) -> int:
        return zlib.adler32(self.data)


@dataclass(frozen=True)
class Job:
    """So many times one *message* to *recipients*, to the server at *port*.

    Over new connections, or *reused* ones: as many as *connections* at once. *tls* is what STARTTLS
    must be done with, None where it must not. *pipelining* tells whether the server lists it,
    *folder* has the compiled programs and room for files.
    """

    port: int
    count: int
    message: Message
    recipients: tuple[str, ...]
    reused: bool = False
    connections: int = 1
    tls: ssl.SSLContext | None = None
    pipelining: bool = True
    folder: Path = Path()


@dataclass(frozen=True)
class Client:
    """One way to send: *send* does a job and returns the seconds it took, without starting up.

    *cannot* says why a job is none for it, or None. *streams* has, for each kind of body that it
    takes (see `memory`), what sends one such body to a port.
    """

    name: str
    send: Callable[[Job], float]
    cannot: Callable[[Job], str | None] = lambda job: None
    streams: Mapping[str, Callable[[int, Any], object]] = field(default_factory=dict)


class Missing(Exception):
    """This client does not exist on this machine; the message says why."""
