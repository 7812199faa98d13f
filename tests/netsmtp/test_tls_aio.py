"""TLS in asyncio, by bytes alone and over a socket: what is owed, and what ends it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from contextlib import suppress

import pytest

from netsmtp.aio import _socket
from netsmtp.aio._socket import SocketTransport
from netsmtp.aio._tls import Tls
from netsmtp.errors import ProtocolError, TlsError
from tests.netsmtp.sockets_aio import (
    NAME,
    SMALL,
    answering_tls,
    carrying,
    carrying_tls,
    receive_all,
    trusting,
)
from tests.netsmtp.test_real_servers import certificate

LARGE = b"x" * 1024 * SMALL


class Server:
    """The other end of a `Tls`, in memory."""

    def __init__(self, name: str = NAME) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = certificate(name)
        self.end = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def met(self, client: Tls, step: int = 10_000) -> Server:
        """Shake hands with *client*, which has what it is told *step* octets at a time."""
        told, over = b"", False
        while not over:
            for at in range(0, max(len(told), 1), step):
                over = client.shake_hands(told[at : at + step])
            self._incoming.write(client.outgoing())
            with suppress(ssl.SSLWantReadError):
                self.end.do_handshake()
            if not over:
                told = self._outgoing.read()
        return self

    def say(self, data: bytes) -> bytes:
        """Return *data* as it is encrypted."""
        self.end.write(data)
        return self._outgoing.read()

    def say_goodbye(self) -> bytes:
        with pytest.raises(ssl.SSLWantReadError):
            self.end.unwrap()
        return self._outgoing.read()


@pytest.mark.parametrize("step", [1, 100, 10_000])
def test_pieces_of_any_size(step: int) -> None:
    """However little arrives at a time, nothing is lost and nothing comes too soon."""
    client = Tls(trusting(), NAME)
    data = Server().met(client, step).say(b"220 hi\r\n")
    into: list[bytes] = []
    for at in range(0, len(data), step):
        assert into == []
        client.decrypt(data[at : at + step], into)
    assert into == [b"220 hi\r\n"]
    assert not client.ended


def test_good_bye() -> None:
    """The other end's good-bye is the end; what came before it is there."""
    client = Tls(trusting(), NAME)
    server = Server().met(client)
    into: list[bytes] = []
    client.decrypt(server.say(b"221 bye\r\n") + server.say_goodbye(), into)
    assert into == [b"221 bye\r\n"]
    assert client.ended
    client.say_goodbye()
    assert client.outgoing()
    client.decrypt(b"", into)


def test_both_have_said_good_bye() -> None:
    """A good-bye that answers ours is an end, too."""
    client = Tls(trusting(), NAME)
    server = Server().met(client)
    client.say_goodbye()
    into: list[bytes] = []
    client.decrypt(server.say_goodbye(), into)
    assert client.ended
    assert into == []


def test_garbage_behind_a_reply() -> None:
    """A whole reply is heard even where no TLS follows it."""
    client = Tls(trusting(), NAME)
    data = Server().met(client).say(b"250 ok\r\n")
    into: list[bytes] = []
    with pytest.raises(ssl.SSLError):
        client.decrypt(data + b"no TLS at all", into)
    assert into == [b"250 ok\r\n"]


def test_nothing_is_said_before_the_handshake() -> None:
    """Who was not met is told nothing, neither a mail nor a good-bye."""
    client = Tls(trusting(), NAME)
    client.say_goodbye()
    assert client.outgoing() == b""
    assert client.encrypt(memoryview(b"MAIL")) == 0
    Server().met(client)
    assert client.encrypt(memoryview(b"MAIL")) == 4


def test_wrong_name() -> None:
    """A certificate for another name is refused; the other end is told so, and left."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            answering = asyncio.create_task(answering_tls(theirs))
            with pytest.raises(TlsError):
                await transport.encrypt(trusting(), "other.test", 10)
            with pytest.raises(ssl.SSLError, match="ALERT"):
                await answering
            assert transport._socket.fileno() == -1

    asyncio.run(run())


def test_name_that_is_none() -> None:
    """A name that no certificate can have ends the connection, too."""

    async def run() -> None:
        async with carrying() as (transport, _):
            with pytest.raises(TlsError):
                await transport.encrypt(trusting(), "a" * 70 + ".test", 10)
            assert transport._socket.fileno() == -1

    asyncio.run(run())


@pytest.mark.parametrize("answer", [b"", b"500 what?\r\n"])
def test_other_end_that_speaks_no_tls(answer: bytes) -> None:
    """A handshake that is not answered by one fails."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            shaking = asyncio.create_task(transport.encrypt(trusting(), NAME, 10))
            await receive_all(theirs, 100)
            if answer:
                theirs.send(answer)
            else:
                theirs.close()
            with pytest.raises(TlsError):
                await shaking
            assert transport._socket.fileno() == -1

    asyncio.run(run())


def test_cancelled_in_the_handshake() -> None:
    """Nothing is left open."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            shaking = asyncio.create_task(transport.encrypt(trusting(), NAME, None))
            await receive_all(theirs, 100)
            shaking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await shaking
            assert transport._socket.fileno() == -1

    asyncio.run(run())


def test_bytes_in_clear_before_the_handshake() -> None:
    """What came in clear and was not asked for is not taken for part of the handshake."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            theirs.send(b"250 trust me\r\n")
            transport._readable()
            with pytest.raises(ProtocolError):
                await transport.encrypt(trusting(), NAME, 10)

    asyncio.run(run())


def test_close_sends_what_is_owed() -> None:
    """The end waits for what is encrypted already, and for our good-bye."""

    async def run() -> None:
        async with carrying_tls() as (transport, reader, _):
            rest = transport.offer(memoryview(LARGE))
            assert transport._owed
            assert transport.offer(rest) == rest
            sent = len(LARGE) - len(rest)
            reading = asyncio.create_task(reader.read(-1))
            await transport.close()
            assert len(await reading) == sent

    asyncio.run(run())


def test_close_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another end that reads no more keeps nobody from ending the connection."""

    async def run() -> None:
        async with carrying_tls() as (transport, _, writer):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            with pytest.raises(TimeoutError):
                await transport.write(memoryview(LARGE), time.monotonic() + 0.01)
            await transport.close()
            assert transport._socket.fileno() == -1

    monkeypatch.setattr(_socket, "GOOD_BYE", 0.01)
    asyncio.run(run())


def test_connection_lost_while_something_is_owed() -> None:
    """Who waits to write, and who reads then, hears of it."""

    async def run() -> None:
        async with carrying_tls() as (transport, _, writer):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writing = asyncio.create_task(transport.write(memoryview(LARGE), None))
            while transport._writing is None:
                await asyncio.sleep(0)
            writer.transport.abort()
            with pytest.raises(ConnectionError):
                await writing
            with pytest.raises(ConnectionError):
                await transport.read(None)

    asyncio.run(run())


class Hesitant:
    """TLS that encrypts nothing before it has heard something, as where keys are agreed anew."""

    ended = False

    def __init__(self) -> None:
        self._heard = b""
        self._out = b""

    def encrypt(self, data: memoryview) -> int:
        if not self._heard:
            return 0
        self._out += bytes(data)
        return len(data)

    def outgoing(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def decrypt(self, arrived: bytes, into: list[bytes]) -> None:
        self._heard += arrived


@pytest.mark.parametrize("speaks", [True, False])
def test_tls_that_must_hear_first(speaks: bool) -> None:
    """What cannot be encrypted yet is written when the other end has spoken, or it is lost."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            transport._tls = Hesitant()  # type: ignore[assignment]
            assert bytes(transport.offer(memoryview(b"mail"))) == b"mail"
            writing = asyncio.create_task(transport.write(memoryview(b"mail"), None))
            while transport._waiting is None:
                await asyncio.sleep(0)
            if speaks:
                theirs.send(b"keys")
                await writing
                assert await receive_all(theirs, 4) == b"mail"
            else:
                theirs.shutdown(socket.SHUT_WR)
                with pytest.raises(BrokenPipeError):
                    await writing
            transport._tls = None

    asyncio.run(run())


def test_encrypted_is_told() -> None:
    """A password may be sent once the handshake is over, not before."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            assert not transport.encrypted
            shaking = asyncio.create_task(transport.encrypt(trusting(), NAME, 10))
            (_, writer), same = await asyncio.gather(answering_tls(theirs), shaking)
            assert isinstance(same, SocketTransport)
            assert same.encrypted
            writer.transport.abort()
            await asyncio.sleep(0)

    asyncio.run(run())
