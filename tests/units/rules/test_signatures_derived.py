"""Rules S6-S9: what a signature copies from others, and what it computes for importers."""

from __future__ import annotations

from typing import Any

import pytest

from signatures import (
    Signature,
    SignatureError,
    contracted,
    derived,
    for_export,
    only,
    opens,
    prefix,
    rename,
)
from tests.units.rules.small import (
    IX,
    IXY,
    IY,
    Case,
    Fails,
    IBase,
    cases,
    offers,
    shown,
    signature,
    wants,
)
from units import (
    DefinitionError,
    LinkError,
    UninitializedError,
    define_into,
    exports,
    invoke,
    link,
    unit,
)


@opens(IX, IY)
class IOpened(Signature):
    """Both of them."""


@opens(prefix("p_", IXY), rename(IXY, xx="x", yy="y"))
class IRenaming(Signature):
    """One signature, twice."""


class ICounting(Signature):
    n: int

    @property
    @derived
    def twice(self) -> int:
        return 2 * self.n

    @property
    @for_export
    def thrice(self) -> int:
        return 3 * self.n


@opens(prefix("q_", ICounting))
class IOpenedCounting(Signature):
    """With what it computes."""


@opens(IX)
class IOpenedAndExtended(IBase, Signature):
    c: int


def opened_contract() -> Any:
    class IChecked(Signature):
        @contracted
        def f(self, n: int) -> int: ...

    @opens(prefix("o_", IChecked))
    class IOpen(Signature):
        """Checked, too."""

    made = invoke(offers(IOpen, o_f=lambda n: n))
    return made.o_f(1), made.o_f("one")


@cases(
    ("sig-open", lambda: shown(offers(IOpened, x=1, y=2), IOpened, body=lambda x, y: x + y), 3),
    (
        "sig-open-only",
        lambda: opens(only(IXY, "x")),
        Fails(SignatureError, "only and except_ are for imports"),
    ),
    (
        "sig-open-not-subtype",
        lambda: shown(offers(IOpened, x=1, y=2), IX),
        Fails(LinkError, "no linkage satisfies an import"),
    ),
    (
        "sig-open-prefix-rename",
        lambda: shown(offers(IRenaming, p_x=1, p_y=2, xx=3, yy=4), IRenaming),
        {"p_x": 1, "p_y": 2, "xx": 3, "yy": 4},
    ),
    (
        "sig-open-carries-defvalues",
        lambda: shown(offers(IOpenedCounting, q_n=21), IOpenedCounting),
        {"q_n": 21, "q_thrice": 63, "q_twice": 42},
    ),
    (
        "sig-open-extends-both",
        lambda: shown(offers(IOpenedAndExtended, a=1, x=2, c=3), IBase, body=lambda a: a),
        1,
    ),
)
def test_S6_opening_copies_members_and_makes_no_subtype(case: Case) -> None:
    """Under other names, if asked, with everything that is computed from them."""
    case.check()


def test_S6_opening_copies_contracts() -> None:
    """What is enforced of a member is enforced of its copy."""
    from units import ContractError

    with pytest.raises(ContractError, match="o_f"):
        opened_contract()


class ICounted(Signature):
    x: int

    @property
    @derived
    def v(self) -> int:
        return self.x + 1

    @derived
    def plus(self, n: int) -> int:
        return self.x + n


ten = offers(ICounted, x=10, name="ten")


def importing_side() -> Any:
    @unit
    def both(counted: ICounted) -> list[int]:
        return [counted.x, counted.v, counted.plus(5)]

    return invoke(link(ten, both, exports=()))


def not_in_the_exporter() -> Any:
    @unit
    def exporter() -> ICounted:
        x = 10
        v  # noqa: B018, F821
        return exports(locals())

    return invoke(exporter)


def once_per_importer() -> Any:
    told: list[str] = []

    class IS(Signature):
        x: int

        @property
        @derived
        def v(self) -> list[int]:
            told.append("computed")
            return [self.x]

    seen: list[Any] = []

    def importer(name: str) -> Any:
        return wants(lambda v: (told.append(name), seen.append(v)), IS, name=name)

    invoke(link(offers(IS, x=1), importer("i1"), importer("i2"), exports=()))
    return told, seen, seen[0] is seen[1]


def early() -> Any:
    return invoke(link(wants(lambda: "no use", ICounted), ten, exports=()))


def early_method_only() -> Any:
    class IS(Signature):
        x: int

        @derived
        def twice(self) -> int:
            return 2 * self.x

    told: list[Any] = []

    @unit
    def reads(s: IS) -> IGet:
        def get() -> int:
            return s.twice()

        return exports(locals())

    made = invoke(link(reads, offers(IS, x=4), exports=IGet))
    told.append(made.get())
    return told


class IGet(Signature):
    def get(self) -> Any: ...


def several() -> Any:
    class IS(Signature):
        x: int

        @property
        @derived
        def triple(self) -> int:
            return 3 * self.x

        @property
        @derived
        def half(self) -> int:
            return self.triple // 2

    return shown(offers(IS, x=2), IS, body=lambda triple, half: (triple, half))


def bound_in_a_namespace() -> Any:
    space: dict[str, Any] = {}
    define_into(space, offers(ICounted, x=5))
    return space["x"], space["v"], space["plus"](2)


def of_a_component() -> Any:
    made = invoke(offers(ICounted, x=5))
    return made.x, made.v, made.plus(2)


def of_an_object() -> Any:
    @unit
    class Counted(ICounted):
        def __init__(self) -> None:
            self.x = 5

    made = shown(Counted, ICounted, body=lambda x, v, plus: (x, v, plus(2)))
    return made == of_a_component() and made


@cases(
    ("sig-defvalues-import-side", importing_side, [10, 11, 15]),
    (
        "sig-defvalues-import-side-by-name",
        lambda: shown(ten, ICounted, body=lambda x, v, plus: [x, v, plus(5)]),
        [10, 11, 15],
    ),
    ("sig-defvalues-not-in-exporter", not_in_the_exporter, Fails(NameError, "v")),
    (
        "sig-defvalues-per-importer",
        once_per_importer,
        (["computed", "i1", "computed", "i2"], [[1], [1]], False),
    ),
    ("sig-defvalues-early", early, Fails(UninitializedError, "ICounted.x: undefined")),
    ("sig-defvalues-early-function", early_method_only, [8]),
    ("sig-defvalues-multi", several, (6, 3)),
    ("sig-defvalues-invoke", bound_in_a_namespace, (5, 6, 7)),
    ("sig-defvalues-invoke-component", of_a_component, (5, 6, 7)),
    ("sig-defvalues-object", of_an_object, (5, 6, 7)),
)
def test_S7_derived_members_are_computed_for_each_importer(case: Case) -> None:
    """Before its body, from what it imports; the exporter neither defines nor sees them."""
    case.check()


c = 50
b = 7


class IScoped(Signature):
    x: Any

    @property
    @derived
    def v(self) -> list[Any]:
        return [self.x, c]


def locals_do_not_count() -> Any:
    def importer(v: list[Any]) -> list[Any]:
        c = 77
        return [c, *v]

    return shown(offers(IScoped, x=1), IScoped, body=importer)


class IUpper(Signature):
    a: Any

    @property
    @derived
    def v(self) -> tuple[Any, int]:
        return getattr(self, "b", "nothing"), b + 1


class ILower(IUpper, Signature):
    b: Any


class IPairs(Signature):
    a: Any

    @property
    @derived
    def x(self) -> int:
        return 1

    @property
    @derived
    def y(self) -> int:
        return 2


class IAll(IPairs, Signature):
    @property
    @derived
    def z(self) -> list[Any]:
        return [self.a, self.x, self.y]


def prefixed() -> Any:
    def importer(q_x: int, q_v: int) -> tuple[Any, ...]:
        x = v = "mine"
        return x, v, q_x, q_v

    return shown(offers(ICounted, x=5), prefix("q_", ICounted), body=importer)


def excluded() -> Any:
    def importer(v: int) -> tuple[Any, ...]:
        x = "mine"
        return x, v

    return shown(offers(ICounted, x=9), only(ICounted, "v"), body=importer)


@cases(
    ("sig-defvalues-scope", locals_do_not_count, [77, 1, 50]),
    (
        "sig-defvalues-sub-scope",
        lambda: shown(offers(ILower, a=0, b=1000), ILower, body=lambda b, v: (b, v)),
        (1000, ("nothing", 8)),
    ),
    ("sig-defvalues-prefix", prefixed, ("mine", "mine", 5, 6)),
    ("sig-defvalues-only-excluded", excluded, ("mine", 10)),
    (
        "ex-defvalues-uses-super",
        lambda: shown(offers(IAll, a="A"), IAll, body=lambda z: z),
        ["A", 1, 2],
    ),
)
def test_S8_what_is_computed_sees_the_members_of_its_own_signature(case: Case) -> None:
    """Else what stands around the signature: no local of the importer, no member of an extension."""
    case.check()


class IValue(Signature):
    @property
    @derived
    def v(self) -> int:
        return 1


IV = signature("IV", "v")


def redefined() -> Any:
    def importer(v: int) -> int:
        v = 2
        return v

    return shown(offers(IValue), IValue, body=importer)


def redefined_without_taking() -> Any:
    def importer() -> int:
        v = 2
        return v

    return shown(offers(IValue), IValue, body=importer)


@cases(
    ("sig-defvalues-override-local", redefined, 2),
    ("sig-defvalues-override-local-untaken", redefined_without_taking, 2),
    (
        "ex-defvalues-reexport",
        lambda: unit(lambda v: exports(v=v), imports=[IValue], exports=[IV]),
        Fails(DefinitionError, "an import is exported"),
    ),
)
def test_S9_derived_names_are_weaker_than_members(case: Case) -> None:
    """An importer may define such a name for itself, but it counts as imported all the same."""
    case.check()
