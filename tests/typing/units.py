"""What a unit is to type checkers: a class stays that class, a function is called with its imports."""

# pyright does not know that `locals()` reads every variable; in strict mode it says so.
# pyright: reportUnusedFunction=false, reportUnusedVariable=false

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Generic, TypeVar, assert_type

from signatures import Signature, implementer
from units import Unit, exports, tag, unit

T = TypeVar("T")


class Toy:
    """What the signatures below are about."""


class IToyFactory(Signature):
    def build(self, n: int) -> list[Toy]: ...


class IToyStore(Signature):
    @property
    def name(self) -> str: ...
    def stock(self, n: int) -> None: ...


class ILog(Signature):
    def write(self, line: str) -> None: ...


# --- a class


@unit
class SimpleFactory(IToyFactory):
    def build(self, n: int) -> list[Toy]:
        return [Toy()] * n


@unit(name="painted factory")
class PaintedFactory(SimpleFactory):
    def __init__(self, log: ILog, color: str = "blue") -> None:
        self.log, self.color = log, color


@unit
class MuteFactory(IToyFactory):
    """Defines nothing."""


@unit
class Log(ILog):
    def write(self, line: str) -> None: ...


assert_type(SimpleFactory(), SimpleFactory)
assert_type(PaintedFactory(Log(), color="red").build(1), list[Toy])
assert_type(PaintedFactory(log=Log()).color, str)
MuteFactory()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]
PaintedFactory()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
PaintedFactory(SimpleFactory())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
PaintedFactory(Log(), 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
PaintedFactory(Log()).colour  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


# --- a function


@unit
def toy_store(factory: IToyFactory) -> IToyStore:
    items: list[Toy] = []
    name = "corner shop"

    def stock(n: int) -> None:
        items.extend(factory.build(n))

    return exports(locals())


@unit
def listing_store(factory: IToyFactory) -> IToyStore:
    def stock(n: int) -> None:
        factory.build(n)

    return exports(name="listed", stock=stock)


@unit(name="store of one object")
def object_store(factory: IToyFactory) -> IToyStore:
    class Store(IToyStore):
        @property
        def name(self) -> str:
            return "object"

        def stock(self, n: int) -> None:
            factory.build(n)

    return Store()


@unit
def confused_store(factory: IToyFactory) -> IToyStore:
    factory.repair()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    factory.build("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return factory  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


store = toy_store(SimpleFactory())
assert_type(store, IToyStore)
assert_type(store.name, str)
assert_type(toy_store(factory=SimpleFactory()), IToyStore)
assert_type(listing_store(SimpleFactory()), IToyStore)
assert_type(object_store(SimpleFactory()), IToyStore)
typed: Unit[..., IToyStore] = object_store  # [IToyFactory] would say: by position only
any_unit: Unit[..., Any] = toy_store
toy_store(Log())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
toy_store()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
toy_store(SimpleFactory(), SimpleFactory())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
toy_store(factory=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
store.stock("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
store.sell()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
log: ILog = toy_store(SimpleFactory())  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
mistyped: Unit[..., ILog] = toy_store  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
unit(3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


# --- several exports; none


@unit
def store_and_log(factory: IToyFactory) -> tuple[IToyStore, ILog]:
    return toy_store(factory), Log()


@unit
def namespace_of_two(factory: IToyFactory) -> tuple[IToyStore, ILog]:
    name = "two in one"

    def stock(n: int) -> None: ...

    def write(line: str) -> None: ...

    return exports(locals())


@unit
def program(store: IToyStore, log: ILog) -> int:
    store.stock(1)
    log.write(store.name)
    return 0


assert_type(store_and_log(SimpleFactory()), tuple[IToyStore, ILog])
assert_type(program(*namespace_of_two(SimpleFactory())), int)
program(Log(), store)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- settings, optional imports, tags


@unit
def configured_store(
    factory: IToyFactory, log: ILog | None = None, *, name: str = "shop", size: int = 3
) -> IToyStore:
    def stock(n: int) -> None:
        if log is not None:
            log.write(f"{n} of {size}")

    return exports(name=name, stock=stock)


@unit
def inspected_factory(
    inner: Annotated[IToyFactory, tag("inner")], log: Annotated[ILog | None, tag("debug")] = None
) -> Annotated[IToyFactory, tag("inspected")]:
    def build(n: int) -> list[Toy]:
        return inner.build(n)

    return exports(locals())


@unit
def twice(
    left: Annotated[IToyFactory, tag("left")], right: Annotated[IToyFactory, tag("right")]
) -> list[Toy]:
    return left.build(1) + right.build(1)


assert_type(configured_store(SimpleFactory(), Log(), name="big", size=9), IToyStore)
assert_type(inspected_factory(SimpleFactory()), IToyFactory)
assert_type(twice(SimpleFactory(), right=SimpleFactory()), list[Toy])
configured_store(SimpleFactory(), size="9")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
configured_store(SimpleFactory(), Log(), "big")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
inspected_factory(Log())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
tag(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
exports(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

small_store = unit(partial(configured_store, size=1))
assert_type(small_store(SimpleFactory()), IToyStore)


# --- a dataclass, a class with type arguments, a decorator of units


@unit
@dataclass
class DoublingFactory(IToyFactory):
    inner: Annotated[IToyFactory, tag("inner")]
    times: int = 2

    def build(self, n: int) -> list[Toy]:
        return self.inner.build(n) * self.times


@unit
@dataclass(frozen=True, slots=True)
class FrozenFactory(IToyFactory):
    log: ILog

    def build(self, n: int) -> list[Toy]:
        self.log.write(str(n))
        return []


@unit
@implementer(IToyStore)  # not a base: to pyright, a variable cannot override a property
@dataclass
class NamedStore:
    factory: IToyFactory
    name: str = "named"

    def stock(self, n: int) -> None:
        self.factory.build(n)


@unit
class Box(Generic[T]):
    def __init__(self, log: ILog, inside: T | None = None) -> None:
        self.inside = inside


def loud(factory: IToyFactory, log: ILog) -> IToyFactory:
    def build(n: int) -> list[Toy]:
        log.write("building")
        return factory.build(n)

    return exports(locals())


loud_factory = unit(loud)

assert_type(DoublingFactory(SimpleFactory(), times=3).times, int)
assert_type(DoublingFactory(FrozenFactory(Log())), DoublingFactory)
stored: IToyStore = NamedStore(SimpleFactory(), name="other")
assert_type(Box(Log(), 3), Box[int])
assert_type(loud_factory(SimpleFactory(), Log()), IToyFactory)
assert_type(loud_factory(factory=SimpleFactory(), log=Log()).build(2), list[Toy])
DoublingFactory(Log())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
DoublingFactory(SimpleFactory(), times="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
NamedStore(Log())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
FrozenFactory(Log()).log = Log()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# --- a cycle


class IEven(Signature):
    def even(self, n: int) -> bool: ...


class IOdd(Signature):
    def odd(self, n: int) -> bool: ...


@unit
def even_unit(other: IOdd) -> IEven:
    def even(n: int) -> bool:
        return n == 0 or other.odd(n - 1)

    return exports(locals())


@unit
class Odd(IOdd):
    def __init__(self, other: IEven) -> None:
        self.other = other

    def odd(self, n: int) -> bool:
        return n != 0 and self.other.even(n - 1)


def cycle(odd: IOdd) -> None:
    assert_type(even_unit(Odd(even_unit(odd))), IEven)
    even_unit(even_unit(odd))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
