"""`netsmtp demo`: it sends for real, shows everything, and fails if anything else arrives than was sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from netsmtp.cli.demo import ISSUE, differences
from netsmtp.cli.newsletter import SENDER, Readers
from netsmtp.cli.status import Status
from netsmtp.core.loopback import ReceivedMail
from netsmtp.embedded import EmbeddedServer
from tests.netsmtp.cli.running import Running, run

EXPECTED = ReceivedMail(SENDER, tuple(Readers().addresses()), ISSUE.data)

TAMPERING: dict[str, Callable[[ReceivedMail], list[ReceivedMail]]] = {
    "another byte": lambda mail: [dataclasses.replace(mail, data=mail.data[:-3] + b"!\r\n")],
    "a doubled dot": lambda mail: [
        dataclasses.replace(mail, data=mail.data.replace(b"\n.\r", b"\n..\r"))
    ],
    "bare line feeds": lambda mail: [
        dataclasses.replace(mail, data=mail.data.replace(b"\r\n", b"\n"))
    ],
    "another sender": lambda mail: [dataclasses.replace(mail, sender="x@example.org")],
    "a recipient less": lambda mail: [dataclasses.replace(mail, recipients=mail.recipients[:2])],
    "no mail": lambda mail: [],
    "the mail twice": lambda mail: [mail, mail],
}


def test_it_shows_everything_in_eighty_columns() -> None:
    """Plain text, complete, nothing wrapped; then the same application with two other link lines."""
    status, out, err = Running("demo", env={"TERM": "xterm-256color"}).ended()
    assert (status, err) == (Status.DONE, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    for line in (
        "link(Readers, server, smtp_unit, News, exports=INews)",
        "link(Readers, server, recording_smtp_unit, News, exports=(INews, ISmtp))",
        "link(Readers, server, dry_run_smtp_unit, News, exports=INews)",
        "│ ▾ ISmtp       │◂─┘",
        "C: RCPT TO:<cleo@example.org>",
        "C: ..",
        "C: which a careless client would take for the end of the mail:",
        "  which a careless client would take for the end of the mail:",
        "  .",
        f"exactly what was sent: the envelope and all {len(ISSUE.data)} octets",
        "kept 1 mail, opened no connection",
        "exactly what went over the wire before",
    ):
        assert line in out.splitlines()
    assert "* dry run: nothing is sent to 127.0.0.1 port " in out


@pytest.mark.parametrize("how", TAMPERING)
def test_it_fails_if_something_else_arrived(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit status is not 0 if envelope or bytes differ in any way from what was sent."""
    receive = EmbeddedServer._receive

    def tampered(self: EmbeddedServer, mail: ReceivedMail) -> None:
        for each in TAMPERING[how](mail):
            receive(self, each)

    monkeypatch.setattr(EmbeddedServer, "_receive", tampered)
    result = run("demo")
    assert result.exit_code == Status.FAILED
    assert "WRONG: " in result.stdout
    assert "exactly what was sent" not in result.stdout


def test_what_was_sent_differs_in_nothing() -> None:
    """The comparison finds no fault in the mail itself."""
    assert differences(EXPECTED, [EXPECTED]) == []


def test_an_output_without_box_characters_gets_a_diagram() -> None:
    """Where the output is ASCII the diagram is drawn with what there is."""
    status, out, err = Running("demo", env={"PYTHONIOENCODING": "ascii"}).ended()
    assert (status, err) == (Status.DONE, "")
    assert "| v ISmtp       |<-+" in out
