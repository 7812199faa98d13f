"""Refuse what would break out of a field or a header: header injection.

A value may go on in the next line only by CR LF and a blank (RFC 5322 section 2.2.3), and that
line must hold more than blanks. A lone CR or LF, NUL and other controls, and the line ends that
only some readers take for one are refused, for every reader must see the same lines.
"""

from __future__ import annotations

import re

from ..errors import HeaderError
from ._shown import shown


def refuse_name(name: str | bytes) -> None:
    """Raise `HeaderError` unless *name* is a field's name, and to Racket, too.

    RFC 5322 section 3.6.8 lets it hold a quote; Racket takes the line for the field before.
    """
    if not _NAME.fullmatch(_text(name)):
        raise HeaderError(f"no name of a field: {shown(name)}")


def refuse_value(role: str, value: str | bytes) -> None:
    """Raise `HeaderError` if *value*, which the error calls *role*, is not one field's."""
    found = (_BREAKS if isinstance(value, str) else _ASCII_BREAKS).search(_text(value))
    if found:
        raise HeaderError(f"{role}: {found[0]!a} ends or hides a line in {shown(value)}")


def refuse_header(header: str | bytes) -> None:
    """Raise `HeaderError` unless *header* is fields, each of them safe, and the empty line."""
    text = _text(header)
    if text == "\r\n":
        return
    if not text.endswith("\r\n\r\n"):
        raise HeaderError(f"the empty line at the end is missing: {shown(header[-40:])}")
    for field in _FIELD_END.split(text[:-4]):
        name, colon, value = field.partition(":")
        if not colon:
            raise HeaderError(f"no field, it has no colon: {shown(field)}")
        refuse_name(name)
        refuse_value(f"the value of {name}", value if isinstance(header, str) else _bytes(value))


def _text(value: str | bytes) -> str:
    """Return *value* as text in which every byte is a character."""
    return value if isinstance(value, str) else value.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")


_NAME = re.compile("[!#-9;-~]+")
_FIELD_END = re.compile(r"\r\n(?![ \t])")
_ASCII = r"\r(?!\n)|(?<!\r)\n|\r\n(?![ \t])|\r\n[ \t]+(?=\r\n|\Z)|[\0-\x08\v\f\x0e-\x1f\x7f]"
_ASCII_BREAKS = re.compile(_ASCII)
_BREAKS = re.compile(rf"{_ASCII}|[\x80-\x9f]|\u2028|\u2029|[\ud800-\udfff]")
