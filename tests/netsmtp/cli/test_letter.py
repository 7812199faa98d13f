"""Making a mail of what a command line says, and refusing what would make another mail of it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.cli.letter import Letter, LetterError, letter

ANN, BEN = "ann@example.org", "ben@example.org"


def made(**given: Any) -> Letter:
    return letter(**{"sender": ANN, "to": [BEN], **given})


def read(mail: Letter) -> EmailMessage:
    """Read *mail* as a mail program does."""
    data = mail.header + "".join(f"{line}\r\n" for line in mail.lines).encode()
    return cast(EmailMessage, message_from_bytes(data, policy=policy.default))


def problems(**given: Any) -> tuple[str, ...]:
    with pytest.raises(LetterError) as refused:
        made(**given)
    return refused.value.problems


def test_the_plainest_mail() -> None:
    """Date and Message-ID are added; ASCII needs no MIME headers."""
    mail = made(subject="Hi", body=b"Hello\n")
    assert read(mail).keys() == ["From", "To", "Subject", "Date", "Message-ID"]
    assert (mail.sender, mail.recipients, mail.lines) == (ANN, (BEN,), ["Hello"])


def test_bcc_gets_the_mail_and_is_not_in_it() -> None:
    """A blind copy is for the envelope only; whoever is named twice gets one mail."""
    mail = made(cc=["c@example.org", BEN], bcc=["secret@example.org"])
    assert mail.recipients == (BEN, "c@example.org", "secret@example.org")
    assert b"secret" not in mail.header
    assert b"secret" in b" ".join(address.encode() for address in mail.recipients)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("ann@example.org", "", ANN),
        ("postmaster", "", "postmaster"),
        (" ann@example.org ", "", ANN),
        ("<ann@example.org>", "", ANN),
        ("Ann Lee <ann@example.org>", "Ann Lee", ANN),
        ('"Lee, Ann \\"A\\"" <ann@example.org>', 'Lee, Ann "A"', ANN),
        ("Änn <ann@example.org>", "Änn", ANN),
    ],
)
def test_a_name_is_for_the_header_only(text: str, name: str, address: str) -> None:
    """The envelope has the address alone; the header shows the name as it was given."""
    mail = made(to=[text])
    (shown,) = read(mail)["To"].addresses
    assert mail.recipients == (address,)
    assert (shown.display_name, shown.addr_spec) == (name, address)


def test_a_line_of_blanks_is_read_once() -> None:
    """However many there are: what a stranger gave as an address keeps nobody busy for hours."""
    assert problems(to=[" " * 50_000 + "x y"])[0].startswith("recipient 'x y': ")


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.org, ben@example.org",
        "ann@example.org, Ben <ben@example.org>",
        "ben@example.org <ann@example.org>",
        "Ann <ann@example.org> <ben@example.org>",
        "Ann <>",
        "Ann Lee",
        "ann@example.org\r\nBcc: ben@example.org",
        "Ann\r\nBcc: x <ann@example.org>",
        "ann@\udcff",
        "",
    ],
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    """No guess is made which part of a text is the address."""
    assert len(problems(to=[text])) == 1
    assert len(problems(bcc=[text])) == 1


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\0"])
@pytest.mark.parametrize(
    "given",
    [
        lambda end: {"subject": f"Hi{end}Bcc: x@example.org"},
        lambda end: {"headers": [f"X-A: b{end}Bcc: x@example.org"]},
        lambda end: {"headers": [f"X-A{end}Bcc: x@example.org"]},
        lambda end: {"sender": f"Ann{end}Bcc: x <{ANN}>"},
    ],
)
def test_no_header_can_be_smuggled_in(given: Any, end: str) -> None:
    """What could end a line is refused wherever it stands."""
    assert problems(**given(end))


@given(st.text(), st.text(), st.text())
def test_the_header_holds_what_was_given_and_nothing_else(
    subject: str, name: str, value: str
) -> None:
    """Whatever the texts are, the names in the header are those that are meant to be there."""
    try:
        mail = made(subject=subject, sender=f"{name} <{ANN}>", headers=[f"X-A:{value}"])
    except LetterError:
        return
    assert read(mail).keys() == ["From", "To", "Subject", "Date", "Message-ID", "X-A"]
    assert mail.header.endswith(b"\r\n\r\n")
    assert mail.header.count(b"\r\n\r\n") == 1
    assert mail.header.count(b"\n") == mail.header.count(b"\r") == mail.header.count(b"\r\n")
    assert all(len(line) <= 998 for line in mail.header.split(b"\r\n"))


@pytest.mark.parametrize("header", ["no colon", ": no name", "two words: x", "Nön: x", "", "\n: x"])
def test_what_is_no_header_is_refused(header: str) -> None:
    """A header is a name without blanks, a colon and a value."""
    assert len(problems(headers=[header])) == 1


def test_bcc_is_no_header() -> None:
    """Bcc in the header would show everybody what it is meant to hide."""
    assert problems(headers=["bcc: x@example.org"]) == (
        "--header bcc: everybody would read it; use --bcc",
    )


def test_a_given_header_wins() -> None:
    """What is given is not made as well; what may stand once is not given twice."""
    mail = read(
        made(headers=["Date: Thu, 1 Jan 2026 00:00:00 +0000", "To: all:;", "X-A: 1", "X-A: 2"])
    )
    assert mail["Date"] == "Thu, 01 Jan 2026 00:00:00 +0000"
    assert mail.get_all("To") == ["all:;"]
    assert mail.get_all("X-A") == ["1", "2"]
    assert problems(subject="a", headers=["subject: b"]) == ("the header Subject is given twice",)


def test_everything_that_is_wrong_is_told_together() -> None:
    """All problems come in one error."""
    assert len(problems(to=["a b", "c d"], subject="\n", headers=["x"], body=b"\xff")) == 5
    assert len(problems(to=[], sender="<>")) == 2


def test_a_bounce_has_no_sender() -> None:
    """The empty sender is for the envelope; the header then says who it is from."""
    mail = made(sender="<>", headers=["From: Mailer <m@example.org>"])
    assert mail.sender == ""
    assert read(mail)["From"] == "Mailer <m@example.org>"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"a\nb\xff", "the body is not UTF-8: byte 4, line 2"),
        (b"a\r\nb\rc", "the body holds a CR without LF, line 2"),
        (b"a\n\n\0", "the body holds a NUL, line 3"),
    ],
)
def test_a_body_that_is_no_text_is_refused(body: bytes, problem: str) -> None:
    """The error says what is wrong with it, and where."""
    assert problems(body=body) == (problem,)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\r\n\r\nb\n", ["a", "", "b"]),
        (b"a\n\n", ["a", ""]),
        (b"a\x0bb\x0cc", ["a\x0bb\x0cc"]),
    ],
)
def test_lines_end_at_line_feeds_only(body: bytes, lines: list[str]) -> None:
    """CR LF and LF end a line; the last line needs none."""
    assert made(body=body).lines == lines


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_a_mail_program_reads_the_text_that_was_given(text: str) -> None:
    """In whatever letters and however long its lines, the text comes back."""
    mail = read(made(body=text.encode()))
    expected = text if text.endswith("\n") or not text else f"{text}\n"
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == expected


def test_what_a_text_needs_is_said_in_the_header() -> None:
    """UTF-8 goes as it is; only lines that no mail may have are quoted-printable."""
    eight, quoted = made(body="Grüße".encode()), made(body=b"x" * 999)
    assert eight.lines == ["Grüße"]
    assert read(eight)["Content-Transfer-Encoding"] == "8bit"
    assert read(eight)["Content-Type"] == 'text/plain; charset="utf-8"'
    assert max(map(len, quoted.lines)) <= 76
    assert read(quoted)["MIME-Version"] == "1.0"
    html = read(made(body="Grüße".encode(), headers=["Content-Type: text/html; charset=utf-8"]))
    assert html.get_content_type() == "text/html"
    assert html["Content-Transfer-Encoding"] == "8bit"


def test_addresses_in_other_letters() -> None:
    """A domain becomes its A-label in the header; a local part needs a header in UTF-8 (RFC 6532)."""
    assert b"To: ben@xn--tda.de\r\n" in made(to=["ben@ü.de"]).header
    assert "To: bän@example.org\r\n".encode() in made(to=["bän@example.org"]).header
