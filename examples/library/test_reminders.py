"""The reminders tested in three ways: by a plain call, by linking, and through the registry.

Run it with pytest; the fixtures `smtp` and `component` come with netsmtp.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from reminders import ILoans, IReminders, Loan, Loans, reminders
from reminders import registry as application_registry

from netsmtp import IRecordingSmtp, ISmtp, SmtpError, failing_smtp_unit, recording_smtp_unit
from netsmtp.testing import Outbox, component_fixture
from units import Registry, invoke, link, unit

TODAY = date(2026, 3, 9)


@unit
class ManyLoans(ILoans):
    """More than the library has."""

    def overdue(self, today: date) -> list[Loan]:
        return [Loan("Dune", reader, today) for reader in ("ann@x.org", "ben@x.org")]


# --- one: a unit is called with its imports ------------------------------------------------------


def test_by_a_plain_call(smtp: Outbox) -> None:
    """Nothing but the unit itself; what it imports is handed over."""
    assert reminders(Loans(), smtp).send(TODAY) == 1
    assert smtp.sent[0].to == ["ann@example.org"]
    assert smtp.sent[0].subject == "Emma was due on 2026-03-01"
    assert smtp.sent[0].text == "Please bring it back.\n"


# --- two: the application is linked with other units ---------------------------------------------


def test_by_linking() -> None:
    """The link line of the test says what is real and what is not."""
    application = link(
        ManyLoans, recording_smtp_unit, reminders, exports=(IReminders, IRecordingSmtp)
    )
    sending, recording = invoke(application)
    assert sending.send(TODAY) == 2
    assert [mail.to for mail in recording.sent()] == [["ann@x.org"], ["ben@x.org"]]


# --- three: the application's registry, in which one thing is swapped -----------------------------


@pytest.fixture
def base_registry(base_registry: Registry) -> Registry:
    """The application's own registry, made as it makes it."""
    return application_registry(base_registry)


sending = component_fixture(IReminders)


def test_through_the_registry(sending: IReminders, smtp: Outbox) -> None:
    """All of the application; the plugin sees to it that no mail leaves."""
    assert sending.send(TODAY) == 1
    assert smtp.only.sender == "library@example.org"


@pytest.mark.link(ILoans, ManyLoans)
def test_with_other_loans(sending: IReminders, smtp: Outbox) -> None:
    """A mark swaps one thing for one test."""
    assert sending.send(TODAY) == 2
    assert [mail.to for mail in smtp.sent] == [["ann@x.org"], ["ben@x.org"]]


@pytest.mark.link(ISmtp, failing_smtp_unit)
def test_a_failing_server_is_told(component: Callable[[Any], IReminders]) -> None:
    """The application does not hide it."""
    with pytest.raises(SmtpError, match="refused by the server"):
        component(IReminders).send(TODAY)
