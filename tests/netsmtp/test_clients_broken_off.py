"""The clients, synchronous and not, when somebody or something stops in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from netsmtp import Envelope
from netsmtp.core.events import Closed, Event
from tests.netsmtp.clients import KINDS, mail, said, using, words
from tests.netsmtp.tcp import TcpServer

pytestmark = pytest.mark.parametrize("kind", KINDS)


def test_broken_off(kind: str) -> None:
    """Who stops asking for results gets no mail sent behind the last result."""

    async def use(client: Any) -> None:
        results = client.send_all(mail(n) for n in range(10))
        async for result in results:
            assert result
            break
        await results.aclose() if hasattr(results, "aclose") else None
        del results, result
        await client.send(mail(77).message, "a@x.org", ["b@y.org"])

    with TcpServer() as server:
        using(kind, use, server.port)
    assert server.texts == ["mail 0", "mail 77"]


def test_closed_between_results(kind: str) -> None:
    """Closing while results are outstanding drops what is under way; it is sent over the next."""

    async def use(client: Any) -> list[str]:
        found = []
        async for result in client.send_all(mail(n) for n in range(3)):
            found.append("sent" if result else "not")
            await client.close()
        return found

    with TcpServer() as server:
        assert using(kind, use, server.port) == ["sent"] * 3
    assert server.texts == ["mail 0", "mail 1", "mail 2"]


def test_send_between_results(kind: str) -> None:
    """Another mail can be sent while the results of many are looked at."""

    async def use(client: Any) -> list[str]:
        found = []
        async for result in client.send_all(mail(n) for n in range(3)):
            found.append("sent" if result else "not")
            await client.send(mail(10).message, "a@x.org", ["b@y.org"])
        return found

    with TcpServer() as server:
        assert using(kind, use, server.port) == ["sent"] * 3
    assert sorted(server.texts) == ["mail 0", "mail 1", *["mail 10"] * 3, "mail 2"]


def test_messages_that_fail(kind: str) -> None:
    """What the messages raise comes out when those before it are sent."""

    def mails() -> Iterator[Envelope]:
        yield from (mail(0), mail(1))
        raise ZeroDivisionError

    async def use(client: Any) -> list[str]:
        results = client.send_all(mails())
        found = words([await anext(results), await anext(results)])
        with pytest.raises(ZeroDivisionError):
            await anext(results)
        return found

    with TcpServer() as server:
        assert using(kind, use, server.port) == ["sent"] * 2
    assert server.texts == ["mail 0", "mail 1"]


def test_lines_that_fail(kind: str) -> None:
    """What the lines of a message raise comes out; that message is not sent."""

    def lines() -> Iterator[str]:
        yield "A: b"
        raise ZeroDivisionError

    async def use(client: Any) -> None:
        with pytest.raises(ZeroDivisionError):
            await client.send(lines(), "a@x.org", ["b@y.org"])
        await client.send(mail(1).message, "a@x.org", ["b@y.org"])

    with TcpServer() as server:
        using(kind, use, server.port)
    assert server.texts == ["mail 1"]


@pytest.mark.parametrize("moment", ["end of message", "after the dot"])
def test_interrupted(kind: str, moment: str) -> None:
    """An interruption before the dot sends nothing; after it the mail is not sent again."""

    def interrupt(event: object = None) -> None:
        if moment == "end of message" or "line='.'" in repr(event):
            raise KeyboardInterrupt

    async def use(client: Any) -> None:
        with pytest.raises(KeyboardInterrupt):
            await client.send(mail(1).message, "a@x.org", ["b@y.org"])

    hook = {"end_of_message": interrupt} if moment == "end of message" else {"observer": interrupt}
    with TcpServer() as server:
        using(kind, use, server.port, **hook)
    assert len(server.mails) == (moment == "after the dot")
    assert len(server.connections) == 1


def test_block_that_is_interrupted(kind: str) -> None:
    """Leaving the block by an interruption ends the connection at once."""
    seen: list[Event] = []

    async def use(client: Any) -> None:
        await client.send(mail(1).message, "a@x.org", ["b@y.org"])
        raise KeyboardInterrupt

    with TcpServer() as server, pytest.raises(KeyboardInterrupt):
        using(kind, use, server.port, observer=seen.append)
    assert seen[-1] == Closed(aborted=True)
    assert "QUIT" not in said(server)
