"""Send one mail from asyncio: the procedures of `netsmtp.smtp`, awaited.

smtp_send_message, smtp_send_message_star         send one message
smtp_sending_server, smtp_sending_end_of_message  the parameters, which are those of `netsmtp.smtp`
tcp_connect, ssl_connect, start_tls               the connections they pass around

What goes over the wire is what `netsmtp.smtp` would write. The end-of-message procedure may return an
awaitable, and lines may be asynchronous.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from netsmtp._drive import Clock, Transport
from netsmtp._streams import CHUNK
from netsmtp._transport import connect_seconds, sending_to, server_name, tls_context
from netsmtp.aio._protocol import ProtocolTransport
from netsmtp.aio._transport import AsyncTransport, connected
from netsmtp.core.envelope import Mail
from netsmtp.core.events import Connected, Observer
from netsmtp.core.sasl import Credentials
from netsmtp.core.secret import Secret
from netsmtp.core.stages import Stage
from netsmtp.errors import TlsError
from netsmtp.options import DEFAULTS, Options
from netsmtp.smtp import (
    Address,
    Addressee,
    Line,
    checked,
    concealed,
    hook_now,
    led,
    smtp_sending_end_of_message,
    smtp_sending_server,
)

if TYPE_CHECKING:
    import ssl

__all__ = [
    "smtp_send_message",
    "smtp_send_message_star",
    "smtp_sending_server",
    "smtp_sending_end_of_message",
    "tcp_connect",
    "ssl_connect",
    "start_tls",
]

Connect: TypeAlias = Callable[[str, int], Awaitable[Transport]]
Encode: TypeAlias = Callable[[Any], Awaitable[Transport]]
Lines: TypeAlias = Iterable[Line] | AsyncIterable[Line]


async def tcp_connect(server: str, port: int) -> AsyncTransport:
    """Connect to *port* of *server*, to several of its addresses side by side (RFC 8305).

    Raises `TypeError` or `HostNameError` for what is no host or port, `ConnectError` if there is
    no connection.
    """
    return await connected(server, port, None, None, connect_seconds.get())


async def ssl_connect(server: str, port: int) -> AsyncTransport:
    """Connect to *port* of *server* with TLS from the first byte (RFC 8314 section 3).

    Raises as `tcp_connect` does, and `TlsError`.
    """
    carrier = await tcp_connect(server, port)
    return await carrier.encrypt(tls_context(), server, connect_seconds.get())


async def start_tls(
    connection: AsyncTransport, *, context: ssl.SSLContext | None = None
) -> AsyncTransport:
    """Encrypt *connection*: what to give as `tls_encode`.

    The certificate must be valid for the server of the send under way, by the system's certificates
    unless *context* says otherwise. Raises `TlsError`.
    """
    name = server_name.get()
    if name is None:
        raise TlsError("start_tls: the name of the server is not known", stage=Stage.TLS)
    return await connection.encrypt(context or tls_context(), name, connect_seconds.get())


async def smtp_send_message(
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
    """Send one message to *recipients* through *server*, as `netsmtp.smtp.smtp_send_message`.

    *tcp_connect* is called with server and port, and *tls_encode* with the connection that it gave;
    both return awaitables. Raises the same; a task that is cancelled closes the connection without
    the dot.
    """
    auth_passwd = concealed(auth_passwd)
    options = options or DEFAULTS
    if not isinstance(server, str):
        raise TypeError(f"server: expected a str, given {type(server).__name__}")
    mail, credentials = checked(
        sender,
        recipients,
        header,
        message_lines,
        auth_user,
        auth_passwd,
        xoauth2,
        options,
        awaits=True,
    )
    clock = Clock(options.deadlines)
    port = port_no if opt_port_no is None else opt_port_no
    with sending_to(server, clock.left(Stage.CONNECT)):
        carrier = await tcp_connect(server, port)
    meeting = Connected(server, port)
    await _send(carrier, mail, credentials, tls_encode, options, observer, clock, meeting)


async def smtp_send_message_star(
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
    """Send one message over an open connection, as `netsmtp.smtp.smtp_send_message_star`.

    *r* and *w* are what `asyncio.open_connection` returns; *w* is closed at the end, whatever it is.
    """
    auth_passwd = concealed(auth_passwd)
    options = options or DEFAULTS
    carrier = _taken_over(r, w)
    try:
        mail, credentials = checked(
            sender,
            recipients,
            header,
            message_lines,
            auth_user,
            auth_passwd,
            xoauth2,
            options,
            awaits=True,
        )
    except BaseException:
        carrier.abort()
        raise
    clock = Clock(options.deadlines)
    await _send(carrier, mail, credentials, tls_encode, options, observer, clock, None)


async def _send(
    carrier: Transport,
    mail: Mail,
    credentials: Credentials | None,
    encode: Encode | None,
    options: Options,
    observer: Observer | None,
    clock: Clock,
    meeting: Connected | None,
) -> None:
    """Lead a session with the procedures that asyncio's have."""
    hook = hook_now()
    encrypt = encode and _encrypting(encode, meeting.server if meeting else None)
    waiting = None if hook is None else _awaiting(hook)
    await led(carrier, mail, credentials, waiting, encrypt, options, observer, clock, meeting)


def _taken_over(r: asyncio.StreamReader, w: asyncio.StreamWriter) -> ProtocolTransport:
    """Return what carries bytes over the connection of *r* and *w*, beginning with those *r* holds."""
    carrier = _TakenOver(asyncio.get_running_loop(), w.transport.get_protocol())
    carrier.connection_made(w.transport)
    w.transport.set_protocol(carrier)
    held = r.read(CHUNK)
    try:
        held.send(None)
    except StopIteration as found:  # it did not have to wait
        if found.value:
            carrier.data_received(found.value)
        else:
            carrier.eof_received()
    held.close()
    return carrier


class _TakenOver(ProtocolTransport):
    """Carry bytes over a connection whose end is told to *before*, too, which made it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, before: asyncio.BaseProtocol) -> None:
        super().__init__(loop)
        self._before = before

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._before.connection_lost(exc)


def _awaiting(procedure: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    """Return *procedure* as the driver calls it, whether it returns an awaitable or not."""

    async def called() -> None:
        waiting = procedure()
        if inspect.isawaitable(waiting):
            await waiting

    return called


def _encrypting(
    encode: Encode, server: str | None
) -> Callable[[Any, float | None], Awaitable[Transport]]:
    """Return what starts TLS by *encode* for *server*."""

    async def encrypt(carrier: Any, seconds: float | None) -> Transport:
        with sending_to(server, seconds):
            return await encode(carrier)

    return encrypt
