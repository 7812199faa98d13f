"""The unit that shows what an asynchronous program would send: it validates everything, opens nothing."""

from __future__ import annotations

from collections.abc import Callable

from netsmtp.aio._in_memory import AsyncInMemorySmtp
from netsmtp.aio.smtp_sig import IAsyncSmtp
from netsmtp.core.loopback import LoopbackServer
from netsmtp.dry_run_smtp_unit import DryRunSmtp
from units import unit

__all__ = ["AsyncDryRunSmtp", "aio_dry_run_smtp_unit"]


class AsyncDryRunSmtp(AsyncInMemorySmtp):
    """Prints each conversation that would be, as `netsmtp.dry_run_smtp_unit.DryRunSmtp` does."""

    def __init__(self, write: Callable[[str], object] = print) -> None:
        self._dry_run = DryRunSmtp(write)

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        self._dry_run.over(server, port, conversation)


@unit
def aio_dry_run_smtp_unit(write: Callable[[str], object] = print) -> IAsyncSmtp:
    """Export an `IAsyncSmtp` that prints the conversation that would be, through *write*."""
    return AsyncDryRunSmtp(write)
