"""What a JSON row says becomes a mail, or everything that is wrong with it is told."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from netsmtp._many.mails import Maker
from netsmtp._many.rows import Row
from netsmtp.cli.letter import Letter, LetterError
from netsmtp.options import Options
from tests.netsmtp.many.test_template import parsed

OPTIONS = Options(long_lines="refuse")


def made(folder: Path, message_id: str | None = None, **values: Any) -> Letter:
    named = {name.rstrip("_"): value for name, value in values.items()}
    maker = Maker(folder, OPTIONS)
    maker.check(Row(1, b"", named))
    return maker.letter(Row(1, b"", named), message_id)


def problems(folder: Path, **values: Any) -> list[str]:
    with pytest.raises(LetterError) as caught:
        made(folder, **values)
    return list(caught.value.problems)


MAIL = {"from_": "Bakery <a@example.org>", "to": "b@example.org"}


def test_text_and_headers(tmp_path: Path) -> None:
    """The usual row: several recipients, a text, headers of its own."""
    letter = made(
        tmp_path,
        "5.abc",
        from_="Bäckerei <a@example.org>",
        to=["Ben <b@example.org>", "c@example.org"],
        bcc="d@example.org",
        subject="Grüße",
        text="Hallo\n.\n",
        headers={"X-One": "1", "X-Two": ["2", "3"]},
    )
    message = parsed(letter)
    assert letter.recipients == ("b@example.org", "c@example.org", "d@example.org")
    assert (message["Subject"], message["X-One"]) == ("Grüße", "1")
    assert message.get_all("X-Two") == ["2", "3"]
    assert message["Message-ID"] == "<5.abc@example.org>"
    assert "bcc" not in message


def test_html_beside_text(tmp_path: Path) -> None:
    """Both go as alternatives, each in an encoding that its lines allow."""
    letter = made(tmp_path, **MAIL, text="Grüße\n", html=f"<p>{'é' * 800}</p>")
    message = parsed(letter)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().split() == ["Grüße"]
    assert html.get_content().strip() == f"<p>{'é' * 800}</p>"
    assert html["Content-Transfer-Encoding"] == "quoted-printable"
    assert message.defects == []


def test_html_alone(tmp_path: Path) -> None:
    """Without a text there is one part."""
    message = parsed(made(tmp_path, **MAIL, html="<p>hi</p>"))
    assert message.get_content_type() == "text/html"
    assert message.get_content() == "<p>hi</p>\r\n"


def test_a_mail_in_a_file(tmp_path: Path) -> None:
    """It goes as it stands, octet for octet, but for Bcc; addresses are its own where the row has none."""
    text = (
        b"From: Ann <ann@example.org>\nTo: ben@example.org\nBCC: cleo@example.org,\n dan@example.org\n"
        b"X-Odd:  two  spaces\nMessage-ID: <1@x>\nDate: now\n\nHall\xf6\n.\n"
    )
    (tmp_path / "a.eml").write_bytes(text)
    letter = made(tmp_path, "5.abc", eml="a.eml")
    assert letter.sender == "ann@example.org"
    assert letter.recipients == ("ben@example.org", "cleo@example.org", "dan@example.org")
    assert letter.header == (
        b"From: Ann <ann@example.org>\r\nTo: ben@example.org\r\n"
        b"X-Odd:  two  spaces\r\nMessage-ID: <1@x>\r\nDate: now\r\n\r\n"
    )
    assert list(letter.lines) == [b"Hall\xf6", b"."]
    other = made(tmp_path, eml="a.eml", from_="x@example.org", to=["y@example.org"])
    assert (other.sender, other.recipients) == ("x@example.org", ("y@example.org",))


def test_a_mail_in_a_file_without_names_gets_them(tmp_path: Path) -> None:
    """Date and Message-ID are added where it has none."""
    (tmp_path / "a.eml").write_bytes(b"From: ann@example.org\r\nTo: ben@example.org\r\n\r\nhi\r\n")
    message = parsed(made(tmp_path, "5.abc", eml="a.eml"))
    assert message["Message-ID"] == "<5.abc@example.org>"
    assert message["Date"].datetime


def test_everything_wrong_with_a_row_is_told(tmp_path: Path) -> None:
    """Unknown names with the nearest, values of the wrong kind, and what is missing."""
    assert problems(tmp_path, form="x", to=1, headers={"A": 1}, subject=None) == [
        "nothing is called 'form'; did you mean 'from'?",
        "to: expected an address, or several in a list",
        "headers: expected texts by name",
        "subject: expected a text",
        "no mail: give 'text', 'html' or 'eml'",
    ]
    found = problems(tmp_path, from_="x y", to=["y z", "z@example.org"], text="a\rb")
    assert [each.partition(" ")[0] for each in found] == ["from", "recipient", "the"]
    assert found[2] == "the body holds a CR without LF, line 1"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"to": "b@example.org", "text": ""}, "no sender: neither 'from' nor --from"),
        ({"from_": "a@example.org", "text": ""}, "no recipient: give to, cc or bcc"),
        (
            {**MAIL, "text": "", "subject": "a\nb"},
            "subject: a line break could add headers of its own",
        ),
        (
            {**MAIL, "text": "", "headers": {"X": "a\r\nBcc: c@example.org"}},
            "header X: a line break could add headers of its own",
        ),
        ({**MAIL, "text": "", "headers": {"X\n": "a"}}, r"header 'X\n: a': expected 'Name: value'"),
        (
            {**MAIL, "text": "", "headers": {"Bcc": "a"}},
            "header Bcc: everybody would read it; use bcc",
        ),
        ({**MAIL, "text": "\ud800"}, "the body holds a lone surrogate, line 1"),
        (
            {**MAIL, "html": "", "text": "", "headers": {"Content-Type": "x/y"}},
            "header Content-...: ",
        ),
        ({"eml": "none.eml"}, "eml 'none.eml': No such file or directory"),
        ({"eml": "x", "subject": "y"}, "subject: the mail in the file of 'eml' has its own"),
        ({"eml": "headless"}, "eml 'headless': no empty line behind the header"),
        ({"eml": "nobody"}, "eml 'nobody': no sender"),
        ({"eml": "long"}, "a line of 1200 octets, more than 998"),
        ({"eml": "a\0b"}, r"eml 'a\x00b': no file can have this name"),
        ({"eml": "\ud800"}, r"eml '\ud800': no file can have this name"),
        ({"eml": "mbox"}, "eml 'mbox': line 1 is no field of a header: 'From ann Mon"),
        ({"eml": "marked"}, r"eml 'marked': line 1 is no field of a header: '\xef\xbb\xbfFrom: a"),
        ({"eml": "blank"}, "eml 'blank': line 3 is no field of a header: 'Bcc : secret@e.example'"),
    ],
)
def test_what_is_no_mail(tmp_path: Path, row: dict[str, Any], problem: str) -> None:
    """It is refused in words that name the field."""
    (tmp_path / "headless").write_bytes(b"From: a@b.example\n")
    (tmp_path / "nobody").write_bytes(b"Subject: x\n\nhi\n")
    head = b"From: a@b.example\nTo: c@d.example\n\n"
    (tmp_path / "long").write_bytes(head + b"x" * 1200 + b"\n")
    (tmp_path / "mbox").write_bytes(b"From ann Mon Nov 23 12:00:00 2026\n" + head)
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbf" + head)
    (tmp_path / "blank").write_bytes(head[:-1] + b"Bcc : secret@e.example\n\n")
    assert problems(tmp_path, **row)[0].startswith(problem)


def test_the_digest_of_a_row_is_that_of_its_file_as_well(tmp_path: Path) -> None:
    """A mail that was changed in its file is noticed."""
    maker, row = Maker(tmp_path, OPTIONS), Row(1, b"x", {"eml": "a.eml"})
    (tmp_path / "a.eml").write_bytes(b"one")
    before = maker.digest(row)
    (tmp_path / "a.eml").write_bytes(b"two")
    assert maker.digest(row) != before


@pytest.mark.parametrize("name", ["none.eml", "a\0b", "\ud800", 3])
def test_a_row_whose_file_cannot_be_read_has_a_digest(tmp_path: Path, name: object) -> None:
    """So that it can be told what is wrong with it."""
    assert Maker(tmp_path, OPTIONS).digest(Row(1, b"x", {"eml": name})) == b"x"
