"""What a consumer of `ISmtp` may rely on, whichever unit is linked: one suite over all of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
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
from netsmtp.errors import AddressError, ContentError, InputError, PlaintextAuthError, SmtpError
from netsmtp.memory import MemoryServer
from signatures import Signature, provides
from units import exports, invoke, link, unit

HEADER = "From: a@x.org\r\nTo: b@y.org\r\nSubject: hi\r\n\r\n"
ARGUMENTS = ("mail.example", "a@x.org", ["b@y.org"], HEADER, ["hello", ".dot", ""])


@dataclass
class Sending:
    """One implementation, and how to reach a server with it that is none."""

    smtp: ISmtp
    connect: Callable[[str, int], Any]


@pytest.fixture(params=["smtp", "recording", "dry-run"])
def sending(request: pytest.FixtureRequest) -> Sending:
    """Give each registered implementation, invoked."""
    component = registry().get(ISmtp, request.param)
    return Sending(component, MemoryServer().connect)


def test_it_provides_the_four_members_of_smtp_sig(sending: Sending) -> None:
    """Two procedures and two parameters, those of `netsmtp.smtp` (Racket: ``smtp^``)."""
    assert provides(sending.smtp, ISmtp)
    assert sending.smtp.smtp_sending_server is smtp.smtp_sending_server
    assert sending.smtp.smtp_sending_end_of_message is smtp.smtp_sending_end_of_message


def test_a_send_returns_nothing(sending: Sending, capsys: pytest.CaptureFixture[str]) -> None:
    """Success is silence, by port keyword and by position."""
    for port in ((), (587,)):
        sent: Any = sending.smtp.smtp_send_message
        assert sent(*ARGUMENTS, *port, port_no=26, tcp_connect=sending.connect) is None


def test_open_streams_are_used_or_at_least_closed(
    sending: Sending, capsys: pytest.CaptureFixture[str]
) -> None:
    """``smtp_send_message_star`` closes both streams whatever happens."""
    r, w = MemoryServer().connect("", 0)
    sending.smtp.smtp_send_message_star(r, w, *ARGUMENTS[1:], None, None, None)  # type: ignore[arg-type]
    assert r.closed
    assert w.closed
    r, w = MemoryServer().connect("", 0)
    with pytest.raises(InputError):
        sending.smtp.smtp_send_message_star(
            r, w, "a@x>\r\n", ["b@y.org"], HEADER, [], None, None, None
        )
    assert r.closed
    assert w.closed


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({1: "a@x.org>\r\nRCPT TO:<evil@x"}, AddressError),
        ({2: []}, AddressError),
        ({2: ["b@y.org", "c d@y.org"]}, AddressError),
        ({4: ["hello\r\n.\r\nMAIL FROM:<a@x>"]}, ContentError),
        ({3: "Subject: \nX\r\n\r\n"}, ContentError),
    ],
)
def test_what_cannot_be_sent_is_refused(
    sending: Sending, change: dict[int, Any], error: type[SmtpError]
) -> None:
    """Bad input raises the same typed error from each, before anything is opened."""
    arguments = [change.get(n, given) for n, given in enumerate(ARGUMENTS)]
    opened: list[str] = []

    def connect(server: str, port: int) -> Any:
        opened.append(server)
        return MemoryServer().connect(server, port)

    with pytest.raises(error):
        sending.smtp.smtp_send_message(*arguments, tcp_connect=connect)  # type: ignore[arg-type]
    assert not opened


def test_the_end_of_message_procedure_runs_once_and_may_cancel(
    sending: Sending, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each calls the hook before the dot; what it raises comes out."""
    calls: list[int] = []
    with sending.smtp.smtp_sending_end_of_message.parameterize(lambda: calls.append(1)):
        sending.smtp.smtp_send_message(*ARGUMENTS, tcp_connect=sending.connect)  # type: ignore[arg-type]
    assert calls == [1]

    def cancel() -> None:
        raise KeyboardInterrupt

    with (
        sending.smtp.smtp_sending_end_of_message.parameterize(cancel),
        pytest.raises(KeyboardInterrupt),
    ):
        sending.smtp.smtp_send_message(*ARGUMENTS, tcp_connect=sending.connect)  # type: ignore[arg-type]


def test_the_observer_hears_the_same_conversation(
    sending: Sending, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands come in order, whatever happens to them."""
    from netsmtp.core.events import CommandSent

    heard: list[str] = []

    def observe(event: object) -> None:
        if isinstance(event, CommandSent):
            heard.append(event.line)

    sending.smtp.smtp_send_message(*ARGUMENTS, tcp_connect=sending.connect, observer=observe)  # type: ignore[arg-type]
    assert heard == [
        "EHLO localhost",
        "MAIL FROM:<a@x.org>",
        "RCPT TO:<b@y.org>",
        "DATA",
        ".",
        "QUIT",
    ]


def test_a_password_is_not_sent_in_clear_to_another_machine() -> None:
    """What a real send would refuse, a recorded or dry one refuses, too."""
    for component in (invoke(recording_smtp_unit), invoke(dry_run_smtp_unit)):
        with pytest.raises(PlaintextAuthError):
            component.smtp_send_message(*ARGUMENTS, auth_user="me", auth_passwd="pw")  # type: ignore[arg-type]
        component.smtp_send_message(
            *ARGUMENTS,  # type: ignore[arg-type]
            auth_user="me",
            auth_passwd="pw",
            tls_encode=ports_to_ssl_ports,
        )
        component.smtp_send_message(
            *ARGUMENTS, tcp_connect=smtp.ssl_connect, auth_user="me", auth_passwd="pw"
        )  # type: ignore[arg-type]
        component.smtp_send_message("localhost", *ARGUMENTS[1:], auth_user="me", auth_passwd="pw")  # type: ignore[arg-type]


def test_recorded_mails_are_data() -> None:
    """Envelope, parsed headers, text and every byte of the wire."""
    recording = invoke(recording_smtp_unit)
    recording.smtp_send_message(*ARGUMENTS, 2525)  # type: ignore[arg-type]
    (mail,) = recording.sent()
    assert (mail.server, mail.port) == ("mail.example", 2525)
    assert (mail.sender, mail.recipients) == ("a@x.org", ("b@y.org",))
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
        recording.smtp_send_message(*ARGUMENTS)  # type: ignore[arg-type]
    assert recording.sent() == ()


def test_each_invocation_records_for_itself() -> None:
    """Two invocations of the recording unit share nothing."""
    one, two = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    one.smtp_send_message(*ARGUMENTS)  # type: ignore[arg-type]
    assert (len(one.sent()), len(two.sent())) == (1, 0)


def test_a_dry_run_prints_the_conversation_without_secrets() -> None:
    """Line by line through the given procedure, the message included."""
    lines: list[str] = []
    dry = dry_run_smtp_unit(lines.append)
    dry.smtp_send_message(
        *ARGUMENTS,  # type: ignore[arg-type]
        auth_user="me",
        auth_passwd="hush-hush",
        tls_encode=ports_to_ssl_ports,
    )
    assert lines[0] == "* dry run: nothing is sent to mail.example port 25"
    assert "C: ..dot" in lines
    assert "C: AUTH PLAIN <redacted>" in lines
    assert not any("hush" in line or "AG1l" in line for line in lines)
    lines.clear()
    dry.smtp_send_message_star(io.BytesIO(), io.BytesIO(), *ARGUMENTS[1:], None, None, None)  # type: ignore[arg-type]
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
    component.smtp_send_message(*ARGUMENTS)  # type: ignore[arg-type]
    assert len(calls) == 1
    assert repr(component) == "<ISmtp of netsmtp.smtp>"
