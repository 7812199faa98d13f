"""Invoking at scale: deep towers, long chains, threads, and nothing left behind."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

from signatures import Signature
from units import Link, exports, invoke, link, part, unit


class ICount(Signature):
    def count(self) -> int: ...


@unit
class Zero(ICount):
    def count(self) -> int:
        return 0


@unit
def one_more(below: ICount) -> ICount:
    number = below.count() + 1

    def count() -> int:
        return number

    return exports(locals())


def test_a_chain_of_ten_thousand_units_is_linked_and_invoked() -> None:
    """One compound of 10,000 parts works under the default recursion limit."""
    links = [Link(ICount, str(n)) for n in range(10_000)]
    parts = [part(Zero, as_=links[0])]
    parts += [part(one_more, links[n - 1], as_=links[n]) for n in range(1, len(links))]
    assert invoke(link(*parts, exports=links[-1])).count() == 9_999


def test_a_tower_of_ten_thousand_compounds_is_linked_and_invoked() -> None:
    """Each level links the one below with one more unit; flattening is iterative."""
    tower: Any = Zero
    for level in range(10_000):
        below, here = Link(ICount, "below"), Link(ICount, "here")
        if level % 100 == 0:
            tower = link(part(tower, as_=below), part(one_more, below, as_=here), exports=here)
        else:
            tower = link(tower, exports=ICount)
    assert invoke(tower).count() == 100
    assert invoke(tower) is not invoke(tower)
    assert repr(tower) == "<unit link(...): () -> (ICount)>"


def test_imports_pass_through_many_levels() -> None:
    """What the outermost compound imports reaches the innermost unit."""

    class IShow(Signature):
        def show(self) -> str: ...

    @unit
    def show(counted: ICount) -> IShow:
        return exports(show=lambda: str(counted.count()))

    tower: Any = show
    for _ in range(1000):
        tower = link(tower, imports=ICount, exports=IShow)
    assert invoke(tower, Zero()).show() == "0"


def test_an_invocation_leaves_nothing_behind() -> None:
    """Once its components are dropped, everything made is gone."""
    links = [Link(ICount, str(n)) for n in range(1000)]
    parts = [part(Zero, as_=links[0])]
    parts += [part(one_more, links[n - 1], as_=links[n]) for n in range(1, len(links))]
    program = link(*parts, exports=(links[0],))
    made = invoke(program)
    alive = weakref.ref(made[0])
    del made
    gc.collect()
    assert alive() is None


def test_threads_invoking_one_plan_get_independent_instances() -> None:
    """Plans are shared, instances are not, generated classes are made once."""

    class IPing(Signature):
        def ping(self) -> list[int]: ...

    class IPong(Signature):
        def pong(self) -> list[int]: ...

    @unit
    def ping(other: IPong) -> IPing:
        seen: list[int] = []

        def ping() -> list[int]:
            seen.append(len(seen))
            return other.pong() if len(seen) < 3 else seen

        return exports(locals())

    @unit
    class Pong(IPong):
        def __init__(self, other: IPing) -> None:
            self.other = other

        def pong(self) -> list[int]:
            return self.other.ping()

    program = link(ping, Pong, exports=IPing)
    start = threading.Barrier(8)
    results: list[list[int]] = []

    def work() -> None:
        start.wait()
        for _ in range(50):
            results.append(invoke(program).ping())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[0, 1, 2]] * 400


def test_many_arguments_and_keywords_reach_the_body() -> None:
    """Every form of a step passes what it should."""
    signatures = [type(Zero.__mro__[1].__signature_mixin__)(f"I{n}", (ICount,)) for n in range(5)]

    def numbered(n: int) -> Any:
        class Numbered(Zero):
            def count(self) -> int:
                return n

        Numbered.__name__ = f"N{n}"
        from signatures import implementer

        return unit(implementer(signatures[n])(Numbered))

    def body(a, b, c, d, *, e):  # type: ignore[no-untyped-def]
        return [x.count() for x in (a, b, c, d, e)]

    body.__annotations__ = dict(zip("abcde", signatures, strict=True))
    numbers = [numbered(n) for n in range(5)]
    assert invoke(link(*numbers, unit(body), exports=())) == [0, 1, 2, 3, 4]

    def two(a, b, c):  # type: ignore[no-untyped-def]
        return a.count() + b.count() + c.count()

    two.__annotations__ = dict(zip("abc", signatures, strict=False))
    assert invoke(link(*numbers[:3], unit(two), exports=())) == 3
