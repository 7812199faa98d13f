"""Say of everything that can go wrong with a mail what it means for the mail: one table, most special first."""

from __future__ import annotations

from collections.abc import Callable

from netsmtp._many.journal import JournalError, JournalForeign
from netsmtp._many.planning import RowsError
from netsmtp._many.template import TemplateError
from netsmtp.cli.display import visible
from netsmtp.cli.letter import LetterError
from netsmtp.cli.status import Status
from netsmtp.errors import (
    DeliveryUnknown,
    InputError,
    SendmailError,
    SendmailTimeout,
    SmtpError,
)

_VERDICTS: tuple[tuple[Callable[[Exception], bool], Status, str], ...] = (
    (lambda e: _in_doubt(e), Status.UNKNOWN, "the mail may have been delivered"),
    (lambda e: isinstance(e, LetterError | InputError), Status.USAGE, "not sent"),
    (
        lambda e: isinstance(e, RowsError | TemplateError | JournalForeign),
        Status.USAGE,
        "nothing was sent",
    ),
    (lambda e: isinstance(e, JournalError) and bool(e.unrecorded), Status.UNKNOWN, "stopped"),
    (lambda e: isinstance(e, JournalError), Status.TEMPORARY, "stopped"),
    (
        lambda e: isinstance(e, SmtpError) and e.transient,
        Status.TEMPORARY,
        "not sent, try again later",
    ),
    (lambda e: isinstance(e, SmtpError), Status.FAILED, "not sent"),
    (lambda e: isinstance(e, OSError), Status.FAILED, "failed"),
)


def _in_doubt(error: Exception) -> bool:
    """Tell whether the mail of a send that raised *error* may have been delivered."""
    if isinstance(error, SendmailError):  # some programs have kept what they end with 75 for
        return isinstance(error, SendmailTimeout) or error.status == Status.TEMPORARY
    return isinstance(error, DeliveryUnknown)


def verdict(error: Exception) -> tuple[Status, str] | None:
    """Return the exit status for *error* and its words, or None for one that nobody foresaw."""
    for matches, status, fate in _VERDICTS:
        if matches(error):
            sentence, *details = words(error)
            return status, "\n  ".join([f"netsmtp: {fate}: {sentence}", *details])
    return None


def words(error: Exception) -> list[str]:
    """Return *error* as a sentence and details."""
    lines = [visible(line.strip()) for line in str(error).splitlines()]
    if isinstance(error, OSError) and not isinstance(error, SmtpError):
        named = f"{error.filename}: " if error.filename else ""
        return [f"{named}{error.strerror or lines[0]}"]
    if len(lines) > 1 and lines[1].startswith("reason: "):
        lines[:2] = [f"{lines[0]}: {lines[1].removeprefix('reason: ')}"]
    return lines
