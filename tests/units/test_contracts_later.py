"""Contracts on what comes later: iterators, generators, what is awaited, managers."""

import asyncio
import collections
import contextlib
import copy
import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from typing import (
    Any,
)

import pytest

from tests.units.contracted import BETWEEN, blamed, method_of
from units._contracts import (
    ContractError,
    compile_contract,
)


def numbered(n: int) -> Iterator[int]:
    yield from range(n)


def test_a_real_collection_is_checked_at_once_and_an_iterator_as_it_is_read() -> None:
    """One-shot iterators are never consumed in order to check them."""
    contract = compile_contract(Iterable[int])
    for whole in ([1, 2], (1,), {1}, {1: "a"}, range(3), collections.deque([1])):
        assert contract.wrap(whole, BETWEEN) is whole
    assert blamed(lambda: contract.wrap([1, "a"], BETWEEN)).path == ("element 1 of",)
    assert blamed(lambda: contract.wrap({"a"}, BETWEEN)).path == ("an element of",)
    source = iter([1, 2, "a"])
    made = contract.wrap(source, BETWEEN)
    assert [next(made), next(made)] == [1, 2]
    error = blamed(lambda: next(made))
    assert (error.path, error.blaming) == (("element 2 of",), "unit maker")
    assert "checked" in repr(made)

    class Twice:
        def __iter__(self) -> Iterator[int]:
            return iter([1, 2])

    again = contract.wrap(Twice(), BETWEEN)
    assert (list(again), list(again)) == ([1, 2], [1, 2])
    assert blamed(lambda: contract.wrap(1, BETWEEN)).expected == "Iterable[int]"


def test_functions_that_are_produced_are_wrapped() -> None:
    """Elements of an iterator keep their own contracts."""
    contract = compile_contract(Iterable[Callable[[], int]])
    for source in (iter([str]), [str]):
        (made,) = contract.wrap(source, BETWEEN)
        assert blamed(made).path == ("the range of", "element 0 of")


def test_a_generator_checks_what_goes_in_and_out() -> None:
    """Yields and results are the maker's, what is sent is the user's."""

    def talk(last: Any = "end") -> Generator[Any, Any, Any]:
        try:
            got = yield 1
        except KeyError:
            got = yield 9
        yield got
        return last

    contract = compile_contract(Generator[int, int, str])
    made = contract.wrap(talk(), BETWEEN)
    assert (next(made), made.send(5)) == (1, 5)
    with pytest.raises(StopIteration) as stopped:
        next(made)
    assert stopped.value.value == "end"
    made = contract.wrap(talk(), BETWEEN)
    next(made)
    error = blamed(lambda: made.send("x"))
    assert (error.blaming, error.path) == ("unit user", ("a value sent to",))
    assert made.throw(KeyError()) == 9
    made.close()
    made = contract.wrap(talk(3), BETWEEN)
    next(made), made.send(5)
    error = blamed(lambda: next(made))
    assert (error.blaming, error.path, error.given) == ("unit maker", ("the result of",), 3)

    def outer() -> Generator[int, int, str]:
        return (yield from contract.wrap(talk(), BETWEEN))

    running = outer()
    assert (next(running), running.send(5)) == (1, 5)
    with pytest.raises(StopIteration, match="end"):
        next(running)


def test_a_generator_function_results_in_a_checked_iterator() -> None:
    """A member that returns ``Iterator[T]`` is checked as its elements are produced."""

    def asked(n: int) -> Iterator[str]: ...

    made = method_of(asked).wrap(numbered, BETWEEN)(2)
    assert blamed(lambda: next(made)).path == ("element 0 of", "the range of")
    made.close()  # what is not checked is the generator's own


def test_an_async_function_is_checked_when_it_is_awaited() -> None:
    """It stays an async function, whose result is the maker's responsibility."""

    async def asked(n: int) -> int: ...

    async def grow(n: Any) -> Any:
        return n + n

    contract = method_of(asked)
    made = contract.wrap(grow, BETWEEN)
    assert inspect.iscoroutinefunction(made)
    assert asyncio.run(made(1)) == 2
    assert blamed(lambda: asyncio.run(made("x"))).blaming == "unit user"

    async def bad(n: Any) -> Any:
        return "bad"

    error = blamed(lambda: asyncio.run(contract.wrap(bad, BETWEEN)(1)))
    assert (error.blaming, error.path) == ("unit maker", ("the range of",))
    error = blamed(lambda: asyncio.run(contract.wrap(lambda n: n, BETWEEN)(1)))
    assert error.expected == "Awaitable[int]"


@pytest.mark.parametrize("annotation", [Awaitable[int], Coroutine[Any, Any, int]])
def test_a_result_to_await_is_checked_when_it_is_awaited(annotation: Any) -> None:
    """A coroutine stays a coroutine."""

    async def give(value: Any) -> Any:
        return value

    async def main() -> None:
        contract = compile_contract(annotation)
        made = contract.wrap(give(1), BETWEEN)
        assert inspect.iscoroutine(made)
        assert await made == 1
        with pytest.raises(ContractError) as caught:
            await contract.wrap(give("x"), BETWEEN)
        assert caught.value.path == ("the awaited value of",)

    asyncio.run(main())


def test_a_future_goes_on_being_one() -> None:
    """What can be awaited and more can still do the rest."""

    async def main() -> None:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        made = compile_contract(Awaitable[int]).wrap(future, BETWEEN)
        assert not made.done()
        future.set_result("x")
        with pytest.raises(ContractError):
            await made

    asyncio.run(main())


def test_asynchronous_iteration_is_checked_element_by_element() -> None:
    """Iterators, iterables and generators, also what is sent to them."""

    async def talk() -> AsyncGenerator[Any, Any]:
        try:
            got = yield 1
        except KeyError:
            got = yield 9
        yield got

    async def main() -> None:
        made = compile_contract(AsyncIterator[int]).wrap(talk(), BETWEEN)
        assert await anext(made) == 1
        with pytest.raises(ContractError) as caught:
            await anext(made)
        assert caught.value.path == ("element 1 of",)
        made = compile_contract(AsyncIterable[int]).wrap(talk(), BETWEEN)
        with pytest.raises(ContractError):
            assert [each async for each in made] == [1]
        made = compile_contract(AsyncGenerator[int, int]).wrap(talk(), BETWEEN)
        assert await anext(made) == 1
        with pytest.raises(ContractError) as caught:
            await made.asend("x")
        assert caught.value.blaming == "unit user"
        assert await made.athrow(KeyError()) == 9
        assert await made.asend(3) == 3
        await made.aclose()

    asyncio.run(main())


def test_what_a_context_manager_gives_is_checked_on_entry() -> None:
    """Synchronous and asynchronous ones; leaving is theirs."""

    @contextlib.contextmanager
    def give(value: Any) -> Iterator[Any]:
        with contextlib.suppress(KeyError):
            yield value

    @contextlib.asynccontextmanager
    async def give_async(value: Any) -> AsyncIterator[Any]:
        yield value

    contract = compile_contract(contextlib.AbstractContextManager[int])
    with contract.wrap(give(1), BETWEEN) as value:
        assert value == 1
        raise KeyError
    with pytest.raises(ContractError) as caught:
        contract.wrap(give("x"), BETWEEN).__enter__()
    assert caught.value.path == ("the value entered of",)

    async def main() -> None:
        contract = compile_contract(contextlib.AbstractAsyncContextManager[int])
        async with contract.wrap(give_async(1), BETWEEN) as value:
            assert value == 1
        with pytest.raises(ContractError):
            await contract.wrap(give_async("x"), BETWEEN).__aenter__()

    asyncio.run(main())


def test_what_is_checked_later_can_be_copied_where_the_value_can() -> None:
    """The copy goes on from the same place, and checks as well."""
    checked = compile_contract(Iterator[int]).wrap(iter([1, "a"]), BETWEEN)
    other = copy.deepcopy(checked)
    assert next(checked) == next(other) == 1
    assert blamed(lambda: next(other)).path == ("element 1 of",)
    assert blamed(lambda: next(checked)).path == ("element 1 of",)
