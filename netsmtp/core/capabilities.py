"""Know what the server's EHLO reply lists (RFC 5321 section 4.1.1.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .replies import Reply


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Hold the extensions of one EHLO reply: each keyword, in upper case, with its parameters."""

    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __contains__(self, keyword: str) -> bool:
        return keyword.upper() in self.keywords

    @property
    def size(self) -> int | None:
        """Return the largest message the server takes, None for no limit (RFC 1870 section 4)."""
        return _size(self.keywords.get("SIZE", ()))

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Return the names of the AUTH mechanisms, in the server's order (RFC 4954 section 3)."""
        return tuple(name.upper() for name in self.keywords.get("AUTH", ()))


NONE = Capabilities()
"""What is offered before EHLO is answered."""


@lru_cache(maxsize=64)
def _size(octets: tuple[str, ...]) -> int | None:
    if not octets or not (octets[0].isascii() and octets[0].isdigit()):
        return None
    return int(octets[0][:20]) or None


@lru_cache(maxsize=64)
def capabilities(reply: Reply) -> Capabilities:
    """Read the extensions from *reply*, which answers EHLO.

    The first line greets and lists nothing. Keywords are compared without regard to case, and
    blanks behind them do not matter. `AUTH=PLAIN`, which some old servers write, is read as `AUTH
    PLAIN`.
    """
    found: dict[str, tuple[str, ...]] = {}
    for keyword, parameters in _keyword_lines(reply.lines[1:]):
        found[keyword] = found.get(keyword, ()) + parameters
    return Capabilities(found)


def _keyword_lines(lines: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines:
        keyword, *parameters = line.split() or [""]
        keyword, equals, first = keyword.upper().partition("=")
        if keyword:
            yield keyword, (*((first,) if equals and first else ()), *parameters)
