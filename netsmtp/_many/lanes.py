"""Carry mails over the connections of a pool, each mail by a thread of its own as long as it takes.

This is all that `sending` knows of the network: it puts mails in and takes verdicts out, in the order in which they
become known. That is why it is `Pool.send` from several threads and not `Pool.send_all`, whose results come in the
order of the mails: behind a slow one the verdicts of many others would wait to be written down.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import NamedTuple, cast

from netsmtp._many.mails import envelope
from netsmtp.cli.letter import Letter
from netsmtp.core.envelope import SendResult
from netsmtp.message import Text
from netsmtp.pool import Pool


class Task(NamedTuple):
    """Hold the *mail* of the row at *line*, and the row's *digest*."""

    line: int
    digest: bytes
    mail: Letter


class Verdict(NamedTuple):
    """Hold what became of *task*: how the server took it, or what was raised."""

    task: Task
    result: SendResult | BaseException


class Lanes:
    """Send over *pool* from *number* threads.

    `verdicts` has what became of each mail. Anybody may put None there, a signal handler too, to wake up who waits.
    """

    def __init__(self, pool: Pool, number: int) -> None:
        self.number = number
        self.verdicts: queue.SimpleQueue[Verdict | None] = queue.SimpleQueue()
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._pool = pool
        # Daemons: a program that is to end at once is not held up by a server that keeps silent.
        self._threads = [
            threading.Thread(target=self._carry, daemon=True, name=f"lane {n}")
            for n in range(1, number + 1)
        ]

    def __enter__(self) -> Lanes:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    def put(self, task: Task) -> None:
        """Send *task* as soon as a connection is free."""
        self._tasks.put(task)

    def recall(self) -> list[Task]:
        """Take back what no connection has taken yet."""
        tasks: list[Task] = []
        with suppress(queue.Empty):
            while (task := self._tasks.get_nowait()) is not None:
                tasks.append(task)
        return tasks

    def end(self) -> None:
        """Wait until all that was put in is settled."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        self._pool.close()

    def _carry(self) -> None:
        while (task := self._tasks.get()) is not None:
            self.verdicts.put(Verdict(task, self._sent(task)))

    def _sent(self, task: Task) -> SendResult | BaseException:
        given = envelope(task.mail)
        text = cast("Text", given.message)  # a row of a file has nothing to be awaited
        try:
            return self._pool.send(text, given.sender, given.recipients, header=given.header)
        except BaseException as error:  # noqa: BLE001 - judged in the thread that waits for it
            return error
