"""The command line as a whole: help, version, what is missing, what nobody foresaw, and its page of reference."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import click
import pytest

from netsmtp.cli import delivery, main
from netsmtp.cli.command import COMMANDS, netsmtp
from netsmtp.cli.status import MEANINGS, Status
from tests.netsmtp.cli.running import CLEAN, COMMAND, ENVELOPE, Running, run, send

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/reference/command-line.md"


def test_the_version_is_that_of_the_distribution() -> None:
    """--version shows it, or that there is none."""
    try:
        version = metadata.version("netsmtp")
    except metadata.PackageNotFoundError:
        version = "of a checkout that is not installed"
    result = run("--version")
    assert (result.exit_code, result.stdout) == (Status.DONE, f"netsmtp {version}\n")


def test_the_version_is_shown_without_loading_what_it_does_not_need() -> None:
    """--version imports neither the server nor the terminal library nor mail itself."""
    program = (
        "import sys\nsys.argv = ['netsmtp', '--version']\nfrom netsmtp.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n"
        "    print({'aiosmtpd', 'asyncio', 'rich', 'netsmtp.smtp', 'units'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.endswith("set()\n"), done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS)])
def test_help_has_an_example_and_fits_the_terminal(arguments: tuple[str, ...]) -> None:
    """--help of every command shows an example, in eighty columns."""
    result = run(*arguments, "--help")
    assert result.exit_code == Status.DONE
    assert re.search(r"Examples?:\n.*netsmtp ", result.stdout)
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_help_lists_the_exit_statuses() -> None:
    """The table of exit statuses is in the help, whole."""
    text = run("--help").stdout
    for status, meaning in MEANINGS.items():
        assert f"{status:>3}  {meaning}\n" in text
    assert set(MEANINGS) == set(Status)


def test_without_a_command_it_shows_the_help_as_an_error() -> None:
    """Nothing was asked for, so nothing is on standard output."""
    result = run()
    assert (result.exit_code, result.stdout) == (Status.USAGE, "")
    assert result.stderr.startswith("Usage: netsmtp ")


def test_the_page_of_reference_names_every_option_and_status() -> None:
    """docs/reference/command-line.md describes each command, each of its options, and each status."""
    text = PAGE.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `netsmtp (\w+)`\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    assert set(sections) == set(COMMANDS)
    for name in COMMANDS:
        command = netsmtp.get_command(click.Context(netsmtp), name)
        assert command is not None
        options = [flag for option in command.params for flag in option.opts]
        assert [flag for flag in options if f"`{flag}" not in sections[name]] == []
    for status, meaning in MEANINGS.items():
        assert f"| {status} | {meaning} |" in text


@pytest.mark.parametrize("missing", ["click", "rich", "aiosmtpd"])
def test_without_the_extra_it_says_what_to_install(missing: str, tmp_path: Path) -> None:
    """If a library of the extra is not there, one sentence names it and the command that installs it."""
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('no', name={missing!r})\n")
    path = [str(tmp_path), *filter(None, sys.path)]
    program = f"import sys; sys.path[:] = {path!r}; sys.argv[0] = 'netsmtp'; from netsmtp.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program, "demo"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (Status.USAGE, "")
    assert done.stderr == (
        f"netsmtp: the command line needs {missing}: python -m pip install 'netsmtp[cli]'\n"
    )


def test_what_nobody_foresaw_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect has its own status; the text of its error, which may hold a secret, is not shown."""

    def defect(*given: object, **named: object) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr(delivery.Delivery, "deliver", defect)
    result = send("--server", "127.0.0.1:1")
    assert result.exit_code == Status.DEFECT
    assert re.fullmatch(
        r"netsmtp: a defect in netsmtp: RuntimeError at test_command\.py:\d+\n", result.stderr
    )


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-"])
def test_a_stream_that_is_closed_is_one_that_leads_nowhere(closed: str) -> None:
    """What runs without a terminal may lack any of the three; the mail is sent all the same."""
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "send", *ENVELOPE, "--embedded"]
    done = subprocess.run(command, input="Hello\n", capture_output=True, text=True, env=CLEAN)
    assert (done.returncode, done.stderr) == (Status.DONE, "")
    assert ("sent to 1 recipient" in done.stdout) == (closed != "1>&-")


def test_python_m_is_the_command() -> None:
    """``python -m netsmtp.cli`` is `netsmtp`, which exits with the status."""
    assert COMMAND[1:] == ("-m", "netsmtp.cli")
    assert callable(main)
    version = [
        subprocess.check_output([sys.executable, "-m", name, "--version"], text=True)
        for name in ("netsmtp", "netsmtp.cli")
    ]
    assert version[0] == version[1]
    status, out, err = Running("no-such-command").ended()
    assert (status, out) == (Status.USAGE, "")
    assert err == (
        "netsmtp: no command is called 'no-such-command'; there are: demo, send, serve\n"
        "  see netsmtp --help\n"
    )
