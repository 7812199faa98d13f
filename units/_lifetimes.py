"""Invoke units whose bodies clean up after themselves, or wait.

A body that yields its component stops there until the block of `running` ends.  Then bodies go on
in the exact reverse of the order in which they began, as nested ``with`` statements would: an
exception of the block is thrown in at each yield, until a body handles it.  Unlike with nested
statements, an error of cleaning up does not take the place of an earlier one: the earlier one is
thrown into the other bodies all the same, and what is left at the end is raised together.

Bodies begin in one coroutine.  Where no body waits it never does either, so `running` takes it
through in one step, and a plan that is run often becomes straight-line code, as for `invoke`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import Any, TypeVar, overload

from signatures._frames import caller_module
from units._errors import InvokeError, Problem
from units._invoke import supply, unit_to_invoke
from units._plan import Plan, begun, plan_of, put
from units._reports import needs_more
from units._unit import NOTHING, FunctionUnit, Unit, is_unit

T = TypeVar("T")

#: What a body handed its component over with, and the unit, for those that go on afterwards.
Begun = tuple[Unit[..., Any], Any]


@overload
def running(u: type[T], /, *components: Any, **named: Any) -> AbstractContextManager[T]: ...
@overload
def running(
    u: Callable[..., Iterator[T]], /, *components: Any, **named: Any
) -> AbstractContextManager[T]: ...
@overload
def running(
    u: Callable[..., T], /, *components: Any, **named: Any
) -> AbstractContextManager[T]: ...
def running(u: Any, /, *components: Any, **named: Any) -> AbstractContextManager[Any]:
    """Invoke *u* for the length of a ``with`` block: ``with running(u) as component``.

    Arguments, and what ``as`` gets, are those of `invoke`.  When the block ends, bodies that
    yielded go on after their yield, the newest first; there the exception of the block is raised,
    until a body handles it, and what they raise is raised together.  The same object may be entered
    again afterwards: each time is a fresh invocation.

    Raises `InvokeError`, before any body runs, as `invoke` does, and if a body is async.
    """
    return _Running(u, components, named, _AT_ONCE)


@overload
def arunning(u: type[T], /, *components: Any, **named: Any) -> AbstractAsyncContextManager[T]: ...
@overload
def arunning(
    u: Callable[..., AsyncIterator[T]], /, *components: Any, **named: Any
) -> AbstractAsyncContextManager[T]: ...
@overload
def arunning(
    u: Callable[..., Iterator[T]], /, *components: Any, **named: Any
) -> AbstractAsyncContextManager[T]: ...
@overload
def arunning(
    u: Callable[..., Coroutine[Any, Any, T]], /, *components: Any, **named: Any
) -> AbstractAsyncContextManager[T]: ...
@overload
def arunning(
    u: Callable[..., T], /, *components: Any, **named: Any
) -> AbstractAsyncContextManager[T]: ...
def arunning(u: Any, /, *components: Any, **named: Any) -> AbstractAsyncContextManager[Any]:
    """Invoke *u* for the length of an ``async with`` block, whatever its bodies are.

    As `running`, but bodies may be async, too.  They run one after the other, in the order of
    linking.

    Raises `InvokeError`, before any body runs, as `invoke` does.
    """
    return _ARunning(u, components, named, _ALL)


@overload
async def ainvoke(u: type[T], /, *components: Any, **named: Any) -> T: ...
@overload
async def ainvoke(
    u: Callable[..., Coroutine[Any, Any, T]], /, *components: Any, **named: Any
) -> T: ...
@overload
async def ainvoke(u: Callable[..., T], /, *components: Any, **named: Any) -> T: ...
async def ainvoke(u: Any, /, *components: Any, **named: Any) -> Any:
    """Run the bodies of *u* once, waiting for those that are async; return what `invoke` does.

    Raises `InvokeError` as `invoke` does, and if a body inside cleans up.
    """
    return await _Block(u, components, named, _WITHOUT_END).begin([])


#: Which kinds of bodies each way to invoke can do: all but `invoke`, which does plain ones.
_AT_ONCE = frozenset({"plain", "generator"})
_WITHOUT_END = frozenset({"plain", "coroutine"})
_ALL = _AT_ONCE | _WITHOUT_END | {"async generator"}


class _Block:
    """What `running` and `arunning` have in common: a checked invocation, one block at a time."""

    __slots__ = ("_alive", "_given", "_plan", "_user")

    def __init__(
        self,
        u: Any,
        components: tuple[Any, ...],
        named: dict[str, Any],
        allowed: frozenset[str],
    ) -> None:
        found = u if is_unit(u) else unit_to_invoke(u)
        self._plan: Plan = found.__dict__.get("_plan") or plan_of(found)
        if not self._plan.kinds <= allowed:
            refused = [each for each in self._plan.refused if each.kind not in allowed]
            raise InvokeError(needs_more(each, self._plan.kinds) for each in refused)
        self._given: Sequence[Any] = ()
        if found.imports or components or named:
            self._given = supply(found, components, named)
        self._user = caller_module() if self._plan.outside else ""
        self._alive: list[Begun] | None = None

    def _enter(self) -> list[Begun]:
        if self._alive is not None:
            hint = "call running(unit) or arunning(unit) again for a block inside the block"
            raise InvokeError([Problem("the block is running already", {"hint": hint})])
        self._alive = []
        return self._alive

    def _leave(self) -> list[Begun]:
        alive, self._alive = self._alive or [], None
        return alive

    async def begin(self, alive: list[Begun]) -> Any:
        """Run every body as far as it hands over; put those that go on later into *alive*."""
        plan = self._plan
        slots = plan.slots(self._given)
        for form, steps in plan.blocks:
            if form is begun:
                for step in steps:
                    await _begin(slots, step, alive)
            else:
                form(slots, steps)
        made = plan.handed_out(slots)
        return plan.seen_outside(made, self._user) if plan.outside else made


class _Running(_Block, AbstractContextManager[Any, bool]):
    __slots__ = ()

    def __enter__(self) -> Any:
        alive = self._enter()
        plan = self._plan
        try:
            if plan.hot is not None:
                made = plan.hot(alive, *self._given)
                return plan.seen_outside(made, self._user) if plan.outside else made
            plan.count_run()
            return _at_once(self.begin(alive))
        except BaseException as error:
            left = _end(self._leave(), error)
            if left is None or left is error:
                raise
            raise left from left.__cause__

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        left = _end(self._leave(), error)
        if left is None or left is error:
            return left is None
        raise left


class _ARunning(_Block, AbstractAsyncContextManager[Any, bool]):
    __slots__ = ()

    async def __aenter__(self) -> Any:
        alive = self._enter()
        try:
            return await self.begin(alive)
        except BaseException as error:
            left = await _aend(self._leave(), error)
            if left is None or left is error:
                raise
            raise left from left.__cause__

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        left = await _aend(self._leave(), error)
        if left is None or left is error:
            return left is None
        raise left


def _at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Take *work*, in which nothing waits, through to its end."""
    try:
        work.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a body waited where none is async")


# -- beginning


async def _begin(slots: list[Any], step: Any, alive: list[Begun]) -> None:
    """Run the body of *step* as far as it hands over, and keep its components."""
    unit, positional, keywords, _, _, waiting = step
    named = {name: slots[slot] for name, slot in keywords}
    body = unit.body(*[slots[slot] for slot in positional], **named)
    if unit.kind != "coroutine":
        alive.append((unit, body))
    first = _first(unit, body)
    put(slots, step, await (first if waiting < 0 else slots[waiting].follow(body, first)))


async def _first(unit: FunctionUnit[..., Any], body: Any) -> Any:
    """Return what *body*, that of *unit*, hands over."""
    if unit.kind == "coroutine":
        return await body
    value = next(body, NOTHING) if unit.kind == "generator" else await anext(body, NOTHING)
    return unit.yielded(value)


# -- ending


def _end(alive: list[Begun], error: BaseException | None) -> BaseException | None:
    """Let every body of *alive* go on, the newest first; return the error that is left then.

    *error* is what ended the block.
    """
    errors = [] if error is None else [error]
    while alive:
        _go_on(*alive.pop(), errors)
    return _together(errors) if errors else None


async def _aend(alive: list[Begun], error: BaseException | None) -> BaseException | None:
    """Do what `_end` does where bodies may wait."""
    errors = [] if error is None else [error]
    while alive:
        unit, body = alive.pop()
        if unit.kind == "generator":
            _go_on(unit, body, errors)
        else:
            await _ago_on(unit, body, errors)
    return _together(errors) if errors else None


def _go_on(unit: Unit[..., Any], body: Any, errors: list[BaseException]) -> None:
    """Let one body clean up, with the first of *errors* thrown in; leave there what it leaves."""
    if body.gi_frame is None:
        return  # it failed while it began
    traceback = errors[0].__traceback__ if errors else None
    try:
        if (body.throw(errors[0]) if errors else next(body, NOTHING)) is not NOTHING:
            body.close()
            raise InvokeError([_twice(unit)])
    except StopIteration:
        del errors[:1]  # it was handled
    except BaseException as raised:  # noqa: BLE001 - raised when all have cleaned up
        _note(raised, unit, errors, traceback)


async def _ago_on(unit: Unit[..., Any], body: Any, errors: list[BaseException]) -> None:
    """Do what `_go_on` does with a body that waits."""
    if body.ag_frame is None:
        return
    traceback = errors[0].__traceback__ if errors else None
    try:
        if await (body.athrow(errors[0]) if errors else anext(body, NOTHING)) is not NOTHING:
            await body.aclose()
            raise InvokeError([_twice(unit)])
    except StopAsyncIteration:
        del errors[:1]
    except BaseException as raised:  # noqa: BLE001 - raised when all have cleaned up
        _note(raised, unit, errors, traceback)


def _note(
    raised: BaseException,
    unit: Unit[..., Any],
    errors: list[BaseException],
    traceback: TracebackType | None,
) -> None:
    """Note in *errors* what a body *raised*: the first again, one in its place, or one more.

    *traceback* is that of the first before it was thrown in.
    """
    thrown = errors[0] if errors else None
    if thrown is not None and (raised is thrown or _is_wrapped(thrown, raised)):
        thrown.__traceback__ = traceback  # without the way through this body
        return
    raised.add_note(f"while unit {unit.name} cleaned up ({unit.location})")
    if thrown is not None and _stands_for(raised, thrown):
        errors[0] = raised
    else:
        errors.append(raised)


def _twice(unit: Unit[..., Any]) -> Problem:
    hint = "yield the component once, and clean up behind that"
    fields = {"unit": unit.name, "at": unit.location, "hint": hint}
    return Problem("the body yields more than once", fields)


def _is_wrapped(thrown: BaseException, raised: BaseException) -> bool:
    """Tell whether *raised* is how a generator lets ``StopIteration`` through (PEP 479)."""
    stops = (StopIteration, StopAsyncIteration)
    return isinstance(thrown, stops) and raised.__cause__ is thrown


def _stands_for(raised: BaseException, thrown: BaseException) -> bool:
    """Tell whether *raised* takes the place of *thrown*: raised ``from`` it, or interrupted again."""
    cause: BaseException | None = raised
    while cause is not None:
        if cause is thrown:
            return True
        cause = cause.__cause__
    return type(raised) is type(thrown) and not isinstance(raised, Exception)


def _together(errors: list[BaseException]) -> BaseException:
    """Return the one error that stands for *errors*."""
    if len(errors) == 1:
        return errors[0]
    group = BaseExceptionGroup("errors while units cleaned up", errors)
    group.__suppress_context__ = True  # it is in the group
    return group
