"""Send into memory: a real session, so that everything is validated and said as on the wire.

What the two units that open no connection have in common.  They differ in what they do with a
conversation once it is over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import BinaryIO

from netsmtp import smtp
from netsmtp.core.events import Observer
from netsmtp.core.hosts import is_this_machine
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.loopback_auth import Account
from netsmtp.core.secret import Secret
from netsmtp.memory import MemoryReader, MemoryServer
from netsmtp.options import Options
from netsmtp.parameters import Parameter
from netsmtp.smtp import Address, Addressee, Connect, Encode, Line, tcp_connect
from netsmtp.smtp_sig import ISmtp

#: What the imagined server offers: everything, so that what a real one lacks is found out there.
EXTENSIONS = (
    "PIPELINING",
    "8BITMIME",
    "SMTPUTF8",
    "STARTTLS",
    "AUTH SCRAM-SHA-256 PLAIN LOGIN CRAM-MD5 OAUTHBEARER XOAUTH2",
    "DSN",
    "ENHANCEDSTATUSCODES",
)


class InMemorySmtp(ISmtp):
    """An `ISmtp` that opens no connection; a subclass says in `over` what to do with each send."""

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        """Take note of a *conversation* with *server*, complete or broken off, that is over.

        Both *server* and *port* are None where the connection was the caller's.
        """
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    @property
    def smtp_sending_server(self) -> Parameter[str]:
        return smtp.smtp_sending_server

    @property
    def smtp_sending_end_of_message(self) -> Parameter[Callable[[], object]]:
        return smtp.smtp_sending_end_of_message

    def smtp_send_message(
        self,
        server: str,
        sender: Address,
        recipients: Iterable[Addressee],
        header: str | bytes,
        message_lines: Iterable[Line],
        opt_port_no: int | None = None,
        *,
        port_no: int = 25,
        auth_user: str | None = None,
        auth_passwd: str | Secret | None = None,
        tcp_connect: Connect = tcp_connect,
        tls_encode: Encode | None = None,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Check and say everything as `netsmtp.smtp.smtp_send_message`, to nobody."""
        auth_passwd = smtp.concealed(auth_passwd)
        memory = memory_for(auth_user, auth_passwd)
        try:
            smtp.smtp_send_message(
                server,
                sender,
                recipients,
                header,
                message_lines,
                opt_port_no,
                port_no=port_no,
                auth_user=auth_user,
                auth_passwd=auth_passwd,
                tcp_connect=_pretending(memory, server, tcp_connect),
                tls_encode=tls_encode and MemoryServer.tls_encode,
                xoauth2=xoauth2,
                options=options,
                observer=observer,
            )
        finally:
            port = port_no if opt_port_no is None else opt_port_no
            for conversation in memory.connections:
                self.over(server, port, conversation)

    def smtp_send_message_star(
        self,
        r: BinaryIO,
        w: BinaryIO,
        sender: Address,
        recipients: Iterable[Addressee],
        header: str | bytes,
        message_lines: Iterable[Line],
        auth_user: str | None,
        auth_passwd: str | Secret | None,
        tls_encode: Encode | None,
        *,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Check and say everything as `netsmtp.smtp.smtp_send_message_star`; close *r* and *w*."""
        auth_passwd = smtp.concealed(auth_passwd)
        memory = memory_for(auth_user, auth_passwd)
        try:
            smtp.smtp_send_message_star(
                *memory.connect("", 0),
                sender,
                recipients,
                header,
                message_lines,
                auth_user,
                auth_passwd,
                tls_encode and MemoryServer.tls_encode,
                xoauth2=xoauth2,
                options=options,
                observer=observer,
            )
        finally:
            for stream in (w, r):
                with contextlib.suppress(OSError):
                    stream.close()
            for conversation in memory.connections:
                self.over(None, None, conversation)


def _pretending(memory: MemoryServer, server: str, meant: Connect) -> Connect:
    """Return what connects to *memory* as if *meant* had connected to *server*."""

    def connect(name: str, port: int) -> tuple[BinaryIO, BinaryIO]:
        return pretended(memory, server, encrypted=meant is smtp.ssl_connect)

    return connect


def pretended(memory: MemoryServer, server: str, *, encrypted: bool) -> tuple[BinaryIO, BinaryIO]:
    """Connect to *memory* as if it were *server*.

    A password that the real connection would not carry is then refused here, too.
    """
    reader, writer = memory.connect(server, 0)
    if isinstance(reader, MemoryReader):
        reader.local = is_this_machine(server)
        reader.encrypted = encrypted
    return reader, writer


def memory_for(user: str | None, secret: Secret | None) -> MemoryServer:
    """Return a server where *user* has *secret*: it cannot know better than who sends."""

    def make() -> LoopbackServer:
        account = None if user is None or secret is None else Account(user, secret)
        return LoopbackServer(EXTENSIONS, account=account)

    return MemoryServer(make)
