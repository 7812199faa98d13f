"""The command as a process of its own: the folder it is in, statuses, shells, a new project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.units.cli.conftest import Run
from units.cli import completion, parser

ROOT = Path(__file__).resolve().parents[3]


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in *folder*, with these packages where they are."""
    import units

    place = str(Path(units.__file__).parents[1])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": place, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_modules_are_those_of_the_folder(project: Path) -> None:
    """As with any ``python -m``; the status is the process's."""
    done = python("-m", "units", "check", "shop:program", folder=project)
    assert (done.returncode, done.stdout) == (0, "shop:program: 2 units, linked; imports nothing\n")
    assert python("-m", "units", "check", "wrong", folder=project).returncode == 1
    assert python("-m", "units", "draw", "shop", folder=project).returncode == 2


def test_help_tells_everything(project: Path) -> None:
    """Each command's own, too."""
    assert "Exit statuses" in python("-m", "units", "--help", folder=project).stdout
    told = python("-m", "units", "check", "--help", folder=project)
    assert "--as github" in told.stdout


def test_the_reference_page_has_every_command_and_option() -> None:
    """Nothing is offered that is not described."""
    page = (ROOT / "docs/reference/units-command.md").read_text(encoding="utf-8")
    whole: Any = parser()
    (commands,) = (action for action in whole._actions if action.dest == "command")
    for name, command in commands.choices.items():
        assert f"## `python -m units {name}" in page
        told = {o for action in command._actions for o in action.option_strings if "--" in o}
        assert [option for option in told if option not in page] == []


def test_output_that_cannot_show_a_line_is_written_another_way(project: Path) -> None:
    """A terminal without box characters is no reason to fail."""
    done = subprocess.run(
        [sys.executable, "-m", "units", "draw", "shop:Black"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert rb"\u250c" in done.stdout


def test_whoever_reads_the_output_may_stop(project: Path) -> None:
    """As ``head`` does; nobody is shown a traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "units", "order", "shop:program"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "imported\n")


def shell(redirected: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell does, with a stream *redirected*."""
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-"])
def test_a_stream_that_is_closed_is_one_that_leads_nowhere(closed: str) -> None:
    """No file that is opened later takes its place, and none is written to by mistake."""
    done = shell(closed, "-m", "units", "completion", "bash")
    assert (done.returncode, done.stderr) == (0, "")
    program = "import os; from signatures._streams import ready; ready(); print(os.open(os.devnull, 0) > 2)"
    assert shell(closed, "-c", program).stdout == ("" if closed == "1>&-" else "True\n")


def test_output_that_cannot_be_written(project: Path) -> None:
    """A full disk is told in a sentence."""
    done = shell(">/dev/full", "-m", "units", "completion", "bash")
    assert (done.returncode, done.stderr) == (
        1,
        "units: cannot write\n  error: No space left on device\n",
    )


def test_a_new_project_where_nothing_can_be_written(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is named, and the reason."""
    gone = project / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = run("new", "bakery")
    assert done.status == 2
    assert done.err == (
        "units: cannot write the file\n  file: bakery/README.md\n  error: No such file or directory\n"
    )


def test_importing_units_loads_none_of_it(project: Path) -> None:
    """The command costs nothing to those who do not call it."""
    program = "import sys, units; print([m for m in sys.modules if 'cli' in m or 'pictures' in m])"
    assert python("-c", program, folder=project).stdout == "[]\n"


@pytest.mark.parametrize("name", ["bakery", "My-Shop"])
def test_a_new_project_passes_its_own_test(run: Run, project: Path, name: str) -> None:
    """Its program runs, and its linkage is well."""
    done = run("new", name)
    assert done.status == 0
    folder = project / name
    package = name.lower().replace("-", "_")
    tests = python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=folder)
    assert "2 passed" in tests.stdout, tests.stdout
    assert "world!" in python("-m", f"{package}.program", folder=folder).stdout
    checked = python(
        "-m", "units", "check", "--complete", f"{package}.program:program", folder=folder
    )
    assert checked.returncode == 0
    assert "$" not in "".join(file.read_text() for file in folder.rglob("*.py"))


def test_a_new_project_overwrites_nothing(run: Run, project: Path) -> None:
    """Neither a file nor a folder that holds something; an empty folder may be there."""
    (project / "bakery").mkdir()
    assert run("new", "bakery").status == 0
    done = run("new", "bakery")
    assert done.status == 2
    assert "there is something already" in done.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2nd", "a project's name consists of"),
        ("a/b", "a project's name consists of"),
        ("class", "a word of Python's own cannot"),
        ("units", "there is a module of this name already"),
        ("json", "there is a module of this name already"),
    ],
)
def test_a_name_that_would_be_in_the_way(run: Run, project: Path, name: str, said: str) -> None:
    """Nothing is written."""
    done = run("new", name)
    assert done.status == 2
    assert said in done.err
    assert not (project / name).exists()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (" dr", ["draw"]),
        (" ", ["check", "completion", "draw", "explain", "new", "order"]),
        (" draw --", ["--as", "--depth", "--help", "--named", "--output"]),
        (" draw --as ", ["dot", "mermaid", "svg", "text"]),
        (" draw --as s", ["svg"]),
        (" check sh", ["shop:", "shop_sig:"]),
        (" draw shop:p", ["shop:poster", "shop:program"]),
        (" draw shop:B", ["shop:Black"]),
        (" check netsmtp.smtp_", ["netsmtp.smtp_sig:", "netsmtp.smtp_unit:"]),
        (" check wide.", ["wide.inner:"]),
        (" completion z", ["zsh"]),
        (" new ", []),
        (" nothing ", []),
        (" draw broken:", []),
        (" draw none.of.these:", []),
        (" draw none.of", []),
        (" draw latin:", ["latin:ok"]),
        (" draw marked:", ["marked:ok"]),
        (" draw :", []),
        (" draw .:", []),
        (" draw wide..:", []),
    ],
)
def test_what_may_come_next(run: Run, project: Path, line: str, found: list[str]) -> None:
    """Commands, options, their values, modules, and the names in a module, which never runs."""
    (project / "broken.py").write_text("def (", encoding="utf-8")
    latin = "# coding: latin-1\nok = 'caf\xe9'\n"
    (project / "latin.py").write_text(latin, encoding="latin-1")
    (project / "marked.py").write_text("ok = 1\n", encoding="utf-8-sig")
    (project / "wide").mkdir()
    (project / "wide" / "inner.py").write_text("raise AssertionError", encoding="utf-8")
    done = run(completion.ASKED, line)
    assert (done.status, done.out.split(), done.err) == (0, found, "")


def test_bash_completes(project: Path) -> None:
    """What follows a colon is all that bash wants."""
    import units

    script = project / "complete.bash"
    script.write_text(python("-m", "units", "completion", "bash", folder=project).stdout)
    asked = [
        f"{sys.executable} -m units dr",
        f"{sys.executable} -m units draw shop:pr",
        f"{sys.executable} -m pip dr",
    ]
    for line, expected in zip(asked, ["draw", "program", ""], strict=True):
        program = (
            f'source {script}; COMP_LINE="{line}"; COMP_POINT=${{#COMP_LINE}}; '
            "COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
            '_python_units; echo "${COMPREPLY[*]}"'
        )
        done = subprocess.run(
            ["bash", "-c", program],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(Path(units.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{expected}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(run: Run, shell: str) -> None:
    """It asks the same command."""
    done = run("completion", shell)
    assert done.status == 0
    assert "-m units complete" in done.out
