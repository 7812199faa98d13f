"""`netsmtp send`: one mail from the shell, or with `--many` one for each row of a file."""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import os
import sys
from collections.abc import Generator
from typing import Any, BinaryIO

import click
from click.core import ParameterSource

from netsmtp._implementations import IMPLEMENTATIONS, registry
from netsmtp.cli import many, readers
from netsmtp.cli.delivery import SECURITY, Delivery, IDelivery, IWitness, Route
from netsmtp.cli.display import Page, count
from netsmtp.cli.interrupts import Interrupts
from netsmtp.cli.letter import Letter, letter
from netsmtp.cli.status import Status
from netsmtp.cli.witnesses import NOTHING_SENT, watching
from netsmtp.core.events import Delivered
from netsmtp.core.loopback import ReceivedMail
from netsmtp.core.secret import Secret
from netsmtp.options import Security
from netsmtp.recording_smtp_unit import IRecordingSmtp
from netsmtp.smtp_sig import ISmtp
from signatures import provides
from units import invoke, link

PASSWORD = "NETSMTP_PASSWORD"

#: With these, what is taken is on its way.
REAL = ("smtp", "sendmail")

EXAMPLE = """\b
Example:
  echo 'Fresh bread at eight.' | netsmtp send --server localhost:8025 \\
    --from bakery@example.org --to 'Ann <ann@example.org>' --subject Bread
"""


@click.command(epilog=EXAMPLE)
@click.option(
    "--server",
    metavar="HOST[:PORT]",
    callback=readers.server,
    help="Where to send: a host name or an address.",
)
@click.option("--embedded", is_flag=True, help="Send to a server in this process, to try it.")
@click.option("--from", "sender", metavar="ADDRESS", help="Who sends it.")
@click.option("--to", metavar="ADDRESS", multiple=True, help="Who gets it; repeatable.")
@click.option("--cc", metavar="ADDRESS", multiple=True, help="Who gets a copy; repeatable.")
@click.option("--bcc", metavar="ADDRESS", multiple=True, help="Who gets a copy that nobody sees.")
@click.option("--subject", metavar="TEXT", help="What it is about.")
@click.option("--header", "headers", metavar="'NAME: VALUE'", multiple=True, help="Repeatable.")
@click.option(
    "--body",
    type=click.File("rb"),
    metavar="FILE",
    default="-",
    help="The text, in UTF-8; standard input where left out.",
)
@click.option(
    "--via",
    metavar="NAME",
    callback=readers.via,
    default="smtp",
    envvar="NETSMTP_VIA",
    show_envvar=True,
    help=f"What sends it: {', '.join(IMPLEMENTATIONS)}.",
)
@click.option("--tls", is_flag=True, help="TLS from the first byte; the port is 465.")
@click.option("--starttls", is_flag=True, help="TLS by STARTTLS, required; the port is 587.")
@click.option(
    "--auth-user",
    metavar="USER",
    help=f"Log in. The password is in the variable {PASSWORD}, or asked for.",
)
@click.option("--ehlo", metavar="NAME", help="The name this machine gives itself.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    callback=readers.seconds,
    help="How long all of it may take.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the conversation, on standard error.")
@many.options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    server: tuple[str, int | None] | None,
    embedded: bool,
    sender: str | None,
    to: tuple[str, ...],
    cc: tuple[str, ...],
    bcc: tuple[str, ...],
    subject: str | None,
    headers: tuple[str, ...],
    body: BinaryIO,
    via: str,
    tls: bool,
    starttls: bool,
    auth_user: str | None,
    ehlo: str | None,
    timeout: float | None,
    verbose: bool,
    **others: Any,
) -> Status:
    """Send one mail, or with --many one for each row of a file.

    An ADDRESS is ann@example.org or 'Ann <ann@example.org>'. A certificate must be
    valid by the system's certificates, or by those in the file SSL_CERT_FILE.
    """
    interrupts = ctx.obj or Interrupts()
    interrupts.means(Status.INTERRUPTED, NOTHING_SENT)
    if (server is None) != embedded:
        raise click.UsageError("say where to send: either --server HOST[:PORT] or --embedded")
    if tls + starttls + embedded > 1:
        raise click.UsageError("--tls, --starttls and --embedded exclude each other")
    wishes = many.wishes(others)
    has_body = ctx.get_parameter_source("body") is not ParameterSource.DEFAULT
    if wishes is not None and (to or cc or bcc or has_body or via != "smtp"):
        raise click.UsageError("with --many the rows say to whom and what, and smtp sends it")
    mail = None
    if wishes is None:
        if sender is None:
            raise click.UsageError("Missing option '--from'.")
        text = _read(body)
        mail = letter(
            sender=sender, to=to, cc=cc, bcc=bcc, subject=subject, headers=headers, body=text
        )
    kind: Security = "tls" if tls else "starttls" if starttls else "none"
    security = SECURITY[kind]
    host, port = server or ("", None)
    password = None if auth_user is None else _password(auth_user, interrupts)
    route = Route(host, port or security.port, security, ehlo, auth_user, password, timeout)
    if wishes is not None:
        with _destination(route, embedded) as (place, _):
            return many.send_many(
                wishes,
                place,
                kind,
                interrupts,
                sender=sender,
                subject=subject,
                headers=headers,
                verbose=verbose,
                preview=lambda first: _send(first, place, "dry-run", interrupts, False),
            )
    assert mail is not None
    with _destination(route, embedded) as (place, received):
        delivered, smtp = _send(mail, place, via, interrupts, verbose)
    # The mail is away; that nothing can be written about it changes nothing.
    with contextlib.suppress(OSError):
        _tell(Page(), via, delivered, smtp, received)
    return Status.DONE


def _send(
    mail: Letter, route: Route, via: str, interrupts: Interrupts, verbose: bool
) -> tuple[Delivered | None, ISmtp]:
    """Link the delivery with the implementation called *via*, the one place that says which, and deliver."""
    chosen = registry().unit(ISmtp, via)
    application = link(chosen, Delivery, imports=IWitness, exports=(IDelivery, ISmtp))
    with watching(interrupts, mail, verbose=verbose) as witness:
        delivery, smtp = invoke(application, witness)
        delivery.deliver(mail, route)
    return witness.delivered, smtp


def _tell(
    page: Page,
    via: str,
    delivered: Delivered | None,
    smtp: ISmtp,
    received: list[ReceivedMail],
) -> None:
    """Say what became of the mail; of one for the embedded server, what it *received*."""
    for recorded in smtp.sent() if provides(smtp, IRecordingSmtp) else ():
        page.line(f"recorded from <{recorded.sender}> to {', '.join(recorded.recipients)}")
        page.message(recorded.data)
    for mail in received:
        page.line(f"received from <{mail.sender}> to {', '.join(mail.recipients)}")
        page.message(mail.data)
    if delivered is not None:
        took = sum(each.accepted for each in delivered.recipients)
        done = f"given to {via} for"  # what an installed package does with it is its affair
        if via in IMPLEMENTATIONS:
            done = "sent to" if via in REAL else f"nothing was sent; {via} took it for"
        page.line(f"{done} {count(took, 'recipient')}: {delivered.reply}")


@contextlib.contextmanager
def _destination(
    route: Route, embedded: bool
) -> Generator[tuple[Route, list[ReceivedMail]], None, None]:
    """Give *route* and an empty list, or for an *embedded* server the route to it and what it receives."""
    if not embedded:
        yield route, []
        return
    from netsmtp.embedded import EmbeddedServer

    with EmbeddedServer() as server:
        yield dataclasses.replace(route, host=server.host, port=server.port), server.mails


def _read(body: BinaryIO) -> bytes:
    """Return all of *body*; someone who is to type it is told how it ends."""
    if body.isatty():
        click.echo("Type the text, then Ctrl-D on a line of its own.", err=True)
    return body.read()


def _password(user: str, interrupts: Interrupts) -> Secret:
    """Return the password of *user*: from the environment, or typed without being shown."""
    known = os.environ.get(PASSWORD)
    if known is not None:
        return Secret(known)
    if not _has_terminal():
        raise click.UsageError(f"no password: put it into the variable {PASSWORD}")
    try:
        # The terminal must get its echo back, so here an interrupt is an exception.
        with interrupts.calling(_raise):
            return Secret(getpass.getpass(f"Password of {user}: "))
    except (KeyboardInterrupt, EOFError):
        click.echo(err=True)
        interrupts.leave()
        raise


def _raise() -> None:
    raise KeyboardInterrupt


def _has_terminal() -> bool:
    if sys.platform == "win32":
        return sys.stdin.isatty()
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
