"""Send mails over several connections at once, from any number of threads.

::

    with Pool("mail.example.org", connections=20, auth_user="me", auth_passwd=password) as pool:
        pool.send(message)
        for result in pool.send_all(messages):
            ...
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, Unpack

from ._drive import at_once
from ._pool import ClientOptions, Turn
from ._pool_core import MemberCore, PoolCore
from ._pool_run import Order, RunCore
from ._streams import Carrier, Streams, discard
from .client import Client
from .core.envelope import SendResult
from .message import Envelope, Message, Text
from .parameters import inheriting
from .smtp import Address, Addressee

__all__ = ["Pool"]


class Pool(PoolCore["_Member"]):
    """Send mails over up to *connections* connections to one server, from any thread.

    *host*, *port* and *client* are those of `netsmtp.Client`, and so are results and errors. A
    connection is opened when there is something to send and none is free: the first alone, others
    beside each other once one has succeeded, so that a server that is down or takes no password is
    asked once. One that nobody has used for *idle* seconds is closed.

    Where the server lets no more be opened while others serve, mails go over those, and more are
    tried later. A process that was forked begins with no connections; it cannot go on with results
    of `send_all` that its parent began. *connect*, *observer*, *end_of_message* and the lines of
    messages are called in several threads.
    """

    _new_lock = threading.Lock

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        connections: int = 10,
        idle: float | None = 60.0,
        **client: Unpack[ClientOptions],
    ) -> None:
        def make() -> _Member:
            return _Member(host, port, **client)

        super().__init__(make, connections, idle)
        _pools.add(self)

    def _begin(self) -> None:
        super()._begin()
        self._closing = threading.Lock()
        self._timer: threading.Timer | None = None

    def send(
        self,
        message: Text,
        sender: Address | None = None,
        recipients: Iterable[Addressee] | None = None,
        *,
        header: str | bytes | None = None,
    ) -> SendResult:
        """Send one *message* and return how it was taken; see `netsmtp.Client.send`.

        It waits for a connection where all are in use, no longer than the deadline in total.
        """
        return at_once(self._send(Envelope(message, sender, recipients, header)))

    def send_all(self, messages: Iterable[Text | Envelope]) -> Iterator[SendResult]:
        """Send *messages* and yield how each was taken: one result for each, in their order.

        They are taken in the caller's thread, a few for each connection ahead of the results, and
        sent side by side, in any order. All else is as with `netsmtp.Client.send_all`. Who stops
        asking waits until what is under way is sent, and the rest is not; an interruption waits for
        nothing, and nothing more is written.
        """
        run = _Run(self)
        source, failure, more = iter(messages), None, True
        ahead: deque[Order] = deque()
        try:
            while more or ahead:
                while more and len(ahead) < run.most:
                    try:
                        ahead.append(run.order(next(source)))
                    except StopIteration:
                        more = False
                    except Exception as error:  # noqa: BLE001 - raised when those before are told of
                        more, failure = False, error
                    if ahead and ahead[0].turn.done:
                        break  # a slow source keeps nobody waiting
                if ahead:
                    yield run.outcome(ahead.popleft())
        except (Exception, GeneratorExit):
            raise
        except BaseException:
            run.cut()
            raise
        finally:
            run.end()
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Wait for what is under way, say QUIT and close all connections. It can be used again."""
        with self._closing:
            self._no_timer()
            at_once(self._close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close in order, or at once where the block was interrupted."""
        if error is None or isinstance(error, Exception):
            self.close()
        else:
            self._no_timer()
            self._drop_all()

    # How it waits.

    def new_turn(self) -> Turn[Any]:
        return _Turn()

    async def _together(self, coroutines: list[Coroutine[Any, Any, None]]) -> None:
        threads = [
            threading.Thread(target=at_once, args=(each,), daemon=True) for each in coroutines
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _watch(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, lambda: at_once(self._close_idle()))
        self._timer.daemon = True
        self._timer.start()

    def _no_timer(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer, self._watching = None, False

    def begin_anew(self) -> None:
        """Leave to the process that this one was forked from what is its own."""
        for run in self.runs:
            run.theirs = True
        for member in (*self.places.taken, *self.places.free):
            member.forget()
        self._begin()


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _all_begin_anew() -> None:
    for pool in tuple(_pools):
        pool.begin_anew()


if hasattr(os, "register_at_fork"):  # not on every system
    os.register_at_fork(after_in_child=_all_begin_anew)


class _Run(RunCore["_Member"]):
    """Send the mails of one `send_all` by threads."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._work_as_here = inheriting(self._work_until_cut)

    def order(self, message: Message | Envelope) -> Order:
        """Have *message* sent when it is its turn."""
        order = Order(message, self.pool.new_turn())
        self._put(order)
        if self.workers < self.pool.places.connections and not self._orders.empty():
            self.workers += 1
            thread = threading.Thread(target=self._work_as_here, daemon=True)
            self._threads.append(thread)
            thread.start()
        return order

    def outcome(self, order: Order) -> SendResult:
        """Wait for what became of *order*. Raises `RuntimeError` in a process that was forked since."""
        if self.theirs:
            raise RuntimeError("send_all was begun by the process that this one was forked from")
        at_once(order.turn.wait(None))
        return order.outcome()

    def end(self) -> None:
        """Send nothing more, and wait for what is under way unless that is cut."""
        if self.theirs:
            return
        cut, self._over = self._over, True
        for _ in self._threads:
            self._orders.put(None)
        try:
            if not cut:
                for thread in self._threads:
                    thread.join()
        except BaseException:
            self.cut()
            raise
        finally:
            self.pool.runs.discard(self)

    def cut(self) -> None:
        self._over = True
        for member in self.pool.taken():
            if member.run is self:
                member.cut = True

    async def _next(self) -> Order | None:
        return self._orders.get()

    def _put(self, order: Order) -> None:
        self._orders.put(order)

    def _there(self) -> Order | None:
        try:
            order = self._orders.get_nowait()
        except Empty:
            return None
        if order is None:
            self._orders.put(None)  # it is for who waits
        return order

    async def _serve(self, member: _Member, orders: deque[Order]) -> None:
        member.run, member.cut = self, self._over
        try:
            await super()._serve(member, orders)
        finally:
            member.run, member.cut = None, False

    def _work_until_cut(self) -> None:
        with suppress(BaseException):  # it is told where the result is asked for
            at_once(self._work())


class _Turn:
    """Let one thread wait until another delivers something."""

    __slots__ = ("_lock", "given")

    def __init__(self) -> None:
        self.given: Any = None
        self._lock = threading.Lock()
        self._lock.acquire()

    @property
    def done(self) -> bool:
        return not self._lock.locked()

    def deliver(self, value: Any) -> None:
        self.given = value
        self._lock.release()

    async def wait(self, end: float | None) -> None:
        seconds = -1 if end is None else max(0.0, end - time.monotonic())
        if not self._lock.acquire(timeout=seconds):
            raise TimeoutError
        self._lock.release()


class _Member(MemberCore, Client):
    """A client of the pool, which can be kept from writing by another thread."""

    run: _Run | None = None
    cut = False
    _carrier: Carrier | None = None

    def forget(self) -> None:
        """Give up a connection that is another process's, without a word to the server."""
        if self._carrier is not None:
            discard(self._carrier.streams)

    async def _connect(self, seconds: float | None) -> Carrier:
        return self._cuttable(await super()._connect(seconds))

    async def _encrypt(self, carrier: Carrier, seconds: float | None) -> Carrier:
        bare = carrier.carrier if isinstance(carrier, _Cuttable) else carrier
        return self._cuttable(await super()._encrypt(bare, seconds))

    def _cuttable(self, carrier: Carrier) -> Carrier:
        self._carrier = _Cuttable(carrier, self)
        return self._carrier


class _Cuttable:
    """Carry bytes as *carrier* does, but none for a member that is cut off."""

    def __init__(self, carrier: Carrier, member: _Member) -> None:
        self.encrypted = carrier.encrypted
        self.local = carrier.local
        self.read: Callable[..., Any] = carrier.read
        self.take = carrier.take
        self.poll = carrier.poll
        self.close = carrier.close
        self.abort = carrier.abort
        self.carrier = carrier
        self._member = member

    @property
    def streams(self) -> Streams:
        return self.carrier.streams

    def offer(self, data: memoryview) -> memoryview:
        self._check()
        return self.carrier.offer(data)

    async def write(self, data: memoryview, end: float | None) -> None:
        self._check()
        await self.carrier.write(data, end)

    def _check(self) -> None:
        if self._member.cut:
            raise _Cut


class _Cut(BaseException):
    """Raised where something would be written for a run that was interrupted."""
