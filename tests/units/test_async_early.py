"""Exports of async bodies, read before these bodies have ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from signatures import Signature
from units import (
    UninitializedError,
    arunning,
    exports,
    link,
    unit,
)


class ILeft(Signature):
    def left(self) -> int: ...


class IRight(Signature):
    def first(self) -> int: ...
    def second(self) -> int: ...


def test_exports_of_an_async_body_are_readable_as_soon_as_they_are_defined() -> None:
    """While it runs, and while it is suspended and another task reads (U13)."""
    seen: list[object] = []

    @unit
    def left(right: IRight) -> ILeft:
        def left() -> int:
            return right.first()

        return exports(left=left)

    def body_of_right(hands_over: str) -> Any:
        async def steps(left: ILeft) -> None:
            seen.append(left.left())  # while the body runs: it awaits this
            task = asyncio.create_task(ask(left))
            await task  # while the body is suspended
            with pytest.raises(UninitializedError, match="its body is running"):
                kept[0].second()

        async def ask(left: ILeft) -> None:
            seen.append(left.left())

        @unit
        async def returning(left: ILeft) -> IRight:
            def first() -> int:
                return 1

            await steps(left)

            def second() -> int:
                return 2

            return exports(locals())

        @unit
        async def yielding(left: ILeft) -> AsyncIterator[IRight]:
            def first() -> int:
                return 1

            await steps(left)

            def second() -> int:
                return 2

            yield exports(locals())

        return {"returning": returning, "yielding": yielding}[hands_over]

    kept: list[IRight] = []

    @unit
    def spy(right: IRight) -> None:
        kept.append(right)

    async def main(hands_over: str) -> None:
        kept.clear()
        async with arunning(link(spy, left, body_of_right(hands_over), exports=ILeft)) as component:
            assert component.left() == 1
            assert kept[0].second() == 2

    for hands_over in ("returning", "yielding"):
        asyncio.run(main(hands_over))
    assert seen == [1, 1] * 2
