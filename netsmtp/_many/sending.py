"""Take mails from the rows to the lanes and verdicts from the lanes to the journal, in the order that loses nothing.

One thread does it all, in turns. A turn (1) takes every verdict that has come, (2) takes as many rows as may be
begun, (3) writes both down in one transaction, and only then (4) puts the rows into the lanes. While it writes,
the lanes send and verdicts come in: the slower the disk, the more of them the next transaction carries.
"""

from __future__ import annotations

import math
import queue
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from netsmtp._many.journal import Entry, Journal, JournalError, State
from netsmtp._many.lanes import Lanes, Task, Verdict
from netsmtp.core.envelope import SendResult
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    AddressError,
    ConnectionLost,
    ContentError,
    DeliveryUnknown,
    NotOffered,
    ReplyError,
    SmtpError,
    TooLarge,
)

DEPTH = 2
"""How many mails may be begun for each connection: one under way, and the next while the disk writes."""
PATIENCE = 5
"""How many times in a row a lane's connection may fail before a mail was said, until the run gives up."""


class Pace:
    """Let *rate* mails begin each second, evenly; None is no bound."""

    def __init__(
        self, rate: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap = 0.0 if rate is None else 1 / rate
        self._clock = clock
        self._next = clock()

    def allowed(self, most: int) -> int:
        """Return how many may begin now, at most *most*; who asks after a rest gets no more for it."""
        if not self._gap:
            return most
        self._next = max(self._next, self._clock() - self._gap)
        return min(most, max(0, math.floor((self._clock() - self._next) / self._gap) + 1))

    def begun(self, number: int) -> None:
        """Count *number* that have begun."""
        self._next += number * self._gap

    def wait(self) -> float | None:
        """Return the seconds until another may begin, None if that is not a matter of time."""
        return max(0.0, self._next - self._clock()) if self._gap else None


class Sending:
    """Send what *tasks* gives; an `Entry` there is a row that needs no sending to be settled.

    `stop` makes a run end early. `told` has what became of the rows, `given_up` why the run ended before its time.
    *settled* is called with each entry when it is in the journal.
    """

    def __init__(
        self,
        tasks: Iterator[Task | Entry],
        journal: Journal,
        lanes: Lanes,
        *,
        pace: Pace | None = None,
        settled: Callable[[Entry], object] = lambda entry: None,
    ) -> None:
        self.told: Counter[State] = Counter()
        self.given_up: SmtpError | None = None
        self.stopped = False
        self.under_way: dict[int, Task] = {}
        self._tasks = tasks
        self._journal = journal
        self._lanes = lanes
        self._pace = pace or Pace()
        self._settled = settled
        self._exhausted = False
        self._unreached = 0

    def stop(self) -> None:
        """Begin nothing more. May be called from a signal handler."""
        self.stopped = True
        self._lanes.verdicts.put(None)

    def run(self) -> None:
        """Send until nothing is left, or until told to stop, and what is under way then is settled.

        Raises `JournalError`, when what is under way has ended, and what *tasks* raises.
        """
        entries: list[Entry] = []
        try:
            while not (self._over and not self.under_way and not entries):
                begun, done = self._next_rows()
                self._write([*entries, *done], begun)
                for task in begun:
                    self._lanes.put(task)
                entries = self._verdicts()
        except BaseException as error:
            self._exhausted = True
            self._rescue(entries, error)
            raise

    @property
    def _over(self) -> bool:
        return self._exhausted or self.stopped or self.given_up is not None

    def _next_rows(self) -> tuple[list[Task], list[Entry]]:
        """Take the rows that may be begun now, and those that are settled without."""
        free = self._lanes.number * DEPTH - len(self.under_way)
        allowed = 0 if self._over else self._pace.allowed(free)
        taken = list(islice(self._tasks, allowed))
        self._exhausted = self._exhausted or len(taken) < allowed
        begun = [each for each in taken if isinstance(each, Task)]
        self._pace.begun(len(begun))
        return begun, [each for each in taken if isinstance(each, Entry)]

    def _write(self, done: list[Entry], begun: list[Task]) -> None:
        """Write down what is *done* and what is to be *begun*; before this returns nothing of that is sent."""
        if not done and not begun:
            return
        marks = [Entry(task.line, task.digest, State.BEGUN) for task in begun]
        self._journal.record([*done, *marks])
        self.under_way |= {task.line: task for task in begun}
        for entry in done:
            self.under_way.pop(entry.line, None)
            self.told[entry.state] += 1
            self._settled(entry)

    def _verdicts(self) -> list[Entry]:
        """Return what has become known since; wait for something, if there is anything to wait for."""
        if not self.under_way and self._over:
            return []
        if not self.under_way and not self._pace.wait():
            return []
        room = not self._over and len(self.under_way) < self._lanes.number * DEPTH
        verdicts: list[Verdict | None] = []
        try:
            verdicts.append(self._lanes.verdicts.get(timeout=self._pace.wait() if room else None))
            while True:
                verdicts.append(self._lanes.verdicts.get_nowait())
        except queue.Empty:
            pass
        entries = [self._judged(each) for each in verdicts if each is not None]
        return [*entries, *self._recalled()] if self.stopped or self.given_up else entries

    def _recalled(self) -> list[Entry]:
        """Return what was begun and is not under way; it is waiting again."""
        return [Entry(task.line, task.digest, State.WAITING) for task in self._lanes.recall()]

    def _judged(self, verdict: Verdict) -> Entry:
        """Return the entry for *verdict*, and give up if no other mail would fare better."""
        task, result = verdict
        if isinstance(result, SendResult):
            self._unreached = 0
            return Entry(task.line, task.digest, State.SENT, result.queue_id, str(result.reply))
        if not isinstance(result, SmtpError):
            raise result
        error, state = result, fate(result)
        if state is State.WAITING or _unreached(error):
            self._unreached += 1
            if state is State.WAITING or self._unreached >= PATIENCE * self._lanes.number:
                self.given_up = error
        else:
            self._unreached = 0
        return Entry(task.line, task.digest, state, None, words(error))

    def _rescue(self, entries: list[Entry], error: BaseException) -> None:
        """Let what is under way end, and write down of it what can be."""
        entries += self._recalled()
        self._lanes.end()
        with suppress(queue.Empty):
            while True:
                verdict = self._lanes.verdicts.get_nowait()
                if verdict and isinstance(verdict.result, SendResult | SmtpError):
                    entries.append(self._judged(verdict))  # any other stays begun: nobody knows
        try:
            self._write(entries, [])
        except JournalError:
            if isinstance(error, JournalError):
                error.unrecorded = tuple(entries)


def fate(error: SmtpError) -> State:
    """Return what *error* means for its row; waiting, if it would be the same with every other."""
    if isinstance(error, DeliveryUnknown):
        return State.UNKNOWN
    opening = error.stage in OPENING
    if error.transient:
        return State.LATER
    if isinstance(error, ITS_OWN) and not opening:
        return State.REFUSED
    return State.WAITING


def _unreached(error: SmtpError) -> bool:
    return error.stage in OPENING or isinstance(error, ConnectionLost)


def words(error: SmtpError) -> str:
    """Return *error* in one line."""
    return "; ".join(line.strip() for line in str(error).splitlines())


ITS_OWN = (AddressError, ContentError, ReplyError, NotOffered, TooLarge)
"""What is wrong with one mail; everything else that stays is wrong with the server, or the way to it."""
OPENING = frozenset(
    {Stage.CONNECT, Stage.GREETING, Stage.EHLO, Stage.STARTTLS, Stage.TLS, Stage.AUTH}
)
