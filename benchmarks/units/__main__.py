"""Measure units beside plain Python and beside other packages: `python -m benchmarks.units`.

Every ratio is a median over rounds: both sides run in turn, in one process, in many rounds, so that
a slow moment of the machine meets both.  What is called is checked before it is timed.  Other
packages are measured where they are installed; those that are not are named.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks.arguments import at_least_two
from benchmarks.units import graphs, imports
from benchmarks.units.packages import adapter, installed
from benchmarks.units.timing import milliseconds, ratio, seconds
from signatures import Signature
from units import Registry, exports, invoke, link, unit

#: Those of the other packages that come near; `benchmarks.units.beside` has all of them.
PEERS = ("dishka", "dependency-injector", "wireup", "svcs")

#: What was measured, the figure, and the figure to reach.
Row = tuple[str, str, str]


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
class AddOther(IAdd):
    """What a registry gives instead of the other class while it is overridden."""

    def __init__(self) -> None:
        self.base = 2

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


def calls(rounds: int) -> list[Row]:
    """Compare calls and reads on components with those on a plain object."""
    plain = Plain()
    cycle = link(more_in_cycle, add_in_cycle, exports=(IAdd, IOther))
    registry = Registry()
    registry.register(AddClass)
    registered = registry.get(IAdd)
    with registry.override(IAdd, AddOther):
        overriding = registry.get(IAdd)
    assert (type(registered), type(overriding)) == (AddClass, AddOther)
    rows = []
    for name, thing, goal in (
        ("call on a class unit's component", invoke(AddClass), "1.05"),
        ("call on a function unit's view", invoke(add_function), "1.05 (3.11: 1.5)"),
        ("call on a view across a cycle", invoke(cycle)[0], "1.05 (3.11: 1.5)"),
        ("call on what a registry gave", registered, "1.05"),
        ("call on what an override gave", overriding, "1.05"),
    ):
        assert thing.add(3) == 3
        rows.append((name, f"{ratio(calling(thing), calling(plain), 20, rounds):.2f}", goal))
    view = invoke(add_function)
    assert view.base == 1
    figure = ratio(reading(view), reading(plain), 20, rounds)
    return [*rows, ("attribute read on a view", f"{figure:.2f}", "1.05")]


def invoking(rounds: int) -> list[Row]:
    """Compare re-invoking a chain with calling its constructors by hand, and with the peers."""
    rows = []
    for size, goal in ((10, "2.0"), (100, "1.6"), (1000, "1.5")):
        chain = graphs.chain(size)
        again = partial(invoke, link(*units(chain), exports=chain.nodes[-1].signature))
        assert type(again()) is chain.nodes[-1].ours
        assert type(chain.by_hand()) is chain.nodes[-1].theirs
        for _ in range(200):
            again()
        figure = ratio(again, chain.by_hand, 20_000 // size, rounds)
        rows.append((f"re-invoke a chain of {size}", f"{figure:.2f}", goal))
        if size <= 100:
            for name in (each for each in PEERS if each in installed()):
                made = adapter(name).build(chain)
                assert type(made()) is chain.nodes[-1].theirs
                beside = ratio(again, made, 10_000 // size, rounds)
                rows.append((f"  beside {name}", f"{beside:.2f}", "below 1"))
    return rows


def linking(rounds: int) -> list[Row]:
    """Measure linking, and everything from definition to the first invocation."""
    linked = {}
    for size in (100, 1000, 10_000):
        chain = graphs.chain(size)
        linked[size] = partial(link, *units(chain), exports=chain.nodes[-1].signature)
        assert len(linked[size]().parts or ()) == size
    hundred = milliseconds(linked[100], 5 * rounds)
    growth = ratio(linked[10_000], linked[1000], 1, rounds)
    cold = []
    for _ in range(rounds):
        chain = graphs.chain(100)
        gc.collect()
        cold.append(seconds(partial(from_nothing, chain), 1))
    return [
        ("link 100 units", f"{hundred:.2f} ms", "0.5 ms"),
        ("link 10,000 : link 1,000", f"{growth:.1f}", "12"),
        ("define, link, invoke 100, cold", f"{median(cold) * 1e3:.1f} ms", "10 ms"),
    ]


def units(graph: graphs.Graph) -> list[type[Any]]:
    """Make units of the classes of *graph*."""
    return [unit(node.ours) for node in graph.nodes]


def from_nothing(graph: graphs.Graph) -> Any:
    """Define, link and invoke the classes of *graph*."""
    return invoke(link(*units(graph), exports=graph.nodes[-1].signature))


def importing(rounds: int) -> list[Row]:
    """Compare importing units with importing zope.interface, each over a bare interpreter."""
    added = imports.over_bare({"zope": "zope.interface", "units": "units"}, rounds)
    return [("import units : zope.interface", f"{added['units'] / added['zope']:.2f}", "2.0")]


def main() -> int:
    """Print the table of every figure and its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.units", description=__doc__)
    parser.add_argument(
        "--rounds", type=at_least_two, default=21, help="rounds for each figure (21)"
    )
    rounds = parser.parse_args().rounds
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    for group in (calls, invoking, linking, importing):
        for name, figure, goal in group(rounds):
            print(f"{name:36} {figure:>10}   goal: {goal}", flush=True)
    for name in PEERS:
        if name not in installed():
            print(f"not installed: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
