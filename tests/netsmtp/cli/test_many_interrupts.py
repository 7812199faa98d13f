"""Ctrl-C during `netsmtp send --many`: what is under way is finished, the rest waits; twice, and it ends at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from netsmtp._many.journal import Journal, State
from netsmtp.cli.status import Status
from tests.netsmtp.cli.running import LONGEST_WAIT, Running
from tests.netsmtp.many.flaky import Flaky
from tests.netsmtp.many.killing import write_rows


def sender(path: Path, server: Flaky) -> Running:
    where = f"127.0.0.1:{server.port}"
    return Running("send", "--server", where, "--connections", "2", "--many", str(path))


def counts(path: Path) -> dict[State, int]:
    with Journal(Path(f"{path}.journal")) as journal:
        return journal.counts()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_under_way_is_finished_and_the_rest_waits(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Nothing is unknown after it, and the next run sends exactly the rest."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 200)
    running: Future[Running] = Future()
    left = iter(range(60, -1, -1))

    def heard(line: str) -> None:
        if next(left, None) == 0:
            running.result(LONGEST_WAIT).process.send_signal(number)

    with Flaky("none", heard=heard) as server:
        running.set_result(sender(path, server))
        status, out, err = running.result().ended()
        taken = sum(server.taken.values())
        assert (status, err) == (Status.INTERRUPTED, "")
        assert counts(path) == {State.SENT: taken}
        assert 0 < taken < 200
        assert out.endswith(
            f"in all: sent {taken}, refused 0, later 0, unknown 0, waiting {200 - taken}\n"
        )
        assert sender(path, server).ended()[0] == Status.DONE
    assert server.taken == dict.fromkeys(range(1, 201), 1)


def test_twice_ends_at_once(tmp_path: Path) -> None:
    """Behind the dot of a server that keeps silent; what was under way is then unknown."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 50)
    running: Future[Running] = Future()
    ended = threading.Event()

    def heard(line: str) -> None:
        if line == "." and not ended.is_set():
            strike(running.result(LONGEST_WAIT))
            ended.set()

    with Flaky("none", heard=heard) as server:
        running.set_result(sender(path, server))
        status, _, err = running.result().ended()
    assert status == Status.UNKNOWN
    assert err.startswith("netsmtp: interrupted twice: what was under way may have been delivered")
    states = counts(path)
    assert set(states) <= {State.SENT, State.UNKNOWN}
    assert 1 <= states[State.UNKNOWN] <= 4


def strike(running: Running) -> None:
    """Interrupt until it has ended: two interrupts that come together are one."""
    for _ in range(100):
        running.interrupt()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(LONGEST_WAIT / 100)
            return


def test_before_anything_was_begun_it_ends_at_once(tmp_path: Path) -> None:
    """While the rows are checked nothing has been sent, and the sentence says so."""
    path, mail = tmp_path / "rows.jsonl", tmp_path / "mail.eml"
    path.write_text('{"eml": "mail.eml"}\n', encoding="utf-8")
    os.mkfifo(mail)
    running = Running("send", "--server", "127.0.0.1:1", "--many", str(path))
    with mail.open("wb"):  # open on both sides: it reads, and there is nothing yet
        running.interrupt()
        status, out, err = running.ended()
    assert (status, out) == (Status.INTERRUPTED, "")
    assert err == "netsmtp: interrupted: nothing was sent\n"
