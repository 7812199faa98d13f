"""Reach a `LoopbackServer` by streams, so that a whole send runs without a network.

server = MemoryServer()
smtp_send_message("anywhere", ..., tcp_connect=server.connect)
server.mails, server.conversations
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, cast

from .core.loopback import LoopbackServer, ReceivedMail

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


@dataclass(slots=True)
class MemoryServer:
    """Answer any number of clients in memory and keep what each said.

    *make* gives the server for each connection; its extensions and replies are the caller's choice.
    """

    make: Callable[[], LoopbackServer] = LoopbackServer
    connections: list[LoopbackServer] = field(default_factory=list[LoopbackServer])

    @property
    def mails(self) -> list[ReceivedMail]:
        """Return the mails that were taken, oldest first."""
        return [mail for connection in self.connections for mail in connection.mails]

    def connect(self, server: str, port: int) -> tuple[BinaryIO, BinaryIO]:
        """Open a connection, as `tcp_connect` does, to no network at all."""
        peer = self.make()
        self.connections.append(peer)
        reader = MemoryReader(peer)
        return cast(BinaryIO, reader), cast(BinaryIO, MemoryWriter(reader))

    @staticmethod
    def tls_encode(
        reader: BinaryIO,
        writer: BinaryIO,
        *,
        mode: str = "connect",
        encrypt: str = "tls",
        close_original: bool = True,
    ) -> tuple[BinaryIO, BinaryIO]:
        """Stand in for `ports_to_ssl_ports`: in memory there is nothing to hide from."""
        return reader, writer


class MemoryReader(io.RawIOBase):
    """Read what the server has answered: it answers at once or not at all."""

    local = True
    encrypted = False

    def __init__(self, peer: LoopbackServer) -> None:
        super().__init__()
        self.peer = peer
        self._answers = bytearray(peer.greet())

    def readable(self) -> bool:
        return True

    def ready(self) -> bool:
        """Tell whether a read returns at once."""
        return bool(self._answers) or self.peer.closed

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Move answers into *buffer*, as many as there are and it holds; return how many octets."""
        view = memoryview(buffer).cast("B")
        taken = bytes(self._answers[: len(view)])
        view[: len(taken)] = taken
        del self._answers[: len(taken)]
        return len(taken)

    def answer(self, data: bytes) -> None:
        """Give *data* to the server and keep its answers."""
        self._answers += self.peer.receive(data)


class MemoryWriter(io.RawIOBase):
    """Write to the server."""

    def __init__(self, reader: MemoryReader) -> None:
        super().__init__()
        self._reader = reader

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Give *data* to the server. Raises `BrokenPipeError` if that has closed."""
        if self._reader.peer.closed:
            raise BrokenPipeError
        written = bytes(data)
        self._reader.answer(written)
        return len(written)
