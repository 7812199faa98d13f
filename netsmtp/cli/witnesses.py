"""Who watches a send: silently, telling everything, or with a bar. Each keeps what an interrupt would mean up to date."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netsmtp.cli.delivery import IWitness
from netsmtp.cli.display import Page
from netsmtp.cli.interrupts import Interrupts
from netsmtp.cli.letter import Letter
from netsmtp.cli.status import Status
from netsmtp.core.events import BodyProgress, Delivered, Event, ReplyReceived, describe
from netsmtp.core.stages import Stage

if TYPE_CHECKING:
    from rich.progress import Progress

NOTHING_SENT = "interrupted: nothing was sent"
PERHAPS_SENT = "interrupted behind the final dot: the mail may have been delivered"
SENT = "interrupted, when the mail had been sent already"

LARGE = 256 * 1024
MANY = 20


class Witness(IWitness):
    """Watches silently."""

    def __init__(self, interrupts: Interrupts) -> None:
        self.interrupts = interrupts
        self.delivered: Delivered | None = None

    def see(self, event: Event) -> None:
        if isinstance(event, Delivered):
            self.delivered = event
            self.interrupts.means(Status.DONE, SENT)

    def last_call(self) -> None:
        # A signal is handled between two steps of this thread: before this one, and the dot is never sent; or
        # after it, and the sentence is this.
        self.interrupts.means(Status.UNKNOWN, PERHAPS_SENT)


class Talking(Witness):
    """Tells the conversation, on standard error."""

    def __init__(self, interrupts: Interrupts, page: Page) -> None:
        super().__init__(interrupts)
        self.page = page

    def see(self, event: Event) -> None:
        super().see(event)
        tell(self.page, event)


def tell(page: Page, event: Event) -> None:
    """Write what *event* tells of the conversation."""
    if not isinstance(event, BodyProgress):
        for line in describe(event).splitlines():
            page.said(line)


class Measuring(Witness):
    """Moves a bar: one step for each recipient answered and each octet written."""

    def __init__(self, interrupts: Interrupts, progress: Progress, letter: Letter) -> None:
        super().__init__(interrupts)
        self.progress = progress
        self.recipients = progress.add_task("recipients", total=len(letter.recipients))
        self.octets = progress.add_task("octets", total=letter.size)

    def see(self, event: Event) -> None:
        super().see(event)
        match event:
            case ReplyReceived(_, Stage.RCPT):
                self.progress.advance(self.recipients)
            case BodyProgress(written, total):
                self.progress.update(self.octets, completed=written, total=total)
            case _:
                pass


@contextmanager
def watching(
    interrupts: Interrupts, letter: Letter, *, verbose: bool
) -> Generator[Witness, None, None]:
    """Give the witness for sending *letter*: one that talks if *verbose*, a bar for what takes long."""
    page = Page(stderr=True)
    if verbose:
        yield Talking(interrupts, page)
    elif sys.stderr.isatty() and (letter.size >= LARGE or len(letter.recipients) >= MANY):
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn()
        with Progress(*columns, console=page.console, transient=True) as progress:
            yield Measuring(interrupts, progress, letter)
    else:
        yield Witness(interrupts)
