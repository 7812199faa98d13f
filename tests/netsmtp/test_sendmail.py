"""What Racket's net/sendmail was recorded to hand to the program, ours does, and more safely.

The program is a recorder: a script that keeps its arguments and its input. `DEVIATIONS` lists the
cases in which ours does otherwise; in all others only `--` has come before the recipients.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import sendmail
from netsmtp._encoded_words import encode_for_header
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

CASES = cases("sendmail-cases")

#: Where ours refuses what Racket hands on, and why.
DEVIATIONS: dict[str, tuple[type[SmtpError], str]] = {
    "subject-inject": (HeaderError, "a line end in the subject makes a Bcc field of the rest"),
    "rcpt-dash": (AddressError, "the program would read these recipients as options"),
}

#: What becomes of the cases in which Racket raises.
ERRORS: dict[str, type[SmtpError]] = {"norcpt-port": AddressError, "missing": SendmailNotFound}

SENT = "a@x", "hi", ["b@y"], [], []
"""The beginning of a call that is in order."""


class Recorder:
    """Put a sendmail program into *folder* that keeps what it is given and ends as it is told."""

    def __init__(self, folder: Path) -> None:
        self.path = [folder]
        self._folder = folder
        self.answer()

    def answer(self, script: str = "") -> None:
        """Let the program end with the shell commands *script*."""
        quoted = f"'{self._folder}'"
        program = self._folder / "sendmail"
        program.write_text(
            "#!/bin/sh\n"
            f'for each in "$@"; do printf "%s\\0" "$each"; done > {quoted}/argv\n'
            f"cat > {quoted}/stdin\n{script}\n"
        )
        program.chmod(0o700)

    @property
    def argv(self) -> list[str]:
        """Return the arguments of the last run."""
        return (self._folder / "argv").read_text(encoding="utf-8").split("\0")[:-1]

    @property
    def stdin(self) -> bytes:
        """Return the input of the last run."""
        return (self._folder / "stdin").read_bytes()

    @property
    def ran(self) -> bool:
        """Tell whether the program was started at all."""
        return (self._folder / "argv").exists()


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


# --- what may not become an option, a field or a command ---------------------------------------


@pytest.mark.parametrize(
    "address",
    ["-oQ/tmp", " -bs", "\t-bs", "-", "<-x@y>", "Ann <-x@y>", "a@b, -x@y", "< -x@y", "-x@y (c)"],
)
@pytest.mark.parametrize("place", ["sender", "to", "cc", "bcc"])
def test_leading_hyphen_is_refused(place: str, address: str, recorder: Recorder) -> None:
    """An address that begins as options do is refused, bare or in brackets."""
    with pytest.raises(AddressError, match=f"(?s)reason: {place} .*hyphen"):
        send(**{place: address})
    assert not recorder.ran


def test_hyphen_elsewhere_is_no_option(recorder: Recorder) -> None:
    """Hyphens inside names and addresses are as good as any letter."""
    send(to="Ann -bs Lee <a-b@x-y>")
    assert recorder.argv[2:] == ["Ann -bs Lee <a-b@x-y>"]


@pytest.mark.parametrize(
    "bad", ["\n", "\r", "\r\n ", "\n ", "\0", "\x1b", "\x7f", "\x85", "\u2028"]
)
@pytest.mark.parametrize("place", ["sender", "to", "cc", "bcc", "subject"])
def test_controls_are_refused(place: str, bad: str, recorder: Recorder) -> None:
    """Nothing that goes into the header or the command may end or hide a line."""
    with pytest.raises(HeaderError if place == "subject" else AddressError, match="may not stand"):
        send(**{place: f"a@x{bad}Bcc: e@z"})
    assert not recorder.ran


@pytest.mark.parametrize(
    "header",
    [
        "",
        "\n",
        "no field",
        "X: 1\n",
        "X: 1\nBcc: e@z",
        "X: 1\r\nBcc: e@z",
        "X: 1\n\nbody",
        "X: 1\n \nY: 2",
        "X: 1\rY: 2",
        "X Y: 1",
        " X: 1",
        "X: \0",
        b"X: 1\nBcc: e@z",
    ],
    ids=ascii,
)
def test_header_is_one_field(header: str | bytes, recorder: Recorder) -> None:
    """A further header that is no field, or more than one, is refused."""
    with pytest.raises(HeaderError):
        send_mail_message(*SENT, ["x"], "Z: 1", header)
    assert not recorder.ran


@pytest.mark.parametrize("header", ["X: 1\n y", "X: 1\r\n y", b"X: 1\n y"])
def test_header_may_be_folded(header: str | bytes, recorder: Recorder) -> None:
    """A line that begins with a blank belongs to the field; line ends are the program's."""
    send_mail_message(*SENT, ["x"], header)
    assert recorder.stdin.endswith(b"Subject: hi\nX: 1\n y\n\nx\n")


@pytest.mark.parametrize("address", ["", " ", "\t"])
def test_empty_recipient_is_refused(address: str, recorder: Recorder) -> None:
    """No recipient is less than one; the sender's field may be empty."""
    with pytest.raises(AddressError, match="empty"):
        send(to=address)
    send(sender="")
    assert b"\nFrom: \n" in recorder.stdin


# --- letters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("J\xf6rg <j@x>", "=?ISO-8859-1?Q?J=F6rg?= <j@x>"),
        ("J\xf6rg<j@x>", "=?ISO-8859-1?Q?J=F6rg?= <j@x>"),
        ("J\xf6rg <j=k@x>", "=?ISO-8859-1?Q?J=F6rg?= <j=k@x>"),
        ('"M\xfcller, J." <j@x>', "=?ISO-8859-1?Q?M=FCller=2C_J.?= <j@x>"),
        ('"M \\"\xfc\\" J" <j@x>', "=?ISO-8859-1?Q?M_=22=FC=22_J?= <j@x>"),
        ("M\xfcller, J <j@x>", "=?ISO-8859-1?Q?M=FCller=2C?= J <j@x>"),
        ("\u7528\u6237  <a@x>", "=?UTF-8?B?55So5oi3?=  <a@x>"),
        ("\u7528\u6237 <a@x>".encode(), "=?UTF-8?B?55So5oi3?= <a@x>"),
    ],
)
def test_name_is_encoded_and_the_address_kept(
    given_: str | bytes, written: str, recorder: Recorder
) -> None:
    """What is encoded is the name, so that the address is the one that was given."""
    send(to=given_, sender=given_)
    assert recorder.argv[2:] == [written]
    assert f"\nFrom: {written}\nTo: {written}\n".encode() in recorder.stdin


@pytest.mark.parametrize(
    "address",
    [
        "j\xf6rg@x",
        "<j\xf6rg@x>",
        "a@\u4f8b\u5b50.cn",
        "J\xf6rg <j\xf6rg@x>",
        "a@x (J\xf6rg)",
        "A <a@x>, J\xf6rg <j@x>",
        "J\xf6rg",
        b"\xff@x",
        "\ud800 <a@x>",
    ],
    ids=ascii,
)
def test_other_letters_outside_a_name_are_refused(address: str | bytes, recorder: Recorder) -> None:
    """Racket encodes the address as well, and then the mail goes nowhere."""
    with pytest.raises((AddressError, ContentError)):
        send(to=address)
    assert not recorder.ran


texts = st.text(st.sampled_from("ab =?_\xe9\xfc")) | st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])
)


@given(texts)
def test_subject_is_decoded_to_what_it_was(text: str) -> None:
    """No letter is lost or cut: each encoded word is readable by itself (RFC 2047 section 5)."""
    encoded = encode_for_header(text)
    assert encoded.isascii()
    for word in re.findall(r"=\?[^?]*\?[QB]\?[^?]*\?=", encoded if encoded != text else ""):
        str(make_header(decode_header(word)))
    if encoded != text and "=?" not in text:
        joined = encoded.replace("\n ", " ")
        assert str(make_header(decode_header(joined))).split() == text.split()


@pytest.mark.parametrize("letter", ["\xe9", "\u20ac", "\u7528", "\U0001f600"])
@pytest.mark.parametrize("before", range(4))
def test_long_subject_is_cut_between_letters(letter: str, before: int, recorder: Recorder) -> None:
    """Pieces are of 70 bytes as in Racket, or fewer, lest a letter be cut in two."""
    subject = "x" * before + letter * 100
    send(subject=subject)
    pieces = decode_header(str(message_from_bytes(recorder.stdin)["Subject"]))
    assert "".join(str(raw, charset or "ascii") for raw, charset in pieces) == subject
    words = re.findall(rb"=\?[^?]*\?(?:[QB])\?([^?]*)\?=", recorder.stdin)
    assert len(words) == -(-len(subject.encode("utf-8" if letter > "\xff" else "latin-1")) // 70)
    parsed = message_from_bytes(recorder.stdin, policy=default)
    assert parsed["Subject"] == subject


def test_a_tab_is_encoded_too(recorder: Recorder) -> None:
    """No blank may stand in an encoded word but as underline (RFC 2047 section 4.2)."""
    send(subject="a\t\xe9 b")
    assert b"Subject: =?ISO-8859-1?Q?a=09=E9?= b\n" in recorder.stdin


def test_a_blank_ends_no_encoded_word(recorder: Recorder) -> None:
    """Where a piece ends with a blank, it is encoded in figures, as Racket does."""
    send(subject="\xe9" * 69 + " \xe9")
    assert b"=E9=20?=\n =?ISO-8859-1?Q?=E9?=\n" in recorder.stdin


def test_column_counts_from_the_last_line_end(recorder: Recorder) -> None:
    """A name that itself goes on in a second line leaves room there; tabs are as wide as shown."""
    long = "\xe9" * 80 + " <a@x>"
    send_mail_message("s", "hi", [long, "b" * 14, "c\t@z", "eee"], [], [], [])
    _, first, *rest = recorder.stdin.decode().partition("\nTo: ")[2].split("\n")
    assert first.endswith(f"<a@x>, {'b' * 14}, c\t@z,")
    assert rest[:2] == ["    eee", "Subject: hi"]


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
        send(timeout=0.2)
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


def send(
    sender: str | bytes | None = "a@x",
    subject: str = "hi",
    to: str | bytes = "b@y",
    timeout: float = 60,
    **more: str,
) -> None:
    """Send a message with one thing changed."""
    cc, bcc = ([more[name]] if name in more else [] for name in ("cc", "bcc"))
    send_mail_message(sender, subject, [to], cc, bcc, ["hello"], timeout=timeout)
