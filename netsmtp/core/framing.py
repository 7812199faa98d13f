"""Frame a message for DATA: lines become dot-stuffed pieces, in bulk (RFC 5321 section 4.5.2).

The rule that keeps a message one message is about the stream, not about lines: a dot is doubled at
the very beginning and behind every CR LF, and no CR or LF stands alone anywhere. Servers that take
a lone LF for a line end would otherwise find an end of message where this client saw none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

from ..errors import ContentError

PIECE = 64 * 1024
LONGEST_LINE = 998
END = b".\r\n"


class Stuffer:
    """Double the leading dots of a text that comes in pieces, refusing what is not CR LF text.

    `write` takes any piece, cut anywhere; `end` returns what completes the message.
    """

    __slots__ = ("_held", "_line_start")

    def __init__(self) -> None:
        self._line_start = True
        self._held = b""  # a CR at the end of a piece waits for its LF

    def write(self, piece: bytes) -> bytes:
        """Return what to send for *piece*. Raises `ContentError` for a bare CR or LF or for NUL."""
        if self._held:
            piece = self._held + piece
            self._held = b""
        if piece.endswith(b"\r"):
            piece, self._held = piece[:-1], b"\r"
        if not piece:
            return piece
        pairs = piece.count(b"\r\n")
        if piece.count(b"\n") != pairs or piece.count(b"\r") != pairs:
            raise ContentError("a CR or LF inside a line")
        if b"\0" in piece:
            raise ContentError("a NUL inside a line")
        stuffed = piece.replace(b"\r\n.", b"\r\n..")
        if self._line_start and piece.startswith(b"."):
            stuffed = b"." + stuffed
        self._line_start = piece.endswith(b"\n")
        return stuffed

    def end(self) -> bytes:
        """Return the end of the message: a line end where the last line lacks one, and the dot."""
        if self._held:
            raise ContentError("a CR or LF inside a line")
        return END if self._line_start else b"\r\n" + END


def pieces(header: bytes, lines: Iterable[str | bytes]) -> Iterator[bytes]:
    """Yield *header* and *lines*, each line ended by CR LF, in pieces of about `PIECE` octets.

    Whole batches of lines are joined, checked and encoded at once. Raises `ContentError` for a
    line with a CR, LF or NUL, or with a lone surrogate, and `TypeError` for what is neither str
    nor bytes.
    """
    waiting = [header] if header else []
    size = len(header)
    rest = iter(lines)
    batch = 64
    while taken := list(islice(rest, batch)):
        text = join(taken)
        waiting.append(text)
        size += len(text)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
        batch = max(16, min(4096, PIECE * len(taken) // len(text)))
    if waiting:
        yield b"".join(waiting)


def join(lines: list[str | bytes]) -> bytes:
    """Return *lines* as CR LF text; raises as `pieces` does.

    Lines of one kind, the common case, are joined without a step per line.
    """
    try:
        if isinstance(lines[0], str):
            text = ("\r\n".join(cast("list[str]", lines)) + "\r\n").encode()
        else:
            text = b"\r\n".join(cast("list[bytes]", lines)) + b"\r\n"
    except (TypeError, UnicodeEncodeError):
        text = b"\r\n".join(map(_encode, lines)) + b"\r\n"
    ends = len(lines)
    if text.count(b"\n") != ends or text.count(b"\r") != ends or b"\0" in text:
        raise ContentError(f"a CR, LF or NUL inside a line: {_culprit(lines)}")
    return text


def longest(text: bytes) -> int:
    """Return the length of the longest line of *text*, without its CR LF."""
    return max(map(len, text.split(b"\r\n")))


def _encode(line: str | bytes) -> bytes:
    if isinstance(line, str):
        try:
            return line.encode()
        except UnicodeEncodeError:
            raise ContentError("a lone surrogate inside a line") from None
    if isinstance(line, bytes | bytearray | memoryview):
        return bytes(line)
    raise TypeError(f"message line: expected a str or bytes, given {type(line).__name__}")


def _culprit(lines: list[str | bytes]) -> str:
    """Show the beginning of the first bad line."""
    bad = next(
        line for line in map(_encode, lines) if any(c in line for c in (b"\r", b"\n", b"\0"))
    )
    return repr(bad if len(bad) <= 60 else bad[:60] + b"...")
