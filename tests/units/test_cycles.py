"""Cycles and early reads: an import is a reference, read when it is used."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from signatures import Signature
from units import Link, UninitializedError, exports, invoke, link, part, tag, unit


class IEven(Signature):
    def even(self, n: int) -> bool: ...


class IOdd(Signature):
    def odd(self, n: int) -> bool: ...


@unit
def even_function(other: IOdd) -> IEven:
    def even(n: int) -> bool:
        return n == 0 or other.odd(n - 1)

    return exports(locals())


@unit
def odd_function(other: IEven) -> IOdd:
    def odd(n: int) -> bool:
        return n != 0 and other.even(n - 1)

    return exports(locals())


@unit
@dataclass
class EvenClass(IEven):
    other: IOdd

    def even(self, n: int) -> bool:
        return n == 0 or self.other.odd(n - 1)


@unit
@dataclass(slots=True)
class OddClass(IOdd):
    other: IEven

    def odd(self, n: int) -> bool:
        return n != 0 and self.other.even(n - 1)


@unit
def odd_object(other: IEven) -> IOdd:
    return OddClass(other)


@pytest.mark.parametrize("odd", [odd_function, OddClass, odd_object])
@pytest.mark.parametrize("even", [even_function, EvenClass])
@pytest.mark.parametrize("order", [1, -1])
def test_two_units_may_need_each_other(even: Any, odd: Any, order: int) -> None:
    """Any mixture of function, class and object units, in either order (rule C4)."""
    one, two = invoke(link(*[even, odd][::order], exports=(IEven, IOdd)))
    assert [one.even(n) for n in range(4)] == [True, False, True, False]
    assert [two.odd(n) for n in range(4)] == [False, True, False, True]


def test_the_object_of_a_class_unit_is_the_same_for_everybody() -> None:
    """Who gets it before it is initialized, and who gets it after, get one object."""
    even, odd = invoke(link(EvenClass, OddClass, exports=(IEven, IOdd)))
    assert even.other is odd  # type: ignore[attr-defined]
    assert odd.other is even  # type: ignore[attr-defined]
    assert (type(even), type(odd)) == (EvenClass, OddClass)


class ISource(Signature):
    @property
    def first(self) -> int: ...
    @property
    def second(self) -> int: ...
    def third(self) -> int: ...


class IPeek(Signature):
    def peek(self, name: str) -> Any: ...


@unit
def peek(source: ISource) -> IPeek:
    def peek(name: str) -> Any:
        return getattr(source, name)

    return exports(locals())


def said(peeker: Any, name: str) -> str:
    """Return what reading *name* early says."""
    with pytest.raises(UninitializedError) as caught:
        peeker.peek(name)
    return str(caught.value)


@unit
def function_source(peeker: IPeek) -> ISource:
    seen.append(said(peeker, "first"))
    first = 1
    seen.append(peeker.peek("first"))
    seen.append(said(peeker, "second"))

    def third() -> int:
        return 3

    seen.append(peeker.peek("third")())
    second = 2
    return exports(locals())


@unit
class ClassSource(ISource):
    def __init__(self, peeker: IPeek) -> None:
        seen.append(said(peeker, "first"))
        self.first = 1
        seen.append(peeker.peek("first"))
        seen.append(said(peeker, "second"))
        seen.append(peeker.peek("third")())
        self.second = 2

    def third(self) -> int:
        return 3


seen: list[Any] = []


@pytest.mark.parametrize("source", [function_source, ClassSource])
def test_an_export_is_readable_as_soon_as_its_own_definition_ran(source: Any) -> None:
    """Even while the rest of the body still runs (rule U13)."""
    seen.clear()
    made = invoke(link(peek, source, exports=ISource))
    unread, first, running, third = seen
    assert (first, third) == (1, 3)
    assert unread.startswith("ISource.first: undefined; cannot use before initialization")
    assert "its body is running, but has not come to it" in running
    name = getattr(source, "name", None) or source.__name__
    assert re.search(rf"defined by: {name} \({re.escape(__file__)}:\d+\)", running)
    assert (made.first, made.second, made.third()) == (1, 2, 3)


@pytest.mark.parametrize("source", [function_source, ClassSource])
def test_reading_before_the_unit_started_is_an_error(source: Any) -> None:
    """The message tells that the unit has not started, and what to do."""

    @unit
    def eager(source: ISource) -> IPeek:
        source.third  # noqa: B018
        return exports(peek=None)

    with pytest.raises(UninitializedError, match=r"(?s)ISource.third.*has not started.*link it"):
        invoke(link(eager, source, exports=()))


def test_what_is_no_member_is_an_ordinary_attribute_error() -> None:
    """A pending view knows its members only."""

    @unit
    def curious(source: ISource) -> IPeek:
        assert not hasattr(source, "fourth")
        return exports(peek=lambda name: getattr(source, name))

    invoke(link(curious, function_source, exports=()))
    invoke(link(curious, ClassSource, exports=()))


class IName(Signature):
    @property
    def name(self) -> str: ...


class IAsk(Signature):
    def ask(self) -> str: ...


def test_instances_of_a_unit_linked_twice_never_see_each_other() -> None:
    """Each waiting view knows whose body it waits for."""
    heard: list[str] = []

    @unit
    def ask(named: IName) -> IAsk:
        def ask() -> str:
            return named.name

        return exports(locals())

    @unit
    def named(own: Annotated[IAsk, tag("own")], other: Annotated[IAsk, tag("other")]) -> IName:
        try:
            heard.append(other.ask())
        except UninitializedError:
            heard.append("not yet")
        name = f"number {len(heard)}"
        heard.append(own.ask())
        return exports(locals())

    a1, a2, n1, n2 = Link(IAsk, "a1"), Link(IAsk, "a2"), Link(IName, "n1"), Link(IName, "n2")
    invoke(
        link(
            part(ask, n1, as_=a1),
            part(ask, n2, as_=a2),
            part(named, tag("own", a1), tag("other", a2), as_=n1),
            part(named, tag("own", a2), tag("other", a1), as_=n2),
            exports=(),
        )
    )
    assert heard == ["not yet", "number 1", "number 1", "number 3"]


def test_a_nested_invocation_of_the_same_unit_is_another_instance() -> None:
    """A body that invokes its own compound does not confuse the early readers (G2)."""
    depth: list[str] = []

    @unit
    def ask(named: IName) -> IAsk:
        def ask() -> str:
            return named.name

        return exports(locals())

    @unit
    def named(asker: IAsk) -> IName:
        name = f"depth {len(depth)}"
        depth.append(name)
        if len(depth) < 3:
            invoke(program)
        assert asker.ask() == name
        return exports(locals())

    program = link(ask, named, exports=IName)
    assert invoke(program).name == "depth 0"
    assert len(depth) == 3


def test_a_body_may_be_read_from_another_thread() -> None:
    """A thread started by the running body sees what is defined so far."""
    heard: list[int] = []

    @unit
    def source(peeker: IPeek) -> ISource:
        first = 1
        reader = threading.Thread(target=lambda: heard.append(peeker.peek("first")))
        reader.start()
        reader.join()
        second = 2

        def third() -> int:
            return 3

        return exports(locals())

    invoke(link(peek, source, exports=()))
    assert heard == [1]


def test_a_class_with_its_own_way_of_being_made_is_seen_through_a_view() -> None:
    """``__new__``, a metaclass or ``__init_subclass__`` run user code, so nothing is made early."""

    known: list[str] = []

    class Registered:
        def __init_subclass__(cls) -> None:
            known.append(cls.__name__)

    @unit
    class Odd(Registered, IOdd):
        def __init__(self, other: IEven) -> None:
            self.other = other

        def odd(self, n: int) -> bool:
            return n != 0 and self.other.even(n - 1)

    @unit
    class New(IOdd):
        def __new__(cls, other: IEven) -> New:
            self = super().__new__(cls)
            self.other = other
            return self

        other: IEven

        def odd(self, n: int) -> bool:
            return n != 0 and self.other.even(n - 1)

    for odd in (Odd, New):
        made = invoke(link(even_function, odd, exports=IEven))
        assert made.even(10)
        assert repr(made) == "<IEven of even_function>"
    assert known == ["Odd"]


def test_a_class_with_getattr_keeps_it_while_it_is_initialized() -> None:
    """Members count as undefined until they are set; other names go the class's own way."""

    @unit
    class Source(ISource):
        first = second = 0

        def __init__(self, peeker: IPeek) -> None:
            assert peeker.peek("anything") == "made up"
            assert peeker.peek("first") == 0

        def third(self) -> int:
            return 3

        def __getattr__(self, name: str) -> str:
            return "made up"

    assert invoke(link(peek, Source, exports=ISource)).third() == 3


def test_after_a_failed_body_the_next_invocation_is_fresh() -> None:
    """The exception propagates; nothing of the failed run is left (rule U14)."""
    fail = [True]

    @unit
    def source(peeker: IPeek) -> ISource:
        first = second = 1
        if fail:
            fail.clear()
            raise RuntimeError("first time")

        def third() -> int:
            return 3

        return exports(locals())

    program = link(peek, source, exports=IPeek)
    with pytest.raises(RuntimeError, match="first time"):
        invoke(program)
    assert invoke(program).peek("first") == 1
