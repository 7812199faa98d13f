"""Say of each row of a file what is left to do for it, going by the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from netsmtp._many import rows
from netsmtp._many.journal import Entry, Journal, State
from netsmtp._many.lanes import Task
from netsmtp._many.mails import Maker
from netsmtp._many.rows import Row
from netsmtp.cli.letter import LetterError

PAGE = 512
"""How many rows are looked up in the journal at once."""
SETTLED = (State.SENT, State.UNKNOWN)
"""What must not be sent again, and of which the file must therefore still say the same."""


class RowsError(Exception):
    """Rows from which no mail can be made, or that changed after they were sent; *problems* has every one."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__(path, problems)
        self.path, self.problems = path, problems

    def __str__(self) -> str:
        return "\n  ".join(["some rows cannot be sent", f"file: {self.path}", *self.problems])


class Visited(NamedTuple):
    """Hold a *row*, its *digest*, what the journal has of it, and whether it is *open*: still to be sent."""

    row: Row
    digest: bytes
    entry: Entry | None
    open: bool


@dataclass
class Survey:
    """Count what a pass over the file found: *total* rows, how many are *open*, and the *first* of these."""

    total: int = 0
    open: int = 0
    first: Row | None = None
    problems: list[str] = field(default_factory=list[str])


class Plan:
    """Go through the rows of the file at *path* with a *journal*, if there is one yet."""

    def __init__(self, path: Path, maker: Maker, journal: Journal | None) -> None:
        self.path = path
        self.maker = maker
        self.journal = journal

    def visit(self) -> Iterator[Visited]:
        """Yield every row with what is known of it. Raises `OSError` or `JournalError`."""
        every = rows.read(self.path)
        while page := list(islice(every, PAGE)):
            known = self.journal.entries(page[0].line, page[-1].line) if self.journal else {}
            for row in page:
                entry = known.get(row.line)
                digest = self.maker.digest(row)
                yield Visited(row, digest, entry, _is_open(entry, digest))

    def survey(self, *, check: bool) -> Survey:
        """Count the rows, and with *check* find everything that is wrong with them."""
        found, matched = Survey(), 0
        for each in self.visit():
            found.total += 1
            matched += each.entry is not None and each.entry.state in SETTLED
            if _is_changed(each):
                found.problems.append(_changed(each))
            elif each.open:
                found.open += 1
                found.first = found.first or each.row
                if check:
                    found.problems += self._problems(each.row)
        if self.journal is not None:
            counts = self.journal.counts()
            missing = sum(counts.get(state, 0) for state in SETTLED) - matched
            if missing:
                found.problems.append(f"rows that were sent and are gone: {missing}")
        return found

    def tasks(self, limit: int | None = None) -> Iterator[Task | Entry]:
        """Yield what is to be sent, at most *limit* mails; a row of which no mail can be made is refused.

        Raises `RowsError` at a row that was sent and says something else now.
        """
        left = limit
        assert self.journal is not None
        for each in self.visit():
            if left == 0:
                return
            if _is_changed(each):
                raise RowsError(self.path, [_changed(each)])
            if not each.open:
                continue
            try:
                made = self.maker.letter(
                    each.row, message_id(self.journal, each.row.line, each.digest)
                )
            except LetterError as error:
                reason = "; ".join(error.problems)
                yield Entry(each.row.line, each.digest, State.REFUSED, None, reason)
                continue
            yield Task(each.row.line, each.digest, made)
            left = None if left is None else left - 1

    def _problems(self, row: Row) -> list[str]:
        try:
            self.maker.check(row)
        except LetterError as error:
            return [f"line {row.line}: {problem}" for problem in error.problems]
        return []


def message_id(journal: Journal, line: int, digest: bytes) -> str:
    """Return what stands before the ``@`` of a row's Message-ID: the same however often it is sent."""
    return f"{line}.{digest.hex()[:12]}.{journal.name}"


def _is_open(entry: Entry | None, digest: bytes) -> bool:
    if entry is None or entry.state is State.LATER:
        return True
    return entry.state is State.REFUSED and entry.digest != digest


def _is_changed(each: Visited) -> bool:
    entry = each.entry
    return entry is not None and entry.state in SETTLED and entry.digest != each.digest


def _changed(each: Visited) -> str:
    assert each.entry is not None
    fate = "sent" if each.entry.state is State.SENT else "perhaps sent"
    return f"line {each.row.line}: changed since it was {fate}"
