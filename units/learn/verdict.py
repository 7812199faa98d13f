"""What is to be said of one file, and how it is found out without running it here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from units.learn.exercise import GAP, Exercise

#: How much longer than its file a process may take: to start, and to tell.
GRACE = 30.0


class Verdict(NamedTuple):
    """Whether an answer *passed*; if not, the *sentence* that helps.

    *error* is what Python said, *line* where in the file, *printed* what the file printed.
    """

    passed: bool
    sentence: str = ""
    error: str = ""
    line: int | None = None
    printed: str = ""


def text_of(exercise: Exercise, answer: str) -> str:
    """Return the file of *exercise* with *answer* in its gap."""
    return exercise.TEXT.replace(GAP, answer)


def is_started(exercise: Exercise, file: Path) -> bool:
    """Tell whether anybody has changed *file* since it was written."""
    start = text_of(exercise, exercise.START)
    try:
        return file.read_bytes().split() != start.encode().split()
    except OSError:
        return True  # judging it will tell why it cannot be read


def verdict(number: int, file: Path, seconds: float) -> Verdict:
    """Have *file* judged as the answer to exercise *number*, in a process of its own.

    The file may take so many *seconds*.
    """
    command = [sys.executable, "-m", "units.learn.judge", str(number), str(file), str(seconds)]
    # What can be imported here can be imported there.
    path = os.pathsep.join(filter(None, sys.path))
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds + GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(False, "It did not end, nor let itself be asked where it is.")
    try:
        return Verdict(**json.loads(done.stdout))
    except ValueError:
        return Verdict(False, f"It ended its process, with status {done.returncode}.", done.stderr)
