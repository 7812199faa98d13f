"""zope.component: factories as named utilities, which look up what they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zope.component.factory import Factory
from zope.component.interfaces import IFactory
from zope.interface.registry import Components

from benchmarks.units.graphs import Graph, Node


def build(graph: Graph) -> Callable[[], Any]:
    """Register a factory for each class, and what is shared as utility for its interface."""
    components = Components()
    for number, node in enumerate(graph.nodes):
        if node.shared:
            made = node.ours(*(components.getUtility(graph.nodes[n].signature) for n in node.needs))
            components.registerUtility(made, node.signature)
        else:
            components.registerUtility(
                Factory(_maker(components, node, graph)), IFactory, f"n{number}"
            )
    last = f"n{len(graph.nodes) - 1}"
    return lambda: components.getUtility(IFactory, last)()


def _maker(components: Components, node: Node, graph: Graph) -> Callable[[], Any]:
    def make() -> Any:
        needed = []
        for number in node.needs:
            below = graph.nodes[number]
            if below.shared:
                needed.append(components.getUtility(below.signature))
            else:
                needed.append(components.getUtility(IFactory, f"n{number}")())
        return node.ours(*needed)

    return make
