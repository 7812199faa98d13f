"""A clock and a diary, for the tests of units made from functions."""

from signatures import Signature
from units import unit


class IClock(Signature):
    def now(self) -> int: ...


class IDiary(Signature):
    @property
    def owner(self) -> str: ...
    def write(self, text: str) -> None: ...
    def pages(self) -> list[str]: ...


class IKey(Signature):
    def open(self) -> bool: ...


@unit
class Clock(IClock):
    def now(self) -> int:
        return 7
