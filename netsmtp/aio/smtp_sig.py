"""The signature of SMTP for asyncio: what `netsmtp.aio.smtp` offers, for whoever wants it from anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from netsmtp.aio.smtp import Connect, Encode, Lines, tcp_connect
from netsmtp.core.events import Observer
from netsmtp.core.secret import Secret
from netsmtp.options import Options
from netsmtp.parameters import Parameter
from netsmtp.smtp import Address, Addressee
from signatures import Signature

__all__ = ["IAsyncSmtp"]


class IAsyncSmtp(Signature):
    """Sends mail without keeping other tasks waiting.  Its members are those of `ISmtp`, awaited."""

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
        """Send one message to *recipients* through *server*."""
        ...

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
        """Send one message over the open connection *r*, *w*, which is closed at the end."""
        ...

    @property
    def smtp_sending_server(self) -> Parameter[str]:
        """The parameter that holds the name given by EHLO."""
        ...

    @property
    def smtp_sending_end_of_message(self) -> Parameter[Callable[[], object]]:
        """The parameter that holds the procedure called before the final dot."""
        ...
