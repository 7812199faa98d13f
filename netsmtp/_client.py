"""Decide what a client does with its connections: the part that waits for nobody.

`netsmtp.Client` and `netsmtp.aio.Client` are this, with a way to connect. It is written in
coroutines, which over a blocking transport never wait; see `_drive`. What one connection does with the
mails is in `_connection`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ._connection import Connection, Job
from ._drive import Clock, Driver, Procedures, Transport
from ._straight import StraightTransport
from ._target import START_TLS, target
from .core import addresses, sasl
from .core.dsn import reports_asked
from .core.envelope import SendResult
from .core.events import Connected, Observer
from .core.replies import ReplyParser
from .core.secret import Secret
from .core.session import Session
from .core.stages import Stage
from .core.straight import opening
from .errors import ConnectionLost, CredentialsError, SmtpError
from .message import Envelope, Message, checked
from .options import DEFAULTS, NO_LIMITS, Limits, Options, Security
from .smtp import concealed, ehlo_name, told

if TYPE_CHECKING:
    import ssl


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
        tls_context: ssl.SSLContext | None = None,
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
            try:
                await connection.send()
            finally:
                if connection.driver.over:
                    self._ended(connection)
        return job.result

    def take_back(self, job: Job) -> None:
        """Forget *job*, which nobody waits for any more."""
        if job in self._jobs:
            self._jobs.remove(job)
            if job.handed:
                self._drop()

    # Connections.

    async def _ready_connection(self) -> Connection:
        """Return a connection that takes another mail, opening one if need be."""
        connection = self._connection
        if connection is not None:
            if not connection.used_up or any(job.handed for job in self._jobs):
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
            path = opening(ReplyParser(self.options.reply_limits), self._ehlo_name)
            way = StraightTransport(path, carrier, clock)
            offered = await way.lead()
            if offered is None:
                await driver.open(behind=way)
            else:
                session.opened(offered)
        by_session = hook is not None or observe is not None
        self._connection = Connection(
            driver, self._jobs, self.options, self.limits, clock, by_session=by_session
        )
        return self._connection

    def _ended(self, connection: Connection) -> None:
        """Take it that *connection* is over: what it has not begun is to go over the next."""
        self._connection = None
        if not connection.settled and self._jobs:  # it would end under each of them
            self._charge_opening(ConnectionLost("the server ended it", stage=Stage.MAIL))
        for job in self._jobs:
            job.handed = False

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
        with suppress(SmtpError):
            await connection.leave()

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
