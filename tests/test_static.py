"""tests/typing is read by type checkers and never run: here only that it can be relied on.

Each mistake planted there is marked for mypy and for pyright. Both report a mark that hides
nothing, so a mistake that one of them no longer finds is an error; one marked for a single checker
would be no test of the other.
"""

import re
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent / "typing").glob("[!_]*.py"))
MYPY = re.compile(r"# type: ignore\[[a-z, -]+\]")
PYRIGHT = re.compile(r"# pyright: ignore\[[A-Za-z, ]+\]")

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_file
def test_file_compiles(path: Path) -> None:
    """What type checkers read is Python."""
    compile(path.read_text(encoding="utf-8"), path.name, "exec")


@each_file
def test_every_planted_mistake_is_marked_for_both_checkers(path: Path) -> None:
    """A line with one checker's mark has the other's, each with the code of the mistake."""
    marked = [line for line in path.read_text(encoding="utf-8").splitlines() if ": ignore" in line]
    assert marked, "a file without a planted mistake shows nothing"
    assert [line for line in marked if not (MYPY.search(line) and PYRIGHT.search(line))] == []
