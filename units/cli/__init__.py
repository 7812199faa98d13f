"""The command ``python -m units``: what can be told of a linkage without running it.

Each command is a module here with an `add`, which says what it takes, and a `run`.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import NoReturn

from signatures._errors import nearest, render
from signatures._streams import ready
from units.cli import check, completion, draw, explain, new, order
from units.cli.problems import Faulty, Usage, as_text, usage

COMMANDS = {
    "check": check,
    "draw": draw,
    "explain": explain,
    "order": order,
    "new": new,
    "completion": completion,
}
PROGRAM = "python -m units"
STATUSES = "Exit statuses: 0 all is well, 1 there are problems, 2 wrong usage."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that *arguments* name, by default those of the process; return its status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    ready()
    try:
        if given[:1] == [completion.ASKED]:
            status = completion.answer(given[1:], COMMANDS, parser())
        else:
            _known(given)
            options = parser().parse_args(given)
            status = COMMANDS[options.command].run(options)
        sys.stdout.flush()
    except Usage as error:
        print(f"units: {error}", file=sys.stderr)
        return 2
    except Faulty as error:
        print(as_text(error.findings), file=sys.stderr)
        return 1
    except OSError as error:
        # Python would try once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # then whoever read the output has had enough
            told = render("cannot write", {"file": error.filename, "error": error.strerror})
            print(f"units: {told}", file=sys.stderr)
        return 1
    return status


class Parser(ArgumentParser):
    """Tells mistakes in the shape of all messages of the project."""

    def error(self, message: str) -> NoReturn:
        raise Usage(render(message, {"see": f"{self.prog} --help"}))


def parser() -> ArgumentParser:
    """Return what parses the command line."""
    whole = Parser(
        prog=PROGRAM,
        description=(__doc__ or "").partition("\n")[0].partition(": ")[2].capitalize(),
        epilog=STATUSES,
    )
    commands = whole.add_subparsers(dest="command", required=True, parser_class=Parser)
    for name, module in COMMANDS.items():
        described = (module.__doc__ or "").strip()
        summary = described.partition("\n")[0]
        one = commands.add_parser(
            name,
            help=summary[0].lower() + summary[1:].rstrip("."),
            description=described,
            epilog=STATUSES,
            formatter_class=RawDescriptionHelpFormatter,
        )
        module.add(one)
    return whole


def _known(given: Sequence[str]) -> None:
    """Refuse no command, and one that there is not; name the one that was perhaps meant."""
    if not given:
        raise usage("a command is expected", there_are=", ".join(COMMANDS), see=f"{PROGRAM} --help")
    if not given[0].startswith("-") and given[0] not in COMMANDS:
        near = nearest(given[0], COMMANDS)
        raise usage(
            "there is no such command",
            given=given[0],
            did_you_mean=near,
            there_are=", ".join(COMMANDS),
        )
