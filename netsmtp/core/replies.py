"""Read the server's replies: a strict, bounded, incremental parser (RFC 5321 section 4.2).

Racket takes every line that begins with the code it waits for. That hides errors (`250 ok<LF>550
no`) and lets a server fill the memory, so here a reply is exactly three digits and SP, `-` or the
end of the line on every line, one code throughout, CR LF between the lines and nowhere else, and
never more than the limits allow.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold one complete reply: its *code* and the text of each of its *lines*."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the lines' texts as one string."""
        return "\n".join(self.lines)

    @property
    def enhanced(self) -> tuple[int, int, int] | None:
        """Return the enhanced status code, as `(5, 1, 1)`, or None (RFC 2034, RFC 3463)."""
        found = _ENHANCED.match(self.lines[0])
        if found is None or int(found[1]) != self.code // 100:
            return None
        return int(found[1]), int(found[2]), int(found[3])

    @property
    def plain(self) -> bool:
        """Tell whether the reply is one line of printable text."""
        return (
            len(self.lines) == 1
            and self.lines[0].isprintable()
            and "\N{REPLACEMENT CHARACTER}" not in self.text
        )

    def __bytes__(self) -> bytes:
        last = len(self.lines) - 1
        return b"".join(
            b"%d%s%s\r\n" % (self.code, b" " if n == last else b"-", line.encode())
            for n, line in enumerate(self.lines)
        )

    def __str__(self) -> str:
        """Show the reply in one line, without control characters and not at any length."""
        text = " / ".join(line for line in self.lines if line)
        shown = "".join(
            c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: _SHOWN + 1]
        )
        return (
            f"{self.code} {shown}".rstrip()
            if len(shown) <= _SHOWN
            else f"{self.code} {shown[:_SHOWN]}..."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLimits:
    """Bound a reply: octets in a *line*, number of *lines*, octets in *total*."""

    line: int = 8 * 1024
    lines: int = 512
    total: int = 64 * 1024


LIMITS = ReplyLimits()
"""What bounds a reply if nobody says otherwise."""


class BadReply(ValueError):
    """Bytes that are no reply; *reason* says why, *excerpt* shows their beginning."""

    def __init__(self, reason: str, excerpt: bytes) -> None:
        super().__init__(reason, excerpt)
        self.reason = reason
        self.excerpt = excerpt[:80]

    def __str__(self) -> str:
        return f"{self.reason}: {self.excerpt!r}"


class _Known:
    """Hold replies that were read, by their only line, or by all of what was fed for one."""

    __slots__ = ("fed", "lines")

    def __init__(self) -> None:
        self.lines: dict[bytes, Reply] = {}
        self.fed: dict[bytes, Reply] = {}


@lru_cache(maxsize=16)
def _known(limits: ReplyLimits) -> _Known:
    """Return what parsers with *limits* have read."""
    return _Known()


KNOWN = _known(LIMITS)


class ReplyParser:
    """Turn bytes, however they are split, into replies.

    Call `feed` with what arrived and `next` until it returns None. Both take time linear in the
    bytes.
    """

    def __init__(self, limits: ReplyLimits | None = None) -> None:
        self._limits = limits = limits or LIMITS
        # Lines that came whole, without their CR LF, and what came behind them.
        self._whole: deque[bytes] = deque()
        self._buffer = bytearray()
        # What most replies are: read once by anybody with these limits, taken from here afterwards.
        self._known = KNOWN if limits is LIMITS else _known(limits)
        # What was fed last, while it may be one whole reply.
        self._fed = b""
        self._searched = 0
        self._code = 0
        self._lines: list[str] = []
        self._total = 0

    @property
    def pending(self) -> bool:
        """Tell whether bytes have arrived that no complete reply has used."""
        return bool(self._whole or self._buffer or self._lines)

    @property
    def rest(self) -> bytes:
        """Return what has come behind the last complete reply, of which `next` has taken nothing."""
        return b"".join([line + b"\r\n" for line in self._whole]) + self._buffer

    def whole(self, data: bytes | memoryview) -> Reply | None:
        """Return the reply that *data* is, all of it, if that is known without reading.

        Otherwise `feed` it.
        """
        if self._whole or self._buffer or self._lines:
            return None
        return self._known.fed.get(bytes(data))

    def feed(self, data: bytes | memoryview) -> None:
        """Add *data* to what `next` reads."""
        text = bytes(data)
        whole = text[-2:] == b"\r\n" and not self.pending
        self._fed = text if whole else b""
        ends = text.count(b"\r\n")
        if (
            self._buffer
            or text[-2:] != b"\r\n"
            or text.count(b"\n") + text.count(b"\r") != 2 * ends
        ):
            self._buffer += text
        else:
            self._whole.extend(text[:-2].split(b"\r\n"))

    def next(self) -> Reply | None:
        """Return the next complete reply, or None until more bytes arrive.

        Raises `BadReply` as soon as the bytes cannot become a reply within the limits.
        """
        if self._whole:
            known = None if self._lines else self._known.lines.get(self._whole[0])
            if known is not None:
                self._fed = b""
                self._whole.popleft()
                return known
        elif not self._buffer:
            return None
        while (line := self._line()) is not None:
            found = _LINE.fullmatch(line)
            if found is None:
                raise BadReply("not a reply line", line)
            code = int(found[1])
            if self._lines and code != self._code:
                raise BadReply(f"a reply that changes its code from {self._code}", line)
            self._code = code
            self._lines.append((found[3] or b"").decode("utf-8", "replace"))
            if len(self._lines) > self._limits.lines:
                raise BadReply(f"a reply of more than {self._limits.lines} lines", line)
            if found[2] != b"-":
                reply = Reply(code, tuple(self._lines))
                if code in _USUAL:
                    self._keep(line, reply)
                self._lines, self._total, self._fed = [], 0, b""
                return reply
        return None

    def _keep(self, line: bytes, reply: Reply) -> None:
        """Know *reply* the next time, by its only *line* or by all that was fed."""
        if len(self._lines) == 1 and len(line) <= _SHORT:
            _add(self._known.lines, line, reply)
        is_all = not (self._whole or self._buffer)
        if self._fed and is_all and len(self._fed) <= _LONG:
            _add(self._known.fed, self._fed, reply)

    def _line(self) -> bytes | None:
        """Take one line without its CR LF off what has come, or return None."""
        if self._whole:
            line = self._whole[0]
            self._mind(len(line) + 2, line)
            self._total += len(line) + 2
            return self._whole.popleft()
        end = self._buffer.find(b"\n", self._searched)
        length = len(self._buffer) if end < 0 else end + 1
        self._mind(length, self._buffer)
        # A CR may only stand before the LF; while the LF has not come it may be the last octet.
        bare = self._buffer.find(b"\r", max(self._searched - 1, 0), length)
        if 0 <= bare < length - (1 if end < 0 else 2) or (end >= 0 and bare < 0):
            raise BadReply("a bare CR or LF in a reply", bytes(self._buffer[:length]))
        if end < 0:
            self._searched = length
            return None
        line = bytes(self._buffer[: end - 1])
        del self._buffer[:length]
        self._searched = 0
        self._total += length
        return line

    def _mind(self, length: int, text: bytes | bytearray) -> None:
        """Raise `BadReply` if a line of *length*, whose beginning is *text*, is too much."""
        if length > self._limits.line:
            raise BadReply(
                f"a reply line of more than {self._limits.line} octets", bytes(text[:80])
            )
        if self._total + length > self._limits.total:
            raise BadReply(f"a reply of more than {self._limits.total} octets", bytes(text[:80]))


def _add(known: dict[bytes, Reply], text: bytes, reply: Reply) -> None:
    if len(known) >= _MOST:
        known.clear()
    known[text] = reply


_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?= |$)")
_SHOWN = 500
_USUAL = (220, 221, 250, 354)  # no reply to AUTH is kept
_SHORT, _LONG, _MOST = 64, 512, 64
