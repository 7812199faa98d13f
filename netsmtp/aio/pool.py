"""The asynchronous pool: `netsmtp.pool.Pool`, awaited."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Coroutine, Iterable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self, Unpack

from netsmtp._drive import left
from netsmtp._pool import ClientOptions, Turn
from netsmtp._pool_core import MemberCore, PoolCore
from netsmtp._pool_run import Order, RunCore
from netsmtp.aio.client import Client
from netsmtp.core.envelope import SendResult
from netsmtp.message import Envelope, Message
from netsmtp.smtp import Address, Addressee

__all__ = ["Pool", "Results"]


class Pool(PoolCore["_Member"]):
    """Send mails over up to *connections* connections to one server, from any task of one event loop.

    All else is as with `netsmtp.Pool`; *host*, *port* and *client* are those of `netsmtp.aio.Client`.
    A task that is cancelled closes the connection that it uses without the dot.
    """

    _new_lock = nullcontext

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

    def _begin(self) -> None:
        super()._begin()
        self._closing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._expiring: asyncio.Task[None] | None = None

    async def send(
        self,
        message: Message,
        sender: Address | None = None,
        recipients: Iterable[Addressee] | None = None,
        *,
        header: str | bytes | None = None,
    ) -> SendResult:
        """Send one *message* and return how it was taken; see `netsmtp.Pool.send`."""
        return await self._send(Envelope(message, sender, recipients, header))

    def send_all(
        self, messages: Iterable[Message | Envelope] | AsyncIterable[Message | Envelope]
    ) -> Results:
        """Send *messages* and yield how each was taken; see `netsmtp.Pool.send_all`.

        Who stops asking may `aclose` the results, to wait until what is under way is sent.
        """
        return Results(self, messages)

    async def close(self) -> None:
        """Wait for what is under way, say QUIT and close all connections. It can be used again."""
        async with self._closing:
            self._no_timer()
            await self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close in order, or at once where the block was interrupted."""
        if error is None or isinstance(error, Exception):
            await self.close()
        else:
            self._no_timer()
            self._drop_all()

    # How it waits.

    def new_turn(self) -> Turn[Any]:
        return _Turn()

    async def _together(self, coroutines: list[Coroutine[Any, Any, None]]) -> None:
        await asyncio.gather(*coroutines)

    def _watch(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)

    def _expire(self) -> None:
        self._expiring = asyncio.ensure_future(self._close_idle())

    def _no_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._watching = None, False


class Results(AsyncIterator[SendResult]):
    """The results of `Pool.send_all`, in the order of *messages*.

    It is no generator, for those are closed some time after they are forgotten, and by then the
    mails ahead would have been sent.
    """

    def __init__(
        self,
        pool: Pool,
        messages: Iterable[Message | Envelope] | AsyncIterable[Message | Envelope],
    ) -> None:
        self._run = _Run(pool)
        self._ahead: deque[Order] = deque()
        self._failure: Exception | None = None
        self._more = True
        self._waiting: asyncio.Future[Message | Envelope] | None = None
        self._later: AsyncIterator[Message | Envelope] | None = None
        if isinstance(messages, AsyncIterable):
            self._later = aiter(messages)
        else:
            self._there = iter(messages)

    async def __anext__(self) -> SendResult:
        try:
            await self._order()
            if self._ahead:
                order = self._ahead.popleft()
                await order.turn.wait(None)
                return order.outcome()
        except Exception:
            await self.aclose()
            raise
        except BaseException:
            self._run.cut()
            await self.aclose()
            raise
        await self.aclose()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Wait until what is under way is sent; the rest is not."""
        self.close()
        try:
            await self._run.ended()
        except BaseException:
            self._run.cut()
            raise

    def close(self) -> None:
        """Send nothing more than what is under way."""
        self._more = False
        self._ahead.clear()
        self._run.end()
        if self._waiting is not None:
            self._waiting.cancel()

    __del__ = close

    async def _order(self) -> None:
        """Order messages as far ahead as is allowed, but let no result wait for the next."""
        ahead = self._ahead
        while self._more and len(ahead) < self._run.most:
            try:
                message = await self._next()
            except StopAsyncIteration:
                self._more = False
            except Exception as error:  # noqa: BLE001 - raised when those before are told of
                self._more, self._failure = False, error
            else:
                if message is not None:
                    ahead.append(self._run.order(message))
            if ahead and ahead[0].turn.done:
                return

    async def _next(self) -> Message | Envelope | None:
        """Return the next message; None where the first result is there before it."""
        if self._later is None:
            try:
                return next(self._there)
            except StopIteration:  # which no coroutine may raise
                raise StopAsyncIteration from None
        waiting = self._waiting = self._waiting or asyncio.ensure_future(_awaited(self._later))
        if self._ahead:
            first = asyncio.ensure_future(self._ahead[0].turn.wait(None))
            either: list[asyncio.Future[Any]] = [waiting, first]
            try:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                first.cancel()
            if not waiting.done():
                return None
        message = await waiting
        self._waiting = None
        return message


class _Run(RunCore["_Member"]):
    """Send the mails of one `send_all` by tasks."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._orders: asyncio.Queue[Order | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def order(self, message: Message | Envelope) -> Order:
        """Have *message* sent when it is its turn."""
        order = Order(message, self.pool.new_turn())
        self._put(order)
        if self.workers < self.pool.places.connections:
            self.workers += 1
            self._tasks.append(asyncio.ensure_future(self._work()))
        return order

    def end(self) -> None:
        """Send nothing more than what is under way."""
        if not self._over:
            self._over = True
            for _ in self._tasks:
                self._orders.put_nowait(None)
        self.pool.runs.discard(self)

    async def ended(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        self._over = True
        for task in self._tasks:
            task.cancel()
        self.pool.runs.discard(self)

    async def _next(self) -> Order | None:
        return await self._orders.get()

    def _put(self, order: Order) -> None:
        self._orders.put_nowait(order)

    def _there(self) -> Order | None:
        if self._orders.empty():
            return None
        order = self._orders.get_nowait()
        if order is None:
            self._orders.put_nowait(None)  # it is for who waits
        return order


class _Turn:
    """Let one task wait until another delivers something."""

    __slots__ = ("_future", "given")

    def __init__(self) -> None:
        self.given: Any = None
        self._future = asyncio.get_running_loop().create_future()

    @property
    def done(self) -> bool:
        return self._future.done()

    def deliver(self, value: Any) -> None:
        self.given = value
        if not self._future.done():
            self._future.set_result(None)

    async def wait(self, end: float | None) -> None:
        async with asyncio.timeout(left(end)):
            await asyncio.shield(self._future)


class _Member(MemberCore, Client):
    """A client of the pool."""


async def _awaited(messages: AsyncIterator[Message | Envelope]) -> Message | Envelope:
    return await anext(messages)
