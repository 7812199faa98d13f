"""A server on loopback that answers any number of clients, each by a `LoopbackServer`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from netsmtp.core.loopback import LoopbackServer, ReceivedMail

LONGEST_WAIT = 30.0


class Drop(Exception):
    """Raised by a server's `replies`, ends its connection without a word."""


class TcpServer:
    """Serve from threads until the block ends; *connections* are the servers, oldest first.

    *make* makes the server for each connection, *context* encrypts from the start, or behind the 220
    to STARTTLS where the server offers that. With *path* it is a Unix socket.
    """

    def __init__(
        self,
        make: Callable[[], LoopbackServer] = LoopbackServer,
        *,
        context: ssl.SSLContext | None = None,
        implicit: bool = False,
        path: Path | None = None,
    ) -> None:
        self.connections: list[LoopbackServer] = []
        self.peers: list[object] = []
        self._make = make
        self._heard = threading.Condition()
        self._context = context
        self._implicit = implicit
        if path is None:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.port: int = self._listener.getsockname()[1]
        else:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(path))
            self._listener.listen()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._serving: list[threading.Thread] = []

    @property
    def mails(self) -> list[ReceivedMail]:
        return [mail for connection in self.connections for mail in connection.mails]

    @property
    def texts(self) -> list[str]:
        """Return the last line of each mail."""
        return [mail.data.decode().split("\r\n")[-2] for mail in self.mails]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once *condition*, of what clients have said, is true."""

        def wait() -> bool:
            with self._heard:
                return self._heard.wait_for(condition, LONGEST_WAIT)

        assert await asyncio.to_thread(wait), "it did not come to that"

    def __enter__(self) -> TcpServer:
        self._accepting.start()
        return self

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(LONGEST_WAIT)
        self.served()

    def served(self) -> None:
        """Wait until all who were greeted are gone, and all that they said is heard."""
        for thread in self._serving:
            thread.join(LONGEST_WAIT)
            assert not thread.is_alive(), "a connection is still open"

    def _accept(self) -> None:
        while True:
            try:
                client, peer = self._listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            server = self._make()
            self.connections.append(server)
            thread = threading.Thread(target=self._serve, args=(client, server), daemon=True)
            thread.start()
            self._serving.append(thread)

    def _serve(self, client: socket.socket, server: LoopbackServer) -> None:
        with client, contextlib.suppress(Drop, OSError):
            if self._implicit:
                client = self._encrypted(client)
            client.sendall(server.greet())
            while data := client.recv(65536):
                before = len(server.conversation)
                try:
                    answer = server.receive(data)
                except Drop:
                    told = server.conversation[before:]
                    client.sendall(b"".join(text for who, text in told if who == "server"))
                    raise
                with self._heard:
                    self._heard.notify_all()
                client.sendall(answer)
                if server.closed:
                    break
                if self._context and data == b"STARTTLS\r\n" and answer.startswith(b"220"):
                    client = self._encrypted(client)
        client.close()

    def _encrypted(self, client: socket.socket) -> socket.socket:
        assert self._context is not None
        return self._context.wrap_socket(client, server_side=True)
