"""The unit that remembers instead of sending, for tests: a real session against a server in memory."""

from __future__ import annotations

import email
import email.policy
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property

from netsmtp._in_memory import InMemorySmtp
from netsmtp.core.loopback import LoopbackServer
from netsmtp.smtp_sig import ISmtp
from signatures import Signature
from units import unit

__all__ = ["IRecordingSmtp", "RecordedMail", "RecordingSmtp", "recording_smtp_unit"]


@dataclass(frozen=True)
class RecordedMail:
    """One mail as the server in memory took it.

    *server* and *port* are what the sender asked for, None where the connection was its own;
    *sender* and *recipients* are the envelope, *data* the message with CR LF line ends, and *wire*
    everything that the client wrote, byte for byte.
    """

    server: str | None
    port: int | None
    sender: str
    recipients: tuple[str, ...]
    data: bytes = field(repr=False)
    #: Not in the repr: it holds what authenticated, as the wire does.
    wire: bytes = field(repr=False)

    @cached_property
    def message(self) -> EmailMessage:
        """Return the message parsed; its headers are read as ``mail.message["Subject"]``."""
        parsed = email.message_from_bytes(self.data, policy=email.policy.default)
        return parsed

    @property
    def to(self) -> list[str]:
        """Return the recipients as a list, which a test compares with one it writes down."""
        return list(self.recipients)

    @property
    def subject(self) -> str:
        """Return the decoded subject, empty if there is none."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """Return the text of the message, decoded, with LF line ends; empty if it has none."""
        body = self.message.get_body(("plain", "html"))
        return "" if body is None else str(body.get_content()).replace("\r\n", "\n")


class IRecordingSmtp(ISmtp, Signature):
    """An `ISmtp` that can be asked what it was told to send."""

    def sent(self) -> tuple[RecordedMail, ...]:
        """Return the mails so far, oldest first."""
        ...

    def clear(self) -> None:
        """Forget the mails so far."""
        ...


class RecordingSmtp(InMemorySmtp, IRecordingSmtp):
    """Remembers each mail that was sent; sends nothing.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._mails: list[RecordedMail] = []
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<RecordingSmtp: {len(self._mails)} sent>"

    def sent(self) -> tuple[RecordedMail, ...]:
        """Return the mails so far, oldest first."""
        with self._lock:
            return tuple(self._mails)

    def clear(self) -> None:
        """Forget the mails so far."""
        with self._lock:
            self._mails.clear()

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        wire = b"".join(data for who, data in conversation.conversation if who == "client")
        mails = [
            RecordedMail(server, port, mail.sender, mail.recipients, mail.data, wire)
            for mail in conversation.mails
        ]
        with self._lock:
            self._mails += mails


@unit
def recording_smtp_unit() -> IRecordingSmtp:
    """Export an `ISmtp` that remembers: ``smtp.sent()`` returns `RecordedMail`, ``clear()`` forgets."""
    return RecordingSmtp()
