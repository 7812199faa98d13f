"""Send mails over several connections: what both pools do, written in coroutines.

With threads the coroutines never wait, as in `_drive`: what they wait for, they wait for by blocking.

A pool lends *members*, which are clients, each to one sender at a time.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, cast

from ._client import ClientCore
from ._connection import Connection, Job
from ._pool import TRIES, Door, Places, PoolClock, Turn
from .core.envelope import SendResult
from .core.stages import Stage
from .errors import SmtpError, SmtpTimeout
from .message import Envelope


class MemberCore(ClientCore):
    """A client of a pool, which opens connections when the others let it."""

    pool: PoolCore[Any]

    def enrol(self, pool: PoolCore[Any]) -> None:
        """Become a member of *pool*."""
        self.pool = pool
        self.since = 0.0
        self.refused = False
        """Whether the last mail had no connection that it could have been sent over."""
        self.tried = False
        """Whether that was found out by trying to open one."""
        self._clock: PoolClock = PoolClock(self.options.deadlines)

    @property
    def connected(self) -> bool:
        return self._connection is not None

    @property
    def hopeless(self) -> SmtpError | None:
        """Return why no connection can be opened, if that is known."""
        return self._hopeless

    def begin(self, hopeless: SmtpError | None = None, waited: float = 0.0) -> None:
        """Begin to be used by another, who may know that it is *hopeless*, and has *waited* already."""
        self._hopeless = hopeless
        self._clock.waited = waited

    def checked(self, envelope: Envelope) -> Job:
        """Check what is to be sent. Raises `InputError` or `TypeError`."""
        return self._job(envelope)

    async def outcome(self, job: Job) -> SendResult:
        """Send *job*, and return what became of it."""
        self.refused = self.tried = False
        if job.result is not None:
            return job.result
        if job not in self._jobs:
            self._jobs.append(job)
        try:
            return await self._settle(job)
        except BaseException:
            self.take_back(job)
            raise

    async def leave(self) -> None:
        """Say QUIT and close the connection."""
        await self._leave()

    def drop(self) -> None:
        """End the connection at once."""
        self._drop()

    def _charge_opening(self, error: SmtpError) -> None:
        self.refused = True
        super()._charge_opening(error)

    async def _open(self) -> Connection:
        await self.pool.enter(self._clock.ends)
        self.tried = True
        failed: BaseException | None = None
        try:
            return await super()._open()
        except BaseException as error:
            failed = error
            raise
        finally:
            self.pool.left(failed)


M = TypeVar("M", bound=MemberCore)
T = TypeVar("T")


class Run(Protocol):
    """One `send_all` under way."""

    theirs: bool
    """Whether this process was forked from the one that has its workers."""

    def cut(self) -> None:
        """Write nothing more, and wait for nothing."""
        ...


class PoolCore(Generic[M]):
    """Lend members to senders; *make* makes one."""

    def __init__(self, make: Callable[[], M], connections: int, idle: float | None) -> None:
        self._make = make
        self._connections = connections
        self._idle = idle
        self._begin()

    def _begin(self) -> None:
        """Begin without connections."""
        self.places: Places[M] = Places(self._enrolled, self._connections, self._idle)
        self.example = self._enrolled()  # what cannot work is refused at once
        self.runs: set[Run] = set()
        self._door = Door()
        self._empty: Turn[None] | None = None
        self._lock = self._new_lock()
        self._watching = False

    def _enrolled(self) -> M:
        member = self._make()
        member.enrol(self)
        return member

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} of {self._connections}: {self.example!r}>"

    # What depends on the kind of input and output.

    _new_lock: Callable[[], AbstractContextManager[Any]]
    """Makes what keeps threads apart where they look at what they share."""

    @abstractmethod
    def new_turn(self) -> Turn[Any]:
        """Make what one sender waits by."""

    @abstractmethod
    async def _together(self, coroutines: list[Coroutine[Any, Any, None]]) -> None:
        """Run all of *coroutines* side by side to their ends."""

    @abstractmethod
    def _watch(self, seconds: float) -> None:
        """Have `_close_idle` run in so many *seconds*."""

    # Sending.

    async def _send(self, envelope: Envelope) -> SendResult:
        """Send one mail, over whatever connection there is. Raises what was in its way."""
        begun = time.monotonic()
        job = self.example.checked(envelope)
        total = self.example.options.deadlines.total
        end = None if total is None else begun + total
        tries = 0
        while True:
            member = await self.take(end)
            try:
                member.begin(waited=time.monotonic() - begun)
                result = await member.outcome(job)
                tries += member.tried
                again = member.refused and tries < TRIES and self.refused()
            finally:
                self.give(member)
            if not again:
                return result.check()
            job = Job(job.mail)

    async def _close(self) -> None:
        """Wait until nothing is under way, and leave all connections in order."""
        places = self.places
        with self._lock:
            places.held = True
            turn = self._empty = self.new_turn() if places.taken else None
        try:
            if turn is not None:
                await turn.wait(None)
            await self._together([member.leave() for member in places.free if member.connected])
        finally:
            with self._lock:
                places.held = False
                places.serve()

    def _drop_all(self) -> None:
        """End everything at once."""
        for run in tuple(self.runs):
            run.cut()
        with self._lock:
            for member in self.places.free:
                member.drop()

    def taken(self) -> list[M]:
        """Return the members that somebody uses."""
        with self._lock:
            return list(self.places.taken)

    # Lending.

    async def take(self, end: float | None = None, purpose: object = None) -> M:
        """Return a member that nobody else uses. Raises `SmtpTimeout` if there is none by *end*."""
        with self._lock:
            member = self.places.take()
            if member is not None:
                return member
            turn: Turn[M] = self.new_turn()
            waiting = (purpose, turn)
            self.places.waiting.append(waiting)

        def give_up() -> None:
            if turn.given is None:
                self.places.waiting.remove(waiting)
            else:
                self.places.give(turn.given)

        return await self._delivered(turn, end, give_up)

    def take_at_once(self) -> M | None:
        """Return a member that nobody else uses, None where the caller would have to wait."""
        with self._lock:
            return self.places.take()

    async def _delivered(
        self, turn: Turn[T], end: float | None, give_up: Callable[[], object]
    ) -> T:
        """Wait for what is delivered, and *give_up* if that does not go well."""
        try:
            await turn.wait(end)
        except BaseException as error:
            with self._lock:
                give_up()
            if isinstance(error, TimeoutError):
                raise SmtpTimeout("all connections were in use", stage=Stage.CONNECT) from None
            raise
        return cast("T", turn.given)

    def give(self, member: M) -> None:
        """Take *member* back."""
        with self._lock:
            self.places.give(member)
            if self._empty is not None and not self.places.taken:
                self._empty.deliver(None)
                self._empty = None
            self._mind_the_idle()

    def _mind_the_idle(self) -> None:
        """See to it that what is idle for too long will be closed."""
        seconds = None if self._watching else self.places.next_expiry()
        if seconds is not None:
            self._watching = True
            self._watch(seconds)

    async def _close_idle(self) -> None:
        """Close what is idle for too long."""
        with self._lock:
            self._watching = False
            expired = self.places.expired()
            self._mind_the_idle()
        try:
            await self._together([member.leave() for member in expired])
        finally:
            for member in expired:
                self.give(member)

    # Opening.

    async def enter(self, end: float | None) -> None:
        """Wait until the caller may open a connection.

        Raises how somebody else failed if that says enough, and `SmtpTimeout` at *end*.
        """
        while True:
            with self._lock:
                if self._door.enter():
                    return
                turn: Turn[SmtpError | None] = self.new_turn()
                waiting = self._door.waiting
                waiting.append(turn)
            error = await self._delivered(turn, end, partial(_without, waiting, turn))
            if error is not None and (not error.transient or self.serving()):
                raise error.with_traceback(None)

    def left(self, error: BaseException | None) -> None:
        """Take note of how an opening ended: by *error*, or well."""
        with self._lock:
            self._door.leave(error)
            if error is None:
                self.places.opened()

    def serving(self) -> int:
        """Return how many connections there are."""
        with self._lock:
            return self.places.serving()

    def refused(self) -> bool:
        """Tell whether other connections serve, though no more can be opened."""
        with self._lock:
            return self.places.refused()


def _without(waiting: list[Turn[T]], turn: Turn[T]) -> None:
    """Take *turn* off those who wait, if it still does."""
    if turn in waiting:
        waiting.remove(turn)
