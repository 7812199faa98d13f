"""The command `python -m units.learn`: what it writes, what it tells, and what it survives."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.units.cli.test_process import ROOT, python
from tests.units.learn.answers import MISTAKES
from units.learn.commands import COMMANDS, main
from units.learn.exercises import EXERCISES
from units.learn.telling import a_file, colours
from units.learn.verdict import text_of

NAMES = [a_file(number) for number in EXERCISES]


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


Learn = Callable[..., Outcome]


@pytest.fixture
def learn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Learn:
    """The command, run in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def learn(*arguments: str) -> Outcome:
        status = main(arguments)
        told = capsys.readouterr()
        return Outcome(status, told.out, told.err)

    return learn


def only(learn: Learn, number: int, text: str, *arguments: str) -> Outcome:
    """Write *text* as the file of exercise *number*, and check that file."""
    file = Path(a_file(number))
    file.write_text(text, encoding="utf-8")
    return learn(str(file), *arguments)


def test_start_writes_the_exercises_and_none_of_them_is_done(learn: Learn) -> None:
    """A reader begins with nine files, and is told which is first."""
    started = learn("start")
    assert started.status == 0
    assert sorted(path.name for path in Path("letterpress").iterdir()) == sorted(NAMES)
    assert "Next: fill the gap in letterpress/1_signature.py" in started.out
    checked = learn()
    assert checked.status == 1
    assert checked.out.count("not started") == len(EXERCISES)
    assert checked.out.endswith("0 of 9 pass. Next: the task in letterpress/1_signature.py\n")


def test_every_solution_passes(learn: Learn) -> None:
    """With all that `show` shows, the status is 0; inside the folder no path is needed."""
    for number, exercise in EXERCISES.items():
        Path(a_file(number)).write_text(text_of(exercise, exercise.ANSWER), encoding="utf-8")
    checked = learn()
    assert (checked.status, checked.err) == (0, "")
    assert checked.out.count("passes\n") == len(EXERCISES)
    assert checked.out.endswith("All 9 pass: the shop is yours.\n")


def test_a_wrong_answer_is_told_with_its_error_and_its_line(learn: Learn) -> None:
    """First the sentence, then where, then what Python said; then what to do next."""
    learn("start", "shop")
    (mistake,) = (mistake for _, mistake in MISTAKES if mistake.name == "not invoked")
    Path("shop", "3_linking.py").write_text(text_of(EXERCISES[3], mistake.answer), encoding="utf-8")
    assert (
        learn("shop").out
        == """\
1 signature    not started
2 two_units    not started
3 linking      not yet
    A unit is a plan. `invoke(shop)` makes the component of it.
    at shop/3_linking.py:14
      AttributeError: 'CompoundUnit' object has no attribute 'order'
4 cycles       not started
5 swapping     not started
6 twice        not started
7 lifetimes    not started
8 contracts    not started
9 mail         not started

0 of 9 pass. Next: the task in shop/1_signature.py
"""
    )
    one = learn("shop/3_linking.py")
    assert one.status == 1
    assert one.out.endswith("0 of 1 pass. Next: python -m units.learn hint 3, or another try\n")


def test_one_file_can_pass_alone(learn: Learn) -> None:
    """The status is that of the files that were asked about."""
    done = only(learn, 3, text_of(EXERCISES[3], EXERCISES[3].ANSWER))
    assert done == (0, "3 linking      passes\n\nIt passes.\n", "")
    assert learn("3") == done


def test_a_missing_file_is_told_and_can_be_written_again(learn: Learn) -> None:
    """The others are checked all the same."""
    learn("start", "shop")
    Path("shop/1_signature.py").unlink()
    checked = learn("shop")
    assert "1 signature    the file is missing\n" in checked.out
    assert "Next: python -m units.learn start shop --only 1" in checked.out
    assert learn("start", "shop", "--only", "1").status == 0
    assert learn("shop").out.count("not started") == len(EXERCISES)


def test_answers_are_never_written_over_unasked(learn: Learn) -> None:
    """If one file is in the way nothing is written; --again says that it may be lost."""
    Path("shop").mkdir()
    mine = Path("shop/3_linking.py")
    mine.write_text("mine\n", encoding="utf-8")
    refused = learn("start", "shop")
    assert refused.status == 2
    assert "there are exercises already\n  folder: shop\n  files: 3_linking.py\n" in refused.err
    assert [path.name for path in Path("shop").iterdir()] == ["3_linking.py"]
    assert mine.read_text(encoding="utf-8") == "mine\n"
    assert learn("start", "shop", "--again", "--only", "linking").status == 0
    assert mine.read_text(encoding="utf-8").startswith('"""3. Link and invoke.')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start", "file"], "this is no folder\n  given: file"),
        (["start", "file/folder"], "cannot write there\n"),
        (
            ["start", "--only", "10"],
            "there is no exercise '10'; there are 1 signature, 2 two_units",
        ),
        (["show", "10"], "there is no exercise '10'"),
        (["show"], "the following arguments are required: NUMBER"),
        (["hint", "mails"], "there is no exercise 'mails'"),
        (
            [],
            "there is no such folder\n  given: letterpress\n  hint: python -m units.learn start w",
        ),
        (["strat"], "there is no such folder\n  given: strat\n  did you mean: start\n"),
        (
            ["3"],
            "there is no such folder\n  given: letterpress\n  hint: python -m units.learn start w",
        ),
        (["12"], "there is no such exercise\n  given: 12\n  there are: 1 signature, 2 two"),
        (["empty"], "there are no exercises in this folder\n  given: empty\n  hint: python -m"),
        (["file"], "this is no exercise\n  given: file\n"),
        (
            ["2_units.py"],
            "this is no exercise\n  given: 2_units.py\n  did you mean: 2_two_units.py",
        ),
        (["--seconds", "soon"], "a number of seconds, more than 0, is expected, not 'soon'"),
        (["--seconds", "nan"], "a number of seconds, more than 0, is expected, not 'nan'"),
        (["a", "b"], "unrecognized arguments: b"),
    ],
)
def test_wrong_usage_is_told_in_one_shape(learn: Learn, arguments: list[str], said: str) -> None:
    """The status is 2, nothing is printed, and nothing is written."""
    Path("file").write_text("", encoding="utf-8")
    Path("2_units.py").write_text("", encoding="utf-8")
    Path("empty").mkdir()
    done = learn(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("units.learn: ")
    assert said in done.err
    assert sorted(path.name for path in Path().iterdir()) == ["2_units.py", "empty", "file"]


@pytest.mark.parametrize("number", EXERCISES)
def test_show_and_hint_help_with_each(learn: Learn, number: int) -> None:
    """A solution that runs as it is, then why; a hint that is not the solution."""
    exercise = EXERCISES[number]
    shown = learn("show", str(number))
    assert shown == (0, f"{text_of(exercise, exercise.ANSWER)}\n{exercise.WHY}", "")
    hint = learn("hint", exercise.NAME)
    assert (hint.status, hint.out) == (0, exercise.HINT)
    assert exercise.ANSWER not in hint.out


@pytest.mark.parametrize(
    ("text", "said", "printed"),
    [
        ("while True: pass\n", "It was still running after 0.5 seconds.", ":1\n"),
        ("a = 1\nimport time\ntime.sleep(60)\n", "It was still running after 0.5", ":3\n"),
        ("print('x' * 9000)\nshop =\n", "Python cannot read the file.", ":2\n      SyntaxError"),
        ("print('one', 2)\n", "The file defines no `shop`.", "It printed:\n      one 2\n"),
        ("import os\nos.write(1, b'{}')\n", "The file defines no `shop`", ""),
        ("raise SystemExit(3)\n", "The file ends the program", ":1\n      SystemExit: 3\n"),
        ("import os\nos._exit(7)\n", "It ended its process, with status 7.", ""),
        ("input()\n", "The file raises an error", ":1\n      EOFError"),
        ("def f(): f()\nf()\n", "A function calls itself without an end.", "RecursionError"),
        ("class E(Exception):\n  __str__ = None\nraise E\n", "The file raises", "E: (an error th"),
        ("from letterpress import x\n", "The file raises an error", "ModuleNotFoundError"),
        ("raise KeyboardInterrupt\n", "The file raises an error", "KeyboardInterrupt"),
        ("import threading\nthreading.Thread(target=input().count)\n", "The file raises", ""),
    ],
)
def test_nothing_in_a_file_upsets_the_command(
    learn: Learn, text: str, said: str, printed: str
) -> None:
    """No traceback of ours, no end without a sentence, and no waiting."""
    done = only(learn, 3, text, "--seconds", "0.5")
    assert (done.status, done.err) == (1, "")
    assert said in done.out
    assert printed in done.out
    assert "Traceback" not in done.out
    assert len(done.out) < 3000


def test_a_file_that_lets_nothing_else_run_is_ended(
    learn: Learn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where even the clock inside stands still, the one outside does not."""
    monkeypatch.setattr("units.learn.verdict.GRACE", 0.5)
    done = only(learn, 3, "import re\nre.match('(a+)+$', 'a' * 99 + 'b')\n", "--seconds", "0.5")
    assert (done.status, done.err) == (1, "")
    assert "It did not end, nor let itself be asked where it is." in done.out


def test_a_thread_that_stays_does_not_keep_the_command(learn: Learn) -> None:
    """The verdict ends the process of the file."""
    text = text_of(EXERCISES[3], EXERCISES[3].ANSWER)
    stays = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    assert only(learn, 3, text + stays).status == 0


def test_a_file_that_is_no_text_is_told(learn: Learn) -> None:
    """Python's own words say what is wrong."""
    Path("3_linking.py").write_bytes(b"shop = '\xff'\n")
    done = learn("3_linking.py")
    assert done.status == 1
    assert "Python cannot read the file." in done.out


def test_spaces_and_line_ends_do_not_start_an_exercise(learn: Learn) -> None:
    """An editor may change those of a file that nobody has worked on."""
    learn("start", "shop")
    file = Path("shop/1_signature.py")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert "1 signature    not started" in learn("shop").out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not if NO_COLOR is set or the terminal is a simple one."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert colours(Terminal())("passes") == "\033[32mpasses\033[0m"
    assert colours(io.StringIO())("passes") == "passes"
    monkeypatch.setenv("TERM", "dumb")
    assert colours(Terminal())("passes") == "passes"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert colours(Terminal())("passes") == "passes"


def test_it_is_a_command_of_its_own(tmp_path: Path) -> None:
    """As `python -m units.learn`, in a folder that has nothing to do with the packages."""
    assert python("-m", "units.learn", "start", folder=tmp_path).returncode == 0
    done = python("-m", "units.learn", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    inside = python("-m", "units.learn", folder=tmp_path / "letterpress")
    assert inside.stdout == done.stdout.replace("letterpress/", "")
    told = python("-m", "units.learn", "--help", folder=tmp_path).stdout
    assert "hint NUMBER" in told
    assert "Exit statuses" in told


def test_exercises_can_be_run_by_themselves(tmp_path: Path) -> None:
    """Whoever runs a solution as a program sees it work."""
    for number, exercise in EXERCISES.items():
        (tmp_path / a_file(number)).write_text(text_of(exercise, exercise.ANSWER), encoding="utf-8")
    done = python("4_cycles.py", folder=tmp_path)
    assert done.stdout == "['[the corner press]A[the corner press]B']\n"
    done = python("9_mail.py", folder=tmp_path)
    assert "recipients=('ann@example.org',)" in done.stdout


def test_nobody_pays_for_it_who_does_not_learn(tmp_path: Path) -> None:
    """`import units` loads nothing of it."""
    program = (
        "import sys, units; sys.exit(any(name.startswith('units.learn') for name in sys.modules))"
    )
    assert python("-c", program, folder=tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_reference_page_has_every_command_and_option(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is offered that is not described."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"] if command else ["--help"])
    assert ended.value.code == 0
    page = (ROOT / "docs/reference/units-learn.md").read_text(encoding="utf-8")
    assert f"## `python -m units.learn {command}" in page
    offered = set(re.findall(r"--\w+", capsys.readouterr().out)) - {"--help"}
    assert [option for option in offered if f"| `{option}" not in page] == []
