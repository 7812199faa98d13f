"""Real Racket, where it is installed, still does what was recorded of it.

`tools/record-racket` asks it about net/smtp too; here only what takes a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.netsmtp.against_racket import MISSING, cases, head_differences, racket, smtp_differences

TOOL = Path(__file__).resolve().parents[2] / "tools" / "record-racket"
needs_racket = pytest.mark.skipif(racket() is None, reason=MISSING)


@needs_racket
def test_head() -> None:
    """All recorded calls of net/head, and the dates in two time zones."""
    assert list(head_differences(cases("head-cases"))) == []


@needs_racket
def test_a_difference_is_shown() -> None:
    """What Racket does not do any more is told with both answers."""
    case = next(case for case in cases("head-cases") if case["id"] == "append-headers-005")
    (shown,) = head_differences([{**case, "result": "other"}])
    assert shown.startswith("append-headers-005\n  recorded: {'result': 'other'}\n  racket: ")


@needs_racket
def test_smtp() -> None:
    """A plain send, a refused one and one that upgrades, byte for byte."""
    some = ("plain", "tls-identity", "tls-454", "eom-raise")
    chosen = [case for case in cases("smtp-transcripts") if case["id"] in some]
    assert len(chosen) == len(some)
    assert list(smtp_differences(chosen)) == []
    (shown,) = smtp_differences([{**chosen[0], "outcome": "other"}])
    assert shown == "plain outcome\n  recorded: 'other'\n  racket:   'ok'"


def test_tool_says_where_racket_is_missing() -> None:
    """Without Racket the command says so, in one sentence."""
    environment = {**os.environ, "PATH": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, str(TOOL)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, f"{MISSING}.\n", "")


def test_tool_knows_what_it_can_record() -> None:
    """A name it does not know is answered by those it knows."""
    done = subprocess.run(
        [sys.executable, str(TOOL), "heat"], capture_output=True, text=True, check=False
    )
    assert done.stdout == "no such module: heat; there are: head, smtp\n"
    assert done.returncode == 2
