"""A function as a unit: annotated parameters import, the return annotation exports."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Annotated

import pytest

from signatures import Signature, provides
from tests.units.diaries import Clock, IClock, IDiary, IKey
from units import InvokeError, exports, invoke, invoke_result, link, tag, unit
from units._unit import Unit


@unit
def diary(clock: IClock, owner: str = "nobody") -> IDiary:
    """Keep what is written, with the time."""
    written: list[str] = []

    def write(text: str) -> None:
        written.append(f"{clock.now()} {text}")

    def pages() -> list[str]:
        return written

    return exports(locals())


def test_a_function_becomes_a_unit() -> None:
    """It has a name, a place, imports, settings and exports; nothing of it ran."""
    assert isinstance(diary, Unit)
    assert (diary.name, [str(i) for i in diary.imports]) == ("diary", ["IClock"])
    assert [str(e) for e in diary.exports] == ["IDiary"]
    assert diary.settings == ("owner",)
    assert repr(diary) == "<unit diary: (IClock) -> (IDiary)>"


def test_a_unit_is_callable_with_its_imports() -> None:
    """Called with components, it runs once and returns its component; settings may be given."""
    made = diary(Clock(), owner="Ann")
    made.write("hello")
    assert made.pages() == ["7 hello"]
    assert made.owner == "Ann"


def test_each_run_is_fresh() -> None:
    """Two components of one unit share nothing."""
    one, two = invoke(link(Clock, diary)), invoke(link(Clock, diary))
    one.write("x")
    assert (one.pages(), two.pages()) == (["7 x"], [])


def test_a_namespace_becomes_a_sealed_view() -> None:
    """Importers see the members and nothing else, and cannot assign (rule U7)."""
    made = diary(Clock())
    assert provides(made, IDiary)
    assert repr(made) == "<IDiary of diary>"
    for private in ("written", "clock"):
        with pytest.raises(AttributeError):
            getattr(made, private)
    with pytest.raises(AttributeError, match=r"imports cannot be assigned: IDiary\.owner"):
        made.owner = "me"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="imports cannot be assigned"):
        del made.write


def test_a_body_may_return_an_object() -> None:
    """An object that declares the signature, or merely has its members, is passed through."""

    @unit
    def clock() -> IClock:
        return Clock()

    thing = SimpleNamespace(now=lambda: 9)

    @unit
    def loose() -> IClock:
        return thing

    assert type(invoke(clock)) is Clock
    assert invoke(loose) is thing


def test_an_object_that_lacks_members_is_refused() -> None:
    """What the body returned is compared with the signature, and everything missing named."""

    @unit
    def clock() -> IClock:
        return {"now": 3}  # type: ignore[return-value]

    with pytest.raises(InvokeError, match=r"(?s)member: IClock.now.*hint: .*exports\(locals\(\)\)"):
        invoke(clock)


def test_definitions_may_be_handed_over_by_keyword() -> None:
    """``exports(now=...)`` needs no local of that name, and may add to ``locals()``."""

    @unit
    def clock() -> IClock:
        def later() -> int:
            return 8

        return exports(now=later)

    @unit
    def two() -> tuple[IClock, IKey]:
        def open() -> bool:
            return True

        return exports(locals(), now=lambda: 1)

    assert invoke(clock).now() == 8
    made = invoke(two)
    assert (made[0].now(), made[1].open()) == (1, True)


def test_several_exports_come_as_a_tuple() -> None:
    """One namespace, one object, or one part for each export."""

    class Both:
        def now(self) -> int:
            return 2

        def open(self) -> bool:
            return False

    @unit
    def one() -> tuple[IClock, IKey]:
        return Both()  # type: ignore[return-value]

    @unit
    def each() -> tuple[IClock, Annotated[IKey, tag("spare")]]:
        return Clock(), exports(open=lambda: True)

    @unit
    def short() -> tuple[IClock, IKey, IDiary]:
        return Clock(), Both()  # type: ignore[return-value]

    clock, key = invoke(one)
    assert clock is key
    assert [str(e) for e in each.exports] == ["IClock", "IKey (tag spare)"]
    assert invoke(each)[1].open()
    with pytest.raises(InvokeError, match=r"exports: IClock, IKey, IDiary\n  returned: 2"):
        invoke(short)


def test_a_unit_without_exports_has_the_value_of_its_body() -> None:
    """Racket: the result of a unit is the value of its last form (rule U2)."""

    @unit
    def main(clock: IClock) -> int:
        return clock.now() + 1

    assert invoke(main, Clock()) == 8
    assert invoke(link(Clock, main, exports=())) == 8
    assert main(Clock()) == 8


def test_a_unit_with_exports_names_its_result() -> None:
    """``__result__`` is a local of the function, or an attribute of the object."""

    @unit
    def clock() -> IClock:
        __result__ = "ticking"

        def now() -> int:
            return 1

        return exports(locals())

    @unit
    class Loud(IClock):
        __result__ = "loud"

        def now(self) -> int:
            return 1

    made, result = invoke_result(clock)
    assert (made.now(), result) == (1, "ticking")
    assert invoke_result(Loud)[1] == "loud"
    assert invoke(link(clock, exports=())) == "ticking"
    assert invoke(link(clock, Loud, exports=())) == "loud"


def test_a_partial_of_a_body_is_a_unit() -> None:
    """What `functools.partial` has filled in is no import any more."""

    def scale(clock: IClock, factor: int) -> int:
        return clock.now() * factor

    assert invoke(unit(partial(scale, factor=3)), Clock()) == 21


def test_units_are_first_class() -> None:
    """Functions return units, lists hold them; each closes over its surroundings (G1, U12)."""

    def fixed(at: int) -> Unit[[], IClock]:
        @unit
        def clock() -> IClock:
            def now() -> int:
                return at

            return exports(locals())

        return clock

    assert [invoke(u).now() for u in [fixed(1), fixed(2)]] == [1, 2]


def test_a_unit_that_cleans_up_is_not_invoked_plainly() -> None:
    """`invoke` names it and says what to use instead."""

    @unit
    def clock() -> Iterator[IClock]:
        yield Clock()

    @unit
    async def later() -> IClock:
        return Clock()

    assert [str(e) for e in clock.exports] == ["IClock"]
    with pytest.raises(
        InvokeError, match=r"unit: clock.*\n.*\n  its body is: generator\n  use: with"
    ):
        invoke(link(clock, exports=IClock))
    with pytest.raises(InvokeError, match="its body is: coroutine\n  use: await ainvoke"):
        invoke(later)
    with pytest.raises(InvokeError, match="its body is: generator"):
        clock()


def test_components_passed_by_hand_are_checked() -> None:
    """A component that cannot be what is imported is refused before the body runs."""
    ran = []

    @unit
    def main(clock: IClock, key: IKey | None = None) -> None:
        ran.append(clock)

    with pytest.raises(InvokeError, match="import: IClock\n  component: object object"):
        main(object())  # type: ignore[arg-type]
    main(SimpleNamespace(now=lambda: 2), None)
    assert len(ran) == 1


def test_exports_takes_a_mapping() -> None:
    """Handing over an object is explained."""
    with pytest.raises(TypeError, match="hint: return an object that has the members directly"):
        exports(Clock())  # type: ignore[arg-type]


def test_members_may_have_any_name() -> None:
    """Names that the machinery itself uses are no exception."""

    class IAwkward(Signature):
        self: int
        base: int
        extra: int
        name: int
        unit: int
        namespace: int

    @unit
    def awkward() -> IAwkward:
        self = base = extra = name = unit = namespace = 1
        return exports(locals())

    made = invoke(awkward)
    assert [getattr(made, each) for each in ("self", "base", "extra", "name")] == [1] * 4
