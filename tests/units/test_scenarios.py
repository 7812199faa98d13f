"""What users of dependency-injection packages ask for, each scenario as a test.

The number in a test's name is that of the request in the survey of their issue trackers on which
this library was designed; the docstring says what was asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest

from signatures import Signature
from units import (
    DefinitionError,
    InvokeError,
    Link,
    LinkError,
    Registry,
    RegistryError,
    arunning,
    exports,
    invoke,
    link,
    part,
    running,
    tag,
    unit,
)


class IStore(Signature):
    def read(self) -> str: ...


class IUsers(Signature):
    def find(self) -> str: ...


class IMailer(Signature):
    def send(self) -> str: ...


def store_named(name: str) -> Any:
    """Return a unit whose component reads *name*."""

    @unit(name=name)
    def store() -> IStore:
        def read() -> str:
            return name

        return exports(locals())

    return store


real, fake, other = map(store_named, ("real", "fake", "other"))


@unit
def users(store: IStore) -> IUsers:
    def find() -> str:
        return f"users of {store.read()}"

    return exports(locals())


@unit
def mailer(users: IUsers, store: IStore) -> IMailer:
    def send() -> str:
        return f"mail for {users.find()}"

    return exports(locals())


@pytest.fixture
def registry() -> Registry:
    made = Registry()
    for u in (real, users, mailer):
        made.register(u)
    return made


def test_2_override_one_thing_in_place_nested_and_get_the_old_state_back(
    registry: Registry,
) -> None:
    """Overrides stack, and each is undone at the end of its block, also after an exception."""

    def now() -> str:
        return registry.get(IStore).read()

    with registry.override(IStore, fake):
        assert now() == "fake"
        with contextlib.suppress(ZeroDivisionError), registry.override(IStore, other):
            assert now() == "other"
            raise ZeroDivisionError
        assert now() == "fake"
    assert now() == "real"


def test_2_overrides_work_across_tasks(registry: Registry) -> None:
    """A task that runs during the block sees it, and none afterwards."""

    async def read() -> str:
        await asyncio.sleep(0)
        return registry.get(IStore).read()

    async def main() -> tuple[tuple[str, ...], str]:
        with registry.override(IStore, fake):
            during = await asyncio.gather(read(), read())
        return tuple(during), await read()

    assert asyncio.run(main()) == (("fake", "fake"), "real")


def test_3_an_override_is_never_silently_ignored(registry: Registry) -> None:
    """It takes effect although a dependent was made before; what was made before is unchanged."""
    before = registry.get(IMailer)
    with registry.override(IStore, fake):
        assert registry.get(IMailer).send() == "mail for users of fake"
        assert before.send() == "mail for users of real"
    assert registry.get(IMailer).send() == "mail for users of real"


def test_4_everything_that_is_wrong_is_found_at_once_and_nothing_runs() -> None:
    """By `check` for a registry, by `link` for units."""
    ran: list[str] = []

    @unit
    def noisy(users: IUsers, mailer: IMailer) -> IStore:
        ran.append("noisy")
        return exports(read=lambda: "")

    registry = Registry()
    registry.register(noisy)
    registry.register(mailer, name="second")
    with pytest.raises(RegistryError) as caught:
        registry.check()
    assert len(caught.value.problems) == 3
    with pytest.raises(LinkError) as unlinked:
        link(noisy, exports=(IStore, IUsers))
    assert len(unlinked.value.problems) == 3
    assert ran == []


def test_5_a_missing_dependency_is_told_with_its_path_and_where_it_is_needed() -> None:
    """The path from what was asked, file and line, and what comes nearest."""
    registry = Registry()
    registry.register(mailer)
    registry.register(users)
    registry.register(real, name="main")
    with pytest.raises(RegistryError) as caught:
        registry.get(IMailer)
    text = str(caught.value)
    assert "path: IMailer -> IUsers -> IStore" in text
    line = inspect.getsourcelines(inspect.unwrap(users.body))[1]  # type: ignore[attr-defined]
    assert f"needed by: users ({__file__}:{line})" in text
    assert "did you mean: IStore 'main'" in text


def test_6_no_placeholder_ever_leaks() -> None:
    """What is not linked cannot be called: no marker stands where a component should be."""
    with pytest.raises(InvokeError, match="an import is not supplied"):
        invoke(users)
    with pytest.raises(TypeError):
        users()  # type: ignore[call-arg]
    assert users(invoke(real)).find() == "users of real"


def living(name: str, events: list[str], signature: Any, *needs: Any) -> Any:
    """Return a unit for *signature* that notes when it begins and ends."""

    def body(*_: Any, **__: Any) -> Any:
        events.append(f"{name} begins")
        try:
            yield exports({member: lambda: name for member in signature})
        except Exception as error:
            events.append(f"{name} sees {type(error).__name__}")
            raise
        finally:
            events.append(f"{name} ends")

    return unit(body, imports=needs, exports=[signature], name=name)


def test_7_a_dependent_is_ended_before_what_it_depends_on() -> None:
    """In exact reverse of the order in which they began."""
    events: list[str] = []
    chain = (
        living("store", events, IStore),
        living("users", events, IUsers, IStore),
        living("mailer", events, IMailer, IUsers),
    )
    with running(link(*reversed(chain), exports=IMailer, sort=True)):
        events.append("block")
    assert events == [
        *("store begins", "users begins", "mailer begins", "block"),
        *("mailer ends", "users ends", "store ends"),
    ]


def test_8_a_unit_of_work_lives_for_a_request_and_sees_its_exception() -> None:
    """What lives longer is an import of the compound that is run for each request."""
    events: list[str] = []
    with running(living("store", events, IStore)) as store:
        request = link(living("users", events, IUsers, IStore), imports=IStore, exports=IUsers)
        with running(request, store):
            events.append("first request")
        with pytest.raises(ZeroDivisionError), running(request, store):
            raise ZeroDivisionError
    assert events == [
        *("store begins", "users begins", "first request", "users ends"),
        *("users begins", "users sees ZeroDivisionError", "users ends", "store ends"),
    ]


def test_9_the_same_unit_twice_with_different_wiring() -> None:
    """Two databases: no names are invented, the unit is linked twice."""
    one, two = Link(IStore, "one"), Link(IStore, "two")
    first, second = Link(IUsers, "first"), Link(IUsers, "second")
    both = link(
        part(real, as_=one),
        part(fake, as_=two),
        part(users, one, as_=first),
        part(users, two, as_=second),
        exports=(tag("first", first), tag("second", second)),
    )
    assert [each.find() for each in invoke(both)] == ["users of real", "users of fake"]


def test_11_a_forgotten_override_fails_instead_of_reaching_the_real_thing() -> None:
    """A unit has no default implementation: what a test does not supply does not link."""
    with pytest.raises(LinkError, match="IStore"):
        link(users, exports=IUsers)


def test_12_an_implementation_is_checked_against_its_interface() -> None:
    """Names, kinds and number of parameters, before it can be registered."""
    with pytest.raises(DefinitionError, match=r"IStore\.read"):

        @unit
        class Unreadable(IStore):
            def read(self, where: str) -> str:  # type: ignore[override]
                return where


def test_13_duplicates_and_overriding_nothing_are_errors(registry: Registry) -> None:
    """The last one never wins silently."""
    with pytest.raises(RegistryError, match="registered there already"):
        registry.register(fake)
    empty = Registry()
    with pytest.raises(RegistryError, match="no unit is registered"):
        empty.override(IStore, fake).__enter__()


def test_16_an_async_dependency_does_not_make_components_into_futures() -> None:
    """Who waits is whoever invokes; components are the same, overridden by a plain unit or not."""

    @unit
    async def slow() -> AsyncIterator[IStore]:
        await asyncio.sleep(0)
        yield invoke(other)

    async def main(store: Any) -> str:
        async with arunning(link(store, users, exports=IUsers)) as component:
            return component.find()

    assert asyncio.run(main(slow)) == "users of other"
    assert asyncio.run(main(fake)) == "users of fake"


def test_17_registries_share_nothing() -> None:
    """There is no global one: what one test registers or overrides no other test sees."""
    first, second = Registry(), Registry()
    first.register(real)
    second.register(fake)
    with first.override(IStore, other):
        assert second.get(IStore).read() == "fake"


def test_20_all_implementations_by_name() -> None:
    """What several of them need is there once."""
    made: list[object] = []

    @unit
    def shared() -> IStore:
        made.append(object())
        return exports(read=lambda: "shared")

    registry = Registry()
    registry.register(shared)
    registry.register(users)
    registry.register(users, name="again")
    registry.register(living("x", [], IMailer), name="unrelated")
    found = registry.all(IUsers)
    assert {name: each.find() for name, each in found.items()} == {
        "": "users of shared",
        "again": "users of shared",
    }
    assert len(made) == 1
    assert registry.all(IStore).keys() == {""}
    assert Registry().all(IStore) == {}


def test_21_optional_dependencies_and_defaults(registry: Registry) -> None:
    """Not supplied, an optional import is what its default says; settings keep their defaults."""

    @unit
    def lenient(log: Annotated[IStore, tag("log")] | None = None, limit: int = 5) -> IUsers:
        def find() -> str:
            return f"{log.read() if log else 'nobody'} {limit}"

        return exports(locals())

    assert invoke(lenient).find() == "nobody 5"
    assert invoke(link(real, lenient, exports=IUsers)).find() == "real 5"


def test_23_one_plan_in_many_threads_makes_independent_instances() -> None:
    """Each gets its own components, each made once."""
    barrier = threading.Barrier(8)
    made: list[int] = []

    @unit
    def counting() -> Iterator[IStore]:
        barrier.wait()
        made.append(threading.get_ident())
        yield invoke(real)

    program = link(counting, users, exports=IUsers)

    def work(_: int) -> int:
        with running(program) as component:
            assert component.find() == "users of real"
            return id(component)

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(work, range(8)))) == 8
    assert len(made) == len(set(made)) == 8


def test_24_an_override_leaves_no_trace_on_what_is_linked(registry: Registry) -> None:
    """Linking anew gives the same units in the same order; a call costs what it did before."""
    before = registry.link(IMailer)
    with registry.override(IStore, fake):
        pass
    after = registry.link(IMailer)
    assert after.parts == before.parts
    assert type(invoke(after)) is type(invoke(before))
