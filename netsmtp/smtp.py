"""Send mail as Racket's net/smtp does: the same procedures, in its order and with its keywords.

smtp_send_message, smtp_send_message_star         send one message
smtp_sending_server, smtp_sending_end_of_message  parameters
tcp_connect, ssl_connect, ports_to_ssl_ports      the streams they pass around
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from functools import partial
from typing import Any, BinaryIO, TypeAlias, cast

from ._drive import Clock, Driver, Procedures, Transport, at_once
from ._straight import StraightTransport
from ._streams import Carrier, Streams
from ._transport import (
    opened,
    ports_to_ssl_ports,
    secured,
    sending_to,
    ssl_connect,
    tcp_connect,
    tls_context,
    transport,
)
from .core import addresses, sasl
from .core.content import AsyncLines, mind_long_lines
from .core.dsn import Recipient, reports_asked
from .core.envelope import Mail
from .core.envelope import mail as checked_mail
from .core.events import Connected, Event, Observer, describe
from .core.replies import ReplyParser
from .core.sasl import Credentials
from .core.secret import Secret
from .core.session import Session
from .core.stages import Stage
from .core.straight import is_straight, rest_of_send, whole_send
from .options import DEFAULTS, Options
from .parameters import Parameter

__all__ = [
    "smtp_send_message",
    "smtp_send_message_star",
    "smtp_sending_server",
    "smtp_sending_end_of_message",
    "tcp_connect",
    "ssl_connect",
    "ports_to_ssl_ports",
]

Connect: TypeAlias = Callable[[str, int], Streams]
Encode: TypeAlias = Callable[..., Streams]
Address: TypeAlias = str | bytes
Addressee: TypeAlias = Address | Recipient
Line: TypeAlias = str | bytes

_log = logging.getLogger("netsmtp")
_tcp_connect = tcp_connect  # also where a parameter has its name


def smtp_send_message(
    server: str,
    sender: Address,
    recipients: Iterable[Addressee],
    header: str | bytes,
    message_lines: Iterable[Line],
    opt_port_no: int | None = None,
    *,
    port_no: int = 25,
    auth_user: str | None = None,
    auth_passwd: str | Secret | None = None,
    tcp_connect: Connect = tcp_connect,
    tls_encode: Encode | None = None,
    xoauth2: bool = False,
    options: Options | None = None,
    observer: Observer | None = None,
) -> None:
    """Send one message to *recipients* through *server*, as Racket's `smtp-send-message`.

    *sender* and *recipients* are the envelope, in which a `Recipient` may say which delivery reports
    are wanted; *header* holds the complete header and
    *message_lines* the lines of the body, without line ends. *opt_port_no* wins over *port_no*.
    *auth_user* and *auth_passwd* authenticate by PLAIN, or by XOAUTH2 with a token if *xoauth2*.
    *tcp_connect* is called with server and port and returns a reader and a writer; *tls_encode*
    makes STARTTLS required and is called as `encode(reader, writer, mode="connect", encrypt="tls",
    close_original=True)`. *options* choose deadlines and more; *observer* hears of every command
    and reply.

    Returns when the server has taken the message over. Raises `InputError` or `TypeError` before
    connecting, what *tcp_connect*, *tls_encode*, *observer* and the end-of-message procedure
    raise, and `SmtpError`: with `DeliveryUnknown` the message may have been delivered, with every
    other it was not.
    """
    auth_passwd = concealed(auth_passwd)
    options = options or DEFAULTS
    if not isinstance(server, str):
        raise TypeError(f"server: expected a str, given {type(server).__name__}")
    mail, credentials = checked(
        sender, recipients, header, message_lines, auth_user, auth_passwd, xoauth2, options
    )
    clock = Clock(options.deadlines)
    port = port_no if opt_port_no is None else opt_port_no
    seconds = clock.left(Stage.CONNECT)
    if tcp_connect is _tcp_connect:
        carrier = opened(server, port, seconds)
    else:
        with sending_to(server, seconds):
            carrier = transport(tcp_connect(server, port))
    connected = Connected(server, port)
    at_once(_send(carrier, mail, credentials, tls_encode, options, observer, clock, connected))


def smtp_send_message_star(
    r: BinaryIO,
    w: BinaryIO,
    sender: Address,
    recipients: Iterable[Addressee],
    header: str | bytes,
    message_lines: Iterable[Line],
    auth_user: str | None,
    auth_passwd: str | Secret | None,
    tls_encode: Encode | None,
    *,
    xoauth2: bool = False,
    options: Options | None = None,
    observer: Observer | None = None,
) -> None:
    """Send one message over an open connection, as Racket's `smtp-send-message*`.

    *r* and *w* are its reader and writer; both are closed at the end, whatever it is. All else is
    as in `smtp_send_message`.
    """
    auth_passwd = concealed(auth_passwd)
    options = options or DEFAULTS
    try:
        mail, credentials = checked(
            sender, recipients, header, message_lines, auth_user, auth_passwd, xoauth2, options
        )
    except BaseException:
        transport((r, w)).abort()
        raise
    clock = Clock(options.deadlines)
    carrier = transport((r, w))
    at_once(_send(carrier, mail, credentials, tls_encode, options, observer, clock, None))


def _thunk(procedure: Callable[[], object]) -> Callable[[], object]:
    """Return *procedure* if it can be called without arguments; otherwise raise `TypeError`."""
    try:
        inspect.signature(procedure).bind()
    except (TypeError, ValueError) as error:
        if not callable(procedure) or isinstance(error, TypeError):
            raise TypeError(
                "smtp_sending_end_of_message: expected a procedure of no arguments, "
                f"given {procedure!r}"
            ) from None
    return procedure


def _nothing() -> None:
    """Be the end-of-message procedure that does nothing."""


smtp_sending_server: Parameter[str] = Parameter("smtp_sending_server", "localhost")
"""The name that EHLO gives. It is read for each EHLO and checked before connecting."""

smtp_sending_end_of_message: Parameter[Callable[[], object]] = Parameter(
    "smtp_sending_end_of_message", _nothing, guard=_thunk
)
"""The procedure that is called when all of the message is written but for the final dot.

Until it returns, an interruption or an exception of its own cancels the send; afterwards that is
not certain.
"""


# What `netsmtp.aio.smtp` does as well.


def checked(
    sender: object,
    recipients: object,
    header: object,
    message_lines: object,
    auth_user: object,
    auth_passwd: object,
    xoauth2: bool,
    options: Options,
    *,
    awaits: bool = False,
) -> tuple[Mail, Credentials | None]:
    """Check all that can be known before connecting; whoever *awaits* may give asynchronous lines."""
    ehlo_name()
    reports = reports_asked(options.dsn_return, options.envelope_id)
    if awaits and isinstance(message_lines, AsyncIterable):
        lines = AsyncLines(header, cast("AsyncIterable[Line]", message_lines))
        of, to = addresses.sender(sender), addresses.recipients(recipients)
        mail = Mail(of, to, lines, None, reports)
    else:
        mail = checked_mail(sender, recipients, header, message_lines, reports)
    if mail.facts is not None:
        mind_long_lines(mail.facts.overlong, options.long_lines)
    known = sasl.credentials(
        auth_user, auth_passwd, xoauth2=xoauth2, mechanism=options.auth_mechanism
    )
    return mail, known


async def led(
    carrier: Transport,
    mail: Mail,
    credentials: Credentials | None,
    hook: Callable[[], Awaitable[object]] | None,
    encrypt: Callable[[Any, float | None], Awaitable[Transport]] | None,
    options: Options,
    observer: Observer | None,
    clock: Clock,
    connected: Connected | None,
) -> None:
    """Lead a session for *mail* over *carrier*, which is closed at the end."""
    observe = told(observer)
    driver = way = None

    def new_driver() -> Driver:
        session = Session(
            ehlo_name,
            channel=carrier,
            start_tls=encrypt is not None,
            credentials=credentials,
            hooked=hook is not None,
            options=options,
            observe=observe,
        )
        return Driver(session, carrier, clock, Procedures(hook, encrypt, observe), connected)

    try:
        if not (observe or hook) and is_straight(mail, options):
            if encrypt or credentials:
                driver = new_driver()
                await driver.open()
                parser = ReplyParser(options.reply_limits)
                path = rest_of_send(parser, mail, driver.session.offered, options)
                way = StraightTransport(path, driver.carrier, clock)
            else:
                path = whole_send(ehlo_name, mail, options)
                way = StraightTransport(path, carrier, clock)
            if await way.lead():
                return
        driver = driver or new_driver()
        driver.session.submit(mail, last=True)
        error = await driver.lead(to_result=False, behind=way)
        if error is not None:
            raise error
    except BaseException:
        carrier.abort() if driver is None else driver.drop()
        raise
    if options.policy == "accepted":
        for refused in driver.session.results[0].refused:
            _log.warning("not sent to %s", refused)


def hook_now() -> Callable[[], object] | None:
    """Return the end-of-message procedure, nothing if there is nothing to call."""
    hook = smtp_sending_end_of_message()
    return None if hook is _nothing else hook


async def _send(
    carrier: Carrier,
    mail: Mail,
    credentials: Credentials | None,
    encode: Encode | None,
    options: Options,
    observer: Observer | None,
    clock: Clock,
    connected: Connected | None,
) -> None:
    """Lead a session with the procedures that Racket's have."""
    hook = hook_now()
    encrypt = encode and _encrypting(encode, connected.server if connected else None)
    waiting = None if hook is None else awaited(hook)
    await led(carrier, mail, credentials, waiting, encrypt, options, observer, clock, connected)


def awaited(procedure: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    """Return *procedure* as the driver calls it."""

    async def called() -> object:
        return procedure()

    return called


def _encrypting(
    encode: Encode, server: str | None
) -> Callable[[Carrier, float | None], Awaitable[Transport]]:
    """Return what starts TLS by *encode*, as Racket calls it, for *server*."""
    own = _own_encode(encode)

    async def encrypt(carrier: Carrier, seconds: float | None) -> Transport:
        if own is not None and server is not None:
            context, name = own.get("context"), own.get("server_hostname")
            return secured(carrier, context or tls_context(), name or server, seconds)
        with sending_to(server, seconds):
            streams = encode(*carrier.streams, mode="connect", encrypt="tls", close_original=True)
        return transport(streams, carrier.streams)

    return encrypt


def _own_encode(encode: Encode) -> dict[str, Any] | None:
    """Return how *encode* has `ports_to_ssl_ports` called, if it is nothing but that."""
    if encode is ports_to_ssl_ports:
        return {}
    if isinstance(encode, partial) and encode.func is ports_to_ssl_ports and not encode.args:
        return encode.keywords if encode.keywords.keys() <= {"context", "server_hostname"} else None
    return None


def ehlo_name() -> str:
    """Return the name that EHLO gives. Raises `HostNameError` if it is none."""
    return addresses.ehlo_name(smtp_sending_server())


def told(given: Observer | None) -> Observer | None:
    """Return a procedure that logs each event, where that is wanted, and tells *given*."""
    if not _log.isEnabledFor(logging.DEBUG):
        return given

    def observe(event: Event) -> None:
        _log.debug("%s", describe(event))
        if given:
            given(event)

    return observe


def concealed(secret: str | Secret | None) -> Secret | None:
    """Hide a password before any frame that an error may show holds it."""
    return Secret(secret) if isinstance(secret, str) else secret
