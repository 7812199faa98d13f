"""Write the header of a new message, and the values that take more than one line."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import cast

from ..errors import HeaderError, HeaderTypeError
from . import _strict
from ._fields import empty_header, insert_field
from ._shown import displayed, kind

#: A further address goes into the next line when the line and it would have so many characters.
FOLD_AT = 72


def standard_message_header(
    sender: str,
    to: Iterable[str],
    cc: Iterable[str],
    bcc: Iterable[str],
    subject: str,
    *,
    strict: bool = False,
) -> str:
    """Return a header with From, To, CC, Subject and the Date of this moment.

    *to* and *cc* are left out if they are empty, and *bcc* always. Nothing is encoded or checked
    unless *strict*, which raises `HeaderError` for a value that would not stay in its field. Raises
    `HeaderTypeError` for *to* or *cc* that are no lists of str. Source: `standard-message-header`.
    """
    header: str = empty_header
    for field, value in (("Date", rfc2822_date()), ("Subject", subject)):
        header = insert_field(field, value, header, strict=strict)
    for field, addresses in (("CC", cc), ("To", to)):
        listed = _listed("standard_message_header", addresses)
        if listed:
            value = assemble_address_field(cast("list[str]", listed), strict=strict)
            header = insert_field(field, value, header, strict=strict)
    return insert_field("From", sender, header, strict=strict)


def rfc2822_date(seconds: float | None = None) -> str:
    """Return the moment *seconds* since 1970, or now, as a Date field has it, in the local zone.

    The day has no leading zero. Raises `HeaderError` for a moment beyond the calendar,
    `HeaderTypeError` for what is no number. Source: `date->string` with `rfc2822`, RFC 5322
    section 3.3; Racket writes offsets west of Greenwich wrong if their minutes are not 0 or 30.
    """
    given: object = time.time() if seconds is None else seconds
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise HeaderTypeError(f"rfc2822_date: expected a number of seconds, given {kind(given)}")
    try:
        at = time.localtime(given)
    except (OverflowError, ValueError, OSError):
        raise HeaderError(f"rfc2822_date: {given} seconds are beyond the calendar") from None
    sign, offset = ("-" if at.tm_gmtoff < 0 else "+"), abs(at.tm_gmtoff) // 60
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
        f" {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} {sign}{offset // 60:02}{offset % 60:02}"
    )


def data_lines_to_data(lines: Iterable[str], *, strict: bool = False) -> str:
    """Return *lines* as one value, in lines of its own that begin with a tab.

    Racket prints what is no str: bytes as UTF-8, None as `#f`. Raises `HeaderTypeError` for *lines*
    that are no list, with *strict* also for what is no str, and `HeaderError` for a line that ends
    or hides another. Source: `data-lines->data`.
    """
    listed = _listed("data_lines_to_data", lines)
    if strict:
        _refuse_others("data_lines_to_data", listed)
    value = "\r\n\t".join(map(displayed, listed))
    if strict:
        _strict.refuse_value("data_lines_to_data", value)
    return value


def assemble_address_field(addresses: Iterable[str], *, strict: bool = False) -> str:
    """Return *addresses* as one value, with a new line wherever it would become too long.

    Raises `HeaderTypeError` for what is no list of str, with *strict* also `HeaderError` for an
    address that would not stay in the field. Source: `assemble-address-field`.
    """
    listed = _listed("assemble_address_field", addresses)
    texts = _refuse_others("assemble_address_field", listed)
    if strict:
        for text in texts:
            _strict.refuse_value("address", text)
    pieces: list[str] = texts[:1]
    length = len("".join(pieces))
    for text in texts[1:]:
        fold = length + len(text) >= FOLD_AT
        pieces += [",\r\n\t" if fold else ", ", text]
        length = len(text) if fold else length + len(text) + 2
    return "".join(pieces)


def _listed(function: str, given: object) -> list[object]:
    """Return what is *given* as a list; raise `HeaderTypeError` if it is one text or no list."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise HeaderTypeError(f"{function}: expected a list of str, given {kind(given)}")
    return list(cast("Iterable[object]", given))


def _refuse_others(function: str, given: list[object]) -> list[str]:
    """Return what is *given*; raise `HeaderTypeError` if anything in it is no str."""
    for each in given:
        if not isinstance(each, str):
            raise HeaderTypeError(f"{function}: expected a list of str, with {kind(each)} in it")
    return cast("list[str]", given)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
