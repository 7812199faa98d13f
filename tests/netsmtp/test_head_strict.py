"""Strict headers: whatever a value holds, it stays in its field, for every reader."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.policy import compat32
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import head
from netsmtp.errors import ContentError, HeaderError, HeaderTypeError

HEADER = "X: 1\r\nY: 2\r\n 3\r\n\r\n"

#: Each ends a line, hides one, or does so for some readers.
INJECTIONS = [
    "x\r\nEvil: y",
    "x\r\n\r\nbody",
    "x\nEvil: y",
    "x\n y",
    "x\rEvil: y",
    "x\r y",
    "x\r\n",
    "\r\n",
    "\r",
    "x\r\n \r\nEvil: y",
    "x\r\n \r\n y",
    "x\r\n ",
    "x\r\n\t \t",
    "x\r\n\vy",
    "x\r\n\xa0y",
    "x\0y",
    "x\x1by",
    "x\vy",
    "x\fy",
    "x\x7fy",
]
ONLY_IN_STR = ["x\x85Evil: y", "x\u2028Evil: y", "x\u2029y", "x\ud800y"]
SAFE = [
    "",
    " ",
    "x",
    "x\r\n y",
    "\r\n x",
    "x\r\n\t y\r\n z",
    "a: b",
    "\t",
    "caf\xe9 \u2713",
    "\u3000",
]
BAD_NAMES = ["", " ", "A B", "A:", "A\r\nB", "A\0", "A\x7f", "\xe9", "A\t", " A", 'A"', '"A"']


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


BUILDERS: dict[str, Callable[[Any], Any]] = {
    "insert_field": lambda v: head.insert_field("A", v, HEADER, strict=True),
    "replace_field": lambda v: head.replace_field("X", v, HEADER, strict=True),
    "replace_field, new": lambda v: head.replace_field("Z", v, HEADER, strict=True),
    "subject": lambda v: head.standard_message_header("a", [], [], [], v, strict=True),
    "sender": lambda v: head.standard_message_header(v, [], [], [], "s", strict=True),
    "to": lambda v: head.standard_message_header("a", ["b", v], [], [], "s", strict=True),
    "cc": lambda v: head.standard_message_header("a", [], [v], [], "s", strict=True),
    "assemble_address_field": lambda v: head.assemble_address_field(["a", v], strict=True),
    "data_lines_to_data": lambda v: head.data_lines_to_data(["a", v], strict=True),
}


@pytest.mark.parametrize("value", INJECTIONS + ONLY_IN_STR, ids=ascii)
@pytest.mark.parametrize("name", BUILDERS)
def test_injection_is_refused(name: str, value: str) -> None:
    """Every function that builds a header refuses what would not stay in its field."""
    with pytest.raises(HeaderError, match="ends or hides a line"):
        BUILDERS[name](value)


@pytest.mark.parametrize("value", INJECTIONS, ids=ascii)
def test_injection_is_refused_in_bytes(value: str) -> None:
    """Bytes are held to the same, but for what is a line end in Unicode only."""
    with pytest.raises(HeaderError, match="ends or hides a line"):
        head.insert_field(b"A", to_bytes(value), HEADER.encode(), strict=True)
    with pytest.raises(HeaderError, match="ends or hides a line"):
        head.replace_field(b"X", to_bytes(value), HEADER.encode(), strict=True)


@pytest.mark.parametrize("value", INJECTIONS, ids=ascii)
def test_injection_in_a_whole_header_is_refused(value: str) -> None:
    """A header that is built upon, or checked, is held to the same as a single value."""
    broken = f"A: {value}\r\nB: 2\r\n\r\n"
    if value == "x\r\nEvil: y":
        head.validate_header(broken, strict=True)  # in a finished header that is a field
        return
    for call in (
        lambda: head.validate_header(broken, strict=True),
        lambda: head.validate_header(broken.encode(), strict=True),
        lambda: head.insert_field("C", "3", broken, strict=True),
        lambda: head.replace_field("B", None, broken, strict=True),
        lambda: head.append_headers(broken, HEADER, strict=True),
        lambda: head.append_headers(HEADER, broken, strict=True),
    ):
        with pytest.raises(HeaderError):
            call()


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_name_is_refused(name: str) -> None:
    """A field's name is printable ASCII without blanks and colons (RFC 5322 section 3.6.8).

    Nor has it a quote, which is a part of a name to RFC 5322 only: to Racket's rule the field would
    be a line of the one before it.
    """
    with pytest.raises(HeaderError, match="no name of a field"):
        head.insert_field(name, "x", HEADER, strict=True)
    with pytest.raises(HeaderError, match="no name of a field"):
        head.replace_field(name.encode(), b"x", HEADER.encode(), strict=True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "X: 1",
        "X: 1\r\n",
        "X: 1\n\n",
        "X\r\n\r\n",
        " X: 1\r\n\r\n",
        "X Y: 1\r\n\r\n",
        "\r\n\r\n",
    ],
    ids=ascii,
)
def test_what_is_no_header_is_refused(header: str) -> None:
    """A header is fields and the empty line."""
    with pytest.raises(HeaderError):
        head.validate_header(header, strict=True)
    with pytest.raises(HeaderError):
        head.insert_field("A", "x", header, strict=True)
    with pytest.raises(HeaderError):
        head.append_headers("\r\n", header, strict=True)


@pytest.mark.parametrize("value", SAFE, ids=ascii)
def test_safe_values_are_as_without_strict(value: str) -> None:
    """What passes is not changed."""
    assert head.insert_field("A", value, HEADER, strict=True) == f"A: {value}\r\n{HEADER}"
    raw = to_bytes(value)
    assert head.insert_field(b"A", raw, b"\r\n", strict=True) == b"A: " + raw + b"\r\n\r\n"
    assert head.replace_field("X", value, HEADER, strict=True) == (
        head.replace_field("X", value, HEADER)
    )


def test_safe_headers_are_as_without_strict() -> None:
    """Strictness only refuses."""
    assert head.append_headers(HEADER, HEADER, strict=True) == head.append_headers(HEADER, HEADER)
    assert head.replace_field("Y", None, HEADER, strict=True) == "X: 1\r\n\r\n"
    assert head.data_lines_to_data(["a", "b"], strict=True) == "a\r\n\tb"
    long = ["a" * 40, "b" * 40]
    assert head.assemble_address_field(long, strict=True) == head.assemble_address_field(long)
    head.validate_header(HEADER, strict=True)
    head.validate_header(b"\r\n", strict=True)


@pytest.mark.parametrize("value", [None, 5, b"x", ["x"]])
def test_what_is_no_text_is_refused(value: Any) -> None:
    """Nothing is printed that is no text: a None is a mistake, not a field of `#f`."""
    with pytest.raises(HeaderTypeError):
        head.insert_field("A", value, HEADER, strict=True)
    with pytest.raises(HeaderTypeError):
        head.standard_message_header("a", [], [], [], value, strict=True)
    with pytest.raises(HeaderTypeError):
        head.data_lines_to_data(["a", value], strict=True)


def test_error_names_what_it_refuses() -> None:
    """The caller sees which value, and what in it."""
    with pytest.raises(ContentError) as caught:
        head.insert_field("A", "x\r\nEvil: y", HEADER, strict=True)
    assert str(caught.value) == (
        "not a mail header\n  reason: value: '\\r\\n' ends or hides a line in 'x\\r\\nEvil: y'"
    )


texts = st.text(st.sampled_from("ab: \t\r\n\v\f\0\x1c\x85\u2028\xe9")) | st.text()


@given(texts)
def test_every_reader_sees_one_field_more(value: str) -> None:
    """A value is refused, or is all that both readers, ours and Python's, see added.

    Ours is Racket's, to whom a line that begins with a tab may begin a field; to RFC 5322 it is
    the rest of one.
    """
    try:
        header = head.insert_field("A", value, HEADER, strict=True)
    except HeaderError:
        return
    message = message_from_bytes(header.encode(), policy=compat32)
    assert [name for name, _ in message.items()] == ["A", "X", "Y"]
    assert message.get_payload() == ""
    if "\r\n\t" not in value:
        assert head.extract_all_fields(header)[1:] == head.extract_all_fields(HEADER)
        assert head.remove_field("a", header) == HEADER


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":")), texts)
def test_what_was_put_in_is_found(name: str, value: str) -> None:
    """A strict field comes out as it went in, but for blanks before it, and goes without trace."""
    try:
        header = head.replace_field(name, value.replace("\t", " "), "\r\n", strict=True)
    except HeaderError:
        return
    assert head.extract_field(name.swapcase(), header) == value.replace("\t", " ").lstrip(" ")
    assert head.remove_field(name, header) == "\r\n"
