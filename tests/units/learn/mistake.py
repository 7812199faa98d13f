"""A typical wrong answer, as data."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """A wrong *answer*, what stands in the gap, and what is wrong with it, its *name*.

    *said* is words of the sentence that is meant for it, *error* of the error shown beside that,
    or nothing where the file raises none.  *around* are changes of the file outside the gap.
    """

    name: str
    answer: str
    said: str
    error: str = ""
    around: tuple[tuple[str, str], ...] = ()


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return *text* with each of *changes* made; every one of them applies."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text
