"""Carry bytes over asyncio: what `netsmtp._drive` leads a session over in an event loop.

Names are resolved, connections made (to several addresses side by side, RFC 8305) and encrypted by
the loop; which certificate is the right one is `netsmtp._transport`'s to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import time
from functools import lru_cache
from typing import Any

from netsmtp._transport import checked_address, is_loopback, no_connection, no_tls
from netsmtp.core.stages import Stage
from netsmtp.errors import ProtocolError

EYEBALLS = 0.25
"""Seconds until the next address is tried beside the one before (RFC 8305 section 5)."""
AT_ONCE = 256 * 1024
"""How many octets are written before other tasks have their turn."""
GOOD_BYE = 1.0
"""How many seconds the other end has to answer our closing of TLS."""


async def connected(
    host: str,
    port: int,
    source_address: tuple[str, int] | None,
    sock: Any,
    seconds: float | None,
) -> AsyncTransport:
    """Connect to *port* of *host*, or take the connected *sock*, within *seconds*.

    Raises `TypeError` or `HostNameError` for what is no host or port, `ConnectError` if there is no
    connection.
    """
    loop = asyncio.get_running_loop()
    carrier = AsyncTransport(loop)

    def made() -> AsyncTransport:
        return carrier

    path = host.startswith("/")
    address = None if sock is not None or path else checked_address(host, port)
    try:
        async with asyncio.timeout(seconds):
            if sock is not None:
                await loop.create_connection(made, sock=sock)
            elif address is None:
                await loop.create_unix_connection(made, host)
            else:
                await loop.create_connection(
                    made,
                    *address,
                    local_addr=source_address,
                    happy_eyeballs_delay=None if _is_number(host) else EYEBALLS,
                )
    except (OSError, UnicodeError) as error:
        where = host if path else f"{host} port {port}"
        raise no_connection(where, error) from error
    return carrier


class AsyncTransport(asyncio.Protocol):
    """Carry bytes over one transport of the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: Any = None
        self._arrived: list[bytes] = []
        self._ended = False
        self._error: Exception | None = None
        self._paused = False
        self._written = 0
        self._reading: asyncio.Future[None] | None = None
        self._draining: asyncio.Future[None] | None = None
        self._closed: asyncio.Future[None] = loop.create_future()
        self._waiting: asyncio.Future[None] | None = None
        self._end: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_end = 0.0

    # What the driver calls.

    @property
    def encrypted(self) -> bool:
        return self._transport.get_extra_info("sslcontext") is not None

    @property
    def local(self) -> bool:
        peer = self._transport.get_extra_info("peername")
        return isinstance(peer, str | bytes) or is_loopback(peer)

    async def read(self, end: float | None) -> memoryview:
        while (found := self.poll()) is None:
            self._reading = self._loop.create_future()
            try:
                await self._until(self._reading, end)
            finally:
                self._reading = None
        return found

    def poll(self) -> memoryview | None:
        if self._arrived:
            data = self._arrived[0] if len(self._arrived) == 1 else b"".join(self._arrived)
            self._arrived.clear()
            return memoryview(data)
        if self._error is not None:
            raise self._error
        return memoryview(b"") if self._ended else None

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

    async def encrypt(self, context: Any, name: str, seconds: float | None) -> AsyncTransport:
        """Start TLS with the server of that *name*. Raises `TlsError`.

        Raises `ProtocolError` if something came in clear that the handshake would not see.
        """
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

    async def _until(self, future: asyncio.Future[None], end: float | None) -> None:
        """Wait for *future*. Raises `TimeoutError` at the time *end*.

        There is one timer, that goes on running from wait to wait: making one for each would cost
        more than most waits.
        """
        self._waiting, self._end = future, end
        if end is not None and (self._timer is None or end < self._timer_end):
            self._watch(end)
        try:
            await future
        finally:
            self._waiting = None

    def _watch(self, end: float) -> None:
        """Look at the wait under way at the time *end*."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer_end = end
        self._timer = self._loop.call_later(max(end - time.monotonic(), 0), self._look)

    def _look(self) -> None:
        """End the wait under way if its time is over, otherwise look again when it will be."""
        self._timer = None
        if self._waiting is None or self._waiting.done() or self._end is None:
            return
        if self._end <= time.monotonic():
            self._waiting.set_exception(TimeoutError())
        else:
            self._watch(self._end)

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._arrived.append(data)
        _wake(self._reading)

    def eof_received(self) -> bool:
        self._ended = True
        _wake(self._reading)
        return not self.encrypted  # the loop ends TLS by itself

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        if self._timer is not None:
            self._timer.cancel()
        _wake(self._reading)
        _wake(self._draining)
        _wake(self._closed)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        _wake(self._draining)


@lru_cache(maxsize=64)
def _is_number(host: str) -> bool:
    """Tell whether *host* is an address itself, so that there is no other to try beside it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)
