"""Hold what goes between DATA and the dot, Racket's header and lines, and check it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal, cast

from ..errors import ContentError
from .framing import LONGEST_LINE, longest, pieces


@dataclass(frozen=True, slots=True)
class Facts:
    """Say what a server must be able to take: *size* in octets, whether *ascii*, *longest* line."""

    size: int
    ascii: bool
    longest: int


class Content:
    """Hold a *header* and *lines*, and give them as CR LF text in pieces.

    A list or tuple is examined before anything is sent; lines that come from an iterator are known
    only when they are sent, and are checked then.
    """

    def __init__(self, header: object, lines: object) -> None:
        """Check *header* and the kind of *lines*.

        Raises `ContentError` for a header that is not made of CR LF lines or has a line that
        begins with a dot, `TypeError` for one that is neither str nor bytes, and for lines given
        as one string.
        """
        self._header = _checked_header(header)
        self._lines = _checked_lines(lines)

    def facts(self) -> Facts | None:
        """Examine all lines; return None if they can be read only once.

        Raises `ContentError` for a line with a CR, LF or NUL, `TypeError` for what is neither str
        nor bytes.
        """
        if not isinstance(self._lines, Sequence):
            return None
        size, ascii_only, widest = 0, True, 0
        for piece in self.text():
            size += len(piece)
            ascii_only = ascii_only and piece.isascii()
            widest = max(widest, longest(piece))
        return Facts(size, ascii_only, widest)

    def text(self) -> Iterator[bytes]:
        """Yield header and lines as CR LF text in pieces, not yet dot-stuffed; see `pieces`.

        A header without its empty line gets it, lest the body run on as header: Racket leaves that
        to the caller.
        """
        lines = iter(self._lines)
        first = list(islice(lines, 1))
        if not first:
            return pieces(self._header, ())
        return pieces(self._header + _missing_end(self._header), chain(first, lines))


def mind_long_lines(octets: int, choice: Literal["warn", "refuse", "send"]) -> None:
    """Warn of a line of so many *octets*, or refuse it with `ContentError`, if it is too long.

    Servers may cut or refuse lines of more than 998 octets (RFC 5321 section 4.5.3.1.6).
    """
    if octets <= LONGEST_LINE or choice == "send":
        return
    problem = f"a line of {octets} octets, more than {LONGEST_LINE}"
    if choice == "refuse":
        raise ContentError(problem)
    warnings.warn(problem, stacklevel=2)


def _checked_header(header: object) -> bytes:
    if isinstance(header, str):
        try:
            header = header.encode()
        except UnicodeEncodeError:
            raise ContentError("a lone surrogate inside the header") from None
    if not isinstance(header, bytes):
        raise TypeError(f"header: expected a str or bytes, given {type(header).__name__}")
    if _NOT_CRLF.search(header):
        raise ContentError("a bare CR or LF, or a NUL, inside the header")
    if header.startswith(b".") or b"\r\n." in header:
        raise ContentError("a header line begins with a dot")
    return header


def _checked_lines(lines: object) -> Iterable[str | bytes]:
    if isinstance(lines, str | bytes | bytearray):
        raise TypeError(
            f"message lines: expected a list of lines, given one {type(lines).__name__}"
        )
    if not isinstance(lines, Iterable):
        raise TypeError(f"message lines: expected a list of lines, given {type(lines).__name__}")
    return cast("Iterable[str | bytes]", lines)


def _missing_end(header: bytes) -> bytes:
    """Return what *header* lacks to be followed by a body."""
    if header.startswith(b"\r\n") or b"\r\n\r\n" in header:
        return b""
    return b"\r\n" if not header or header.endswith(b"\r\n") else b"\r\n\r\n"


_NOT_CRLF = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
