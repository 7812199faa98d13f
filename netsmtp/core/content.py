"""Hold what goes between DATA and the dot, wherever it comes from, and check it.

`Content` is Racket's header and lines; `WholeText`, `FileText` and `AsyncLines` are the other forms in
which a message may be given. All give CR LF text in pieces, so that a message of any size passes in
constant memory.
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, Literal, TypeAlias

from ..errors import ContentError
from .framing import (
    BATCH,
    LONGEST_LINE,
    PIECE,
    LineEnds,
    Measure,
    Stuffer,
    batches,
    join,
    measure,
    measure_lines,
    pieces,
)

Facts: TypeAlias = Measure
"""What a server must be able to take, where it is known before anything is sent."""
SHOWN = 60
"""How much of a bad line an error shows."""
SLICE = 4 * PIECE
"""How much of a text that needs no change is written at once."""


class Source:
    """Give a message as CR LF text in pieces."""

    octets: int | None = None
    """The size of the text, where it is known without having examined it."""
    checked = False
    """Whether `text` gives nothing but CR LF text."""
    dotless = False
    """Whether no line begins with a dot."""
    short: bytes | None = None
    """All of the text, if it makes one piece: known, and checked, once `facts` has looked at it."""

    def facts(self) -> Facts | None:
        """Examine the text; return None if it can be read only once."""
        return None

    def text(self) -> Iterator[bytes | memoryview | None]:
        """Yield the text, not yet dot-stuffed; None where a driver must `fetch` first."""
        raise NotImplementedError

    async def fetch(self) -> None:
        """Wait until there is more text."""
        raise NotImplementedError

    def stuffer(self, *, double: bool = True) -> Stuffer:
        """Return what makes the text fit to be sent; *double*: by DATA, where dots are doubled."""
        return Stuffer(check=not self.checked, double=double and not self.dotless)


class Content(Source):
    """Hold a *header* and *lines*.

    A list or tuple is examined before anything is sent; lines that come from an iterator are known
    only when they are sent, and are checked then.
    """

    checked = True  # by `pieces`, line by line

    def __init__(self, header: object, lines: object, *, whole: bool = False) -> None:
        """Check *header* and the kind of *lines*; *whole*: the header is among the lines.

        Raises `ContentError` for a header that is not made of CR LF lines or has a line that
        begins with a dot, `TypeError` for one that is neither str nor bytes, and for lines given
        as one string.
        """
        self._header = checked_header(header)
        self._lines = _checked_lines(lines)
        self._whole = whole

    def facts(self) -> Facts | None:
        """Examine all lines; return None if they can be read only once.

        Raises `ContentError` for a line with a CR, LF or NUL, `TypeError` for what is neither str
        nor bytes.
        """
        lines = self._lines
        if not isinstance(lines, list | tuple | Sequence):
            return None
        if _are_short(lines):
            # It is made once, and without generators.
            self.short = self._head + join(lines) if lines else self._header
            return measure(self.short)
        header = measure(self._head)
        every = batches(lines, measure_lines, lambda measured: measured.size)
        size, ascii_only, widest = zip(header, *every, strict=True)
        return Facts(sum(size), all(ascii_only), max(widest))

    def text(self) -> Iterator[bytes]:
        """Yield header and lines as CR LF text in pieces, not yet dot-stuffed; see `pieces`.

        A header without its empty line gets it, lest the body run on as header: Racket leaves that
        to the caller.
        """
        if self.short is not None:
            return iter((self.short,))
        lines = iter(self._lines)
        first = list(islice(lines, 1))
        if not first:
            return pieces(self._header, ())
        return pieces(self._head, chain(first, lines))

    @property
    def _head(self) -> bytes:
        """Return the header as it stands before a body."""
        return self._header + (b"" if self._whole else _missing_end(self._header))


class WholeText(Source):
    """Hold a message given whole, as CR LF text: it is sent as it stands, without a copy."""

    checked = True  # once, by `facts`: nobody can change it afterwards

    def __init__(self, text: bytes) -> None:
        self._text = text

    def facts(self) -> Facts:
        """Examine the text. Raises `ContentError` for a bare CR or LF or for NUL."""
        text = self._text
        ends = LineEnds()
        if len(text) <= SLICE:
            ends.mind(text)
        else:
            view = memoryview(text)
            at = 0
            while at < len(text):
                # No CR is cut off from its LF.
                end = at + SLICE - (text[at + SLICE - 1 : at + SLICE] == b"\r")
                ends.mind(view[at:end])
                at = end
        if text.endswith(b"\r"):
            raise ContentError("a CR or LF inside a line")
        if len(text) <= PIECE:
            self.short = text
        else:
            self.dotless = not (text.startswith(b".") or b"\r\n." in text)
        return measure(text)

    def text(self) -> Iterator[bytes | memoryview]:
        if len(self._text) <= PIECE:
            yield self._text
            return
        view = memoryview(self._text)
        for at in range(0, len(view), SLICE):
            yield view[at : at + SLICE]


class FileText(Source):
    """Read a message from a binary file that holds CR LF text, from where it stands."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            here = file.tell()
            self.octets = file.seek(0, 2) - here
            file.seek(here)
        except (OSError, ValueError, AttributeError):
            self.octets = None

    def text(self) -> Iterator[bytes]:
        """Yield the text, cut behind a line where that is possible.

        Raises `TypeError` where the file does not give bytes.
        """
        rest = b""
        while chunk := self._read():
            chunk = rest + chunk
            cut = chunk.rfind(b"\n") + 1 or len(chunk)
            yield chunk[:cut]
            rest = chunk[cut:]
        if rest:
            yield rest

    def _read(self) -> bytes:
        """Read a piece. What a file has that is not ready, None, is not its end."""
        chunk: object = self._file.read(PIECE)
        if not isinstance(chunk, bytes):
            raise TypeError(f"message file: expected bytes, read {type(chunk).__name__}")
        return chunk


class AsyncLines(Source):
    """Hold a *header*, and *lines* that have to be awaited; raises as `Content` does."""

    checked = True

    def __init__(
        self, header: object, lines: AsyncIterable[str | bytes], *, whole: bool = False
    ) -> None:
        self._header = checked_header(header)
        self._whole = whole
        self._lines = lines
        self._reading: AsyncIterator[str | bytes] | None = None
        self._batch: list[str | bytes] = []
        self._over = False

    async def fetch(self) -> None:
        """Wait for as many lines as make a piece, or for the last."""
        self._reading = self._reading or aiter(self._lines)
        size = 0
        async for line in self._reading:
            self._batch.append(line)
            size += len(line)
            if size >= PIECE or len(self._batch) == BATCH:
                return
        self._over = True

    def text(self) -> Iterator[bytes | None]:
        header = self._header
        begun = False
        while not self._over:
            yield None
            if self._batch:
                text, self._batch = join(self._batch), []
                if not begun and not self._whole:
                    text = header + _missing_end(header) + text
                begun = True
                yield text
        if not begun and header:
            yield header


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


def checked_header(header: object) -> bytes:
    """Return *header* as bytes; raises as `Content` does."""
    if isinstance(header, str):
        try:
            header = header.encode()
        except UnicodeEncodeError:
            raise ContentError("a lone surrogate inside the header") from None
    if not isinstance(header, bytes):
        raise TypeError(f"header: expected a str or bytes, given {type(header).__name__}")
    pairs = header.count(b"\r\n")
    if header.count(b"\n") != pairs or header.count(b"\r") != pairs or b"\0" in header:
        lines = header.split(b"\r\n")
        bad = next(each for each in lines if b"\n" in each or b"\r" in each or b"\0" in each)
        shown = repr(bad if len(bad) <= SHOWN else bad[:SHOWN] + b"...")
        raise ContentError(f"a bare CR or LF, or a NUL, inside the header: {shown}")
    if header.startswith(b".") or b"\r\n." in header:
        raise ContentError("a header line begins with a dot")
    return header


def _checked_lines(lines: Any) -> Iterable[str | bytes]:
    given: object = lines
    if isinstance(given, str | bytes | bytearray):
        raise TypeError(
            f"message lines: expected a list of lines, given one {type(given).__name__}"
        )
    if not isinstance(given, list | tuple | Iterable):
        raise TypeError(f"message lines: expected a list of lines, given {type(given).__name__}")
    good: Iterable[str | bytes] = lines
    return good


def _are_short(lines: Sequence[str | bytes]) -> bool:
    """Tell whether *lines* make one piece. What is no line is for others to find."""
    try:
        return len(lines) <= BATCH and sum(map(len, lines)) <= PIECE
    except TypeError:
        return False


def _missing_end(header: bytes) -> bytes:
    """Return what *header* lacks to be followed by a body."""
    if header.startswith(b"\r\n") or b"\r\n\r\n" in header:
        return b""
    return b"\r\n" if not header or header.endswith(b"\r\n") else b"\r\n\r\n"
