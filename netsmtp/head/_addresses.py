"""Take the addresses out of a To or From field, by Racket's rules, which are not RFC 5322's.

Known are `address`, `<address>`, `name <address>`, `"name" <address>` and comments behind any of
them, as in `address (name)`. Quotes inside quotes, comments inside comments, groups and quoted
local parts are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, cast, overload

from ..errors import AddressError, HeaderTypeError
from ._shown import kind, shown

Form: TypeAlias = Literal["name", "address", "full", "all"]

#: All of Racket's blanks; Python's are more.
BLANKS = " \t\n\r\v"


@overload
def extract_addresses(line: str | None, form: Literal["name", "address", "full"]) -> list[str]: ...
@overload
def extract_addresses(line: str | None, form: Literal["all"]) -> list[list[str]]: ...
def extract_addresses(line: str | None, form: Form) -> list[str] | list[list[str]]:
    """Return what *form* asks for of each address in *line*; none if it is None or blank.

    A name is the address where there is none, and keeps its quotes. The full form is Racket's own
    `name <address>` or `address (name)`; `all` gives the three in a list. Raises `AddressError`
    with what could not be read, `HeaderTypeError` for another *form* or a *line* that is no str.
    Source: `extract-addresses`; one pass, so that no *line* takes longer than its length.
    """
    if form not in ("name", "address", "full", "all"):
        raise HeaderTypeError(
            f"extract_addresses: expected name, address, full or all, given {form!r}"
        )
    given = cast(object, line)
    if given is None or (isinstance(given, bytes) and not given.strip(BLANKS.encode())):
        return []
    if not isinstance(given, str):
        raise HeaderTypeError(f"extract_addresses: expected a str, given {kind(given)}")
    found = [_read(piece) for piece in _pieces(given)]
    return found if form == "all" else [each[_PLACES[form]] for each in found]


def _pieces(line: str) -> Iterator[str]:
    """Yield *line* in pieces: it is cut at commas, save those in a quoted string or a comment.

    A trailing blank piece is none. Which of the two begins first decides what it hides.
    """
    quoted, commented = _Finder(line, '"', '"'), _Finder(line, "(", ")")
    start = at = 0
    end = len(line.rstrip(BLANKS))
    while start < end:
        comma = line.find(",", at)
        if comma < 0:
            yield line[start:]
            return
        hiding = min(quoted.next(at), commented.next(at))
        if hiding[0] < comma < hiding[1]:
            at = hiding[1]
            continue
        yield line[start:comma]
        start = at = comma + 1


class _Finder:
    """Find what stands between *left* and *right* in *line*, going forward only."""

    def __init__(self, line: str, left: str, right: str) -> None:
        self._line, self._left, self._right = line, left, right
        self._none = (len(line) + 1, len(line) + 1)
        self._found = (-1, -1)

    def next(self, at: int) -> tuple[int, int]:
        """Return the first one from *at* on: where it begins, and where it has ended."""
        if self._found[0] < at:
            begin = self._line.find(self._left, at)
            end = self._line.find(self._right, begin + 1) if begin >= 0 else -1
            self._found = (begin, end + 1) if end >= 0 else self._none
        return self._found


def _read(piece: str) -> list[str]:
    """Return name, address and full form of the one address in *piece*."""
    end, comments = _without_comments(piece)
    name, address, full = _read_bare(piece[:end], piece)
    for comment in comments:
        if name == address:
            name = comment
    return [name, address, "".join([full, *(f" ({comment})" for comment in comments)])]


def _without_comments(piece: str) -> tuple[int, list[str]]:
    """Return where *piece* ends without the comments behind it, and these, in their order."""
    end, comments = len(piece), list[str]()
    while True:
        stop = end
        while stop and piece[stop - 1] in BLANKS:
            stop -= 1
        if not stop or piece[stop - 1] != ")":
            break
        begin = piece.rfind("(", 0, stop - 1)
        if begin < 0 or piece.find(")", begin, stop - 1) >= 0:
            break
        comments.append(piece[begin + 1 : stop - 1])
        end = begin
    return end, comments[::-1]


def _read_bare(text: str, piece: str) -> tuple[str, str, str]:
    """Return name, address and full form of *text*, the part of *piece* before its comments."""
    begun = text.lstrip(BLANKS)
    bare = begun.rstrip(BLANKS)
    if begun.startswith('"') and (close := begun.find('"', 1)) > 0:
        name, rest = begun[: close + 1], begun[close + 1 :]
    elif bare.endswith(">") and (left := bare.rfind("<")) > 0:
        name, rest = bare[:left].rstrip(BLANKS), bare[left:]
    else:
        address = _in_brackets(text, piece) if "<" in text or ">" in text else _plain(text, piece)
        return address, address, address
    address = _in_brackets(rest, text)
    return name, address, f"{name} <{address}>"


def _in_brackets(text: str, culprit: str) -> str:
    """Return the address between the angle brackets in *text*; *culprit* is what errors show."""
    if text.count("<") > 1 or text.count(">") > 1:
        raise AddressError(f"too many angle brackets: {shown(text)}")
    left, right = text.find("<"), text.find(">")
    if not 0 <= left < right:
        raise AddressError(f"cannot read an address from {shown(culprit)}")
    return _plain(text[left + 1 : right], culprit)


def _plain(text: str, culprit: str) -> str:
    """Return *text* without blanks around it; *culprit* is what errors show."""
    if any(char in text for char in ',"()<>'):
        raise AddressError(f"cannot read an address from {shown(culprit)}")
    return text.strip(BLANKS)


_PLACES = {"name": 0, "address": 1, "full": 2}
