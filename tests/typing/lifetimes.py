"""What running a unit gives, to type checkers: its component, however its body hands it over."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Any, assert_type

from signatures import Signature
from units import Registry, Unit, ainvoke, arunning, exports, link, running, unit


class IStore(Signature):
    def read(self) -> str: ...


class IUsers(Signature):
    def find(self) -> str: ...


@unit
class Store(IStore):
    def read(self) -> str:
        return ""


@unit
def iterating() -> Iterator[IStore]:
    yield Store()


@unit
def generating() -> Generator[IStore, None, None]:
    yield Store()


@unit
async def waiting() -> IStore:
    return Store()


@unit
async def living() -> AsyncIterator[IStore]:
    yield Store()


@unit
async def generating_later() -> AsyncGenerator[IStore, None]:
    yield Store()


@unit
def users(store: IStore) -> Iterator[IUsers]:
    def find() -> str:
        return store.read()

    yield exports(find=find)


# --- with running(...)

with running(Store) as store:
    assert_type(store, Store)
with running(iterating) as made:
    assert_type(made, IStore)
with running(generating) as generated:
    assert_type(generated, IStore)
with running(users, Store()) as found:
    assert_type(found, IUsers)
with running(link(iterating, users, exports=IUsers)) as linked:
    assert_type(linked, IUsers)
with running(link(iterating, users, exports=(IStore, IUsers))) as both:
    assert_type(both, tuple[IStore, IUsers])
with running(link(iterating, users, exports=[IUsers])) as unknown:
    assert_type(unknown, Any)


async def main() -> None:
    """Wait for each kind of body."""
    # --- await ainvoke(...)
    assert_type(await ainvoke(waiting), IStore)
    assert_type(await ainvoke(Store), Store)
    assert_type(await ainvoke(link(waiting, exports=IStore)), IStore)

    # --- async with arunning(...)
    async with arunning(living) as lived:
        assert_type(lived, IStore)
    async with arunning(generating_later) as later:
        assert_type(later, IStore)
    async with arunning(iterating) as iterated:
        assert_type(iterated, IStore)
    async with arunning(waiting) as waited:
        assert_type(waited, IStore)
    async with arunning(Store) as plain:
        assert_type(plain, Store)
    async with arunning(link(living, users, exports=IUsers)) as whole:
        assert_type(whole, IUsers)

    with arunning(living):  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass


# --- from a registry

registry = Registry()
with running(registry.link(IUsers)) as registered:
    assert_type(registered, IUsers)
assert_type(registry.all(IUsers), dict[str, IUsers])
assert_type(registry.link_all(IUsers), Unit[..., tuple[IUsers, ...]])
assert_type(registry.load_entry_points("group"), tuple[str, ...])
