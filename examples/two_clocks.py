"""One unit linked twice, and a unit that imports one signature twice: tags tell them apart.

Prints:
    Oslo 1, Rome 1
    Oslo 2, Rome 1
"""

from __future__ import annotations

from typing import Annotated

from signatures import Signature
from units import Link, invoke, link, part, tag, unit


class ICounter(Signature):
    def next(self) -> int: ...


@unit
class Counter(ICounter):
    """Counts from one; each instance has a count of its own."""

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> int:
        self._count += 1
        return self._count


@unit
def report(
    oslo: Annotated[ICounter, tag("oslo")], rome: Annotated[ICounter, tag("rome")]
) -> list[str]:
    """A unit without exports has a result: the value of its body."""
    last = rome.next()
    return [f"Oslo {oslo.next()}, Rome {last}" for _ in range(2)]


def main() -> None:
    oslo, rome = Link(ICounter, "Oslo"), Link(ICounter, "Rome")
    program = link(
        part(Counter, as_=oslo),
        part(Counter, as_=rome),
        part(report, tag("oslo", oslo), tag("rome", rome)),
        exports=(),
    )
    print("\n".join(invoke(program)))


if __name__ == "__main__":
    main()
