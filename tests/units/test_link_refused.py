"""What linking refuses, and how it says so."""

from __future__ import annotations

from signatures import Signature
from tests.units import presses
from tests.units.presses import (
    Doubling,
    Fine,
    IFineType,
    IPress,
    IType,
    Lower,
    Upper,
    both,
    failing,
    press,
)
from units import (
    Link,
    invoke,
    link,
    part,
    unit,
)


def test_a_missing_import_names_unit_place_and_parameter() -> None:
    """The reader knows what to link where."""
    text = str(failing(press, exports=IPress))
    assert "no linkage satisfies an import\n  import: IType\n  parameter: type" in text
    assert f"of unit: press ({presses.__file__}:" in text
    assert "hint: link a unit that exports it, or list it in imports=" in text


def test_a_signature_of_the_same_name_is_not_the_same() -> None:
    """Signatures are nominal; the message says so when names are equal."""
    original = IType

    def elsewhere() -> object:
        class IType(Signature):
            def cast(self, letter: str) -> str: ...

        @unit
        class Other(IType):
            def cast(self, letter: str) -> str:
                return letter

        assert IType is not original
        return Other

    text = str(failing(elsewhere(), press, exports=IPress))
    assert "did you mean: another signature of the name IType: they are not equal" in text


def test_an_ambiguous_import_names_the_suppliers() -> None:
    """Ambiguity is reported only where an import needs it (rule F3)."""
    invoke(link(Upper, Lower, exports=()))
    text = str(failing(Upper, Lower, press, exports=IPress))
    assert "multiple linkages satisfy one import\n  import: IType" in text
    assert "suppliers: Upper (IType), Lower (IType)" in text
    assert "hint: name the one that is meant: part(press, a_link)" in text
    tagged = str(failing(Upper, Lower, both, exports=()))
    assert 'hint: name the one that is meant: part(both, tag("left", a_link))' in tagged
    assert "multiple linkages" in str(failing(Upper, press, imports=IType, exports=IPress))
    assert "multiple linkages" in str(failing(Upper, Doubling, exports=()))


def test_what_is_no_unit_is_named() -> None:
    """Components, subclasses, plain functions, signatures and lists each get their own hint."""

    class Sub(Upper): ...

    def plain(type: IType) -> None: ...

    error = failing(Upper(), Sub, plain, 7, IType, [Upper], press(Upper()), exports=())
    hints = [p.fields["hint"] for p in error.problems]
    assert len(error.problems) == 7
    assert str(hints[0]).startswith("this is a component")
    assert hints[1] == "its parent Upper is a unit; decorate the subclass with @unit, too"
    assert hints[2:4] == ["decorate it with @unit", None]
    assert str(error.problems[2].fields["at"]).startswith(__file__)
    assert error.problems[4].fields["given"] == "signature IType"
    assert hints[4] == "a signature only asks; name a unit that exports it"
    assert hints[5] == "name the units one after the other, without brackets"
    assert hints[6] == hints[0]


def test_exports_must_be_had_exactly_once() -> None:
    """None, several, or an import of the compound: each refused with its own words (F5, C7)."""
    assert "no sub unit exports this signature" in str(failing(Upper, exports=IPress))
    assert "multiple sub units export" in str(failing(Upper, Lower, exports=IType))
    assert "cannot directly export an import" in str(failing(imports=IType, exports=IType))
    one = Link(IType, "one")
    assert "extends that of another" in str(
        failing(Fine, part(Upper, as_=one), exports=(IFineType, one))
    )
    assert "an export of a compound is a signature" in str(failing(Upper, exports=3))


def test_links_must_be_known_and_named_once() -> None:
    """Unknown and duplicate link names are refused (rules C6, F4)."""
    one = Link(IType, "one")
    assert "unknown linking identifier" in str(failing(part(press, one), exports=()))
    assert "unknown linking identifier" in str(failing(Upper, exports=one))
    assert "duplicate linking identifier" in str(
        failing(part(Upper, as_=one), part(Lower, as_=one), exports=())
    )
    assert "as_ takes links" in str(failing(part(Upper, as_=IType), exports=()))
    assert "this export is not supplied by the given unit" in str(
        failing(part(Upper, as_=Link(IPress)), exports=())
    )


def test_a_name_does_not_narrow() -> None:
    """Naming an export by its ancestor keeps what it is (rule F4)."""

    @unit
    def wants(fine: IFineType) -> str:
        return fine.serif()

    one = Link(IType, "one")
    assert invoke(link(part(Fine, as_=one), part(wants, one), exports=())) == "Garamond"


def test_supplied_links_must_not_overlap() -> None:
    """Two links for one import, or related ones, are refused (rules C10, F4)."""
    one, two = Link(IType, "one"), Link(IType, "two")
    units = [part(Upper, as_=one), part(Lower, as_=two), part(press, one, two)]
    text = str(failing(*units, exports=()))
    assert "the signature of one supplied link extends that of another" in text
    assert "specified linkages satisfy one import" in text


def test_every_problem_is_reported_together() -> None:
    """Linking goes on after the first problem."""
    error = failing(press, both, 3, exports=(IFineType,))
    assert len(error.problems) == 5
    assert str(error).startswith("5 problems\n1. only units can be linked")
