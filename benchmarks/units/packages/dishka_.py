"""dishka: a provider for each scope; what is made afresh is not cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dishka import Provider, Scope, make_container

from benchmarks.units import request
from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Make a container; it validates the whole graph."""
    provider = Provider(scope=Scope.APP)
    for node in graph.nodes:
        provider.provide(node.theirs, cache=node.shared)
    container = make_container(provider)
    last = graph.nodes[-1].theirs
    return lambda: container.get(last)


def serving(engine: Any) -> Callable[[], str]:
    """Enter the request scope."""
    app = Provider(scope=Scope.APP)
    app.provide(lambda: engine, provides=request.IEngine)
    requests = Provider(scope=Scope.REQUEST)
    requests.provide(request.connection)
    requests.provide(request.session)
    requests.provide(request.Users, provides=request.IUsers)
    requests.provide(request.Clock, provides=request.IClock)
    requests.provide(request.Handler, provides=request.IHandler)
    container = make_container(app, requests)

    def serve() -> str:
        with container() as scope:
            return scope.get(request.IHandler).handle()

    return serve
