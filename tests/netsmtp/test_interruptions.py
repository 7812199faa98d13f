"""An interruption at any moment: no message is completed by it, and nothing stays open."""

from __future__ import annotations

import signal
import threading
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.events import Closed, Event
from netsmtp.core.loopback import LoopbackServer
from netsmtp.memory import MemoryServer
from netsmtp.smtp import smtp_send_message, smtp_sending_end_of_message
from tests.netsmtp.scripted import ScriptedServer

LINES = ["x" * 70] * 4000  # several pieces
NEEDS_DOT = ["Delivered", "CommandSent(line='.'", "CommandSent(line='QUIT'"]


def send(memory: MemoryServer, observer: Any = None) -> None:
    smtp_send_message(
        "h", "a@x.org", ["b@y.org"], "", LINES, tcp_connect=memory.connect, observer=observer
    )


def all_events() -> list[Event]:
    seen: list[Event] = []
    with smtp_sending_end_of_message.parameterize(lambda: None):
        send(MemoryServer(), seen.append)
    return seen


EVENTS = all_events()


@pytest.mark.parametrize("at", range(len(EVENTS) - 1))
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, ZeroDivisionError])
def test_interrupted_at_event(at: int, kind: type[BaseException]) -> None:
    """Interrupted at any event before the dot the server has no message, afterwards it has one."""
    count = 0

    def observe(event: Event) -> None:
        nonlocal count
        count += 1
        if count == at + 1:
            raise kind

    memory = MemoryServer()
    with smtp_sending_end_of_message.parameterize(lambda: None), pytest.raises(kind) as caught:
        send(memory, observe)
    dot = next(n for n, event in enumerate(EVENTS) if repr(event).startswith(NEEDS_DOT[1]))
    assert len(memory.mails) == (1 if at >= dot else 0)
    delivered = next(n for n, event in enumerate(EVENTS) if repr(event).startswith(NEEDS_DOT[0]))
    notes = getattr(caught.value, "__notes__", [])
    if at >= delivered:
        assert notes == ["the server had accepted the message"]
    elif at >= dot:
        assert notes == ["the message was complete: it may have been delivered"]
    else:
        assert notes == []


def test_closed_is_told_last_and_says_how() -> None:
    """The last event of a send in order is an orderly close, of an interrupted one an abort."""
    assert EVENTS[-1] == Closed(aborted=False)
    seen: list[Event] = []

    def hook() -> None:
        raise KeyboardInterrupt

    with smtp_sending_end_of_message.parameterize(hook), pytest.raises(KeyboardInterrupt):
        send(MemoryServer(), seen.append)
    assert seen[-1] == Closed(aborted=True)


@given(st.integers(0, 5000))
def test_lines_that_raise_anywhere(after: int) -> None:
    """Lines that fail after any number leave the server without a message."""

    def lines() -> Any:
        yield from LINES[:after]
        raise ZeroDivisionError

    memory = MemoryServer()
    with pytest.raises(ZeroDivisionError):
        smtp_send_message("h", "a@x.org", ["b@y.org"], "", lines(), tcp_connect=memory.connect)
    assert memory.mails == []


@pytest.mark.parametrize("write", range(1, 7))
def test_interrupted_in_a_write(write: int) -> None:
    """An interruption inside a write, before its bytes leave, completes nothing."""
    memory = MemoryServer(lambda: LoopbackServer(extensions=("8BITMIME",)))

    def connect(server: str, port: int) -> tuple[BinaryIO, BinaryIO]:
        r, w = memory.connect(server, port)
        real, left = w.write, [write]

        def interrupted(data: bytes) -> int:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
            return real(data)

        w.write = interrupted  # type: ignore[method-assign,assignment]
        return r, w

    with pytest.raises(KeyboardInterrupt):
        smtp_send_message("h", "a@x.org", ["b@y.org"], "", ["x"], tcp_connect=connect)
    assert len(memory.mails) == (1 if write == 6 else 0)


@pytest.mark.parametrize("turns", range(1, 6))  # at 0 the client may be connecting still
def test_ctrl_c_while_waiting(turns: int) -> None:
    """A real SIGINT while a reply is waited for ends the wait at once; the dot is never added."""
    said = ["220 hi", "250 h", "250 ok", "250 ok", "354 go"]
    script: list[list[Any]] = []
    for n in range(turns):
        script += [["cmd"]] if 0 < n < 5 else []
        script += [["send", f"{said[n]}\r\n"]] if n < 5 else []
    script += [["data"]] if turns == 5 else [["cmd"]] if turns else []
    main = threading.main_thread().ident
    assert main is not None
    server = ScriptedServer(
        [*script, ["sleep", 5.0], ["eof"]],
        at_sleep=lambda: signal.pthread_kill(main, signal.SIGINT),
    )
    with server, pytest.raises(KeyboardInterrupt):
        smtp_send_message("127.0.0.1", "a@x.org", ["b@y.org"], "", ["x"], server.port)
    assert server.client_closed
    assert bytes(server.received).endswith(b".\r\n") == (turns == 5)
