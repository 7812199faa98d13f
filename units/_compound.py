"""A compound unit: parts, and who supplies whom; what is inside stays inside."""

from __future__ import annotations

from typing import Any

from units._invoke import invoke
from units._specs import Export, Import
from units._unit import P, R, Source, Unit


class CompoundUnit(Unit[P, R]):
    """Units linked into one; it keeps its direct wiring only.

    *wiring* tells for each part where each of its imports comes from (nothing for an optional one
    that nobody supplies), *sources* for each export which part has it.
    """

    def __init__(
        self,
        *,
        name: str,
        location: str,
        imports: tuple[Import, ...],
        exports: tuple[Export, ...],
        single: bool,
        init_depend: tuple[Import, ...],
        parts: tuple[Unit[..., Any], ...],
        wiring: tuple[tuple[Source | None, ...], ...],
        sources: tuple[Source, ...],
    ) -> None:
        self.name, self.location = name, location
        self.imports, self.exports, self.single = imports, exports, single
        self.init_depend = init_depend
        self.parts, self.wiring, self.sources = parts, wiring, sources

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return invoke(self, *args, **kwargs)
