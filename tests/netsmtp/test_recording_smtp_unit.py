"""The units that send nothing and show what would have been sent, and applications linked with them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from netsmtp import (
    ISmtp,
    dry_run_smtp_unit,
    ports_to_ssl_ports,
    recording_smtp_unit,
    registry,
    smtp,
    smtp_unit,
)
from signatures import Signature
from tests.netsmtp.every_unit import ARGUMENTS, HEADER
from units import exports, invoke, link, unit


def test_recorded_mails_are_data() -> None:
    """Envelope, parsed headers, text and every byte of the wire."""
    recording = invoke(recording_smtp_unit)
    recording.smtp_send_message(*ARGUMENTS, 2525)
    (mail,) = recording.sent()
    assert (mail.server, mail.port) == ("mail.example", 2525)
    assert (mail.sender, mail.recipients) == ("a@x.org", ("b@y.org",))
    assert mail.to == ["b@y.org"]
    assert mail.data == HEADER.encode() + b"hello\r\n.dot\r\n\r\n"
    assert (mail.subject, mail.text) == ("hi", "hello\n.dot\n\n")
    assert mail.message["To"] == "b@y.org"
    assert b"\r\n..dot\r\n\r\n.\r\n" in mail.wire
    assert mail.wire.startswith(b"EHLO localhost\r\nMAIL FROM:<a@x.org>\r\n")
    recording.clear()
    assert recording.sent() == ()


def test_a_cancelled_send_is_not_recorded() -> None:
    """Nothing was delivered, so nothing is among the sent."""
    recording = invoke(recording_smtp_unit)

    def cancel() -> None:
        raise RuntimeError("no")

    with (
        recording.smtp_sending_end_of_message.parameterize(cancel),
        pytest.raises(RuntimeError, match="no"),
    ):
        recording.smtp_send_message(*ARGUMENTS)
    assert recording.sent() == ()


def test_each_invocation_records_for_itself() -> None:
    """Two invocations of the recording unit share nothing."""
    one, two = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    one.smtp_send_message(*ARGUMENTS)
    assert (len(one.sent()), len(two.sent())) == (1, 0)


def test_a_dry_run_prints_the_conversation_without_secrets() -> None:
    """Line by line through the given procedure, the message included."""
    lines: list[str] = []
    dry = dry_run_smtp_unit(lines.append)
    dry.smtp_send_message(
        *ARGUMENTS,
        auth_user="me",
        auth_passwd="hush-hush",
        tls_encode=ports_to_ssl_ports,
    )
    assert lines[0] == "* dry run: nothing is sent to mail.example port 25"
    assert "C: ..dot" in lines
    assert "C: AUTH PLAIN <redacted>" in lines
    assert not any("hush" in line or "AG1l" in line for line in lines)
    lines.clear()
    dry.smtp_send_message_star(io.BytesIO(), io.BytesIO(), *ARGUMENTS[1:], None, None, None)
    assert lines[0] == "* dry run: nothing is sent over the given connection"


class IApp(Signature):
    def notify(self, text: str) -> None: ...


@unit
def app(smtp: ISmtp) -> IApp:
    def notify(text: str) -> None:
        smtp.smtp_send_message("mail.example", "a@x.org", ["b@y.org"], HEADER, [text])

    return exports(locals())


def test_an_application_is_relinked_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The application does not change; the linkage does."""
    notifier, recording = invoke(link(recording_smtp_unit, app, exports=(IApp, ISmtp)))
    notifier.notify("recorded")
    assert recording.sent()[0].text == "recorded\n"  # type: ignore[attr-defined]
    invoke(link(dry_run_smtp_unit, app, exports=IApp)).notify("dry")
    assert "C: dry" in capsys.readouterr().out.splitlines()


def test_an_application_is_swapped_through_the_registry() -> None:
    """The same by override, undone at the end of the block."""
    known = registry()
    known.register(app)
    with known.override(ISmtp, recording_smtp_unit):
        known.get(IApp).notify("recorded")
    assert known.unit(ISmtp) is smtp_unit


def test_smtp_unit_is_the_module_read_by_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is assigned in the module later is seen by who was linked before (rule X2)."""
    component = invoke(smtp_unit)
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(smtp, "smtp_send_message", lambda *args, **kwargs: calls.append(args))
    component.smtp_send_message(*ARGUMENTS)
    assert len(calls) == 1
    assert repr(component) == "<ISmtp of netsmtp.smtp>"
