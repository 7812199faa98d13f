"""Each implementation of `IAsyncSmtp`, ready to send, with a way to see what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from netsmtp import (
    IAsyncSmtp,
    aio_dry_run_smtp_unit,
    aio_recording_smtp_unit,
    aio_smtp_unit,
)
from netsmtp._local import EXTENSIONS
from netsmtp.aio.smtp import tcp_connect
from netsmtp.core.loopback import LoopbackServer
from tests.netsmtp.every_unit import Hearing, Mail, changed, printed
from tests.netsmtp.tcp import TcpServer
from units import invoke


@dataclass
class Sending(Hearing):
    """One implementation; *server* is on loopback, and stays empty where nothing is opened."""

    smtp: IAsyncSmtp
    server: TcpServer
    arrived: Callable[[], list[Mail]]

    async def send_later(
        self, change: dict[int, Any] | None = None, *port: int, **keywords: Any
    ) -> None:
        """Send what `ARGUMENTS` say, some of them changed."""
        keywords = {"tcp_connect": self.connect, "observer": self.heard.append, **keywords}
        assert await self.smtp.smtp_send_message(*changed(change), *port, **keywords) is None

    def send(self, change: dict[int, Any] | None = None, *port: int, **keywords: Any) -> None:
        asyncio.run(self.send_later(change, *port, **keywords))

    async def connect(self, server: str, port: int) -> Any:
        """Connect to the server on loopback, whatever *server* is."""
        return await tcp_connect("127.0.0.1", self.server.port)


@contextmanager
def sending(name: str) -> Iterator[Sending]:
    """Give the implementation of that *name*."""
    with TcpServer(lambda: LoopbackServer(EXTENSIONS)) as server:
        yield MAKERS[name](server)


def _real(server: TcpServer) -> Sending:
    def arrived() -> list[Mail]:
        return [(mail.sender, list(mail.recipients), mail.data) for mail in server.mails]

    return Sending(invoke(aio_smtp_unit), server, arrived)


def _recording(server: TcpServer) -> Sending:
    smtp = invoke(aio_recording_smtp_unit)

    def arrived() -> list[Mail]:
        return [(mail.sender, mail.to, mail.data) for mail in smtp.sent()]

    return Sending(smtp, server, arrived)


def _dry_run(server: TcpServer) -> Sending:
    lines: list[str] = []
    unit = partial(aio_dry_run_smtp_unit, lines.append)
    return Sending(invoke(unit), server, lambda: list(printed(lines)))


MAKERS: dict[str, Callable[[TcpServer], Sending]] = {
    "smtp": _real,
    "recording": _recording,
    "dry-run": _dry_run,
}
