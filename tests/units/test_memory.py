"""What is left of an invocation of 1,000 units once its components are dropped: nothing."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from signatures import Signature
from units import Link, exports, invoke, link, part, unit
from units._plan import OFTEN, plan_of

SIZE = 1000


class ICount(Signature):
    def count(self) -> int: ...


class Trace:
    """Made by every body, kept by what the body defines: it lives as long as the component."""

    made: ClassVar[list[weakref.ref[Trace]]] = []

    def __init__(self) -> None:
        self.made.append(weakref.ref(self))

    @classmethod
    def alive(cls) -> int:
        """Return how many there are; forget the others."""
        cls.made[:] = [ref for ref in cls.made if ref() is not None]
        return len(cls.made)


@unit
class FirstClass(ICount):
    def __init__(self) -> None:
        self.trace = Trace()

    def count(self) -> int:
        return 0


@unit
class NextClass(ICount):
    def __init__(self, below: ICount) -> None:
        self.trace, self.below = Trace(), below

    def count(self) -> int:
        return 1


@unit
def first_function() -> ICount:
    trace = Trace()

    def count() -> int:
        return 0 if trace else -1

    return exports(locals())


@unit
def next_function(below: ICount) -> ICount:
    trace = Trace()

    def count() -> int:
        return 1 if trace and below else -1

    return exports(locals())


def chain(first: Any, following: Any) -> Any:
    """Return a program of `SIZE` units, each of which imports from the one before."""
    links = [Link(ICount, str(n)) for n in range(SIZE)]
    parts = [part(first, as_=links[0])]
    parts += [part(following, links[n - 1], as_=links[n]) for n in range(1, SIZE)]
    return link(*parts, exports=links[-1])


def ring(following: Any) -> Any:
    """Return a program of `SIZE` units, each of which imports from the next, the last from the first."""
    links = [Link(ICount, str(n)) for n in range(SIZE)]
    parts = [part(following, links[(n + 1) % SIZE], as_=links[n]) for n in range(SIZE)]
    return link(*parts, exports=links[0])


def warm(program: Any) -> Any:
    """Return *program* after it was invoked so often that its plan was written out as code."""
    for _ in range(OFTEN + 1):
        invoke(program)
    assert plan_of(program).hot is not None
    return program


CHAINS: dict[str, Callable[[], Any]] = {
    "classes": lambda: chain(FirstClass, NextClass),
    "functions": lambda: chain(first_function, next_function),
    "a class, then functions": lambda: chain(FirstClass, next_function),
    "classes, often": lambda: warm(chain(FirstClass, NextClass)),
    "functions, often": lambda: warm(chain(first_function, next_function)),
}
RINGS: dict[str, Callable[[], Any]] = {
    "a ring of classes": lambda: ring(NextClass),
    "a ring of functions": lambda: ring(next_function),
}


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave all freeing to reference counts."""
    gc.collect()
    assert Trace.alive() == 0
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.parametrize("make", CHAINS.values(), ids=CHAINS)
def test_what_has_no_cycle_is_gone_at_once(make: Callable[[], Any]) -> None:
    """Units add no reference cycle of their own: the collector has nothing to do."""
    program = make()
    with without_collector():
        component = invoke(program)
        assert Trace.alive() == SIZE
        assert component.count() == 1
        del component
        assert Trace.alive() == 0


@pytest.mark.parametrize("make", RINGS.values(), ids=RINGS)
def test_a_cycle_is_collected_as_any_other(make: Callable[[], Any]) -> None:
    """What refers to itself stays until the collector comes, and no longer."""
    program = make()
    component = invoke(program)
    assert Trace.alive() == SIZE
    assert component.count() == 1
    del component
    gc.collect()
    assert Trace.alive() == 0


def test_components_outlive_their_invocation_only_where_they_are_used() -> None:
    """Whoever keeps a component keeps what it refers to, and nothing else of its program."""
    links = [Link(ICount, str(n)) for n in range(SIZE)]
    program = link(*[part(first_function, as_=each) for each in links], exports=links[0])
    component = invoke(program)
    assert (Trace.alive(), component.count()) == (1, 0)


def settled() -> int:
    """Return how much memory is in use when nothing is left to collect."""
    gc.collect()
    assert Trace.alive() == 0
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("make", [*CHAINS.values(), *RINGS.values()], ids=[*CHAINS, *RINGS])
def test_memory_does_not_grow_with_invocations(make: Callable[[], Any]) -> None:
    """After ten more invocations, less than a hundredth of what one takes is left."""
    program = make()
    tracemalloc.start()
    try:
        invoke(program)
        before = settled()
        component = invoke(program)
        taken = tracemalloc.get_traced_memory()[0] - before
        del component
        for _ in range(9):
            invoke(program)
        left = settled() - before
    finally:
        tracemalloc.stop()
    assert taken > 100 * SIZE
    assert left < taken / 100
