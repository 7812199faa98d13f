"""A deadline that is chosen when it begins, so that a busy machine cannot be late for it."""

from __future__ import annotations

from collections.abc import Callable


class Asked(float):
    """Be as many seconds as *seconds* returns: who waits adds them to the time, and so asks here."""

    __hash__ = object.__hash__  # each counts for itself: none may be taken for another

    def __new__(cls, seconds: Callable[[], float]) -> Asked:
        made = super().__new__(cls, 1.0)
        made.seconds = seconds
        return made

    seconds: Callable[[], float]

    def __eq__(self, other: object) -> bool:
        return self is other

    def __radd__(self, now: float) -> float:
        return now + self.seconds()
