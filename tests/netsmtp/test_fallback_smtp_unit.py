"""A second way out: taken only where the first certainly delivered nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest

from netsmtp import (
    DeliveryUnknown,
    ISmtp,
    SmtpError,
    failing_smtp_unit,
    fallback_smtp_unit,
    recording_smtp_unit,
    sendmail_smtp_unit,
)
from netsmtp._calls import Call, PassingSmtp
from netsmtp.core.events import Connected, Event
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    AddressError,
    PlaintextAuthError,
    ProtocolError,
    ReplyError,
    SendmailError,
    SendmailNotFound,
    SendmailTimeout,
)
from netsmtp.parameters import Parameter
from netsmtp.smtp import smtp_sending_server
from tests.netsmtp.every_unit import HEADER
from units import Link, invoke, link, part, tag, unit_from


def send(component: ISmtp, lines: Any = ("hello",), **more: Any) -> None:
    component.smtp_send_message("mx.example", "a@x.org", ["b@y.org"], HEADER, lines, **more)


ME: dict[str, Any] = {
    "auth_user": "me",
    "auth_passwd": "pw",
    "tls_encode": lambda r, w, **how: (r, w),
}

SAFE = [
    (Stage.CONNECT, "lost"),
    (Stage.GREETING, "554 5.3.2 not for you"),
    (Stage.STARTTLS, "502 5.5.1 what?"),
    (Stage.TLS, "garbage"),
    (Stage.AUTH, "535 5.7.8 no"),
    (Stage.MAIL, "451 4.7.1 later"),
    (Stage.RCPT, "silence"),
    (Stage.RCPT, "450 4.2.0 greylisted"),
    (Stage.DATA, "garbage"),
    (Stage.BODY, "lost"),
    (Stage.VERDICT, "452 4.3.1 full"),
]


@pytest.mark.parametrize(("stage", "fault"), SAFE, ids=str)
def test_the_second_sends_what_the_first_could_not(stage: Stage, fault: str) -> None:
    """No connection, no secure one, no account there, not now, no sense in what it says."""
    recording = invoke(recording_smtp_unit)
    send(fallback_smtp_unit(failing_smtp_unit(stage, fault), recording), **ME)
    assert [mail.to for mail in recording.sent()] == [["b@y.org"]]


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        (Stage.VERDICT, "lost"),
        (Stage.VERDICT, "silence"),
        (Stage.VERDICT, "garbage"),
        (Stage.VERDICT, "554 5.7.1 spam"),
        (Stage.MAIL, "553 5.1.8 not your address"),
        (Stage.RCPT, "550 5.1.1 no such user"),
        (Stage.DATA, "554 5.5.1 no"),
        (Stage.BODY, "552 5.3.4 too large"),
    ],
    ids=str,
)
def test_what_may_be_delivered_or_was_refused_for_good_goes_no_other_way(
    stage: Stage, fault: str
) -> None:
    """The first one's error is raised as it is."""
    recording = invoke(recording_smtp_unit)
    with pytest.raises(SmtpError) as caught:
        send(fallback_smtp_unit(failing_smtp_unit(stage, fault), recording))
    assert caught.value.stage is stage
    assert recording.sent() == ()


def test_what_the_first_sent_the_second_never_sees() -> None:
    """And what is wrong in itself neither."""
    first, second = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    component = fallback_smtp_unit(first, second)
    send(component)
    with pytest.raises(AddressError):
        component.smtp_send_message("mx", "a>", ["b@y.org"], HEADER, [])
    with pytest.raises(PlaintextAuthError):
        send(component, auth_user="me", auth_passwd="pw")
    assert (len(first.sent()), len(second.sent())) == (1, 0)


class Raising(PassingSmtp):
    """Raises *error* for each send."""

    def __init__(self, error: Exception) -> None:
        super().__init__(invoke(recording_smtp_unit))
        self.error = error

    def _send(self, call: Call) -> None:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        SendmailError(status=75),
        SendmailTimeout(),
        DeliveryUnknown(transient=True),
        OSError(),
        LookupError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_that_leaves_doubt_is_raised(error: Exception) -> None:
    """Sendmail may have kept the mail; of other errors nobody knows."""
    recording = invoke(recording_smtp_unit)
    with pytest.raises(type(error)) as caught:
        send(fallback_smtp_unit(Raising(error), recording))
    assert caught.value is error
    assert recording.sent() == ()


def test_a_machine_without_sendmail_has_a_second_way() -> None:
    """Nothing can have been delivered by a program that is not there."""
    recording = invoke(recording_smtp_unit)
    send(fallback_smtp_unit(sendmail_smtp_unit(search_path=[]), recording))
    send(fallback_smtp_unit(Raising(SendmailNotFound()), recording))
    assert len(recording.sent()) == 2


def test_both_errors_are_told_where_both_fail() -> None:
    """The second one's is raised, above it stands the first one's."""
    first = failing_smtp_unit(Stage.CONNECT, "lost")
    with pytest.raises(ProtocolError) as caught:
        send(fallback_smtp_unit(first, failing_smtp_unit(Stage.EHLO, "garbage")))
    assert "Connection refused" in str(caught.value.__context__)


def test_when_to_fall_back_is_a_setting() -> None:
    """Here: never."""
    recording = invoke(recording_smtp_unit)
    with pytest.raises(ReplyError):
        send(fallback_smtp_unit(failing_smtp_unit(), recording, when=lambda error: False))
    assert recording.sent() == ()


def test_lines_that_are_read_once_are_sent_whole() -> None:
    """Or, where they are more than is kept, by the first alone."""
    recording = invoke(recording_smtp_unit)
    first = failing_smtp_unit()
    send(fallback_smtp_unit(first, recording), iter(["one", "two"]))
    assert [mail.text for mail in recording.sent()] == ["one\ntwo\n"]
    with pytest.raises(ReplyError):
        send(fallback_smtp_unit(first, recording, keep=5), iter(["one", "two"]))
    assert len(recording.sent()) == 1


def test_an_open_connection_is_the_first_ones() -> None:
    """There is no second one."""
    recording = invoke(recording_smtp_unit)
    r, w = io.BytesIO(), io.BytesIO()
    with pytest.raises(ReplyError):
        fallback_smtp_unit(failing_smtp_unit(), recording).smtp_send_message_star(
            r, w, "a@x.org", ["b@y.org"], HEADER, ["hello"], None, None, None
        )
    assert (recording.sent(), r.closed, w.closed) == ((), True, True)


def test_the_second_has_the_parameters_of_the_first() -> None:
    """Also where it keeps parameters of its own: the caller sets those that it sees."""
    own: Parameter[str] = Parameter("own", "localhost")
    names: list[str] = []

    class Own(PassingSmtp):
        @property
        def smtp_sending_server(self) -> Parameter[str]:
            return own

        def _send(self, call: Call) -> None:
            names.append(own())

    component = fallback_smtp_unit(failing_smtp_unit(), Own(invoke(recording_smtp_unit)))
    with component.smtp_sending_server.parameterize("mx.here"):
        send(component)
    assert (names, own()) == (["mx.here"], "localhost")
    assert component.smtp_sending_server is smtp_sending_server


def test_two_ways_are_linked_by_their_tags() -> None:
    """The observer hears of both."""
    recording = invoke(recording_smtp_unit)
    relay, spool = Link(ISmtp, "relay"), Link(ISmtp, "spool")
    mail = link(
        part(failing_smtp_unit, as_=relay),
        part(unit_from(recording, ISmtp), as_=spool),
        part(fallback_smtp_unit, tag("first", relay), tag("second", spool)),
    )
    heard: list[Event] = []
    send(invoke(mail), observer=heard.append)
    assert sum(isinstance(event, Connected) for event in heard) == 2
    assert len(recording.sent()) == 1
    assert repr(fallback_smtp_unit(recording, recording)) == (
        "<FallbackSmtp before <RecordingSmtp: 1 sent>, then <RecordingSmtp: 1 sent>>"
    )
