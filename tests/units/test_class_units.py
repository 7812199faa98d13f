"""A class as a unit: constructor parameters import, signatures implemented export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Optional

import pytest

from signatures import Signature, implementer, provides
from units import DefinitionError, InvokeError, invoke, link, tag, unit
from units._define import as_unit


class IType(Signature):
    def cast(self, letter: str) -> str: ...


class IPress(Signature):
    def print(self, word: str) -> list[str]: ...


@unit
class Foundry(IType):
    def cast(self, letter: str) -> str:
        return letter.upper()


@unit
@dataclass
class Press(IPress):
    type: IType
    copies: int = 1

    def print(self, word: str) -> list[str]:
        return [self.type.cast(letter) for letter in word] * self.copies


def test_the_class_stays_the_class_it_is() -> None:
    """A unit class can be constructed, subclassed and inspected as before."""
    assert isinstance(Foundry, type)
    assert Foundry().cast("a") == "A"
    assert Press(Foundry(), 2).print("a") == ["A", "A"]
    assert issubclass(type("Sub", (Press,), {}), Press)


def test_its_unit_rides_along() -> None:
    """Imports, exports and settings are read off the constructor and the bases."""
    press = as_unit(Press)
    assert press is not None
    assert [str(i) for i in press.imports] == ["IType"]
    assert [str(e) for e in press.exports] == ["IPress"]
    assert press.settings == ("copies",)  # type: ignore[attr-defined]
    assert repr(press) == "<unit Press: (IType) -> (IPress)>"
    assert press.location.startswith(__file__ + ":")


def test_importers_receive_the_very_object() -> None:
    """A component that declares the signature is passed through untouched."""
    made: list[IType] = []

    @unit
    class Keeper(IPress):
        def __init__(self, type: IType) -> None:
            made.append(type)

        def print(self, word: str) -> list[str]:
            return []

    component = invoke(link(Foundry, Keeper, exports=(IPress, IType)))
    assert type(made[0]) is Foundry
    assert component[1] is made[0]


def test_a_subclass_is_a_unit_of_its_own_only_when_decorated() -> None:
    """The parent's unit does not speak for a subclass, whose constructor may differ."""

    class Sub(Foundry): ...

    with pytest.raises(InvokeError, match="only a unit can be invoked"):
        invoke(Sub)
    assert invoke(unit(Sub)).cast("b") == "B"


def test_a_class_made_anew_by_a_later_decorator_is_still_the_unit() -> None:
    """``dataclass(slots=True)`` outside of ``unit`` copies the class; the copy is linked."""

    @dataclass(slots=True)
    @unit
    class Slotted(IPress):
        type: IType

        def print(self, word: str) -> list[str]:
            return [self.type.cast(word)]

    made = invoke(link(Foundry, Slotted, exports=IPress))
    assert type(made) is Slotted
    assert made.print("c") == ["C"]


def test_optional_imports_and_settings_keep_their_defaults() -> None:
    """Unsupplied, an optional import is what the default says; settings are never imports."""

    @unit
    class Shop:
        def __init__(
            self,
            press: Optional[IPress] = None,  # noqa: UP045 - the old spelling counts, too
            size: int = 3,
            type: IType | None = None,
            *,
            other: Annotated[IType | None, tag("other")] = None,
        ) -> None:
            self.seen = (press, size, type, other)

    assert invoke(link(Shop, exports=())).seen == (None, 3, None, None)
    assert invoke(Shop).seen == (None, 3, None, None)
    shop = as_unit(Shop)
    assert shop is not None
    assert [i.optional for i in shop.imports] == [True, True, True]
    assert [i.tag for i in shop.imports] == [None, None, "other"]


def test_a_supplied_optional_import_after_a_gap_goes_by_name() -> None:
    """What is left out in the middle does not shift the arguments behind it."""

    Named = Annotated[IType, tag("named")]

    @unit
    class Shop:
        def __init__(
            self,
            size: int = 2,
            press: IPress | None = None,
            type: IType | None = None,
            *,
            named: Named,
        ) -> None:
            self.seen = (size, type, named)

    shop = invoke(link(Foundry, Shop, exports=()))
    size, one, two = shop.seen
    assert size == 2
    assert one is two
    assert provides(one, IType)


def test_exports_are_the_most_specific_signatures() -> None:
    """A class that implements a signature and one extending it exports the extending one."""

    class IFineType(IType, Signature): ...

    @implementer(IFineType)
    class Fine(Foundry): ...

    found = as_unit(unit(Fine))
    assert found is not None
    assert [e.signature for e in found.exports] == [IFineType]


def test_a_class_that_lacks_a_method_is_refused_when_it_is_defined() -> None:
    """Everything missing is named at once, with the nearest right name."""
    with pytest.raises(DefinitionError) as caught:

        @unit
        class Bad(IType, IPress):
            def kast(self, letter: str) -> str:
                return letter

    first, second = caught.value.problems
    assert first.fields["member"] == "IType.cast"
    assert first.fields["did you mean"] == "kast"
    assert second.fields["got"] == "nothing in class Bad"
    assert str(first.fields["at"]).startswith(__file__)


def test_a_wrong_arity_is_refused_when_the_class_is_defined() -> None:
    """The message shows what the signature promises and what would go wrong."""
    with pytest.raises(DefinitionError, match=r"expected: cast\(letter\)\n  got: cast\(\): does"):

        @unit
        class Bad(IType):
            def cast(self) -> str:
                return ""


def test_a_parameter_is_an_import_or_has_a_default() -> None:
    """Anything else cannot be supplied by linking."""
    with pytest.raises(DefinitionError, match="parameter: size\n  annotation: int"):

        @unit
        class Bad:
            def __init__(self, size: int) -> None: ...


def test_importing_a_class_instead_of_its_signature_is_explained() -> None:
    """The hint names the signature that the class implements."""
    with pytest.raises(DefinitionError, match="annotation: Foundry\n  expected: IType"):

        @unit
        class Bad:
            def __init__(self, type: Foundry) -> None: ...


def test_only_classes_and_functions_can_be_units() -> None:
    """A value is no body."""
    with pytest.raises(DefinitionError, match="given: 5\n  expected: a class or a function"):
        unit(5)  # type: ignore[call-overload]
