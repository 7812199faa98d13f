"""Ctrl-C at any moment of `netsmtp send`: no final dot, no traceback, and a status that tells the truth."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

import pytest

from netsmtp.cli.status import Status
from tests.netsmtp.cli.running import (
    ADDRESSED,
    ENVELOPE,
    GREETED,
    INVITED,
    TAKEN,
    Running,
    interrupted,
)
from tests.netsmtp.cli.terminal import Terminal
from tests.netsmtp.scripted import ScriptedServer

DOT = b"\r\n.\r\n"
NOTHING_SENT = "netsmtp: interrupted: nothing was sent\n"
OFFERING = (
    ("send", "220 hi\r\n"),
    ("cmd",),
    ("send", "250-hi\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"),
)
LARGE = b"All work and no play makes Jack a dull boy.\n" * 500_000

STAGES = {
    "before the greeting": ((), ()),
    "at EHLO": ((("send", "220 hi\r\n"), ("cmd",)), ()),
    "at STARTTLS": ((*OFFERING, ("cmd",)), ("--starttls",)),
    "in the TLS handshake": ((*OFFERING, ("cmd",), ("send", "220 go\r\n")), ("--starttls",)),
    "in a handshake that comes first": ((), ("--tls",)),
    "at AUTH": ((*OFFERING, ("cmd",)), ("--auth-user", "ann")),
    "at MAIL": ((*GREETED, ("cmd",)), ()),
    "at RCPT": ((*GREETED, ("cmd",), ("send", "250 ok\r\n"), ("cmd",)), ()),
    "at DATA": ((*ADDRESSED, ("cmd",)), ()),
    "with everything shown": ((*ADDRESSED, ("cmd",)), ("--verbose",)),
}


@pytest.mark.parametrize("stage", STAGES)
def test_an_interrupt_before_the_message_sends_nothing(stage: str) -> None:
    """While the server lets the sender wait, Ctrl-C ends it with 130 and one sentence."""
    script, arguments = STAGES[stage]
    status, err, received = interrupted(script, *arguments, NETSMTP_PASSWORD="geheim")
    assert status == Status.INTERRUPTED
    assert err.endswith(NOTHING_SENT)
    assert "Traceback" not in err
    assert "geheim" not in err
    assert DOT not in received


@pytest.mark.parametrize("read", [1, 100_000, 5_000_000])
def test_an_interrupt_within_the_message_leaves_the_dot_out(read: int) -> None:
    """However much of a large message the server has read, it never gets the final dot."""
    status, err, received = interrupted((*INVITED, ("nbytes", read)), body=LARGE)
    assert (status, err) == (Status.INTERRUPTED, NOTHING_SENT)
    assert len(received) >= read
    assert DOT not in received


def test_an_interrupt_behind_the_dot_says_that_the_mail_may_be_delivered() -> None:
    """Between the final dot and its reply nobody knows, and the exit status says so."""
    status, err, received = interrupted((*INVITED, ("data",)))
    assert status == Status.UNKNOWN
    assert err == "netsmtp: interrupted behind the final dot: the mail may have been delivered\n"
    assert received.count(DOT) == 1


def test_an_interrupt_behind_the_reply_says_that_the_mail_was_sent() -> None:
    """Once the server has taken the mail over, Ctrl-C cannot make it fail."""
    status, err, received = interrupted((*TAKEN, ("cmd",)))
    assert status == Status.DONE
    assert err == "netsmtp: interrupted, when the mail had been sent already\n"
    assert received.count(DOT) == 1


def test_an_interrupt_while_the_body_is_read() -> None:
    """Ctrl-C while standard input is still open ends it before it has connected."""
    running = Running("send", *ENVELOPE, "--server", "127.0.0.1:1")
    assert running.process.stdin is not None
    running.process.stdin.write(bytes(1 << 20))  # returns when the command reads
    running.interrupt()
    status, _, err = running.ended()
    assert (status, err) == (Status.INTERRUPTED, NOTHING_SENT)


def test_an_interrupt_while_the_command_is_imported(tmp_path: Path) -> None:
    """Ctrl-C during the imports does not show which import it met."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "click.py").write_text(
        f"import os, signal\nos.close(os.open({str(pipe)!r}, os.O_WRONLY))\nsignal.pause()\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    running = Running("send", *ENVELOPE, env={"PYTHONPATH": path})
    os.close(os.open(pipe, os.O_RDONLY))  # waits for the import to get there
    running.interrupt()
    assert running.ended() == (Status.INTERRUPTED, "", "netsmtp: interrupted\n")


def test_ctrl_c_at_the_password_prompt_gives_the_terminal_back() -> None:
    """Ctrl-C typed instead of a password ends the command, and the terminal shows what is typed again."""
    with Terminal() as terminal:
        running = Running(
            "send",
            *ENVELOPE,
            *("--server", "127.0.0.1:1", "--auth-user", "ann"),
            terminal=terminal,
        )
        running.close_input()
        terminal.read_until(b"Password of ann: ")
        assert not terminal.echoes()
        terminal.write(b"\x03")
        status, _, err = running.ended()
        assert (status, err) == (Status.INTERRUPTED, f"\n{NOTHING_SENT}")
        assert terminal.echoes()


def test_the_password_is_asked_for_without_being_shown() -> None:
    """A typed password goes to the server and nowhere else."""
    with (
        Terminal() as terminal,
        ScriptedServer(
            [*OFFERING, ("cmd",), ("send", "535 no\r\n"), ("cmd",), ("send", "221 bye\r\n")]
        ) as server,
    ):
        running = Running(
            "send",
            *ENVELOPE,
            *("--server", f"127.0.0.1:{server.port}", "--auth-user", "ann", "--verbose"),
            terminal=terminal,
        )
        running.close_input()
        terminal.read_until(b"Password of ann: ")
        terminal.write(b"geheim\n")
        status, _, err = running.ended()
    assert status == Status.FAILED
    assert b"geheim" not in terminal.shown
    assert "geheim" not in err
    assert base64.b64encode(b"ann\0ann\0geheim") in server.received
