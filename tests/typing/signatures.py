"""Type checkers see in a signature a `typing.Protocol`: declared, extended, implemented, generic."""

from typing import Generic, Protocol, TypeVar, assert_type

from signatures import Signature, implementer

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Toy:
    """What the signatures below are about."""


# --- declaring and implementing


class IToyFactory(Signature):
    """Makes toys."""

    def build(self, n: int) -> list[Toy]: ...


class Factory(IToyFactory):
    def build(self, n: int) -> list[Toy]:
        return [Toy()] * n


class MuteFactory(IToyFactory):
    """Defines nothing."""


class StringFactory(IToyFactory):
    def build(self, n: str) -> list[Toy]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return []


class NumberFactory(IToyFactory):
    def build(self, n: int) -> int:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return n


class GreedyFactory(IToyFactory):
    def build(self, n: int, color: str) -> list[Toy]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return []


def make(factory: IToyFactory) -> Toy:
    assert_type(factory.build(1), list[Toy])
    factory.build("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    factory.build()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    factory.repair()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return factory.build(1)[0]


make(Factory())
MuteFactory()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]
IToyFactory()  # type: ignore[misc]  # pyright: ignore[reportAbstractUsage]


# --- structure is enough: a class that declares nothing


class Workshop:
    def build(self, n: int) -> list[Toy]:
        return [Toy()] * n


class Bakery:
    def bake(self, n: int) -> list[Toy]:
        return []


make(Workshop())
make(Bakery())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@implementer(IToyFactory)
class DeclaredWorkshop:
    def build(self, n: int) -> list[Toy]:
        return [Toy()] * n


make(DeclaredWorkshop())
assert_type(DeclaredWorkshop(), DeclaredWorkshop)
implementer(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- data members


class IToyStore(Signature):
    @property
    def name(self) -> str: ...

    shelves: int

    def stock(self, n: int) -> None: ...


class Shop(IToyStore):
    def __init__(self) -> None:
        self.shelves = 3

    @property  # pyright wants a property where the signature has one, mypy takes a variable, too
    def name(self) -> str:
        return "corner shop"

    def stock(self, n: int) -> None: ...


class NamelessShop(IToyStore):
    shelves: int = 1

    def stock(self, n: int) -> None: ...


class NumberedShop(IToyStore):
    shelves = "1"  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    @property
    def name(self) -> int:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return 12

    def stock(self, n: int) -> None: ...


class Kiosk:
    """Declares nothing; a variable is as good as a property, then."""

    def __init__(self) -> None:
        self.name = "kiosk"
        self.shelves = 1

    def stock(self, n: int) -> None: ...


class ShelflessShop:
    """Declares nothing and lacks a data member."""

    name = "shelfless"

    def stock(self, n: int) -> None: ...


def visit(store: IToyStore) -> None:
    assert_type(store.name, str)
    assert_type(store.shelves, int)
    store.shelves = 4
    store.name = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    store.nmae  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


visit(Shop())
visit(Kiosk())
NamelessShop()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]
visit(ShelflessShop())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- extending


class IBigStore(IToyStore, Signature):
    def open(self) -> bool: ...


class Mall(Shop, IBigStore):
    def open(self) -> bool:
        return True


class ClosedMall(Shop, IBigStore):
    """Lacks what IBigStore adds."""


visit(Mall())
big: IBigStore = Mall()
small: IBigStore = Shop()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
ClosedMall()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]


class IFactoryStore(IToyFactory, IToyStore, Signature):
    """Extends two."""


def both(both: IFactoryStore) -> None:
    visit(both)
    make(both)


class FactoryShop(Factory, Shop):
    """Implements two, by inheritance."""


both(FactoryShop())


# --- async members


class IPost(Signature):
    async def send(self, text: str) -> int: ...


class Post(IPost):
    async def send(self, text: str) -> int:
        return len(text)


class HastyPost(IPost):
    def send(self, text: str) -> int:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return len(text)


async def write(post: IPost) -> None:
    assert_type(await post.send("hello"), int)


# --- generic: Signature[T]; Signature beside typing.Generic says the same


class IBox(Signature[T_co]):
    def open(self) -> T_co: ...


class ICrate(Signature, Generic[T]):
    def put(self, thing: T) -> None: ...
    def take(self) -> T: ...


class IBigBox(IBox[T_co], Signature[T_co]):
    def weight(self) -> int: ...


class IToyBox(IBox[Toy], Signature):
    def rattle(self) -> None: ...


class NumberBox(IBox[int]):
    def open(self) -> int:
        return 1


class AnyBox(IBox[T]):
    def __init__(self, inside: T) -> None:
        self.inside = inside

    def open(self) -> T:
        return self.inside


class LyingBox(IBox[int]):
    def open(self) -> str:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return "1"


class Crate(ICrate[Toy]):
    def put(self, thing: Toy) -> None: ...

    def take(self) -> Toy:
        return Toy()


def unpack(box: IBox[T]) -> T:
    return box.open()


def repack(box: IBigBox[str], toys: IToyBox) -> None:
    assert_type(unpack(box), str)
    assert_type(unpack(toys), Toy)


assert_type(unpack(NumberBox()), int)
assert_type(unpack(AnyBox(b"")), bytes)
strings: IBox[str] = NumberBox()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
Crate().put(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- a Protocol is no signature, but what it asks a signature's component may give


class Builds(Protocol):
    def build(self, n: int) -> list[Toy]: ...


def through_protocol(factory: IToyFactory) -> Builds:
    return factory
