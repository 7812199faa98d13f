"""injector: bindings, constructors marked to be injected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from injector import Binder, Injector, inject, singleton

from benchmarks.units.graphs import Graph


def build(graph: Graph) -> Callable[[], Any]:
    """Bind every class."""

    def configure(binder: Binder) -> None:
        for node in graph.nodes:
            marked = inject(node.theirs) if node.needs else node.theirs
            binder.bind(node.theirs, to=marked, scope=singleton if node.shared else None)

    made = Injector([configure], auto_bind=False)
    last = graph.nodes[-1].theirs
    return lambda: made.get(last)
