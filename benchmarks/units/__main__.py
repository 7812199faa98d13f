"""Measure units beside plain Python and beside other packages: `python -m benchmarks.units`.

Every figure is a ratio of medians: both sides run in turn, in one process, in many rounds, so that
a slow moment of the machine meets both.  What is called is checked before it is timed.  Other
packages are measured where they are installed; those that are not are named.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks.units import chains, peers
from signatures import Signature
from units import exports, invoke, link, unit


def ratio(
    ours: Callable[[], Any], theirs: Callable[[], Any], calls: int, rounds: int = 41
) -> float:
    """Return how many times as long *ours* takes as *theirs*: the median over *rounds*."""
    found = []
    for _ in range(rounds):
        found.append(seconds(ours, calls) / seconds(theirs, calls))
    return median(found)


def seconds(call: Callable[[], Any], calls: int) -> float:
    """Return the time of *calls* calls."""
    repeat = range(calls)
    start = time.perf_counter()
    for _ in repeat:
        call()
    return time.perf_counter() - start


def milliseconds(call: Callable[[], Any], rounds: int) -> float:
    """Return the median time of one call."""
    return median(seconds(call, 1) for _ in range(rounds)) * 1e3


class IAdd(Signature):
    @property
    def base(self) -> int: ...
    def add(self, n: int) -> int: ...


class IOther(Signature):
    def more(self, n: int) -> int: ...


class Plain:
    """What a component is compared with: an object with a method and an attribute."""

    def __init__(self) -> None:
        self.base = 1

    def add(self, n: int) -> int:
        return n


@unit
class AddClass(IAdd):
    def __init__(self) -> None:
        self.base = 1

    def add(self, n: int) -> int:
        return n


@unit
def add_function() -> IAdd:
    base = 1

    def add(n: int) -> int:
        return n

    return exports(locals())


@unit
def add_in_cycle(other: IOther) -> IAdd:
    base = 1

    def add(n: int) -> int:
        return n

    return exports(locals())


@unit
def more_in_cycle(adder: IAdd) -> IOther:
    def more(n: int) -> int:
        return adder.add(n)

    return exports(locals())


def calling(thing: Any) -> Callable[[], None]:
    """Return a loop of method calls on *thing*, so that the loop itself counts little."""

    def loop() -> None:
        for n in range(1000):
            thing.add(n)

    return loop


def reading(thing: Any) -> Callable[[], None]:
    """Return a loop of attribute reads on *thing*."""

    def loop() -> None:
        for _ in range(1000):
            thing.base  # noqa: B018

    return loop


def calls() -> list[tuple[str, str, str]]:
    """Compare calls and reads on components with those on a plain object."""
    plain = Plain()
    cycle = link(more_in_cycle, add_in_cycle, exports=(IAdd, IOther))
    rows = []
    for name, thing, goal in (
        ("call on a class unit's component", invoke(AddClass), "1.05"),
        ("call on a function unit's view", invoke(add_function), "1.05 (3.11: 1.5)"),
        ("call on a view across a cycle", invoke(cycle)[0], "1.05 (3.11: 1.5)"),
    ):
        assert thing.add(3) == 3
        rows.append((name, f"{ratio(calling(thing), calling(plain), 20):.2f}", goal))
    view = invoke(add_function)
    assert view.base == 1
    figure = ratio(reading(view), reading(plain), 20)
    return [*rows, ("attribute read on a view", f"{figure:.2f}", "1.05")]


def invoking() -> list[tuple[str, str, str]]:
    """Compare re-invoking a chain with calling its constructors by hand, and with the peers."""
    rows = []
    for size, goal in ((10, "2.0"), (100, "1.6"), (1000, "1.5")):
        chain = chains.Chain(size)
        again = partial(invoke, link(*chain.units(), exports=chain.signatures[-1]))
        assert type(again()) is type(chain.by_hand()) is chain.classes[-1]
        for _ in range(200):
            again()
        figure = ratio(again, chain.by_hand, 20_000 // size, 21)
        rows.append((f"re-invoke a chain of {size}", f"{figure:.2f}", goal))
        if size <= 100:
            for name, resolve in peers.resolvers(chain):
                assert type(resolve()) is chain.classes[-1]
                beside = ratio(again, resolve, 10_000 // size, 21)
                rows.append((f"  beside {name}", f"{beside:.2f}", "below 1"))
    return rows


def linking() -> list[tuple[str, str, str]]:
    """Measure linking, and everything from definition to the first invocation."""
    times = {}
    for size in (100, 1000, 10_000):
        chain = chains.Chain(size)
        linked = partial(link, *chain.units(), exports=chain.signatures[-1])
        times[size] = milliseconds(linked, 101 if size < 1000 else 7)
    cold = []
    for _ in range(15):
        chain = chains.Chain(100)
        gc.collect()
        cold.append(seconds(partial(from_nothing, chain), 1))
    return [
        ("link 100 units", f"{times[100]:.2f} ms", "0.5 ms"),
        ("link 10,000 : link 1,000", f"{times[10_000] / times[1000]:.1f}", "12"),
        ("define, link, invoke 100, cold", f"{median(cold) * 1e3:.1f} ms", "10 ms"),
    ]


def from_nothing(chain: chains.Chain) -> Any:
    """Define, link and invoke the classes of *chain*."""
    return invoke(link(*chain.units(), exports=chain.signatures[-1]))


def importing() -> list[tuple[str, str, str]]:
    """Compare importing units with importing zope.interface, each over a bare interpreter."""
    texts = {"bare": "pass", "zope": "import zope.interface", "units": "import units"}
    times: dict[str, list[float]] = {name: [] for name in texts}
    with tempfile.TemporaryDirectory() as cache:  # compiled once, as installed packages are
        environment = {"PYTHONPYCACHEPREFIX": cache, "PYTHONPATH": os.pathsep.join(sys.path)}
        for number in range(22):
            for name, text in texts.items():
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", text], check=True, env=environment)
                if number:
                    times[name].append(time.perf_counter() - start)
    bare, zope, ours = (median(times[name]) for name in texts)
    return [("import units : zope.interface", f"{(ours - bare) / (zope - bare):.2f}", "2.0")]


def main() -> int:
    """Print the table of every figure and its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.units", description=__doc__)
    parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    for group in (calls, invoking, linking, importing):
        for name, figure, goal in group():
            print(f"{name:36} {figure:>10}   goal: {goal}", flush=True)
    for name in peers.missing():
        print(f"not installed: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
