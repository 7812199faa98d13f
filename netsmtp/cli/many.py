"""`netsmtp send --many FILE`: check every row, then send them all over several connections, with a journal."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netsmtp._many import rows
from netsmtp._many.journal import Entry, Journal, State
from netsmtp._many.lanes import Lanes
from netsmtp._many.mails import Maker
from netsmtp._many.planning import Plan, RowsError, Survey, message_id
from netsmtp._many.sending import Pace, Sending
from netsmtp._many.template import Template, template
from netsmtp.cli.delivery import Route
from netsmtp.cli.display import Page, count
from netsmtp.cli.interrupts import Interrupts
from netsmtp.cli.letter import Letter
from netsmtp.cli.status import Status
from netsmtp.cli.verdicts import verdict
from netsmtp.cli.witnesses import tell
from netsmtp.pool import Pool

if TYPE_CHECKING:
    from netsmtp.options import Security

F = TypeVar("F", bound=Callable[..., Any])
FATES = (State.SENT, State.REFUSED, State.LATER, State.UNKNOWN, State.WAITING)
ABORTED = (
    "interrupted twice: what was under way may have been delivered, and the next run will say which"
)
FINISHING = b"\r\x1b[Knetsmtp: finishing what is under way; Ctrl-C again ends it at once\n"
SHOWN = 20
"""How many lines an error names."""
BY_PERIOD = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hold what the options say about a file of mails; their names are those of the options."""

    many: str
    template: str | None
    journal: str | None
    check: bool
    connections: int
    rate: float | None
    limit: int | None
    dry_run: bool
    report: str | None
    retry_unknown: tuple[int, ...] | None
    assume_sent: tuple[int, ...] | None

    @property
    def path(self) -> Path:
        return Path(self.many)

    @property
    def journal_path(self) -> Path:
        return Path(self.journal or f"{self.many}.journal")


def send_many(
    wishes: Wishes,
    route: Route,
    security: Security,
    interrupts: Interrupts,
    *,
    sender: str | None,
    subject: str | None,
    headers: Sequence[str],
    verbose: bool,
    preview: Callable[[Letter], object],
) -> Status:
    """Do what `netsmtp send --many` does; *preview* shows the conversation for one letter."""
    _mind_the_files(wishes)
    letters = _template(wishes, sender)
    maker = Maker(wishes.path.parent, route.options, letters, sender, subject, headers)
    page = Page()
    if wishes.dry_run:
        return _rehearse(wishes, maker, page, preview)
    with Journal(wishes.journal_path) as journal:
        plan = Plan(wishes.path, maker, journal)
        _decide(journal, wishes)
        survey = _surveyed(plan, check=wishes.check)
        _mind_the_letter(journal, wishes, maker)
        total = survey.open if wishes.limit is None else min(survey.open, wishes.limit)
        connections = max(1, min(wishes.connections, total))
        pool = _pool(route, security, connections, verbose)
        with _bar(total) as advance, Lanes(pool, connections) as lanes:
            sending = Sending(
                plan.tasks(wishes.limit),
                journal,
                lanes,
                pace=Pace(wishes.rate),
                settled=lambda entry: advance(),
            )
            interrupts.means(Status.UNKNOWN, ABORTED)
            with _stopping(interrupts, sending):
                sending.run()
        status = _conclude(page, journal, sending, survey)
        if wishes.report is not None and not _reported(wishes.report, plan, journal):
            status = status or Status.FAILED
        return status


# Before.


def _mind_the_files(wishes: Wishes) -> None:
    """Raise `UsageError` for a pipe, which cannot be read again, and for a report over what is read."""
    read = [Path(name) for name in (wishes.many, wishes.template) if name is not None]
    for path in read:
        if not path.is_file():
            raise click.UsageError(f"{path} is read more than once, so it has to be a file")
    needed = [path.resolve() for path in (*read, wishes.journal_path)]
    if wishes.report is not None and Path(wishes.report).resolve() in needed:
        raise click.UsageError(f"--report: {wishes.report} is what the run needs itself")


def _template(wishes: Wishes, sender: str | None) -> Template | None:
    """Return the template for a CSV file. Raises `TemplateError` or `UsageError`."""
    if rows.is_csv(wishes.path) != (wishes.template is not None):
        raise click.UsageError(
            "a CSV file needs --template FILE, and JSON lines have no use for it"
        )
    if wishes.template is None:
        return None
    try:
        names = rows.columns(wishes.path)
        text = Path(wishes.template).read_text(encoding="utf-8-sig")
    except ValueError as error:
        name = wishes.template if isinstance(error, UnicodeDecodeError) else wishes.many
        raise click.UsageError(f"{name}: {error}") from None
    return template(text, wishes.template, names, sender=sender is not None)


def _surveyed(plan: Plan, *, check: bool) -> Survey:
    """Go through all rows. Raises `RowsError` with everything that is wrong."""
    survey = plan.survey(check=check)
    if survey.problems:
        raise RowsError(plan.path, survey.problems)
    return survey


def _decide(journal: Journal, wishes: Wishes) -> None:
    """Do what the user says about rows of which nobody knows."""
    for option, lines, state in (
        ("--retry-unknown", wishes.retry_unknown, State.WAITING),
        ("--assume-sent", wishes.assume_sent, State.SENT),
    ):
        if lines is not None:
            strange = journal.decide(lines or None, state)
            if strange:
                raise click.UsageError(f"{option}: line {_listed(strange)} is not unknown")


def _mind_the_letter(journal: Journal, wishes: Wishes, maker: Maker) -> None:
    """Say so if other mails of this file were sent with another text."""
    text = b"" if wishes.template is None else Path(wishes.template).read_bytes()
    common = json.dumps([maker.sender, maker.subject, list(maker.headers)]).encode()
    now = rows.digest(text, common).hex()
    before = journal.about("letter", now)
    sent = journal.counts().get(State.SENT, 0)
    if before not in (None, now) and sent:
        click.echo(f"note: {count(sent, 'mail')} had another template or other options", err=True)


def _rehearse(
    wishes: Wishes,
    maker: Maker,
    page: Page,
    preview: Callable[[Letter], object],
) -> Status:
    """Check everything, show one conversation, and leave all as it is."""
    known = wishes.journal_path.exists()
    with Journal(wishes.journal_path) if known else nullcontext() as journal:
        survey = _surveyed(Plan(wishes.path, maker, journal), check=True)
    if survey.first is not None:
        preview(maker.letter(survey.first))
    page.line(f"nothing was sent; {survey.open} of {count(survey.total, 'mail')} would be")
    return Status.DONE


# During.


def _pool(route: Route, security: Security, connections: int, verbose: bool) -> Pool:
    return Pool(
        route.host,
        route.port,
        connections=connections,
        security=security,
        auth_user=route.user,
        auth_passwd=route.password,
        local_name=route.ehlo,
        options=route.options,
        observer=partial(tell, Page(stderr=True)) if verbose else None,
    )


@contextmanager
def _bar(total: int) -> Generator[Callable[[], object], None, None]:
    """Give what moves a bar by one mail, where somebody can see it."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Page(stderr=True).console
    columns = "mails", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("mails", total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _stopping(interrupts: Interrupts, sending: Sending) -> Generator[None, None, None]:
    """Let Ctrl-C and SIGTERM end the run in order inside the ``with`` block, and the second Ctrl-C at once."""

    def react() -> None:
        if sending.stopped:
            interrupts.leave()
        sending.stop()
        if os.isatty(2):
            os.write(2, FINISHING)

    try:
        before = signal.signal(signal.SIGTERM, lambda number, frame: sending.stop())
    except ValueError:  # not the main thread
        yield
        return
    try:
        with interrupts.calling(react):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


# Afterwards.


def _conclude(page: Page, journal: Journal, sending: Sending, survey: Survey) -> Status:
    """Say what became of everything, and return the status for it."""
    counts = journal.counts()
    counts[State.WAITING] = survey.total - sum(counts.values())
    run = ", ".join(f"{fate.value} {sending.told[fate]}" for fate in FATES[:-1])
    page.line(f"this run: {run}")
    page.line("in all: " + ", ".join(f"{fate.value} {counts.get(fate, 0)}" for fate in FATES))
    for entry in journal.of(State.REFUSED):
        click.echo(f"refused: line {entry.line}: {entry.reply}", err=True)
    status = Status.FAILED if counts.get(State.REFUSED) else Status.DONE
    if counts.get(State.LATER):
        status = Status.TEMPORARY
    if sending.given_up is not None:
        status, words = verdict(sending.given_up) or (Status.FAILED, "")
        click.echo(f"{words}\n  so no more was begun", err=True)
    if sending.stopped:
        status = Status.INTERRUPTED
    unknown = list(journal.of(State.UNKNOWN))
    if unknown:
        status = Status.UNKNOWN
        click.echo(UNDECIDED, err=True)
        for entry in unknown:
            name = message_id(journal, entry.line, entry.digest)
            click.echo(f"  line {entry.line}, Message-ID {name}@...: {entry.reply}", err=True)
    return status


UNDECIDED = (
    "these mails may have been delivered: look for them at the server, and run again"
    "\n  with --assume-sent for those it has, or --retry-unknown for those it has not"
)


def _reported(path: str, plan: Plan, journal: Journal) -> bool:
    """Write the report to *path*, and return whether it is there; if not, that is told."""
    try:
        with open(path, "w", encoding="utf-8") as report:
            report.writelines(_report(plan, journal))
    except OSError as error:
        click.echo(f"netsmtp: no report: {error.strerror}\n  file: {path}", err=True)
        return False
    return True


def _report(plan: Plan, journal: Journal) -> Iterator[str]:
    """Yield a line of JSON for each row."""
    for each in plan.visit():
        entry = each.entry or Entry(each.row.line, each.digest, State.WAITING)
        told: dict[str, object] = {"line": entry.line, "state": entry.state.value}
        if entry.state is not State.WAITING:
            told["message_id"] = message_id(journal, entry.line, entry.digest)
            told |= {"queue_id": entry.queue_id, "reply": entry.reply}
        yield json.dumps(told) + "\n"


def _listed(lines: Sequence[int]) -> str:
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return ", ".join(map(str, lines[:SHOWN])) + more


# The options.


def options(command: F) -> F:
    """Give *command* the options that are about many mails."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def wishes(given: dict[str, Any]) -> Wishes | None:
    """Take the options about many mails out of what was *given*; None without --many.

    Raises `UsageError` where one has no meaning without.
    """
    own = {name: given.pop(name) for name in Wishes.__dataclass_fields__}
    if own["many"] is not None:
        return Wishes(**own)
    usual = {"check": True, "connections": CONNECTIONS, "dry_run": False}
    for name, value in own.items():
        if value != usual.get(name):
            option = "no-check" if name == "check" else name.replace("_", "-")
            hint = "; for one mail there is --via dry-run" if name == "dry_run" else ""
            raise click.UsageError(f"--{option} is for --many FILE{hint}")
    return None


def _rate(ctx: click.Context, option: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(?:/([smh]))?", value)
    if found is None or not float(found[1]):
        raise click.BadParameter(f"{value!r} is not N, N/s, N/m or N/h")
    return float(found[1]) / BY_PERIOD[found[2] or "s"]


def _lines(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """Return the lines that *value* names, none for all."""
    if value is None or value == "all":
        return None if value is None else ()
    lines: list[int] = []
    for part in value.split(","):
        found = re.fullmatch(r"([0-9]+)(?:-([0-9]+))?", part.strip())
        if found is None:
            raise click.BadParameter(f"{value!r} is not 'all' or lines: 3,17-20")
        run = range(int(found[1]), int(found[2] or found[1]) + 1)
        if not run:  # no lines at all would mean every line
            raise click.BadParameter(f"{value!r} has lines that end before they begin")
        if len(lines) + len(run) > MOST_LINES:
            raise click.BadParameter(
                f"{value!r} names more than {MOST_LINES:,} lines; there is 'all'"
            )
        lines += run
    return tuple(lines)


CONNECTIONS = 4
MOST_LINES = 1_000_000
_FILE = click.Path(exists=True, dir_okay=False)
_OPTIONS = (
    click.option("--many", type=_FILE, metavar="FILE", help="Send a mail for each row of FILE."),
    click.option("--template", type=_FILE, metavar="FILE", help="The letter, for a CSV file."),
    click.option("--journal", metavar="FILE", help="What was done; else beside the rows."),
    click.option(
        "--check/--no-check", default=True, help="Check every row before all; the default."
    ),
    click.option(
        "--connections",
        type=click.IntRange(1, 200),
        metavar="N",
        default=CONNECTIONS,
        show_default=True,
        help="How many at once.",
    ),
    click.option("--rate", metavar="N/s", callback=_rate, help="Begin no more; N/m, N/h likewise."),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="Send no more in this run."),
    click.option("--dry-run", is_flag=True, help="Check all, show one conversation, send nothing."),
    click.option("--report", metavar="FILE", help="Write what became of each row, as JSON lines."),
    click.option(
        "--retry-unknown",
        metavar="LINES",
        callback=_lines,
        help="'all', or 3,17-20: send again what may have been sent.",
    ),
    click.option(
        "--assume-sent",
        metavar="LINES",
        callback=_lines,
        help="'all', or 3,17-20: take it that these were sent.",
    ),
)
