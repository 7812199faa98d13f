"""Read the table of full disks, show it as the page does, and let a disk be full: by the system's own word."""

from __future__ import annotations

import os
import resource
import tomllib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from netsmtp._many.journal import Entry, Journal
from netsmtp.cli.status import Status
from tests.netsmtp.many.flaky import Flaky

DATA: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "disk.toml").read_text(encoding="ascii")
)
MOMENTS: dict[str, dict[str, Any]] = DATA["moments"]
FAULTS: dict[str, dict[str, Any]] = DATA["faults"]


def outcome(moment: str, fault: str) -> dict[str, Any]:
    """Return what is to come of *fault* from *moment* on."""
    word = FAULTS[fault]["cells"][list(MOMENTS).index(moment)]
    found: dict[str, Any] = DATA["outcomes"][word]
    return found


def tables() -> list[str]:
    """Return the two tables of the page: what the outcomes are, and the cells."""
    return ["\n".join(_outcome_table()), "\n".join(_cell_table())]


def _outcome_table() -> Iterator[str]:
    yield "| outcome | status | the error says of the mail | the server has it | with room, the same command |"
    yield "| --- | --- | --- | --- | --- |"
    for word, told in DATA["outcomes"].items():
        status = Status[told["status"]].value
        yield f"| {word} | {status} | {told.get('told', '')} | {told['kept']} | {told['next']} |"


def _cell_table() -> Iterator[str]:
    yield f"| when | {' | '.join(told['says'] for told in FAULTS.values())} |"
    yield f"| --- |{' --- |' * len(FAULTS)}"
    for number, told in enumerate(MOMENTS.values()):
        cells = [each["cells"][number] for each in FAULTS.values()]
        yield f"| {told['says']} | {' | '.join(cells)} |"


class Answering(Flaky):
    """Do what *answer* says at the first dot, in the words of `flaky`, and serve all else as it should be."""

    def __init__(self, answer: str | None) -> None:
        super().__init__("none")
        self._answers = iter([answer])

    def fault(self, line: str) -> str | None:
        return next(self._answers, None) if line == "." else None


@contextmanager
def without_room(fault: str, moment: str) -> Generator[None, None, None]:
    """Let the disk under a journal take no more from *moment* on, as long as the block lasts."""
    told = MOMENTS[moment]
    usual = getattr(Journal, told["before"])
    there = resource.getrlimit(resource.RLIMIT_FSIZE)
    reached = False

    def method(self: Journal, *given: Any) -> Any:
        nonlocal reached
        if not reached and ("of" not in told or _is_there(told["of"], *given)):
            reached = True
            if fault == "full":
                _fill(self, told.get("file", ""))
            else:  # the system lets no file be written to any more
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, there[1]))
        return usual(self, *given)

    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Journal, told["before"], method)
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, there)
    assert reached


def _is_there(state: str, entries: list[Entry]) -> bool:
    return any(entry.state == state for entry in entries)


def _fill(journal: Journal, suffix: str) -> None:
    """Put the device that is always full where *journal* has its file with that *suffix* open."""
    if suffix:  # what it has written there would be missed
        journal._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = os.path.realpath(f"{journal.path}{suffix}")
    opened: list[int] = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the one that lists them is gone by now
            if os.readlink(f"/proc/self/fd/{name}") == path:
                opened.append(int(name))
    assert opened
    device = os.open("/dev/full", os.O_RDWR)
    for number in opened:
        os.dup2(device, number, inheritable=False)
    os.close(device)
