"""Read the catalogue of errors in docs/reference/errors, and run its programs.

Each entry of a page is a heading, the program, what the program prints, why that is, and the cure::

    ## undefined export
    (a `py` block: the program)
    (a `text` block: the end of its traceback)
    Why, in words.
    (a `py` block: the cure)

A block is the file ``shop.py``, or the one that its first line names in a comment.  Files at the
top of the first page and of the page itself lie beside every program.  The blocks are not `python`, as
in other pages, because those of one page run as one module.
"""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

PAGES = Path(__file__).resolve().parents[2] / "docs/reference/errors"
FENCE = re.compile(r"^```(py|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"^## ", re.MULTILINE)
FILE = re.compile(r"# (\w+)\.py$", re.MULTILINE)
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")
PROGRAM = "shop"


@dataclass(frozen=True)
class Entry:
    """One error: the *text* of its entry on *page*, taken apart; *beside* are files it may use."""

    page: str
    text: str
    beside: dict[str, str]

    @property
    def heading(self) -> str:
        """What the error is looked up by: the first line of its message."""
        return self.text.partition("\n")[0]

    @property
    def shown(self) -> str:
        """What the page says that the program prints."""
        return next(text for kind, text in FENCE.findall(self.text) if kind == "text")

    @property
    def program(self) -> dict[str, str]:
        """The files of the program, by module."""
        return self.beside | _files(self.text.partition("\n```text\n")[0])

    @property
    def cure(self) -> dict[str, str]:
        """The files of the corrected program."""
        return self.beside | _files(self.text.partition("\n```text\n")[2])


def _files(text: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for kind, block in FENCE.findall(text):
        if kind == "py":
            named = FILE.match(block)
            files[named[1] if named else PROGRAM] = block
    return files


def entries() -> list[Entry]:
    """Return every entry of every page."""
    toys = _files((PAGES / "index.md").read_text(encoding="utf-8"))
    found: list[Entry] = []
    for page in sorted(PAGES.glob("*.md")):
        top, *texts = ENTRY.split(page.read_text(encoding="utf-8"))
        beside = toys | _files(top)
        found += [Entry(page.stem, text, beside) for text in texts]
    return found


def run(files: Mapping[str, str]) -> str:
    """Run the program *files*; return the end of its traceback, nothing if it ends well."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        for name, text in files.items():
            (Path(folder) / f"{name}.py").write_text(text, encoding="utf-8")
        sys.path.insert(0, folder)
        stack.callback(sys.path.remove, folder)
        stack.callback(_forget, files)
        importlib.invalidate_caches()
        stack.enter_context(redirect_stdout(StringIO()))
        try:
            importlib.import_module(PROGRAM)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page shows it
            text = "".join(traceback.format_exception_only(error))
            return ADDRESS.sub("0x...", text.replace(f"{folder}/", ""))
    return ""


def _forget(files: Mapping[str, str]) -> None:
    """Let the next program import modules of the same names anew."""
    for name in files:
        sys.modules.pop(name, None)


def headline(printed: str) -> str:
    """Return the first line of the message in *printed*: without the type of the error."""
    return printed.partition("\n")[0].partition(": ")[2]


def rewritten(entry: Entry, printed: str) -> str:
    """Return the text of *entry* with the heading and the message that its program *printed*."""
    body = entry.text.partition("\n")[2]
    body = body.replace(f"```text\n{entry.shown}```", f"```text\n{printed}```", 1)
    return f"{headline(printed)}\n{body}"
