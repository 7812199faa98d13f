"""How it is told to a person what became of an exercise."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill, indent
from typing import NamedTuple, TextIO

from units.learn.exercises import EXERCISES
from units.learn.verdict import Verdict

PROGRAM = "python -m units.learn"
WIDTH = 88

PASSES, NOT_YET, NOT_STARTED, MISSING = "passes", "not yet", "not started", "the file is missing"
#: What each state looks like on a terminal, as numbers of an escape sequence.
COLOURS = {PASSES: "32", NOT_YET: "31", NOT_STARTED: "2", MISSING: "31"}

Colour = Callable[[str], str]


class Outcome(NamedTuple):
    """The *state* of the exercise in *file*, and why where it was checked."""

    state: str
    file: Path
    verdict: Verdict | None = None


def told(number: int, outcome: Outcome, colour: Colour) -> str:
    """Tell the *outcome* of exercise *number*, its state in *colour*."""
    lines = [f"{a_number(number):14} {colour(outcome.state)}"]
    verdict = outcome.verdict
    if verdict is not None and not verdict.passed:
        at = "" if verdict.line is None else f":{verdict.line}"
        lines += [
            filled(verdict.sentence),
            indent(f"at {_near(outcome.file)}{at}", "    "),
            indent(verdict.error.rstrip(), "      "),
        ]
        if verdict.printed:
            lines += ["    It printed:", indent(verdict.printed.rstrip(), "      ")]
    return "\n".join(line for line in lines if line)


def progress(outcomes: Mapping[int, Outcome]) -> str:
    """Tell how many of *outcomes* pass, and what to do next."""
    done = sum(outcome.state == PASSES for outcome in outcomes.values())
    if len(outcomes) == done:
        return "It passes." if done == 1 else f"All {done} pass: the shop is yours."
    number, outcome = next(each for each in outcomes.items() if each[1].state != PASSES)
    next_step = {
        MISSING: f"{PROGRAM} start {_near(outcome.file.parent)} --only {number}",
        NOT_STARTED: f"the task in {_near(outcome.file)}",
        NOT_YET: f"{PROGRAM} hint {number}, or another try",
    }
    return f"{done} of {len(outcomes)} pass. Next: {next_step[outcome.state]}"


def a_number(number: int) -> str:
    """Return how exercise *number* is called in a list."""
    return f"{number} {EXERCISES[number].NAME}"


def a_file(number: int) -> str:
    """Return the name of the file of exercise *number*."""
    return f"{number}_{EXERCISES[number].NAME}.py"


def colours(stream: TextIO) -> Colour:
    """Return what colours a state on *stream*: nothing unless that is a terminal."""
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain:
        return str
    return lambda state: f"\033[{COLOURS[state]}m{state}\033[0m"


def filled(sentence: str) -> str:
    """Return *sentence* in lines that are not too long to read."""
    inset = "    "
    return fill(
        sentence,
        WIDTH,
        initial_indent=inset,
        subsequent_indent=inset,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _near(path: Path) -> str:
    """Return *path* from here, if it is below."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative
