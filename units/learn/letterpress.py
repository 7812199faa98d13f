"""The letterpress shop of the tutorial, as it stands after the first three steps.

The later steps, and the exercises, import from here what they do not write themselves.
"""
# pyright: reportUnusedFunction=false
# (that checker cannot see that `exports(locals())` hands the inner functions over)

from __future__ import annotations

from signatures import Signature
from units import exports, unit


class IFoundry(Signature):
    """Casts letters."""

    def cast(self, text: str) -> list[str]:
        """Return a letter for each character of *text*."""
        ...


class IPress(Signature):
    """Prints what it is told and keeps the sheets."""

    @property
    def name(self) -> str: ...
    def print(self, text: str) -> None: ...
    def sheets(self) -> list[str]: ...


class ICounter(Signature):
    """Takes orders."""

    @property
    def price(self) -> int:
        """The price of a sheet, in pence."""
        ...

    def order(self, text: str, copies: int) -> str:
        """Have *text* printed on so many sheets; return the bill."""
        ...


@unit
class Foundry(IFoundry):
    """Lead is dear: this foundry has capitals only."""

    def cast(self, text: str) -> list[str]:
        return list(text.upper())


@unit
def press(foundry: IFoundry, name: str = "the corner press") -> IPress:
    """Print with the letters of some foundry."""
    printed: list[str] = []

    def print(text: str) -> None:
        printed.append("".join(foundry.cast(text)))

    def sheets() -> list[str]:
        return printed

    return exports(locals())


@unit
def counter(press: IPress, price: int = 3) -> ICounter:
    """Take orders for some press."""

    def order(text: str, copies: int) -> str:
        for _ in range(copies):
            press.print(text)
        return f"{copies} sheets, {copies * price} pence"

    return exports(locals())
