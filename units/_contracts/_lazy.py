"""Contracts on what comes later: iterators, generators, results that are awaited, managers.

An iterator can be read only once, so it is never read in order to check it.  What stands for it
checks each element as it is asked for, and passes everything else on.
"""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, NoReturn

from units._contracts._blame import Parties
from units._contracts._contract import Contract
from units._contracts._elements import ElementsContract


class LazyContract(Contract):
    """An instance of *cls*, for which *stand_in* is put that keeps the contracts *parts*."""

    def __init__(
        self, text: str, cls: type, stand_in: Callable[..., Any], parts: tuple[Contract, ...]
    ) -> None:
        super().__init__(text, lambda value: isinstance(value, cls), False)
        self.cls, self.stand_in, self.parts = cls, stand_in, parts

    def guarded(self, value: Any, parties: Parties) -> Any:
        return self.stand_in(value, parties, self.text, *self.parts)


class IterableContract(LazyContract):
    """Something to iterate over: a collection is checked at once, the rest as it is read."""

    def __init__(self, text: str, element: Contract) -> None:
        super().__init__(text, Iterable, CheckedIterable, (element,))
        self.eager = ElementsContract(text, Collection, element)
        self.accepts = self._accepts

    def _accepts(self, value: Any) -> bool:
        if _is_collection(value):
            return self.eager.accepts(value)
        return isinstance(value, Iterable)

    def resembles(self, value: Any) -> bool:
        return isinstance(value, Iterable)

    def guarded(self, value: Any, parties: Parties) -> Any:
        if _is_collection(value):
            return value if self.eager.flat else self.eager.guarded(value, parties)
        if isinstance(value, Iterator):
            return CheckedIterator(value, parties, self.text, *self.parts)
        return super().guarded(value, parties)

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        if _is_collection(value):
            self.eager.blame(value, parties)
        super().blame(value, parties)


def _is_collection(value: Any) -> bool:
    return isinstance(value, Collection) and not isinstance(value, Iterator)


class _Checked:
    """The base of what stands for a value: everything that is not checked is the value's own."""

    __slots__ = ("_count", "_inner", "_parties", "_parts", "_text")

    def __init__(self, inner: Any, parties: Parties, text: str, *parts: Contract) -> None:
        self._inner, self._parties, self._text, self._parts = inner, parties, text, parts
        self._count = 0

    def __getattr__(self, name: str) -> Any:
        if name in _Checked.__slots__:  # a copy that is being made has none yet
            raise AttributeError(name)
        return getattr(self._inner, name)

    def __repr__(self) -> str:
        return f"<checked {self._inner!r}>"

    def _element(self, value: Any) -> Any:
        """Check the next *value* that is produced."""
        number, self._count = self._count, self._count + 1
        contract = self._parts[0]
        if contract.flat and contract.accepts(value):
            return value
        return contract.wrap(value, self._parties.at(f"element {number} of", self._text))

    def _sent(self, value: Any) -> Any:
        """Check a *value* that is sent in: it comes from the other party."""
        if value is None:  # what starts a generator
            return value
        parties = self._parties.swapped().at("a value sent to", self._text)
        return self._parts[1].wrap(value, parties)

    def _finished(self, value: Any, step: str, part: int = 0) -> Any:
        return self._parts[part].wrap(value, self._parties.at(step, self._text))


class CheckedIterator(_Checked, Iterator[Any]):
    """An iterator that checks each element as it is read."""

    __slots__ = ()

    def __next__(self) -> Any:
        return self._element(next(self._inner))


class CheckedIterable(_Checked, Iterable[Any]):
    """Something that can be iterated over several times, checked each time."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return CheckedIterator(iter(self._inner), self._parties, self._text, *self._parts)


class CheckedGenerator(_Checked, Generator[Any, Any, Any]):
    """A generator that checks what it yields, what is sent to it, and what it returns."""

    __slots__ = ()

    def send(self, value: Any, /) -> Any:
        return self._resumed(self._inner.send, self._sent(value))

    def throw(self, *problem: Any) -> Any:
        return self._resumed(self._inner.throw, *problem)

    def close(self) -> None:
        self._inner.close()

    def _resumed(self, resume: Callable[..., Any], *given: Any) -> Any:
        try:
            produced = resume(*given)
        except StopIteration as stop:
            raise StopIteration(self._finished(stop.value, "the result of", 2)) from None
        return self._element(produced)


class CheckedAsyncIterator(_Checked, AsyncIterator[Any]):
    """An asynchronous iterator that checks each element as it is read."""

    __slots__ = ()

    async def __anext__(self) -> Any:
        return self._element(await self._inner.__anext__())


class CheckedAsyncIterable(_Checked, AsyncIterable[Any]):
    """Something to iterate over asynchronously, checked each time."""

    __slots__ = ()

    def __aiter__(self) -> AsyncIterator[Any]:
        inner = self._inner.__aiter__()
        return CheckedAsyncIterator(inner, self._parties, self._text, *self._parts)


class CheckedAsyncGenerator(_Checked, AsyncGenerator[Any, Any]):
    """An asynchronous generator that checks what it yields and what is sent to it."""

    __slots__ = ()

    async def asend(self, value: Any) -> Any:
        return self._element(await self._inner.asend(self._sent(value)))

    async def athrow(self, *problem: Any) -> Any:
        return self._element(await self._inner.athrow(*problem))

    async def aclose(self) -> None:
        await self._inner.aclose()


class CheckedAwaitable(_Checked, Awaitable[Any]):
    """Something to await, such as a future, that checks what it gives."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, Any]:
        inner: Any = self._inner
        waiting: Generator[Any, Any, Any] = inner.__await__()
        return self._finished((yield from waiting), "the awaited value of")


def checked_awaitable(inner: Any, parties: Parties, text: str, *parts: Contract) -> Any:
    """Return what is awaited instead of *inner*: for a coroutine, again a coroutine."""
    if not inspect.iscoroutine(inner):
        return CheckedAwaitable(inner, parties, text, *parts)

    async def checked() -> Any:
        return parts[0].wrap(await inner, parties.at("the awaited value of", text))

    return checked()


class CheckedManager(_Checked, AbstractContextManager[Any]):
    """A context manager that checks what it gives on entry."""

    __slots__ = ()

    def __enter__(self) -> Any:
        return self._finished(self._inner.__enter__(), "the value entered of")

    def __exit__(self, *problem: Any) -> Any:
        return self._inner.__exit__(*problem)


class CheckedAsyncManager(_Checked, AbstractAsyncContextManager[Any]):
    """An asynchronous context manager that checks what it gives on entry."""

    __slots__ = ()

    async def __aenter__(self) -> Any:
        return self._finished(await self._inner.__aenter__(), "the value entered of")

    async def __aexit__(self, *problem: Any) -> Any:
        return await self._inner.__aexit__(*problem)


#: What comes later -> what stands for it, and which type arguments that needs.
LAZY: dict[type, tuple[Callable[..., Any], tuple[int, ...]]] = {
    Iterator: (CheckedIterator, (0,)),
    Generator: (CheckedGenerator, (0, 1, 2)),
    AsyncIterable: (CheckedAsyncIterable, (0,)),
    AsyncIterator: (CheckedAsyncIterator, (0,)),
    AsyncGenerator: (CheckedAsyncGenerator, (0, 1)),
    Awaitable: (checked_awaitable, (0,)),
    Coroutine: (checked_awaitable, (2,)),
    AbstractContextManager: (CheckedManager, (0,)),
    AbstractAsyncContextManager: (CheckedAsyncManager, (0,)),
}
