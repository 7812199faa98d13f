"""What a command found wrong, and the three ways to say it: to people, to programs, to GitHub."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from signatures._errors import SignatureError, render
from units._errors import Problem, ProblemsError, joined

FORMATS = ("text", "json", "github")
#: A place as fields of a problem tell it: ``/a/file.py:12``, alone or in parentheses.
PLACE = re.compile(r"(?:^|\()([^()]+\.\w+):(\d+)(?:\)|$)")
#: What belongs to the packages themselves: nobody looks for a mistake there.
OURS = re.compile(r"[\\/](units|signatures)[\\/]")


class Usage(Exception):
    """The command was called in a way that cannot mean anything."""


@dataclass(frozen=True)
class Findings:
    """Everything that was found about one *target*; *said* is what is said if nothing is wrong."""

    target: str
    problems: tuple[Problem, ...] = ()
    said: str = ""
    #: Where the program was when the problems were found: ``file:line``.
    at: str = ""


class Faulty(Exception):
    """There is nothing to work with, because of problems in what was named."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(findings)
        self.findings = [findings]


def findings_of(target: str, error: ProblemsError | SignatureError) -> Findings:
    """Return what *error* says about *target*."""
    if isinstance(error, ProblemsError):
        problems = error.problems
    else:
        problems = (Problem(error.sentence, error.fields),)
    return Findings(target, problems, at=_raised(error.__traceback__))


def report(found: Sequence[Findings], form: str) -> int:
    """Print what was *found* in the *form* asked for; return the exit status."""
    writers = {"text": as_text, "json": as_json, "github": as_github}
    text = writers[form](found)
    if text:
        print(text)
    return 1 if any(each.problems for each in found) else 0


def as_text(found: Iterable[Findings]) -> str:
    """Say it to people: each target, then its problems."""
    return "\n".join(_said(each) for each in found)


def as_json(found: Iterable[Findings]) -> str:
    """Say it to programs, as an array of targets."""
    told = [
        {
            "target": each.target,
            "ok": not each.problems,
            "problems": [
                {
                    "sentence": problem.sentence,
                    "fields": {name: str(value) for name, value in _shown(problem.fields)},
                    **_place(each, problem),
                }
                for problem in each.problems
            ],
        }
        for each in found
    ]
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_github(found: Iterable[Findings]) -> str:
    """Say it to GitHub, which shows a workflow command beside the line it is about."""
    return "\n".join(
        f"::error {_properties(each, problem)}::{_escaped(str(problem))}"
        for each in found
        for problem in each.problems
    )


def _said(found: Findings) -> str:
    if not found.problems:
        return f"{found.target}: {found.said}"
    text = joined(found.problems)
    at = f" (at {found.at})" if found.at else ""
    return f"{found.target}{at}: {text}"


def _properties(found: Findings, problem: Problem) -> str:
    place = _place(found, problem)
    given = {**place, "title": f"{found.target}: {problem.sentence}"}
    return ",".join(f"{name}={_escaped(str(value), ',:')}" for name, value in given.items())


def _escaped(text: str, also: str = "") -> str:
    """Write what ends a workflow command, or a property of one, in another way."""
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _place(found: Findings, problem: Problem) -> dict[str, str | int]:
    """Return the file and the line that *problem* is about, or those where it was found."""
    for text in (*map(str, problem.fields.values()), found.at):
        match = PLACE.search(text)
        if match and os.path.isfile(match[1]):
            return {"file": _near(match[1]), "line": int(match[2])}
    return {}


def _near(path: str) -> str:
    """Return *path* from here, if it is below; GitHub knows files from the project's folder."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative.replace(os.sep, "/")


def _raised(trace: TracebackType | None) -> str:
    """Return the last line of the user's own that led to an error."""
    at = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if os.path.isfile(name) and not OURS.search(name):
            at = f"{_near(name)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return at


def _shown(fields: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, value in fields.items() if value not in (None, ""))


def usage(sentence: str, **fields: object) -> Usage:
    """Return the error that says *sentence*, with *fields* in the shape of all messages."""
    return Usage(render(sentence, {n.replace("_", " "): value for n, value in fields.items()}))


@contextmanager
def writing(file: Path) -> Generator[None, None, None]:
    """Raise `Usage` if *file* cannot be written in the ``with`` block."""
    try:
        yield
    except OSError as error:
        raise usage("cannot write the file", file=file, error=error.strerror) from None
