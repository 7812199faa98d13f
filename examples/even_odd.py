"""Two units that need each other, linked in a circle.

Prints:
    10 is even: True
    10 is odd: False
"""

from __future__ import annotations

from dataclasses import dataclass

from signatures import Signature
from units import exports, invoke, link, unit


class IEven(Signature):
    def is_even(self, number: int) -> bool: ...


class IOdd(Signature):
    def is_odd(self, number: int) -> bool: ...


@unit
def even(odd: IOdd) -> IEven:
    def is_even(number: int) -> bool:
        return number == 0 or odd.is_odd(number - 1)

    return exports(locals())


@unit
@dataclass
class Odd(IOdd):
    """A dataclass is a unit, too: its fields without default are imports."""

    even: IEven

    def is_odd(self, number: int) -> bool:
        return number != 0 and self.even.is_even(number - 1)


def main() -> None:
    evens, odds = invoke(link(even, Odd, exports=(IEven, IOdd)))
    print(f"10 is even: {evens.is_even(10)}")
    print(f"10 is odd: {odds.is_odd(10)}")


if __name__ == "__main__":
    main()
