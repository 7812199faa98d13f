"""The pools where a server, a message or its lines fail: nothing is lost, and nothing doubled."""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import (
    AuthenticationRefused,
    ConnectError,
    DeliveryUnknown,
)
from netsmtp.message import Envelope
from tests.netsmtp.clients import every, words
from tests.netsmtp.pools import KINDS, Chaotic, Gathering, Refusing, mail, one, using
from tests.netsmtp.tcp import TcpServer

pytestmark = pytest.mark.parametrize("kind", KINDS)


def test_wrong_password_is_tried_once(kind: str) -> None:
    """What will not pass is found out by one, and told of every mail."""
    refusing = {"AUTH PLAIN dQB1AHA=": "535 5.7.8 no"}

    async def use(pool: Any) -> Any:
        return await every(pool.send_all(mail(n) for n in range(200)))

    with TcpServer(lambda: LoopbackServer(replies=refusing.get)) as server:
        results = using(kind, use, server.port, auth_user="u", auth_passwd="p", connections=10)
        assert words(results) == ["AuthenticationRefused"] * 200
        assert len(server.connections) == 1
        frames = list(traceback.walk_tb(results[0].error.__traceback__))
        assert len(frames) < 50, "the error that all share grew with each mail"

        async def again(pool: Any) -> None:
            for _ in range(2):
                with pytest.raises(AuthenticationRefused):
                    await one(pool, 1)

        using(kind, again, server.port, auth_user="u", auth_passwd="p")
    assert len(server.connections) == 3


def test_nobody_listens(kind: str) -> None:
    """A server that is not there is an error of its own, for each mail."""
    with TcpServer() as server:
        port = server.port

    async def use(pool: Any) -> Any:
        return await every(pool.send_all(mail(n) for n in range(30)))

    assert words(using(kind, use, port, connections=5)) == [ConnectError.__name__] * 30


def test_server_that_takes_few_connections(kind: str) -> None:
    """What it refuses to open costs no mail: they go over those it lets be opened."""
    make = Refusing(2)

    async def use(pool: Any) -> list[str]:
        return words(await every(pool.send_all(mail(n) for n in range(300))))

    with TcpServer(make) as server:
        assert using(kind, use, server.port, connections=8) == ["sent"] * 300
    assert sorted(server.texts) == sorted(f"mail {n}" for n in range(300))
    assert make.peak == 2
    assert make.refused <= 8


def test_messages_that_fail(kind: str) -> None:
    """What the messages raise comes out when those before it are sent."""

    def mails() -> Iterator[Any]:
        yield from (mail(n) for n in range(9))
        raise ZeroDivisionError

    async def use(pool: Any) -> None:
        results = pool.send_all(mails())
        for _ in range(9):
            assert await anext(results)
        with pytest.raises(ZeroDivisionError):
            await anext(results)

    with TcpServer() as server:
        using(kind, use, server.port, connections=3)
    assert len(server.mails) == 9


@pytest.mark.parametrize("bad", ["lines", "type"])
def test_lines_that_fail(kind: str, bad: str) -> None:
    """What a message raises comes out in its place; the connections stay usable."""

    def lines() -> Iterator[str]:
        yield "A: b"
        raise ZeroDivisionError

    message: Any = lines() if bad == "lines" else 5

    async def use(pool: Any) -> None:
        given = [mail(0), mail(1), Envelope(message, "a@x.org", ["r2@y.org"]), mail(3)]
        results = pool.send_all(given)
        assert await anext(results)
        assert await anext(results)
        with pytest.raises(ZeroDivisionError if bad == "lines" else TypeError):
            await anext(results)
        await one(pool, 7)

    with TcpServer() as server:
        using(kind, use, server.port, connections=2)
    assert "mail 2" not in server.texts
    assert {"mail 0", "mail 1", "mail 7"} <= set(server.texts)


def test_closing_waits_for_what_is_under_way(kind: str) -> None:
    """A mail that is being sent while the pool is closed is sent, and what comes later, too."""
    gathering = Gathering(2)

    async def use(pool: Any) -> None:
        sends = [asyncio.ensure_future(one(pool, n)) for n in range(2)]
        await server.until(lambda: any("C: DATA" in each.lines() for each in server.connections))
        await pool.close()
        await asyncio.gather(*sends)
        assert await every(pool.send_all([mail(3), mail(4)]))

    with TcpServer(gathering) as server:
        using(kind, use, server.port, connections=2)
    assert sorted(server.texts) == ["mail 0", "mail 1", "mail 3", "mail 4"]
    assert all(each.lines()[-2] == "C: QUIT" for each in server.connections)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_or_doubled(kind: str, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """With a server that drops, waits and refuses at random, each result tells the truth."""
    chance, kept, count = random.Random(seed), list[str](), 1000

    async def use(pool: Any) -> Any:
        return await every(pool.send_all(mail(n) for n in range(count)))

    with TcpServer(lambda: Chaotic(chance, kept)) as server, caplog.at_level(logging.CRITICAL):
        results = using(kind, use, server.port, connections=8)
    copies = Counter(kept)
    assert len(results) == count
    for n, result in enumerate(results):
        found = copies.pop(f"Message-ID: <{n}@x.org>", 0)
        if result:
            assert found == 1
        elif isinstance(result.error, DeliveryUnknown):
            assert found <= 1
        else:
            assert found == 0
    assert not copies
    said = Counter(words(results))
    assert said["sent"] > count * 0.8
    assert len(said) > 2, "the server was too kind"
