"""The catalogue of errors is complete, and shows what really happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

import pytest

import netsmtp.errors
from netsmtp.errors import InputError, SmtpError
from tests.errors.catalogue import Entry, entries, headline, run
from tests.errors.sentences import sentences

#: Folders that talk to somebody who typed a command or does an exercise: no program fails there.
TOLD = {"cli", "learn"}
ENTRIES = entries()
HEADINGS = {entry.heading for entry in ENTRIES}
named = pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.page}: {e.heading}")


@named
def test_program_prints_what_the_page_shows(entry: Entry) -> None:
    """To the letter; after a change, `python -m tests.errors` writes the page anew."""
    printed = run(entry.program)
    assert printed == entry.shown
    assert headline(printed) == entry.heading


@named
def test_cure_helps(entry: Entry) -> None:
    """The corrected program is another one, and runs to its end."""
    assert entry.cure
    assert entry.cure != entry.program
    assert run(entry.cure) == ""


@named
def test_entry_says_why(entry: Entry) -> None:
    """Between the message and the cure stands at least a sentence of words."""
    why = re.split(r"^```", entry.text.partition("\n```text\n")[2], flags=re.MULTILINE)[1]
    assert why.strip().endswith((".", ":"))


def is_listed(sentence: str) -> bool:
    """Tell whether an entry has *sentence*; one that is handed on may go on after a blank."""
    return sentence != "*" and any(
        fnmatchcase(heading, sentence) or heading.startswith(f"{sentence} ") for heading in HEADINGS
    )


def test_every_sentence_of_signatures_and_units_has_an_entry() -> None:
    """Every one that their sources can open a message with, but for `TOLD`."""
    folders = [Path(str(files(package))) for package in ("signatures", "units")]
    sources = [(f, f.relative_to(folder)) for folder in folders for f in folder.rglob("*.py")]
    found = sentences(file for file, inside in sources if TOLD.isdisjoint(inside.parts))
    assert len(found) > 90
    assert {s: places for s, places in found.items() if not is_listed(s)} == {}


def smtp_errors(cls: type[SmtpError] = SmtpError) -> Iterator[type[SmtpError]]:
    for child in cls.__subclasses__():
        if child.__module__.startswith(netsmtp.__name__):
            yield child
        yield from smtp_errors(child)


def test_every_headline_of_mail_has_an_entry() -> None:
    """Every one of `netsmtp.errors`; `InputError` only groups others, and none is just one."""
    shown = {entry.shown.partition(":")[0].rpartition(".")[2]: entry for entry in ENTRIES}
    errors = {e.__name__: e.headline for e in smtp_errors() if e is not InputError}
    assert len(errors) > 20
    assert {n: h for n, h in errors.items() if n not in shown or shown[n].heading != h} == {}
