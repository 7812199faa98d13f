"""Carry mails over one connection: by the happy path as long as that leads on, then by a session.

A mail is in one of three places: not handed to a connection, handed over, or settled. It is settled by
what became of it, unless its connection had only served its time: that is how a server closes one that
was idle, or at its limit. Then it is tried once more, over the next. Nothing is ever tried again that may
have been delivered.
"""

from __future__ import annotations

import time
from collections import deque

from ._drive import ACCEPTED, Clock, Driver
from ._straight import StraightTransport
from .core.envelope import Mail, SendResult
from .core.replies import ReplyParser
from .core.session import GROUP
from .core.stages import Stage
from .core.straight import delivery, farewell, is_straight, joined, rest_of_delivery
from .errors import ConnectionLost, SmtpError
from .options import Limits, Options

TRIES = 3
"""How many connections may end under a mail that they have not begun."""
NOT_BEGUN = (Stage.MAIL, Stage.RCPT, Stage.DATA)
"""Where a connection may end without the server having any of the message."""


class Job:
    """Hold a mail that is to be sent, and what became of it."""

    __slots__ = ("handed", "mail", "result", "straight", "told", "tries")

    def __init__(self, mail: Mail | None, result: SendResult | None = None) -> None:
        self.mail = mail
        self.result = result
        self.handed = False  # to a connection
        self.told = False  # to its session
        self.straight = False  # may go on by the happy path, now that its envelope is written
        self.tries = 0


class Connection:
    """Carry the first of *jobs*, and of those behind it what may be sent ahead, until it is used up.

    *driver* leads its session where the happy path ends, or all the way with *by_session*: there is
    something to do in between, or somebody wants to hear of everything.
    """

    def __init__(
        self,
        driver: Driver,
        jobs: deque[Job],
        options: Options,
        limits: Limits,
        clock: Clock,
        *,
        by_session: bool,
    ) -> None:
        self.driver = driver
        self.settled = 0
        self._jobs = jobs
        self._options = options
        self._limits = limits
        self._clock = clock
        self._by_session = by_session
        self._opened = time.monotonic()
        self._handed = 0
        self._carried: deque[Job] = deque()  # handed over and not settled
        self._parser = ReplyParser(options.reply_limits)
        self._begun: StraightTransport[SendResult] | None = None  # for the first of the jobs

    @property
    def used_up(self) -> bool:
        """Tell whether it is to carry no more mails; it may carry one whatever the limits are."""
        if not self._handed:
            return False
        most, seconds = self._limits.messages, self._limits.seconds
        return (most is not None and self._handed >= most) or (
            seconds is not None and time.monotonic() - self._opened >= seconds
        )

    async def send(self) -> None:
        """Go on until the first of the jobs is settled, or the connection is over."""
        way, self._begun = self._begun or self._way(), None
        result = None if way is None else await way.lead()
        if result is not None:
            self._settle(self._carried.popleft(), result)
            await self._begin()
            return
        try:
            self._tell()
            await self.driver.lead(behind=way)
        except SmtpError:
            self.driver.drop()  # the results tell whom it concerns
        finally:
            self._collect()

    async def leave(self) -> None:
        """Say QUIT and close. Raises `SmtpError`; it is closed in any case."""
        way = None
        if self.driver.session.idle and not self._by_session:
            way = StraightTransport(farewell(self._parser), self.driver.carrier, self._clock)
            if await way.lead():
                self.driver.over = True
                return
        self.driver.session.leave()
        await self.driver.lead(behind=way)

    # The happy path.

    def _way(self) -> StraightTransport[SendResult] | None:
        """Take the first of the jobs and return the happy path for it, if it may be tried."""
        job, carrier = self._jobs[0], self.driver.carrier
        if self._by_session or not self.driver.session.idle:
            return None
        assert job.mail is not None
        if job.handed:  # its envelope went behind the dot before
            heard, path = self._parser.rest, None
            if job.straight:
                path = rest_of_delivery(self._parser, job.mail, self._following)
            return StraightTransport(path, carrier, self._clock, written=True, heard=heard)
        if self.used_up or not is_straight(job.mail, self._options):
            return None
        self._take(job)
        offered = self.driver.session.offered
        path = delivery(self._parser, job.mail, offered, self._options, self._following)
        return StraightTransport(path, carrier, self._clock)

    def _following(self) -> bytes:
        """Take the second of the jobs, and return what of its envelope goes behind the dot before.

        That is nothing if there is no second, or where it may not go so.
        """
        session = self.driver.session
        if len(self._jobs) < 2 or not session.chains or self.used_up:
            return b""
        job = self._jobs[1]
        assert job.mail is not None
        try:
            mail = job.mail.suited(session.offered)
        except SmtpError:
            return b""  # told when its turn comes
        self._take(job)
        job.straight = mail is job.mail and is_straight(mail, self._options)
        return joined(mail.commands(session.offered)[: GROUP + 1])

    async def _begin(self) -> None:
        """Do of the next mail what needs no waiting: the server has something to do meanwhile."""
        if not self._jobs or self.driver.over:
            return
        self._begun = self._way()
        if self._begun is not None:
            try:
                await self._begun.begin()
            except BaseException as interruption:
                interruption.add_note(ACCEPTED)
                self.driver.drop()
                raise

    # The session.

    def _tell(self) -> None:
        """Take what may be taken, in order, and let the session know of all that is carried."""
        self._parser = ReplyParser(self._options.reply_limits)
        for job in self._jobs:
            if not job.handed:
                if self.used_up or self.driver.over:
                    break
                self._take(job)
        for job in self._carried:
            if not job.told:
                assert job.mail is not None
                job.told = True
                self.driver.session.submit(job.mail)

    def _take(self, job: Job) -> None:
        job.handed, job.told = True, False
        self._handed += 1
        self._carried.append(job)

    def _collect(self) -> None:
        """Settle what the session has a result for."""
        results = self.driver.session.results
        while results:
            result, job = results.popleft(), self._carried.popleft()
            if self._may_go_again(result) and job.tries < TRIES:
                job.tries += 1
                self.settled += 1
            else:
                self._settle(job, result)

    def _settle(self, job: Job, result: SendResult) -> None:
        job.result = result
        self.settled += 1
        if job in self._jobs:  # somebody waits for it
            self._jobs.remove(job)

    def _may_go_again(self, result: SendResult) -> bool:
        """Tell whether a mail failed only because its connection had served its time."""
        error = result.error
        ended = isinstance(error, ConnectionLost) or (
            error is not None and error.reply is not None and error.reply.code == 421
        )
        return ended and self.settled > 0 and error is not None and error.stage in NOT_BEGUN
