"""A newsletter, written the way an application is written with units: what `netsmtp demo` links.

`News` needs readers, a mail server and SMTP, and has no idea which. Nothing in this file decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from netsmtp.smtp_sig import ISmtp
from signatures import Signature
from units import unit

SENDER = "bakery@example.org"


@dataclass(frozen=True)
class Issue:
    """One issue of the newsletter; *lines* are its text."""

    date: datetime
    subject: str
    lines: tuple[str, ...]

    @property
    def header(self) -> str:
        """Return the header of its mail."""
        return (
            f"From: The Bakery <{SENDER}>\r\n"
            "To: readers:;\r\n"
            f"Date: {format_datetime(self.date)}\r\n"
            f"Subject: {self.subject}\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 8bit\r\n"
            "\r\n"
        )

    @property
    def data(self) -> bytes:
        """Return the message that a server is to receive."""
        return (self.header + "".join(f"{line}\r\n" for line in self.lines)).encode()


class IReaders(Signature):
    """Knows who reads the newsletter."""

    def addresses(self) -> list[str]: ...


class IMailServer(Signature):
    """Says where mail goes."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


class INews(Signature):
    """Publishes."""

    def publish(self, issue: Issue) -> None:
        """Send *issue* to all readers."""
        ...


@unit
class Readers(IReaders):
    """Three of them."""

    def addresses(self) -> list[str]:
        return ["ann@example.org", "ben@example.org", "cleo@example.org"]


@unit
class News(INews):
    """Imports three signatures and exports one: it can be linked with anything that fits."""

    def __init__(self, readers: IReaders, server: IMailServer, smtp: ISmtp) -> None:
        self.readers = readers
        self.server = server
        self.smtp = smtp

    def publish(self, issue: Issue) -> None:
        self.smtp.smtp_send_message(
            self.server.host,
            SENDER,
            self.readers.addresses(),
            issue.header,
            issue.lines,
            port_no=self.server.port,
        )
