"""Parameters: read, set, scoped, guarded, each thread and task with its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from netsmtp.parameters import Parameter, inheriting
from netsmtp.smtp import smtp_sending_end_of_message, smtp_sending_server


def positive(n: int) -> int:
    if n <= 0:
        raise ValueError
    return n


def in_thread(procedure: object) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(procedure()))  # type: ignore[operator]
    thread.start()
    thread.join()
    return found[0]


def test_reads_sets_and_scopes() -> None:
    """p() reads, p(v) sets, parameterize sets for a block and restores whatever was set inside."""
    p = Parameter("p", 1)
    assert p() == 1
    p(2)
    with p.parameterize(3):
        assert p() == 3
        p(4)
        assert p() == 4
    assert p() == 2
    assert repr(p) == "<parameter p>"


def test_block_is_restored_after_an_exception() -> None:
    """An exception leaves no value behind."""
    p = Parameter("p", 1)
    with pytest.raises(KeyError), p.parameterize(2):
        raise KeyError
    assert p() == 1


def test_guard_sees_every_value() -> None:
    """What the guard refuses is not set, by either way."""
    p = Parameter("p", 1, guard=positive)
    with pytest.raises(ValueError), p.parameterize(0):  # noqa: PT011 - its own
        pass
    with pytest.raises(ValueError):  # noqa: PT011 - its own
        p(-1)
    assert p() == 1


def test_thread_starts_with_what_was_set() -> None:
    """A new thread sees what was set, and a block's value with its context."""
    p = Parameter("p", 1)
    p(2)
    assert in_thread(p) == 2
    with p.parameterize(3):
        context = contextvars.copy_context()
        assert in_thread(lambda: context.run(p)) == 3
    in_thread(lambda: p(9))
    assert p() == 2


def test_inheriting_thread_starts_with_a_blocks_value() -> None:
    """What Racket's threads do by themselves: the values of where it was made, whenever it runs."""
    p = Parameter("p", 1)
    with p.parameterize(3):
        p(4)
        work = inheriting(p)
        p(5)
    assert in_thread(work) == 4
    assert in_thread(lambda: work()) == 4
    assert p() == 1


def test_inheriting_threads_keep_their_own() -> None:
    """What one call sets neither another one nor the parent sees; its own children do."""
    p = Parameter("p", 1)

    def child(n: int) -> tuple[object, ...]:
        before = p()
        p(n)
        return before, p(), in_thread(inheriting(p)), in_thread(p)

    with p.parameterize(2), ThreadPoolExecutor(3) as pool:
        work = inheriting(child)
        assert list(pool.map(work, [7, 8])) == [(2, 7, 7, 1), (2, 8, 8, 1)]
        assert pool.submit(work, n=9).result() == (2, 9, 9, 1)
        assert p() == 2
    assert work.__name__ == "child"


def test_what_a_task_sets_is_its_own_outside_blocks_too() -> None:
    """Another task, a thread and the program after the loop do not see it."""
    p = Parameter("p", 1)

    async def child(n: int) -> int:
        p(n)
        await asyncio.sleep(0)
        return p()

    async def parent() -> list[object]:
        found = await asyncio.gather(child(6), child(7))
        return [*found, p(), in_thread(p)]

    assert asyncio.run(parent()) == [6, 7, 1, 1]
    assert p() == 1


def test_task_starts_with_its_parents_value_and_keeps_its_own() -> None:
    """Tasks inherit, and what one sets no other sees."""
    p = Parameter("p", 1)

    async def child(n: int) -> tuple[int, int]:
        before = p()
        p(n)
        await asyncio.to_thread(lambda: None)
        return before, p()

    async def parent() -> list[tuple[int, int]]:
        with p.parameterize(5):
            return list(await asyncio.gather(child(6), child(7)))

    assert asyncio.run(parent()) == [(5, 6), (5, 7)]
    assert p() == 1


def test_task_does_not_see_what_is_set_after_it_was_made() -> None:
    """As in Racket, a task that waits while the program sets keeps what it began with."""
    p = Parameter("p", 1)

    async def waiting() -> int:
        await asyncio.sleep(0)
        return p()

    async def begun() -> asyncio.Task[int]:
        return asyncio.ensure_future(waiting())

    with asyncio.Runner() as runner:
        task = runner.run(begun())
        p(2)
        assert in_thread(p) == 2

        async def ended() -> int:
            return await task

        assert runner.run(ended()) == 1


@pytest.mark.parametrize("wrong", [5, None, lambda needed: None])
def test_end_of_message_takes_a_procedure_of_no_arguments(wrong: object) -> None:
    """Anything else is refused when it is set, not when it is called."""
    with pytest.raises(TypeError, match="smtp_sending_end_of_message"):
        smtp_sending_end_of_message(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("right", [lambda: 5, lambda optional=1: None, lambda *rest: None, dict])
def test_end_of_message_takes_what_can_be_called_without_arguments(right: object) -> None:
    """Optional arguments do not matter; builtins whose arguments are unknown are believed."""
    with smtp_sending_end_of_message.parameterize(right):  # type: ignore[arg-type]
        assert smtp_sending_end_of_message() is right


def test_sending_server_is_localhost() -> None:
    """The name EHLO gives is Racket's."""
    assert smtp_sending_server() == "localhost"
