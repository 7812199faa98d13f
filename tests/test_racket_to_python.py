"""The pages docs/racket-to-python: what stands under a program is what it prints, in both languages.

A section with a `racket` block is a pair. What a program prints is the next `text` block: one below
both where they print the same, one below each where they fail, for each says so in its own words.
Without Racket on this machine the text is what Racket was seen to print when the page was written.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/racket-to-python"
DRIVER = ROOT / "tests/racket/programs.rkt"
BLOCK = re.compile(r"^```(racket|python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: The file that errors of the Python programs name.
FILE = "ferry.py"


@dataclass(frozen=True)
class Program:
    """A program, and what it prints."""

    language: str
    text: str
    prints: str


@dataclass(frozen=True)
class Pair:
    """A section of a page: a program in Racket, then one or two in Python."""

    page: str
    title: str
    programs: tuple[Program, ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"

    def written_in(self, language: str) -> list[Program]:
        """Return the programs that are written in *language*."""
        return [program for program in self.programs if program.language == language]


def pairs() -> list[Pair]:
    """Return the pairs of all pages, in the order of the text."""
    found: list[Pair] = []
    for page in sorted(FOLDER.glob("*.md")):
        _, *sections = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for section in sections:
            title, _, text = section.partition("\n")
            if "```racket\n" in text:
                found.append(Pair(page.stem, title, tuple(programs(text))))
    return found


def programs(section: str) -> list[Program]:
    """Return the programs of a *section*, each with the text block that comes next."""
    blocks = BLOCK.findall(section)
    return [
        Program(language, text, next(t for kind, t in blocks[n:] if kind == "text"))
        for n, (language, text) in enumerate(blocks)
        if language != "text"
    ]


PAIRS = pairs()
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=str)


@pytest.fixture(scope="module")
def printed_by_racket() -> dict[str, str]:
    """What real Racket prints, by the text of the program: one process runs them all."""
    racket = shutil.which("racket")
    if racket is None:
        pytest.skip("there is no `racket` on the PATH")
    texts = [program.text for pair in PAIRS for program in pair.written_in("racket")]
    done = subprocess.run(
        [racket, str(DRIVER)],
        input="".join(f"{json.dumps(text)}\n" for text in texts),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return dict(zip(texts, map(json.loads, done.stdout.splitlines()), strict=True))


@each_pair
def test_python(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python programs of a pair print what stands below them; a second one goes on from the first."""
    module = ModuleType("ferry")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for program in pair.written_in("python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(program.text, FILE, "exec", dont_inherit=True), vars(module))
        assert printed.getvalue() == program.prints


@each_pair
def test_racket(pair: Pair, printed_by_racket: dict[str, str]) -> None:
    """Real Racket prints what stands below its program."""
    for program in pair.written_in("racket"):
        assert printed_by_racket[program.text] == program.prints


@each_pair
def test_pair_has_both_languages(pair: Pair) -> None:
    """A pair shows its form in one Racket program, and what does the same in Python."""
    languages = [program.language for program in pair.programs]
    assert languages in (["racket", "python"], ["racket", "python", "python"])


def test_every_form_has_a_pair() -> None:
    """Each form of the reference's table stands in the title or the Racket program of a pair."""
    reference = (ROOT / "docs/reference/racket.md").read_text(encoding="utf-8")
    table = reference.partition("\n## Forms\n")[2].partition("\n## ")[0]
    forms = re.findall(r"`([^`]+)`", "\n".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE)))
    texts = [f"{pair.title} {each.text}" for pair in PAIRS for each in pair.written_in("racket")]
    words = [set(re.findall(r"[^\s()\[\]]+", text)) for text in texts]
    assert len(forms) > 40
    assert [form for form in forms if not any(set(form.split()) <= each for each in words)] == []
