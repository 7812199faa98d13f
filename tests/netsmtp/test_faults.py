"""Every fault at every stage over a real connection: what becomes of the mail is as the table says."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
import trustme

from netsmtp.core.stages import Stage
from netsmtp.errors import SmtpError, SmtpTimeout
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import smtp_send_message, tcp_connect
from tests.netsmtp.faults import disk, matrix
from tests.netsmtp.faults.drivers import DRIVERS, LONG, Short, Told, options
from tests.netsmtp.faults.matrix import DEADLINES, FAULTS, STAGES, Outcome, outcomes
from tests.netsmtp.faults.server import FailingServer
from tests.netsmtp.scripted import ScriptedServer

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "faults.md"
LARGE = ["x" * 990] * 8000
"""Lines that no buffer between client and server takes whole."""
BLOCKED = 1.0
"""Seconds after which a client that cannot write on looks whether there is anything to read."""


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a context for the server, and one for clients that trust it."""
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return serving, trusting


Contexts = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("stage", STAGES[:-1])
def test_fault_at_stage(stage: str, fault: str, driver: str, contexts: Contexts) -> None:
    """Before the dot the mail was not delivered, after it nobody knows; the error says where.

    A deadline is for the whole reply: a byte now and then does not keep it from passing. A second
    mail goes on over another connection, unless there is none to be had for a reason that stays.
    """
    server, told = sent(stage, fault, driver, contexts)
    assert any(agrees(each, stage, server, told) for each in outcomes(stage, fault)), told


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_quit(fault: str, driver: str, contexts: Contexts) -> None:
    """After the verdict no fault makes a difference."""
    server, told = sent("quit", fault, driver, contexts)
    assert set(told) == {None}
    assert [each.word for each in outcomes("quit", fault)] == ["sent"]
    assert len(server.kept) == len(server.finished) == len(told)


def sent(stage: str, fault: str, driver: str, contexts: Contexts) -> tuple[FailingServer, Told]:
    """Send a mail that meets *fault* at *stage*, and one behind it where *driver* can."""
    serving, trusting = contexts
    short = Short(DEADLINES.get(fault, BLOCKED if stage == "body" else LONG))
    texts: list[Any] = [[*LARGE, "mail 0"] if stage == "body" else ["mail 0"]]
    if driver != "smtp_send_message":
        texts.append(["mail 1"])
    with FailingServer(stage, FAULTS[fault], serving) as server:
        told = DRIVERS[driver](
            server.port, trusting, texts, options=options(stage, short), observer=short.observe
        )
    assert server.error is None, server.error
    assert len(told) == len(texts)
    return server, told


def agrees(wanted: Outcome, stage: str, server: FailingServer, told: Told) -> bool:
    """Tell whether *wanted* is what was *told*, and what the server has."""
    first, *second = told
    assert first is not None
    assert wanted.error is not None
    whole = [text.split(b"mail ")[-1][:1] for text in server.finished]
    kept = [text.split(b"mail ")[-1][:1] for text in server.kept]
    return (
        type(first) is wanted.error
        and str(first.stage) == wanted.stage
        and first.transient is wanted.transient
        and (whole.count(b"0") == 0 or (stage == "verdict" and whole.count(b"0") == 1))
        and kept == [b"1"] * (wanted.next == "sent") * len(second)
        and all(each is (None if wanted.next == "sent" else first) for each in second)
    )


def test_page_shows_the_table() -> None:
    """The documentation's tables are those the tests go by."""
    page = PAGE.read_text(encoding="utf-8")
    for table in (*matrix.tables(), *disk.tables()):
        assert f"\n\n{table}\n\n" in page


# Faults that no table shows, or that it cannot.

TALK: list[list[Any]] = [
    ["send", "220 hi\r\n"],
    ["cmd"],
    ["send", "250 h\r\n"],
    ["cmd"],
    ["send", "250 ok\r\n"],
    ["cmd"],
    ["send", "250 ok\r\n"],
    ["cmd"],
    ["send", "354 go\r\n"],
]


def send(port: int, deadlines: Deadlines, lines: Any = ("hello",), **keywords: Any) -> None:
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


def test_total_deadline_is_for_everything() -> None:
    """A server that is quick enough at each stage still has to be quick enough in all."""
    with ScriptedServer([*TALK[:3], ["eof"]]) as server, pytest.raises(SmtpTimeout):
        send(server.port, Deadlines(total=0.1))


def test_server_that_stops_reading() -> None:
    """A message that is not taken does not hold the send longer than a piece's deadline."""
    deadlines = Deadlines(body=0.2, farewell=0.05)
    given_up = threading.Event()
    with ScriptedServer([*TALK, ["stall"]], at_sleep=given_up.wait) as server:
        with pytest.raises(SmtpTimeout) as caught:
            send(server.port, deadlines, ["x" * 70] * 300_000)
        given_up.set()
    assert caught.value.stage is Stage.BODY
    assert not bytes(server.received).endswith(b"\r\n.\r\n")


def test_421_in_the_middle_of_a_message() -> None:
    """A server that gives up while it is written to is heard."""
    script = [*TALK, ["nbytes", 1000], ["send", "421 4.3.2 closing\r\n"], ["close"]]
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

    script = [*TALK, ["data"], ["send", "250 kept\r\n"], ["cmd"], ["send", "221 bye\r\n"]]
    with ScriptedServer(script) as server:
        send(server.port, Deadlines(), tcp_connect=connect)
