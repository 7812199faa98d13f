"""What the journal was told is there after any end of the program, and one run at a time has it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from netsmtp._many.journal import (
    INTERRUPTED,
    Entry,
    Journal,
    JournalBusy,
    JournalError,
    JournalForeign,
    State,
)

ONE = Entry(1, b"one", State.BEGUN)


def copied(journal: Journal, folder: Path) -> Path:
    """Return a copy of all that the disk has of *journal*, as if the machine stopped now."""
    folder.mkdir()
    for file in journal.path.parent.glob(f"{journal.path.name}*"):
        shutil.copy(file, folder)
    return folder / journal.path.name


def test_what_is_recorded_is_read(tmp_path: Path) -> None:
    """The last entry of a row counts; one that waits is forgotten; others stay."""
    with Journal(tmp_path / "journal") as journal:
        journal.record(
            [ONE, Entry(2, b"two", State.BEGUN), Entry(3, b"three", State.REFUSED, None, "no")]
        )
        sent = Entry(1, b"one", State.SENT, "Q1", "250 kept")
        journal.record([sent, Entry(2, b"two", State.WAITING)])
        assert journal.entries(1, 2) == {1: sent}
        assert [entry.line for entry in journal.of(State.REFUSED)] == [3]
        assert journal.counts() == {State.SENT: 1, State.REFUSED: 1}


def test_every_record_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    """A copy of the files, made while it is open, has all of it; begun rows of it are unknown."""
    with Journal(tmp_path / "journal") as journal:
        journal.record([ONE])
        copy = copied(journal, tmp_path / "copy")
        journal.record([ONE._replace(state=State.SENT)])
    with Journal(copy) as found:
        assert found.interrupted == 1
        assert found.entries(1, 1) == {1: Entry(1, b"one", State.UNKNOWN, None, INTERRUPTED)}
    with Journal(tmp_path / "journal") as found:
        assert (found.interrupted, found.counts()) == (0, {State.SENT: 1})


def test_records_are_synchronised() -> None:
    """SQLite is told to wait for the disk with each commit: 2 is FULL."""
    with Journal(Path(":memory:")) as journal:
        assert journal._base.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_torn_record_is_none(tmp_path: Path) -> None:
    """If the disk has a part of a record only, the one before holds."""
    with Journal(tmp_path / "journal") as journal:
        journal.record([ONE])
        log = tmp_path / "journal-wal"
        before = log.stat().st_size
        journal.record([Entry(n, b"x" * 16, State.SENT) for n in range(1, 300)])
        after = log.stat().st_size
        for number, size in enumerate((before, before + 1, (before + after) // 2, after - 1)):
            copy = copied(journal, tmp_path / str(number))
            with (copy.parent / "journal-wal").open("r+b") as file:
                file.truncate(size)
            with Journal(copy) as found:
                assert found.counts() == {State.UNKNOWN: 1}


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    """In one process and in two; when the first has closed, the second may."""
    path = tmp_path / "journal"
    program = f"from netsmtp._many.journal import *; Journal(Path({str(path)!r}))"
    for _ in range(2):  # a new one, and one that was there
        with Journal(path) as journal:
            journal.record([ONE])
            with pytest.raises(JournalBusy, match="in use"):
                Journal(path)
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
            assert "JournalBusy: the journal is in use" in done.stderr
    Journal(path).close()


def test_what_is_no_journal_is_not_touched(tmp_path: Path) -> None:
    """Neither a text nor the database of another program."""
    text, other = tmp_path / "text", tmp_path / "other"
    text.write_text("no database at all, but something long enough to be taken for one\n" * 99)
    with sqlite3.connect(other) as base:
        base.execute("CREATE TABLE mail (x)")
    base.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(JournalForeign, match="not a journal"):
            Journal(path)
        assert path.read_bytes() == before


def test_one_that_knows_nothing_leaves_no_file(tmp_path: Path) -> None:
    """A run that sent nothing leaves nothing behind."""
    Journal(tmp_path / "journal").close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """In the words of the system, with the name."""
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path / "no" / "journal")
    assert str(caught.value).splitlines() == [
        "the journal cannot be used",
        "  reason: unable to open database file",
        f"  file: {tmp_path}/no/journal",
    ]


def test_a_person_decides_about_unknown_rows(tmp_path: Path) -> None:
    """All of them or some; a line that is not unknown is told, and then nothing is decided."""
    with Journal(tmp_path / "journal") as journal:
        journal.record([Entry(n, b"x", State.UNKNOWN) for n in (1, 2, 3)])
        assert journal.decide([1, 7], State.SENT) == [7]
        assert journal.counts() == {State.UNKNOWN: 3}
        assert journal.decide([1], State.SENT) == []
        assert journal.decide(None, State.WAITING) == []
        assert journal.counts() == {State.SENT: 1}


def test_a_full_disk_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    """A record that does not fit is not there at all."""
    with Journal(tmp_path / "journal") as journal:
        journal.record([ONE])
        pages = journal._base.execute("PRAGMA page_count").fetchone()[0]
        journal._base.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalError, match="full"):
            journal.record([Entry(n, b"x" * 16, State.BEGUN) for n in range(2, 2000)])
        assert journal.counts() == {State.BEGUN: 1}
