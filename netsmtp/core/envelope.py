"""Hold one mail, checked: who sends it, who gets it, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import NotOffered, RecipientResult, TooLarge
from . import addresses
from .addresses import Address
from .capabilities import Capabilities
from .content import Content, Facts
from .replies import Reply
from .stages import Stage


@dataclass(frozen=True, slots=True)
class Mail:
    """Hold an envelope and its *content*; *facts* is None where that can be read only once.

    *reports* are the parameters behind MAIL that are about delivery reports.
    """

    sender: Address
    recipients: tuple[Address, ...]
    content: Content
    facts: Facts | None
    reports: str = ""

    @property
    def needs_utf8(self) -> bool:
        """Tell whether an address needs SMTPUTF8 (RFC 6531)."""
        return any(address.needs_utf8 for address in (self.sender, *self.recipients))

    @property
    def may_need_8bit(self) -> bool:
        """Tell whether the content holds, or may hold, octets beyond ASCII."""
        return self.facts is None or not self.facts.ascii

    @property
    def wants_reports(self) -> bool:
        """Tell whether something about delivery reports is asked for (RFC 3461)."""
        return bool(self.reports) or any(address.reports for address in self.recipients)

    def commands(self, offered: Capabilities) -> Iterator[tuple[Stage, str]]:
        """Yield MAIL and RCPT for a server that has *offered* these capabilities.

        Extensions are used only where this mail needs them. Raises `NotOffered` or `TooLarge`
        instead of sending what the server said it cannot take.
        """
        yield Stage.MAIL, f"MAIL FROM:<{self.sender.wire()}>{self._parameters(offered)}"
        for address in self.recipients:
            yield Stage.RCPT, f"RCPT TO:<{address.wire()}>{address.reports}"

    def _parameters(self, offered: Capabilities) -> str:
        if self.needs_utf8 and "SMTPUTF8" not in offered:
            raise NotOffered("SMTPUTF8, which an address of this mail needs", stage=Stage.MAIL)
        if self.facts and not self.facts.ascii and "8BITMIME" not in offered:
            raise NotOffered("8BITMIME, which the text of this mail needs", stage=Stage.MAIL)
        if self.facts and offered.size is not None and self.facts.size > offered.size:
            raise TooLarge(
                f"{self.facts.size} octets, the server takes {offered.size}", stage=Stage.MAIL
            )
        if self.wants_reports and "DSN" not in offered:
            raise NotOffered("DSN, which the wanted delivery reports need", stage=Stage.MAIL)
        eight = " BODY=8BITMIME" if self.may_need_8bit and "8BITMIME" in offered else ""
        return f"{eight}{' SMTPUTF8' if self.needs_utf8 else ''}{self.reports}"


def mail(
    sender: object, recipients: object, header: object, message_lines: object, reports: str = ""
) -> Mail:
    """Check everything about a mail that can be known before connecting.

    Raises `AddressError`, `NotificationError`, `ContentError` or `TypeError`.
    """
    checked_sender = addresses.sender(sender)
    checked_recipients = addresses.recipients(recipients)
    for address in (checked_sender, *checked_recipients):
        address.wire()
    content = Content(header, message_lines)
    return Mail(checked_sender, checked_recipients, content, content.facts(), reports)


@dataclass(frozen=True, slots=True)
class SendResult:
    """Say how a mail was taken: the server's final *reply* and one for each recipient."""

    reply: Reply
    recipients: tuple[RecipientResult, ...]

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return the recipients the server took."""
        return tuple(each.address for each in self.recipients if each.accepted)

    @property
    def refused(self) -> tuple[RecipientResult, ...]:
        """Return the recipients the server did not take, with its answers."""
        return tuple(each for each in self.recipients if not each.accepted)
