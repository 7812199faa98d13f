"""dependency-injector: providers that are given each other; it is written in C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dependency_injector import providers

from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Chain factories and singletons."""
    made: list[Any] = []
    for node in graph.nodes:
        kind: Any = providers.Singleton if node.shared else providers.Factory
        made.append(kind(node.theirs, *(made[n] for n in node.needs)))
    resolver: Callable[[], Any] = made[-1]
    return resolver
