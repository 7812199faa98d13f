"""Every fault at every stage over a real connection: the error, in time, never a wrong verdict."""

from __future__ import annotations

import time
from typing import Any

import pytest

from netsmtp.core.stages import Stage
from netsmtp.errors import (
    ConnectError,
    ConnectionLost,
    DeliveryUnknown,
    ProtocolError,
    SmtpError,
    SmtpTimeout,
)
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import smtp_send_message, tcp_connect
from tests.netsmtp.scripted import ScriptedServer

STAGES = [Stage.GREETING, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.VERDICT]
TALK: list[list[list[str]]] = [
    [["send", "220 hi\r\n"]],
    [["cmd"], ["send", "250 h\r\n"]],
    [["cmd"], ["send", "250 ok\r\n"]],
    [["cmd"], ["send", "250 ok\r\n"]],
    [["cmd"], ["send", "354 go\r\n"]],
    [["data"], ["send", "250 kept\r\n"]],
]
SECONDS = 0.15
QUICK = Deadlines(**{stage.value: SECONDS for stage in STAGES}, quit=SECONDS, farewell=0.05)

FAULTS: dict[str, tuple[list[list[str]], type[SmtpError]]] = {
    "end": ([["close"]], ConnectionLost),
    "reset": ([["rst"]], ConnectionLost),
    "silence": ([["eof"]], SmtpTimeout),
    "half a line": ([["send", "25"], ["halfclose"], ["eof"]], ConnectionLost),
    "drip": ([["send", "2"], ["drip"]], SmtpTimeout),
    "half a reply": ([["send", "250-more\r\n"], ["eof"]], SmtpTimeout),
    "garbage": ([["send", "what?\r\n"], ["eof"]], ProtocolError),
    "bare LF": ([["send", "250 ok\n250 ok\r\n"], ["eof"]], ProtocolError),
    "endless line": ([["send", "2" * 100_000], ["eof"]], ProtocolError),
    "10,000 lines": ([["send", "250-x\r\n" * 10_000], ["eof"]], ProtocolError),
}


def send(port: int, deadlines: Deadlines = QUICK, lines: Any = ("hello",), **keywords: Any) -> None:
    options = Options(deadlines=deadlines)
    smtp_send_message(
        "127.0.0.1",
        "a@x.org",
        ["b@y.org"],
        "A: b\r\n\r\n",
        lines,
        port,
        options=options,
        **keywords,
    )


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("stage", STAGES, ids=str)
def test_fault_at_stage(stage: Stage, fault: str) -> None:
    """Before the dot the mail was not delivered, after it nobody knows; the error says where.

    A deadline is for the whole reply: a byte now and then does not keep it from passing.
    """
    at = STAGES.index(stage)
    steps, kind = FAULTS[fault]
    script: list[list[str]] = [step for turn in TALK[:at] for step in turn]
    script += [*TALK[at][:-1], *steps]
    began = time.monotonic()
    with ScriptedServer(script) as server, pytest.raises(SmtpError) as caught:
        send(server.port)
    error = caught.value
    if (stage, fault) == (Stage.GREETING, "reset") and type(error) is ConnectError:
        return  # it came before the connection was made
    assert type(error) is (DeliveryUnknown if stage is Stage.VERDICT else kind)
    assert error.stage is stage
    assert error.transient == isinstance(error, ConnectionLost | SmtpTimeout)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_quit(fault: str) -> None:
    """After the verdict no fault makes a difference."""
    script = [step for turn in TALK for step in turn]
    with ScriptedServer([*script, ["cmd"], *FAULTS[fault][0]]) as server:
        send(server.port)


def test_total_deadline_is_for_everything() -> None:
    """A server that is quick enough at each stage still has to be quick enough in all."""
    with ScriptedServer([*TALK[0], *TALK[1], ["eof"]]) as server, pytest.raises(SmtpTimeout):
        send(server.port, Deadlines(total=0.1))


def test_server_that_stops_reading() -> None:
    """A message that is not taken does not hold the send longer than a piece's deadline."""
    deadlines = Deadlines(body=0.2, farewell=0.05)
    script = [step for turn in TALK[:5] for step in turn]
    server = ScriptedServer([*script, ["sleep", 5.0]])
    with server, pytest.raises(SmtpTimeout) as caught:
        send(server.port, deadlines, ["x" * 70] * 300_000)
    assert caught.value.stage is Stage.BODY
    assert not bytes(server.received).endswith(b"\r\n.\r\n")


def test_421_in_the_middle_of_a_message() -> None:
    """A server that gives up while it is written to is heard."""
    script = [step for turn in TALK[:5] for step in turn]
    script += [["nbytes", 1000], ["send", "421 4.3.2 closing\r\n"], ["close"]]  # type: ignore[list-item]
    with ScriptedServer(script) as server, pytest.raises(SmtpError) as caught:
        send(server.port, Deadlines(), ["x" * 70] * 200_000)
    assert caught.value.reply is not None
    assert caught.value.reply.code == 421
    assert caught.value.transient
    assert not bytes(server.received).endswith(b"\r\n.\r\n")


def test_greeting_read_ahead_by_the_caller_is_not_lost() -> None:
    """Bytes that a reader's buffer holds already, from a proxy's dialogue say, are used."""

    def connect(server: str, port: int) -> Any:
        r, w = tcp_connect(server, port)
        r.peek(1)  # type: ignore[attr-defined]
        return r, w

    script = [step for turn in TALK for step in turn]
    with ScriptedServer([*script, ["cmd"], ["send", "221 bye\r\n"]]) as server:
        send(server.port, Deadlines(), tcp_connect=connect)
