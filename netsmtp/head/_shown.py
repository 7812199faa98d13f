"""Turn values into text: as Racket prints them into a field, and as errors show them."""

from __future__ import annotations

from typing import cast

LONGEST_SHOWN = 100


def displayed(value: object) -> str:
    """Return *value* as Racket's `display` prints it: bytes as UTF-8, None as the false value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, list | tuple):
        items = cast("list[object] | tuple[object, ...]", value)
        return f"({' '.join(map(displayed, items))})"
    if value is None or isinstance(value, bool):
        return "#t" if value else "#f"
    return str(value)


def shown(text: str | bytes) -> str:
    """Return *text* as an error message shows it: on one line, and not without end."""
    if len(text) <= LONGEST_SHOWN:
        return repr(text)
    return f"{text[:LONGEST_SHOWN]!r}... ({len(text)} in all)"


def kind(value: object) -> str:
    """Return what *value* is, for an error about its type."""
    return "None" if value is None else type(value).__name__
