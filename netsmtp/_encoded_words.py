"""Write text that is not ASCII into a header as encoded words (RFC 2047), as Racket's net/unihead.

Text in Latin-1 becomes `=?ISO-8859-1?Q?...?=`, any other `=?UTF-8?B?...?=`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

#: An encoded word holds so many bytes at most. RFC 2047 wants fewer; sendmail programs and mail
#: readers take these.
LONGEST_PIECE = 70


def encode_for_header(text: str, *, reserved: str = "") -> str:
    """Return *text* with its part outside ASCII in encoded words, one in each line.

    That part is cut out of *text* at blanks; the rest stays as it is. Characters in *reserved* are
    encoded where they stand in that part. Source: `encode-for-header`, which cuts inside a UTF-8
    character where a piece is full; ours cuts before it.
    """
    if text.isascii():
        return text
    odd = [found.start() for found in _ODD.finditer(text)]
    start = text.rfind(" ", 0, odd[0]) + 1
    end = text.find(" ", odd[-1])
    end = len(text) if end < 0 else end
    return text[:start] + encoded_words(text[start:end], reserved=reserved) + text[end:]


def encoded_words(text: str, *, reserved: str = "") -> str:
    """Return all of *text* in encoded words; see `encode_for_header`."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        pieces = _pieces(text.encode())
        return "\n ".join(f"=?UTF-8?B?{b64encode(piece).decode()}?=" for piece in pieces)
    pieces = (raw[at : at + LONGEST_PIECE] for at in range(0, len(raw), LONGEST_PIECE))
    return "\n ".join(f"=?ISO-8859-1?Q?{_q(piece, reserved)}?=" for piece in pieces)


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Yield *raw* in pieces, none of which ends inside a UTF-8 character."""
    start = 0
    while start < len(raw):
        end = start + LONGEST_PIECE
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[start:end]
        start = end


def _q(raw: bytes, reserved: str) -> str:
    """Return *raw* in the Q encoding (RFC 2047 section 4.2); a blank at the end is encoded too."""
    text = raw.decode("latin-1")
    encoded = "".join(
        f"={ord(char):02X}" if char in "=?_" or not " " <= char <= "~" or char in reserved else char
        for char in text
    )
    if encoded.endswith(" "):
        encoded = f"{encoded[:-1]}=20"
    return encoded.replace(" ", "_")


# What Racket leaves alone around the encoded part: ASCII but for the sign that begins a word.
_ODD = re.compile("[^\0-<>-\x7f]")
