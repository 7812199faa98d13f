"""Linking: who supplies each import, explicitly and by inference."""

from __future__ import annotations

from typing import Annotated

import pytest

from signatures import Signature
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
    InvokeError,
    Link,
    LinkError,
    exports,
    invoke,
    invoke_result,
    link,
    part,
    tag,
    unit,
)


def test_an_import_is_supplied_by_the_export_of_its_signature() -> None:
    """The order of the units is the order of the bodies, not that of supply."""
    assert invoke(link(Upper, press, exports=IPress)).print("ab") == "AB"
    assert invoke(link(press, Upper, exports=IPress)).print("ab") == "AB"


def test_an_export_of_an_extending_signature_supplies_too() -> None:
    """A sub-signature satisfies an ancestor's import, never the reverse (rule F6)."""

    @unit
    def wants(fine: IFineType) -> str:
        return fine.serif()

    assert invoke(link(Fine, press, exports=IPress)).print("ab") == "~a~b"
    with pytest.raises(LinkError, match=r"did you mean: Upper \(IType\), which does not extend"):
        link(Upper, wants, exports=())


def test_exports_may_be_one_several_or_left_out() -> None:
    """One comes alone, a tuple as a tuple; left out, the last unit's exports are exported."""
    assert invoke(link(Upper, press)).print("a") == "A"
    type, printer = invoke(link(Upper, press, exports=(IType, IPress)))
    assert (type.cast("a"), printer.print("a")) == ("A", "A")
    assert invoke(link(Upper, press, exports=[IPress]))[0].print("a") == "A"


def test_a_program_has_the_result_of_its_last_unit() -> None:
    """``exports=()``: Racket's compound with an empty export clause (rule C2)."""

    @unit
    def main(printer: IPress) -> str:
        return printer.print("done")

    program = link(Upper, press, main, exports=())
    assert invoke(program) == "DONE"
    assert invoke(link(exports=())) is None
    assert invoke_result(link(press, Upper, main, exports=IType))[1] == "DONE"


def test_a_unit_linked_twice_is_two_instances_told_apart_by_tags() -> None:
    """Explicit links pass one export to one import (rules T1, C13)."""
    one, two = Link(IType, "one"), Link(IType, "two")

    def wired(left: Link[IType], right: Link[IType]) -> str:
        made: str = invoke(
            link(
                part(Upper, as_=one),
                part(Lower, as_=two),
                part(both, tag("left", left), tag("right", right)),
                exports=(),
            )
        )
        return made

    assert [wired(one, two), wired(two, one), wired(one, one)] == ["Ab", "aB", "AB"]

    seen: list[object] = []

    @unit
    def same(left: Annotated[IType, tag("left")], right: Annotated[IType, tag("right")]) -> None:
        seen.extend((left, right))

    again = Link(IType, "again")
    twice = [part(Upper, as_=one), part(Upper, as_=again)]
    invoke(link(*twice, part(same, tag("left", one), tag("right", again)), exports=()))
    assert seen[0] is not seen[1]


def test_one_supplier_serves_imports_of_any_tag() -> None:
    """A single supplier is taken whatever its tag (rule F7)."""
    assert invoke(link(Upper, both, exports=())) == "AB"


def test_among_several_suppliers_the_one_with_the_tag_is_taken() -> None:
    """Tags make inference possible where Racket calls it ambiguous."""

    @unit
    def left() -> Annotated[IType, tag("left")]:
        return Upper()

    @unit
    def right() -> Annotated[IType, tag("right")]:
        return Lower()

    assert invoke(link(right, left, both, exports=())) == "Ab"


def test_a_decorator_unit_is_linked_by_hand() -> None:
    """It imports what it exports, so a link says which is which."""
    plain, doubled = Link(IType, "plain"), Link(IType, "doubled")
    linked = link(
        part(Upper, as_=plain),
        part(Doubling, tag("inner", plain), as_=doubled),
        part(press, doubled),
        exports=(IPress, tag("plain", plain)),
    )
    printer, type = invoke(linked)
    assert (printer.print("ab"), type.cast("a")) == ("AABB", "A")


def test_a_unit_that_imports_what_it_exports_supplies_itself_when_nobody_else_does() -> None:
    """A self-link (rule F8)."""

    class IFactorial(Signature):
        def of(self, n: int) -> int: ...

    @unit
    def factorial(me: IFactorial) -> IFactorial:
        def of(n: int) -> int:
            return 1 if n == 0 else n * me.of(n - 1)

        return exports(locals())

    assert invoke(link(factorial, exports=IFactorial)).of(5) == 120


def test_a_compound_imports_what_it_lists() -> None:
    """What a compound imports is passed when it is invoked, or supplied when it is linked."""
    inner = link(press, imports=IType, exports=IPress)
    assert [str(i) for i in inner.imports] == ["IType"]
    assert invoke(inner, Upper()).print("a") == "A"
    assert inner(Lower()).print("A") == "a"
    assert invoke(link(Fine, inner, exports=IPress)).print("a") == "~a"


def test_imports_of_a_compound_may_be_links_and_tagged() -> None:
    """A compound may import one signature twice (rule C12)."""
    one, two = Link(IType, "one"), Link(IType, "two")
    compound = link(
        part(both, tag("left", one), tag("right", two)),
        imports=[one, tag("second", two)],
        exports=(),
    )
    assert invoke(compound, Upper(), Lower()) == "Ab"
    assert invoke(compound, Upper(), second=Lower()) == "Ab"


def test_compounds_nest_and_hide_what_they_do_not_export() -> None:
    """Only listed exports can be reached (rule C12)."""
    inner = link(Upper, press, exports=IPress)
    assert invoke(link(inner, exports=IPress)).print("x") == "X"
    with pytest.raises(LinkError, match="no sub unit exports this signature\n  export: IType"):
        link(inner, exports=IType)


def test_a_nested_compound_runs_at_its_place() -> None:
    """Bodies run in the order of the text, inside and outside (rule C12)."""
    ran: list[str] = []

    def noting(name: str) -> object:
        @unit(name=name)
        def note() -> None:
            ran.append(name)

        return note

    inner = link(noting("i1"), noting("i2"), exports=())
    invoke(link(noting("o1"), inner, noting("o2"), inner, exports=()))
    assert ran == ["o1", "i1", "i2", "o2", "i1", "i2"]


def test_sort_asks_for_suppliers_first() -> None:
    """Everything keeps its order except where a supplier comes late."""

    @unit
    class Eager(IPress):
        def __init__(self, type: IType) -> None:
            self.letter = type.cast("q")

        def print(self, word: str) -> str:
            return self.letter

    assert invoke(link(Eager, Upper, exports=IPress, sort=True)).print("") == "Q"
    assert invoke(link(Eager, Upper, sort=True)).cast("a") == "A"  # the last one's exports


def test_linking_runs_no_body() -> None:
    """Errors and successes alike are found before anything runs (rule C5)."""
    ran = []

    @unit
    def loud(type: IType) -> None:
        ran.append(1)

    link(Upper, loud, exports=())
    with pytest.raises(LinkError):
        link(loud, exports=())
    assert not ran


def test_an_optional_import_may_stay_unsupplied_but_not_ambiguous() -> None:
    """Nobody is fine, one is taken, two are an ambiguity."""

    @unit
    def main(type: IType | None = None) -> str:
        return "none" if type is None else type.cast("a")

    assert invoke(link(main, exports=())) == "none"
    assert invoke(link(Upper, main, exports=())) == "A"
    assert "multiple linkages" in str(failing(Upper, Lower, main, exports=()))


def test_invoking_needs_a_component_for_each_import() -> None:
    """Missing, superfluous and unfit components are refused together, before any body runs."""
    compound = link(press, imports=IType, exports=IPress)
    with pytest.raises(InvokeError, match=r"an import is not supplied\n.*\n.*\n  import: IType"):
        invoke(compound)
    with pytest.raises(InvokeError, match=r"member: IType\.cast\n  expected: cast"):
        invoke(compound, object())
    with pytest.raises(InvokeError, match="no import is left for a component"):
        invoke(compound, Upper(), Lower())
    with pytest.raises(
        InvokeError, match=r"left for a component\n.*\n.*\n  component: unit Upper\n  hint"
    ):
        invoke(Upper, Upper)
    with pytest.raises(
        InvokeError, match=r"component: unit Upper\n(.*\n)+  hint: units are linked"
    ):
        invoke(compound, Upper)
    with pytest.raises(InvokeError, match="no import has this tag"):
        invoke(compound, Upper(), other=Lower())
    with pytest.raises(InvokeError, match="only a unit can be invoked\n  given: 3"):
        invoke(3)  # type: ignore[call-overload]


def test_components_find_their_import_by_signature() -> None:
    """The order of components does not matter where their signatures tell them apart."""

    @unit
    def main(type: IType, printer: IPress, fine: IFineType) -> str:
        return type.cast("a") + printer.print("b") + fine.serif()

    printer = press(Upper())
    assert invoke(main, printer, Fine(), Fine()) == "~aBGaramond"
    assert invoke(main, printer, Fine()) == "~aBGaramond"  # one object may be both


def test_links_show_their_names() -> None:
    """Errors and reprs can point at them."""
    assert repr(Link(IType, "one")) == "Link(IType, 'one')"
    assert repr(Link(IType)) == "Link(IType, 'IType')"
    assert link(Upper, press, exports=()).name == "link(Upper, press)"
    assert link(Upper, name="mine", exports=()).name == "mine"
