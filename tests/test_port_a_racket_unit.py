"""The page docs/how-to/port-a-racket-unit.md: its Racket program prints what stands below it.

Its Python programs are run by conftest.py, and compare themselves with the same words.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/how-to/port-a-racket-unit.md").read_text(encoding="utf-8")
RACKET, PRINTED = (
    re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[0]
    for language in ("racket", "text")
)


def test_racket() -> None:
    """Real Racket prints what the page shows."""
    racket = shutil.which("racket")
    if racket is None:
        pytest.skip("there is no `racket` on the PATH")
    done = subprocess.run(
        [racket, str(ROOT / "tests/racket/programs.rkt")],
        input=f"{json.dumps(RACKET)}\n",
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    assert json.loads(done.stdout) == PRINTED


def test_both_steps_in_python_print_the_same() -> None:
    """The page compares each of its Python programs with these very words."""
    assert PAGE.count(f'assert ring() == "{PRINTED.strip()}"') == 1
    assert PAGE.count(f'assert made.ring() == "{PRINTED.strip()}"') == 1
