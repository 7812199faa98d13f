"""`netsmtp serve`: a mail server for development, which shows what arrives and delivers nothing."""

from __future__ import annotations

import mailbox
import os
import queue
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click

from netsmtp.cli.display import Page, count
from netsmtp.cli.interrupts import Interrupts
from netsmtp.cli.status import Status
from netsmtp.core.loopback import ReceivedMail

EXAMPLE = """\b
Example:
  netsmtp serve --port 8025 --maildir ./mail
"""


@click.command(epilog=EXAMPLE)
@click.option("--host", metavar="HOST", default="127.0.0.1", show_default=True, help="Where.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=8025,
    show_default=True,
    help="Where; 0 for a free port.",
)
@click.option("--maildir", metavar="DIR", help="Keep each mail in this Maildir as well.")
@click.pass_context
def command(ctx: click.Context, host: str, port: int, maildir: str | None) -> Status:
    """Show every mail that arrives, until Ctrl-C.

    Nothing is delivered to anybody. There is no TLS and no login: it is meant
    for this machine only.
    """
    from netsmtp.embedded import EmbeddedServer

    # Put by the server and by signals, taken here: this is the one queue that allows both.
    arrivals: queue.SimpleQueue[ReceivedMail | None] = queue.SimpleQueue()
    keep = None if maildir is None else _keeper(maildir)

    def take(mail: ReceivedMail) -> None:
        if keep is not None:
            keep(mail)
        arrivals.put(mail)

    page = Page()
    interrupts = ctx.obj or Interrupts()
    with (
        _until_told(interrupts, lambda: arrivals.put(None)),
        EmbeddedServer(host, port, on_mail=take, keep=False) as server,
    ):
        page.line(f"listening on {server.host} port {server.port}; Ctrl-C stops", "bold")
        number = 0
        while (mail := arrivals.get()) is not None:
            number += 1
            _show(page, number, mail)
    page.line(f"stopped after {count(number, 'mail')}")
    return Status.DONE


def _show(page: Page, number: int, mail: ReceivedMail) -> None:
    page.line()
    page.line(f"mail {number}: {count(len(mail.data), 'octet')}", "bold")
    page.line(f"from <{mail.sender}> to {', '.join(mail.recipients)}")
    page.message(mail.data)


def _keeper(folder: str) -> Callable[[ReceivedMail], None]:
    """Return what stores a mail in the Maildir *folder*, with the line ends of this system.

    Raises `OSError` if there can be no such folder.
    """
    for part in ("tmp", "new", "cur"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    box = mailbox.Maildir(folder)

    def keep(mail: ReceivedMail) -> None:
        box.add(mail.data.replace(b"\r\n", b"\n"))

    return keep


@contextmanager
def _until_told(interrupts: Interrupts, stop: Callable[[], object]) -> Generator[None, None, None]:
    """Let Ctrl-C and SIGTERM call *stop* inside the ``with`` block."""
    interrupts.means(Status.DONE, "stopped")
    before = signal.signal(signal.SIGTERM, lambda number, frame: stop())
    try:
        with interrupts.calling(stop):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
