"""The unit that shows what would be sent: it validates everything, opens nothing, prints it."""

from __future__ import annotations

from collections.abc import Callable

from netsmtp._in_memory import InMemorySmtp
from netsmtp.core.loopback import LoopbackServer
from netsmtp.smtp_sig import ISmtp
from units import unit

__all__ = ["DryRunSmtp", "dry_run_smtp_unit"]


class DryRunSmtp(InMemorySmtp):
    """Prints each conversation that would be, secrets replaced, through *write*, line by line.

    The server's side is what a willing server would answer.
    """

    def __init__(self, write: Callable[[str], object] = print) -> None:
        self._write = write

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        where = "over the given connection" if server is None else f"to {server} port {port}"
        self._write(f"* dry run: nothing is sent {where}")
        for line in conversation.lines():
            self._write(line)


@unit
def dry_run_smtp_unit(write: Callable[[str], object] = print) -> ISmtp:
    """Export an `ISmtp` that prints the conversation that would be, through *write*."""
    return DryRunSmtp(write)
