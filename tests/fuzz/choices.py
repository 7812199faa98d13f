"""Read choices off bytes, so that a fuzzer that changes bytes changes what is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Take one byte of *data* for each choice; when it is used up, every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._left = iter(data)

    def below(self, count: int) -> int:
        """Choose a number from 0 up to *count*, which is not among them."""
        return next(self._left, 0) % count

    def yes(self) -> bool:
        """Choose between yes and no, which is the first."""
        return self.below(2) == 1

    def of(self, those: Sequence[T]) -> T:
        """Choose one of *those*."""
        return those[self.below(len(those))]

    def several(self, those: Sequence[T], most: int) -> list[T]:
        """Choose up to *most* of *those*, some perhaps more than once."""
        return [self.of(those) for _ in range(self.below(most + 1))] if those else []
