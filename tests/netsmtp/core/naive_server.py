"""A naive model of a server: it remembers which mails it took, and minds every byte it is told.

It takes one line after the other and knows nothing of sessions. What it says stays with it until a
test delivers it, some octets at a time, so it knows at each moment what the client can have read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

OTHERWISE = {
    "450": "450 later",
    "550": "550 no",
    "299": "299 what",
    "503": "503 not now",
    "421": "421 closing",
    "garbage": "what?",
}
"""What it may say instead of the usual reply; after the last two it is gone."""
ALONE = {"greeting", "EHLO", "HELO", "STARTTLS", "AUTH", "DATA"}
"""Behind which nothing may be written until they are answered (RFC 2920 section 3.1, RFC 3207)."""


@dataclass(frozen=True)
class Taken:
    """Hold one mail that the server took over."""

    sender: str
    recipients: tuple[str, ...]
    text: bytes


class NaiveServer:
    """Answer one client that is told *offers*; *plan* is what to say otherwise, command by command."""

    def __init__(self, offers: tuple[str, ...], plan: Iterable[str] = ()) -> None:
        self.offers = offers
        self.plan = deque(plan)
        self.taken: list[Taken] = []
        self.gone = False
        self.encrypted = False
        self._said = b""
        self._delivered = 0
        self._replies: list[tuple[str, int]] = []
        self._told: tuple[str, ...] = ()
        self._unread = b""
        self._handshake = self._quit = False
        self._forget()
        self._say("greeting", "220 hi")

    # What the test does.

    @property
    def undelivered(self) -> int:
        """Return how many octets wait for delivery."""
        return len(self._said) - self._delivered

    def deliver(self, most: int) -> bytes:
        """Return the next octets that the client reads, *most* at a time."""
        piece = self._said[self._delivered : self._delivered + most]
        self._delivered += len(piece)
        return piece

    def leave(self, word: str) -> None:
        """Say *word* unasked and be gone."""
        if not self.gone:
            self._answer("", OTHERWISE[word])
            self.gone = True

    def handshake(self) -> None:
        """Go on encrypted."""
        assert self._handshake, "TLS without its 220"
        assert not self.undelivered
        self._handshake, self.encrypted = False, True
        self._told = ()
        self._forget()

    def take(self, data: bytes) -> None:
        """Take what the client has written, in one write."""
        self._unread += data
        while (self._unread or self._left == 1) and not self.gone:
            assert not self._handshake, "text in clear behind STARTTLS"
            assert not self._quit, "something behind QUIT"
            if not (
                self._text() if self._reading else self._chunk() if self._left else self._line()
            ):
                return

    @property
    def awaits_text(self) -> bool:
        """Tell whether a message has begun and not ended."""
        return self._reading or bool(self._left) or bool(self._chunks)

    # What it does with commands.

    def _line(self) -> bool:
        line, end, rest = self._unread.partition(b"\r\n")
        if not end:
            return False
        self._unread = rest
        text = line.decode()
        verb = text.split(" ")[0]
        due = self._due()
        assert not ALONE & due, f"{text} while {due} wait for their replies"
        if "PIPELINING" not in self._told or verb in ("EHLO", "HELO", "STARTTLS", "AUTH", "DATA"):
            assert verb == "BDAT" or not due, f"{text} while {due} wait for their replies"
        getattr(self, f"_on_{verb.lower()}")(verb, text)
        return True

    def _on_ehlo(self, verb: str, text: str) -> None:
        self._forget()
        if self._usual(verb):
            self._told = self.offers
            if self.encrypted:
                self._told = tuple(each for each in self.offers if each != "STARTTLS")
            self._say(verb, "\r\n".join([*(f"250-{each}" for each in ("h", *self._told)), "250 X"]))

    def _on_helo(self, verb: str, text: str) -> None:
        self._told = ()
        if self._usual(verb):
            self._say(verb, "250 h")

    def _on_starttls(self, verb: str, text: str) -> None:
        assert "STARTTLS" in self._told
        if self._usual(verb):
            self._say(verb, "220 go")
            self._handshake = True

    def _on_auth(self, verb: str, text: str) -> None:
        assert text.startswith("AUTH PLAIN ")
        if self._usual(verb):
            self._say(verb, "235 ok")

    def _on_mail(self, verb: str, text: str) -> None:
        assert self._sender is None, "a sender in the middle of a mail"
        if self._usual(verb):
            self._sender = text.split("<")[1].split(">")[0]
            self._say(verb, "250 ok")

    def _on_rcpt(self, verb: str, text: str) -> None:
        if self._sender is None:
            self._answer(verb, "503 no sender")
        elif self._usual(verb):
            self._recipients.append(text.split("<")[1].split(">")[0])
            self._say(verb, "250 ok")

    def _on_data(self, verb: str, text: str) -> None:
        assert self._recipients, "DATA without a recipient"
        if self._usual(verb):
            self._say(verb, "354 go")
            self._reading = True

    def _on_bdat(self, verb: str, text: str) -> None:
        assert "CHUNKING" in self._told
        assert not {"MAIL", "RCPT"} & self._due(), "a chunk before the envelope was answered"
        _, size, *last = text.split(" ")
        self._left, self._last = int(size), bool(last)
        if last:
            assert "BDAT" not in self._due(), "the last chunk before the others were answered"
        self._left += 1  # so that a chunk of nothing is one

    def _on_rset(self, verb: str, text: str) -> None:
        if self._usual(verb):
            self._forget()
            self._say(verb, "250 ok")

    def _on_quit(self, verb: str, text: str) -> None:
        self._answer(verb, "221 bye")
        self._quit = True

    # What it does with messages.

    def _text(self) -> bool:
        assert "DATA" not in self._due(), "text before the go-ahead"
        stuffed = b"\r\n" + self._unread
        text, end, rest = stuffed.partition(b"\r\n.\r\n")
        if not end:
            return False
        self._unread, self._reading = rest, False
        self._judge(".", (text[2:] + b"\r\n").replace(b"\r\n..", b"\r\n.").removeprefix(b"\r\n"))
        return True

    def _chunk(self) -> bool:
        size = self._left - 1
        if len(self._unread) < size:
            return False
        self._chunks += self._unread[:size]
        self._unread, self._left = self._unread[size:], 0
        if self._last:
            if self._recipients:
                self._judge("BDAT LAST", self._chunks)
            else:
                self._answer("BDAT LAST", "503 no recipients")
        elif self._usual("BDAT"):
            self._say("BDAT", "250 ok")
        return True

    def _judge(self, what: str, text: bytes) -> None:
        """Take a whole message over, or refuse it; garbage hides a yes, an unknown code a no."""
        mail = Taken(self._sender or "", tuple(self._recipients), text)
        self._forget()
        word = self.plan[0] if self.plan else ""
        if word in ("", "garbage"):
            self.taken.append(mail)
        if self._usual(what):
            self._say(what, "250 kept")

    # How it answers.

    def _usual(self, verb: str) -> bool:
        """Tell whether to say the usual; if not, say what the plan has."""
        word = self.plan.popleft() if self.plan else ""
        if word:
            self._answer(verb, OTHERWISE[word])
            self.gone = word in ("421", "garbage")
        return not word

    def _say(self, verb: str, reply: str) -> None:
        if verb == "greeting" and not self._usual(verb):
            return
        self._answer(verb, reply)

    def _answer(self, verb: str, reply: str) -> None:
        self._said += reply.encode() + b"\r\n"
        self._replies.append((verb, len(self._said)))

    def _due(self) -> set[str]:
        """Return the commands whose replies the client cannot have read."""
        return {verb for verb, end in self._replies if end > self._delivered}

    def _forget(self) -> None:
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._reading = self._last = False
        self._left = 0
        self._chunks = b""
