"""The pools, of threads and of tasks: several connections for many mails, and what becomes of each."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from netsmtp._client import ClientCore
from netsmtp._pool import AHEAD, ClientOptions
from netsmtp._pool_run import Order
from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import (
    AddressError,
    RecipientsRefused,
    SmtpError,
    SmtpTimeout,
)
from netsmtp.options import Deadlines, Options
from tests.netsmtp.asked import Asked
from tests.netsmtp.clients import every, words
from tests.netsmtp.pools import KINDS, Gathering, Refusing, mail, one, using
from tests.netsmtp.scripted import LONGEST_WAIT
from tests.netsmtp.tcp import TcpServer

pytestmark = pytest.mark.parametrize("kind", KINDS)


def test_options_are_those_of_a_client(kind: str) -> None:
    """Type checkers know of each, and each has its type; what cannot work is refused at once."""
    client = inspect.signature(ClientCore.__init__, eval_str=False).parameters
    options = {
        name: each.annotation for name, each in client.items() if each.kind == each.KEYWORD_ONLY
    }
    assert {
        name: annotation.__forward_arg__
        for name, annotation in ClientOptions.__annotations__.items()
    } == options
    with pytest.raises(ValueError, match="connections"):
        KINDS[kind]("127.0.0.1", connections=0)
    with pytest.raises(TypeError):
        KINDS[kind]("127.0.0.1", colour="red")
    with pytest.raises(SmtpError):
        KINDS[kind]("127.0.0.1", auth_user="me")


def test_mails_go_side_by_side(kind: str) -> None:
    """All connections are in use at once, and there are no more of them than that."""

    async def use(pool: Any) -> list[str]:
        return words(await every(pool.send_all(mail(n) for n in range(8))))

    with TcpServer(Gathering(4)) as server:
        assert using(kind, use, server.port, connections=4) == ["sent"] * 8
    assert len(server.connections) == 4
    assert sorted(server.texts) == [f"mail {n}" for n in range(8)]


def test_sends_go_side_by_side(kind: str) -> None:
    """Each of several senders has a connection of its own; more senders wait for those."""

    async def use(pool: Any) -> None:
        await asyncio.gather(*(one(pool, n) for n in range(9)))

    with TcpServer(Gathering(3)) as server:
        using(kind, use, server.port, connections=3)
    assert len(server.connections) == 3
    assert sorted(server.texts) == [f"mail {n}" for n in range(9)]


def test_never_more_connections_than_allowed(kind: str) -> None:
    """However many send at once, singly and in runs, the server sees no more, and every mail."""
    make = Refusing(4)

    async def run(pool: Any, begin: int) -> None:
        assert all(await every(pool.send_all(mail(begin + n) for n in range(100))))

    async def use(pool: Any) -> None:
        senders = [one(pool, n) for n in range(200)]
        await asyncio.gather(run(pool, 200), *senders, run(pool, 300))

    with TcpServer(make) as server:
        using(kind, use, server.port, connections=4)
    assert make.refused == 0
    assert 1 < make.peak <= 4
    assert sorted(server.texts) == sorted(f"mail {n}" for n in range(400))


def test_connection_is_reused(kind: str) -> None:
    """One sender after another needs no second connection, whatever the pool may open."""

    async def use(pool: Any) -> None:
        for n in range(5):
            await one(pool, n)
        await every(pool.send_all([mail(5)]))

    with TcpServer() as server:
        using(kind, use, server.port)
    assert len(server.connections) == 1
    assert server.connections[0].lines()[-2:] == ["C: QUIT", "S: 221 2.0.0 bye"]


def test_results_are_in_order(kind: str) -> None:
    """Whatever becomes of each: its result stands in its place."""
    answers = {"RCPT TO:<r7@y.org>": "550 5.1.1 nobody", "RCPT TO:<r9@y.org>": "451 4.3.0 later"}

    async def use(pool: Any) -> Any:
        given: list[Any] = [mail(n) for n in range(40)]
        given[11] = mail(11, recipients=["<bad>"])
        return await every(pool.send_all(given))

    with TcpServer(lambda: LoopbackServer(replies=answers.get)) as server:
        results = using(kind, use, server.port, connections=5)
    failed = {n: type(each.error) for n, each in enumerate(results) if not each}
    assert failed == {7: RecipientsRefused, 9: RecipientsRefused, 11: AddressError}
    told = [each.recipients[0].address for n, each in enumerate(results) if n != 11]
    assert told == [f"r{n}@y.org" for n in range(40) if n != 11]


def test_endless_messages(kind: str) -> None:
    """Messages are taken a few ahead of the results, and none is kept when its result is told."""
    taken = 0

    def mails() -> Iterator[Any]:
        nonlocal taken
        while True:
            taken += 1
            yield mail(taken)

    async def use(pool: Any) -> None:
        told = 0
        results = pool.send_all(mails())
        async for result in results:
            assert result
            told += 1
            assert taken - told <= 3 * AHEAD
            if told == 300:
                break
        await results.aclose()

    with TcpServer() as server:
        using(kind, use, server.port, connections=3)
    assert 300 <= len(server.mails) <= taken


def test_slow_messages_keep_no_result(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that is there is told when the next message is, not when many are."""
    given: list[int] = []
    there = threading.Semaphore(0)
    settle = Order.settle

    def settled(order: Order) -> None:
        settle(order)
        there.release()

    monkeypatch.setattr(Order, "settle", settled)

    def mails() -> Iterator[Any]:
        for n in range(20):
            given.append(n)
            yield mail(n)

    async def use(pool: Any) -> None:
        results = pool.send_all(mails())
        await anext(results)
        for _ in given:
            assert await asyncio.to_thread(there.acquire, timeout=LONGEST_WAIT)
        begun = len(given)
        await anext(results)
        assert len(given) == min(begun + 1, 20)
        await results.aclose()

    with TcpServer() as server:
        using(kind, use, server.port, connections=1)


def test_sending_between_results(kind: str) -> None:
    """A run keeps no connection while nobody asks for its results: others can send."""

    async def use(pool: Any) -> None:
        async for result in pool.send_all(mail(n) for n in range(30)):
            assert result
            await one(pool, 99)

    with TcpServer() as server:
        using(kind, use, server.port, connections=1)
    assert sorted(server.texts) == sorted([f"mail {n}" for n in range(30)] + ["mail 99"] * 30)


def test_two_runs_share(kind: str) -> None:
    """Two that send many at once take turns, even with one connection."""

    async def run(pool: Any, begin: int) -> list[str]:
        return words(await every(pool.send_all(mail(begin + n) for n in range(50))))

    async def use(pool: Any) -> Any:
        return await asyncio.gather(run(pool, 0), run(pool, 50))

    with TcpServer() as server:
        assert using(kind, use, server.port, connections=1) == [["sent"] * 50] * 2
    assert sorted(server.texts) == sorted(f"mail {n}" for n in range(100))
    assert len(server.connections) == 1


def test_stopped_early(kind: str) -> None:
    """Who stops asking gets no more mails sent than were under way; the pool goes on."""

    async def use(pool: Any) -> int:
        results = pool.send_all(mail(n) for n in range(1000))
        async for result in results:
            assert result
            break
        await results.aclose()
        sent = len(server.mails)
        await one(pool, 5000)
        return sent

    with TcpServer() as server:
        sent = using(kind, use, server.port, connections=2)
    assert len(server.mails) == sent + 1
    assert sent <= 2 * AHEAD
    assert "mail 5000" in server.texts


def test_waiting_has_an_end(kind: str) -> None:
    """Waiting for a connection counts: the deadline in total holds for both."""
    entered, leave = threading.Event(), threading.Event()

    def block() -> Any:
        entered.set()
        return leave.wait(30) if kind == "sync" else asyncio.to_thread(leave.wait, 30)

    async def use(pool: Any) -> None:
        first = asyncio.ensure_future(one(pool, 1))
        assert await asyncio.to_thread(entered.wait, 30)
        with pytest.raises(SmtpTimeout, match="in use") as caught:
            await one(pool, 2)
        assert caught.value.transient
        leave.set()
        await asyncio.gather(first, return_exceptions=True)

    total = Asked(lambda: 0.1 if entered.is_set() else 60.0)
    options = Options(deadlines=Deadlines(total=total))
    with TcpServer() as server:
        using(kind, use, server.port, connections=1, options=options, end_of_message=block)


def test_what_cannot_be_sent_waits_for_nothing(kind: str) -> None:
    """It is refused before a connection is asked for."""

    async def use(pool: Any) -> None:
        with pytest.raises(AddressError):
            await pool.send(b"\r\n", "a@x.org", [])
        with pytest.raises(TypeError):
            await pool.send(5, "a@x.org", ["b@y.org"])

    with TcpServer() as server:
        using(kind, use, server.port)
    assert server.connections == []


def test_idle_connections_are_closed(kind: str) -> None:
    """One that nobody uses for so long says QUIT by itself."""

    async def use(pool: Any) -> None:
        await asyncio.gather(*(one(pool, n) for n in range(3)))
        await server.until(lambda: all(each.closed for each in server.connections))

    with TcpServer(Gathering(3)) as server:
        using(kind, use, server.port, connections=3, idle=0.05)
    assert len(server.connections) == 3
