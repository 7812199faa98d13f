"""Lead a session over a transport: do what it asks, in time, and always end the connection.

The driver is a coroutine, so that there is one for every kind of transport. Over one that blocks it
never waits, and `at_once` runs it to its end as a plain call.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, Protocol, TypeVar

from .core.actions import CallHook, Close, Fetch, Idle, Read, StartTls, Write
from .core.events import BodyProgress, Closed, CommandSent, Connected, Event
from .core.session import Session
from .core.stages import Stage
from .core.states import State
from .errors import ConnectionLost, SmtpError
from .options import Deadlines

T = TypeVar("T")
ACCEPTED = "the server had accepted the message"


class Transport(Protocol):
    """Carry bytes; every wait has an end.

    *end* is the time at which a whole call has to be over; None waits for ever. `TimeoutError` and
    other `OSError`s are the caller's. What is read or written may hold a secret: a memoryview does
    not show its bytes in a traceback.
    """

    @property
    def encrypted(self) -> bool:
        """Tell whether nobody in between can read along."""
        ...

    @property
    def local(self) -> bool:
        """Tell whether the other end is on this machine."""
        ...

    async def read(self, end: float | None) -> memoryview:
        """Wait for something to come and return it, empty at the end of the stream."""
        ...

    def take(self) -> memoryview | None:
        """Return what has come already, None if nothing has: for when something is expected."""
        ...

    def poll(self) -> memoryview | None:
        """Return what has come already, None if nothing has: for when nothing is expected."""
        ...

    def offer(self, data: memoryview) -> memoryview:
        """Write what can be written at once, and return the rest."""
        ...

    async def write(self, data: memoryview, end: float | None) -> None:
        """Write all of *data*."""
        ...

    async def close(self) -> None:
        """End the connection in order."""
        ...

    def abort(self) -> None:
        """End the connection at once, dropping what has not left this machine."""
        ...


class Way(Transport, Protocol):
    """Tell what was done over a transport by others, and then be that transport."""

    def past(self) -> Transport:
        """Return that transport. Raises what ended the others' work and has not been told yet."""
        ...


class Clock:
    """Count the seconds that a stage, and the whole send, have left."""

    __slots__ = ("_ends", "_of", "_total")

    def __init__(self, deadlines: Deadlines) -> None:
        self._of = deadlines.of
        self._total = deadlines.total
        self._ends: float | None = None
        self.restart()

    def restart(self) -> None:
        """Begin to count the whole send anew."""
        if self._total is not None:
            self._ends = time.monotonic() + self._total

    def end_of(self, stage: Stage) -> float | None:
        """Return when *stage*, beginning now, must be over."""
        seconds = self._of(stage)
        if seconds is None:
            return self._ends
        end = time.monotonic() + seconds
        return end if self._ends is None or end < self._ends else self._ends

    def left(self, stage: Stage) -> float | None:
        """Return the seconds that *stage*, beginning now, may take."""
        return left(self.end_of(stage))


def left(end: float | None) -> float | None:
    """Return the seconds until *end*."""
    return None if end is None else end - time.monotonic()


class Procedures(NamedTuple):
    """Hold what to call.

    *hook* before the final dot; *encrypt* to start TLS within so many seconds, given the transport
    in clear; *observe* whenever something happens.
    """

    hook: Callable[[], Awaitable[object]] | None
    encrypt: Callable[[Any, float | None], Awaitable[Transport]] | None
    observe: Callable[[Event], object] | None


class Driver:
    """Do what *session* asks for over *carrier*; *connected* is told first."""

    def __init__(
        self,
        session: Session,
        carrier: Transport,
        clock: Clock,
        procedures: Procedures,
        connected: Connected | None = None,
    ) -> None:
        self.session = session
        self.clock = clock
        self.over = False
        self.carrier = carrier
        self._procedures = procedures
        self._observe = procedures.observe
        self._connected = connected

    async def open(self, *, behind: Way | None = None) -> None:
        """Lead a session that has no mail yet to where it takes some. Raises `SmtpError`."""
        error = await self.lead(behind=behind)
        if error is not None:
            raise error
        if self.over:
            raise ConnectionLost("the server ended the connection", stage=Stage.GREETING)

    async def lead(self, *, to_result: bool = True, behind: Way | None = None) -> SmtpError | None:
        """Lead the session until it is idle or over, or *to_result*, until a mail's fate is known.

        Even then it writes what needs no waiting, so that the server has the next command while the
        caller looks at the result. Return the error that the session closes with. Whatever is raised
        here or in a procedure called from here ends the connection at once: a message whose final
        dot is not written yet is then never completed.

        *behind* a way that has ended it begins with what was done on that.
        """
        session = self.session
        turn = 0
        last: Read | None = None  # what was waited for in it
        end: float | None = None  # and until when
        try:
            if behind is not None:
                self.carrier = behind
            if self._connected is not None:
                self._tell(self._connected)
                self._connected = None
            while not (to_result and session.results and not session.has_more_to_say):
                action = session.next()
                if isinstance(action, Write):
                    if self._still_wanted():
                        await self._write(action)
                elif isinstance(action, Read):
                    try:
                        data = self.carrier.take()
                        if data is None:
                            if session.turn != turn or action is not last:
                                turn, last = session.turn, action
                                end = self.clock.end_of(action.stage)
                            data = await self.carrier.read(end)
                    except OSError as error:
                        session.lost(error)
                    else:
                        session.receive(data)
                elif isinstance(action, Idle):
                    break
                elif isinstance(action, Close):
                    self.over = True
                    await self.carrier.close()
                    self._tell(Closed(aborted=False))
                    return action.error
                else:
                    await self._do(action)
            if behind is not None:
                self.carrier = behind.past()
        except BaseException as interruption:
            self._note(interruption)
            session.interrupted()
            self.drop()
            raise
        return None

    def drop(self) -> None:
        """End the connection at once."""
        if not self.over:
            self.over = True
            self.carrier.abort()
            self._tell(Closed(aborted=True))

    async def _do(self, action: Fetch | CallHook | StartTls) -> None:
        """Do what is seldom asked for."""
        if isinstance(action, Fetch):
            await action.source.fetch()
        elif isinstance(action, CallHook):
            if self._procedures.hook is not None:
                await self._procedures.hook()
        else:
            assert self._procedures.encrypt is not None
            seconds = self.clock.left(Stage.TLS)
            self.carrier = await self._procedures.encrypt(self.carrier, seconds)
            self.session.encrypted()

    def _still_wanted(self) -> bool:
        """Tell whether the server has said nothing that keeps the next write from being done."""
        try:
            arrived = self.carrier.poll()
        except OSError as error:
            self.session.lost(error, begun=False)
            return False
        return arrived is None or self.session.early(arrived)

    async def _write(self, write: Write) -> None:
        try:
            rest = self.carrier.offer(memoryview(write.data))
            if rest:
                await self.carrier.write(rest, self.clock.end_of(write.stage))
        except OSError as error:
            if isinstance(error, SmtpError):
                raise  # what a server in this process has to say
            await self._last_words(error)
            return
        if self._observe is not None:
            if write.body:
                self._observe(BodyProgress(self.session.written, self.session.octets))
            for line in write.shows:
                self._observe(CommandSent(line, write.stage))

    async def _last_words(self, error: OSError) -> None:
        """Hear why the server stopped reading, before telling that it did."""
        session = self.session
        end = self.clock.end_of(Stage.FAREWELL)
        while arrived := await self._heard(end):
            session.early(arrived)
        session.lost(error, written=False)

    async def _heard(self, end: float | None) -> memoryview | None:
        try:
            return await self.carrier.read(end)
        except OSError as error:
            if isinstance(error, SmtpError):
                raise
            return None

    def _note(self, interruption: BaseException) -> None:
        """Say of an interruption what became of the mail, where that is not plain."""
        if self.session.results and self.session.results[-1]:
            interruption.add_note(ACCEPTED)
        elif self.session.state is State.VERDICT and not isinstance(interruption, SmtpError):
            interruption.add_note("the message was complete: it may have been delivered")

    def _tell(self, event: Event) -> None:
        if self._observe is not None:
            self._observe(event)


def at_once(waiting: Coroutine[Any, Any, T]) -> T:
    """Run *waiting*, which leads a session over a transport that blocks, as a plain call."""
    try:
        waiting.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise RuntimeError("a blocking transport that waits")  # pragma: no cover
