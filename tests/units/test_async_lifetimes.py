"""Bodies that wait: `ainvoke` and `arunning` run async bodies, and clean up when cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest

from signatures import Signature
from units import (
    DefinitionError,
    InvokeError,
    ainvoke,
    arunning,
    exports,
    invoke,
    link,
    prefix,
    running,
    unit,
)


class IStore(Signature):
    async def get(self, key: str) -> str: ...


class IShop(Signature):
    async def buy(self, what: str) -> str: ...


class Store(IStore):
    async def get(self, key: str) -> str:
        return key.upper()


class Shop(IShop):
    def __init__(self, store: IStore) -> None:
        self.store = store

    async def buy(self, what: str) -> str:
        return await self.store.get(what)


class Broken(Exception):
    """What goes wrong on purpose."""


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *main*, which must not wait for ever."""
    asyncio.run(asyncio.wait_for(main(), 60))


def store_that(events: list[Any]) -> Any:
    @unit
    async def store() -> AsyncIterator[IStore]:
        await asyncio.sleep(0)
        events.append("store begins")
        try:
            yield Store()
        except BaseException as error:
            events.append(type(error))
            raise
        finally:
            await asyncio.sleep(0)
            events.append("store ends")

    return store


def shop_that(events: list[Any]) -> Any:
    @unit
    def shop(store: IStore) -> Iterator[IShop]:
        events.append("shop begins")

        async def buy(what: str) -> str:
            return await store.get(what)

        yield exports(locals())
        events.append("shop ends")

    return shop


@unit
async def plain_store() -> IStore:
    await asyncio.sleep(0)
    return Store()


def test_an_async_body_is_awaited() -> None:
    """`ainvoke` runs async and plain bodies in the order of linking."""

    @unit
    async def shop(store: IStore) -> IShop:
        found = await store.get("tea")

        async def buy(what: str) -> str:
            return found + what

        return exports(locals())

    async def main() -> None:
        component = await ainvoke(link(plain_store, shop, exports=IShop))
        assert await component.buy("!") == "TEA!"
        assert isinstance(await ainvoke(plain_store), Store)
        assert await ainvoke(unit(lambda: 3)) == 3

    run(main)


def test_all_kinds_of_bodies_live_in_one_block() -> None:
    """The newest ends first, whether it waits or not."""
    events: list[Any] = []

    async def main() -> None:
        async with arunning(link(store_that(events), shop_that(events), exports=IShop)) as shop:
            assert await shop.buy("tea") == "TEA"
            events.append("block")

    run(main)
    assert events == ["store begins", "shop begins", "block", "shop ends", "store ends"]


def test_each_way_to_invoke_refuses_what_it_cannot_do() -> None:
    """The error names every such unit and the way that does it for all of them."""
    whole = link(store_that([]), shop_that([]), exports=IShop)
    with pytest.raises(InvokeError, match=r"unit: store[\s\S]*use: async with arunning") as caught:
        invoke(whole)
    assert len(caught.value.problems) == 2
    with pytest.raises(InvokeError, match=r"unit: store\n.*\n.*async generator\n.*arunning"):
        running(whole)
    with pytest.raises(InvokeError, match=r"coroutine\n  use: await ainvoke\(unit\)"):
        running(plain_store)
    with pytest.raises(InvokeError, match=r"its body is: generator\n  use: with running"):
        asyncio.run(ainvoke(shop_that([]), Store()))


def test_the_exception_of_the_block_reaches_async_bodies() -> None:
    """It is thrown in at the yield, and may be handled there."""
    events: list[Any] = []

    @unit
    async def forgiving(store: IStore) -> AsyncIterator[IShop]:
        try:
            yield Shop(store)
        except Broken:
            await asyncio.sleep(0)
            events.append("forgiven")

    async def main() -> None:
        async with arunning(link(store_that(events), forgiving, exports=IShop)):
            raise Broken

    run(main)
    assert events == ["store begins", "forgiven", "store ends"]


def test_errors_of_async_bodies_come_together() -> None:
    """As those of others do."""

    @unit
    async def stuck() -> AsyncIterator[IStore]:
        try:
            yield Store()
        finally:
            raise LookupError("stuck")

    async def main() -> None:
        async with arunning(link(stuck, shop_that([]), exports=IShop)):
            raise Broken

    with pytest.raises(ExceptionGroup) as caught:
        run(main)
    block, ending = caught.value.exceptions
    assert (type(block), type(ending)) == (Broken, LookupError)
    assert ending.__notes__[0].startswith("while unit stuck cleaned up (")


@pytest.mark.parametrize("moment", ["beginning", "in the block", "ending"])
def test_a_cancelled_task_cleans_up(moment: str) -> None:
    """Wherever it is cancelled, what began ends, and the task is cancelled."""
    events: list[Any] = []

    async def main() -> None:
        reached, never = asyncio.Event(), asyncio.Event()

        async def stop(here: str) -> None:
            if here == moment:
                reached.set()
                await never.wait()

        @unit
        async def slow(store: IStore) -> AsyncIterator[IShop]:
            await stop("beginning")
            yield Shop(store)
            await stop("ending")

        async def work() -> None:
            async with arunning(link(store_that(events), slow, exports=IShop)):
                await stop("in the block")

        task = asyncio.create_task(work())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    run(main)
    assert events == ["store begins", asyncio.CancelledError, "store ends"]


def test_a_task_that_is_cancelled_again_while_it_cleans_up_is_cancelled() -> None:
    """Two cancellations do not become a group, which no caller expects."""

    async def main() -> None:
        ending, never = asyncio.Event(), asyncio.Event()

        @unit
        async def slow() -> AsyncIterator[IStore]:
            try:
                yield Store()
            finally:
                ending.set()
                await never.wait()

        async def work() -> None:
            async with arunning(slow):
                await never.wait()

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await ending.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main)


def test_a_time_limit_on_the_block_is_told_as_such() -> None:
    """``asyncio.timeout`` works around a block and inside it."""
    events: list[Any] = []

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), arunning(store_that(events)):
                await asyncio.Event().wait()

    run(main)
    assert events == [] or events[-1] == "store ends"


def test_an_async_body_yields_once() -> None:
    """Twice, and never, are errors that name it."""
    events: list[Any] = []

    @unit
    async def twice() -> AsyncIterator[IStore]:
        try:
            yield Store()
            yield Store()
        finally:
            events.append("closed")

    @unit
    async def never() -> AsyncIterator[IStore]:
        if "always" in events:
            yield Store()

    async def main(u: Any) -> None:
        async with arunning(u):
            pass

    with pytest.raises(InvokeError, match=r"yields more than once\n  unit: twice"):
        asyncio.run(main(twice))
    assert events == ["closed"]
    with pytest.raises(InvokeError, match=r"ended without yielding\n  unit: never"):
        asyncio.run(main(never))


def test_what_an_async_body_hands_over_is_checked_when_it_is_defined() -> None:
    """For ``return`` and ``yield`` as in other bodies; awaiting in between means nothing."""
    with pytest.raises(DefinitionError, match="undefined export"):

        @unit
        async def returning() -> IStore:
            await asyncio.sleep(0)
            return exports(gett=lambda key: key)

    with pytest.raises(DefinitionError, match="undefined export"):

        @unit
        async def yielding() -> AsyncIterator[IStore]:
            await asyncio.sleep(0)
            yield exports(gett=lambda key: key)
            await asyncio.sleep(0)

    with pytest.raises(DefinitionError, match="the body never returns its exports"):

        @unit
        async def nothing() -> IStore:  # type: ignore[return]
            await asyncio.sleep(0)


def test_members_bound_by_name_may_be_awaited() -> None:
    """A body that binds by name may be async, and may yield."""
    events: list[Any] = []

    @unit(imports=[prefix("s_", IStore)], exports=[IShop])
    async def waiting(s_get: Any) -> Any:
        found = await s_get("tea")

        async def buy(what: str) -> str:
            return str(found + what)

        return exports(locals())

    @unit(imports=[prefix("s_", IStore)], exports=[IShop])
    async def living(s_get: Any) -> Any:
        async def buy(what: str) -> str:
            return str(await s_get(what))

        yield exports(locals())
        events.append("shop ends")

    async def main() -> None:
        shop = await ainvoke(link(plain_store, waiting, exports=IShop))
        assert await shop.buy("!") == "TEA!"
        async with arunning(link(store_that(events), living, exports=IShop)) as other:
            assert await other.buy("tea") == "TEA"

    run(main)
    assert events == ["store begins", "shop ends", "store ends"]


def test_two_tasks_have_two_instances() -> None:
    """Invocations that wait in between do not see each other."""
    events: list[Any] = []
    whole = link(store_that(events), shop_that(events), exports=IShop)

    async def work() -> IShop:
        async with arunning(whole) as shop:
            await asyncio.sleep(0)
            return shop

    async def main() -> None:
        one, other = await asyncio.gather(work(), work())
        assert one is not other

    run(main)
    assert sorted(map(str, events)) == sorted(
        ["store begins", "shop begins", "shop ends", "store ends"] * 2
    )
