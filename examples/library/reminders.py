"""An application that sends mail: it reminds everybody whose book is overdue.

It names what it needs, books and mail, and nothing else; `test_reminders.py` tests it in three ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from netsmtp import ISmtp
from signatures import Signature
from units import Registry, exports, unit


@dataclass(frozen=True)
class Loan:
    title: str
    reader: str
    until: date


class ILoans(Signature):
    """Knows what is lent to whom."""

    def overdue(self, today: date) -> list[Loan]: ...


class IReminders(Signature):
    """Reminds readers."""

    def send(self, today: date) -> int: ...


@unit
class Loans(ILoans):
    """Loans of a small library."""

    def overdue(self, today: date) -> list[Loan]:
        loans = [Loan("Emma", "ann@example.org", date(2026, 3, 1))]
        return [loan for loan in loans if loan.until < today]


@unit
def reminders(loans: ILoans, smtp: ISmtp, server: str = "mail.example.org") -> IReminders:
    def send(today: date) -> int:
        """Remind every reader of each book that was due before *today*; return how many."""
        overdue = loans.overdue(today)
        for loan in overdue:
            header = f"To: {loan.reader}\r\nSubject: {loan.title} was due on {loan.until}\r\n\r\n"
            smtp.smtp_send_message(
                server,
                "library@example.org",
                [loan.reader],
                header,
                ["Please bring it back."],
            )
        return len(overdue)

    return exports(send=send)


def registry(base: Registry) -> Registry:
    """Return a registry of the application, over *base*, which says how mail is sent."""
    made = Registry(base)
    made.register(Loans)
    made.register(reminders)
    return made
