"""Rules R1-R4: what units and signatures say of themselves."""

from __future__ import annotations

from typing import Any

import units.racket
from signatures import Signature, SignatureError, contracted, derived, for_export, opens
from tests.units.rules.small import IA, IB, IC, IX, IXY, Case, Fails, cases, offers, wants
from units import InvokeError
from units.racket import (
    compound_unit,
    compound_unit_infer,
    define_values_invoke_unit,
    exports,
    is_unit,
    only,
    prefix,
    provide_signature_elements,
    rename,
    signature_members,
    tag,
    unit,
    unit_from_context,
    unit_static_init_dependencies,
    unit_static_signatures,
)

anything = [unit(lambda: None), compound_unit(), unit_from_context({"x": 1}, IX), 5, "unit", len]


@cases(
    ("ref-unit?", lambda: list(map(is_unit, anything)), [True, True, True, False, False, False]),
    (
        "ref-unit-print",
        lambda: [repr(unit(lambda: 1, name="u")), repr(compound_unit(name="c"))],
        ["<unit u: () -> ()>", "<unit c: () -> ()>"],
    ),
)
def test_R1_a_unit_is_known_as_one_and_by_its_name(case: Case) -> None:
    """Units of every kind are units, and show the name they were given."""
    case.check()


class IPlain(Signature):
    b: int
    a: int


class IDefs(Signature):
    a: int

    @derived
    def v(self) -> int: ...
    @derived
    def w(self) -> int: ...


class ISub(IPlain, Signature):
    c: int


class ISub2(ISub, Signature):
    """Add nothing."""


@opens(prefix("p_", IPlain))
class IOpened(Signature):
    z: int
    y: int


class IEmpty(Signature):
    """Ask for nothing."""


class IToy(Signature):
    color: str


class IToys(Signature):
    def Toy(self, color: str) -> IToy: ...


class IContracted(Signature):
    @contracted
    def a(self, n: int) -> int: ...
    @property
    @for_export
    def b(self) -> int: ...


@cases(
    ("ref-sig-members", lambda: signature_members(IPlain), (None, ("b", "a"), (), ())),
    ("ref-sig-members-defs", lambda: signature_members(IDefs), (None, ("a",), ("v", "w"), ())),
    ("ref-sig-members-sub", lambda: signature_members(ISub), (IPlain, ("b", "a", "c"), (), ())),
    ("ref-sig-members-sub2", lambda: signature_members(ISub2), (ISub, ("b", "a", "c"), (), ())),
    # What is opened is copied before the members of the class body.
    (
        "ref-sig-members-opened",
        lambda: signature_members(IOpened),
        (None, ("p_b", "p_a", "z", "y"), (), ()),
    ),
    ("ref-sig-members-empty", lambda: signature_members(IEmpty), (None, (), (), ())),
    (
        "ref-sig-members-contracted",
        lambda: signature_members(IContracted),
        (None, ("a", "b"), (), ()),
    ),
    (
        "ref-sig-members-error",
        lambda: signature_members(len),
        Fails(SignatureError, "not a signature"),
    ),
)
def test_R2_a_signature_says_what_it_extends_and_its_names(case: Case) -> None:
    """Members in the order of the text, inherited first; contracts do not show."""
    case.check()


early = unit(
    lambda a, b: None,
    imports=[IA, tag("t", IB)],
    init_depend=[tag("t", IB), IA],
    name="early",
)


@cases(
    (
        "ref-unit-static",
        lambda: unit_static_signatures(
            unit(
                lambda b, p_a: exports(cc=1),
                imports=[IB, tag("t", prefix("p_", IA))],
                exports=[rename(IC, cc="c")],
            )
        ),
        (((None, IB), ("t", IA)), ((None, IC),)),
    ),
    (
        "ref-unit-static-exports",
        lambda: unit_static_signatures(offers(tag("q", IA), IB, a=1, b=2)),
        ((), (("q", IA), (None, IB))),
    ),
    (
        "ref-unit-static-compound",
        lambda: unit_static_signatures(compound_unit_infer(imports=[IA])),
        (((None, IA),), ()),
    ),
    (
        "ref-unit-initdeps",
        lambda: unit_static_init_dependencies(early),
        (("t", IB), (None, IA)),
    ),
    ("ref-unit-initdeps-none", lambda: unit_static_init_dependencies(wants(lambda a: a, IA)), ()),
    (
        "ref-unit-initdeps-infer",
        lambda: unit_static_init_dependencies(
            compound_unit_infer(imports=[IA, {"B": IB}], link=[({}, early, [tag("t", "B")])])
        ),
        ((None, IA), (None, IB)),
    ),
    # Documented for Racket, where an explicit compound does not tell; here every one does.
    (
        "ref-unit-initdeps-compound",
        lambda: unit_static_init_dependencies(
            compound_unit(imports={"A": IA, "B": IB}, link=[({}, early, ["A", tag("t", "B")])])
        ),
        ((None, IA), (None, IB)),
    ),
    ("ref-unit-static-error", lambda: unit_static_signatures(5), Fails(InvokeError, "only a unit")),
)
def test_R3_a_unit_says_its_signatures_and_dependencies(case: Case) -> None:
    """Pairs of tag and signature, in the order declared; prefixes and renames do not show."""
    case.check()


def provided(exported: Any, *specs: Any) -> Any:
    ns: dict[str, Any] = {}
    define_values_invoke_unit(offers(IXY, x=1, y=2), exports=[exported], namespace=ns)
    return {name: ns[name] for name in provide_signature_elements(*specs)}


@cases(
    ("ref-provide-sig-elements", lambda: provided(IXY, IXY), {"x": 1, "y": 2}),
    (
        "ref-provide-sig-elements-specs",
        lambda: provided(prefix("m_", IXY), prefix("m_", only(IXY, "y"))),
        {"m_y": 2},
    ),
    (
        "ref-provide-sig-elements-derived",
        lambda: provide_signature_elements(IDefs),
        ("a", "v", "w"),
    ),
)
def test_R4_a_module_can_list_the_names_of_a_signature(case: Case) -> None:
    """Members and what importers get computed, through the given adjustments: ``__all__ = ...``."""
    case.check()


def test_R_every_public_name_says_which_form_it_is() -> None:
    """Each function of `units.racket` names the form of Racket it stands for."""
    own = {
        name: thing
        for name, thing in vars(units.racket).items()
        if getattr(thing, "__module__", "").startswith("units.racket.") and callable(thing)
    }
    untold = [name for name, thing in own.items() if "Racket" not in (thing.__doc__ or "")]
    assert not untold
