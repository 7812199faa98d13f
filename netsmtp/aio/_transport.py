"""Connect for asyncio: what `netsmtp._drive` leads a session over in an event loop.

Bytes are carried by one of two. `SocketTransport` has a socket of which the loop tells when it is
ready, and does the rest itself: that takes about half the time. `ProtocolTransport` has a transport of
the loop's, for loops that tell nothing of sockets, such as the default one on Windows, and for
connections that somebody else has made by streams.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from netsmtp._drive import Transport
from netsmtp._transport import checked_address, no_connection
from netsmtp.aio._protocol import connected_by
from netsmtp.aio._socket import SocketTransport
from netsmtp.aio._sockets import opened, opened_path, watches_sockets

if TYPE_CHECKING:
    import socket
    import ssl


class AsyncTransport(Transport, Protocol):
    """Carry bytes in an event loop."""

    async def encrypt(
        self, context: ssl.SSLContext, name: str, seconds: float | None
    ) -> AsyncTransport:
        """Start TLS with the server of that *name*. Raises `TlsError`.

        Raises `ProtocolError` if something came in clear that the handshake would not see.
        """
        ...


async def connected(
    host: str,
    port: int,
    source_address: tuple[str, int] | None,
    sock: socket.socket | None,
    seconds: float | None,
) -> AsyncTransport:
    """Connect to *port* of *host*, or take the connected *sock*, within *seconds*.

    Raises `TypeError` or `HostNameError` for what is no host or port, `ConnectError` if there is no
    connection.
    """
    loop = asyncio.get_running_loop()
    path = host.startswith("/")
    address = None if sock is not None or path else checked_address(host, port)
    own = sock is None
    try:
        if not watches_sockets(loop):
            async with asyncio.timeout(seconds):
                return await connected_by(loop, host, address, source_address, sock)
        if address is not None:
            sock = await opened(loop, *address, source_address, seconds)
        elif sock is None:
            sock = await opened_path(loop, host, seconds)
        return SocketTransport(loop, sock, own=own)
    except (OSError, UnicodeError) as error:
        where = host if path else f"{host} port {port}"
        raise no_connection(where, error) from error
