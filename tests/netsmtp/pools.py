"""Both pools behind one face, so that one suite is about both; and servers that misbehave."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import netsmtp.aio
import netsmtp.pool
from netsmtp.core.envelope import SendResult
from netsmtp.core.loopback import LoopbackServer
from netsmtp.message import Envelope
from tests.netsmtp.tcp import Drop


class Awaited:
    """The pool of threads, awaited: each call is made in a thread."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        self.pool = netsmtp.pool.Pool(*args, **keywords)

    async def send(self, *args: Any, **keywords: Any) -> SendResult:
        return await asyncio.to_thread(self.pool.send, *args, **keywords)

    async def send_all(self, messages: Any) -> AsyncIterator[SendResult]:
        results = self.pool.send_all(messages)
        try:
            while (result := await asyncio.to_thread(next, results, None)) is not None:
                yield result
        finally:
            await asyncio.to_thread(results.close)  # type: ignore[attr-defined]

    async def close(self) -> None:
        await asyncio.to_thread(self.pool.close)

    async def __aenter__(self) -> Awaited:
        self.pool.__enter__()
        return self

    async def __aexit__(self, *exc: Any) -> None:
        await asyncio.to_thread(self.pool.__exit__, *exc)


KINDS: dict[str, Any] = {"sync": Awaited, "aio": netsmtp.aio.Pool}

Use = Callable[[Any], Any]


def using(kind: str, use: Use, port: int, **keywords: Any) -> Any:
    """Return what *use* makes of a pool of that *kind* for a server on *port*."""

    async def run() -> Any:
        async with KINDS[kind]("127.0.0.1", port, **keywords) as pool:
            return await use(pool)

    return asyncio.run(run())


def mail(n: int, **changed: Any) -> Envelope:
    """Return mail number *n*, which tells it by its Message-ID and its recipient."""
    given: dict[str, Any] = {"sender": "a@x.org", "recipients": [f"r{n}@y.org"]}
    return Envelope(f"Message-ID: <{n}@x.org>\r\n\r\nmail {n}\r\n".encode(), **{**given, **changed})


async def one(pool: Any, n: int) -> Any:
    """Send mail number *n*."""
    envelope = mail(n)
    return await pool.send(envelope.message, envelope.sender, envelope.recipients)


class Gathering:
    """Make servers of which the first few take their first mails only when all of them can."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties)
        self._made = 0

    def __call__(self) -> LoopbackServer:
        server = LoopbackServer()
        self._made += 1
        first = self._made <= self._barrier.parties

        def reply(line: str) -> str | None:
            if first and line == "DATA" and not server.mails:
                self._barrier.wait(30)
            return None

        server.replies = reply
        return server


class Refusing:
    """Make servers that refuse connections while *most* are in use, and count those."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.refused = 0
        self.open: list[LoopbackServer] = []
        self.peak = 0
        self._lock = threading.Lock()

    def __call__(self) -> LoopbackServer:
        with self._lock:
            self.open = [server for server in self.open if not server.closed]
            if len(self.open) >= self.most:
                self.refused += 1
                return LoopbackServer(replies=lambda _: "421 4.7.0 too many connections")
            server = LoopbackServer()
            self.open.append(server)
            self.peak = max(self.peak, len(self.open))
            return server


class Chaotic(LoopbackServer):
    """Drop connections, wait, and answer 4xx by *chance*; remember what was taken in *kept*."""

    def __init__(self, chance: random.Random, kept: list[str], rate: float = 0.02) -> None:
        super().__init__(replies=self._reply)
        self._chance = chance
        self._kept = kept
        self._rate = rate

    def _reply(self, line: str) -> str | None:
        match self._fate():
            case "drop":
                raise Drop
            case "refuse" if line.split(" ")[0] in ("MAIL", "RCPT", "DATA", "."):
                return "451 4.3.0 try again later"
            case "leave":
                self.closed = True
                return "421 4.3.2 leaving"
        return None

    def _take_data(self) -> str | None:
        before = len(self.mails)
        answer = super()._take_data()
        if len(self.mails) > before:
            self._kept.append(self.mails.pop().data.split(b"\r\n", 1)[0].decode())
            if self._fate() == "drop":
                raise Drop  # it was kept, and nobody hears of it
        return answer

    def _fate(self) -> str | None:
        number = self._chance.random() / self._rate
        if number < 0.2:
            time.sleep(0.001)
        return (
            "drop"
            if number < 0.3
            else "refuse"
            if number < 0.9
            else "leave"
            if number < 1
            else None
        )
