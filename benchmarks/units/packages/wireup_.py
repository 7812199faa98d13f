"""wireup: injectables by lifetime; transient ones need a scope to be made in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wireup import create_sync_container, injectable

from benchmarks.units import request
from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Make a container; it validates the whole graph."""
    lifetimes: dict[bool, Any] = {True: "singleton", False: "transient"}
    container = create_sync_container(
        injectables=[injectable(n.theirs, lifetime=lifetimes[n.shared]) for n in graph.nodes]
    )
    last = graph.nodes[-1].theirs
    if graph.nodes[-1].shared:
        return lambda: container.get(last)

    def resolve() -> Any:
        with container.enter_scope() as scope:
            return scope.get(last)

    return resolve


def serving(engine: Any) -> Callable[[], str]:
    """Enter a scope; the five are registered as scoped."""

    def engine_of() -> request.IEngine:
        return engine  # type: ignore[no-any-return]

    def users(session: request.ISession) -> request.IUsers:
        return request.Users(session)

    def clock() -> request.IClock:
        return request.Clock()

    def handler(users: request.IUsers, clock: request.IClock) -> request.IHandler:
        return request.Handler(users, clock)

    scoped = (request.connection, request.session, users, clock, handler)
    container = create_sync_container(
        injectables=[
            injectable(engine_of, lifetime="singleton"),
            *(injectable(factory, lifetime="scoped") for factory in scoped),
        ]
    )

    def serve() -> str:
        with container.enter_scope() as scope:
            return scope.get(request.IHandler).handle()

    return serve
