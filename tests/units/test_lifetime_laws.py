"""Laws of cleaning up, over random rows of bodies that hold, handle or raise errors.

With one error at most, everything is as with nested ``with`` statements, which is the model; with
more, nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from signatures import make_signature
from units import arunning, exports, link, running, unit


class Broken(Exception):
    """What goes wrong on purpose."""


@dataclass
class Row:
    """Bodies in a row: what each *kind* does, where errors come from, and what happened."""

    kinds: list[str]
    #: The numbers of the bodies that fail while they begin, and while they end; -1 is the block.
    begin: set[int] = field(default_factory=set)
    end: set[int] = field(default_factory=set)
    events: list[str] = field(default_factory=list)

    def bodies(self) -> list[Callable[[], Any]]:
        return [self.body(number, kind) for number, kind in enumerate(self.kinds)]

    def body(self, number: int, kind: str) -> Callable[[], Any]:
        def plain() -> Any:
            self.fails(number, self.begin, "begins")
            return exports()

        def living() -> Iterator[Any]:
            plain()
            try:
                yield exports()
            except Exception as error:
                self.events.append(f"{number} sees {error}")
                if kind != "handling":
                    raise
            finally:
                self.fails(number, self.end, "ends")

        return plain if kind == "plain" else living

    def fails(self, number: int, failing: set[int], what: str) -> None:
        self.events.append(f"{number} {what}")
        if number in failing:
            raise Broken(f"{number} {what}")

    def run(self) -> str:
        """Run the row as units; return what is raised."""
        made = [unit(body, exports=(), imports=()) for body in self.bodies()]
        try:
            with running(link(*made, exports=())):
                self.fails(-1, self.begin, "is the block")
        except ExceptionGroup as group:
            return ", ".join(map(str, group.exceptions))
        except Broken as error:
            return str(error)
        return ""

    def nest(self) -> str:
        """Run the row as nested ``with`` statements, which raise what a body raised in any case."""
        raised = ""
        try:
            with ExitStack() as stack:
                for body in self.bodies():
                    try:
                        body() if body.__name__ == "plain" else stack.enter_context(
                            contextmanager(body)()
                        )
                    except Broken as error:
                        raised = str(error)
                        raise
                self.fails(-1, self.begin, "is the block")
        except Broken as error:
            return str(error)
        return raised


kinds = st.lists(st.sampled_from(["plain", "living", "handling"]), min_size=1, max_size=8)
some = st.sets(st.integers(-1, 7), max_size=8)


@given(kinds, st.integers(-1, 9), st.booleans())
def test_with_one_error_all_is_as_with_nested_statements(
    kinds: list[str], failing: int, ending: bool
) -> None:
    """The same events in the same order, and the same exception."""
    where = (set[int](), {failing}) if ending else ({failing}, set[int]())
    ours, theirs = Row(kinds, *where), Row(kinds, *where)
    assert (ours.run(), ours.events) == (theirs.nest(), theirs.events)


@given(kinds, some, some)
def test_with_many_errors_none_is_lost(kinds: list[str], begin: set[int], end: set[int]) -> None:
    """Bodies end in the exact reverse order; each error was handled by a body, or is raised."""
    row = Row(kinds, begin, end)
    raised = row.run().split(", ")
    plain = [event.split() for event in row.events if " sees " not in event]
    began = [int(number) for number, what in (e[:2] for e in plain) if what == "begins"]
    ended = [int(number) for number, what in (e[:2] for e in plain) if what == "ends"]
    lived = [n for n in began if kinds[n] != "plain" and n not in begin]
    assert ended == lived[::-1]
    handled = [
        event.partition(" sees ")[2]
        for event in row.events
        if " sees " in event and kinds[int(event.split()[0])] == "handling"
    ]
    happened = [f"{n} begins" for n in began if n in begin]
    happened += ["-1 is the block"] if -1 in begin and "-1 is the block" in row.events else []
    happened += [f"{n} ends" for n in ended if n in end]
    for error in happened:
        assert (error in raised) or (error in handled)
    assert set(filter(None, raised)) <= set(happened)


SIGNATURES = [make_signature(f"I{n}", [f"tell{n}"]) for n in range(7)]


@given(
    st.lists(st.sets(st.integers(0, 6), max_size=4), min_size=1, max_size=7),
    st.lists(st.booleans(), min_size=7, max_size=7),
    st.permutations(range(7)),
)
def test_in_any_graph_what_ends_is_needed_by_nobody_that_lives(
    needs: list[set[int]], waits: list[bool], order: list[int]
) -> None:
    """Whatever imports what, in cycles too: bodies end in the exact reverse of their beginning."""
    size = len(needs)
    began: list[int] = []
    ended: list[int] = []

    def body(number: int) -> Any:
        def living(*_: Any) -> Iterator[Any]:
            began.append(number)
            yield exports({f"tell{number}": lambda: number})
            ended.append(number)

        async def waiting(*_: Any) -> AsyncIterator[Any]:
            await asyncio.sleep(0)
            began.append(number)
            yield exports({f"tell{number}": lambda: number})
            await asyncio.sleep(0)
            ended.append(number)

        imported = [SIGNATURES[n] for n in sorted(needs[number]) if n < size and n != number]
        return unit(
            waiting if waits[number] else living,
            imports=imported,
            exports=[SIGNATURES[number]],
            name=f"u{number}",
        )

    wanted = [number for number in order if number < size]
    program = link(*map(body, wanted), exports=[SIGNATURES[n] for n in range(size)], sort=True)

    async def main() -> None:
        async with arunning(program):
            assert sorted(began) == list(range(size))
            assert ended == []

    if any(waits[:size]):
        asyncio.run(main())
    else:
        with running(program):
            assert ended == []
    assert ended == began[::-1]
