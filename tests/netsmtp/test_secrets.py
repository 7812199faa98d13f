"""Passwords and tokens do not show: not in errors, tracebacks, pickles, logs, events or reprs."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from netsmtp.core.events import CommandSent, Event
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.secret import Secret
from netsmtp.errors import SmtpError
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import smtp_send_message, smtp_send_message_star
from tests.netsmtp.scripted import ScriptedServer

PASSWORD = "correct-horse-battery"
EHLO = [["send", "220 hi\r\n"], ["cmd"], ["send", "250-h\r\n250 AUTH PLAIN\r\n"], ["cmd"]]
ENDS: dict[str, list[list[Any]]] = {
    "refused": [*EHLO, ["send", f"535 no {PASSWORD}\r\n"]],
    "challenged": [*EHLO, ["send", "334 aGk=\r\n"]],
    "garbage": [*EHLO, ["send", "what\r\n"]],
    "lost": [*EHLO, ["close"]],
    "reset": [*EHLO, ["rst"]],
    "silent": [*EHLO, ["eof"]],
    "early": [["send", "220 hi\r\n"], ["cmd"], ["send", "250 h\r\n250 more\r\n"], ["eof"]],
    "ahead": [*EHLO[:2], ["send", "250-h\r\n250 AUTH PLAIN\r\n250 ahead\r\n"], ["eof"]],
    "greeting": [["send", "554 no\r\n"]],
}


def forms() -> list[str]:
    """Return the password as it stands, and in base64 at each of the three offsets."""
    encoded = [base64.b64encode(b"x" * n + PASSWORD.encode())[4:-4].decode() for n in (3, 4, 5)]
    return [PASSWORD, *encoded]


def show_nothing(text: str) -> None:
    for form in forms():
        assert form not in text


@pytest.mark.parametrize("xoauth2", [False, True])
@pytest.mark.parametrize("end", ENDS)
def test_no_error_shows_the_password(
    end: str, xoauth2: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """However authentication ends, error, pickle, log and traceback with locals are free of it."""
    caplog.set_level(logging.DEBUG)
    options = Options(deadlines=Deadlines(auth=0.1, farewell=0.05))
    events: list[Event] = []
    with ScriptedServer(ENDS[end]) as server, pytest.raises(SmtpError) as caught:
        smtp_send_message(
            "127.0.0.1",
            "a@x.org",
            ["b@y.org"],
            "A: b\r\n\r\n",
            ["hello"],
            server.port,
            auth_user="user",
            auth_passwd=base64.b64decode(base64.b64encode(PASSWORD.encode())).decode(),
            xoauth2=xoauth2,
            options=options,
            observer=events.append,
        )
    error = caught.value
    show_nothing(own_frames(error))
    show_nothing(str(error) + repr(error) + repr(vars(error)) + repr(events))
    show_nothing(pickle.dumps(error, 0).decode("latin-1"))
    show_nothing(caplog.text)


def own_frames(error: BaseException) -> str:
    """Return the traceback with the locals of every frame of ours: the caller's are the caller's."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    chain = [shown]
    while (earlier := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(earlier)
    frames = [f for each in chain for f in each.stack if "/tests/" not in f.filename]
    assert frames
    return repr([(frame.name, frame.locals) for frame in frames])


WRONG: list[Callable[[str], object]] = [
    lambda p: smtp_send_message("h", "a", ["b"], "", [], auth_passwd=p),
    lambda p: smtp_send_message("h", "a", ["b"], "", [], auth_user="u\0", auth_passwd=p),
    lambda p: smtp_send_message("h", "a", ["b"], "", [], auth_user="u", auth_passwd=p + "\0"),
    lambda p: smtp_send_message("h", "a", [], "", [], auth_user="u", auth_passwd=p),
    lambda p: smtp_send_message("h", "a", ["b"], "\n", [], auth_user="u", auth_passwd=p),
    lambda p: smtp_send_message_star(*MemoryServer().connect("", 0), "a", [], "", [], "u", p, None),
]


@pytest.mark.parametrize("call", WRONG)
def test_no_refused_call_shows_the_password(call: Callable[[str], object]) -> None:
    """What is refused before connecting does not show the password that came with it."""
    with pytest.raises(SmtpError) as caught:
        call(PASSWORD)
    show_nothing(str(caught.value) + repr(vars(caught.value)) + own_frames(caught.value))


def test_observer_and_log_see_redacted_lines(caplog: pytest.LogCaptureFixture) -> None:
    """The command is shown, what it proves is not."""
    caplog.set_level(logging.DEBUG, "netsmtp")
    seen: list[Event] = []
    memory = MemoryServer()
    smtp_send_message(
        "h",
        "a@x.org",
        ["b@y.org"],
        "",
        ["x"],
        auth_user="user",
        auth_passwd=Secret(PASSWORD),
        tcp_connect=memory.connect,
        observer=seen.append,
    )
    lines = [event.line for event in seen if isinstance(event, CommandSent)]
    assert "AUTH PLAIN <redacted>" in lines
    assert "C: AUTH PLAIN <redacted>" in caplog.text
    show_nothing(repr(seen) + caplog.text + repr(memory) + "".join(memory.connections[0].lines()))


def test_recorded_conversation_is_shown_redacted() -> None:
    """A server in memory keeps what the wire had; its text and repr hide what proves something."""
    server = LoopbackServer()
    server.greet()
    server.receive(b"AUTH PLAIN\r\n")
    secret = base64.b64encode(PASSWORD.encode())
    server.receive(secret + b"\r\n")
    server.receive(b"AUTH PLAIN " + secret + b"\r\n")
    show_nothing("".join(server.lines()) + repr(server))
    assert ("client", secret + b"\r\n") in server.conversation
