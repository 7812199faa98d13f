"""Rules S7-S9: what a signature computes for importers."""

from __future__ import annotations

from typing import Any

from signatures import (
    Signature,
    derived,
    only,
    prefix,
)
from tests.units.rules.small import (
    Case,
    Fails,
    bound,
    cases,
    offers,
    shown,
    signature,
    wants,
)
from units import (
    DefinitionError,
    UninitializedError,
    define_into,
    exports,
    invoke,
    link,
    unit,
)


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


class IBackwards(Signature):
    x: Any

    @property
    @derived
    def w(self) -> int:
        return 10 * self.v

    @property
    @derived
    def v(self) -> int:
        return int(self.x + 1)


@cases(
    ("sig-defvalues-scope", locals_do_not_count, [77, 1, 50]),
    (
        "sig-defvalues-forward",
        lambda: shown(offers(IBackwards, x=1), IBackwards),
        Fails(UninitializedError, "IBackwards.v: undefined"),
    ),
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


class IAlsoValue(Signature):
    @property
    @derived
    def v(self) -> int:
        return 2


def redefined() -> Any:
    def importer(v: int) -> int:
        v = 2
        return v

    return shown(offers(IValue), IValue, body=importer)


def defined_by_an_exporter() -> Any:
    @unit(exports=[ICounted])
    def counts() -> Any:
        v = 50
        x = v
        return exports(locals())

    return bound(counts, only(ICounted, "x", "v"))


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
    (
        "defvalues-exported-and-imported",
        lambda: unit(lambda v: exports(), imports=[IV], exports=[IValue]),
        Fails(DefinitionError, "an import is exported"),
    ),
    (
        "defvalues-exported-twice",
        lambda: unit(lambda: exports(v=1), exports=[IValue, IV]),
        Fails(DefinitionError, "a name is exported by multiple signatures"),
    ),
    (
        "defvalues-of-two-exports",
        lambda: unit(lambda: exports(), exports=[IValue, IAlsoValue]),
        Fails(DefinitionError, "a name is exported by multiple signatures"),
    ),
    (
        "defvalues-of-two-exports-prefixed",
        lambda: bound(
            unit(lambda: exports(), exports=[IValue, prefix("p_", IAlsoValue)]),
            IValue,
            prefix("q_", IAlsoValue),
        ),
        {"v": 1, "q_v": 2},
    ),
    ("defvalues-defined-by-an-exporter", defined_by_an_exporter, {"x": 50, "v": 51}),
)
def test_S9_derived_names_are_weaker_than_members(case: Case) -> None:
    """Importers and exporters may define them for themselves, but they count as imported, exported."""
    case.check()
