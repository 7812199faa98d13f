"""A template makes one letter for each row, and nothing that a column says is more than text in it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netsmtp._many.template import TemplateError, template
from netsmtp.cli.letter import Letter, LetterError

LETTER = """\
From: Bakery <bakery@example.org>
To: {name} <{address}>
Subject: Bread for {name}
X-Number: {number}

Dear {name},

{{eight}} o'clock. {note}
"""
COLUMNS = ["name", "address", "number", "note"]
ANN = {"name": "Ann", "address": "ann@example.org", "number": "7", "note": "Come!"}


def parsed(letter: Letter) -> EmailMessage:
    text = letter.header + b"".join(
        (line if isinstance(line, bytes) else line.encode()) + b"\r\n" for line in letter.lines
    )
    message = message_from_bytes(text, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def filled(text: str = LETTER, **columns: str) -> Letter:
    values = {**ANN, **columns}
    return template(text, "letter.txt", values, sender=False).letter(values)


def test_placeholders_are_filled() -> None:
    """In headers and text; doubled braces are braces."""
    letter = filled()
    message = parsed(letter)
    assert (letter.sender, letter.recipients) == ("bakery@example.org", ("ann@example.org",))
    assert message["To"] == "Ann <ann@example.org>"
    assert (message["Subject"], message["X-Number"]) == ("Bread for Ann", "7")
    assert list(letter.lines) == ["Dear Ann,", "", "{eight} o'clock. Come!"]


def test_several_mailboxes_and_folded_headers() -> None:
    """Commas between mailboxes are those of the template; a header may go on in the next line."""
    text = 'From: a@b.example\nTo: "Lee, {name}" <{address}>,\n  cleo@example.org\nBcc: d@e.example\n\nx\n'
    letter = filled(text, name="Ann, née Oak")
    assert letter.recipients == ("ann@example.org", "cleo@example.org", "d@e.example")
    assert parsed(letter)["To"].addresses[0].display_name == "Lee, Ann, née Oak"
    assert "d@e.example" not in letter.header.decode()


@pytest.mark.parametrize(
    "column",
    ["a@b.example, c@d.example", "a@b.example>, <c@d.example", "a b@c", "", "x\r\ny@z.example"],
)
def test_a_column_cannot_add_a_recipient(column: str) -> None:
    """One mailbox of the template is one address, or an error."""
    with pytest.raises(LetterError):
        filled(address=column)


@pytest.mark.parametrize("column", ["name", "number"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\0", "\u2028"])
def test_a_column_cannot_add_a_header(column: str, end: str) -> None:
    """Line breaks and their like are refused wherever a header would hold them."""
    with pytest.raises(LetterError):
        filled(**{column: f"x{end}Bcc: evil@example.org"})


@given(name=st.text(max_size=30), number=st.text(max_size=30), note=st.text(max_size=30))
def test_nothing_that_columns_say_changes_the_envelope_or_the_headers(
    name: str, number: str, note: str
) -> None:
    """Either the letter is refused, or it has the recipient and the headers of the template."""
    try:
        letter = filled(name=name, number=number, note=note)
    except LetterError:
        assume(False)
    names = {key.lower() for key in parsed(letter)}
    assert letter.recipients == ("ann@example.org",)
    assert names - MIME == {"from", "to", "subject", "x-number", "date", "message-id"}


MIME = {"mime-version", "content-type", "content-transfer-encoding"}


def test_html_is_escaped() -> None:
    """In a letter that says it is HTML, columns cannot become tags."""
    text = LETTER.replace("\n\n", "\nContent-Type: text/html; charset=utf-8\n\n", 1)
    letter = filled(text, note="<script>&")
    assert "&lt;script&gt;&amp;" in str(letter.lines[-1])


def test_everything_wrong_is_told_together() -> None:
    """Each with the line of the template, before there is a row."""
    text = "From: a@b.example\nSubject: {nam} {zzz}\n\n{address} } {note}\n"
    with pytest.raises(TemplateError) as caught:
        template(text, "letter.txt", COLUMNS, sender=False)
    assert str(caught.value).splitlines() == [
        "the template cannot be used",
        "  file: letter.txt",
        "  line 4: a lone '}'; a brace is written twice",
        "  line 2: no column for {nam}; did you mean {name}?",
        "  line 2: no column for {zzz}; there are: name, address, number, note",
        "  no To, Cc or Bcc",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("To: a@b.example\n\nx", "no From, and no --from"),
        ("From: a@b.example, c@d.example\nTo: e@f.example\n\nx", "From: one mailbox sends"),
        ("From: a@b.example\nTo: e@f.example\nhello\n", "line 3: expected 'Name: value'"),
        ("From: a@b.example\nTo: {}\n\nx", "line 2: a lone '{'"),
    ],
)
def test_what_is_no_template(text: str, problem: str) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(TemplateError) as caught:
        template(text, "letter.txt", COLUMNS, sender=False)
    assert any(each.startswith(problem) for each in caught.value.problems)
