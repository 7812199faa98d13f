"""Racket's parameters: a value that a block of code can change for itself and all that it calls.

    p()                      reads
    p(value)                 sets
    with p.parameterize(v):  sets for the block

A parameter lives in a context variable, so every asyncio task has its own and starts with its
parent's. A new thread starts with what the main thread has set outside any block; to hand on a
block's value as well, start the thread's procedure by `contextvars.copy_context().run`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Parameter(Generic[T]):
    """Hold a value that is read and set by calling.

    *guard*, if given, takes every value to be set, and returns what is kept or raises.
    """

    def __init__(self, name: str, value: T, guard: Callable[[T], T] | None = None) -> None:
        self._name = name
        self._base = value
        self._guard = guard
        self._cell: ContextVar[T] = ContextVar(name)
        self._inside: ContextVar[bool] = ContextVar(f"{name} inside parameterize", default=False)

    @overload
    def __call__(self) -> T: ...
    @overload
    def __call__(self, value: T, /) -> None: ...
    def __call__(self, *value: T) -> T | None:
        """Return the value, or set it to *value*. Raises what the guard raises."""
        if not value:
            return self._cell.get(self._base)
        (given,) = value
        kept = self._guard(given) if self._guard else given
        self._cell.set(kept)
        if not self._inside.get() and threading.current_thread() is threading.main_thread():
            self._base = kept
        return None

    @contextmanager
    def parameterize(self, value: T) -> Generator[None, None, None]:
        """Give the parameter *value* until the block ends. Raises what the guard raises."""
        kept = self._guard(value) if self._guard else value
        before, was_inside = self._cell.get(self._base), self._inside.get()
        self._cell.set(kept)
        self._inside.set(True)
        try:
            yield
        finally:
            self._cell.set(before)
            self._inside.set(was_inside)

    def __repr__(self) -> str:
        return f"<parameter {self._name}>"
