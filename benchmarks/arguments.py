"""What the commands that measure have in common: how many rounds may be asked for."""

from __future__ import annotations

from argparse import ArgumentTypeError


def at_least_two(text: str) -> int:
    """Return the number that *text* says: the quartiles of a figure take two rounds.

    Raises `argparse.ArgumentTypeError` for less, and for what is no number.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 2:
        raise ArgumentTypeError(f"expected a number of at least 2, given {text!r}")
    return number
