"""Whenever the program ends, the next run sends exactly the rest, and nothing twice."""

from __future__ import annotations

import queue
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsmtp._many.journal import Entry, Journal, JournalError, State
from netsmtp._many.lanes import Lanes, Task, Verdict
from netsmtp._many.mails import Maker
from netsmtp._many.planning import Plan
from netsmtp._many.sending import DEPTH, PATIENCE, Pace, Sending, fate
from netsmtp.core.envelope import SendResult
from netsmtp.core.replies import Reply
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    AuthenticationRefused,
    ConnectError,
    ConnectionLost,
    ContentError,
    DeliveryUnknown,
    HostNameError,
    NotOffered,
    ProtocolError,
    ReplyError,
    SmtpError,
    SmtpTimeout,
    TlsError,
    TooLarge,
)
from netsmtp.options import Options
from netsmtp.pool import Pool
from tests.netsmtp.many.flaky import Flaky
from tests.netsmtp.many.killing import write_rows


class Crash(BaseException):
    """The machine stops."""


class World:
    """A server, and lanes to it in which everything happens one step after the other, drawn by *drawn*.

    At the step *crash* the disk is copied as it is then and nothing happens any more.
    """

    def __init__(self, folder: Path, rows: int, drawn: random.Random) -> None:
        self.folder, self.drawn = folder, drawn
        self.path = folder / "rows.jsonl"
        write_rows(self.path, rows)
        self.taken: Counter[int] = Counter()
        self.runs = 0
        self.journal = folder / "0" / "journal"
        self.journal.parent.mkdir()

    def run(self, crash: int | None) -> Counter[State]:
        """Run until all is settled, or to the step *crash*; return what the journal then says."""
        self.left, self.crashed, self.runs = crash, False, self.runs + 1
        with Journal(self.journal) as journal:
            record = journal.record

            def recorded(entries: Any) -> None:
                self.step(journal)
                record(entries)
                self.step(journal)

            journal.record = recorded  # type: ignore[method-assign]
            self.lanes = StepLanes(self, journal)
            plan = Plan(self.path, Maker(self.folder, Options()), journal)
            sending = Sending(plan.tasks(), journal, self.lanes)  # type: ignore[arg-type]
            try:
                sending.run()
            except Crash:
                self.journal = self.copy
        with Journal(self.journal) as journal:
            self.states = {line: entry.state for line, entry in journal.entries(1, 99).items()}
        return Counter(self.states.values())

    def step(self, journal: Journal) -> None:
        if self.left is not None and not self.crashed:
            self.left -= 1
            if self.left < 0:
                self.copy = self.folder / str(self.runs) / "journal"
                self.copy.parent.mkdir()
                for file in journal.path.parent.glob("journal*"):
                    shutil.copy(file, self.copy.parent)
                self.crashed = True
        if self.crashed:
            raise Crash


class StepLanes:
    """What `Sending` sees of lanes; a mail moves when somebody waits for verdicts."""

    number = 2

    def __init__(self, world: World, journal: Journal) -> None:
        self.world, self.journal = world, journal
        self.waiting: list[Task] = []
        self.verdicts = self

    def put(self, task: Task) -> None:
        self.world.step(self.journal)
        assert self.journal.entries(task.line, task.line)[task.line].state is State.BEGUN
        self.waiting.append(task)
        assert len(self.waiting) <= DEPTH * self.number

    def get(self, timeout: float | None = None) -> Verdict:
        assert self.waiting, "waits for nothing"
        task = self.waiting.pop(self.world.drawn.randrange(len(self.waiting)))
        self.world.step(self.journal)
        result = self.deliver(task)
        self.world.step(self.journal)
        return Verdict(task, result)

    def get_nowait(self) -> Verdict:
        if self.world.crashed or not self.waiting or self.world.drawn.random() < 0.5:
            raise queue.Empty
        return self.get()

    def deliver(self, task: Task) -> SendResult | SmtpError:
        drawn = self.world.drawn.random()
        if drawn < 0.1:
            return ReplyError(stage=Stage.RCPT, reply=Reply(550, ("no",)))
        if drawn < 0.2:
            return ReplyError(stage=Stage.RCPT, reply=Reply(451, ("later",)))
        if drawn < 0.25:
            return DeliveryUnknown(stage=Stage.VERDICT)
        self.world.taken[task.line] += 1
        if drawn < 0.3:
            return DeliveryUnknown(stage=Stage.VERDICT)
        return SendResult(Reply(250, ("kept",)), ())

    def recall(self) -> list[Task]:
        return []

    def end(self) -> None:
        pass


@settings(max_examples=50)
@given(st.integers(1, 7), st.lists(st.integers(0, 30), max_size=3), st.integers(0, 2**32))
def test_after_any_crash_the_rest_is_sent_and_nothing_twice(
    rows: int, crashes: list[int], seed: int
) -> None:
    """Whatever step each run ends at: all that the server has is sent or unknown, all else goes on."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), rows, random.Random(seed))
        for crash in crashes:
            before = Counter(world.taken)
            world.run(crash)
            settled = {n for n, state in world.states.items() if state is not State.LATER}
            assert {n for n in world.taken if world.taken[n] > before[n]} <= settled
        while world.run(None)[State.LATER]:
            pass
        assert set(world.states) == set(range(1, rows + 1))
        for line, state in world.states.items():
            assert world.taken[line] <= 1
            assert state is not State.SENT or world.taken[line] == 1
            assert not world.taken[line] or state in (State.SENT, State.UNKNOWN)


def sending(folder: Path, server: Flaky, rows: int, **given: Any) -> tuple[Journal, Sending, Lanes]:
    path = folder / "rows.jsonl"
    if not path.exists():
        write_rows(path, rows)
    journal = Journal(folder / "journal")
    pool = Pool("127.0.0.1", server.port, connections=3)
    lanes = Lanes(pool, 3)
    plan = Plan(path, Maker(folder, Options()), journal)
    return journal, Sending(plan.tasks(), journal, lanes, **given), lanes


@pytest.mark.parametrize("seed", range(3))
def test_over_real_connections_none_is_lost_and_none_doubled(tmp_path: Path, seed: int) -> None:
    """A server that refuses, defers, drops and forgets at random has each mail that counts as sent, once."""
    with Flaky("some", seed) as server:
        for _ in range(20):
            journal, run, lanes = sending(tmp_path, server, 150)
            with journal, lanes:
                run.run()
                states = {line: entry.state for line, entry in journal.entries(1, 150).items()}
            if len(states) == 150 and State.LATER not in states.values():
                break
    assert len(states) == 150
    assert set(states.values()) <= {State.SENT, State.REFUSED, State.UNKNOWN}
    for line, state in states.items():
        assert server.taken[line] == (1 if state is State.SENT else server.taken[line])
        assert server.taken[line] <= (state is not State.REFUSED)


def test_told_to_stop_it_ends_what_is_under_way(tmp_path: Path) -> None:
    """What had not gone to a connection is waiting; nothing is begun or unknown."""
    told: list[Entry] = []

    def settled(entry: Entry) -> None:
        told.append(entry)
        if len(told) == 5:
            run.stop()

    with Flaky("none") as server:
        journal, run, lanes = sending(tmp_path, server, 100, settled=settled)
        with journal, lanes:
            run.run()
            counts = journal.counts()
    assert set(counts) == {State.SENT}
    assert 5 <= counts[State.SENT] <= 5 + 3 * DEPTH
    assert sum(server.taken.values()) == counts[State.SENT]


def test_a_server_that_cannot_be_reached_ends_the_run(tmp_path: Path) -> None:
    """After some attempts; what was tried may be tried later, the rest is waiting."""
    with Flaky("none") as server:
        pass  # nobody listens any more
    journal, run, lanes = sending(tmp_path, server, 100)
    with journal, lanes:
        run.run()
        counts = journal.counts()
    assert isinstance(run.given_up, ConnectError)
    assert set(counts) == {State.LATER}
    assert counts[State.LATER] <= 3 * (PATIENCE + DEPTH)


def test_what_would_be_the_same_for_all_leaves_them_waiting(tmp_path: Path) -> None:
    """A refused connection for good is no fate of a mail."""
    with Flaky("none") as server:
        journal, run, _ = sending(tmp_path, server, 100)
        pool = Pool("127.0.0.1", server.port, connections=2, security="starttls")
        with journal, Lanes(pool, 2) as lanes:
            run._lanes = lanes
            run.run()
            assert journal.counts() == {}
    assert isinstance(run.given_up, NotOffered)


def test_a_journal_that_takes_no_more_ends_the_run(tmp_path: Path) -> None:
    """Nothing is sent whose beginning is not written down; what became of all that was begun is told."""
    with Flaky("none") as server:
        journal, run, lanes = sending(tmp_path, server, 100)
        record, calls = journal.record, list[int]()

        def full(entries: Any) -> None:
            calls.append(1)
            if len(calls) > 3:
                raise JournalError(journal.path, "database or disk is full")
            record(entries)

        journal.record = full  # type: ignore[method-assign]
        with journal, lanes:
            with pytest.raises(JournalError, match="full") as caught:
                run.run()
            settled, begun = ({entry.line for entry in journal.of(state)} for state in ENDS)
    told = caught.value.unrecorded
    sent = {entry.line for entry in told if entry.state is State.SENT}
    assert {entry.line for entry in told} == begun
    assert server.taken == dict.fromkeys(settled | sent, 1)
    assert "sent, and not written down: line " in str(caught.value)


ENDS = (State.SENT, State.BEGUN)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (DeliveryUnknown(stage=Stage.VERDICT), State.UNKNOWN),
        (ReplyError(stage=Stage.RCPT, reply=Reply(550, ("no",))), State.REFUSED),
        (ReplyError(stage=Stage.RCPT, reply=Reply(451, ("no",))), State.LATER),
        (TooLarge("x", stage=Stage.MAIL), State.REFUSED),
        (NotOffered("8BITMIME", stage=Stage.MAIL), State.REFUSED),
        (NotOffered("STARTTLS", stage=Stage.STARTTLS), State.WAITING),
        (ContentError("x"), State.REFUSED),
        (HostNameError("x"), State.WAITING),
        (ConnectError("x", stage=Stage.CONNECT), State.LATER),
        (ConnectionLost("x", stage=Stage.BODY), State.LATER),
        (SmtpTimeout("x", stage=Stage.BODY), State.LATER),
        (TlsError("x", stage=Stage.TLS), State.WAITING),
        (ProtocolError("x", stage=Stage.MAIL), State.WAITING),
        (AuthenticationRefused(stage=Stage.AUTH, reply=Reply(535, ("no",))), State.WAITING),
        (ReplyError(stage=Stage.GREETING, reply=Reply(554, ("no",))), State.WAITING),
        (ReplyError(stage=Stage.GREETING, reply=Reply(421, ("no",))), State.LATER),
    ],
)
def test_what_an_error_means_for_its_row(error: SmtpError, state: State) -> None:
    """Only what is wrong with this mail is final; what is wrong with the way to the server is not its fate."""
    assert fate(error) is state


def test_the_pace() -> None:
    """At three a second one may begin every third of a second; a rest earns no more than one."""
    now = [0.0]
    clock: Callable[[], float] = lambda: now[0]  # noqa: E731
    pace = Pace(3, clock)
    begun: list[float] = []
    for step in range(60):
        now[0] = step / 12 + (100 if step >= 30 else 0)
        for _ in range(pace.allowed(9)):
            begun.append(now[0])
            pace.begun(1)
    for start in begun:
        assert sum(start <= each < start + 1 for each in begun) <= 4
    assert len(begun) >= 14
    assert Pace(None).allowed(7) == 7
