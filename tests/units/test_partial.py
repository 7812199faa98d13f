"""`functools.partial` of a body, or of a unit, is a unit that lacks what was passed."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import pytest

from signatures import Signature
from units import (
    DefinitionError,
    LinkError,
    UninitializedError,
    exports,
    invoke,
    is_unit,
    link,
    tag,
    unit,
)


class IBread(Signature):
    flour: str

    def slices(self) -> int: ...


class IMill(Signature):
    def grind(self) -> str: ...


class IOven(Signature):
    def bake(self) -> str: ...


@unit
class Mill(IMill):
    def grind(self) -> str:
        return "rye"


class Bread(IBread):
    def __init__(
        self, mill: IMill, count: int, oven: IOven | None = None, thin: bool = False
    ) -> None:
        self.mill, self.count, self.oven = mill, count, oven
        self.flour = mill.grind()

    def slices(self) -> int:
        return self.count


@unit
class Loaf(IBread):
    def __init__(self, mill: IMill, count: int = 1, *, oven: IOven | None = None) -> None:
        self.flour, self.count, self.oven = mill.grind(), count, oven

    def slices(self) -> int:
        return self.count


@unit
def rolls(mill: IMill, count: int = 1) -> IBread:
    flour = mill.grind()

    def slices() -> int:
        return count

    return exports(locals())


@unit(imports=[IMill], exports=[IBread])
def toast(grind: Any, count: int = 1) -> Any:
    return exports(flour=grind(), slices=lambda: count)


@pytest.mark.parametrize("body", [Bread, Loaf, rolls, toast])
def test_a_setting_is_passed_and_the_imports_remain(body: Any) -> None:
    """The exports are those of the class or the unit."""
    made = unit(partial(body, count=7))
    assert [str(each) for each in made.exports] == ["IBread"]
    assert str(made.imports[0]) == "IMill"
    bread = invoke(link(Mill, made, exports=IBread))
    assert (bread.flour, bread.slices()) == ("rye", 7)
    assert is_unit(partial(body, count=7)) == (body is not Bread)


@pytest.mark.parametrize("body", [Loaf, rolls, toast])
def test_a_partial_of_a_unit_is_linked_as_it_is(body: Any) -> None:
    """Without making it a unit by hand."""
    assert invoke(link(Mill, partial(body, count=7), exports=IBread)).slices() == 7
    assert (
        invoke(link(Mill, partial(partial(body, count=7), count=8), exports=IBread)).slices() == 8
    )


def test_an_import_may_be_passed_too() -> None:
    """By position or by name; the others remain, those after it by name."""

    @unit
    class Oven(IOven):
        def bake(self) -> str:
            return "crust"

    made = unit(partial(Bread, Mill(), 2))
    assert [str(each) for each in made.imports] == ["IOven"]
    assert invoke(link(Oven, made, exports=IBread)).oven.bake() == "crust"
    made = unit(partial(Bread, count=2, mill=Mill()), name="named", seal=True)
    assert (made.name, str(made.imports[0])) == ("named", "IOven")
    bread = invoke(made)
    assert (bread.flour, bread.slices(), type(bread).__mro__[1].__name__) == ("rye", 2, "IBread")


def test_a_class_that_is_no_unit_does_not_become_one() -> None:
    """Only the partial is."""
    unit(partial(Bread, count=2))
    assert not is_unit(Bread)
    with pytest.raises(LinkError, match="only units can be linked"):
        link(Mill, Bread, exports=())


def test_dependencies_that_remain_are_kept() -> None:
    """Or said anew."""

    @unit(init_depend=[IMill])
    def eager(mill: IMill, oven: Annotated[IOven, tag("t")], count: int = 0) -> str:
        return mill.grind()

    assert [str(w) for w in unit(partial(eager, count=1)).init_depend] == ["IMill"]
    assert unit(partial(eager, Mill())).init_depend == ()
    made = unit(partial(eager, count=1), init_depend=[tag("t", IOven)])
    assert [str(w) for w in made.init_depend] == ["IOven (tag t)"]
    with pytest.raises(DefinitionError, match="initialization dependency on unknown import"):
        unit(partial(eager, Mill()), init_depend=[IMill])


@pytest.mark.parametrize("passed", [{"crumbs": 1}, {"mill": 1, "crumbs": 2}])
def test_what_the_body_does_not_take_is_refused(passed: dict[str, Any]) -> None:
    """Said with the body's parameters."""
    said = r"the body does not take what partial passes\n(.*\n)*  error: .*crumbs.*\n  body: Loaf\("
    with pytest.raises(DefinitionError, match=said):
        unit(partial(Loaf, **passed))


def test_only_bodies_are_partly_applied() -> None:
    """A compound takes components, and is linked to them instead."""
    with pytest.raises(DefinitionError, match="only a class or a function can be a unit"):
        unit(partial(link(Mill), 1))
    assert not is_unit(partial(link(Mill), 1))
    assert not is_unit(partial(print, 1))


def test_early_reads_find_what_the_class_has_set() -> None:
    """As in the class itself (U13)."""

    class IAsk(Signature):
        def ask(self) -> str: ...

    @unit
    def asks(bread: IBread) -> IAsk:
        def ask() -> str:
            return bread.flour

        return exports(locals())

    class Slow(IBread):
        def __init__(self, asker: IAsk, count: int) -> None:
            with pytest.raises(UninitializedError, match=r"IBread\.flour"):
                asker.ask()
            self.flour = "spelt"
            assert asker.ask() == "spelt"
            self.count = count

        def slices(self) -> int:
            return self.count

    assert invoke(link(asks, unit(partial(Slow, count=3)), exports=IBread)).slices() == 3
