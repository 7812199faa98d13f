"""Two signatures, two units, one linkage: the smallest complete application.

Prints:
    The corner press has printed AA, BBB.
"""

from __future__ import annotations

from signatures import Signature
from units import exports, invoke, link, unit


class IFoundry(Signature):
    """Casts letters."""

    def cast(self, letter: str, count: int) -> list[str]: ...


class IPress(Signature):
    """Prints what it is told and remembers it."""

    @property
    def name(self) -> str: ...
    def print(self, letter: str, count: int) -> None: ...
    def printed(self) -> list[str]: ...


@unit
class Foundry(IFoundry):
    """A class is a unit: what it implements it exports."""

    def cast(self, letter: str, count: int) -> list[str]:
        return [letter.upper()] * count


@unit
def press(foundry: IFoundry, name: str = "corner press") -> IPress:
    """A function is a unit: its parameters import, its return annotation exports."""
    sheets: list[str] = []

    def print(letter: str, count: int) -> None:
        sheets.append("".join(foundry.cast(letter, count)))

    def printed() -> list[str]:
        return sheets

    return exports(locals())


def main() -> None:
    shop = invoke(link(Foundry, press, exports=IPress))
    shop.print("a", 2)
    shop.print("b", 3)
    print(f"The {shop.name} has printed {', '.join(shop.printed())}.")


if __name__ == "__main__":
    main()
