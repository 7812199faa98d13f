"""svcs: a factory for each class; a new container for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import svcs

from benchmarks.units import request
from benchmarks.units.graphs import Graph, Node


def build(graph: Graph) -> Callable[[], Any]:
    """Register factories, and values for what is shared."""
    registry = svcs.Registry()
    shared: dict[int, Any] = {}
    for number, node in enumerate(graph.nodes):
        if node.shared:
            shared[number] = node.theirs(*(shared[n] for n in node.needs))
            registry.register_value(node.theirs, shared[number])
        else:
            registry.register_factory(node.theirs, _factory(node, graph))
    last = graph.nodes[-1].theirs
    return lambda: svcs.Container(registry).get(last)


def _factory(node: Node, graph: Graph) -> Callable[..., Any]:
    cls, needs = node.theirs, [graph.nodes[n].theirs for n in node.needs]

    def factory(svcs_container: svcs.Container) -> Any:
        return cls(*[svcs_container.get(need) for need in needs])

    return factory if needs else cls


def serving(engine: Any) -> Callable[[], str]:
    """Open a container for each request; it closes what its factories yielded."""
    registry = svcs.Registry()
    registry.register_value(request.IEngine, engine)

    def connection(svcs_container: svcs.Container) -> Any:
        yield from request.connection(svcs_container.get(request.IEngine))

    def session(svcs_container: svcs.Container) -> Any:
        yield from request.session(svcs_container.get(request.IConnection))

    def users(svcs_container: svcs.Container) -> Any:
        return request.Users(svcs_container.get(request.ISession))

    def handler(svcs_container: svcs.Container) -> Any:
        return request.Handler(*svcs_container.get(request.IUsers, request.IClock))

    registry.register_factory(request.IConnection, connection)
    registry.register_factory(request.ISession, session)
    registry.register_factory(request.IUsers, users)
    registry.register_factory(request.IClock, request.Clock)
    registry.register_factory(request.IHandler, handler)

    def serve() -> str:
        with svcs.Container(registry) as container:
            return container.get(request.IHandler).handle()

    return serve
