"""The command line as a whole: its commands, its version, and how everything that goes wrong is told."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from netsmtp.cli.status import MEANINGS, Status
from signatures._errors import nearest

#: Each command is `command` of the module of its name, imported when it is asked for.
COMMANDS = ("demo", "send", "serve")


class Netsmtp(click.Group):
    """The group of all commands; its `main` has an exit status for whatever happens."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"netsmtp.cli.{cmd_name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = nearest(name, COMMANDS)
            hint = f"did you mean {near}? " if near else ""
            ctx.fail(f"no command is called {name!r}; {hint}there are: {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command and exit with its status, or return it if not ``standalone_mode``.

        Errors become one sentence on standard error.
        """
        exits = extra.pop("standalone_mode", True)
        extra["standalone_mode"] = False
        status = told(lambda: super(Netsmtp, self).main(*args, **extra))
        if exits:
            sys.exit(status)
        return status


def told(run: Callable[[], Any]) -> Status | int:
    """Call *run* and return the status it returns, or the one of what it raises, which is told."""
    try:
        status: Status | int = run() or Status.DONE
    except BrokenPipeError:
        status = Status.FAILED  # whoever read the output has had enough
    except Exception as error:  # noqa: BLE001 - nobody may see a traceback
        status, text = told_of(error)
        click.echo(text, err=True)
    try:
        sys.stdout.flush()
    except OSError:
        # Python would try once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def told_of(error: Exception) -> tuple[Status, str]:
    """Return the status and the words for *error*.

    Raises `ModuleNotFoundError` again: what is missing comes with the extra.
    """
    if isinstance(error, click.ClickException):
        where = getattr(error, "ctx", None)
        name = where.command_path if where else "netsmtp"
        return Status.USAGE, f"{name}: {error.format_message()}\n  see {name} --help"
    if isinstance(error, ModuleNotFoundError):
        raise error
    from netsmtp.cli.verdicts import verdict

    found = verdict(error)
    if found is not None:
        return found
    # The words of an unforeseen error may hold anything, a password included: they are not shown.
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    return Status.DEFECT, f"netsmtp: a defect in netsmtp: {type(error).__name__} at {place}"


def _version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib import metadata

    try:
        version = metadata.version("netsmtp")
    except metadata.PackageNotFoundError:
        version = "of a checkout that is not installed"
    click.echo(f"netsmtp {version}")
    ctx.exit()


EPILOG = "\b\nExit statuses:\n" + "\n".join(
    f"  {status:>3}  {meaning}" for status, meaning in MEANINGS.items()
)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 80}


@click.command(cls=Netsmtp, epilog=EPILOG, context_settings=SETTINGS, invoke_without_command=True)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def netsmtp(ctx: click.Context, /) -> None:
    """Mail, built with units.

    \b
    Examples:
      netsmtp demo
      netsmtp serve --port 8025
      echo Hello | netsmtp send --server localhost:8025 \\
        --from ann@example.org --to ben@example.org --subject Hello
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(Status.USAGE)
