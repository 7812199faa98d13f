"""Decide who of a pool uses which connection, and who opens one: the part that waits for nobody.

`netsmtp.Pool` and `netsmtp.aio.Pool` are this, with a way to wait. Every procedure here is short and
runs under the lock of the pool, if it has one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypedDict, TypeVar

from ._drive import Clock
from .core.events import Observer
from .core.secret import Secret
from .errors import SmtpError
from .options import Deadlines, Limits, Options, Security

if TYPE_CHECKING:
    import ssl

AHEAD = 4
"""How many mails are taken for each connection before the result of the first is asked for."""
TRIES = 3
"""How often a mail is passed on because no connection could be opened for it."""
PAUSES = 1.0, 60.0
"""After how many seconds more connections are tried than the server let be opened: first, at most."""


class ClientOptions(TypedDict, total=False):
    """Name what a client takes besides host and port, for type checkers: see `netsmtp.Client`."""

    security: Security | None
    auth_user: str | None
    auth_passwd: str | Secret | None
    xoauth2: bool
    tls_context: ssl.SSLContext | None
    server_name: str | None
    local_name: str | None
    source_address: tuple[str, int] | None
    connect: Callable[[str, int], Any] | None
    end_of_message: Callable[[], Any] | None
    observer: Observer | None
    options: Options | None
    limits: Limits | None


class Member(Protocol):
    """A client of a pool: one connection, or none at the moment."""

    since: float
    """When it was last given back."""

    @property
    def connected(self) -> bool:
        """Tell whether it has a connection."""
        ...


M = TypeVar("M", bound=Member)
T = TypeVar("T")


class Turn(Protocol[T]):
    """Let one wait until another delivers something."""

    given: T | None

    @property
    def done(self) -> bool:
        """Tell whether it was delivered."""
        ...

    def deliver(self, value: T) -> None:
        """Give *value* to who waits."""
        ...

    async def wait(self, end: float | None) -> None:
        """Wait until it is delivered. Raises `TimeoutError` at the time *end*."""
        ...


class Places(Generic[M]):
    """Lend each member to one at a time, and to those who wait in their order.

    *make* makes another, up to *connections* of them.
    """

    def __init__(self, make: Callable[[], M], connections: int, idle: float | None) -> None:
        if connections < 1:
            raise ValueError(f"connections: expected at least 1, given {connections}")
        self.make = make
        self.connections = connections
        self.idle = idle
        self.free: deque[M] = deque()
        """Those that nobody uses: without a connection first, used last at the end."""
        self.taken: set[M] = set()
        self.waiting: deque[tuple[object, Turn[M]]] = deque()
        """Those who wait, and for what."""
        self.held = False
        """Whether nobody gets one at the moment, for all are to be closed."""
        self._allowed = connections
        self._until = 0.0
        self._pause = PAUSES[0]

    def wanted(self, purpose: object) -> bool:
        """Tell whether who has a member for some *purpose* should now give it back for another."""
        return self.held or any(other is not purpose for other, _ in self.waiting)

    def take(self) -> M | None:
        """Return a member, None where the caller has to wait."""
        return None if self.waiting else self._available()

    def give(self, member: M) -> None:
        """Take *member* back, and hand it to whoever waits."""
        self.taken.discard(member)
        member.since = time.monotonic()
        if member.connected:
            self.free.append(member)
        else:
            self.free.appendleft(member)
        self.serve()

    def serve(self) -> None:
        """Hand out what those who wait can have."""
        while self.waiting and (member := self._available()) is not None:
            _, turn = self.waiting.popleft()
            turn.deliver(member)

    def serving(self) -> int:
        """Return how many connections there are."""
        return sum(member.connected for member in [*self.taken, *self.free])

    def refused(self) -> bool:
        """Take it that the server lets no more connections be opened than there are.

        After a pause another is tried, and another after each that could be opened. Return False
        where there are none: then nothing is known.
        """
        serving = self.serving()
        if not serving:
            return False
        self._allowed = serving
        self._until = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, PAUSES[1])
        return True

    def opened(self) -> None:
        """Take it that the server lets connections be opened."""
        self._allowed = min(self._allowed + 1, self.connections)
        self._pause = PAUSES[0]

    def expired(self) -> list[M]:
        """Take those that were idle for too long, to be closed and given back."""
        if self.idle is None or self.held:
            return []
        before = time.monotonic() - self.idle
        found = [member for member in self.free if member.connected and member.since <= before]
        for member in found:
            self.free.remove(member)
            self.taken.add(member)
        return found

    def next_expiry(self) -> float | None:
        """Return in how many seconds a member will have been idle for too long."""
        connected = [member.since for member in self.free if member.connected]
        if self.idle is None or not connected:
            return None
        return max(min(connected) + self.idle - time.monotonic(), 0)

    def _available(self) -> M | None:
        if self.held or len(self.taken) >= self._capacity():
            return None
        member = self.free.pop() if self.free else self.make()
        self.taken.add(member)
        return member

    def _capacity(self) -> int:
        paused = time.monotonic() < self._until
        return self._allowed if paused else min(self._allowed + 1, self.connections)


class Door:
    """Let connections be opened side by side as long as that works, and otherwise one by one.

    So a server that is down, or takes no password, is asked by one, and not by all.
    """

    def __init__(self) -> None:
        self.wide = False
        """Whether the last opening went well."""
        self.busy = False
        """Whether somebody is opening where one by one is the rule."""
        self.waiting: list[Turn[SmtpError | None]] = []
        """Those who are told how the attempt of who is busy went."""

    def enter(self) -> bool:
        """Tell whether the caller may open a connection now."""
        if self.wide:
            return True
        if self.busy:
            return False
        self.busy = True
        return True

    def leave(self, error: BaseException | None) -> None:
        """Tell all who wait how an opening ended: by *error*, or well."""
        self.busy = False
        self.wide = error is None
        waiting, self.waiting = self.waiting, []
        for turn in waiting:
            turn.deliver(error if isinstance(error, SmtpError) else None)


class PoolClock(Clock):
    """A clock for mails that have *waited* some seconds for a connection."""

    __slots__ = ("waited",)

    def __init__(self, deadlines: Deadlines) -> None:
        self.waited = 0.0
        super().__init__(deadlines)

    def restart(self) -> None:
        super().restart()
        if self._ends is not None:
            self._ends -= self.waited
        self.waited = 0.0

    @property
    def ends(self) -> float | None:
        """Return when the send has to be over."""
        return self._ends
