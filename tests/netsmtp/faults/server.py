"""A server that fails once: on its first connection, in a chosen stage, as a script says.

Every other connection, and whatever the first one has left to say, is served as it should be.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

from tests.netsmtp.scripted import LONGEST_WAIT, STEPS, ScriptedServer

OFFERS = "250-h\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
REPLIES = {
    b"EHLO": ("ehlo", OFFERS),
    b"STARTTLS": ("starttls", "220 go\r\n"),
    b"AUTH": ("auth", "235 ok\r\n"),
    b"MAIL": ("mail", "250 ok\r\n"),
    b"RCPT": ("rcpt", "250 ok\r\n"),
    b"DATA": ("data", "354 go\r\n"),
    b"RSET": ("rset", "250 ok\r\n"),
    b"QUIT": ("quit", "221 bye\r\n"),
}
"""The stage that each command belongs to, and its reply."""


class FailingServer(ScriptedServer):
    """Serve all who come; do *steps* to the first in *stage*, instead of its reply.

    `finished` are the messages that came whole, `kept` those whose sender was told so.
    """

    def __init__(self, stage: str, steps: Sequence[Sequence[Any]], context: ssl.SSLContext) -> None:
        super().__init__([["serve", stage], *steps], context)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.finished: list[bytes] = []
        self.kept: list[bytes] = []
        self._greeted = self._in_message = False

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the thread, which else waits for more
        super().__exit__(*exc)

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._client, _ = self._listener.accept()
                self.connections += 1
                self._serve_one(self._script if self.connections == 1 else [["serve"]])

    def _serve_one(self, script: Sequence[Sequence[Any]]) -> None:
        self._client.settimeout(LONGEST_WAIT)
        self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._greeted = self._in_message = False
        self._unread.clear()
        try:
            for name, *arguments in script:
                OWN_STEPS.get(name, STEPS.get(name))(self, *arguments)  # type: ignore[misc]
        except OSError:
            pass  # the client has left
        except BaseException as error:  # noqa: BLE001 - shown by the test, in its own thread
            self.error = error
        finally:
            self._client.close()

    def serve(self, until: str = "") -> None:
        """Answer as one should, up to where the reply of the stage *until* is due."""
        if self._in_message:  # a word was put in; nobody reads on
            return self.wait()
        if not self._greeted:
            self._greeted = True
            if until == "greeting":
                return None
            self.send("220 hi\r\n")
        while verb := self._upto(b"\r\n")[:8].split(b" ")[0]:
            stage, reply = REPLIES.get(verb.strip(), ("", "500 what\r\n"))
            if stage == until:
                return None
            self.send(reply)
            if stage == "starttls":
                if until == "tls":
                    return self.nbytes(1)
                self.tls()
            elif stage == "data":
                if until == "body":
                    self._in_message = True
                    return self.nbytes(1000)
                self.finished.append(self._upto(b"\r\n.\r\n"))
                if until == "verdict":
                    return None
                self.kept.append(self.finished[-1])
                self.send("250 kept\r\n")
        return None

    def wait(self) -> None:
        """Say no more until the client leaves; read what it writes, but for a message.

        Behind a message that nobody reads its leaving cannot be seen; that it comes again can, and
        that nobody else will.
        """
        if not self._in_message:
            return self.eof()
        poll = select.poll()
        poll.register(self._client, select.POLLRDHUP)
        poll.register(self._listener, select.POLLIN)
        poll.poll(LONGEST_WAIT * 1000)
        return None

    def raw(self, text: str) -> None:
        """Send *text* beside the encryption."""
        os.write(self._client.fileno(), text.encode("latin-1"))

    def much(self, text: str, times: int) -> None:
        """Send *text* so many *times*."""
        self.send(text * times)

    def _upto(self, end: bytes) -> bytes:
        """Return what comes up to *end*, with it; nothing if it does not."""
        while (at := self._unread.find(end)) < 0:
            if not self._receive():
                return b""
        taken = bytes(self._unread[: at + len(end)])
        del self._unread[: len(taken)]
        return taken


OWN_STEPS: dict[str, Callable[..., None]] = {
    name: getattr(FailingServer, name) for name in ("serve", "wait", "raw", "much")
}
