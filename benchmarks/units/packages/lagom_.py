"""lagom: a function for each class, which saves it the reading of constructors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lagom import Container, Singleton

from benchmarks.units.graphs import Graph, Node


def build(graph: Graph) -> Callable[[], Any]:
    """Define every class by how it is made."""
    container = Container()
    for node in graph.nodes:
        maker = _maker(node, graph)
        container[node.theirs] = Singleton(maker) if node.shared else maker
    last = graph.nodes[-1].theirs
    return lambda: container[last]


def _maker(node: Node, graph: Graph) -> Callable[[Any], Any]:
    cls, needs = node.theirs, [graph.nodes[n].theirs for n in node.needs]
    return lambda container: cls(*[container[need] for need in needs])
