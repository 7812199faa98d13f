"""What Ctrl-C does at each moment of a command.

It ends the process on the spot, from the signal handler itself. An exception would travel through whatever happens
to run, which may swallow it, print it, or write one thing more to a server; after this no further line of the
program runs, so a final dot that has not been sent never will be. The system closes the connection.

A command that must do otherwise says so: one that asks for a password on a terminal, which has to be put right
again, or one that is meant to be ended by Ctrl-C.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

from netsmtp.cli.status import Status


class Interrupts:
    """Decide what an interrupt does now; harmless until `install` is called."""

    def __init__(self) -> None:
        self._react: Callable[[], object] = self.leave
        self._status = Status.INTERRUPTED
        self._sentence = "interrupted"

    def install(self) -> None:
        """Take over Ctrl-C, also where a shell that runs this in the background has switched it off."""
        signal.signal(signal.SIGINT, lambda number, frame: self._react())

    def uninstall(self) -> None:
        """Ignore Ctrl-C from now on: all is done, and the status that says so must not change any more."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def means(self, status: Status, sentence: str) -> None:
        """From now on an interrupt ends the process with *status*, saying *sentence*."""
        self._status, self._sentence = status, sentence

    def leave(self) -> None:
        """End the process, now, with nothing on standard error but the sentence."""
        text = f"netsmtp: {self._sentence}\n"
        try:
            if os.isatty(2):
                # Behind a progress bar, whose hidden cursor is shown again.
                text = f"\r\x1b[K\x1b[?25h{text}"
            os.write(2, text.encode())
        finally:
            os._exit(self._status)

    @contextmanager
    def calling(self, react: Callable[[], object]) -> Generator[None, None, None]:
        """Let an interrupt call *react* instead inside the ``with`` block."""
        before, self._react = self._react, react
        try:
            yield
        finally:
            self._react = before
