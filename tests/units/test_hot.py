"""A plan that is invoked often is written out as code, and does what it did before."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from signatures import Signature, contracted, derived
from units import exports, invoke, link, tag, unit
from units._link import AnyUnit
from units._plan import OFTEN, plan_of


class INumber(Signature):
    def value(self) -> int: ...


class IText(Signature):
    @contracted
    def text(self, times: int) -> str: ...
    @property
    @derived
    def twice(self) -> str:
        return self.text(2)


class IOther(Signature):
    def other(self) -> int: ...


@unit
class One(INumber):
    def value(self) -> int:
        return 1


@unit
def both(
    number: INumber, scale: int = 2, *, more: Annotated[INumber, tag("more")]
) -> tuple[IText, IOther]:
    def text(times: int) -> str:
        return "x" * times

    def other() -> int:
        return number.value() * scale + more.value()

    return exports(locals())


@unit
def main(text: IText, other: IOther, number: INumber) -> tuple[str, int, int]:
    return text.twice, other.other(), number.value()


@unit
class Four:
    def __init__(self, a: INumber, b: IText, c: IOther, d: Annotated[INumber, tag("d")]) -> None:
        self.seen = (a.value(), b.text(1), c.other(), d.value())


def often(program: Any, *components: Any) -> list[Any]:
    """Return the result of each of more invocations than a plan stays a loop for."""
    return [invoke(program, *components) for _ in range(OFTEN + 5)]


def heated(program: Any) -> bool:
    """Tell whether *program* is written out."""
    return plan_of(program).hot is not None


def test_results_are_the_same_before_and_after() -> None:
    """Settings, keyword-only imports, several exports, derived values, contracts, the result."""
    program = link(One, both, main, exports=())
    assert often(program) == [("xx", 3, 1)] * (OFTEN + 5)
    assert heated(program)


def test_a_class_with_many_imports_and_no_exports_is_the_result() -> None:
    """As before it was written out."""
    program = link(One, both, Four, exports=())
    assert {each.seen for each in often(program)} == {(1, "x", 3, 1)}
    assert heated(program)


@pytest.mark.parametrize("wanted", [INumber, (INumber, IOther), ()])
def test_components_come_as_before(wanted: Any) -> None:
    """One alone, several as a tuple, none as the result of the last unit."""
    units: list[AnyUnit] = [One, both]
    made = often(link(*units, exports=wanted))
    assert len({type(each) for each in made}) == 1
    assert heated(link(*units, exports=wanted)) is False  # another compound, another plan


def test_imports_are_passed_on() -> None:
    """A compound with imports is a function of them."""
    program = link(both, main, imports=INumber, exports=())
    assert often(program, One()) == [("xx", 3, 1)] * (OFTEN + 5)
    assert heated(program)


def test_every_invocation_stays_fresh() -> None:
    """No two share a component."""
    made = often(link(One, exports=INumber))
    assert len({id(each) for each in made}) == len(made)


def test_what_a_body_raises_comes_out() -> None:
    """From the written-out code as from the loop."""
    fail: list[int] = []

    @unit
    def failing(number: INumber) -> int:
        if fail:
            raise RuntimeError("now")
        return number.value()

    program = link(One, failing, exports=())
    assert often(program)[-1] == 1
    fail.append(1)
    with pytest.raises(RuntimeError, match="now"):
        invoke(program)


def test_a_cycle_stays_a_loop() -> None:
    """What must exist early has no straight line."""

    @unit
    def number(other: IOther) -> INumber:
        return exports(value=lambda: 7)

    @unit
    def other(number: INumber) -> IOther:
        return exports(other=lambda: number.value())

    program = link(number, other, exports=IOther)
    assert [made.other() for made in often(program)] == [7] * (OFTEN + 5)
    assert not heated(program)
