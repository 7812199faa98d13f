"""The same chain in other packages, each in the fast setting that its documentation names."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from benchmarks.units.chains import Chain

Resolver = Callable[[], Any]

PEERS = {
    "dishka": "dishka",
    "dependency-injector": "dependency_injector",
    "wireup": "wireup",
    "svcs": "svcs",
}


def missing() -> list[str]:
    """Return the packages that are not installed here."""
    return [name for name, module in PEERS.items() if importlib.util.find_spec(module) is None]


def resolvers(chain: Chain) -> Iterator[tuple[str, Resolver]]:
    """Yield, for each package that is installed, what makes the last component of *chain* anew."""
    makers = (dishka, dependency_injector, wireup, svcs)
    absent = missing()
    for name, make in zip(PEERS, makers, strict=True):
        if name not in absent:
            yield name, make(typed(chain))


def typed(chain: Chain) -> list[type[Any]]:
    """Return classes like those of *chain* whose parameters are annotated with classes."""
    for below, cls in pairwise(chain.classes):
        cls.__init__.__annotations__ = {"below": below, "return": None}
    return chain.classes


def dishka(classes: list[type[Any]]) -> Resolver:
    """Provide every class in the request's scope, without caching."""
    from dishka import Provider, Scope, make_container

    provider = Provider(scope=Scope.APP)
    for cls in classes:
        provider.provide(cls, cache=False)
    container = make_container(provider)
    last = classes[-1]
    return lambda: container.get(last)


def dependency_injector(classes: list[type[Any]]) -> Resolver:
    """Chain factories, each given the one before."""
    from dependency_injector import providers

    made: Any = providers.Factory(classes[0])
    for cls in classes[1:]:
        made = providers.Factory(cls, made)
    result: Resolver = made
    return result


def wireup(classes: list[type[Any]]) -> Resolver:
    """Register transient classes; resolve them in a scope."""
    import wireup as package

    container = package.create_sync_container(
        injectables=[package.injectable(cls, lifetime="transient") for cls in classes]
    )
    last = classes[-1]

    def resolve() -> Any:
        with container.enter_scope() as scope:
            return scope.get(last)

    return resolve


def svcs(classes: list[type[Any]]) -> Resolver:
    """Register a factory for each class; a new container for each request."""
    import svcs as package

    registry = package.Registry()
    registry.register_factory(classes[0], classes[0])
    for below, cls in pairwise(classes):
        registry.register_factory(cls, _factory(cls, below))
    last = classes[-1]
    return lambda: package.Container(registry).get(last)


def _factory(cls: type[Any], below: type[Any]) -> Callable[..., Any]:
    def factory(svcs_container: Any) -> Any:
        return cls(svcs_container.get(below))

    return factory
