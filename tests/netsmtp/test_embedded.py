"""The embedded server: it keeps what clients sent byte for byte, and starts and stops cleanly."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.loopback import ReceivedMail
from netsmtp.embedded import EmbeddedServer
from netsmtp.errors import AuthenticationRefused, NotOffered, ReplyError, TlsError
from netsmtp.options import Options
from netsmtp.smtp import ports_to_ssl_ports, smtp_send_message, ssl_connect, tcp_connect
from netsmtp.testing import TlsServer

HEADER = b"Subject: x\r\n\r\n"


def send(server: EmbeddedServer, lines: list[str | bytes], sender: str = "a@example.org") -> None:
    header = HEADER.decode()
    smtp_send_message(server.host, sender, ["b@example.org"], header, lines, port_no=server.port)


def test_what_arrives_is_kept_byte_for_byte() -> None:
    """Dots, empty lines, bytes beyond ASCII and no sender at all come through unchanged."""
    with EmbeddedServer() as server:
        send(server, [".", "..", "", b"\xff\xfe", " x "], sender="")
    data = HEADER + b".\r\n..\r\n\r\n\xff\xfe\r\n x \r\n"
    assert server.mails == [ReceivedMail("", ("b@example.org",), data)]


def test_every_text_comes_through() -> None:
    """Whatever the lines are, the message is these lines, each ended by CR LF."""
    line = st.text(
        st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20
    )

    @given(st.lists(line, max_size=8))
    def check(lines: list[str]) -> None:
        send(server, list(lines))
        text = "".join(f"{line}\r\n" for line in lines)
        assert server.mails.pop().data == HEADER + text.encode()

    with EmbeddedServer() as server:
        check()


def test_the_conversation_is_kept_with_secrets_hidden() -> None:
    """Both sides are there in order, however the bytes were cut into packets."""
    with (
        EmbeddedServer() as server,
        socket.create_connection((server.host, server.port)) as client,
        client.makefile("rb") as replies,
    ):
        replies.readline()
        for packet in (b"NO", b"OP\r\n"):
            client.sendall(packet)
        replies.readline()
        client.sendall(b"AUTH PLAIN c2VjcmV0\r\nQUIT\r\n")
        replies.read()
    (conversation,) = server.conversations
    lines = conversation.lines()
    assert lines[0].startswith("S: 220 ")
    assert lines[1:3] == ["C: NOOP", "S: 250 OK"]
    assert lines[3:5] == ["C: AUTH PLAIN <redacted>", "C: QUIT"]
    assert lines[-1].startswith("S: 221 ")


def test_each_mail_is_handed_over_before_the_client_hears_of_it() -> None:
    """When the send returns, *on_mail* has been called; nothing is kept if that is not wanted."""
    arrived: list[ReceivedMail] = []
    with EmbeddedServer(on_mail=arrived.append, keep=False) as server:
        send(server, ["x"])
        assert [mail.data for mail in arrived] == [HEADER + b"x\r\n"]
    assert server.mails == []
    assert server.conversations == []


def test_a_mail_that_is_not_taken_is_refused_for_now() -> None:
    """If *on_mail* raises, the client keeps the mail."""

    def full(mail: ReceivedMail) -> None:
        raise OSError("disk full")

    with EmbeddedServer(on_mail=full) as server, pytest.raises(ReplyError) as refused:
        send(server, ["x"])
    assert refused.value.transient
    assert server.mails == []


def test_it_stops_while_clients_are_connected() -> None:
    """Stopping closes every connection and ends the thread; the port is free again."""
    before = threading.active_count()
    server = EmbeddedServer()
    server.start()
    with socket.create_connection((server.host, server.port)) as client:
        assert client.recv(100)
        server.stop()
        with contextlib.suppress(ConnectionError):
            assert client.recv(100) == b""
    server.stop()
    assert threading.active_count() == before
    with EmbeddedServer(port=server.port) as again:
        assert again.port == server.port


def test_a_port_that_is_taken() -> None:
    """The error is the system's, and the server can be started once it is gone."""
    with EmbeddedServer() as first:
        second = EmbeddedServer(port=first.port)
        with pytest.raises(OSError, match="in use"):
            second.start()
        with pytest.raises(RuntimeError):
            first.start()
    with second:
        send(second, ["x"])
    assert len(second.mails) == 1


# --- with a certificate and accounts -----------------------------------------------------------


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsServer]:
    """Be a machine that trusts the server's certificate."""
    with TlsServer(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


def log_in(server: TlsServer, user: str, password: str, *, at_once: bool = False) -> None:
    smtp_send_message(
        server.host,
        "a@example.org",
        ["b@example.org"],
        HEADER,
        ["x"],
        server.tls_port if at_once else server.port,
        auth_user=user,
        auth_passwd=password,
        tcp_connect=ssl_connect if at_once else tcp_connect,
        tls_encode=None if at_once else ports_to_ssl_ports,
    )


@pytest.mark.parametrize("at_once", [False, True])
def test_who_knows_the_password_logs_in_under_tls(secure: TlsServer, at_once: bool) -> None:
    """By STARTTLS or with TLS from the first byte; a wrong user or password is refused."""
    log_in(secure, secure.user, secure.password, at_once=at_once)
    for user, password in ((secure.user, "wrong"), ("nobody", secure.password), ("nobody", "x")):
        with pytest.raises(AuthenticationRefused):
            log_in(secure, user, password, at_once=at_once)
    assert len(secure.sent) == 1
    assert all(secure.password not in line for line in secure.lines)


def test_nobody_logs_in_without_accounts() -> None:
    """AUTH is not even offered."""
    options = Options(auth_mechanism="auto")
    with EmbeddedServer() as server, pytest.raises(NotOffered, match="AUTH"):
        smtp_send_message(
            server.host,
            "a@example.org",
            ["b@example.org"],
            HEADER,
            [],
            server.port,
            auth_user="ann",
            auth_passwd="x",
            options=options,
        )


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """It is the client that does; the server has received nothing."""
    with TlsServer(tmp_path) as server:
        for at_once in (False, True):
            with pytest.raises(TlsError, match="certificate"):
                log_in(server, server.user, server.password, at_once=at_once)
    assert server.sent == []


def test_a_port_with_tls_needs_a_certificate() -> None:
    """Told before anything listens."""
    with pytest.raises(ValueError, match="tls_port: only with tls"):
        EmbeddedServer(tls_port=0)


def test_a_second_port_that_is_taken_closes_the_first(tmp_path: Path) -> None:
    """Starting fails as a whole, and may be tried again."""
    with TlsServer(tmp_path) as one:
        two = TlsServer(tmp_path)
        two.embedded.tls_port = one.tls_port
        with pytest.raises(OSError, match="in use"):
            two.embedded.start()
    two.embedded.start()
    two.embedded.stop()


def test_stopping_ends_connections_that_are_being_made() -> None:
    """A client that comes and goes just before leaves nothing open: pytest would tell."""
    for _ in range(20):
        with EmbeddedServer() as server:
            socket.create_connection((server.host, server.port)).close()
        gc.collect()
