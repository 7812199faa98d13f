"""Play the server in memory: bytes in, bytes out, everything kept.

`LoopbackServer` answers as a well-behaved SMTP server does and remembers each mail it took and
every byte of the conversation. What a real session says to it is what it would have said on the
wire.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Literal

from .events import REDACTED
from .loopback_auth import Account, Trial, decoded, trial

Direction = Literal["client", "server"]


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """Hold one mail as the server took it; *data* has its dots no longer doubled."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass(slots=True)
class LoopbackServer:
    """Answer one client.

    *extensions* are the EHLO lines behind the greeting, *replies* replaces the reply to a command:
    it is asked for each line (`"."` for the end of a message) and returns the reply, or None for
    the usual one. *account* is who may authenticate; without one everybody may, by all but
    SCRAM-SHA-256.
    """

    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    replies: Callable[[str], str | None] | None = None
    account: Account | None = None
    mails: list[ReceivedMail] = field(default_factory=list[ReceivedMail])
    conversation: list[tuple[Direction, bytes]] = field(
        default_factory=list[tuple[Direction, bytes]], repr=False
    )
    closed: bool = False
    _buffer: bytearray = field(default_factory=bytearray, repr=False)
    _sender: str | None = None
    _recipients: list[str] = field(default_factory=list[str])
    _reading_data: bool = False
    _trial: Trial | None = None

    def greet(self) -> bytes:
        """Return what the server says first."""
        return self._said("220 loopback ESMTP")

    def receive(self, data: bytes) -> bytes:
        """Take what the client wrote and return the replies to what is complete of it."""
        if data:
            self.conversation.append(("client", bytes(data)))
        self._buffer += data
        replies: list[bytes] = []
        while not self.closed:
            answer = self._take_data() if self._reading_data else self._take_line()
            if answer is None:
                break
            replies.append(self._said(answer))
        return b"".join(replies)

    def lines(self) -> list[str]:
        """Return the conversation as text, `C:` and `S:` before each line, secrets replaced.

        Challenges are replaced as well: a password can be guessed from those of some mechanisms.
        """
        shown: list[str] = []
        challenged = False
        for direction, parts in groupby(self.conversation, itemgetter(0)):
            data = b"".join(part for _, part in parts)
            for line in data.decode("utf-8", "replace").removesuffix("\r\n").split("\r\n"):
                if direction == "server":
                    shown.append(f"S: {_CHALLENGE.sub(REDACTED, line)}")
                else:
                    shown.append(f"C: {REDACTED if challenged else _redacted(line)}")
                challenged = direction == "server" and line.startswith("334")
        return shown

    def _said(self, text: str) -> bytes:
        data = text.encode() + b"\r\n"
        self.conversation.append(("server", data))
        return data

    def _take_line(self) -> str | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end]).decode("utf-8", "replace")
        del self._buffer[: end + 2]
        own = self.replies(line) if self.replies else None
        if own is not None and own[:1] in "45":
            return own
        usual = self._command(line) if self._trial is None else self._judged(line)
        return own or usual

    def _take_data(self) -> str | None:
        """Take the message if all of it has come (RFC 5321 section 4.5.2)."""
        stuffed = bytes(self._buffer)
        end = 0 if stuffed.startswith(b".\r\n") else stuffed.find(b"\r\n.\r\n") + 2
        if end < 2 and not stuffed.startswith(b".\r\n"):
            return None
        del self._buffer[: end + 3]
        self._reading_data = False
        own = self.replies(".") if self.replies else None
        if own is None or own.startswith("2"):
            data = unstuffed(stuffed[:end])
            self.mails.append(ReceivedMail(self._sender or "", tuple(self._recipients), data))
        self._sender, self._recipients = None, []
        return own or "250 2.0.0 kept"

    def _command(self, line: str) -> str:
        verb = line.split(" ", 1)[0].upper()
        answers: Mapping[str, Callable[[str], str]] = {
            "EHLO": self._ehlo,
            "HELO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "QUIT": self._quit,
        }
        return answers.get(verb, self._unknown)(line)

    def _unknown(self, line: str) -> str:
        return "500 5.5.2 unknown command"

    def _ehlo(self, line: str) -> str:
        self._sender, self._recipients = None, []
        if line.upper().startswith("HELO"):
            return "250 loopback"
        every = ["loopback", *self.extensions]
        return "\r\n".join([*(f"250-{each}" for each in every[:-1]), f"250 {every[-1]}"])

    def _starttls(self, line: str) -> str:
        return "220 2.0.0 go ahead" if "STARTTLS" in self.extensions else "502 5.5.1 not offered"

    def _auth(self, line: str) -> str:
        _, mechanism, first, *_ = [*line.split(), "", ""]
        self._trial = trial(mechanism.upper(), self.account)
        if self._trial is None:
            return "504 5.5.4 no such mechanism"
        asked = next(self._trial)
        return self._judged(first) if first else _challenge(asked)

    def _judged(self, answer: str) -> str:
        """Take the *answer* to a challenge, and give the next one or the judgement."""
        given, told = self._trial, decoded(answer)
        assert given is not None
        self._trial = None
        if told is None:  # `*` cancels, and is no base64 either
            return "501 5.7.0 ended"
        try:
            asked = given.send(told)
        except StopIteration as stop:
            return "235 2.7.0 authenticated" if stop.value else "535 5.7.8 not authenticated"
        self._trial = given
        return _challenge(asked)

    def _mail(self, line: str) -> str:
        found = _PATH.match(line)
        if self._sender is not None or not found or found["verb"].upper() != "MAIL FROM":
            return "503 5.5.1 not now"
        self._sender = found["path"]
        return "250 2.1.0 ok"

    def _rcpt(self, line: str) -> str:
        found = _PATH.match(line)
        if self._sender is None or not found or found["verb"].upper() != "RCPT TO":
            return "503 5.5.1 not now"
        self._recipients.append(found["path"])
        return "250 2.1.5 ok"

    def _data(self, line: str) -> str:
        if not self._recipients:
            return "503 5.5.1 no recipients"
        self._reading_data = True
        return "354 go ahead"

    def _rset(self, line: str) -> str:
        self._sender, self._recipients = None, []
        return "250 2.0.0 ok"

    def _noop(self, line: str) -> str:
        return "250 2.0.0 ok"

    def _quit(self, line: str) -> str:
        self.closed = True
        return "221 2.0.0 bye"


def unstuffed(data: bytes) -> bytes:
    """Return *data*, CR LF text, without the dots that were added to protect it."""
    data = data.replace(b"\r\n..", b"\r\n.")
    return data[1:] if data.startswith(b"..") else data


def _challenge(asked: bytes) -> str:
    return f"334 {b64encode(asked).decode('ascii')}"


def _redacted(line: str) -> str:
    """Return *line* without what an AUTH command proves."""
    return _AUTH.sub(rf"\1 {REDACTED}", line)


_PATH = re.compile(r"(?P<verb>MAIL FROM|RCPT TO):<(?P<path>[^>]*)>", re.IGNORECASE)
_AUTH = re.compile(r"^(AUTH \S+) .*$", re.IGNORECASE)
_CHALLENGE = re.compile(r"(?<=^334 ).+")
