"""Connect, encrypt, read, write and close: the module that knows sockets and TLS, but for asyncio's.

Racket's ports are pairs of binary streams here: what `socket.makefile` gives, or like it. A pair
that stands on a socket is read through its reader, which may hold bytes already, and written
straight to the socket, so that a deadline bounds a whole write however slowly the other side
reads. Any other pair is used as it is; with a file descriptor it has deadlines too. Its reader may
say by attributes `local` and `encrypted` that a password may go over it.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import ssl
import struct
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, BinaryIO

from ._streams import CHUNK, Carrier, Streams, StreamTransport, Waiter, close, discard
from .core.hosts import ascii_host, is_loopback
from .core.stages import Stage
from .errors import ConnectError, HostNameError, TlsError

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
    return _streams(_open(server, port, connect_seconds.get()))


def ssl_connect(server: str, port: int, *, context: ssl.SSLContext | None = None) -> Streams:
    """Connect to *port* of *server* with TLS from the first byte (RFC 8314 section 3).

    The certificate must be valid for *server* by the system's certificates, or those named by
    `SSL_CERT_FILE`, unless *context* says otherwise. Raises as `tcp_connect` does, and `TlsError`.
    """
    seconds = connect_seconds.get()
    return _streams(_encrypt(_open(server, port, seconds), context, server, seconds))


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
    streams = _streams(_encrypt(own, context, name, connect_seconds.get()))
    if close_original:
        for stream in (writer, reader):
            stream.close()
    return streams


# What the driver uses.


def opened(
    server: str,
    port: int,
    seconds: float | None,
    source_address: tuple[str, int] | None = None,
) -> Carrier:
    """Connect within *seconds* as `tcp_connect` does, without making streams yet."""
    return SocketTransport((), _open(server, port, seconds, source_address))


def opened_path(path: str, seconds: float | None) -> Carrier:
    """Connect to the Unix socket at *path* within *seconds*; raises `ConnectError`."""
    return SocketTransport((), _open_path(path, seconds))


def transport(streams: Streams, under: Streams | None = None) -> Carrier:
    """Return what carries bytes over *streams*, which may have been put over those *under* them."""
    sock = _socket_of(*streams)
    every = (streams,) if under is None else (streams, under)
    return StreamTransport(every) if sock is None else SocketTransport(every, sock)


def secured(carrier: Carrier, context: ssl.SSLContext, name: str, seconds: float | None) -> Carrier:
    """Return what carries bytes, encrypted within *seconds*, instead of *carrier*.

    Raises as `ports_to_ssl_ports` does.
    """
    own = carrier.own if isinstance(carrier, SocketTransport) else None
    if own is not None:
        return SocketTransport((), _encrypt(own, context, name, seconds))
    with sending_to(name, seconds):
        streams = ports_to_ssl_ports(*carrier.streams, context=context, server_hostname=name)
    return transport(streams, carrier.streams)


class SocketTransport:
    """Carry bytes over a socket, that of both streams of *every* pair where there are any.

    The socket does not block; waiting is a call of its own.
    """

    def __init__(self, every: tuple[Streams, ...], sock: socket.socket) -> None:
        self._every = every
        self._socket = sock
        self._tls = sock if isinstance(sock, ssl.SSLSocket) else None
        self.encrypted = self._tls is not None
        if every:
            every[0][1].flush()
        with contextlib.suppress(OSError):  # not every socket is TCP
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        self._recv = sock.recv
        self._ahead = _taken(every[0][0]) if every else b""
        self._may_hold = bool(self._ahead) or self._tls is not None
        self._readable = Waiter(sock, writing=False)
        self._writable: Waiter | None = None

    @property
    def local(self) -> bool:
        return _is_local(self._socket)

    @property
    def streams(self) -> Streams:
        """Return reader and writer, which are made where there are none yet."""
        if not self._every:
            self._every = (_streams(self._socket),)
        return self._every[0]

    @property
    def own(self) -> _Socket | None:
        """Return the socket if this module opened it and nobody else can hold it."""
        return self._socket if isinstance(self._socket, _Socket) and not self._every else None

    async def read(self, end: float | None) -> memoryview:
        found = self._held() if self._may_hold else None
        while found is None:
            self._readable.wait(end)
            found = self._received()
        return found

    def take(self) -> memoryview | None:
        return self._held() if self._may_hold else self._received()

    def poll(self) -> memoryview | None:
        if self._may_hold and (held := self._held()) is not None:
            return held
        return self._received() if self._readable.now() else None

    def _held(self) -> memoryview | None:
        """Return what was taken off the socket and is not given out yet, None if nothing was."""
        if self._ahead:
            ahead, self._ahead = self._ahead, b""
            return memoryview(ahead)
        return self._received() if self._tls is None or self._tls.pending() else None

    def offer(self, data: memoryview) -> memoryview:
        try:
            return data[self._socket.send(data) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return data

    async def write(self, data: memoryview, end: float | None) -> None:
        send = self._socket.send
        while data:
            try:
                data = data[send(data) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                if self._writable is None:
                    self._writable = Waiter(self._socket, writing=True)
                self._writable.wait(end)
            except ssl.SSLWantReadError:
                self._readable.wait(end)

    async def close(self) -> None:
        if self._tls is not None:
            with contextlib.suppress(OSError, ValueError):
                self._tls.unwrap()  # says good-bye without waiting for the other side's
        if self._every:
            # Others may hold the socket as well; the connection ends all the same.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            close(self._every[0])
        self._discard()

    def abort(self) -> None:
        if isinstance(self._socket, _Socket | _SslSocket):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
        else:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        self._discard()

    def _received(self) -> memoryview | None:
        """Return what has come, None if nothing has."""
        try:
            return memoryview(self._recv(CHUNK))
        except (BlockingIOError, ssl.SSLWantReadError):
            return None

    def _discard(self) -> None:
        for streams in self._every:
            discard(streams)
        if not self._every:
            self._socket.close()


def _taken(reader: BinaryIO) -> bytes:
    """Take out of *reader*, whose socket does not block, what its buffer holds already."""
    if not isinstance(reader, io.BufferedReader):
        return b""
    try:
        return reader.read1(len(reader.peek(1)))
    except OSError:  # nothing is there, or it is at its end, which the next read tells
        return b""


# Sockets.


class _Socket(socket.socket):
    """A connection that this module opened, to *server*."""

    server: str | None = None


class _SslSocket(ssl.SSLSocket):
    """The same, encrypted."""

    server: str | None = None


def _open_path(path: str, seconds: float | None) -> _Socket:
    sock = _Socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect(path)
    except OSError as error:
        sock.close()
        raise no_connection(path, error) from error
    return sock


def _open(
    server: str,
    port: int,
    seconds: float | None,
    source_address: tuple[str, int] | None = None,
) -> _Socket:
    host, port = checked_address(server, port)
    try:
        *others, last = _addresses(host, port)
        for each in others:
            with contextlib.suppress(OSError):
                return _open_at(each, server, seconds, source_address)
        return _open_at(last, server, seconds, source_address)
    except (OSError, UnicodeError) as error:
        raise no_connection(f"{server} port {port}", error) from error


def _open_at(
    where: tuple[Any, ...],
    server: str,
    seconds: float | None,
    source_address: tuple[str, int] | None,
) -> _Socket:
    family, kind, protocol, _, address = where
    sock = _Socket(family, kind, protocol)
    sock.server = server
    try:
        sock.settimeout(seconds)
        if source_address is not None:
            sock.bind(source_address)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def _addresses(host: str, port: int) -> Sequence[tuple[Any, ...]]:
    """Return what the system knows of *host*; one that is a number it need not be asked about."""
    try:
        socket.inet_pton(socket.AF_INET, host)
    except OSError:
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port))]


def checked_address(server: object, port: object) -> tuple[str, int]:
    """Return *server* and *port* as the system takes them. Raises `TypeError` or `HostNameError`."""
    if not isinstance(server, str):
        raise TypeError(f"tcp_connect: expected a str as server, given {type(server).__name__}")
    if not isinstance(port, int) or isinstance(port, bool):
        raise TypeError(f"tcp_connect: expected an int as port, given {type(port).__name__}")
    if not 0 < port < 65536:
        raise HostNameError(f"port {port}")
    return _checked_host(server), port


@lru_cache(maxsize=64)
def _checked_host(server: str) -> str:
    if not server or any(c <= " " or c == "\x7f" for c in server):
        raise HostNameError(f"host {server!r}")
    return ascii_host(server)


def no_connection(where: str, error: Exception) -> ConnectError:
    """Return what to raise when the system's *error* says that there is no connection."""
    unknown = isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME
    reason = getattr(error, "strerror", None) or str(error) or "no answer in time"
    return ConnectError(f"{where}: {reason}", stage=Stage.CONNECT, transient=not unknown)


def no_tls(server: str | None, error: Exception) -> TlsError:
    """Return what to raise when a handshake with *server* fails by *error*."""
    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) or str(error)
    return TlsError(f"{server}: {reason or 'no answer in time'}", stage=Stage.TLS)


def _own(sock: socket.socket, server: str | None) -> _Socket:
    """Return the connection of *sock*, which now knows its server."""
    own = _Socket(fileno=sock.detach())
    own.server = server
    return own


def _encrypt(
    sock: _Socket, context: ssl.SSLContext | None, server: str | None, seconds: float | None
) -> ssl.SSLSocket:
    """Do the client's handshake on *sock* within *seconds*; it is closed if that fails."""
    context = context or tls_context()
    sock.settimeout(seconds)
    try:
        encrypted = context.wrap_socket(
            sock, server_hostname=None if server is None else ascii_host(server)
        )
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            sock.close()
        raise no_tls(server, error) from error
    if isinstance(encrypted, _SslSocket):
        encrypted.server = server
    return encrypted


def tls_context(*, verified: bool = True) -> ssl.SSLContext:
    """Return the safe context: TLS 1.2 or newer, certificate and host name checked if *verified*."""
    if verified:
        return _context_for(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = _SslSocket
    return context


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
        return is_loopback(sock.getpeername())
    except OSError:
        return False


class sending_to:
    """Tell `tcp_connect`, `ssl_connect` and `ports_to_ssl_ports` which send they are called for.

    A class, because that is four times as fast as a generator of contextlib's.
    """

    __slots__ = ("_meant", "_tokens")

    def __init__(self, server: str | None, seconds: float | None) -> None:
        self._meant = server, seconds

    def __enter__(self) -> None:
        server, seconds = self._meant
        self._tokens = server_name.set(server), connect_seconds.set(seconds)

    def __exit__(self, *exc: object) -> None:
        server_name.reset(self._tokens[0])
        connect_seconds.reset(self._tokens[1])
