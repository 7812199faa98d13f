"""Send a file of mails by a process that is killed again and again, and count at the server what came of it.

Between two runs a person looks at the server, as the command asks: what it has of the unknown mails is assumed
sent, the rest is tried again. Nothing else is ever decided.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from netsmtp._many.journal import Journal, State
from netsmtp.cli.status import Status
from tests.netsmtp.many.flaky import Flaky

LONGEST_WAIT = 60.0
EXPECTED = (-signal.SIGKILL, Status.DONE, Status.FAILED, Status.UNKNOWN, Status.TEMPORARY)
CONNECTIONS = 3
COMMAND = (sys.executable, "-m", "netsmtp.cli", "send", "--connections", str(CONNECTIONS))
ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Outcome:
    """Hold what came of it, row by row, and what is *wrong* with that."""

    rows: int
    kills: int = 0
    runs: int = 0
    undecided: int = 0
    most_begun: int = 0
    states: Counter[State] = field(default_factory=Counter[State])
    wrong: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        states = ", ".join(f"{state.value} {n}" for state, n in sorted(self.states.items()))
        return "\n".join(
            [
                f"{self.rows} rows, {self.runs} runs, {self.kills} of them killed: {states}",
                f"mails whose fate a person had to look up: {self.undecided}; at most"
                f" {self.most_begun} were begun when a run was killed",
                *(self.wrong or ["no mail lost, none sent twice"]),
            ]
        )


def write_rows(path: Path, number: int) -> None:
    """Write *number* mails to *path*."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(1, number + 1):
            row = {"from": "bakery@example.org", "to": f"r{n}@example.org", "text": f"Nr {n}\n"}
            file.write(json.dumps(row) + "\n")


def kill_many(
    folder: Path, *, rows: int, kills: int, seed: int, tell: Callable[[str], object] = str
) -> Outcome:
    """Send *rows* mails, killing the sender *kills* times, at moments drawn with *seed*."""
    path, journal = folder / "rows.jsonl", folder / "rows.jsonl.journal"
    write_rows(path, rows)
    outcome, drawn, striker = Outcome(rows), random.Random(seed), _Striker()
    with Flaky("some", seed, striker.heard) as server:
        decided: list[str] = []
        while True:
            to_kill = outcome.kills < kills
            process = _start(path, server.port, decided)
            if to_kill:
                # From the first command of a connection to well behind a few hundred.
                striker.aim(process, drawn.randrange(1, 250), drawn.random() * 0.004)
            status = process.wait(LONGEST_WAIT)
            striker.rest()
            server.server.served()  # what it said before it was killed may be under way still
            outcome.runs += 1
            outcome.kills += status < 0
            if status not in EXPECTED:
                outcome.wrong.append(f"run {outcome.runs}: status {status}")
            states, begun = _states(journal, rows)
            _compare(states, server.taken, outcome)
            unknown = [line for line, state in states.items() if state is State.UNKNOWN]
            outcome.undecided += len(unknown)
            outcome.most_begun = max(outcome.most_begun, begun)
            tell(f"run {outcome.runs}: status {status}, {sum(server.taken.values())} taken")
            decided = decisions(unknown, server.taken)
            left = [s for s in states.values() if s in (State.WAITING, State.LATER)]
            if outcome.wrong or (not left and not unknown):
                break
        outcome.states = Counter(states.values())
    return outcome


def _start(path: Path, port: int, decisions: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "--server", f"127.0.0.1:{port}", "--many", str(path), *decisions],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
    )


class _Striker:
    """Kills a process when the server has heard so many commands more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._delay = 0.0

    def aim(self, process: subprocess.Popen[bytes], commands: int, delay: float) -> None:
        with self._lock:
            self._process, self._left, self._delay = process, commands, delay

    def rest(self) -> None:
        with self._lock:
            self._process = None

    def heard(self, line: str) -> None:
        with self._lock:
            self._left -= 1
            if self._process is not None and self._left == 0:
                # So that it is not always at the same place of a conversation.
                threading.Timer(self._delay, self._process.kill).start()


def _states(journal: Path, rows: int) -> tuple[dict[int, State], int]:
    """Return the state of every row, as the next run will find it, and how many were left begun."""
    with Journal(journal) as opened:
        known = opened.entries(1, rows)
    states = {
        line: known[line].state if line in known else State.WAITING for line in range(1, rows + 1)
    }
    return states, opened.interrupted


def _compare(states: dict[int, State], taken: Counter[int], outcome: Outcome) -> None:
    """Say what is wrong: a mail the server has may not be sent again, one it has not may not count as sent."""
    for line, state in states.items():
        times = taken[line]
        if times > 1:
            outcome.wrong.append(f"row {line}: sent {times} times")
        if times and state not in (State.SENT, State.UNKNOWN):
            outcome.wrong.append(f"row {line}: {state.value}, and the server has it")
        if not times and state is State.SENT:
            outcome.wrong.append(f"row {line}: sent, and the server has it not")


def decisions(unknown: list[int], taken: Counter[int]) -> list[str]:
    """Return the options by which a person who has looked at the server decides."""
    there = [str(line) for line in unknown if taken[line]]
    missing = [str(line) for line in unknown if not taken[line]]
    return [
        *(("--assume-sent", ",".join(there)) if there else ()),
        *(("--retry-unknown", ",".join(missing)) if missing else ()),
    ]
