"""A copy of what was sent, and of nothing else; a failing copy is no failing send."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from netsmtp import (
    DeliveryUnknown,
    ISmtp,
    SmtpError,
    failing_smtp_unit,
    recording_smtp_unit,
    smtp_unit,
    tee_smtp_unit,
)
from netsmtp._calls import Call, PassingSmtp
from netsmtp.core.events import Delivered, Event
from netsmtp.core.stages import Stage
from netsmtp.memory import MemoryServer
from tests.netsmtp.every_unit import HEADER
from units import invoke


def send(component: ISmtp, lines: Any = ("hello",), **more: Any) -> None:
    component.smtp_send_message("mx.example", "a@x.org", ["b@y.org"], HEADER, lines, **more)


def test_what_was_sent_is_copied_with_its_envelope() -> None:
    """Lines that are read once as well."""
    one, two = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    send(tee_smtp_unit(one, two), iter(["one", "two"]))
    assert one.sent() == two.sent()
    assert two.sent()[0].text == "one\ntwo\n"


@pytest.mark.parametrize("fault", ["451 4.3.0 not now", "550 5.0.0 no", "lost"])
def test_what_was_not_certainly_sent_is_not_copied(fault: str) -> None:
    """The copy is a record of what the server took over."""
    copy = invoke(recording_smtp_unit)
    with pytest.raises(SmtpError) as caught:
        send(tee_smtp_unit(failing_smtp_unit(Stage.VERDICT, fault), copy))
    assert isinstance(caught.value, DeliveryUnknown) == (fault == "lost")
    assert copy.sent() == ()


def test_a_copy_that_fails_is_told_and_not_raised(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever heard of an error might send the mail once more."""
    inner = invoke(recording_smtp_unit)
    errors: list[Exception] = []
    send(tee_smtp_unit(inner, failing_smtp_unit(), failed=errors.append))
    assert [str(error.stage) for error in errors if isinstance(error, SmtpError)] == ["verdict"]
    caplog.set_level(logging.WARNING, "netsmtp")
    send(tee_smtp_unit(inner, failing_smtp_unit()))
    assert "sent, but not copied: refused by the server" in caplog.text
    assert len(inner.sent()) == 2


def test_an_interruption_of_the_copy_comes_out() -> None:
    """It is meant for the program."""

    class Interrupted(PassingSmtp):
        def _send(self, call: Call) -> None:
            raise KeyboardInterrupt

    inner = invoke(recording_smtp_unit)
    with pytest.raises(KeyboardInterrupt):
        send(tee_smtp_unit(inner, Interrupted(inner)))
    assert len(inner.sent()) == 1


def test_hook_and_observer_are_for_the_send_alone() -> None:
    """Once each: the copy is nobody's business."""
    calls: list[int] = []
    heard: list[Event] = []
    component = tee_smtp_unit(invoke(recording_smtp_unit), invoke(recording_smtp_unit))
    with component.smtp_sending_end_of_message.parameterize(lambda: calls.append(1)):
        send(component, observer=heard.append)
    assert calls == [1]
    assert sum(isinstance(event, Delivered) for event in heard) == 1


def test_what_goes_over_an_open_connection_is_copied_by_those_that_need_none() -> None:
    """One that would send it over another connection has none to do it over, and fails."""
    server, copy = MemoryServer(), invoke(recording_smtp_unit)
    errors: list[Exception] = []
    for to in (copy, invoke(smtp_unit)):
        r, w = server.connect("", 0)
        tee_smtp_unit(invoke(smtp_unit), to, failed=errors.append).smtp_send_message_star(
            r, w, "a@x.org", ["b@y.org"], HEADER, iter(["hello"]), None, None, None
        )
        assert (r.closed, w.closed) == (True, True)
    assert len(server.mails) == 2
    assert [mail.text for mail in copy.sent()] == ["hello\n"]
    assert len(errors) == 1
    assert isinstance(errors[0], SmtpError)


def test_its_repr_says_what_is_behind_it() -> None:
    """For whoever looks at a linked application."""
    shown = repr(tee_smtp_unit(invoke(recording_smtp_unit), failing_smtp_unit()))
    assert shown.startswith(
        "<TeeSmtp before <RecordingSmtp: 0 sent>, copied to <FailingSmtp at ver"
    )
