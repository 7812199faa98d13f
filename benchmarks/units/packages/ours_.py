"""Ours: what is shared is one compound, what is made afresh another, linked with it as import."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.units import request
from benchmarks.units.graphs import Graph
from units import invoke, link, running, unit


def build(graph: Graph) -> Callable[[], Any]:
    """Link the graph."""
    shared = [node for node in graph.nodes if node.shared]
    fresh = [node for node in graph.nodes if not node.shared]
    last = graph.nodes[-1].signature
    if not shared:
        return partial(invoke, link(*(unit(node.ours) for node in fresh), exports=last))
    kept = tuple(node.signature for node in shared)
    below = invoke(link(*(unit(node.ours) for node in shared), exports=kept))
    above = link(*(unit(node.ours) for node in fresh), imports=kept, exports=last)
    return partial(invoke, above, *below)


def serving(engine: Any) -> Callable[[], str]:
    """Run a compound for each request."""
    bodies = (request.connection, request.session, request.Users, request.Clock, request.Handler)
    handler = link(*map(unit, bodies), imports=request.IEngine, exports=request.IHandler)

    def serve() -> str:
        with running(handler, engine) as component:
            return component.handle()

    return serve
