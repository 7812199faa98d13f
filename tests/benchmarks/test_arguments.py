"""The commands that measure refuse what they could not measure with, before they begin."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.smtp.__main__ import arguments_of

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "benchmarks").rglob("*.py")
    if '"--rounds"' in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("given", ["1", "0", "-3", "many"])
@pytest.mark.parametrize("command", COMMANDS)
def test_fewer_rounds_than_two_are_refused(
    command: str, given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The quartiles of one figure do not exist: it is a mistake in the command, and said as one."""
    monkeypatch.setattr(sys, "argv", [command, "--rounds", given])
    with pytest.raises(SystemExit) as ended:
        import_module(command).main()
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    wanted = f"argument --rounds: expected a number of at least 2, given {given!r}\n"
    assert printed.err.endswith(wanted)


def test_commands_with_rounds_are_found() -> None:
    """The search for them has found mail's and units', or else the test above would show nothing."""
    assert {"benchmarks.smtp.__main__", "benchmarks.units.__main__"} <= set(COMMANDS)


def test_two_rounds_are_enough() -> None:
    """Two figures have quartiles."""
    assert arguments_of(["--rounds", "2"]).rounds == 2
    assert arguments_of([]).rounds >= 2
