"""A connection in this process: a transport for asyncio at one end, a socket or streams at the other."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from netsmtp.aio._socket import SocketTransport
from tests.netsmtp.test_real_servers import AUTHORITY, certificate

NAME = "mail.test"
SMALL = 4096
"""How many octets a connection holds, about."""


@asynccontextmanager
async def carrying() -> AsyncIterator[tuple[SocketTransport, socket.socket]]:
    """Give a transport, and the socket at its other end, which does not block."""
    ours, theirs = socket.socketpair()
    for sock in (ours, theirs):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    theirs.setblocking(False)
    transport = SocketTransport(asyncio.get_running_loop(), ours, own=False)
    try:
        yield transport, theirs
    finally:
        transport.abort()
        theirs.close()


@asynccontextmanager
async def carrying_tls() -> AsyncIterator[
    tuple[SocketTransport, asyncio.StreamReader, asyncio.StreamWriter]
]:
    """Give a transport that is encrypted, and the streams at its other end."""
    async with carrying() as (transport, theirs):
        (reader, writer), _ = await asyncio.gather(
            answering_tls(theirs), transport.encrypt(trusting(), NAME, 10)
        )
        try:
            yield transport, reader, writer
        finally:
            writer.transport.abort()
            await asyncio.sleep(0)


async def answering_tls(
    sock: socket.socket, context: ssl.SSLContext | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Be the server's end of TLS on *sock*."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(
        lambda: protocol, sock, ssl=context or certificate(NAME)
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def trusting() -> ssl.SSLContext:
    """Return a context in which the certificates of the tests are valid."""
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


async def write_all(transport: SocketTransport, data: bytes) -> None:
    """Write as a driver does: what goes at once, then the rest."""
    if rest := transport.offer(memoryview(data)):
        await transport.write(rest, None)


async def read_all(transport: SocketTransport) -> bytes:
    """Read up to the end as a driver does."""
    found = bytearray()
    while True:
        data = transport.take()
        if data is None:
            data = await transport.read(None)
        if not data:
            return bytes(found)
        found += data


async def receive_all(sock: socket.socket, size: int) -> bytes:
    """Return *size* octets from *sock*."""
    loop, found = asyncio.get_running_loop(), bytearray()
    while len(found) < size:
        found += await loop.sock_recv(sock, 65536)
    return bytes(found)
