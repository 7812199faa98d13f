"""Turn bytes in clear into TLS and back; nothing here knows where they come from or go to."""

from __future__ import annotations

import contextlib
import ssl

RECORD = 16 * 1024
"""How many octets one record holds at most (RFC 8446 section 5.1)."""


class Tls:
    """Be the client's end of TLS with the server of that *name*, by *context*.

    What the other end is to have is taken by `outgoing` after each call. Raises `ssl.SSLError`,
    which is an `OSError`, and `ValueError` for what is no name.
    """

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self.ended = False
        """Whether the other end has said good-bye."""

    def outgoing(self) -> bytes:
        """Return what is to be sent."""
        return self._outgoing.read() if self._outgoing.pending else b""

    def shake_hands(self, arrived: bytes | memoryview) -> bool:
        """Go on with the handshake by what has *arrived*; return whether that is all of it."""
        self._incoming.write(arrived)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def encrypt(self, data: memoryview) -> int:
        """Encrypt *data*; return how much of it, nothing where the other end must speak first."""
        try:
            written: int = self._object.write(data)
        except ssl.SSLWantReadError:
            return 0
        return written

    def decrypt(self, arrived: bytes, into: list[bytes]) -> None:
        """Decrypt what has *arrived*, as far as it is whole, and append it to *into*.

        What was whole is there even if this raises for what comes behind it.
        """
        self._incoming.write(arrived)
        try:
            while self._incoming.pending or self._object.pending():
                if not (data := self._object.read(RECORD)):
                    self.ended = True
                    return
                into.append(data)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True

    def say_goodbye(self) -> None:
        """Tell the other end that nothing follows, without waiting for it to say so, too."""
        with contextlib.suppress(ssl.SSLError, ValueError):
            self._object.unwrap()
