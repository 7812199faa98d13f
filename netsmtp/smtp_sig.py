"""The signature of SMTP: what `netsmtp.smtp` offers, for whoever wants it from anywhere (Racket: ``smtp^``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from netsmtp.core.events import Observer
from netsmtp.core.secret import Secret
from netsmtp.options import Options
from netsmtp.parameters import Parameter
from netsmtp.smtp import Address, Addressee, Connect, Encode, Line, tcp_connect
from signatures import Signature

__all__ = ["ISmtp"]


class ISmtp(Signature):
    """Sends mail.  Its four members are those of Racket's ``smtp^``; `netsmtp.smtp` tells each."""

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
        """Send one message to *recipients* through *server*."""
        ...

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
