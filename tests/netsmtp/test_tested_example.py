"""The example that is tested in three ways: its tests pass, as a reader would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "examples" / "library"


def test_the_reminders_are_tested(tmp_path: Path) -> None:
    """In their own folder, with nothing configured."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "netsmtp.pytest_plugin"),
            *("-p", "no:cacheprovider", "--noconftest", "-c", os.devnull),
            *("--rootdir", str(tmp_path), str(FOLDER)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
