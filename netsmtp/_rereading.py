"""Read the lines of a message a second time, also those that come from an iterator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from netsmtp._calls import Call
from netsmtp.smtp import Line


class Rereading:
    """A *call* that can be made again: what it reads only once is kept, up to *keep* characters.

    `call` is what to make. `again` tells whether all that was read of the lines is still there.
    """

    def __init__(self, call: Call, keep: float = math.inf) -> None:
        recipients, lines = call["recipients"], call["message_lines"]
        self._lines: _Kept | None = None
        if _read_once(recipients):
            call = call.but(recipients=list(recipients))
        if _read_once(lines):
            self._lines = _Kept(lines, keep)
            call = call.but(message_lines=self._lines)
        self.call = call

    @property
    def again(self) -> bool:
        return self._lines is None or self._lines.complete


class _Kept(Iterable[Line]):
    """Lines of an iterator; each `iter` begins with the first of them, as long as `complete`."""

    def __init__(self, lines: Iterator[Any], keep: float) -> None:
        self.complete = True
        self._rest = lines
        self._read: list[Line] = []
        self._left = keep

    def __iter__(self) -> Iterator[Line]:
        yield from self._read
        for line in self._rest:
            # What is no line is refused further on.
            self._left -= len(line) if isinstance(line, str | bytes) else 0
            if self._left < 0:
                self.complete = False
                self._read.clear()
            else:
                self._read.append(line)
            yield line


def _read_once(given: object) -> TypeGuard[Iterator[Any]]:
    return isinstance(given, Iterator)
