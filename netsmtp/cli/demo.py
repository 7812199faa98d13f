"""`netsmtp demo`: one application, linked with three implementations of `ISmtp`, one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from netsmtp.cli.display import Page, count
from netsmtp.cli.newsletter import SENDER, IMailServer, INews, Issue, News, Readers
from netsmtp.cli.status import Status
from netsmtp.core.loopback import ReceivedMail
from netsmtp.dry_run_smtp_unit import dry_run_smtp_unit
from netsmtp.recording_smtp_unit import IRecordingSmtp, recording_smtp_unit
from netsmtp.smtp_sig import ISmtp
from netsmtp.smtp_unit import smtp_unit
from signatures import provides
from units import Unit, draw, invoke, link, unit_from

ISSUE = Issue(
    date=datetime(2026, 7, 4, 8, tzinfo=UTC),
    subject="Bread on Sunday",
    lines=(
        "Good morning!",
        "",
        "On Sunday we bake Brötchen, rye, and this,",
        "which a careless client would take for the end of the mail:",
        ".",
        "See you at eight.",
    ),
)

EXAMPLE = """\b
Example:
  netsmtp demo | less
"""


# Each last line is shown as it stands here, next to what came of it.


def real(server: Unit[[], IMailServer]) -> Unit[..., INews]:
    """Link the application with the unit that sends."""
    return link(Readers, server, smtp_unit, News, exports=INews)


def recorded(server: Unit[[], IMailServer]) -> Unit[..., tuple[INews, ISmtp]]:
    """Link the application with the unit that remembers."""
    return link(Readers, server, recording_smtp_unit, News, exports=(INews, ISmtp))


def dry(server: Unit[[], IMailServer]) -> Unit[..., INews]:
    """Link the application with the unit that only tells."""
    return link(Readers, server, dry_run_smtp_unit, News, exports=INews)


@click.command(epilog=EXAMPLE)
def command() -> Status:
    """Send a newsletter through linked units, to a server of its own.

    Shows the units, the conversation on the wire, and the mail as it was received;
    then the same application with two other implementations, each by another link
    line. Fails if the server received anything but what was sent.
    """
    from netsmtp.embedded import EmbeddedServer

    page = Page()
    expected = ReceivedMail(SENDER, tuple(Readers().addresses()), ISSUE.data)

    with EmbeddedServer() as embedded:
        server = unit_from(embedded, IMailServer, name="server")
        page.heading("The linked units")
        _code(page, real)
        page.block(draw(real(server)).partition("\n")[2])  # without its title, the line above
        invoke(real(server)).publish(ISSUE)
    page.heading("On the wire: C is the client, S the server")
    for conversation in embedded.conversations:
        for line in conversation.lines():
            page.said(line)
    page.heading("As the server received it")
    for mail in embedded.mails:
        _envelope(page, mail)
        page.message(mail.data)
    wrong = differences(expected, embedded.mails)
    _judge(page, wrong, f"exactly what was sent: the envelope and all {len(expected.data)} octets")

    page.heading("The same application, recording")
    _code(page, recorded)
    news, smtp = invoke(recorded(server))
    news.publish(ISSUE)
    assert provides(smtp, IRecordingSmtp)
    kept = [ReceivedMail(each.sender, each.recipients, each.data) for each in smtp.sent()]
    for mail in kept:
        _envelope(page, mail)
    page.line(f"kept {count(len(kept), 'mail')}, opened no connection")
    wrong += differences(expected, kept)
    _judge(page, wrong, "exactly what went over the wire before")

    page.heading("The same application, as a dry run")
    _code(page, dry)
    invoke(dry(server)).publish(ISSUE)
    return Status.FAILED if wrong else Status.DONE


def differences(expected: ReceivedMail, mails: Sequence[ReceivedMail]) -> list[str]:
    """Say in what *mails* differ from the one *expected*; an empty list means in nothing."""
    if len(mails) != 1:
        return [f"{count(len(mails), 'mail')} arrived instead of one"]
    (mail,) = mails
    pairs = (
        ("sender", expected.sender, mail.sender),
        ("recipients", expected.recipients, mail.recipients),
        ("message", expected.data, mail.data),
    )
    return [
        f"the {part} differs: sent {wanted!r}, received {got!r}"
        for part, wanted, got in pairs
        if wanted != got
    ]


def _judge(page: Page, wrong: list[str], praise: str) -> None:
    page.line()
    if not wrong:
        page.line(praise, "green")
    for problem in wrong:
        page.line(f"WRONG: {problem}", "bold red")


def _code(page: Page, function: Callable[..., Any]) -> None:
    """Show the line that *function* returns, as it is in this file."""
    last = inspect.getsource(function).rstrip().rpartition("\n")[2]
    page.line(last.strip().removeprefix("return "), "bold cyan")
    page.line()


def _envelope(page: Page, mail: ReceivedMail) -> None:
    page.line(f"from <{mail.sender}> to {', '.join(mail.recipients)}", "dim")
