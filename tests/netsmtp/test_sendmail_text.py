"""What is written into a mail for sendmail: no option, field or command, and letters encoded."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import sendmail
from netsmtp._encoded_words import encode_for_header
from netsmtp.errors import (
    AddressError,
    ContentError,
    HeaderError,
)
from netsmtp.sendmail import send_mail_message
from tests.netsmtp.sendmail_recorder import SENT, Recorder, send


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Be a machine whose sendmail program is a recorder."""
    made = Recorder(tmp_path)
    monkeypatch.setattr(sendmail, "sendmail_search_path", made.path)
    return made


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
