"""Send into memory from asyncio: what `netsmtp._in_memory` is for `ISmtp`, for `IAsyncSmtp`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

from netsmtp._drive import Transport
from netsmtp._local import EXTENSIONS, memory_for, pretending
from netsmtp._streams import StreamTransport
from netsmtp.aio import smtp
from netsmtp.aio.smtp import Connect, Encode, Lines, tcp_connect
from netsmtp.aio.smtp_sig import IAsyncSmtp
from netsmtp.core.events import Connected, Event, Observer
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.loopback_auth import Account
from netsmtp.core.secret import Secret
from netsmtp.memory import MemoryServer
from netsmtp.options import Options
from netsmtp.parameters import Parameter
from netsmtp.smtp import Address, Addressee, concealed

HERE = "localhost"


class AsyncInMemorySmtp(IAsyncSmtp):
    """An `IAsyncSmtp` that opens no connection; a subclass says in `over` what to do with each send."""

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

    async def smtp_send_message(
        self,
        server: str,
        sender: Address,
        recipients: Iterable[Addressee],
        header: str | bytes,
        message_lines: Lines,
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
        """Check and say everything as `netsmtp.aio.smtp.smtp_send_message`, to nobody."""
        auth_passwd = concealed(auth_passwd)
        memory = memory_for(auth_user, auth_passwd, _willing)
        try:
            await smtp.smtp_send_message(
                server,
                sender,
                recipients,
                header,
                message_lines,
                opt_port_no,
                port_no=port_no,
                auth_user=auth_user,
                auth_passwd=auth_passwd,
                tcp_connect=_pretending(memory, tcp_connect),
                tls_encode=tls_encode and _as_it_is,
                xoauth2=xoauth2,
                options=options,
                observer=observer,
            )
        finally:
            port = port_no if opt_port_no is None else opt_port_no
            for conversation in memory.connections:
                self.over(server, port, conversation)

    async def smtp_send_message_star(
        self,
        r: asyncio.StreamReader,
        w: asyncio.StreamWriter,
        sender: Address,
        recipients: Iterable[Addressee],
        header: str | bytes,
        message_lines: Lines,
        auth_user: str | None,
        auth_passwd: str | Secret | None,
        tls_encode: Encode | None,
        *,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Check and say everything as `netsmtp.aio.smtp.smtp_send_message_star`; close *w*."""
        auth_passwd = concealed(auth_passwd)
        memory = memory_for(auth_user, auth_passwd, _willing)
        try:
            await smtp.smtp_send_message(
                HERE,
                sender,
                recipients,
                header,
                message_lines,
                auth_user=auth_user,
                auth_passwd=auth_passwd,
                tcp_connect=_pretending(memory, smtp.tcp_connect),
                tls_encode=tls_encode and _as_it_is,
                xoauth2=xoauth2,
                options=options,
                observer=_unmet(observer),
            )
        finally:
            w.close()
            for conversation in memory.connections:
                self.over(None, None, conversation)


def _willing(account: Account | None) -> LoopbackServer:
    return LoopbackServer(EXTENSIONS, account=account)


def _pretending(memory: MemoryServer, meant: Connect) -> Connect:
    """Return what connects to *memory* as if *meant* had connected to the server."""

    async def connect(server: str, port: int) -> Transport:
        streams = memory.connect(server, port)
        encrypted = meant is smtp.ssl_connect
        return StreamTransport((pretending(streams, server, encrypted=encrypted),))

    return connect


async def _as_it_is(connection: Any) -> Transport:
    """Stand in for `start_tls`: in memory there is nothing to hide from."""
    return cast("Transport", connection)


def _unmet(observer: Observer | None) -> Observer | None:
    """Return *observer* as it hears of a connection that was open already."""
    if observer is None:
        return None

    def observe(event: Event) -> None:
        if not isinstance(event, Connected):
            observer(event)

    return observe
