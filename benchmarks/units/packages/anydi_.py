"""anydi: registrations by scope; building compiles them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from anydi import Container

from benchmarks.units import request
from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Register every class, and build, which validates."""
    container = Container()
    for node in graph.nodes:
        container.register(node.theirs, scope="singleton" if node.shared else "transient")
    container.build()
    last = graph.nodes[-1].theirs
    return lambda: container.resolve(last)


def serving(engine: Any) -> Callable[[], str]:
    """Enter the request context."""
    container = Container()

    def engine_of() -> request.IEngine:
        return engine  # type: ignore[no-any-return]

    def connection(engine: request.IEngine) -> Iterator[request.IConnection]:
        yield from request.connection(engine)

    def session(connection: request.IConnection) -> Iterator[request.ISession]:
        yield from request.session(connection)

    container.register(request.IEngine, engine_of, scope="singleton")
    container.register(request.IConnection, connection, scope="request")
    container.register(request.ISession, session, scope="request")
    container.register(request.IUsers, request.Users, scope="request")
    container.register(request.IClock, request.Clock, scope="request")
    container.register(request.IHandler, request.Handler, scope="request")
    container.build()

    def serve() -> str:
        with container.request_context():
            return container.resolve(request.IHandler).handle()

    return serve
