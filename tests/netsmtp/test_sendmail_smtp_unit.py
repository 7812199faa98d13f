"""Mail through the sendmail program: its envelope is told apart, and nothing is taken for an option."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from netsmtp import ISmtp, Recipient, sendmail_smtp_unit
from netsmtp.errors import (
    AddressError,
    NotOffered,
    SendmailError,
    SendmailNotFound,
    SendmailTimeout,
)
from tests.netsmtp.every_unit import HEADER
from tests.netsmtp.sendmail_recorder import Recorder
from units import invoke


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


def through(recorder: Recorder, timeout: float = 60) -> ISmtp:
    return invoke(partial(sendmail_smtp_unit, timeout, recorder.path))


def send(smtp: ISmtp, sender: str = "a@x.org", to: str | Recipient = "b@y.org") -> None:
    smtp.smtp_send_message("mx", sender, [to, "c@z.org"], HEADER, ["hello", "."])


def test_the_envelope_is_in_the_arguments_and_the_text_is_the_input(recorder: Recorder) -> None:
    """A dot does not end the text, and line ends are the machine's."""
    send(through(recorder))
    assert recorder.argv == ["-i", "-f", "a@x.org", "--", "b@y.org", "c@z.org"]
    assert recorder.stdin == HEADER.replace("\r\n", "\n").encode() + b"hello\n.\n"
    send(through(recorder), sender="")
    assert recorder.argv[2] == "<>"


@pytest.mark.parametrize("change", [{"sender": "-oQ/tmp@x.org"}, {"to": "-bs@y.org"}])
def test_an_address_that_looks_like_an_option_is_refused(
    recorder: Recorder, change: dict[str, str]
) -> None:
    """The program does not even run."""
    with pytest.raises(AddressError, match="begins with a hyphen, as options do"):
        send(through(recorder), **change)
    assert not recorder.ran


def test_a_program_that_refuses_is_an_error_of_the_send(recorder: Recorder) -> None:
    """With its status and words."""
    recorder.answer("echo 'no such user' >&2; exit 67")
    with pytest.raises(SendmailError, match="status: 67\n  stderr: no such user"):
        send(through(recorder))


def test_a_program_that_does_not_end_is_ended(recorder: Recorder) -> None:
    """It may have taken the mail: that is not to be repeated."""
    recorder.answer("exec sleep 60")
    with pytest.raises(SendmailTimeout) as caught:
        send(through(recorder, timeout=0.2))
    assert not caught.value.transient


def test_a_machine_without_sendmail_is_told(tmp_path: Path) -> None:
    """When something is to be sent, and not before."""
    smtp = invoke(partial(sendmail_smtp_unit, search_path=[tmp_path / "none"]))
    with pytest.raises(SendmailNotFound, match=r"no sendmail in .*none"):
        send(smtp)


def test_reports_that_nobody_would_send_are_not_promised(recorder: Recorder) -> None:
    """The program could not be told of them by everyone's options."""
    with pytest.raises(NotOffered, match="DSN"):
        send(through(recorder), to=Recipient("b@y.org", notify=("success",)))
    assert not recorder.ran
