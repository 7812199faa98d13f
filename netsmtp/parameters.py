"""Racket's parameters: a value that a block of code can change for itself and all that it calls.

    p()                      reads
    p(value)                 sets
    with p.parameterize(v):  sets for the block

A parameter lives in a context variable, so every asyncio task has its own and starts with its
parent's. A thread starts with an empty context, and nothing in Python before 3.14 tells it who
started it: it finds what the main thread has set outside any block. To hand on the values of where
it is started, as Racket does for every thread, give it an `inheriting` procedure.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import wraps
from typing import Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")
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
        if _is_the_program():
            self._cell.set(value)  # so that every task has it from the start

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
        if not self._inside.get() and _is_the_program():
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


def inheriting(procedure: Callable[P, R]) -> Callable[P, R]:
    """Return *procedure* so that each call starts with the parameters of here and now.

    It is for procedures that another thread will call: `Thread(target=inheriting(work))`,
    `pool.map(inheriting(work), jobs)`. What a call sets is its own, as in a thread of Racket's
    (Racket Reference, 11.3.2 Parameters). All other context variables come along.
    """
    context = copy_context()

    @wraps(procedure)
    def inherited(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(procedure, *args, **kwargs)

    return inherited


def _is_the_program() -> bool:
    """Tell whether this is the main thread, and not a task in it: there, what is set is for all."""
    if threading.current_thread() is not threading.main_thread():
        return False
    asyncio = sys.modules.get("asyncio")  # who has not imported it has no tasks
    try:
        return asyncio is None or not asyncio.get_running_loop()
    except RuntimeError:
        return True
