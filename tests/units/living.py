"""A store and a shop that note when they begin and end, for the tests of lifetimes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from signatures import Signature
from units import (
    exports,
    unit,
)


class IStore(Signature):
    def get(self, key: str) -> str: ...


class IShop(Signature):
    def buy(self, what: str) -> str: ...


class Store(IStore):
    def get(self, key: str) -> str:
        return key.upper()


class Broken(Exception):
    """What goes wrong on purpose, in a block or a body."""


class Stuck(Exception):
    """What goes wrong on purpose while a body cleans up."""


def store_that(events: list[Any], ending: Callable[[], object] = lambda: None) -> Any:
    """Return a unit that notes when it begins, what its yield raises, and when it ends."""

    @unit
    def store() -> Iterator[IStore]:
        events.append("store begins")
        try:
            yield Store()
        except BaseException as error:
            events.append(error)
            raise
        finally:
            events.append("store ends")
            ending()

    return store


def shop_that(events: list[Any], ending: Callable[[], object] = lambda: None) -> Any:
    @unit
    def shop(store: IStore) -> Iterator[IShop]:
        events.append("shop begins")

        def buy(what: str) -> str:
            return store.get(what)

        try:
            yield exports(locals())
        finally:
            events.append("shop ends")
            ending()

    return shop


def raising(error: BaseException) -> Callable[[], object]:
    def ending() -> object:
        raise error

    return ending
