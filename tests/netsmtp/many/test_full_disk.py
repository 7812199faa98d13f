"""A disk that takes no more, at every moment the journal is written: no mail is lost, none is sent twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import Result

from netsmtp._many.journal import Entry, Journal, State
from netsmtp._many.mails import Maker
from netsmtp._many.planning import Plan
from netsmtp.cli.status import Status
from netsmtp.options import Options
from tests.netsmtp.cli.running import run
from tests.netsmtp.faults.disk import FAULTS, MOMENTS, Answering, outcome, without_room
from tests.netsmtp.many.flaky import Flaky
from tests.netsmtp.many.killing import decisions, write_rows

ROWS = 3
EVERY = range(1, ROWS + 1)
MAYBE = (None, "perhaps sent")
"""What is said of a mail where nobody but the server knows."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_full_disk_at_moment(moment: str, fault: str, tmp_path: Path) -> None:
    """The error says which file, what to do, and what is sent; the next run sends the rest, once.

    A mail of which the journal has no verdict is listed, and sent again only if a person says so;
    one that an earlier run has left is told of at once.
    """
    wanted, told = outcome(moment, fault), MOMENTS[moment]
    found = {int(line): state for line, state in told.get("found", {}).items()}
    path = tmp_path / "rows.jsonl"
    options = told.get("options", ())
    begin(path, found)
    with Answering(told.get("answer")) as server:
        with without_room(fault, moment):
            first = many(path, server, *options)
        assert first.exit_code == Status[wanted["status"]]
        before = server.taken.copy()
        said = unrecorded(first)
        if wanted["status"] == "DONE":
            assert first.stderr == ""
        else:
            start = f"netsmtp: stopped: the journal cannot be used: {FAULTS[fault]['reason']}\n"
            assert first.stderr.startswith(f"{start}  file: {path}.journal\n")
            assert f"\n  to go on: {FAULTS[fault]['cure']}, and run again" in first.stderr
        assert written_down(first) == sorted(found)
        assert said.get(1) == wanted.get("told")
        assert all(before[line] == (what == "sent") for line, what in said.items() if line > 1)
        assert wanted["kept"] == "perhaps" or before[1] == (wanted["kept"] == "yes")

        second = many(path, server, *options)
        listed = unknown(second)
        decided = [1] if "--retry-unknown" in options else []
        assert listed == sorted({*said, *found}.difference(decided))
        assert (1 in listed) is (wanted["next"] == "lists it")
        assert all(server.taken[line] == before[line] for line in listed)

        third = many(path, server, *advice(first))
        assert unknown(third) == [line for line in listed if said.get(line) in MAYBE]
        fourth = many(path, server, *decisions(unknown(third), server.taken))
        assert fourth.exit_code == Status.DONE
        assert server.taken == dict.fromkeys(EVERY, 1)


def begin(path: Path, found: Mapping[int, str]) -> None:
    """Write the rows to *path*, and a journal that has *found* some of them in these states."""
    write_rows(path, ROWS)
    if not found:
        return
    with Journal(Path(f"{path}.journal")) as journal:
        rows = [each.row for each in Plan(path, Maker(path.parent, Options()), journal).visit()]
        entries = [
            Entry(row.line, row.digest, State(found[row.line])) for row in rows if row.line in found
        ]
        journal.record(entries)


def many(path: Path, server: Flaky, *options: str) -> Result:
    where = ("--server", f"127.0.0.1:{server.port}", "--connections", "1")
    return run("send", *where, "--many", str(path), *options)


def unrecorded(result: Result) -> dict[int, str]:
    """Return what the error says of each line whose verdict was not written down."""
    found = re.findall(r"(?m)^  (.*), and not written down: line (.*)$", result.stderr)
    return {int(line): what for what, lines in found for line in lines.split(", ")}


def written_down(result: Result) -> list[int]:
    """Return the lines of which the error says that nobody knows, by the journal."""
    found = re.search(r"(?m)^  perhaps sent, and written down: line (.*)$", result.stderr)
    return [int(line) for line in found[1].split(", ")] if found else []


def advice(result: Result) -> list[str]:
    """Return the options with which the error says to run again."""
    found = re.search(r"run again with (.*)", result.stderr)
    return found[1].split() if found else []


def unknown(result: Result) -> list[int]:
    """Return the lines that are listed for a person to decide."""
    listed = [int(line) for line in re.findall(r"(?m)^  line (\d+), ", result.stderr)]
    assert (result.exit_code == Status.UNKNOWN) is bool(listed)
    return listed


def test_a_report_that_has_no_room_is_told(tmp_path: Path) -> None:
    """Behind the summary, which does not depend on it, and with the status of the worst."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, ROWS)
    with Answering("forget") as server:
        first = many(path, server, "--report", "/dev/full")
        second = many(path, server, "--assume-sent", "1", "--report", "/dev/full")
    for result, status, unclear in ((first, Status.UNKNOWN, 1), (second, Status.FAILED, 0)):
        assert result.exit_code == status
        counts = f"sent {ROWS - unclear}, refused 0, later 0, unknown {unclear}, waiting 0"
        assert f"in all: {counts}\n" in result.stdout
        assert result.stderr.endswith(
            "netsmtp: no report: No space left on device\n  file: /dev/full\n"
        )
