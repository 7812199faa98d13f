"""Hold what has arrived, and wait for a future until a time: what both transports of this package do."""

from __future__ import annotations

import asyncio
import math
import time

LOOK = 10.0
"""How many seconds, at most, until a connection looks whether the time of its wait is over."""


class Waiting:
    """Hold what arrives; wait for one future at a time, by a timer that runs on from wait to wait.

    A timer for each wait would cost more than most waits. This one is set for a time before which
    hardly any deadline ends, looks then how late it is, and is not touched in between.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._arrived: list[bytes] = []
        self._ended = False
        self._error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._end: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._look_at = math.inf

    def _held(self) -> memoryview | None:
        """Return what has arrived and is not given out yet, or that the stream has ended."""
        if self._arrived:
            data = self._arrived[0] if len(self._arrived) == 1 else b"".join(self._arrived)
            self._arrived.clear()
            return memoryview(data)
        if self._error is not None:
            raise self._error
        return memoryview(b"") if self._ended else None

    async def _until(self, future: asyncio.Future[None], end: float | None) -> None:
        """Wait for *future*. Raises `TimeoutError` at the time *end*."""
        self._waiting, self._end = future, end
        if end is not None and end < self._look_at:
            self._watch(end)
        try:
            await future
        finally:
            self._waiting = None

    def _watch(self, end: float) -> None:
        """Look at the wait under way at the time *end*, or before."""
        if self._timer is not None:
            self._timer.cancel()
        now = time.monotonic()
        self._look_at = min(end, now + LOOK)
        self._timer = self._loop.call_later(max(self._look_at - now, 0), self._look)

    def _look(self) -> None:
        """End the wait under way if its time is over, otherwise look again later."""
        self._unwatch()
        if self._waiting is None or self._waiting.done() or self._end is None:
            return
        if self._end <= time.monotonic():
            self._waiting.set_exception(TimeoutError())
        else:
            self._watch(self._end)

    def _unwatch(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._look_at = None, math.inf


def wake(future: asyncio.Future[None] | None) -> None:
    """Let who waits for *future* go on, if anybody does."""
    if future is not None and not future.done():
        future.set_result(None)
