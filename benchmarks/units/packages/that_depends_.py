"""that-depends: a container class whose attributes are providers given each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from that_depends import BaseContainer, ContextScopes, container_context, providers

from benchmarks.units import request
from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Make a container class."""
    made: dict[str, Any] = {}
    for number, node in enumerate(graph.nodes):
        kind: Any = providers.Singleton if node.shared else providers.Factory
        needs = {f"n{n}": made[f"n{n}"].cast for n in node.needs}
        made[f"n{number}"] = kind(node.theirs, **needs)
    container: Any = type(f"Container{id(graph)}", (BaseContainer,), made)
    last = getattr(container, f"n{len(made) - 1}")
    resolver: Callable[[], Any] = last.resolve_sync
    return resolver


def serving(engine: Any) -> Callable[[], str]:
    """Enter the context in which its resources live."""

    def connection(engine: Any) -> Iterator[Any]:
        yield from request.connection(engine)

    def session(connection: Any) -> Iterator[Any]:
        yield from request.session(connection)

    class Container(BaseContainer):
        default_scope = ContextScopes.REQUEST
        engine_ = providers.Object(engine)
        connection_ = providers.ContextResource(connection, engine_.cast)
        session_ = providers.ContextResource(session, connection_.cast)
        users_ = providers.Factory(request.Users, session_.cast)
        clock_ = providers.Factory(request.Clock)
        handler_ = providers.Factory(request.Handler, users_.cast, clock_.cast)

    def serve() -> str:
        with container_context(Container, scope=ContextScopes.REQUEST):
            return Container.handler_.resolve_sync().handle()

    return serve
