"""Remember on the disk what became of each row, so that a program that ended at any point can go on from there.

A row is `waiting` as long as the journal does not know it::

    waiting -> begun -> sent      the server has it
                     -> refused   for good: not tried again unless the row is changed
                     -> later     for now: the next run tries it again
                     -> unknown   it may have been delivered: a person decides

Each `record` is one transaction, which is on the disk when it returns: SQLite's write-ahead log, synchronised with
every commit. What it says of begun rows therefore holds after a loss of power as well. A row that was begun when
a run ended without a word has become `unknown` when the next one opens the journal.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class State(StrEnum):
    """Say what became of a row."""

    WAITING = "waiting"
    BEGUN = "begun"
    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


class Entry(NamedTuple):
    """Hold what is known of the row at *line*: what it said, what became of it, and the server's words."""

    line: int
    digest: bytes
    state: State
    queue_id: str | None = None
    reply: str | None = None


class JournalError(Exception):
    """The journal cannot be read or written; *path* says which, *reason* why, *cure* what helps.

    `unrecorded` says what became of rows when it was too late to write it down. Of these the journal knows that
    they were begun, and no more. `unknown` are the lines of which it says itself that nobody knows.
    """

    headline = "the journal cannot be used"

    def __init__(self, path: Path, reason: str, cure: str | None = None) -> None:
        super().__init__(path, reason, cure)
        self.path, self.reason, self.cure = path, reason, cure
        self.unrecorded: tuple[Entry, ...] = ()
        self.unknown: tuple[int, ...] = ()

    def __str__(self) -> str:
        said = [self.headline, f"reason: {self.reason}", f"file: {self.path}"]
        options = ""
        for words, option, states in _UNRECORDED:
            lines = sorted(each.line for each in self.unrecorded if each.state in states)
            if lines:
                said.append(f"{words}, and not written down: line {', '.join(map(str, lines))}")
                options += option and f" {option} {','.join(map(str, lines))}"
        if self.unknown:
            said.append(f"perhaps sent, and written down: line {', '.join(map(str, self.unknown))}")
        if self.cure or options:
            again = "run again" + (options and f" with{options}")
            said.append(f"to go on: {', and '.join(filter(None, [self.cure, again]))}")
        return "\n  ".join(said)


class JournalBusy(JournalError):
    """Another run has the journal open."""

    headline = "the journal is in use"


class JournalForeign(JournalError):
    """The file is no journal of ours; it was not changed."""

    headline = "not a journal"


class Journal:
    """Hold the journal at *path*, which nobody else can open until it is closed.

    Raises `JournalError`. `interrupted` says how many rows the run before left begun.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_open = False
        try:
            self._base = sqlite3.connect(path, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            raise _failure(path, error) from error
        try:
            with self._failing():
                self._begin()
        except BaseException:
            self._base.close()
            raise
        self._is_open = True

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have it. One that knows nothing is no journal: it is removed."""
        with suppress(sqlite3.Error):
            empty = not self._base.execute("SELECT EXISTS(SELECT 1 FROM mail)").fetchone()[0]
            if empty:  # while nobody else can have opened it
                self._base.execute("PRAGMA journal_mode = DELETE")
                with suppress(OSError):
                    os.remove(self.path)
        with suppress(sqlite3.Error):
            self._base.close()

    def entries(self, first: int, last: int) -> dict[int, Entry]:
        """Return what is known of the rows from *first* to *last*, by line."""
        known = "SELECT * FROM mail WHERE line BETWEEN ? AND ?"
        with self._failing():
            return {each[0]: _entry(each) for each in self._base.execute(known, (first, last))}

    def of(self, state: State) -> Iterator[Entry]:
        """Yield every row in *state*, in order."""
        with self._failing():
            known = "SELECT * FROM mail WHERE state = ? ORDER BY line"
            yield from map(_entry, self._base.execute(known, (state.value,)))

    def counts(self) -> dict[State, int]:
        """Return how many rows are in each state that there is."""
        with self._failing():
            found = self._base.execute("SELECT state, COUNT(*) FROM mail GROUP BY state")
            return {State(state): number for state, number in found}

    def record(self, entries: Sequence[Entry]) -> None:
        """Write down *entries*, all or none, over what was known of these rows; waiting ones are forgotten."""
        now = time.time()
        written = [each for each in entries if each.state is not State.WAITING]
        with self._failing(), self._transaction():
            self._base.executemany(
                "INSERT OR REPLACE INTO mail VALUES (?, ?, ?, ?, ?, ?)",
                [(*each[:2], each[2].value, *each[3:], now) for each in written],
            )
            self._base.executemany(
                "DELETE FROM mail WHERE line = ?",
                [(each.line,) for each in entries if each.state is State.WAITING],
            )

    def decide(self, lines: Iterable[int] | None, state: State) -> list[int]:
        """Put the unknown rows at *lines*, or all, into *state*; return the lines of which nothing is unknown."""
        unknown = {each.line: each for each in self.of(State.UNKNOWN)}
        chosen = list(unknown) if lines is None else list(lines)
        strange = [line for line in chosen if line not in unknown]
        if not strange:
            self.record([unknown[line]._replace(state=state) for line in chosen])
        return strange

    def about(self, name: str, value: str) -> str | None:
        """Remember *value* under *name*, and return what was remembered before."""
        with self._failing(), self._transaction():
            before = self._base.execute("SELECT value FROM about WHERE name = ?", (name,))
            found = before.fetchone()
            self._base.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))
        return None if found is None else str(found[0])

    # How it is kept.

    def _begin(self) -> None:
        base = self._base
        base.execute("PRAGMA locking_mode = EXCLUSIVE")
        base.execute("BEGIN EXCLUSIVE")  # from here on it is ours, until it is closed
        ours, version = (base.execute(f"PRAGMA {name}").fetchone()[0] for name in _HEADER)
        empty = not base.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if (ours, version) != (ID, VERSION) and not (empty and ours == version == 0):
            raise JournalForeign(self.path, f"application id {ours}, version {version}")
        base.execute("COMMIT")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            for statement in _TABLES:
                base.execute(statement)
            base.execute("INSERT OR IGNORE INTO about VALUES ('name', ?)", (secrets.token_hex(6),))
            self.interrupted = base.execute(
                "UPDATE mail SET state = ?, reply = ? WHERE state = ?",
                (State.UNKNOWN.value, INTERRUPTED, State.BEGUN.value),
            ).rowcount
        self.name = str(base.execute("SELECT value FROM about WHERE name = 'name'").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Generator[None, None, None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:
                with suppress(sqlite3.Error):
                    self._base.execute("ROLLBACK")
            raise

    @contextmanager
    def _failing(self) -> Generator[None, None, None]:
        """Say what SQLite says as a `JournalError`; what cannot be written can perhaps be read."""
        try:
            yield
        except sqlite3.Error as error:
            failure = _failure(self.path, error)
            # What is begun before it is open was begun by another run.
            states = State.UNKNOWN.value, (State.UNKNOWN if self._is_open else State.BEGUN).value
            with suppress(sqlite3.Error):
                known = "SELECT line FROM mail WHERE state IN (?, ?) ORDER BY line"
                failure.unknown = tuple(line for (line,) in self._base.execute(known, states))
            raise failure from error


def _failure(path: Path, error: sqlite3.Error) -> JournalError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return JournalBusy(path, "another run has it open")
    if code == sqlite3.SQLITE_NOTADB:
        return JournalForeign(path, str(error))
    return JournalError(path, str(error), _CURES.get(code))


def _entry(row: tuple[int, bytes, str, str | None, str | None, float]) -> Entry:
    return Entry(row[0], row[1], State(row[2]), row[3], row[4])


ID, VERSION = 0x6E736D74, 1
_CURES = {
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "look whether its disk is full, over quota or broken",
}
_UNRECORDED = (
    ("sent", "--assume-sent", {State.SENT}),
    ("not sent", "--retry-unknown", {State.REFUSED, State.LATER, State.WAITING}),
    ("perhaps sent", "", {State.UNKNOWN}),
)
INTERRUPTED = "begun, and the run ended before the server's verdict"
_HEADER = ("application_id", "user_version")
_TABLES = (
    "CREATE TABLE IF NOT EXISTS mail (line INTEGER PRIMARY KEY, digest BLOB NOT NULL, state TEXT NOT NULL,"
    " queue_id TEXT, reply TEXT, at REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS undecided ON mail (line) WHERE state = 'unknown'",
    f"PRAGMA application_id = {ID}",
    f"PRAGMA user_version = {VERSION}",
)
