"""Bytes carried by asyncio over a socket: in order, in time, and without keeping others waiting."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netsmtp.aio
from netsmtp.aio import _socket, _waiting
from netsmtp.aio._socket import AHEAD, AT_ONCE, IN_A_ROW, SocketTransport
from netsmtp.aio._transport import connected
from netsmtp.errors import ConnectError
from tests.netsmtp.sockets_aio import (
    SMALL,
    carrying,
    carrying_tls,
    read_all,
    receive_all,
    write_all,
)
from tests.netsmtp.tcp import TcpServer

LARGE = b"0123456789abcdef" * 64 * SMALL
SIZES = st.lists(st.integers(1, 40_000), max_size=12)
encrypted = pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])


def pieces(sizes: list[int]) -> list[bytes]:
    return [bytes([65 + n % 26]) * size for n, size in enumerate(sizes)]


@encrypted
@settings(max_examples=20, deadline=None)
@given(sizes=SIZES)
def test_all_that_is_written_arrives(tls: bool, sizes: list[int]) -> None:
    """Whatever the pieces, and however little goes at once, the other end has them in order."""
    wanted = b"".join(pieces(sizes))

    async def run() -> None:
        if tls:
            async with carrying_tls() as (transport, reader, _):
                reading = asyncio.create_task(reader.read(-1))
                for piece in pieces(sizes):
                    await write_all(transport, piece)
                await transport.close()
                assert await reading == wanted
        else:
            async with carrying() as (transport, theirs):
                reading = asyncio.create_task(receive_all(theirs, len(wanted)))
                for piece in pieces(sizes):
                    await write_all(transport, piece)
                assert await reading == wanted

    asyncio.run(run())


@encrypted
@settings(max_examples=20, deadline=None)
@given(sizes=SIZES)
def test_all_that_arrives_is_read(tls: bool, sizes: list[int]) -> None:
    """Whatever the pieces in which it comes, what is read is the whole, up to the end."""

    async def run() -> bytes:
        if tls:
            async with carrying_tls() as (transport, _, writer):
                reading = asyncio.create_task(read_all(transport))
                for piece in pieces(sizes):
                    writer.write(piece)
                    await writer.drain()
                writer.close()
                return await reading
        async with carrying() as (transport, theirs):
            reading = asyncio.create_task(read_all(transport))
            for piece in pieces(sizes):
                await asyncio.get_running_loop().sock_sendall(theirs, piece)
            theirs.shutdown(socket.SHUT_WR)
            return await reading

    assert asyncio.run(run()) == b"".join(pieces(sizes))


def test_what_does_not_go_at_once_is_the_callers() -> None:
    """What the system does not take at once is given back, and written when there is room."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            rest = transport.offer(memoryview(LARGE))
            assert 0 < len(rest) < len(LARGE)
            assert transport.offer(rest) == rest
            writing = asyncio.create_task(transport.write(rest, None))
            assert await receive_all(theirs, len(LARGE)) == LARGE
            await writing

    asyncio.run(run())


class Other:
    """Another task, which counts its turns."""

    turns = 0

    async def go(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


def test_large_message_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much the system takes at once, others have their turn after so many octets."""

    async def run() -> None:
        other = Other()
        async with carrying() as (transport, _):
            monkeypatch.setattr(transport, "_send", len)
            task = asyncio.create_task(other.go())
            for _ in range(4):
                assert not transport.offer(memoryview(LARGE)[: AT_ONCE // 4])
            assert other.turns == 0
            rest = transport.offer(memoryview(LARGE)[:AT_ONCE])
            assert len(rest) == AT_ONCE
            await transport.write(rest, None)
            assert other.turns == 1
            await transport.write(rest, None)
            assert other.turns == 2
            task.cancel()

    asyncio.run(run())


@encrypted
def test_other_end_that_does_not_read(tls: bool) -> None:
    """A write that makes no way ends in time."""

    async def run() -> None:
        if tls:
            async with carrying_tls() as (transport, _, writer):
                writer.transport.pause_reading()  # type: ignore[attr-defined]
                with pytest.raises(TimeoutError):
                    await transport.write(memoryview(LARGE), time.monotonic() + 0.05)
        else:
            async with carrying() as (transport, _):
                with pytest.raises(TimeoutError):
                    await transport.write(memoryview(LARGE), time.monotonic() + 0.05)

    asyncio.run(run())


@pytest.mark.parametrize("doing", ["read", "write"])
def test_cancelled_while_it_waits(doing: str) -> None:
    """Who is cancelled and ends the connection leaves nothing open, and the loop nothing to tell."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        async with carrying() as (transport, theirs):
            number = transport._number
            waiting = (
                transport.read(None)
                if doing == "read"
                else transport.write(memoryview(LARGE), time.monotonic() + 100)
            )
            task = asyncio.create_task(waiting)
            while transport._waiting is None:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            transport.abort()
            assert not loop.remove_reader(number)
            assert not loop.remove_writer(number)
            with suppress(ConnectionResetError):
                while await loop.sock_recv(theirs, 65536):
                    pass

    asyncio.run(run())


def test_replies_that_are_there_keep_nobody_waiting() -> None:
    """However fast the other end is, others have their turn after so many replies."""

    async def run() -> None:
        other = Other()
        async with carrying() as (transport, theirs):
            task = asyncio.create_task(other.go())
            theirs.send(b"220 hi\r\n")
            assert transport.take() is None
            assert bytes(await transport.read(None)) == b"220 hi\r\n"
            assert other.turns == 1
            for _ in range(IN_A_ROW):
                theirs.send(b"250 ok\r\n")
                assert bytes(transport.take() or b"") == b"250 ok\r\n"
            assert other.turns == 1
            theirs.send(b"250 ok\r\n")
            assert transport.take() is None
            assert bytes(await transport.read(None)) == b"250 ok\r\n"
            assert other.turns == 2
            theirs.send(b"250 ok\r\n")
            assert bytes(transport.take() or b"") == b"250 ok\r\n"
            task.cancel()

    asyncio.run(run())


def test_no_time_at_all() -> None:
    """A new connection lets others have their turn before any mail: a time that is over counts."""

    async def run() -> None:
        async with netsmtp.aio.Client("127.0.0.1", server.port, security="none") as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await client.send(b"A: b\r\n\r\nhi\r\n", "a@x.org", ["b@y.org"])

    with TcpServer() as server:
        asyncio.run(run())
    assert server.mails == []


@pytest.mark.parametrize("near", [True, False])
def test_far_end_is_waited_for(near: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last answer took long the next is not looked for, but it is heard all the same."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            reading = asyncio.create_task(transport.read(None))
            while transport._waiting is None:
                await asyncio.sleep(0)
            theirs.send(b"220 hi\r\n")
            assert bytes(await reading) == b"220 hi\r\n"
            theirs.send(b"250 ok\r\n")
            assert transport.poll() is None  # that the loop tells
            found = transport.take()
            assert (found is not None) == near
            assert bytes(found or await transport.read(None)) == b"250 ok\r\n"

    monkeypatch.setattr(_socket, "NEAR", 1000.0 if near else -1.0)
    asyncio.run(run())


def test_what_nobody_asks_for_stays_with_the_system() -> None:
    """Another end that talks on is not listened to for ever; what it said is not lost."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            theirs.send(b"a")
            assert bytes(await transport.read(None)) == b"a"
            theirs.send(b"b")
            reading = asyncio.create_task(transport.read(None))
            await reading
            sent, refusals = 0, 0
            while refusals < 20:
                try:
                    sent += theirs.send(b"x" * 1024)
                    refusals = 0
                except BlockingIOError:
                    refusals += 1
                await asyncio.sleep(0)
            assert len(transport._arrived) == AHEAD
            theirs.close()
            assert len(await read_all(transport)) == sent

    asyncio.run(run())


def test_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait ends at its own time, whether it looks many times before or had a later one set."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            with pytest.raises(TimeoutError):
                await transport.read(time.monotonic() + 0.05)
            monkeypatch.setattr(_waiting, "LOOK", 100.0)
            reading = asyncio.create_task(transport.read(time.monotonic() + 200))
            await asyncio.sleep(0)
            theirs.send(b"a")
            assert bytes(await reading) == b"a"
            with pytest.raises(TimeoutError):
                await transport.read(time.monotonic() + 0.01)

    monkeypatch.setattr(_waiting, "LOOK", 0.005)
    asyncio.run(run())


def test_wait_without_a_deadline_behind_one_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for ever is not ended by the time of the wait before."""

    async def run() -> None:
        async with carrying() as (transport, theirs):
            reading = asyncio.create_task(transport.read(time.monotonic() + 0.01))
            await asyncio.sleep(0)
            theirs.send(b"a")
            assert bytes(await reading) == b"a"
            reading = asyncio.create_task(transport.read(None))
            while transport._timer is not None:
                await asyncio.sleep(0)
            theirs.send(b"b")
            assert bytes(await reading) == b"b"

    asyncio.run(run())


def test_end_of_the_connection_is_told_to_who_waits() -> None:
    """A connection that is ended by one task has ended for the one that reads."""

    async def run() -> None:
        async with carrying() as (transport, _):
            assert transport.local
            reading = asyncio.create_task(transport.read(None))
            while transport._waiting is None:
                await asyncio.sleep(0)
            transport.abort()
            assert bytes(await reading) == b""
            assert not transport.local
            await transport.close()  # once more does nothing

    asyncio.run(run())


def test_connection_that_is_reset() -> None:
    """What was said before is heard; then, and from then on, that the connection is lost."""

    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ours = socket.create_connection(listener.getsockname())
            theirs, _ = listener.accept()
        transport = SocketTransport(asyncio.get_running_loop(), ours, own=True)
        theirs.send(b"421 bye\r\n")
        assert bytes(await transport.read(None)) == b"421 bye\r\n"
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        theirs.close()
        with pytest.raises(ConnectionResetError):
            await transport.read(None)
        with pytest.raises(ConnectionResetError):
            transport.poll()
        transport.abort()

    asyncio.run(run())


def test_loop_that_is_closed_before_the_connection() -> None:
    """A connection can still be ended when its loop is closed."""

    async def run() -> SocketTransport:
        ours, theirs = socket.socketpair()
        theirs.close()
        transport = SocketTransport(asyncio.get_running_loop(), ours, own=False)
        reading = asyncio.create_task(transport.read(None))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return transport

    transport = asyncio.run(run())
    transport.abort()
    assert transport._socket.fileno() == -1


def test_socket_that_is_closed() -> None:
    """A socket that a caller gives must be open."""
    sock = socket.socket()
    sock.close()
    with pytest.raises(ConnectError):
        asyncio.run(connected("mail.test", 25, None, sock, None))
