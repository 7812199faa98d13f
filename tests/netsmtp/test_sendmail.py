"""What Racket's net/sendmail was recorded to hand to the program, ours does, and more safely.

The program is a recorder: a script that keeps its arguments and its input. `DEVIATIONS` lists the
cases in which ours does otherwise; in all others only `--` has come before the recipients.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netsmtp import sendmail
from netsmtp.errors import (
    AddressError,
    ContentError,
    HeaderError,
    SendmailError,
    SendmailNotFound,
    SendmailTimeout,
    SmtpError,
)
from netsmtp.sendmail import find_sendmail, send_mail_message, send_mail_message_port
from tests.netsmtp.against_racket import Case, cases, numbered
from tests.netsmtp.sendmail_recorder import SENT, Recorder, send

CASES = cases("sendmail-cases")

#: Where ours refuses what Racket hands on, and why.
DEVIATIONS: dict[str, tuple[type[SmtpError], str]] = {
    "subject-inject": (HeaderError, "a line end in the subject makes a Bcc field of the rest"),
    "rcpt-dash": (AddressError, "the program would read these recipients as options"),
}

#: What becomes of the cases in which Racket raises.
ERRORS: dict[str, type[SmtpError]] = {"norcpt-port": AddressError, "missing": SendmailNotFound}


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Be a machine whose sendmail program is a recorder."""
    made = Recorder(tmp_path)
    monkeypatch.setattr(sendmail, "sendmail_search_path", made.path)
    return made


@pytest.mark.parametrize("case", CASES, ids=numbered(CASES, "sendmail-cases"))
def test_case(case: Case, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments and input are what was recorded, with `--` before the recipients."""
    if case.get("missing"):
        monkeypatch.setattr(sendmail, "sendmail_search_path", ["/nonexistent/bin"])
    error = ERRORS.get(case["id"]) or DEVIATIONS.get(case["id"], (None, ""))[0]
    if error:
        with pytest.raises(error):
            call(case)
        assert not recorder.ran
        return
    call(case)
    option, *recipients = case["sendmail"]["argv"]
    assert recorder.argv == [option, "--", *recipients]
    assert recorder.stdin == case["sendmail"]["stdin"].encode("latin-1")


def test_every_error_and_deviation_is_of_a_case() -> None:
    """The tables do not outlive the cases, and no error of Racket's is overlooked."""
    assert {case["id"] for case in CASES if "error" in case} == set(ERRORS)
    assert set(DEVIATIONS) <= {case["id"] for case in CASES} - set(ERRORS)


def call(case: Case) -> None:
    """Make the call of *case*."""
    arguments = [decoded(each) for each in case["args"]]
    if case["fn"] == "send-mail-message":
        send_mail_message(*arguments)
        return
    with send_mail_message_port(*arguments) as port:
        for text in case.get("write", []):
            port.write(decoded(text))


def decoded(value: Any) -> Any:
    """Return what *value* of a case stands for."""
    match value:
        case {"bytes": text}:
            return text.encode("latin-1")
        case list():
            return [decoded(each) for each in value]
        case _:
            return value


# --- how it ends -------------------------------------------------------------------------------


def test_status_and_words_are_reported(recorder: Recorder) -> None:
    """A program that fails is an error with its status, and with what it said, without controls."""
    recorder.answer("printf 'no such user\\n  \\033[31msorry\\n' >&2; exit 67")
    with pytest.raises(SendmailError) as caught:
        send()
    error = caught.value
    assert (error.status, error.transient) == (67, False)
    assert str(error) == (
        "refused by sendmail\n"
        f"  program: {recorder.path[0] / 'sendmail'}\n"
        "  status: 67\n"
        "  stderr: no such user / ?[31msorry"
    )


def test_words_of_a_program_that_succeeds_are_no_error(recorder: Recorder) -> None:
    """Warnings are not failures."""
    recorder.answer("echo warning >&2; echo done")
    send()
    assert recorder.ran


def test_endless_words_are_cut(recorder: Recorder) -> None:
    """An error is readable whatever the program says."""
    recorder.answer("yes no | head -c 300000 >&2; exit 1")
    with pytest.raises(SendmailError) as caught:
        send()
    assert len(str(caught.value)) < 5000


def test_timeout(recorder: Recorder) -> None:
    """A program that does not end is ended, and the error says that nobody knows."""
    recorder.answer("echo waiting >&2; exec sleep 60")
    with pytest.raises(SendmailTimeout, match="stderr: waiting") as caught:
        send(timeout=1.0)
    assert isinstance(caught.value, TimeoutError)


def test_a_program_that_reads_nothing_blocks_nobody(recorder: Recorder) -> None:
    """The text waits in a file, so that a large one needs no reader."""
    (recorder.path[0] / "sendmail").write_text("#!/bin/sh\nexit 0\n")
    send_mail_message(*SENT, ["x" * 1000] * 1000)


def test_a_program_that_cannot_be_started(recorder: Recorder) -> None:
    """The system's own error is the cause."""
    (recorder.path[0] / "sendmail").write_text("#!/nonexistent/interpreter\n")
    with pytest.raises(SendmailError, match="cannot be started") as caught:
        send()
    assert isinstance(caught.value.__cause__, OSError)


def test_interrupted_text_is_not_sent(recorder: Recorder) -> None:
    """Nothing goes out unless the block that writes it ends in order."""
    port = send_mail_message_port(*SENT)

    def write_and_stop() -> None:
        with port:
            port.write("half a mes")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_stop()
    assert port.closed
    assert not recorder.ran


def test_a_failing_line_sends_nothing(recorder: Recorder) -> None:
    """A body is sent whole or not at all."""
    for bad, error in (("\ud800", ContentError), (5, TypeError)):
        with pytest.raises(error):
            send_mail_message(*SENT, ["fine", bad])  # type: ignore[list-item]
    assert not recorder.ran


def test_port_is_closed_once(recorder: Recorder) -> None:
    """The message is sent when the port is closed, and only then."""
    port = send_mail_message_port(*SENT)
    assert port.write("one\n") == 4
    assert port.write(b"\xff\n") == 2
    assert not recorder.ran
    port.close()
    assert recorder.stdin.endswith(b"\n\none\n\xff\n")
    (recorder.path[0] / "argv").unlink()
    port.close()
    assert not recorder.ran
    with pytest.raises(ValueError, match="closed"):
        port.write("more")


def test_lines_come_from_any_iterable(recorder: Recorder) -> None:
    """Recipients and lines may be generated."""
    send_mail_message(None, "hi", (a for a in ["b@y"]), iter(()), (), (str(n) for n in range(3)))
    assert recorder.stdin.endswith(b"\n\n0\n1\n2\n")


@pytest.mark.parametrize(
    "make",
    [
        lambda: send_mail_message("a", "s", "b@y", [], [], []),
        lambda: send_mail_message("a", "s", [], b"b@y", [], []),
        lambda: send_mail_message("a", "s", [], [], None, []),  # type: ignore[arg-type]
        lambda: send_mail_message("a", "s", ["b"], [], [], "body"),
        lambda: send_mail_message("a", "s", [5], [], [], []),  # type: ignore[list-item]
        lambda: send_mail_message("a", None, ["b"], [], [], []),  # type: ignore[arg-type]
        lambda: send_mail_message(5, "s", ["b"], [], [], []),  # type: ignore[arg-type]
        lambda: send_mail_message("a", "s", ["b"], [], [], [], 5),  # type: ignore[arg-type]
    ],
)
def test_wrong_types(make: Callable[[], None], recorder: Recorder) -> None:
    """One string is no list, and a number is no text."""
    with pytest.raises(TypeError, match="expected a "):
        make()
    assert not recorder.ran


# --- where the program is ----------------------------------------------------------------------


def test_first_program_that_can_be_run(tmp_path: Path) -> None:
    """Folders are searched in order; what is no file or may not be run is passed over."""
    folders = [tmp_path / name for name in ("missing", "folder", "plain", "program", "later")]
    for folder in folders[1:]:
        folder.mkdir()
    (folders[1] / "sendmail").mkdir()
    for folder, mode in zip(folders[2:], (0o600, 0o700, 0o700), strict=True):
        (folder / "sendmail").write_text("#!/bin/sh\n")
        (folder / "sendmail").chmod(mode)
    assert stat.S_IMODE(os.stat(folders[2] / "sendmail").st_mode) == 0o600
    assert find_sendmail(folders) == folders[3] / "sendmail"
    with pytest.raises(SendmailNotFound, match=r"no sendmail in .*missing, .*folder") as caught:
        find_sendmail(folders[:2])
    assert isinstance(caught.value, FileNotFoundError)


def test_search_path_is_rackets() -> None:
    """Without a recorder it is where programs for the system's own use are, in Racket's order."""
    assert sendmail.sendmail_search_path == ("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/lib")


def test_search_path_of_a_call_wins(recorder: Recorder, tmp_path: Path) -> None:
    """A caller may name the folders."""
    with pytest.raises(SendmailNotFound):
        send_mail_message(*SENT, ["x"], search_path=[tmp_path / "elsewhere"])
    send_mail_message(*SENT, ["x"], search_path=recorder.path)


def test_no_network() -> None:
    """Mail that leaves by a program needs neither sockets nor TLS."""
    program = "import sys, netsmtp.sendmail; sys.exit(bool({'socket', 'ssl'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
