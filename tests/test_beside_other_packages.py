"""The programs of other packages on our pages, run where the package is installed.

A block with a caption belongs to the package of that name; everything it needs is in it. The other
blocks of these pages are run by conftest.py, as those of every page.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXPLANATION = ROOT / "docs/explanation"
PAGES = (
    EXPLANATION / "beside-other-packages.md",
    EXPLANATION / "performance.md",
    EXPLANATION / "what-units-add.md",
    *sorted((EXPLANATION / "what-units-add").glob("*.md")),
)
BLOCK = re.compile(
    r"^```\{code-block\} python3\n:caption: (?P<package>\S+)\n\n(?P<text>.*?)^```$", re.M | re.S
)


class Program(NamedTuple):
    """A program that uses *package*, and where it stands."""

    package: str
    text: str
    page: Path
    line: int

    def __str__(self) -> str:
        return f"{self.page.stem}:{self.line}: {self.package}"


def programs() -> list[Program]:
    """Return the programs of all pages, in the order of the text."""
    found: list[Program] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start("text")) + 1
            found.append(Program(block["package"], block["text"], page, line))
    return found


PROGRAMS = programs()
PACKAGES = sorted({program.package for program in PROGRAMS} - {"pytest"})


@pytest.mark.parametrize("package", PACKAGES)
def test_programs_of(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each program shows of its package what the page says."""
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{package} is not installed; it is in the extra `peers`")
    for program in PROGRAMS:
        if program.package == package:
            module = ModuleType("beside")
            monkeypatch.setitem(sys.modules, module.__name__, module)
            # Errors name the page and the line.
            code = "\n" * (program.line - 1) + program.text
            exec(compile(code, str(program.page), "exec", dont_inherit=True), vars(module))


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p.package == "pytest"], ids=str)
def test_programs_of_pytest(program: Program, tmp_path: Path) -> None:
    """These are tests, and pass."""
    file = tmp_path / "test_page.py"
    file.write_text(program.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file.name],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_package_is_shown() -> None:
    """None of the packages that the pages compare is there in words only."""
    assert PACKAGES == [
        "anydi",
        "dependency-injector",
        "dishka",
        "svcs",
        "wireup",
        "zope.component",
    ]


def test_no_block_is_left_out() -> None:
    """A block in which a package is imported has the caption that makes this file run it."""
    modules = [package.replace("-", "_").replace(".", r"\.") for package in PACKAGES]
    uses = re.compile(rf"^(?:import|from) (?:{'|'.join(modules)})\b", re.MULTILINE)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert uses.findall(BLOCK.sub("", text)) == []
