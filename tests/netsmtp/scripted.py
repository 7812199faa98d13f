"""A server that does what a script says, whatever the client does: one connection, on loopback.

A script is a list of steps, each a name and its arguments; `STEPS` says what each does.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from typing import Any

LONGEST_WAIT = 30.0


class ScriptedServer:
    """Play *script* to the first client; afterwards `received` holds every byte it wrote.

    *context* is for the step `tls`. *at_sleep* is called when a `sleep` begins, and once more if the
    client has done nothing about it.
    """

    def __init__(
        self,
        script: Sequence[Sequence[Any]],
        context: ssl.SSLContext | None = None,
        at_sleep: Callable[[], object] = lambda: None,
    ) -> None:
        self.received = bytearray()
        self.client_closed: bool | str | None = None
        self.connections = 0
        self.error: BaseException | None = None
        self._script = script
        self._context = context
        self._at_sleep = at_sleep
        self._unread = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LONGEST_WAIT)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if not self.connections:  # nobody came: let the thread see that nobody will
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(2 * LONGEST_WAIT)
        self._listener.close()
        assert not self._thread.is_alive(), "the scripted server still runs"

    def _run(self) -> None:
        try:
            self._client, _ = self._listener.accept()
        except OSError:
            return
        self.connections += 1
        self._client.settimeout(LONGEST_WAIT)
        try:
            for name, *arguments in self._script:
                STEPS[name](self, *arguments)
                if self._client.fileno() < 0:
                    return
            self.eof()
        except ConnectionError:
            self.client_closed = "rst"
        except BaseException as error:  # noqa: BLE001 - shown by the test, in its own thread
            self.error = error
        finally:
            self._client.close()

    def send(self, text: str) -> None:
        """Send *text*, whose characters are bytes."""
        with contextlib.suppress(ConnectionError):
            self._client.sendall(text.encode("latin-1"))

    def cmd(self) -> None:
        """Read up to the end of a line."""
        self._read_to(b"\r\n")

    def data(self) -> None:
        """Read up to the lone dot."""
        self._read_to(b"\r\n.\r\n", before=b"\r\n")

    def nbytes(self, count: int) -> None:
        """Read *count* bytes or more."""
        while len(self._unread) < count and self._receive():
            pass
        del self._unread[:count]

    def eof(self) -> None:
        """Read until the client closes."""
        while self._receive():
            pass

    def sleep(self, seconds: float) -> None:
        """Read nothing for so long, but wake up when the client closes or resets."""
        poll = select.poll()
        poll.register(self._client, select.POLLRDHUP if seconds > 1 else select.POLLIN)
        # Python may lose an interruption that comes while it runs a weak reference's callback.
        for part in (seconds * 0.1, seconds * 0.9):
            self._at_sleep()
            if poll.poll(part * 1000):
                return

    def drip(self) -> None:
        """Send a byte now and then, and never the end of a line, until the client closes."""
        poll = select.poll()
        poll.register(self._client, select.POLLRDHUP)
        while not poll.poll(8):
            self.send("x")

    def stall(self) -> None:
        """Read nothing until what `at_sleep` does is done."""
        self._at_sleep()

    def tls(self, kind: str = "modern") -> None:
        """Do the server's handshake; what fails there is the client's doing."""
        assert self._context is not None
        try:
            self._client = self._context.wrap_socket(self._client, server_side=True)
        except (ssl.SSLError, ConnectionError):
            self._client.close()

    def close(self) -> None:
        """Close, having taken what has come."""
        if select.select([self._client], [], [], 0)[0]:
            self._receive()
        self.client_closed = None
        self._client.close()

    def rst(self) -> None:
        """Reset the connection."""
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._client.close()

    def halfclose(self) -> None:
        """Say no more, but listen."""
        self._client.shutdown(socket.SHUT_WR)

    def _read_to(self, end: bytes, before: bytes = b"") -> None:
        while (at := (before + self._unread).find(end)) < 0 and self._receive():
            pass
        del self._unread[: len(self._unread) if at < 0 else at + len(end) - len(before)]

    def _receive(self) -> bool:
        """Read what there is; tell whether there may be more."""
        try:
            data = self._client.recv(65536)
        except ssl.SSLError:
            data = b""
        if not data:
            self.client_closed = True
        self.received += data
        self._unread += data
        return bool(data)


STEPS: dict[str, Callable[..., None]] = {
    name: getattr(ScriptedServer, name)
    for name in (
        "send",
        "cmd",
        "data",
        "nbytes",
        "eof",
        "sleep",
        "drip",
        "stall",
        "tls",
        "close",
        "rst",
        "halfclose",
    )
}
