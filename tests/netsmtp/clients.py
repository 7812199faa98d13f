"""Both clients behind one face, so that one suite is about both: the face of the asynchronous one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import netsmtp.aio
import netsmtp.client
from netsmtp import Envelope
from netsmtp.core.envelope import SendResult
from netsmtp.core.loopback import LoopbackServer
from netsmtp.options import Options
from tests.netsmtp.tcp import Drop, TcpServer

Use = Callable[[Any], Awaitable[Any]]


class Awaited:
    """The synchronous client, awaited."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        self.client = netsmtp.client.Client(*args, **keywords)

    async def send(self, *args: Any, **keywords: Any) -> SendResult:
        return self.client.send(*args, **keywords)

    async def send_all(self, messages: Any) -> AsyncIterator[SendResult]:
        results = self.client.send_all(messages)
        try:
            for result in results:
                yield result
        finally:
            results.close()  # type: ignore[attr-defined]

    async def close(self) -> None:
        self.client.close()

    async def __aenter__(self) -> Awaited:
        self.client.__enter__()
        return self

    async def __aexit__(self, *exc: Any) -> None:
        self.client.__exit__(*exc)


KINDS: dict[str, Any] = {"sync": Awaited, "aio": netsmtp.aio.Client}


def using(
    kind: str, use: Use, port: int | None = None, host: str = "127.0.0.1", **keywords: Any
) -> Any:
    """Return what *use* makes of a client of that *kind* for a server on *port*."""
    keywords.setdefault("options", Options())

    async def run() -> Any:
        async with KINDS[kind](host, port, **keywords) as client:
            return await use(client)

    return asyncio.run(run())


async def every(results: AsyncIterator[SendResult]) -> list[SendResult]:
    return [result async for result in results]


def words(results: list[SendResult]) -> list[str]:
    """Return what became of each mail, in a word."""
    return ["sent" if result else type(result.error).__name__ for result in results]


def mail(n: int, **changed: Any) -> Envelope:
    given: dict[str, Any] = {"sender": "a@x.org", "recipients": [f"r{n}@y.org"]}
    return Envelope(f"A: b\r\n\r\nmail {n}\r\n".encode(), **{**given, **changed})


def answering(*answers: dict[str, str | None]) -> Callable[[], LoopbackServer]:
    """Return what makes servers: the first connection has the first of *answers*, and so on.

    A command answered by None ends its connection.
    """
    left = list(answers)

    def make() -> LoopbackServer:
        given = left.pop(0) if left else {}

        def reply(line: str) -> str | None:
            if line in given and given[line] is None:
                raise Drop
            return given.get(line)

        return LoopbackServer(replies=reply)

    return make


def said(server: TcpServer, connection: int = 0) -> list[str]:
    """Return what the client said on a connection, but for the messages."""
    lines = [line.removeprefix("C: ") for line in server.connections[connection].lines()]
    return [line for line in lines if line.split(" ")[0] in ("MAIL", "DATA", "RSET", "QUIT", ".")]
