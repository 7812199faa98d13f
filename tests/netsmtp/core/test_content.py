"""Header and lines: what a header lacks, what it may not hold, what is known beforehand."""

from __future__ import annotations

import pytest

from netsmtp.core.content import Content, Facts, mind_long_lines
from netsmtp.errors import ContentError


def text(header: str | bytes, lines: object) -> bytes:
    return b"".join(Content(header, lines).text())


@pytest.mark.parametrize(
    ("header", "lines", "wanted"),
    [
        ("A: b\r\n\r\n", ["x"], b"A: b\r\n\r\nx\r\n"),
        ("A: b\r\n", ["x"], b"A: b\r\n\r\nx\r\n"),
        ("A: b", ["x"], b"A: b\r\n\r\nx\r\n"),
        ("", ["x"], b"\r\nx\r\n"),
        ("\r\n", ["x"], b"\r\nx\r\n"),
        ("A: b\r\n\r\n<p>", ["x"], b"A: b\r\n\r\n<p>x\r\n"),
        ("A: b\r\n", [], b"A: b\r\n"),
        ("A: b", [], b"A: b"),
        ("", [], b""),
        (b"A: \xe9\r\n\r\n", [b"\xff"], b"A: \xe9\r\n\r\n\xff\r\n"),
        ("A: b\r\n\r\n", ["", ""], b"A: b\r\n\r\n\r\n\r\n"),
    ],
)
def test_body_never_runs_on_as_header(header: str, lines: list[str], wanted: bytes) -> None:
    """A header that has no empty line gets one if a body follows."""
    assert text(header, lines) == wanted
    assert text(header, iter(lines)) == wanted


@pytest.mark.parametrize(
    "header",
    ["A: b\n\n", "A: b\r\r\n", "A: b\0\r\n", ".A: b\r\n", "A: b\r\n.\r\nQUIT\r\n", "A\ud800: b"],
)
def test_header_that_is_no_header_is_refused(header: str) -> None:
    """A bare CR or LF, a NUL, and a line that begins with a dot are refused at once."""
    with pytest.raises(ContentError):
        Content(header, [])


@pytest.mark.parametrize(("header", "lines"), [(None, []), (5, []), ("", "x"), ("", b"x"), ("", 5)])
def test_wrong_types_are_refused_at_once(header: object, lines: object) -> None:
    """One string is no list of lines, and a header is text."""
    with pytest.raises(TypeError):
        Content(header, lines)


def test_facts_of_a_list() -> None:
    """Size, letters and longest line of a list are known before anything is sent."""
    content = Content("A: b\r\n\r\n", ["x" * 1000, "y"])
    assert content.facts() == Facts(size=8 + 1002 + 3, ascii=True, overlong=1000)
    not_ascii = Content("A: b\r\n\r\n", ["\xe9"]).facts()
    assert not_ascii is not None
    assert not not_ascii.ascii
    assert Content("", iter(["x"])).facts() is None


def test_bad_line_of_a_list_is_found_beforehand() -> None:
    """The last of many lines is looked at before the first is sent."""
    with pytest.raises(ContentError, match=r"'bad\\n'"):
        Content("", [*["x"] * 10_000, "bad\n"]).facts()


def test_long_lines() -> None:
    """A line over 998 octets is warned of, refused or sent, as chosen."""
    mind_long_lines(998, "refuse")
    mind_long_lines(999, "send")
    with pytest.warns(UserWarning, match="999"):
        mind_long_lines(999, "warn")
    with pytest.raises(ContentError, match="999"):
        mind_long_lines(999, "refuse")
