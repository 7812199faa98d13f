"""Say what must hold for any header, field and value, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import AnyStr

from netsmtp import head
from netsmtp.errors import AddressError, HeaderError


def headers(data: bytes) -> None:
    """Fields are found, put in and taken out without harm to the others; str and bytes agree.

    *data* is a field, a value and a header, with a bar behind each of the first two.
    """
    field, _, rest = data.partition(b"|")
    value, _, header = rest.partition(b"|")
    texts = [each.decode("latin-1") for each in (field, value, header)]
    assert finding(texts[2]) == finding(header)
    if field.isascii():
        there = head.extract_field(texts[0], texts[2])
        assert encoded(there) == head.extract_field(field, header)
        without = head.remove_field(texts[0], texts[2])
        assert encoded(without) == head.remove_field(field, header)
    strictly(field, value, header)
    strictly(*texts)
    strictly(*[each.decode("utf-8", "replace") for each in (field, value, header)])
    addresses(value.decode("utf-8", "replace"))


def finding(header: AnyStr) -> tuple[object, ...]:
    """Return, as bytes, what is found in *header* and whether it is one."""
    valid = tried(head.validate_header, header) is None
    found = [tuple(map(encoded, pair)) for pair in head.extract_all_fields(header)]
    return valid, found


def encoded(text: object) -> object:
    return text.encode("latin-1") if isinstance(text, str) else text


def tried(function: Callable[..., object], *given: object, **chosen: object) -> object:
    """Return what *function* makes of what is *given*, or its `HeaderError`."""
    try:
        return function(*given, **chosen)
    except HeaderError as error:
        return error


def strictly(field: AnyStr, value: AnyStr, header: AnyStr) -> None:
    """Put *value* into *header* as *field*, in each way: it is found again, alone changed."""
    try:
        head.validate_header(header, strict=True)
        more = head.insert_field(field, value, header, strict=True)
        other = head.replace_field(field, value, header, strict=True)
    except HeaderError:
        return
    for made in (more, other):
        outside_latin_1 = isinstance(made, str) and any(char > "\xff" for char in made)
        assert outside_latin_1 or tried(head.validate_header, made, strict=True) is None, made
    before = lines(header)
    assert lines(more)[1:] == before
    assert len(lines(other)) <= len(before) + 1
    assert head.append_headers(more, header, strict=True)[: len(more) - 2] == more[:-2]
    if has_tabs(value) or has_tabs(header):
        return  # Racket's rule takes a line that a tab begins for a field, if it has a colon
    stripped = value.lstrip(" \t") if isinstance(value, str) else value.lstrip(b" \t")
    assert head.extract_field(field, more) == head.extract_field(field, other) == stripped
    assert head.extract_all_fields(more)[1:] == head.extract_all_fields(header)
    assert head.remove_field(field, more) == header


def lines(header: AnyStr) -> list[AnyStr]:
    """Return the fields of *header* as every mail reader sees them (RFC 5322 section 2.2)."""
    if isinstance(header, str):
        return re.split(r"\r\n(?![ \t])", header)
    return re.split(rb"\r\n(?![ \t])", header)


def has_tabs(text: AnyStr) -> bool:
    return "\r\n\t" in text if isinstance(text, str) else b"\r\n\t" in text


def addresses(line: str) -> None:
    """Read the addresses in *line*: each is one, and a line of them is read back the same."""
    try:
        found = head.extract_addresses(line, "all")
    except AddressError:
        return
    assert [full for _, _, full in found] == head.extract_addresses(line, "full")
    bare = [address for _, address, _ in found]
    assert bare == head.extract_addresses(line, "address")
    assert not set('<>,()"') & set("".join(bare))
    if all(bare):
        assert head.extract_addresses(head.assemble_address_field(bare), "address") == bare
