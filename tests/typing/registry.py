"""What a registry gives back, to type checkers: what was asked for, typed by the signature."""

from functools import partial
from typing import Any, assert_type

from signatures import Signature
from units import Registry, Unit, exports, unit


class IClock(Signature):
    def now(self) -> float: ...


class IGreeter(Signature):
    def greet(self, name: str) -> str: ...


@unit
class Clock(IClock):
    def now(self) -> float:
        return 0.0


@unit
def greeter(clock: IClock) -> IGreeter:
    def greet(name: str) -> str:
        return f"{name} at {clock.now()}"

    return exports(greet=greet)


registry = Registry()
child = Registry(registry)

# --- registering returns what it got, so that it may decorate, too

assert_type(registry.register(Clock)(), Clock)
assert_type(registry.register(greeter, IGreeter, name="plain")(Clock()), IGreeter)


@child.register
@unit
class FrozenClock(IClock):
    def __init__(self, at: float = 1.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


assert_type(FrozenClock(2.0).at, float)
FrozenClock("2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
registry.register(Clock, "clock")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
registry.register(Clock())  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
registry.register(Clock, name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- asking

assert_type(registry.get(IClock), IClock)
assert_type(registry.get(IGreeter, "plain").greet("Ada"), str)
assert_type(registry.unit(IGreeter, "plain"), Unit[..., Any])  # it may export more than that
assert_type(registry.link(IGreeter, "plain"), Unit[..., IGreeter])
assert_type(registry.link(IGreeter, "plain")(), IGreeter)
assert_type(child.get(IClock).now(), float)
registry.get(IClock).greet("Ada")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
registry.get(IGreeter).greet(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
registry.get("IClock")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
wrong: IGreeter = registry.get(IClock)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
Registry(IClock)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- overriding

with registry.override(IClock, FrozenClock) as frozen:
    assert_type(frozen, Unit[..., Any])
    assert_type(registry.get(IClock), IClock)

with registry.override(IGreeter, greeter, name="plain"):
    registry.get(IGreeter, "plain")

with registry.override(IClock, partial(FrozenClock, 2.0)):
    pass

with registry.override(IClock, FrozenClock()):  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pass

with registry.override(IClock, "FrozenClock"):  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pass

with registry.override(IGreeter):  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pass
