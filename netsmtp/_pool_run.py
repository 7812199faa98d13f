"""Send many mails over the connections of a pool: what `send_all` of both pools does, in coroutines.

A run has workers: each takes a mail that is ordered, borrows a member, and sends over it whatever else
is ordered by then; when nothing is, or another sender wants a member, it gives it back. So a run that
waits for its messages, or whose results nobody asks for, keeps nobody from sending.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from typing import Generic, TypeVar

from ._connection import Job
from ._pool import AHEAD, TRIES, Turn
from ._pool_core import MemberCore, PoolCore
from .core.envelope import SendResult
from .errors import SmtpError
from .message import Envelope, Message

M = TypeVar("M", bound=MemberCore)


class Order:
    """Hold a message of a run, and what became of it; *turn* is done when that is known."""

    __slots__ = ("failure", "message", "result", "tries", "turn")

    def __init__(self, message: Message | Envelope, turn: Turn[None]) -> None:
        self.message = message
        self.turn = turn
        self.result: SendResult | None = None
        self.failure: BaseException | None = None
        self.tries = 0

    def settle(self) -> None:
        """Let whoever waits have what became of it."""
        if self.result is not None:
            self.result.guarded()
        self.turn.deliver(None)

    def outcome(self) -> SendResult:
        """Return what became of it, or raise what a procedure of the caller's raised."""
        if self.failure is not None:
            raise self.failure
        assert self.result is not None
        return self.result


class RunCore(Generic[M]):
    """Send the mails of one `send_all` by workers, no more than there are connections."""

    def __init__(self, pool: PoolCore[M]) -> None:
        self.pool = pool
        self.most = AHEAD * pool.places.connections
        """How many mails may be ordered whose results were not asked for."""
        self.workers = 0
        self.theirs = False
        self._over = False
        self._hopeless: SmtpError | None = None
        pool.runs.add(self)

    @abstractmethod
    async def _next(self) -> Order | None:
        """Wait for the next order; None at the end."""

    @abstractmethod
    def _put(self, order: Order) -> None:
        """Let a worker have *order*."""

    @abstractmethod
    def _there(self) -> Order | None:
        """Return the next order, None if there is none yet."""

    @abstractmethod
    def cut(self) -> None:
        """Write nothing more, and wait for nothing."""

    async def _work(self) -> None:
        """Send what is ordered, until it is over."""
        orders: deque[Order] = deque()
        while (order := await self._next()) is not None:
            member = self.pool.take_at_once()
            if member is None:  # who waits for one keeps no order from the others
                self._put(order)
                member = await self.pool.take(purpose=self)
                order = self._there()
            try:
                if order is not None:
                    orders.append(order)
                    await self._serve(member, orders)
            finally:
                self.pool.give(member)
                while orders and not self._over:
                    self._put(orders.popleft())

    async def _serve(self, member: M, orders: deque[Order]) -> None:
        """Send *orders*, and what there is behind them, over *member*.

        What is left of them is to go over another member.
        """
        jobs: deque[Job] = deque()
        member.begin(self._hopeless)
        try:
            while orders and not self._over:
                if (
                    len(orders) < 2
                    and not self.pool.places.wanted(self)
                    and (more := self._there())
                ):
                    orders.append(more)
                while len(jobs) < len(orders):
                    jobs.append(_taken(member, orders[len(jobs)]))
                if await self._settle(member, orders[0], jobs[0]):
                    return
                orders.popleft()
                jobs.popleft()
        finally:
            for job in jobs:
                member.take_back(job)

    async def _settle(self, member: M, order: Order, job: Job) -> bool:
        """Find out what becomes of *order*. Return whether it has to go over another member."""
        try:
            order.result = await member.outcome(job)
            order.tries += member.tried
            if member.refused and order.tries < TRIES and self.pool.refused():
                return True
        except BaseException as error:
            order.failure = error
            if not isinstance(error, Exception):
                order.settle()
                raise
        self._hopeless = self._hopeless or member.hopeless
        order.settle()
        return False


def _taken(member: MemberCore, order: Order) -> Job:
    """Give *member* what is ordered."""
    try:
        return member.take(order.message)
    except Exception as error:  # noqa: BLE001 - raised where the result is asked for
        order.failure = error
        return Job(None, SendResult(None, (), ()))
