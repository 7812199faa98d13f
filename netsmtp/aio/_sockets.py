"""Open sockets without blocking: to a path, to an address, or to the addresses of a name.

Several addresses are tried side by side, the next beginning a little after the one before (RFC 8305).
An address that is a number nobody need be asked about; and a connection that is there at once, as on
this machine, costs no turn of the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple

from netsmtp.aio._waiting import wake

EYEBALLS = 0.25
"""Seconds until the next address is tried beside the one before (RFC 8305 section 5)."""


def watches_sockets(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether *loop* can say when a socket is ready; the default one of Windows cannot."""
    kind = type(loop)
    if kind not in _WATCHING:
        try:
            loop.remove_reader(_NO_SOCKET)
        except NotImplementedError:
            _WATCHING[kind] = False
        else:
            _WATCHING[kind] = True
    return _WATCHING[kind]


async def opened(
    loop: asyncio.AbstractEventLoop,
    host: str,
    port: int,
    source: tuple[str, int] | None,
    seconds: float | None,
) -> socket.socket:
    """Connect to *port* of *host*, from *source* if that is given, within *seconds*.

    Raises `OSError`: `TimeoutError`, or what the system says of every address.
    """
    race = _Race(loop, source)
    try:
        family = _family(host)
        if family is not None:
            race.begin(_Address(family, (host, port)))
        if race.winner is None:
            async with asyncio.timeout(seconds):
                await race.run(await _addresses(loop, host, port) if family is None else ())
        return race.take_winner()
    finally:
        race.close()


async def opened_path(
    loop: asyncio.AbstractEventLoop, path: str, seconds: float | None
) -> socket.socket:
    """Connect to the Unix socket at *path* within *seconds*. Raises `OSError`."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        async with asyncio.timeout(seconds):
            await loop.sock_connect(sock, path)
    except BaseException:
        sock.close()
        raise
    return sock


def without_delay(sock: Any) -> None:
    """Let *sock* send at once what it is given."""
    sock.setblocking(False)
    with contextlib.suppress(OSError):  # not every socket is TCP
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def reset_on_close(sock: Any) -> None:
    """Let *sock*, when it is closed, drop what has not left this machine."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


_NO_SOCKET = 2**31 - 1
_WATCHING: dict[type[asyncio.AbstractEventLoop], bool] = {}


class _Address(NamedTuple):
    family: int
    address: tuple[Any, ...]


class _Race:
    """Connect to several addresses of one host; the first connection that is there wins."""

    def __init__(self, loop: asyncio.AbstractEventLoop, source: tuple[str, int] | None) -> None:
        self.winner: socket.socket | None = None
        self._loop = loop
        self._source = source
        self._under_way: set[socket.socket] = set()
        self._errors: list[OSError] = []
        self._changed: asyncio.Future[None] | None = None

    def begin(self, to: _Address) -> None:
        """Begin to connect *to* an address, and look whether that is all there is to do."""
        try:
            sock = socket.socket(to.family, socket.SOCK_STREAM)
        except OSError as error:  # this machine has no such addresses
            self._errors.append(error)
            return
        self._under_way.add(sock)
        try:
            sock.setblocking(False)
            if self._source is not None:
                sock.bind(self._source)
            code = sock.connect_ex(to.address)
        except OSError as error:
            self._lost(sock, error)
            return
        if code == 0 or (code in _UNDER_WAY and _is_connected(sock)):
            self._won(sock)
        elif code in _UNDER_WAY:
            self._loop.add_writer(sock.fileno(), self._told, sock)
        else:
            self._lost(sock, OSError(code, os.strerror(code)))

    async def run(self, addresses: Iterable[_Address]) -> None:
        """Connect to *addresses* and those begun, until there is a winner or none left."""
        waiting = deque(addresses)
        while self.winner is None and (waiting or self._under_way):
            if waiting:
                self.begin(waiting.popleft())
            if self.winner is None and self._under_way:
                await self._change(EYEBALLS if waiting else None)

    def take_winner(self) -> socket.socket:
        """Return the socket that is connected. Raises `OSError` if there is none."""
        winner, self.winner = self.winner, None
        if winner is not None:
            return winner
        first, *others = self._errors
        reasons = dict.fromkeys(each.strerror or str(each) for each in self._errors)
        raise OSError(first.errno, "; ".join(reasons)) if others else first

    def close(self) -> None:
        """Close what is still open here."""
        for sock in self._under_way:
            self._loop.remove_writer(sock.fileno())
            sock.close()
        self._under_way.clear()
        if self.winner is not None:
            self.winner.close()

    async def _change(self, seconds: float | None) -> None:
        """Return when one of them is connected or has failed, or after so many *seconds*."""
        self._changed = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, wake, self._changed)
        try:
            await self._changed
        finally:
            if timer is not None:
                timer.cancel()

    def _told(self, sock: socket.socket) -> None:
        """Hear of the loop that connecting *sock* is over."""
        self._loop.remove_writer(sock.fileno())
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._lost(sock, OSError(code, os.strerror(code)))
        elif self.winner is None:
            self._won(sock)
        wake(self._changed)

    def _won(self, sock: socket.socket) -> None:
        self._under_way.remove(sock)
        self.winner = sock

    def _lost(self, sock: socket.socket, error: OSError) -> None:
        self._under_way.remove(sock)
        sock.close()
        self._errors.append(error)


_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)


def _is_connected(sock: socket.socket) -> bool:
    try:
        sock.getpeername()
    except OSError:
        return False
    return True


@lru_cache(maxsize=64)
def _family(host: str) -> int | None:
    """Return the family of the address that *host* itself is, None if it is a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            socket.inet_pton(family, host)
            return family
    return None


async def _addresses(loop: asyncio.AbstractEventLoop, host: str, port: int) -> Iterator[_Address]:
    """Return the addresses of *host*, one of each family in turn (RFC 8305 section 4)."""
    known = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = [_Address(family, address) for family, _, _, _, address in known]
    first = [each for each in found if each.family == found[0].family]
    others = [each for each in found if each.family != found[0].family]
    pairs = zip_longest(first, others)
    return (each for pair in pairs for each in pair if each is not None)
