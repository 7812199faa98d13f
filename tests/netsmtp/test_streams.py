"""Connections of the caller's own: any pair of binary streams will do."""

from __future__ import annotations

import io
import os
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, cast

import pytest
import trustme

from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import ConnectionLost, HostNameError, PlaintextAuthError, SmtpTimeout, TlsError
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import (
    ports_to_ssl_ports,
    smtp_send_message,
    smtp_send_message_star,
    ssl_connect,
    tcp_connect,
)
from tests.netsmtp.scripted import ScriptedServer

Streams = tuple[BinaryIO, BinaryIO]


class Peer:
    """A server in a thread at the other end of *read* and *write*, until the client closes."""

    def __init__(self, read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
        self.server = LoopbackServer()
        self._read, self._write = read, write
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        return self.server

    def __exit__(self, *exc: object) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        self._write(self.server.greet())
        while not self.server.closed and (data := self._read(4096)):
            self._write(self.server.receive(data))


def send(streams: Streams, **keywords: Any) -> None:
    user, password = keywords.pop("auth", (None, None))
    encode = keywords.pop("tls_encode", None)
    smtp_send_message_star(
        *streams,
        "a@x.org",
        ["b@y.org"],
        "A: b\r\n\r\n",
        ["hello"],
        user,
        password,
        encode,
        **keywords,
    )
    assert streams[0].closed
    assert streams[1].closed


def test_socket_pair() -> None:
    """A connected pair of local sockets is a connection on this machine: AUTH may go over it."""
    ours, theirs = socket.socketpair()
    with theirs, Peer(theirs.recv, theirs.sendall) as server, ours:
        send((ours.makefile("rb"), ours.makefile("wb")), auth=("user", "secret"))
    assert len(server.mails) == 1


def test_pipes() -> None:
    """Two pipes are a connection; what they lead to is not known, so no password goes over them."""
    for auth in ((None, None), ("user", "secret")):
        (from_server, server_out), (server_in, to_server) = os.pipe(), os.pipe()
        streams = open(from_server, "rb"), open(to_server, "wb")  # noqa: SIM115 - closed by send
        with Peer(
            lambda n, fd=server_in: os.read(fd, n), lambda data, fd=server_out: os.write(fd, data)
        ) as server:
            if auth[0] is None:
                send(streams)
            else:
                with pytest.raises(PlaintextAuthError):
                    send(streams, auth=auth)
        assert len(server.mails) == (1 if auth[0] is None else 0)
        for fd in (server_out, server_in):
            os.close(fd)


def test_pipes_have_deadlines() -> None:
    """A pair with file descriptors is not waited for longer than the stage may take."""
    (from_server, server_out), (server_in, to_server) = os.pipe(), os.pipe()
    streams = open(from_server, "rb"), open(to_server, "wb")  # noqa: SIM115 - closed by send
    with pytest.raises(SmtpTimeout):
        send(streams, options=Options(deadlines=Deadlines(greeting=0.05)))
    for fd in (server_out, server_in):
        os.close(fd)


class Wrapped(io.RawIOBase):
    """A stream written in Python that only knows how to read and write."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner
        self.seen = bytearray()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read1(len(buffer))  # type: ignore[attr-defined]
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: Any) -> int:
        self.seen += data
        self._inner.write(data)
        self._inner.flush()
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def test_streams_written_in_python() -> None:
    """A caller's own stream classes see every byte."""
    ours, theirs = socket.socketpair()
    with theirs, Peer(theirs.recv, theirs.sendall) as server, ours:
        r, w = Wrapped(ours.makefile("rb")), Wrapped(ours.makefile("wb"))
        send((cast(BinaryIO, r), cast(BinaryIO, w)))
    assert bytes(w.seen).startswith(b"EHLO localhost\r\n")
    assert len(server.mails) == 1


def test_recorded_answers() -> None:
    """Even a file of answers will do for a server, until it ends."""
    answers = io.BytesIO(b"220 hi\r\n")
    with pytest.raises(ConnectionLost):
        send((answers, io.BytesIO()))


def test_callers_tls_socket_is_encrypted() -> None:
    """Over a TLS socket that the caller has made AUTH is not in clear, wherever it leads."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.test").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    script = [
        ["tls"],
        ["send", "220 hi\r\n"],
        ["cmd"],
        ["send", "250 h\r\n"],
        ["cmd"],
        ["send", "535 no\r\n"],
        ["cmd"],
    ]

    def connect(server: str, port: int) -> Streams:
        plain = socket.create_connection(("127.0.0.1", port))
        with trusting.wrap_socket(plain, server_hostname=server) as sock:
            return sock.makefile("rb"), sock.makefile("wb")

    with ScriptedServer(script, context) as server, pytest.raises(Exception, match="535 no"):
        smtp_send_message(
            "mail.test",
            "a",
            ["b"],
            "",
            [],
            server.port,
            tcp_connect=connect,
            auth_user="u",
            auth_passwd="p",
            options=Options(deadlines=Deadlines(farewell=0.05)),
        )
    assert b"AUTH PLAIN" in server.received
    assert bytes(server.received).endswith(b"QUIT\r\n")


@pytest.mark.parametrize("connect", [tcp_connect, ssl_connect])
@pytest.mark.parametrize("port", [0, -1, 65536, 70000])
def test_port_out_of_range(connect: Callable[[str, int], Streams], port: int) -> None:
    """A port is a number from 1 to 65535."""
    with pytest.raises(HostNameError, match=f"port {port}"):
        connect("127.0.0.1", port)


@pytest.mark.parametrize(("server", "port"), [(None, 25), (b"h", 25), ("h", "25"), ("h", True)])
def test_wrong_types(server: Any, port: Any) -> None:
    """A host is a str, a port an int."""
    with pytest.raises(TypeError):
        tcp_connect(server, port)


@pytest.mark.parametrize("server", ["", "a b", "a\r\nb", "\xad.org"])
def test_wrong_host(server: str) -> None:
    """What is no host name is not looked up."""
    with pytest.raises(HostNameError):
        tcp_connect(server, 25)


def test_encoding_needs_a_name_and_a_socket() -> None:
    """Without a host name to check a certificate for, and without a socket, there is no TLS."""
    ours, theirs = socket.socketpair()
    with theirs, ours:
        r, w = ours.makefile("rb"), ours.makefile("wb")
        with pytest.raises(TlsError, match="server_hostname"):
            ports_to_ssl_ports(r, w)
        with pytest.raises(ValueError, match="mode"):
            ports_to_ssl_ports(r, w, mode="accept")
        r.close()
        w.close()
    with pytest.raises(ValueError, match="socket"):
        ports_to_ssl_ports(io.BytesIO(), io.BytesIO())


def test_who_is_left_out_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With policy "accepted" a recipient that was refused does not go unnoticed."""
    refusing = {"RCPT TO:<c@y.org>": "550 5.1.1 nobody"}
    memory = MemoryServer(lambda: LoopbackServer(replies=refusing.get))
    smtp_send_message(
        "h",
        "a@x.org",
        ["b@y.org", "c@y.org"],
        "",
        [],
        tcp_connect=memory.connect,
        options=Options(policy="accepted"),
    )
    assert memory.mails[0].recipients == ("b@y.org",)
    assert caplog.messages == ["not sent to c@y.org (550 5.1.1 nobody)"]


def test_connection_that_is_reset_before_it_is_used() -> None:
    """What the system says of it comes as a `ConnectionLost`, and the streams are closed."""
    opened: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def connect(server: str, port: int) -> Any:
            opened.extend(tcp_connect(server, listener.getsockname()[1]))
            peer, _ = listener.accept()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()
            poll = select.poll()
            poll.register(opened[0], select.POLLIN)
            assert poll.poll(5000)
            return opened[0], opened[1]

        with pytest.raises(ConnectionLost):
            smtp_send_message("127.0.0.1", "a@x.org", ["b@y.org"], "", ["x"], tcp_connect=connect)
    assert all(stream.closed for stream in opened)
