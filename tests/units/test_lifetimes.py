"""Bodies that clean up: `running` runs them for the length of a block, the newest ends first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.units.living import Broken, IShop, IStore, Store, Stuck, raising, shop_that, store_that
from units import (
    InvokeError,
    exports,
    link,
    running,
    unit,
)


def test_a_body_goes_on_after_its_yield_when_the_block_ends() -> None:
    """The component lives as long as the block."""
    events: list[Any] = []
    with running(link(store_that(events), shop_that(events), exports=IShop)) as shop:
        assert shop.buy("tea") == "TEA"
        assert events == ["store begins", "shop begins"]
    assert events[2:] == ["shop ends", "store ends"]


def test_each_block_is_a_fresh_invocation() -> None:
    """What `running` returned can be entered again, but not inside its own block."""
    events: list[Any] = []
    block = running(store_that(events))
    with block as first:
        with pytest.raises(InvokeError, match="the block is running already"):
            block.__enter__()
        assert events == ["store begins"]
    with block as second:
        assert second is not first
    assert events == ["store begins", "store ends"] * 2


def test_several_exports_and_a_result_come_as_invoke_gives_them() -> None:
    """Several components are a tuple; where there are none, the result is given."""

    @unit
    def both() -> Iterator[tuple[IStore, IShop]]:
        def get(key: str) -> str:
            return key

        def buy(what: str) -> str:
            return what * 2

        yield exports(locals())

    @unit
    def program() -> Iterator[int]:
        yield 42

    with running(both) as (store, shop):
        assert (store.get("a"), shop.buy("b")) == ("a", "bb")
    with running(link(both, program, exports=())) as result:
        assert result == 42


def test_components_are_passed_as_to_invoke() -> None:
    """What is not supplied is refused before any body runs."""
    events: list[Any] = []
    with running(shop_that(events), Store()) as shop:
        assert shop.buy("tea") == "TEA"
    events.clear()
    with pytest.raises(InvokeError, match="an import is not supplied"):
        running(shop_that(events))
    assert events == []


def test_plain_units_run_in_a_block_too() -> None:
    """`running` is for every unit whose bodies do not wait."""

    @unit
    class Plain(IStore):
        def get(self, key: str) -> str:
            return key

    with running(Plain) as store:
        assert store.get("k") == "k"


# -- errors


def test_the_exception_of_the_block_is_thrown_in_at_the_yield() -> None:
    """A body sees why the block ended, and what it lets through is raised as it was."""
    events: list[Any] = []
    error = Broken()
    with pytest.raises(Broken) as caught, running(store_that(events)):
        raise error
    assert caught.value is error
    assert events == ["store begins", error, "store ends"]


def test_a_body_may_handle_the_exception_of_the_block() -> None:
    """Those that began before then end as if nothing had happened."""
    events: list[Any] = []

    @unit
    def forgiving(store: IStore) -> Iterator[IShop]:
        def buy(what: str) -> str:
            return what

        try:
            yield exports(locals())
        except Broken:
            events.append("forgiven")

    with running(link(store_that(events), forgiving, exports=IShop)):
        raise Broken
    assert events == ["store begins", "forgiven", "store ends"]


def test_a_body_may_raise_another_exception_for_that_of_the_block() -> None:
    """Raised ``from`` the first, the new one takes its place."""

    @unit
    def translating() -> Iterator[IStore]:
        try:
            yield Store()
        except Broken as error:
            raise LookupError("no store") from error

    with pytest.raises(LookupError) as caught, running(translating):
        raise Broken
    assert type(caught.value.__cause__) is Broken


def test_errors_of_cleaning_up_come_together() -> None:
    """None takes the place of another; each tells whose it is, and all clean up."""
    events: list[Any] = []
    first, second, third = Broken("block"), Stuck("shop"), LookupError("store")
    program = link(store_that(events, raising(third)), shop_that(events, raising(second)))
    with pytest.raises(ExceptionGroup) as caught, running(program):
        raise first
    assert caught.value.exceptions == (first, second, third)
    assert caught.value.message == "errors while units cleaned up"
    assert [error.__notes__[0].split(" (")[0] for error in (second, third)] == [
        "while unit shop cleaned up",
        "while unit store cleaned up",
    ]
    assert events[-3:] == ["shop ends", first, "store ends"]


def test_one_error_of_cleaning_up_comes_alone() -> None:
    """It is thrown into the bodies that began before, as a failing ``with`` statement would."""
    events: list[Any] = []
    error = Stuck("shop")
    program = link(store_that(events), shop_that(events, raising(error)))
    with pytest.raises(Stuck) as caught, running(program):
        pass
    assert caught.value is error
    assert events == ["store begins", "shop begins", "shop ends", error, "store ends"]


def test_the_exception_of_the_block_is_thrown_in_whatever_else_fails() -> None:
    """A body may handle it although another one could not clean up; that error is left then."""
    events: list[Any] = []

    @unit
    def forgiving() -> Iterator[IStore]:
        try:
            yield Store()
        except Broken:
            events.append("forgiven")

    error = Stuck()
    program = link(forgiving, shop_that(events, raising(error)))
    with pytest.raises(Stuck) as caught, running(program):
        raise Broken
    assert caught.value is error
    assert events[-1] == "forgiven"


def test_what_began_is_cleaned_up_when_a_later_body_fails() -> None:
    """The failure is thrown in, and raised even by a body that would handle it."""
    events: list[Any] = []

    @unit
    def forgiving() -> Iterator[IStore]:
        try:
            yield Store()
        except Broken:
            events.append("told")

    @unit
    def failing(store: IStore) -> IShop:
        if store:
            raise Broken
        return exports(buy=store.get)

    block = running(link(forgiving, failing))
    for _ in range(2):  # afterwards the block can be tried again
        with pytest.raises(Broken):
            block.__enter__()
    assert events == ["told", "told"]
    program = link(store_that(events, raising(Stuck())), failing)
    with pytest.raises(ExceptionGroup) as caught, running(program):
        raise AssertionError("the block must not run")
    assert [type(error) for error in caught.value.exceptions] == [Broken, Stuck]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_interruptions_clean_up_like_any_exception(interruption: type[BaseException]) -> None:
    """In the block, in a later body, and while another body cleans up."""
    events: list[Any] = []
    with pytest.raises(interruption), running(link(store_that(events), shop_that(events))):
        raise interruption
    assert [events[-3], events[-1]] == ["shop ends", "store ends"]

    @unit
    def interrupted(store: IStore) -> IShop:
        if store:
            raise interruption
        return exports(buy=store.get)

    events.clear()
    with pytest.raises(interruption):
        running(link(store_that(events), interrupted)).__enter__()
    assert events[-1] == "store ends"
    events.clear()
    program = link(store_that(events), shop_that(events, raising(interruption())))
    with pytest.raises(interruption), running(program):
        pass
    assert events[-1] == "store ends"


def test_an_interruption_again_is_one_interruption() -> None:
    """A second Ctrl-C while cleaning up does not turn the first into a group."""
    events: list[Any] = []
    store = store_that(events, raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt), running(store):
        raise KeyboardInterrupt


@pytest.mark.parametrize("error", [StopIteration(), StopAsyncIteration()])
def test_stop_iteration_of_the_block_stays_what_it_is(error: Exception) -> None:
    """A generator would turn it into `RuntimeError` on its way through (PEP 479)."""
    with pytest.raises(type(error)) as caught, running(store_that([])):
        raise error
    assert caught.value is error


def test_a_traceback_does_not_grow_by_the_bodies_it_went_through() -> None:
    """The exception of the block is raised as it left the block."""

    def depth(error: BaseException) -> int:
        traceback, count = error.__traceback__, 0
        while traceback is not None:
            traceback, count = traceback.tb_next, count + 1
        return count

    error = Broken()
    with pytest.raises(Broken), running(link(store_that([]), shop_that([]))):
        raise error
    assert depth(error) == 1
