"""Carry bytes over a pair of binary streams, a reader and a writer: Racket's ports.

What stands on a socket is `_transport`'s; this is for every other pair, in memory, of pipes, or
written by the caller.
"""

from __future__ import annotations

import contextlib
import math
import select
import time
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol, TypeAlias, cast

from ._drive import Transport, left

Streams: TypeAlias = tuple[BinaryIO, BinaryIO]
CHUNK = 64 * 1024


class Carrier(Transport, Protocol):
    """Carry bytes over streams, in calls that do not return before they are done."""

    @property
    def streams(self) -> Streams:
        """Return the reader and the writer."""
        ...


class StreamTransport:
    """Carry bytes over any pair of binary streams."""

    def __init__(self, every: tuple[Streams, ...]) -> None:
        self.streams = every[0]
        self._every = every
        self._reader, self._writer = self.streams
        self.encrypted = bool(getattr(self._reader, "encrypted", False))
        self.local = bool(getattr(self._reader, "local", False))

    async def read(self, end: float | None) -> memoryview:
        if not self._ready(left(end)):
            raise TimeoutError
        return memoryview(_read_some(self._reader))

    def take(self) -> memoryview | None:
        return self.poll()

    def poll(self) -> memoryview | None:
        return memoryview(_read_some(self._reader)) if self._ready(0, default=False) else None

    def offer(self, data: memoryview) -> memoryview:
        self._writer.write(data.tobytes())
        self._writer.flush()
        return data[:0]

    async def write(self, data: memoryview, end: float | None) -> None:
        self.offer(data)

    async def close(self) -> None:
        close(self.streams)
        self.abort()

    def abort(self) -> None:
        for streams in self._every:
            discard(streams)

    def _ready(self, seconds: float | None, *, default: bool = True) -> bool:
        """Wait until there is something to read; *default* where that cannot be known."""
        poll = getattr(self._reader, "ready", None)  # in-memory streams know
        if poll is not None:
            return bool(poll())
        try:
            readable, _, _ = select.select([self._reader.fileno()], [], [], seconds)
        except (OSError, ValueError, AttributeError):
            return default
        return bool(readable)


class Waiter:
    """Wait until what has a file descriptor can be read or written."""

    __slots__ = ("_file", "_poll", "_writing")

    def __init__(self, file: Any, *, writing: bool) -> None:
        self._file = file
        self._writing = writing
        if hasattr(select, "poll"):  # not on every system
            poll = select.poll()
            poll.register(file, select.POLLOUT if writing else select.POLLIN)
            self._poll: Callable[[float | None], object] = poll.poll
        else:
            self._poll = self._select

    def now(self) -> bool:
        """Tell whether it can at once."""
        return bool(self._poll(0))

    def wait(self, end: float | None) -> None:
        """Return when it can. Raises `TimeoutError` at the time *end*."""
        milliseconds = None if end is None else math.ceil((end - time.monotonic()) * 1000)
        if (milliseconds is not None and milliseconds <= 0) or not self._poll(milliseconds):
            raise TimeoutError

    def _select(self, milliseconds: float | None) -> bool:
        able = [self._file]
        reading, writing = ([], able) if self._writing else (able, [])
        seconds = None if milliseconds is None else milliseconds / 1000
        return any(select.select(reading, writing, [], seconds))


def _read_some(reader: BinaryIO) -> bytes:
    """Read what is there, waiting only if there is nothing."""
    read1: Any = getattr(reader, "read1", None)
    if read1 is not None:
        return cast(bytes, read1(CHUNK))
    return reader.read(CHUNK) or b""


def close(streams: Streams) -> None:
    for stream in reversed(streams):
        with contextlib.suppress(OSError, ValueError):
            stream.close()


def discard(streams: Streams) -> None:
    """Close *streams* without sending what their buffers hold."""
    for stream in reversed(streams):
        with contextlib.suppress(OSError, ValueError):
            getattr(stream, "raw", stream).close()
    close(streams)
