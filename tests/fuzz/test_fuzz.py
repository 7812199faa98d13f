"""Every fuzz target runs: its corpus holds, and a moment of random search finds nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fuzz.__main__ import NAMES, corpus, main, mutate, target
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", NAMES)
def test_short_search_finds_nothing(name: str) -> None:
    """The corpus and some thousand mutations of it break no law."""
    seeds = corpus(name)
    assert mutate(target(name), seeds, 0.3, seed=1) > len(seeds) > 0


def test_every_target_can_be_named() -> None:
    """The command offers what there is."""
    assert set(NAMES) == set(TARGETS)


def test_finding_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """What breaks a law is printed as bytes, to go into the corpus."""

    def judge(data: bytes) -> None:
        raise AssertionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TARGETS, "replies", judge)  # type: ignore[arg-type]
        with pytest.raises(AssertionError):
            target("replies")(b"\xff\r\n")
    assert r"finding for replies: b'\xff\r\n'" in capsys.readouterr().err


def test_unknown_target() -> None:
    """A name that is none is told so."""
    with pytest.raises(SystemExit):
        main(["nothing"])


def test_command() -> None:
    """`python -m tests.fuzz` runs a target for as long as it is told."""
    command = [sys.executable, "-m", "tests.fuzz", "replies", "--seconds", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
