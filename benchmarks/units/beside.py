"""Measure units beside every other package: `python -m benchmarks.units.beside [--out FOLDER]`.

All packages build the same graph.  What each makes is checked before it is timed, then they take
turns, in an order shuffled anew for each round, in one process; a figure is the median over the
rounds, as a multiple of what plain constructor calls take in the same round.  With ``--out`` the
table is also written as Markdown and JSON, and drawn.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.arguments import at_least_two
from benchmarks.units import graphs, imports, request, tables
from benchmarks.units.packages import PACKAGES, adapter, installed, missing
from benchmarks.units.timing import seconds

OURS = "ours"


@dataclass
class Row:
    """One comparison: a figure for each package that can do it."""

    title: str
    unit: str
    figures: dict[str, float] = field(default_factory=dict)


def main() -> int:
    """Print every row, ours first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.units.beside", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder for table.md, figures.json and plots")
    parser.add_argument("--rounds", type=at_least_two, default=21, help="rounds for each row (21)")
    parser.add_argument("--only", default="", help="only rows whose title has this in it")
    given = parser.parse_args()
    rows = list(measured(given.rounds, given.only))
    if given.out:
        tables.write(given.out, rows, [OURS, *PACKAGES])
    for name in missing():
        print(f"not installed: {name}")
    return 0


def measured(rounds: int, only: str) -> Iterator[Row]:
    """Yield each row when it is measured, printed already."""
    work: list[tuple[str, Callable[[str], Row]]] = [
        ("10 components afresh", lambda t: afresh(t, graphs.graph(graphs.REALISTIC), 2000, rounds)),
        (
            "4 shared and 6 afresh",
            lambda t: afresh(t, graphs.graph(graphs.REALISTIC, shared=4), 2000, rounds),
        ),
        ("a chain of 100", lambda t: afresh(t, graphs.chain(100), 200, rounds)),
        ("a chain of 1000", lambda t: afresh(t, graphs.chain(1000), 10, rounds)),
        ("get a shared component", lambda t: shared(t, rounds)),
        ("call a component", lambda t: calling(t, rounds)),
        ("one request, 2 of 5 clean up", lambda t: serving(t, rounds)),
        *(
            (f"define and validate {size}", lambda t, size=size: defining(t, size, rounds))
            for size in (10, 100, 1000)
        ),
        ("cold start of 100", lambda t: cold(t, rounds)),
        ("import", lambda t: Row(t, "ms", imports.milliseconds(rounds))),
    ]
    for title, measure in work:
        if only in title:
            row = measure(title)
            print(tables.line(row), flush=True)
            yield row


def builders() -> dict[str, Any]:
    """Return the adapter of each package, ours included."""
    return {name: adapter(name) for name in (OURS, *installed())}


def compared(
    title: str, closures: dict[str, Callable[[], Any]], calls: int, rounds: int, limit: Any
) -> Row:
    """Time *closures* in turn, as multiples of *limit*."""
    found: dict[str, list[float]] = {name: [] for name in closures}
    names = list(closures)
    for name in names:
        seconds(closures[name], calls)  # so that none is first
    for _ in range(rounds):
        random.shuffle(names)
        least = seconds(limit, calls)
        for name in names:
            found[name].append(seconds(closures[name], calls) / least)
    return Row(title, "x by hand", {name: median(times) for name, times in found.items()})


def afresh(title: str, graph: graphs.Graph, calls: int, rounds: int) -> Row:
    """Make the last component of *graph*, and all it needs that is not shared."""
    closures: dict[str, Callable[[], Any]] = {}
    for name, package in builders().items():
        try:
            made = package.build(graph)
            first, second = made(), made()
            assert (
                type(first).__name__[1:] == type(second).__name__[1:] == f"{len(graph.nodes) - 1}"
            )
            assert first is not second, name
            closures[name] = made
        except Exception as error:  # noqa: BLE001 - a package that cannot is told, and left out
            print(f"  {name} cannot: {type(error).__name__} {str(error)[:60]}")
    return compared(title, closures, calls, rounds, graph.by_hand)


def shared(title: str, rounds: int) -> Row:
    """Get a component that exists: for us, that is a variable."""
    graph = graphs.graph(graphs.REALISTIC[:4], shared=4)
    component = graph.nodes[-1].ours(*[object()] * len(graph.nodes[-1].needs))
    closures: dict[str, Callable[[], Any]] = {OURS: lambda: component}
    for name, package in builders().items():
        if name != OURS and name != "zope.component":
            made = package.build(graph)
            assert made() is made(), name
            closures[name] = made
    return compared(title, closures, 5000, rounds, lambda: component)


def calling(title: str, rounds: int) -> Row:
    """Call a method of the component that each package made."""
    graph = graphs.graph(graphs.REALISTIC)
    plain = graph.by_hand()

    def calls(thing: Any) -> Callable[[], None]:
        def loop() -> None:
            for n in range(1000):
                thing.work(n)

        return loop

    closures = {name: calls(package.build(graph)()) for name, package in builders().items()}
    return compared(title, closures, 10, rounds, calls(plain))


def serving(title: str, rounds: int) -> Row:
    """Serve a request in the scope that each package has for it."""
    engine = request.Engine()
    closures: dict[str, Callable[[], Any]] = {}
    for name, package in builders().items():
        if hasattr(package, "serving"):
            closures[name] = package.serving(engine)
            request.prove(name, closures[name])
    limit = request.by_hand(engine)
    request.prove("by hand", limit)
    row = compared(title, closures, 1000, rounds, limit)
    request.EVENTS.clear()
    return row


def defining(title: str, size: int, rounds: int) -> Row:
    """Define and, where the package does, validate a chain of *size*."""
    return _once(title, size, min(rounds, 7 if size == 1000 else 15), lambda made: None)


def cold(title: str, rounds: int) -> Row:
    """Define a chain of 100 and make its last component once."""
    return _once(title, 100, min(rounds, 15), lambda made: made())


def _once(title: str, size: int, rounds: int, then: Callable[[Any], Any]) -> Row:
    """Time building a new chain of *size*, and *then* something with it."""
    packages = builders()
    found: dict[str, list[float]] = {name: [] for name in packages}
    failed: dict[str, str] = {}
    names = list(packages)
    for _ in range(rounds):
        random.shuffle(names)
        for name in names:
            graph, build = graphs.chain(size), packages[name].build
            try:
                found[name].append(seconds(lambda: then(build(graph)), 1) * 1e3)  # noqa: B023
            except Exception as error:  # noqa: BLE001 - told once, and left out
                failed.setdefault(name, f"{type(error).__name__} {str(error)[:60]}")
    for name, why in failed.items():
        print(f"  {name} cannot: {why}")
    return Row(title, "ms", {name: median(times) for name, times in found.items() if times})


if __name__ == "__main__":
    sys.exit(main())
