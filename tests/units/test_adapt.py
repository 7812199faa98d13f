"""Units with another interface: members regrouped by name, or a part of what there is."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from signatures import Signature, derived
from units import (
    DefinitionError,
    LinkError,
    UninitializedError,
    adapt,
    except_,
    exports,
    invoke,
    invoke_result,
    link,
    only,
    prefix,
    rename,
    tag,
    unit,
)
from units._adapt import narrowed


class IMetric(Signature):
    def metres(self) -> float: ...


class IImperial(Signature):
    def feet(self) -> float: ...
    def yards(self) -> float: ...


class IBoth(Signature):
    def feet(self) -> float: ...
    def yards(self) -> float: ...
    def metres(self) -> float: ...


class IFeet(Signature):
    def feet(self) -> float: ...


class IYards(Signature):
    def yards(self) -> float: ...


class IReport(Signature):
    def text(self) -> str: ...


@unit
class Ruler(IImperial):
    def feet(self) -> float:
        return 6.0

    def yards(self) -> float:
        return 2.0


@unit
def reporting(length: IImperial) -> IReport:
    def text() -> str:
        return f"{length.yards()} yards, {length.feet()} feet"

    __result__ = "ready"
    return exports(locals())


feet = unit(lambda: exports(feet=lambda: 3.0), exports=[IFeet], name="feet")
yards = unit(lambda: exports(yards=lambda: 1.0), exports=[IYards], name="yards")


def test_imports_are_regrouped_by_the_names_of_their_members() -> None:
    """What one signature asks may come from several, or from a part of another."""
    regrouped = adapt(reporting, imports=[IFeet, IYards], name="regrouped")
    assert repr(regrouped) == "<unit regrouped: (IFeet, IYards) -> (IReport)>"
    assert invoke(link(feet, yards, regrouped)).text() == "1.0 yards, 3.0 feet"
    broad = unit(
        lambda: exports(feet=lambda: 9.0, yards=lambda: 3.0, metres=lambda: 2.7), exports=[IBoth]
    )
    assert invoke(link(broad, adapt(reporting, imports=[IBoth]))).text() == "3.0 yards, 9.0 feet"


def test_exports_are_regrouped_too() -> None:
    """One component may become several."""
    split = adapt(Ruler, exports=[IYards, IFeet])
    one, other = invoke(split)
    assert (one.yards(), other.feet()) == (2.0, 6.0)
    assert isinstance(repr(one), str)


def test_names_may_be_adjusted_on_either_side() -> None:
    """Inner and outer names meet; imports may leave members out."""

    class ILengths(Signature):
        def long(self) -> float: ...
        def short(self) -> float: ...

    lengths = unit(lambda: exports(long=lambda: 4.0, short=lambda: 12.0), exports=[ILengths])
    renamed = adapt(reporting, imports=[rename(ILengths, yards="long", feet="short")])
    assert invoke(link(lengths, renamed)).text() == "4.0 yards, 12.0 feet"
    prefixed = adapt(
        reporting,
        imports=[rename(ILengths, in_yards="long", in_feet="short")],
        inner_imports=[prefix("in_", IImperial)],
    )
    assert invoke(link(lengths, prefixed)).text() == "4.0 yards, 12.0 feet"
    partly = adapt(reporting, imports=[except_(IBoth, "metres")])
    assert [str(each) for each in partly.imports] == ["IBoth"]
    outside = adapt(
        Ruler,
        exports=[rename(ILengths, o_yards="long", o_feet="short")],
        inner_exports=[prefix("o_", IImperial)],
    )
    made = invoke(outside)
    assert (made.long(), made.short()) == (2.0, 6.0)


def test_tags_can_be_given_and_taken() -> None:
    """A tagged import may be spoken of without its tag, and the other way round."""

    @unit
    def tagged(length: Annotated[IImperial, tag("inner")]) -> float:
        return length.feet()

    plain = adapt(tagged, imports=[IImperial])
    assert invoke(link(Ruler, plain, exports=())) == 6.0
    again = adapt(plain, imports=[tag("outer", IImperial)])
    assert str(again.imports[0]) == "IImperial (tag outer)"
    assert [str(e) for e in adapt(Ruler, exports=[tag("t", IImperial)]).exports] == [
        "IImperial (tag t)"
    ]


def test_the_result_stays_that_of_the_unit() -> None:
    """The regrouping has none."""
    components, result = invoke_result(link(Ruler, adapt(reporting, exports=[IReport])))
    assert (components.text(), result) == ("2.0 yards, 6.0 feet", "ready")


def test_imports_are_read_when_the_unit_reads_them() -> None:
    """Its supplier may be linked later, as long as nobody asks (N3)."""
    late = adapt(reporting, imports=[IFeet, IYards])
    assert invoke(link(late, feet, yards, exports=IReport)).text() == "1.0 yards, 3.0 feet"

    @unit
    def eager(length: IImperial) -> float:
        return length.feet()

    with pytest.raises(UninitializedError, match=r"IFeet\.feet: undefined"):
        invoke(link(adapt(eager, imports=[IFeet, IYards]), feet, yards, exports=()))


def test_initialization_dependencies_are_those_that_are_said() -> None:
    """Not those of the unit (N3)."""

    @unit(init_depend=[IImperial])
    def eager(length: IImperial) -> float:
        return length.feet()

    assert adapt(eager, imports=[IFeet, IYards]).init_depend == ()
    said = adapt(eager, imports=[IFeet, IYards], init_depend=[IFeet])
    assert [str(each) for each in said.init_depend] == ["IFeet"]
    with pytest.raises(LinkError, match="supplied from a later unit"):
        link(said, feet, yards, exports=())


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ({"imports": [IFeet]}, "a name is not present in the new imports\n(.*\n)*  name: yards"),
        ({"exports": [IFeet]}, "a name is not present in the old exports\n(.*\n)*  name: feet"),
        ({"imports": [5]}, "an import is a signature"),
        ({"imports": [IBoth], "init_depend": [IFeet]}, "dependency on unknown import"),
        ({"exports": [IReport, IReport]}, "the signature of one export extends that of another"),
    ],
)
def test_clauses_without_a_partner_are_refused(clauses: dict[str, Any], said: str) -> None:
    """When the unit is adapted."""
    with pytest.raises(DefinitionError, match=said):
        adapt(reporting, **clauses)


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ({"inner_imports": [IFeet], "imports": [IFeet]}, "IImperial"),
        ({"inner_exports": [tag("t", IReport)]}, r"IReport \(tag t\)"),
        ({"inner_exports": [only(IMetric)], "exports": [IReport, IMetric]}, "IMetric"),
    ],
)
def test_a_unit_that_is_not_as_said_is_refused(clauses: dict[str, Any], said: str) -> None:
    """As linking it would be."""
    with pytest.raises((LinkError, DefinitionError), match=said):
        adapt(reporting, **clauses)


def test_only_units_are_adapted() -> None:
    """Anything else is named."""
    for change in (lambda: adapt(5), lambda: narrowed(5, imports=[], exports=[])):
        with pytest.raises(LinkError, match="given: 5"):
            change()


def test_a_declared_interface_may_import_more_and_export_less() -> None:
    """Dependencies stay (B2)."""

    class IFineReport(IReport, Signature):
        def pages(self) -> int: ...

    @unit(init_depend=[IImperial])
    def fine(length: IImperial) -> IFineReport:
        def text() -> str:
            return f"{length.feet()} feet"

        def pages() -> int:
            return 1

        return exports(locals())

    declared = narrowed(fine, imports=[IImperial, IMetric], exports=[IReport], name="declared")
    assert repr(declared) == "<unit declared: (IImperial, IMetric) -> (IReport)>"
    assert [str(each) for each in declared.init_depend] == ["IImperial"]
    metric = unit(lambda: exports(metres=lambda: 1.0), exports=[IMetric])
    assert invoke(link(Ruler, metric, declared)).text() == "6.0 feet"


@pytest.mark.parametrize(
    ("clauses", "error", "said"),
    [
        ({"imports": [], "exports": [IReport]}, LinkError, "IImperial"),
        ({"imports": [IImperial], "exports": [IMetric]}, LinkError, "IMetric"),
        ({"imports": [IImperial, IImperial], "exports": []}, DefinitionError, "duplicate import"),
        ({"imports": [5], "exports": []}, DefinitionError, "an import is a signature"),
    ],
)
def test_a_declaration_that_the_unit_does_not_keep_is_refused(
    clauses: dict[str, Any], error: type[Exception], said: str
) -> None:
    """It imports more, or exports less."""
    with pytest.raises(error, match=said):
        narrowed(reporting, **clauses)


def test_an_optional_import_needs_no_partner() -> None:
    """It stays unsupplied."""

    @unit
    def easy(length: IImperial | None = None) -> bool:
        return length is None

    assert invoke(adapt(easy, imports=[], inner_imports=[]))
    assert invoke(narrowed(easy, imports=[], exports=[]))


def test_what_importers_get_computed_is_no_ones_to_supply() -> None:
    """Members that a signature derives are left out of the matching."""

    class IDoubled(Signature):
        x: int

        @derived
        def double(self) -> int:
            return 2 * self.x

    class IX(Signature):
        x: int

    doubled = unit(lambda double: double(), imports=[IDoubled])
    x = unit(lambda: exports(x=4), exports=[IX])
    assert invoke(link(x, adapt(doubled, imports=[IX]), exports=())) == 8
