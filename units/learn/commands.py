"""The command ``python -m units.learn``: writes exercises, and tells what is wrong with the answers.

python -m units.learn start
python -m units.learn
"""

from __future__ import annotations

import io
import os
import sys
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from signatures._errors import nearest
from units.cli import Parser
from units.cli.problems import Usage, usage
from units.learn.exercises import EXERCISES
from units.learn.telling import (
    MISSING,
    NOT_STARTED,
    NOT_YET,
    PASSES,
    PROGRAM,
    Outcome,
    a_file,
    a_number,
    colours,
    progress,
    told,
)
from units.learn.verdict import is_started, text_of, verdict

FOLDER = "letterpress"
SECONDS = 10.0
DESCRIPTION = f"""\
Exercises of the tutorial, a file for each step.

{PROGRAM} start [FOLDER]   writes them, into {FOLDER} if no folder is named
{PROGRAM} [PATH]           tells which pass, and what is wrong with the others
{PROGRAM} hint NUMBER      says a little more
{PROGRAM} show NUMBER      shows a solution, and why it is so
"""
STATUSES = "Exit statuses: 0 every exercise passes, 1 some do not, 2 wrong usage."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that *arguments* name, by default those of the process; return its status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A character that the output does not have is shown in another way; it is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = (
            COMMANDS[given[0]](given[1:]) if given[:1] and given[0] in COMMANDS else check(given)
        )
        sys.stdout.flush()
    except Usage as error:
        print(f"units.learn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def check(given: Sequence[str]) -> int:
    """Tell of each exercise in a folder, or of one file, whether it passes."""
    parser = Parser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=STATUSES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "path", metavar="PATH", nargs="?", type=Path, help="a folder, a file, or a number"
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=SECONDS,
        help=f"how long each file may take; {SECONDS:g} if not said",
    )
    options = parser.parse_args(given)
    files = _files(options.path)

    def outcome_of(number: int) -> Outcome:
        return outcome(number, files[number], options.seconds)

    colour = colours(sys.stdout)
    outcomes: dict[int, Outcome] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, found in zip(files, pool.map(outcome_of, files), strict=True):
            outcomes[number] = found
            print(told(number, found, colour), flush=True)
    print(f"\n{progress(outcomes)}")
    return 0 if all(found.state == PASSES for found in outcomes.values()) else 1


def outcome(number: int, file: Path, seconds: float) -> Outcome:
    """Return what has become of exercise *number* in *file*, which may take so many *seconds*."""
    if not file.is_file():
        return Outcome(MISSING, file)
    if not is_started(EXERCISES[number], file):
        return Outcome(NOT_STARTED, file)
    found = verdict(number, file, seconds)
    return Outcome(PASSES if found.passed else NOT_YET, file, found)


def start(given: Sequence[str]) -> int:
    """Write the exercises into a folder."""
    parser = Parser(prog=f"{PROGRAM} start", description=start.__doc__, epilog=STATUSES)
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, default=Path(FOLDER))
    parser.add_argument("--only", metavar="NUMBER", type=_number, help="write this one")
    parser.add_argument(
        "--again", action="store_true", help="write over what is there: answers are lost"
    )
    options = parser.parse_args(given)
    folder: Path = options.folder
    numbers = list(EXERCISES) if options.only is None else [options.only]
    files = {number: folder / a_file(number) for number in numbers}
    taken = [file.name for file in files.values() if file.exists()]
    if folder.exists() and not folder.is_dir():
        raise usage("this is no folder", given=folder)
    if taken and not options.again:
        raise usage(
            "there are exercises already",
            folder=folder,
            files=", ".join(taken),
            hint="--again writes over them, with --only NUMBER over one; what is in them is lost",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, file in files.items():
            exercise = EXERCISES[number]
            file.write_text(text_of(exercise, exercise.START), encoding="utf-8")
            print(file)
    except OSError as error:
        raise usage("cannot write there", path=error.filename, error=error.strerror) from None
    where = "" if folder == Path(FOLDER) else f" {folder}"
    print(f"Next: fill the gap in {files[numbers[0]]}, then {PROGRAM}{where}")
    return 0


def hint(given: Sequence[str]) -> int:
    """Say a little more about an exercise."""
    number = _given_number("hint", hint, given)
    print(EXERCISES[number].HINT, end="")
    return 0


def show(given: Sequence[str]) -> int:
    """Show a solution, and why it is so."""
    exercise = EXERCISES[_given_number("show", show, given)]
    print(text_of(exercise, exercise.ANSWER))
    print(exercise.WHY, end="")
    return 0


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "start": start,
    "hint": hint,
    "show": show,
}


def _files(path: Path | None) -> dict[int, Path]:
    """Return the files to check by the numbers of their exercises.

    Raises `Usage` if *path* is neither one of them, by its file or number, nor a folder that has one.
    """
    numbers = {a_file(number): number for number in EXERCISES}
    chosen = [number for number in EXERCISES if str(number) == str(path)]
    if path is not None and str(path).isdecimal() and not path.exists():
        if not chosen:
            there_are = ", ".join(map(a_number, EXERCISES))
            raise usage("there is no such exercise", given=path, there_are=there_are)
        path = None
    folder = _usual_folder() if path is None else path
    if folder.is_file():
        if folder.name not in numbers:
            near = nearest(folder.name, numbers)
            raise usage("this is no exercise", given=folder, did_you_mean=near)
        return {numbers[folder.name]: folder.absolute()}
    begin = f"{PROGRAM} start" + ("" if path is None else f" {path}")
    if not folder.is_dir():
        raise usage(
            "there is no such folder",
            given=folder,
            did_you_mean=nearest(str(folder), COMMANDS),
            hint=f"{begin} writes the exercises",
        )
    files = {number: folder.absolute() / name for name, number in numbers.items()}
    if not any(file.exists() for file in files.values()):
        raise usage(
            "there are no exercises in this folder", given=folder, hint=f"{begin} writes them"
        )
    return {number: files[number] for number in chosen if path is None} or files


def _usual_folder() -> Path:
    """Return the folder to check if none is named."""
    here = Path()
    has_one = any((here / a_file(number)).exists() for number in EXERCISES)
    return here if has_one else Path(FOLDER)


def _given_number(name: str, command: Callable[..., int], given: Sequence[str]) -> int:
    parser = Parser(prog=f"{PROGRAM} {name}", description=command.__doc__)
    parser.add_argument("number", metavar="NUMBER", type=_number, help="the exercise")
    number: int = parser.parse_args(given).number
    return number


def _number(text: str) -> int:
    """Return the number of the exercise called *text*: ``3``, or its name or file."""
    for number in EXERCISES:
        if text in (str(number), EXERCISES[number].NAME, a_file(number)):
            return number
    there = ", ".join(map(a_number, EXERCISES))
    raise ArgumentTypeError(f"there is no exercise {text!r}; there are {there}")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise ArgumentTypeError(f"a number of seconds, more than 0, is expected, not {text!r}")
    return seconds
