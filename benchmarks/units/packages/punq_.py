"""punq: a container that reads constructors when it resolves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import punq

from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Register every class."""
    container = punq.Container()
    for node in graph.nodes:
        scope = punq.Scope.singleton if node.shared else punq.Scope.transient
        container.register(node.theirs, scope=scope)
    last = graph.nodes[-1].theirs
    return lambda: container.resolve(last)
