"""Frame a message for DATA: lines become dot-stuffed pieces, in bulk (RFC 5321 section 4.5.2).

The rule that keeps a message one message is about the stream, not about lines: a dot is doubled at
the very beginning and behind every CR LF, and no CR or LF stands alone anywhere. Servers that take
a lone LF for a line end would otherwise find an end of message where this client saw none.

Speed comes from looking at many lines at once, by what the interpreter does in C: `in` for one
octet is ten times as fast as counting it, so lines are judged joined without their line ends, and
the decoder that `io` has for universal newlines tells which line ends it has met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import IncrementalNewlineDecoder
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from ..errors import ContentError

T = TypeVar("T")

PIECE = 64 * 1024
BATCH = 4096
LONGEST_LINE = 998
_LEADING_DOT = re.compile(rb"\n\.")  # by `re`, which is three times as fast as `bytes.replace`
END = b".\r\n"


class LineEnds:
    """Refuse a text, that comes in pieces, for a bare CR or LF or for NUL.

    A CR at the end of a piece belongs to the next: the caller holds it back.
    """

    __slots__ = ("_decoder",)

    def __init__(self) -> None:
        self._decoder = IncrementalNewlineDecoder(None, translate=False)

    def mind(self, piece: bytes | memoryview) -> None:
        """Judge the next *piece*. Raises `ContentError`."""
        text = str(piece, "latin-1")  # a character for each octet
        if "\0" in text:
            raise ContentError("a NUL inside a line")
        self._decoder.decode(text)
        if self._decoder.newlines not in (None, "\r\n"):
            raise ContentError("a CR or LF inside a line")


class Stuffer:
    """Double the leading dots of a text that comes in pieces, refusing what is not CR LF text.

    `write` takes any piece, cut anywhere; `end` returns what completes the message. Without *check*
    the text is known to be CR LF text, without *double* its dots stay as they are: it has none to
    double, or is for BDAT.
    """

    __slots__ = ("_double", "_ends", "_held", "_line_start")

    def __init__(self, *, check: bool = True, double: bool = True) -> None:
        self._ends = LineEnds() if check else None
        self._double = double
        self._line_start = True
        self._held = b""  # a CR at the end of a piece waits for its LF

    def write(self, piece: bytes | memoryview) -> bytes | memoryview:
        """Return what to send for *piece*. Raises `ContentError` for a bare CR or LF or for NUL."""
        if self._held:
            piece = self._held + piece
            self._held = b""
        if piece[-1:] == b"\r":
            piece, self._held = piece[:-1], b"\r"
        if not piece:
            return piece
        if self._ends is not None:
            self._ends.mind(piece)
        starts, self._line_start = self._line_start, piece[-1:] == b"\n"
        if not self._double:
            return piece
        doubled = _LEADING_DOT.sub(b"\n..", piece)
        return b"." + doubled if starts and doubled.startswith(b".") else doubled

    def end(self) -> bytes:
        """Return the end of the message: a line end where the last line lacks one, and the dot.

        Raises `ContentError` if the text ended inside a line end.
        """
        if self._held:
            raise ContentError("a CR or LF inside a line")
        return END if self._line_start else b"\r\n" + END


def stuffed(text: bytes) -> bytes:
    """Return CR LF *text*, which is known whole, as DATA carries it before the dot."""
    text = _LEADING_DOT.sub(b"\n..", text)
    if text[:1] == b".":
        text = b"." + text
    return text if text[-1:] == b"\n" or not text else text + b"\r\n"


def pieces(header: bytes, lines: Iterable[str | bytes]) -> Iterator[bytes]:
    """Yield *header* and *lines*, each line ended by CR LF, in pieces of about `PIECE` octets.

    Whole batches of lines are joined, checked and encoded at once. Raises `ContentError` for a
    line with a CR, LF or NUL, or with a lone surrogate, and `TypeError` for what is neither str
    nor bytes.
    """
    waiting = [header] if header else []
    size = len(header)
    for text in batches(lines, join, len):
        waiting.append(text)
        size += len(text)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def batches(
    lines: Iterable[str | bytes],
    make: Callable[[list[str | bytes]], T],
    octets: Callable[[T], int],
) -> Iterator[T]:
    """Yield what *make* gives for lists of *lines* that are each about a piece.

    How many lines that takes is judged by the *octets* of the list before.
    """
    rest = iter(lines)
    most = 64
    while taken := list(islice(rest, most)):
        made = make(taken)
        yield made
        most = max(16, min(BATCH, PIECE * len(taken) // octets(made)))


def join(lines: Sequence[str | bytes]) -> bytes:
    """Return *lines* as CR LF text; raises as `pieces` does.

    Lines of one kind, the common case, are joined without a step per line.
    """
    every: Sequence[Any] = lines
    if isinstance(_flat(every), str):
        return ("\r\n".join(every) + "\r\n").encode()
    try:
        return b"\r\n".join(every) + b"\r\n"
    except TypeError:  # of both kinds
        return b"\r\n".join(map(_encode, lines)) + b"\r\n"


class Measure(NamedTuple):
    """Say of a text how many octets it has, whether it is ASCII, and its longest line if too long."""

    size: int
    ascii: bool
    overlong: int


def measure_lines(lines: Sequence[str | bytes]) -> Measure:
    """Measure what `join` would return, without making it; raises as `pieces` does."""
    flat = _flat(lines)
    if flat.isascii():
        size, widest = len(flat), max(map(len, lines))
    else:
        octets = list(map(len, map(_encode, lines)))
        size, widest = sum(octets), max(octets)
    overlong = widest if widest > LONGEST_LINE else 0
    return Measure(size + 2 * len(lines), flat.isascii(), overlong)


def measure(text: bytes) -> Measure:
    """Measure CR LF text."""
    return Measure(len(text), text.isascii(), overlong(text))


def overlong(text: bytes) -> int:
    """Return the length of the longest line of *text* if it has more than 998 octets, otherwise 0.

    Looks at the text only where a line that is not too long may end last.
    """
    at, end = 0, len(text)
    while end - at > LONGEST_LINE:
        found = text.rfind(b"\n", at, at + LONGEST_LINE + 2)
        if found < 0:
            widest = max(map(len, text.split(b"\r\n")))
            return widest if widest > LONGEST_LINE else 0
        at = found + 1
    return 0


def _flat(lines: Sequence[Any]) -> str | bytes:
    """Return *lines* joined without line ends, in which none may be; raises as `pieces` does."""
    flat: str | bytes
    try:
        if isinstance(lines[0], str):
            flat = "".join(lines)
            bad = "\n" in flat or "\r" in flat or "\0" in flat
            if not bad and not flat.isascii():
                flat.encode()
            if not bad:
                return flat
        flat = b"".join(lines)
    except (TypeError, UnicodeEncodeError):
        flat = b"".join(map(_encode, lines))
    if b"\n" in flat or b"\r" in flat or b"\0" in flat:
        raise ContentError(f"a CR, LF or NUL inside a line: {_culprit(lines)}")
    return flat


def _encode(line: str | bytes) -> bytes:
    if isinstance(line, str):
        try:
            return line.encode()
        except UnicodeEncodeError:
            raise ContentError("a lone surrogate inside a line") from None
    if isinstance(line, bytes | bytearray | memoryview):
        return bytes(line)
    raise TypeError(f"message line: expected a str or bytes, given {type(line).__name__}")


def _culprit(lines: Sequence[str | bytes]) -> str:
    """Show the beginning of the first bad line."""
    bad = next(
        line for line in map(_encode, lines) if any(c in line for c in (b"\r", b"\n", b"\0"))
    )
    return repr(bad if len(bad) <= 60 else bad[:60] + b"...")
