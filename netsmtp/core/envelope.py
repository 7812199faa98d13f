"""Hold one mail, checked: who sends it, who gets it, what it says, and how it was taken."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..errors import NotOffered, RecipientResult, SmtpError, TooLarge
from . import addresses
from .addresses import Address
from .capabilities import Capabilities
from .content import Content, Facts, Source
from .queue_ids import queue_id
from .replies import Reply
from .stages import Stage

_log = logging.getLogger("netsmtp")


class Mail(NamedTuple):
    """Hold an envelope and its *content*; *facts* is None where that can be read only once.

    *reports* are the parameters behind MAIL that are about delivery reports. *utf8*: the content
    itself needs SMTPUTF8. *seven_bit* makes the same mail for a server without 8BITMIME, where that
    is possible.
    """

    sender: Address
    recipients: tuple[Address, ...]
    content: Source
    facts: Facts | None
    reports: str = ""
    utf8: bool = False
    seven_bit: Callable[[], Mail] | None = None

    @property
    def needs_utf8(self) -> bool:
        """Tell whether an address or the content needs SMTPUTF8 (RFC 6531)."""
        paths = [address.path for address in self.recipients]
        return self.utf8 or not ("".join(paths).isascii() and self.sender.path.isascii())

    @property
    def octets(self) -> int | None:
        """Return the size of the content, where it is known."""
        return self.facts.size if self.facts else self.content.octets

    def suited(self, offered: Capabilities) -> Mail:
        """Return the mail in the form that a server takes that has *offered* these capabilities.

        Raises `NotOffered` or `TooLarge` instead of sending what the server said it cannot take.
        """
        facts = self.facts
        if facts and not facts.ascii and "8BITMIME" not in offered:
            if self.seven_bit is None or self.needs_utf8:
                raise NotOffered("8BITMIME, which the text of this mail needs", stage=Stage.MAIL)
            return self.seven_bit().suited(offered)
        if self.needs_utf8 and "SMTPUTF8" not in offered:
            what = "the header" if self.utf8 else "an address"
            raise NotOffered(f"SMTPUTF8, which {what} of this mail needs", stage=Stage.MAIL)
        size, limit = self.octets, offered.size
        if size is not None and limit is not None and size > limit:
            raise TooLarge(f"{size} octets, the server takes {limit}", stage=Stage.MAIL)
        reports = self.reports or any(address.reports for address in self.recipients)
        if reports and "DSN" not in offered:
            raise NotOffered("DSN, which the wanted delivery reports need", stage=Stage.MAIL)
        return self

    def commands(self, offered: Capabilities) -> list[str]:
        """Return MAIL and each RCPT for a server that has *offered* these capabilities.

        Extensions are used only where this mail needs them.
        """
        facts = self.facts
        eight = (facts is None or not facts.ascii) and "8BITMIME" in offered
        utf8 = self.needs_utf8 and "SMTPUTF8" in offered
        asked = f"{' BODY=8BITMIME' if eight else ''}{' SMTPUTF8' if utf8 else ''}{self.reports}"
        return [
            f"MAIL FROM:<{self.sender.path}>{asked}",
            *[f"RCPT TO:<{address.path}>{address.reports}" for address in self.recipients],
        ]


def mail(
    sender: object, recipients: object, header: object, message_lines: object, reports: str = ""
) -> Mail:
    """Check everything about a mail that can be known before connecting.

    Raises `AddressError`, `NotificationError`, `ContentError` or `TypeError`.
    """
    checked_sender = addresses.sender(sender)
    checked_recipients = addresses.recipients(recipients)
    content = Content(header, message_lines)
    return Mail(checked_sender, checked_recipients, content, content.facts(), reports)


class SendResult:
    """Say what became of a mail: the server's final *reply*, and one for each recipient.

    A mail that was not delivered has an *error*.
    """

    __slots__ = ("_addresses", "_failure", "_replies", "reply")

    def __init__(
        self,
        reply: Reply | None,
        recipients: Sequence[Address],
        replies: Sequence[Reply] = (),
        error: SmtpError | None = None,
    ) -> None:
        self.reply = reply
        self._addresses = recipients
        self._replies = replies
        self._failure = None if error is None else _Failure(error)

    @property
    def error(self) -> SmtpError | None:
        """Return why the mail was not delivered, None if it was."""
        return None if self._failure is None else self._failure.look()

    @property
    def recipients(self) -> tuple[RecipientResult, ...]:
        """Return what the server said about each recipient, in their order."""
        return recipient_results(self._addresses, self._replies)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return the recipients the server took."""
        return tuple(each.address for each in self.recipients if each.accepted)

    @property
    def refused(self) -> tuple[RecipientResult, ...]:
        """Return the recipients the server did not take, with its answers."""
        return tuple(each for each in self.recipients if not each.accepted)

    @property
    def queue_id(self) -> str | None:
        """Return the name under which the server keeps the mail, None if it tells none we know."""
        return None if self.reply is None or self._failure else queue_id(self.reply)

    def guarded(self) -> SendResult:
        """Return the result itself, whose error is logged if nobody ever looks at it.

        To look is to ask for `error`, to `check`, or to ask whether the result is true.
        """
        if self._failure is not None:
            self._failure.seen = False
        return self

    def check(self) -> SendResult:
        """Return the result itself, or raise its error."""
        if self._failure is not None:
            raise self._failure.look()
        return self

    def __bool__(self) -> bool:
        """Tell whether the mail was delivered, at least to some."""
        return self.error is None

    def __repr__(self) -> str:
        if self._failure is not None:
            return f"SendResult(error={self._failure.error!r})"
        return f"SendResult(reply={str(self.reply)!r}, recipients={self.recipients!r})"


class _Failure:
    """Hold an error, and whether somebody has looked at it who has to."""

    __slots__ = ("error", "seen")

    def __init__(self, error: SmtpError) -> None:
        self.error = error
        self.seen = True

    def look(self) -> SmtpError:
        self.seen = True
        return self.error

    def __del__(self) -> None:
        if not self.seen:
            _log.error("a mail was not sent, and nobody looked at the result: %s", self.error)


def recipient_results(
    recipients: Sequence[Address], replies: Sequence[Reply]
) -> tuple[RecipientResult, ...]:
    """Pair *recipients* with the *replies* that came so far."""
    return tuple(
        RecipientResult(address.text, replies[n] if n < len(replies) else None)
        for n, address in enumerate(recipients)
    )


def in_seven_bits(original: Mail, content: Callable[[], Source]) -> Mail:
    """Return *original* with what *content* gives, which is ASCII, for its content."""
    made = content()
    return original._replace(content=made, facts=made.facts(), seven_bit=None)
