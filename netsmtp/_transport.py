"""Connect, encrypt, read, write and close: the only module that knows sockets and TLS.

Racket's ports are pairs of binary streams here: what `socket.makefile` gives, or like it. A pair
that stands on a socket is read through its reader, which may hold bytes already, and written
straight to the socket, so that a deadline bounds a whole write however slowly the other side
reads. Any other pair is used as it is; with a file descriptor it has deadlines too. Its reader may
say by attributes `local` and `encrypted` that a password may go over it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import select
import socket
import ssl
import struct
import time
from collections.abc import Generator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, BinaryIO, Protocol, TypeAlias, cast

from .core.hosts import ascii_host
from .core.stages import Stage
from .errors import ConnectError, HostNameError, TlsError

Streams: TypeAlias = tuple[BinaryIO, BinaryIO]
CHUNK = 64 * 1024

connect_seconds: ContextVar[float | None] = ContextVar("connect_seconds", default=30.0)
"""How long `tcp_connect` and a TLS handshake may take: set by a send from its deadlines."""
server_name: ContextVar[str | None] = ContextVar("server_name", default=None)
"""The server of the send under way: what `ports_to_ssl_ports` checks a certificate for."""


# Racket's procedures: what `smtp_send_message` takes as `tcp_connect` and `tls_encode`.


def tcp_connect(server: str, port: int) -> Streams:
    """Connect to *port* of *server* and return a reader and a writer.

    Raises `TypeError` or `HostNameError` for what is no host or port, `ConnectError` if there is
    no connection.
    """
    return _streams(_open(server, port))


def ssl_connect(server: str, port: int, *, context: ssl.SSLContext | None = None) -> Streams:
    """Connect to *port* of *server* with TLS from the first byte (RFC 8314 section 3).

    The certificate must be valid for *server* by the system's certificates, or those named by
    `SSL_CERT_FILE`, unless *context* says otherwise. Raises as `tcp_connect` does, and `TlsError`.
    """
    return _streams(_encrypt(_open(server, port), context, server))


def ports_to_ssl_ports(
    reader: BinaryIO,
    writer: BinaryIO,
    *,
    mode: str = "connect",
    encrypt: str = "tls",
    close_original: bool = True,
    context: ssl.SSLContext | None = None,
    server_hostname: str | None = None,
) -> Streams:
    """Encrypt an open connection and return the reader and writer to use from now on.

    The certificate must be valid for *server_hostname*; without one, for the server of the send
    under way. *mode*, *encrypt* and *close_original* are what Racket passes; `"tls"` means TLS 1.2
    or newer. Raises `TlsError`, or `ValueError` for another mode or a pair that does not stand on
    a socket.
    """
    if mode != "connect" or encrypt != "tls":
        raise ValueError(f"ports_to_ssl_ports: mode {mode!r}, encrypt {encrypt!r}")
    sock = _socket_of(reader, writer)
    if sock is None:
        raise ValueError("ports_to_ssl_ports: the streams do not stand on a socket")
    name = server_hostname or getattr(sock, "server", None) or server_name.get()
    if name is None and (context is None or context.check_hostname):
        raise TlsError("ports_to_ssl_ports: server_hostname is not known", stage=Stage.TLS)
    own = _own(socket.socket(fileno=os.dup(sock.fileno())), name)
    streams = _streams(_encrypt(own, context, name))
    if close_original:
        for stream in (writer, reader):
            stream.close()
    return streams


# What the driver uses.


class Transport(Protocol):
    """Carry bytes; every wait has an end.

    *seconds* bounds one whole call; None waits for ever. `TimeoutError` and other `OSError`s are
    the caller's.
    """

    encrypted: bool
    local: bool
    streams: Streams

    def read(self, seconds: float | None) -> bytes:
        """Return what has come, empty at the end of the stream."""
        ...

    def poll(self) -> bytes | None:
        """Return what has come already, None if nothing has."""
        ...

    def write(self, data: memoryview, seconds: float | None) -> None:
        """Write all of *data*. A memoryview does not show its bytes in a traceback."""
        ...

    def close(self) -> None:
        """End the connection in order."""
        ...

    def abort(self) -> None:
        """End the connection at once, dropping what has not left this machine."""
        ...


def transport(streams: Streams) -> Transport:
    """Return the transport that reads and writes *streams*."""
    sock = _socket_of(*streams)
    return StreamTransport(streams) if sock is None else SocketTransport(streams, sock)


class SocketTransport:
    """Carry bytes over the socket that both streams stand on."""

    def __init__(self, streams: Streams, sock: socket.socket) -> None:
        self.streams = streams
        self._reader = streams[0]
        self._socket = sock
        self.encrypted = isinstance(sock, ssl.SSLSocket)
        self.local = _is_local(sock)
        streams[1].flush()
        with contextlib.suppress(OSError):  # not every socket is TCP
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, seconds: float | None) -> bytes:
        self._socket.settimeout(_positive(seconds))
        return _read_some(self._reader)

    def poll(self) -> bytes | None:
        self._socket.settimeout(0)
        try:
            if not self.encrypted:
                self._socket.recv(1, socket.MSG_PEEK)
            return _read_some(self._reader)
        except (ssl.SSLWantReadError, BlockingIOError):
            return None

    def write(self, data: memoryview, seconds: float | None) -> None:
        end = None if seconds is None else time.monotonic() + seconds
        sock = self._socket
        while data:
            sock.settimeout(None if end is None else _positive(end - time.monotonic()))
            data = data[sock.send(data) :]

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(0)
                self._socket.unwrap()  # says good-bye without waiting for the other side's
        # Others may hold the socket as well; the connection ends all the same.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        _close(self.streams)

    def abort(self) -> None:
        if isinstance(self._socket, _Socket | _SslSocket):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
        else:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        discard(self.streams)


class StreamTransport:
    """Carry bytes over any pair of binary streams."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self._reader, self._writer = streams
        self.encrypted = bool(getattr(self._reader, "encrypted", False))
        self.local = bool(getattr(self._reader, "local", False))

    def read(self, seconds: float | None) -> bytes:
        if not self._ready(seconds):
            raise TimeoutError
        return _read_some(self._reader)

    def poll(self) -> bytes | None:
        return _read_some(self._reader) if self._ready(0, default=False) else None

    def write(self, data: memoryview, seconds: float | None) -> None:
        self._writer.write(data.tobytes())
        self._writer.flush()

    def close(self) -> None:
        _close(self.streams)

    def abort(self) -> None:
        discard(self.streams)

    def _ready(self, seconds: float | None, *, default: bool = True) -> bool:
        """Wait until there is something to read; *default* where that cannot be known."""
        poll = getattr(self._reader, "ready", None)  # in-memory streams know
        if poll is not None:
            return bool(poll())
        try:
            readable, _, _ = select.select([self._reader.fileno()], [], [], seconds)
        except (OSError, ValueError, AttributeError):
            return default
        return bool(readable)


# Sockets.


class _Socket(socket.socket):
    """A connection that this module opened, to *server*."""

    server: str | None = None


class _SslSocket(ssl.SSLSocket):
    """The same, encrypted."""

    server: str | None = None


def _open(server: str, port: int) -> _Socket:
    if not isinstance(server, str):
        raise TypeError(f"tcp_connect: expected a str as server, given {type(server).__name__}")
    if not isinstance(port, int) or isinstance(port, bool):
        raise TypeError(f"tcp_connect: expected an int as port, given {type(port).__name__}")
    if not 0 < port < 65536:
        raise HostNameError(f"port {port}")
    if not server or any(c <= " " or c == "\x7f" for c in server):
        raise HostNameError(f"host {server!r}")
    try:
        return _own(
            socket.create_connection((ascii_host(server), port), connect_seconds.get()), server
        )
    except (OSError, UnicodeError) as error:
        known = not (isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME)
        reason = getattr(error, "strerror", None) or str(error) or "no answer in time"
        raise ConnectError(
            f"{server} port {port}: {reason}", stage=Stage.CONNECT, transient=known
        ) from error


def _own(sock: socket.socket, server: str | None) -> _Socket:
    """Return the connection of *sock*, which now knows its server."""
    own = _Socket(fileno=sock.detach())
    own.server = server
    return own


def _encrypt(sock: _Socket, context: ssl.SSLContext | None, server: str | None) -> ssl.SSLSocket:
    """Do the client's handshake on *sock*, which is closed if it fails."""
    context = context or _context()
    sock.settimeout(connect_seconds.get())
    try:
        encrypted = context.wrap_socket(
            sock, server_hostname=None if server is None else ascii_host(server)
        )
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            sock.close()
        reason = (
            getattr(error, "verify_message", None) or getattr(error, "reason", None) or str(error)
        )
        raise TlsError(f"{server}: {reason or 'no answer in time'}", stage=Stage.TLS) from error
    if isinstance(encrypted, _SslSocket):
        encrypted.server = server
    return encrypted


def _context() -> ssl.SSLContext:
    """Return the safe context: TLS 1.2 or newer, certificate and host name checked."""
    return _context_for(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=8)
def _context_for(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Make the context once for each choice of certificates: reading them takes milliseconds."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _SslSocket
    return context


def _streams(sock: socket.socket) -> Streams:
    """Return reader and writer of *sock*; closing both closes it."""
    with sock:
        return sock.makefile("rb"), sock.makefile("wb")


def _socket_of(reader: object, writer: object) -> socket.socket | None:
    """Return the socket that *reader* and *writer* both stand on, as those of `makefile` do."""
    first, second = (_under(stream) for stream in (reader, writer))
    return first if first is second else None


def _under(stream: object) -> socket.socket | None:
    # `socket.SocketIO` has no public way to its socket, and a deadline needs the socket.
    found = getattr(getattr(stream, "raw", stream), "_sock", None)
    return found if isinstance(found, socket.socket) else None


def _is_local(sock: socket.socket) -> bool:
    """Tell whether the other end is on this machine: what is said there crosses no network."""
    if hasattr(socket, "AF_UNIX") and sock.family == socket.AF_UNIX:
        return True
    try:
        peer = ipaddress.ip_address(sock.getpeername()[0])
    except (OSError, ValueError, IndexError, TypeError):
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return bool((mapped or peer).is_loopback)


def _positive(seconds: float | None) -> float | None:
    """Return *seconds* as a timeout. Raises `TimeoutError` if none are left."""
    if seconds is not None and seconds <= 0:
        raise TimeoutError
    return seconds


def _read_some(reader: BinaryIO) -> bytes:
    """Read what is there, waiting only if there is nothing."""
    read1: Any = getattr(reader, "read1", None)
    if read1 is not None:
        return cast(bytes, read1(CHUNK))
    return reader.read(CHUNK) or b""


def _close(streams: Streams) -> None:
    for stream in reversed(streams):
        with contextlib.suppress(OSError, ValueError):
            stream.close()


def discard(streams: Streams) -> None:
    """Close *streams* without sending what their buffers hold."""
    for stream in reversed(streams):
        with contextlib.suppress(OSError, ValueError):
            getattr(stream, "raw", stream).close()
    _close(streams)


@contextlib.contextmanager
def sending_to(server: str | None, seconds: float | None) -> Generator[None, None, None]:
    """Tell `tcp_connect`, `ssl_connect` and `ports_to_ssl_ports` which send they are called for."""
    tokens = server_name.set(server), connect_seconds.set(seconds)
    try:
        yield
    finally:
        server_name.reset(tokens[0])
        connect_seconds.reset(tokens[1])
