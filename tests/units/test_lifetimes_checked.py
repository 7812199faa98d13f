"""Bodies that clean up are checked like others: what they yield, how often, and who reads early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from signatures import Signature, contracted, derived
from tests.units.living import Broken, IShop, IStore, Store, store_that
from units import (
    ContractError,
    DefinitionError,
    InvokeError,
    UninitializedError,
    exports,
    invoke,
    link,
    prefix,
    running,
    unit,
)


def test_a_body_that_yields_twice_is_told_so() -> None:
    """It is closed, its cleanup runs, and the error names it."""
    events: list[Any] = []

    @unit
    def twice() -> Iterator[IStore]:
        try:
            yield Store()
            yield Store()
        finally:
            events.append("closed")

    message = r"yields more than once\n  unit: twice\n  at: .*py:\d+"
    with pytest.raises(InvokeError, match=message), running(twice):
        pass
    assert events == ["closed"]


def test_a_body_that_ends_without_yielding_is_told_so() -> None:
    """The error names it, and what began before is cleaned up."""
    events: list[Any] = []

    @unit
    def never(store: IStore) -> Iterator[IShop]:
        if "always" in events:
            yield exports(buy=store.get)

    with pytest.raises(InvokeError, match=r"ended without yielding\n  unit: never\n  at: "):
        running(link(store_that(events), never)).__enter__()
    assert events[-1] == "store ends"


def test_a_body_that_yields_what_does_not_fit_is_cleaned_up() -> None:
    """The error is thrown in at its own yield, too."""
    events: list[Any] = []

    @unit
    def wrong() -> Iterator[IStore]:
        try:
            yield object()  # type: ignore[misc]
        except InvokeError:
            events.append("told")
            raise

    with pytest.raises(InvokeError, match="IStore"):
        running(wrong).__enter__()
    assert events == ["told"]


# -- definitions


def test_what_a_body_yields_is_checked_when_it_is_defined() -> None:
    """An export that it does not define is found without running it, as for ``return``."""
    with pytest.raises(DefinitionError, match="undefined export"):

        @unit
        def typo() -> Iterator[IStore]:
            def gett(key: str) -> str:
                return key

            yield exports(locals())

    with pytest.raises(DefinitionError, match=r"never returns[\s\S]*hint: yield exports\(locals"):

        @unit
        def bare() -> Iterator[IStore]:
            yield  # type: ignore[misc]

    @unit
    def delegating() -> Iterator[IStore]:  # what that yields is seen only when it runs
        yield from [Store()]

    with running(delegating) as store:
        assert store.get("a") == "A"


def test_members_bound_by_name_live_as_long() -> None:
    """A body that binds by name may yield as well."""
    events: list[Any] = []

    @unit(imports=[prefix("s_", IStore)], exports=[IShop])
    def shop(s_get: Any) -> Any:
        def buy(what: str) -> str:
            return s_get(what) + "!"  # type: ignore[no-any-return]

        try:
            yield exports(locals())
        except Broken:
            events.append("forgiven")

    with running(link(shop, store_that(events), exports=IShop)) as linked:
        assert linked.buy("tea") == "TEA!"
        raise Broken
    assert events[-1] == "forgiven"


# -- reading early


def test_exports_are_readable_before_the_yield() -> None:
    """An export is there as soon as its own definition ran, in a body that yields, too (U13)."""

    class IEven(Signature):
        def even(self, n: int) -> bool: ...

    class IOdd(Signature):
        def odd(self, n: int) -> bool: ...

    seen: list[object] = []

    @unit
    def even(odd: IOdd) -> Iterator[IEven]:
        def even(n: int) -> bool:
            return n == 0 or odd.odd(n - 1)

        with pytest.raises(UninitializedError, match=r"IOdd.odd: .*\n.*\n  that unit: has not st"):
            even(3)
        yield exports(locals())

    @unit
    def odd(even: IEven) -> Iterator[IOdd]:
        with pytest.raises(UninitializedError, match="its body is running, but has not come to"):
            even.even(1)

        def odd(n: int) -> bool:
            return n != 0 and even.even(n - 1)

        seen.append(even.even(10))
        yield exports(locals())

    with running(link(even, odd, exports=IEven)) as component:
        assert seen == [True]
        assert component.even(7) is False


def test_a_body_that_failed_has_failed() -> None:
    """Who asks later for what it did not come to is told so."""
    kept: list[IStore] = []

    @unit
    def early(store: IStore) -> IShop:
        kept.append(store)
        return exports(buy=lambda what: what)

    @unit
    def late() -> Iterator[IStore]:
        if kept:
            raise Broken
        yield Store()

    with pytest.raises(Broken):
        running(link(early, late)).__enter__()
    with pytest.raises(UninitializedError, match="its body failed before"):
        kept[0].get("k")


def test_contracts_and_derived_members_hold_for_the_block() -> None:
    """Whoever runs a unit sees what whoever invokes it does."""

    class ISum(Signature):
        @contracted
        def add(self, n: int) -> int: ...

        @derived
        def twice(self, n: int) -> int:
            return self.add(self.add(n))

    @unit
    def adding() -> Iterator[ISum]:
        def add(n: int) -> int:
            return n + 1

        yield exports(locals())

    with running(adding) as component:
        assert component.twice(1) == 3
        with pytest.raises(ContractError, match="test_lifetimes_checked"):
            component.add("1")  # type: ignore[arg-type]


def test_invoke_refuses_what_would_not_be_cleaned_up() -> None:
    """It names the unit, and says what to use."""
    with pytest.raises(InvokeError, match=r"unit: store\n.*\n.*generator\n  use: with running"):
        invoke(link(store_that([]), exports=IStore))
