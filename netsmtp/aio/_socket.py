"""Carry bytes over a socket of which an event loop tells when it is ready.

The loop is asked only where there is something to wait for. What is written is given to the system at
once, and often, on this machine or one near by, the reply is there by the time one looks for it: then
a turn of the loop would cost more than all the rest. So that other tasks are not kept waiting by that,
it is done only so often in a row; and it is not done where the last answer took long.

Once asked to tell of what arrives, the loop goes on telling until the connection ends: to ask anew for
each wait would cost as much as the wait.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from netsmtp._streams import CHUNK
from netsmtp._transport import no_tls
from netsmtp.aio._sockets import reset_on_close, without_delay
from netsmtp.aio._tls import Tls
from netsmtp.aio._waiting import Waiting, wake
from netsmtp.core.hosts import ascii_host, is_loopback
from netsmtp.core.stages import Stage
from netsmtp.errors import ProtocolError

if TYPE_CHECKING:
    import socket
    import ssl

AT_ONCE = 256 * 1024
"""How many octets are written before other tasks have their turn."""
AHEAD = 8
"""How many pieces that nobody has asked for are held; more stay with the system."""
NEAR = 0.001
"""Within how many seconds the other end answers, if it pays to look before waiting."""
IN_A_ROW = 8
"""How many replies are taken that are there already, before other tasks have their turn."""
GOOD_BYE = 1.0
"""How many seconds our closing of TLS may take to leave this machine."""


class SocketTransport(Waiting):
    """Carry bytes over the connected *sock*, which is our *own* unless a caller gave it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, *, own: bool) -> None:
        super().__init__(loop)
        without_delay(sock)
        self._socket = sock
        self._own = own
        self._number = sock.fileno()
        self._tls: Tls | None = None
        self._reading: asyncio.Future[None] | None = None
        self._listening = False
        self._near = True
        self._in_a_row = IN_A_ROW  # others have their turn first, even if all is there at once
        self._written = 0
        self._owed = b""
        self._writing: asyncio.Future[None] | None = None
        self._awaiting_room = False

    @property
    def encrypted(self) -> bool:
        return self._tls is not None

    @property
    def local(self) -> bool:
        try:
            peer = self._socket.getpeername()
        except OSError:
            return False
        return isinstance(peer, str | bytes) or is_loopback(peer)

    # Reading.

    def take(self) -> memoryview | None:
        if self._in_a_row >= IN_A_ROW:
            return None
        self._in_a_row += 1
        return self._looked() if self._near else self._held()

    def poll(self) -> memoryview | None:
        return self._held() if self._listening else self._looked()

    async def read(self, end: float | None) -> memoryview:
        if self._in_a_row >= IN_A_ROW:
            await self._rest()
            self._receive()
        while (found := self._held()) is None:
            await self._hear(end)
        return found

    def _looked(self) -> memoryview | None:
        """Return what is held, or else what is there on the socket."""
        if (found := self._held()) is None:
            self._receive()
            found = self._held()
        return found

    def _receive(self) -> None:
        """Take what is there off the socket."""
        if self._ended:
            return
        try:
            data = self._socket.recv(CHUNK)
            if not data:
                self._ended = True
            elif self._tls is None:
                self._arrived.append(data)
            else:
                self._decrypt(self._tls, data)
        except BlockingIOError:
            pass
        except OSError as error:
            self._fail(error)

    def _decrypt(self, tls: Tls, data: bytes) -> None:
        tls.decrypt(data, self._arrived)
        self._ended = self._ended or tls.ended
        self._pay(tls)

    def _fail(self, error: OSError) -> None:
        self._error, self._ended = error, True
        wake(self._reading)

    async def _hear(self, end: float | None) -> None:
        """Wait until something has arrived, or the stream has ended."""
        self._in_a_row = 0
        if not self._listening:
            self._listening = True
            self._loop.add_reader(self._number, self._readable)
        self._reading = self._loop.create_future()
        begun = time.monotonic()
        try:
            await self._until(self._reading, end)
        finally:
            self._reading = None
        self._near = time.monotonic() - begun < NEAR

    def _readable(self) -> None:
        """Hear of the loop that there is something to read."""
        self._receive()
        if self._ended or len(self._arrived) >= AHEAD:
            self._listen_no_more()
        wake(self._reading)

    def _listen_no_more(self) -> None:
        if self._listening:
            self._listening = False
            self._loop.remove_reader(self._number)

    async def _rest(self) -> None:
        """Let other tasks have their turn."""
        self._in_a_row = 0
        await asyncio.sleep(0)

    # Writing.

    def offer(self, data: memoryview) -> memoryview:
        if self._written >= AT_ONCE:
            return data
        sent = self._put(data)
        self._written += sent
        return data[sent:]

    async def write(self, data: memoryview, end: float | None) -> None:
        while data:
            if self._written >= AT_ONCE:
                self._written = 0
                await self._rest()
            if sent := self._put(data):
                self._written += sent
                data = data[sent:]
            elif self._tls is None or self._owed:
                await self._room(end)
            elif self._ended:
                raise BrokenPipeError("the server ended the connection")
            else:  # TLS must hear something before it goes on
                await self._hear(end)

    def _put(self, data: memoryview) -> int:
        """Write what can be written of *data* at once; return how much that is.

        What is encrypted and cannot leave at once is owed, and counts as written.
        """
        if self._tls is None:
            return self._send(data)
        if self._owed:
            return 0
        sent = self._tls.encrypt(data[:CHUNK])
        self._pay(self._tls)
        return sent

    def _pay(self, tls: Tls) -> None:
        """Send what the other end is to have, now or when there is room for it."""
        data = tls.outgoing()
        if self._owed:
            self._owed += data
        elif data:
            self._owed = data[self._send(data) :]
            if self._owed:
                self._ask_for_room()

    async def _room(self, end: float | None) -> None:
        """Wait until the system takes more."""
        self._writing = self._loop.create_future()
        self._ask_for_room()
        try:
            await self._until(self._writing, end)
        finally:
            self._writing = None

    def _ask_for_room(self) -> None:
        if not self._awaiting_room:
            self._awaiting_room = True
            self._loop.add_writer(self._number, self._writable)

    def _writable(self) -> None:
        """Hear of the loop that the system takes more, and send what is owed."""
        try:
            if self._owed:
                self._owed = self._owed[self._send(self._owed) :]
        except OSError as error:
            self._owed = b""
            self._fail(error)
        if not self._owed:
            self._ask_no_more()
            wake(self._writing)

    def _ask_no_more(self) -> None:
        if self._awaiting_room:
            self._awaiting_room = False
            self._loop.remove_writer(self._number)

    def _send(self, data: bytes | memoryview) -> int:
        try:
            sent: int = self._socket.send(data)
        except BlockingIOError:
            return 0
        return sent

    # Encrypting and ending.

    async def encrypt(
        self, context: ssl.SSLContext, name: str, seconds: float | None
    ) -> SocketTransport:
        if self._arrived:
            raise ProtocolError("bytes in clear before the handshake", stage=Stage.TLS)
        end = None if seconds is None else time.monotonic() + seconds
        try:
            await self._shake_hands(Tls(context, ascii_host(name)), end)
        except (OSError, ValueError) as error:
            self._discard()
            raise no_tls(name, error) from error
        except BaseException:
            self.abort()
            raise
        return self

    async def _shake_hands(self, tls: Tls, end: float | None) -> None:
        data, over = memoryview(b""), False
        while True:
            try:
                over = tls.shake_hands(data)
            finally:
                self._pay(tls)  # also what we have to say of a handshake that fails
            if over:
                break
            data = await self.read(end)
            if not data:
                raise ConnectionResetError("the server ended the connection")
        self._tls = tls
        self._decrypt(tls, b"")  # what came in one piece with the end of the handshake

    async def close(self) -> None:
        if self._tls is not None and self._number >= 0:
            self._tls.say_goodbye()
            with suppress(OSError):
                self._pay(self._tls)
                if self._owed:
                    await self._room(time.monotonic() + GOOD_BYE)
        self._discard()

    def abort(self) -> None:
        if self._own:
            reset_on_close(self._socket)
        self._discard()

    def _discard(self) -> None:
        """Close the socket; who waits for it hears that it has ended."""
        if self._number < 0:
            return
        if not self._loop.is_closed():
            self._listen_no_more()
            self._ask_no_more()
            self._unwatch()
        self._number = -1
        self._socket.close()
        self._ended = True
        wake(self._reading)
        wake(self._writing)
