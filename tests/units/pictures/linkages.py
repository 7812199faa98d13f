"""Linkages to be drawn: with cycles, with tags, nested, and as many units as one likes."""

from __future__ import annotations

import random
from typing import Annotated, Any

from signatures import Signature, make_signature
from units import Link, Unit, exports, link, part, tag, unit


class IClock(Signature): ...


class ILog(Signature): ...


class IStore(Signature): ...


@unit
class Log(ILog):
    """Its second import is its own export."""

    def __init__(self, clock: IClock, own: ILog) -> None: ...


@unit
class Memory(IStore):
    def __init__(self, log: ILog) -> None: ...


@unit
class Cache(IStore):
    def __init__(
        self,
        fast: Annotated[IStore, tag("fast")],
        slow: Annotated[IStore, tag("slow")],
        log: ILog,
        clock: IClock | None = None,
    ) -> None: ...


@unit
class Chicken(ILog):
    def __init__(self, egg: IStore) -> None: ...


@unit
class Egg(IStore):
    def __init__(self, chicken: ILog) -> None: ...


cycle = link(Chicken, Egg, exports=(ILog, IStore), name="cycle")

_fast, _slow, _cache = Link(IStore, "fast"), Link(IStore, "slow"), Link(IStore, "cache")
logging = link(Log, imports=IClock, exports=ILog, name="logging")
storage = link(
    part(Memory, as_=_fast),
    part(Memory, as_=_slow),
    part(Cache, tag("fast", _fast), tag("slow", _slow), as_=_cache),
    imports=ILog,
    exports=[_cache],
    name="storage",
)
application = link(logging, storage, imports=IClock, exports=(IStore, ILog), name="application")


def many(count: int, seed: int = 1) -> list[Unit[..., Any]]:
    """Return *count* units; each imports the first one's export and up to three others'."""
    chance = random.Random(seed)
    signatures = [make_signature(f"I{number}", []) for number in range(count)]
    made: list[Unit[..., Any]] = []
    for number, signature in enumerate(signatures):
        near = signatures[max(1, number - 12) : number]
        wanted = [*signatures[: min(number, 1)], *chance.sample(near, min(len(near), 3))]
        made.append(unit(_empty, imports=wanted, exports=[signature], name=f"u{number}"))
    return made


def _empty() -> Any:
    return exports({})
