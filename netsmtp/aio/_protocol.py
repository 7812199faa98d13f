"""Carry bytes over a transport that the event loop has made.

Slower than `SocketTransport`, for everything is handed on by the loop from turn to turn, but it goes
with every loop, and with connections that others have made.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from netsmtp._transport import no_tls
from netsmtp.aio._sockets import EYEBALLS
from netsmtp.aio._waiting import Waiting, wake
from netsmtp.core.hosts import is_loopback
from netsmtp.core.stages import Stage
from netsmtp.errors import ProtocolError

if TYPE_CHECKING:
    import socket
    import ssl

AT_ONCE = 256 * 1024
"""How many octets are written before other tasks have their turn."""
GOOD_BYE = 1.0
"""How many seconds the other end has to answer our closing of TLS."""


async def connected_by(
    loop: asyncio.AbstractEventLoop,
    path: str,
    address: tuple[str, int] | None,
    source_address: tuple[str, int] | None,
    sock: socket.socket | None,
) -> ProtocolTransport:
    """Let *loop* take the connected *sock*, or connect to *address*, or else to *path*.

    Raises `OSError`.
    """
    carrier = ProtocolTransport(loop)

    def made() -> ProtocolTransport:
        return carrier

    if sock is not None:
        await loop.create_connection(made, sock=sock)
    elif address is None:
        await loop.create_unix_connection(made, path)
    else:
        await loop.create_connection(
            made, *address, local_addr=source_address, happy_eyeballs_delay=EYEBALLS
        )
    return carrier


class ProtocolTransport(Waiting, asyncio.Protocol):
    """Carry bytes over one transport of the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._transport: Any = None
        self._paused = False
        self._written = 0
        self._reading: asyncio.Future[None] | None = None
        self._draining: asyncio.Future[None] | None = None
        self._closed: asyncio.Future[None] = loop.create_future()

    # What the driver calls.

    @property
    def encrypted(self) -> bool:
        return self._transport.get_extra_info("sslcontext") is not None

    @property
    def local(self) -> bool:
        peer = self._transport.get_extra_info("peername")
        return isinstance(peer, str | bytes) or is_loopback(peer)

    async def read(self, end: float | None) -> memoryview:
        while (found := self._held()) is None:
            self._reading = self._loop.create_future()
            try:
                await self._until(self._reading, end)
            finally:
                self._reading = None
        return found

    def take(self) -> memoryview | None:
        return self._held()

    def poll(self) -> memoryview | None:
        return self._held()

    def offer(self, data: memoryview) -> memoryview:
        if self._paused or self._written >= AT_ONCE or self._ended:
            return data
        self._written += len(data)
        self._transport.write(data)
        return data[:0]

    async def write(self, data: memoryview, end: float | None) -> None:
        self._written = 0
        await asyncio.sleep(0)
        if self._paused:
            self._draining = self._loop.create_future()
            try:
                await self._until(self._draining, end)
            finally:
                self._draining = None
        if self._error is not None:
            raise self._error
        if self._closed.done():
            raise BrokenPipeError("the server ended the connection")
        self._transport.write(data)

    async def close(self) -> None:
        self._transport.close()
        with contextlib.suppress(OSError):
            await self._until(self._closed, time.monotonic() + GOOD_BYE)
        self.abort()

    def abort(self) -> None:
        self._transport.abort()

    async def encrypt(
        self, context: ssl.SSLContext, name: str, seconds: float | None
    ) -> ProtocolTransport:
        if self._arrived:
            raise ProtocolError("bytes in clear before the handshake", stage=Stage.TLS)
        try:
            self._transport = await self._loop.start_tls(
                self._transport,
                self,
                context,
                server_hostname=name,
                ssl_handshake_timeout=seconds,
            )
        except (OSError, ValueError) as error:
            self.abort()
            raise no_tls(name, error) from error
        return self

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._arrived.append(data)
        wake(self._reading)

    def eof_received(self) -> bool:
        self._ended = True
        wake(self._reading)
        return not self.encrypted  # the loop ends TLS by itself

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        self._unwatch()
        wake(self._reading)
        wake(self._draining)
        wake(self._closed)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        wake(self._draining)
