"""Decide what a client does with its connections: the part that waits for nobody.

`netsmtp.Client` and `netsmtp.aio.Client` are this, with a way to connect. It is written in
coroutines, which over a blocking transport never wait; see `_drive`.

A mail is in one of three places: not handed to a connection, handed over, or settled. What a
connection has not begun when it ends goes back to the first, so it is sent over the next one. A mail
is charged with the end of its connection only if it was under way, and even then it is tried once
more where the connection had served before and ended before the message was begun: that is how a
server closes a connection that was idle, or at its limit. Nothing is ever tried again that may have
been delivered.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Literal, NamedTuple, TypeAlias

from ._drive import Clock, Driver, Procedures, Transport
from ._straight import StraightTransport
from ._transport import tls_context
from .core import addresses, sasl
from .core.dsn import reports_asked
from .core.envelope import Mail, SendResult
from .core.events import Connected, Observer
from .core.hosts import is_this_machine
from .core.replies import ReplyParser
from .core.secret import Secret
from .core.session import Session
from .core.stages import Stage
from .core.straight import delivery, farewell, is_straight, opening
from .errors import ConnectionLost, CredentialsError, HostNameError, SmtpError
from .message import Envelope, Message, checked
from .options import DEFAULTS, NO_LIMITS, Limits, Options
from .smtp import concealed, ehlo_name, told

Security: TypeAlias = Literal["starttls", "tls", "opportunistic", "none"]
PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "opportunistic": 25, "none": 25}
TRIES = 3
"""How many connections may end under a mail that they have not begun."""


class Target(NamedTuple):
    """Say where the server is and how a connection to it is protected.

    *server_name* is the name that the certificate must be valid for, where that is not the host.
    """

    host: str
    port: int
    security: Security
    server_name: str | None
    tls_context: Any
    source_address: tuple[str, int] | None

    @property
    def is_path(self) -> bool:
        """Tell whether the host is a Unix socket of this machine."""
        return self.host.startswith("/")

    @property
    def certified_name(self) -> str:
        """Return the name that the certificate must be valid for."""
        return self.server_name or self.host

    def context(self) -> Any:
        """Return the TLS context: the one given, or the safe one.

        Where encryption is only wanted nobody is checked: who could pose as the server could as well
        say that it has no TLS (RFC 7435 section 3).
        """
        return self.tls_context or tls_context(verified=self.security != "opportunistic")


def target(
    host: str,
    port: int | None,
    security: Security | None,
    server_name: str | None,
    tls_context: Any,
    source_address: tuple[str, int] | None,
) -> Target:
    """Choose the port and the security that are not given.

    Port 465 is TLS from the start (RFC 8314). Everything else is STARTTLS, required, but for a
    server on this machine on a port other than 587: what is said to it crosses no network. That
    holds for port 25, too: a client that takes what it is offered is a client that whoever stands in
    between can keep from encrypting; where that does not matter, ask for `"opportunistic"`. Without
    a port it is that of the security, and without both 25 on this machine and 587 elsewhere.
    """
    if not isinstance(host, str):
        raise TypeError(f"host: expected a str, given {type(host).__name__}")
    if security is not None and security not in PORTS:
        raise ValueError(f"security {security!r}: there are {', '.join(PORTS)}")
    local = host.startswith("/") or is_this_machine(host)
    if port is None:
        port = 25 if security is None and local else PORTS[security or "starttls"]
    if not 0 < port < 65536:
        raise HostNameError(f"port {port}")
    if security is None:
        security = "tls" if port == 465 else "none" if local and port != 587 else "starttls"
    return Target(host, port, security, server_name, tls_context, source_address)


class Job:
    """Hold a mail that is to be sent, and what became of it."""

    __slots__ = ("handed", "mail", "result", "tries")

    def __init__(self, mail: Mail | None, result: SendResult | None = None) -> None:
        self.mail = mail
        self.result = result
        self.handed = False
        self.tries = 0


class Connection:
    """Hold one connection, and how it was used."""

    __slots__ = ("driver", "handed", "opened", "settled")

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.opened = time.monotonic()
        self.handed = 0
        self.settled = 0

    def used_up(self, limits: Limits) -> bool:
        """Tell whether it is to carry no more mails; it may carry one whatever the limits are."""
        if not self.handed:
            return False
        return (limits.messages is not None and self.handed >= limits.messages) or (
            limits.seconds is not None and time.monotonic() - self.opened >= limits.seconds
        )


class ClientCore:
    """Send mails over connections to one server, one connection at a time.

    *host* is a name, an address, or the path of a Unix socket; `target` tells how *port* and
    *security* are chosen where they are not given. *auth_user* and *auth_passwd* authenticate, by
    what `Options.auth_mechanism` says, or by a token with *xoauth2*. *tls_context* replaces the safe
    one, *server_name* is the name that the certificate is checked for where it is not *host*.
    *connect* is called with host and port instead of connecting, *source_address* is what to connect
    from. *local_name* is what EHLO says; without it, `smtp_sending_server`. *end_of_message* is called
    when all of a message is written but for the final dot, and until it returns the send can be
    cancelled; with it no envelope goes behind a dot. *observer* hears of everything. *options* are
    those of a send, *limits* those of a connection.
    """

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        security: Security | None = None,
        auth_user: str | None = None,
        auth_passwd: str | Secret | None = None,
        xoauth2: bool = False,
        tls_context: Any = None,
        server_name: str | None = None,
        local_name: str | None = None,
        source_address: tuple[str, int] | None = None,
        connect: Callable[[str, int], Any] | None = None,
        end_of_message: Callable[[], Any] | None = None,
        observer: Observer | None = None,
        options: Options | None = None,
        limits: Limits | None = None,
    ) -> None:
        auth_passwd = concealed(auth_passwd)
        self.options = options or DEFAULTS
        self.limits = limits or NO_LIMITS
        self._target = target(host, port, security, server_name, tls_context, source_address)
        self._credentials = sasl.credentials(
            auth_user, auth_passwd, xoauth2=xoauth2, mechanism=self.options.auth_mechanism
        )
        opportunistic = self._target.security == "opportunistic"
        if self._credentials and opportunistic and not self.options.allow_plaintext_auth:
            raise CredentialsError("a password for security 'opportunistic', which checks nobody")
        if local_name is not None:
            local_name = addresses.ehlo_name(local_name)
        self._local_name = local_name
        self._given_connect = connect
        self._given_hook = end_of_message
        self._observer = observer
        self._reports = reports_asked(self.options.dsn_return, self.options.envelope_id)
        self._clock = Clock(self.options.deadlines)
        self._connection: Connection | None = None
        self._jobs: deque[Job] = deque()
        self._hopeless: SmtpError | None = None
        self._lock = self._new_lock()

    # What depends on the kind of input and output.

    _new_lock: Callable[[], Any]
    """Makes what keeps two senders from leading one connection."""
    _awaits = False
    """Whether the lines of a message may be asynchronous."""

    async def _connect(self, seconds: float | None) -> Transport:
        """Connect within *seconds*. Raises `ConnectError`, `HostNameError` or `TlsError`."""
        raise NotImplementedError

    async def _encrypt(self, carrier: Any, seconds: float | None) -> Transport:
        """Start TLS on *carrier* within *seconds*. Raises `TlsError`."""
        raise NotImplementedError

    def _hook(self) -> Callable[[], Awaitable[object]] | None:
        """Return the end-of-message procedure as the driver calls it."""
        raise NotImplementedError

    # Mails.

    def _job(self, given: Message | Envelope) -> Job:
        """Check what is *given*. Raises `InputError` or `TypeError`."""
        envelope = given if isinstance(given, Envelope) else Envelope(given)
        return Job(checked(envelope, self.options, self._reports, awaits=self._awaits))

    def take(self, given: Message | Envelope) -> Job:
        """Check what is *given* and put it behind the others; what is no mail is settled at once."""
        try:
            job = self._job(given)
        except SmtpError as error:
            return Job(None, SendResult(None, (), (), error))
        self._jobs.append(job)
        return job

    async def _settle(self, job: Job) -> SendResult:
        """Lead connections until it is known what became of *job*, which is among the jobs."""
        self._clock.restart()
        while job.result is None:
            try:
                connection = await self._ready_connection()
            except SmtpError as error:
                self._charge_opening(error)
                continue
            way = self._way(connection, job)
            if way is not None and (result := await way.lead()) is not None:
                self._jobs.popleft()
                connection.handed += 1
                connection.settled += 1
                job.result = result
                break
            try:
                self._hand_over(connection)
                await connection.driver.lead(behind=way)
            except SmtpError:
                connection.driver.drop()  # the results tell whom it concerns
            finally:
                self._collect(connection)
        return job.result

    def _way(self, connection: Connection, job: Job) -> StraightTransport[SendResult] | None:
        """Return the happy path for *job*, if it may be tried: nothing else is to be sent."""
        mail, driver, options = job.mail, connection.driver, self.options
        alone = len(self._jobs) == 1 and driver.session.idle and not driver.watched
        if not alone or self._given_hook is not None or mail is None:
            return None
        if not is_straight(mail, options):
            return None
        path = delivery(self._new_parser(), mail, driver.session.offered, options)
        return StraightTransport(path, driver.carrier, self._clock)

    def _new_parser(self) -> ReplyParser:
        return ReplyParser(self.options.reply_limits)

    def take_back(self, job: Job) -> None:
        """Forget *job*, which nobody waits for any more."""
        if job in self._jobs:
            self._jobs.remove(job)
            if job.handed:
                self._drop()

    def _hand_over(self, connection: Connection) -> None:
        """Give the connection what it may carry, in order."""
        for job in self._jobs:
            if not job.handed:
                if connection.used_up(self.limits):
                    return
                assert job.mail is not None
                job.handed = True
                connection.handed += 1
                connection.driver.session.submit(job.mail)

    def _collect(self, connection: Connection) -> None:
        """Take off what is settled; what an ended connection has not begun is to go over the next."""
        results = connection.driver.session.results
        while results:
            result, job = results.popleft(), self._jobs[0]
            if self._may_go_again(result, connection) and job.tries < TRIES:
                job.tries += 1
            else:
                job.result = result
                self._jobs.popleft()
            connection.settled += 1
        if connection.driver.over:
            self._connection = None
            if not connection.settled and self._jobs:  # it would end under each of them
                self._charge_opening(ConnectionLost("the server ended it", stage=Stage.MAIL))
            for job in self._jobs:
                job.handed = False

    def _may_go_again(self, result: SendResult, connection: Connection) -> bool:
        """Tell whether a mail failed only because its connection had served its time."""
        error = result.error
        ended = isinstance(error, ConnectionLost) or (
            error is not None and error.reply is not None and error.reply.code == 421
        )
        return ended and connection.settled > 0 and error is not None and error.stage in NOT_BEGUN

    # Connections.

    async def _ready_connection(self) -> Connection:
        """Return a connection that takes another mail, opening one if need be."""
        connection = self._connection
        if connection is not None:
            if not connection.used_up(self.limits) or any(job.handed for job in self._jobs):
                return connection
            await self._leave()
        if self._hopeless is not None:
            raise self._hopeless.with_traceback(None)  # or it would grow with each mail
        return await self._open()

    async def _open(self) -> Connection:
        """Open a connection up to where it takes mails. Raises `SmtpError`."""
        target, clock = self._target, self._clock
        carrier = await self._connect(clock.left(Stage.CONNECT))
        observe = told(self._observer)
        try:
            hook = self._hook()
            session = Session(
                self._ehlo_name,
                channel=carrier,
                start_tls=START_TLS[target.security],
                credentials=self._credentials,
                hooked=hook is not None,
                options=self.options,
                observe=observe,
            )
            procedures = Procedures(hook, self._encrypt, observe)
            meeting = observe and Connected(target.host, target.port)
            driver = Driver(session, carrier, clock, procedures, meeting)
        except BaseException:
            carrier.abort()
            raise
        if observe or START_TLS[target.security] or self._credentials:
            await driver.open()
        else:
            way = StraightTransport(opening(self._new_parser(), self._ehlo_name), carrier, clock)
            offered = await way.lead()
            if offered is None:
                await driver.open(behind=way)
            else:
                session.opened(offered)
        self._connection = Connection(driver)
        return self._connection

    def _charge_opening(self, error: SmtpError) -> None:
        """Take it that the first mail cannot be sent, and no other if *error* is there to stay."""
        if not error.transient:
            self._hopeless = error
        job = self._jobs.popleft()
        assert job.mail is not None
        job.result = SendResult(error.reply, job.mail.recipients, (), error)

    async def _leave(self) -> None:
        """Say QUIT, if there is a connection, and close it; whatever happens then is nothing."""
        if any(job.handed for job in self._jobs):
            self._drop()
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._clock.restart()
        driver, way = connection.driver, None
        if driver.session.idle and not driver.watched:
            way = StraightTransport(farewell(self._new_parser()), driver.carrier, self._clock)
            if await way.lead():
                driver.over = True
                return
        driver.session.leave()
        with suppress(SmtpError):  # it is closed in any case
            await driver.lead(behind=way)

    def _drop(self) -> None:
        """Close the connection at once; what was handed to it has not been begun.

        That is so because a driver that has a result to tell does not begin a message first.
        """
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.driver.drop()
            for job in self._jobs:
                job.handed = False

    def _ehlo_name(self) -> str:
        return self._local_name or ehlo_name()

    def __repr__(self) -> str:
        target = self._target
        return f"<{type(self).__module__}.{type(self).__name__}: {target.host} port {target.port}>"


START_TLS: dict[Security, bool | Literal["wanted"]] = {
    "starttls": True,
    "opportunistic": "wanted",
    "tls": False,
    "none": False,
}
NOT_BEGUN = (Stage.MAIL, Stage.RCPT, Stage.DATA)
"""Where a connection may end without the server having any of the message."""
