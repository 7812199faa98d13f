"""Rules S11-S12: structures, and what else a signature holds."""

from __future__ import annotations

from typing import Any

from signatures import (
    Signature,
    SignatureError,
    make_signature,
    provides,
)
from tests.units.rules.small import (
    Case,
    Fails,
    cases,
    offers,
    shown,
)
from units import (
    DefinitionError,
    InvokeError,
    exports,
    invoke,
    unit,
)


class IPoints(Signature):
    class IPoint(Signature):
        @property
        def x(self) -> int: ...
        @property
        def y(self) -> int: ...

    def Point(self, x: int, y: int) -> IPoint: ...
    def is_point(self, thing: object) -> bool: ...


@unit
def points() -> IPoints:
    class Point(IPoints.IPoint):
        def __init__(self, x: int, y: int) -> None:
            self.x, self.y = x, y

    def is_point(thing: object) -> bool:
        return isinstance(thing, Point)

    return exports(locals())


def structure() -> Any:
    made = invoke(points)
    p = made.Point(3, 4)
    return [made.is_point(p), p.x, p.y, made.is_point(5), provides(p, IPoints.IPoint)]


def by_hand() -> Any:
    class IPairOnly(Signature):
        def is_pt(self, thing: object) -> bool: ...
        def pt_x(self, thing: Any) -> int: ...

    @unit
    def hand_made() -> IPairOnly:
        def is_pt(thing: object) -> bool:
            return isinstance(thing, tuple) and thing[0] == "pt"

        def pt_x(thing: Any) -> int:
            return thing[1]

        return exports(locals())

    made = invoke(hand_made)
    return [made.is_pt(("pt", 5)), made.pt_x(("pt", 5)), made.is_pt(7)]


def missing_part() -> Any:
    @unit
    def incomplete() -> IPoints:
        class Point:
            def __init__(self, x: int, y: int) -> None: ...

        return exports(locals())


def other_arity() -> Any:
    @unit
    def one_argument() -> IPoints:
        class Point:
            def __init__(self, x: int) -> None: ...

        def is_point(thing: object) -> bool:
            return False

        return exports(locals())

    return invoke(one_argument)


def another_constructor_name() -> Any:
    class IBuilt(Signature):
        def build_pt(self, x: int) -> Any: ...

    @unit
    def built() -> IBuilt:
        class build_pt:
            def __init__(self, x: int) -> None:
                self.x = x

        return exports(locals())

    return invoke(built).build_pt(9).x


def two_structures() -> Any:
    one, two = invoke(points), invoke(points)
    return [one.is_point(one.Point(1, 2)), one.is_point(two.Point(1, 2))]


def mutable() -> Any:
    class ICells(Signature):
        class ICell(Signature):
            x: int

        def Cell(self, x: int) -> ICell: ...

    @unit
    def cells() -> ICells:
        class Cell(ICells.ICell):
            def __init__(self, x: int) -> None:
                self.x = x

        return exports(locals())

    cell = invoke(cells).Cell(1)
    cell.x = 20
    return cell.x


def no_member() -> Any:
    class Body(Signature):
        class Point(Signature):
            transparent = True


@cases(
    ("sig-struct-members", structure, [True, 3, 4, False, True]),
    (
        "sig-struct-immutable",
        lambda: invoke(points).set_x,
        Fails(AttributeError, "set_x"),
    ),
    ("sig-struct-missing", missing_part, Fails(DefinitionError, "undefined export")),
    (
        "sig-struct-wrong-constructor",
        other_arity,
        Fails(InvokeError, "the unit does not match the signature it exports"),
    ),
    ("sig-struct-byhand", by_hand, [True, 5, False]),
    ("sig-struct-omit-ctor", by_hand, [True, 5, False]),
    ("sig-struct-ctor-name", another_constructor_name, 9),
    ("sig-struct-generative", two_structures, [True, False]),
    ("sig-struct-mutable-all", mutable, 20),
    (
        "sig-struct-bad-option",
        no_member,
        Fails(SignatureError, "a signature's body holds members only"),
    ),
)
def test_S11_a_structure_is_a_constructor_member_and_a_nested_signature(case: Case) -> None:
    """Whatever can be called so will do; each invocation makes a class of its own."""
    case.check()


def no_annotation() -> Any:
    class IBad(Signature):
        a: int
        five = 5


def numbered(*names: str) -> dict[str, Any]:
    """Return members, as a function that computes a part of a signature does."""
    return dict.fromkeys(names, int)


@cases(
    ("sig-bad-element", no_annotation, Fails(SignatureError, "holds members only")),
    (
        "sig-bad-element-made",
        lambda: make_signature("IBad", ["a", 5]),
        Fails(SignatureError, "the name of a member is a string"),
    ),
    (
        "sig-form-unknown",
        lambda: make_signature("IBad", [("frobnicate", "a", "b")]),
        Fails(SignatureError, "the name of a member is a string"),
    ),
    (
        "sig-form-macro",
        lambda: shown(
            offers(made := make_signature("IMade", numbered("one", "two")), one=11, two=22),
            made,
            body=lambda one, two: one + two,
        ),
        33,
    ),
)
def test_S12_a_signature_holds_members_only(case: Case) -> None:
    """Anything else in its body is refused; members may be computed by functions beforehand."""
    case.check()
