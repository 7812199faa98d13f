"""Lead the happy path over a transport, and hand over to a driver where it ends.

The driver then does all of it again, over a transport that tells what came of each step instead of
taking it. So whatever happens on the way, a refusal, a lost connection, a deadline, Ctrl-C, is dealt
with in one place, as if there had been no other way.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from ._drive import Clock, Transport
from .core.stages import Stage
from .core.straight import Path

T = TypeVar("T")
NOTHING = memoryview(b"")
LF = ord("\n")


class StraightTransport(Generic[T]):
    """Lead *path* over *carrier*, and be the transport of who has to go on behind it.

    Something was *written* before, and *heard*, that is part of what the path is about.
    """

    def __init__(
        self,
        path: Path[T] | None,
        carrier: Transport,
        clock: Clock,
        *,
        written: bool = False,
        heard: bytes = b"",
    ) -> None:
        self._path = path
        self._asked: tuple[bytes | None, Stage] | None = None  # what the path asked for last
        self._carrier = carrier
        self._clock = clock
        # What was done, to be told.
        self._written = int(written)
        self._heard = deque([memoryview(heard)] if heard else [])
        self._polled = False  # for the next write
        self._early: memoryview | None = None  # what came before it
        self._failure: BaseException | None = None
        self._end: float | None = None  # of the wait for the rest of a line

    async def lead(self) -> T | None:
        """Return what the path does.

        If that is None, a driver has to go on over this transport: there, what was raised is raised.
        """
        return await self._go(to_wait=True)

    async def begin(self) -> None:
        """Do what has not to wait for the other side. Raises only what is no `Exception`."""
        await self._go(to_wait=False)

    async def _go(self, *, to_wait: bool) -> T | None:
        path, carrier = self._path, self._carrier
        if path is None:
            return None
        try:
            data, stage = self._asked or next(path)
            while True:
                if data:
                    self._polled = False
                    self._early = carrier.poll()
                    if self._early is not None:
                        self._path = None
                        return None
                    self._polled = True
                    rest = carrier.offer(memoryview(data))
                    if rest:
                        in_time = Stage.BODY if stage is Stage.VERDICT else stage
                        await carrier.write(rest, self._clock.end_of(in_time))
                    self._written += 1
                elif data is None:
                    await carrier.close()
                    path.send(NOTHING)
                if not to_wait:
                    self._asked = b"", stage
                    return None
                found = carrier.take()
                if found is None:
                    self._end = self._clock.end_of(stage)
                    found = self._ended(await carrier.read(self._end))
                self._heard.append(found)
                data, stage = path.send(found)
        except StopIteration as stop:
            result: T | None = stop.value
            return result
        except BaseException as failure:
            self._path, self._failure = None, failure
            if to_wait or isinstance(failure, Exception):
                return None  # it is raised again, by what it was raised by
            raise

    # A transport that tells what was done, and then is the real one.

    @property
    def encrypted(self) -> bool:
        return self._carrier.encrypted

    @property
    def local(self) -> bool:
        return self._carrier.local

    def poll(self) -> memoryview | None:
        if self._written or (self._failure is not None and self._polled):
            return None
        self._fail()
        early, self._early = self._early, None
        return self._carrier.poll() if early is None else early

    def offer(self, data: memoryview) -> memoryview:
        if self._written:
            self._written -= 1
            return data[:0]
        self._fail()
        self._end = None
        return self._carrier.offer(data)

    async def write(self, data: memoryview, end: float | None) -> None:
        await self._carrier.write(data, end)

    def take(self) -> memoryview | None:
        if self._heard:
            return self._heard.popleft()
        self._fail()
        found = self._carrier.take()
        return found if found is None or self._end is None else self._ended(found)

    async def read(self, end: float | None) -> memoryview:
        if self._end is not None and (end is None or self._end < end):
            end = self._end
        return self._ended(await self._carrier.read(end))

    async def close(self) -> None:
        self._fail()
        await self._carrier.close()

    def abort(self) -> None:
        self._carrier.abort()

    def past(self) -> Transport:
        """Return what a session is to go on over that did not come to a failure; raises that."""
        self._fail()
        return self._carrier

    def _fail(self) -> None:
        """Raise, once, what is to be raised when all else has been told."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _ended(self, found: memoryview) -> memoryview:
        """Return what was *found*; the wait is over if that is the end of a line."""
        if found and found[-1] == LF:
            self._end = None
        return found
