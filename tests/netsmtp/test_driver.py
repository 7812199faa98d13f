"""The driver at its edges: no deadline at all, a server's last words, an observer that fails last."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

import pytest

from netsmtp.core.events import Closed, Event, ReplyReceived
from netsmtp.core.stages import Stage
from netsmtp.errors import ConnectionLost, ReplyError, SmtpTimeout
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import smtp_send_message
from tests.netsmtp.scripted import ScriptedServer

ARGUMENTS: tuple[Any, ...] = ("127.0.0.1", "a@x.org", ["b@y.org"], "A: b\r\n\r\n", ["hello"])
ENDLESS: dict[str, Any] = {field.name: None for field in fields(Deadlines)}


def test_without_deadlines() -> None:
    """Every deadline may be None, and a server that answers is none the worse for it."""
    memory = MemoryServer()
    options = Options(deadlines=Deadlines(**ENDLESS))
    smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, options=options)
    assert len(memory.mails) == 1


@pytest.mark.parametrize("script", [[], [["send", "220 hi\r\n"], ["cmd"]]])
def test_only_the_total(script: list[list[Any]]) -> None:
    """The deadline of the whole send holds in stages that have none of their own."""
    options = Options(deadlines=Deadlines(**{**ENDLESS, "total": 0.5}))
    with ScriptedServer([*script, ["eof"]]) as server, pytest.raises(SmtpTimeout) as caught:
        smtp_send_message(*ARGUMENTS, server.port, options=options)
    assert caught.value.stage is (Stage.EHLO if script else Stage.GREETING)


class LeavingServer:
    """Answer every command before the one that begins with *last*; what is read then is *words*."""

    def __init__(self, last: bytes, words: list[bytes]) -> None:
        self.answers = [b"220 hi\r\n"]
        self._last, self._words = last, words

    def connect(self, server: str, port: int) -> Any:
        return _Reader(self), _Writer(self)

    def take(self, data: bytes) -> None:
        if data.startswith(self._last):
            self.answers += self._words
            raise BrokenPipeError
        self.answers.append(b"354 go\r\n" if data.startswith(b"DATA") else b"250 ok\r\n")


class _Reader(io.RawIOBase):
    local = True

    def __init__(self, peer: LeavingServer) -> None:
        super().__init__()
        self._peer = peer

    def ready(self) -> bool:
        return bool(self._peer.answers)

    def read(self, size: int = -1) -> bytes:
        return self._peer.answers.pop(0)


class _Writer(io.RawIOBase):
    def __init__(self, peer: LeavingServer) -> None:
        super().__init__()
        self._peer = peer

    def write(self, data: Any) -> int:
        self._peer.take(bytes(data))
        return len(data)


WHOLE, CUT = [b"421-4.3.2\r\n421 bye\r\n"], [b"42", b"1 4.3.2 bye\r", b"\n"]
MESSAGE = b"A: b"


@pytest.mark.parametrize(
    ("last", "words"), [(b"MAIL", WHOLE), (b"DATA", WHOLE), (MESSAGE, WHOLE), (MESSAGE, CUT)]
)
def test_last_words_are_heard(last: bytes, words: list[bytes]) -> None:
    """Why a server stopped reading is told, not just that it did."""
    with pytest.raises(ReplyError) as caught:
        smtp_send_message(*ARGUMENTS, tcp_connect=LeavingServer(last, words).connect)
    assert caught.value.reply is not None
    assert caught.value.reply.code == 421
    assert caught.value.transient


@pytest.mark.parametrize(
    ("last", "words"),
    [(b"MAIL", []), (b"MAIL", [b""]), (MESSAGE, [b"42"]), (MESSAGE, [b"42", b""])],
)
def test_no_last_words(last: bytes, words: list[bytes]) -> None:
    """A server that stops reading without a whole reply is a connection lost."""
    with pytest.raises(ConnectionLost) as caught:
        smtp_send_message(*ARGUMENTS, tcp_connect=LeavingServer(last, words).connect)
    assert isinstance(caught.value.__cause__, BrokenPipeError)


def test_observer_that_fails_like_a_connection() -> None:
    """What an observer raises at a server's early words is its own, not a connection lost."""

    def observe(event: Event) -> None:
        if isinstance(event, ReplyReceived) and event.reply.code == 421:
            raise OSError("disk full")

    server = LeavingServer(b"MAIL", [b"421 bye\r\n"])
    with pytest.raises(OSError, match="disk full") as caught:
        smtp_send_message(*ARGUMENTS, tcp_connect=server.connect, observer=observe)
    assert type(caught.value) is OSError


def test_observer_that_fails_at_the_close() -> None:
    """What it raises comes out; the mail is delivered, and the connection is not ended twice."""
    memory = MemoryServer()
    seen: list[Event] = []

    def observe(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Closed):
            raise RuntimeError("observer")

    with pytest.raises(RuntimeError, match="observer") as caught:
        smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, observer=observe)
    assert seen.count(Closed(aborted=False)) == 1
    assert Closed(aborted=True) not in seen
    assert caught.value.__notes__ == ["the server had accepted the message"]
    assert len(memory.mails) == 1
