"""A task that is cancelled at any moment: no message is completed by it, and nobody else is harmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import netsmtp.aio
from netsmtp import Envelope
from netsmtp.core.events import Closed, CommandSent, Event
from tests.netsmtp.tcp import TcpServer

TEXT = b"A: b\r\n\r\n" + b"x" * 70 + b"\r\n"


def mail(n: int) -> Envelope:
    return Envelope(f"A: b\r\n\r\nmail {n}\r\n".encode(), "a@x.org", ["b@y.org"])


@pytest.mark.parametrize("steps", range(0, 60, 2))
def test_cancelled_after_so_many_turns_of_the_loop(steps: int) -> None:
    """Cancelled before the dot the server has no message; the connection is closed in any case."""
    seen: list[Event] = []

    async def run(port: int) -> bool:
        client = netsmtp.aio.Client("127.0.0.1", port, observer=seen.append)
        task = asyncio.create_task(client.send(TEXT, "a@x.org", ["b@y.org"]))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            cancelled = True
        else:
            cancelled = False
            await client.close()
        return cancelled

    with TcpServer() as server:
        cancelled = asyncio.run(run(server.port))
    dot = CommandSent(".", seen_stage(seen)) in seen if seen else False
    assert len(server.mails) <= 1
    if not dot:
        assert server.mails == []
    if cancelled and seen:
        assert seen[-1] == Closed(aborted=True)


def seen_stage(seen: list[Event]) -> Any:
    """Return the stage that the dot belongs to, if it was written."""
    return next((e.stage for e in seen if isinstance(e, CommandSent) and e.line == "."), None)


def test_cancelled_while_the_lines_are_awaited() -> None:
    """Lines that never come are waited for until somebody cancels; the dot is not written."""

    async def lines() -> AsyncIterator[str]:
        yield "A: b"
        waiting.set()
        await asyncio.Event().wait()

    async def run(port: int) -> None:
        async with netsmtp.aio.Client("127.0.0.1", port) as client:
            task = asyncio.create_task(client.send(lines(), "a@x.org", ["b@y.org"]))
            await waiting.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await client.send(TEXT, "a@x.org", ["b@y.org"])

    waiting = asyncio.Event()
    with TcpServer() as server:
        asyncio.run(run(server.port))
    assert [len(connection.mails) for connection in server.connections] == [0, 1]


def test_one_that_waits_its_turn_is_cancelled() -> None:
    """Who is cancelled before its mail was begun takes nothing from the one under way."""

    async def run(port: int) -> None:
        entered, leave = asyncio.Event(), asyncio.Event()

        async def hook() -> None:
            entered.set()
            await leave.wait()

        async with netsmtp.aio.Client("127.0.0.1", port, end_of_message=hook) as client:
            first = asyncio.create_task(client.send(TEXT, "a@x.org", ["b@y.org"]))
            await entered.wait()
            second = asyncio.create_task(client.send(TEXT, "c@x.org", ["b@y.org"]))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            leave.set()
            assert await first

    with TcpServer() as server:
        asyncio.run(run(server.port))
    assert [m.sender for m in server.mails] == ["a@x.org"]


def test_many_tasks_share_a_client() -> None:
    """Mails of several tasks go one after another over one connection."""

    async def run(port: int) -> None:
        async with netsmtp.aio.Client("127.0.0.1", port) as client:
            sends = [client.send(mail(n).message, "a@x.org", ["b@y.org"]) for n in range(20)]
            assert all(await asyncio.gather(*sends))

    with TcpServer() as server:
        asyncio.run(run(server.port))
    assert sorted(server.texts) == sorted(f"mail {n}" for n in range(20))
    assert len(server.connections) == 1


def test_slow_messages_keep_none_waiting() -> None:
    """A mail is sent before the next of asynchronous messages is there."""

    async def mails() -> AsyncIterator[Envelope]:
        yield mail(0)
        yield mail(1)
        await arrived.wait()
        yield mail(2)

    async def run(port: int) -> None:
        async with netsmtp.aio.Client("127.0.0.1", port) as client:
            count = 0
            async for result in client.send_all(mails()):
                assert result
                count += 1
                if count == 2:
                    arrived.set()
        assert count == 3

    arrived = asyncio.Event()
    with TcpServer() as server:
        asyncio.run(run(server.port))
    assert server.texts == ["mail 0", "mail 1", "mail 2"]


def test_results_that_are_given_up() -> None:
    """Who stops asking while a message is waited for leaves nothing behind."""

    async def mails() -> AsyncIterator[Envelope]:
        yield mail(0)
        await asyncio.Event().wait()

    async def run(port: int) -> None:
        async with netsmtp.aio.Client("127.0.0.1", port) as client:
            async for result in client.send_all(mails()):
                assert result
                break

    with TcpServer() as server:
        asyncio.run(run(server.port))
    assert server.texts == ["mail 0"]


def test_messages_that_raise_later() -> None:
    """What asynchronous messages raise comes out."""

    async def mails() -> AsyncIterator[Envelope]:
        yield mail(0)
        raise ZeroDivisionError

    async def run(port: int) -> None:
        async with netsmtp.aio.Client("127.0.0.1", port) as client:
            results = client.send_all(mails())
            assert await anext(results)
            with pytest.raises(ZeroDivisionError):
                await anext(results)

    with TcpServer() as server:
        asyncio.run(run(server.port))
