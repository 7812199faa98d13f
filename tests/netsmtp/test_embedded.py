"""The embedded server: it keeps what clients sent byte for byte, and starts and stops cleanly."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsmtp.core.loopback import ReceivedMail
from netsmtp.embedded import EmbeddedServer
from netsmtp.errors import ReplyError
from netsmtp.smtp import smtp_send_message

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

    @settings(deadline=None)  # it is over a network, and the machine may be busy
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
