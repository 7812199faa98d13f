"""Rules S1-S12: what a signature is, how it extends and opens others, what it computes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from signatures import (
    Signature,
    SignatureError,
    contracted,
    derived,
    for_export,
    make_signature,
    members,
    only,
    opens,
    prefix,
    provides,
    rename,
)
from tests.units.rules.small import IX, IXY, IY, Case, Fails, cases, offers, signature, wants
from units import (
    DefinitionError,
    InvokeError,
    Link,
    LinkError,
    UninitializedError,
    define_into,
    exports,
    invoke,
    invoke_result,
    link,
    part,
    unit,
)

twice_declared = Fails(SignatureError, "a signature declares each member once")


def shown(exporter: Any, *specs: Any, body: Any = lambda **names: names) -> Any:
    """Return what a unit that imports *specs* makes of them, linked after *exporter*."""
    return invoke(link(exporter, wants(body, *specs), exports=()))


class INothing(Signature):
    """Asks for nothing."""


def plain() -> list[int]:
    class IPoint(Signature):
        px: int
        py: int

    @unit
    def origin() -> IPoint:
        py = 4
        px = 3
        return exports(locals())

    point = invoke(origin)
    return [point.px, point.py]


def empty() -> Any:
    @unit
    class Nothing(INothing):
        pass

    @unit
    def after(nothing: INothing) -> str:
        return "after"

    return invoke(link(Nothing, after, exports=()))


def empty_by_name() -> Any:
    after = wants(lambda: "after", INothing)
    return invoke(link(unit(lambda: "ran", exports=[INothing]), after, exports=()))


@cases(
    ("sig-plain", plain, [3, 4]),
    ("sig-plain-names", lambda: [*members(make_signature("I", ["b", "a", "c"]))], ["b", "a", "c"]),
    ("sig-empty", empty, "after"),
    ("sig-empty-by-name", empty_by_name, "after"),
    (
        "sig-empty-is-required",
        lambda: link(wants(lambda: 1, INothing), exports=()),
        Fails(LinkError, "no linkage satisfies an import"),
    ),
)
def test_S1_a_signature_is_a_named_group_of_members(case: Case) -> None:
    """Its exporter defines every member, in any order; one without members is linked all the same."""
    case.check()


def member_twice() -> Any:
    class IBad(Signature):
        a: int
        b: int
        a: int


def method_twice() -> Any:
    class IBad(Signature):
        def a(self) -> int: ...
        def a(self) -> int: ...  # noqa: F811


def data_and_method() -> Any:
    class IBad(Signature):
        a: int

        def a(self) -> int: ...


def derived_twice() -> Any:
    class IBad(Signature):
        a: int

        @derived
        def b(self) -> int: ...
        @derived
        def b(self) -> int: ...  # noqa: F811


def member_and_derived() -> Any:
    class IBad(Signature):
        a: int

        @property
        @derived
        def a(self) -> int: ...


class IBase(Signature):
    a: int


def inherited_again() -> Any:
    class IBad(IBase, Signature):
        a: int


def inherited_derived_again() -> Any:
    class IBad(IBase, Signature):
        @derived
        def a(self) -> int: ...


def inherited_twice() -> Any:
    class IOther(Signature):
        a: int

    class IBad(IBase, IOther, Signature):
        pass


def opened_again() -> Any:
    @opens(IBase)
    class IBad(Signature):
        a: int


def opened_twice() -> Any:
    @opens(IBase, IBase)
    class IBad(Signature):
        """Nothing of its own."""


def computed_default() -> Any:
    class IDefault(Signature):
        a: int

        @property
        @for_export
        def a(self) -> int:
            return 42

    return invoke(unit(lambda: exports(), exports=[IDefault])).a


def computed_method_default() -> Any:
    class IDefault(Signature):
        def a(self) -> int: ...
        @for_export
        def a(self) -> int:  # noqa: F811
            return 42

    return invoke(unit(lambda: exports(), exports=[IDefault])).a()


def computed_twice() -> Any:
    class IBad(Signature):
        @for_export
        def a(self) -> int: ...
        @for_export
        def a(self) -> int: ...  # noqa: F811


@cases(
    ("sig-dup-member", member_twice, twice_declared),
    ("sig-dup-member-made", lambda: make_signature("IBad", ["a", "b", "a"]), twice_declared),
    ("sig-dup-method", method_twice, twice_declared),
    ("sig-dup-data-and-method", data_and_method, twice_declared),
    ("sig-dup-defvalues", derived_twice, twice_declared),
    ("sig-dup-member-defvalues", member_and_derived, twice_declared),
    ("sig-dup-via-extends", inherited_again, twice_declared),
    (
        "sig-dup-via-extends-made",
        lambda: make_signature("IBad", ["a"], extends=IBase),
        twice_declared,
    ),
    ("sig-dup-via-extends-defvalues", inherited_derived_again, twice_declared),
    ("sig-dup-via-two-parents", inherited_twice, twice_declared),
    ("sig-dup-via-open", opened_again, twice_declared),
    ("sig-dup-via-two-opens", opened_twice, twice_declared),
    ("sig-dup-exportdef-ok", computed_default, 42),
    ("sig-dup-exportdef-ok-method", computed_method_default, 42),
    ("sig-dup-exportdef-twice", computed_twice, twice_declared),
)
def test_S2_the_members_of_a_signature_are_distinct(case: Case) -> None:
    """Inherited, opened and derived ones, too; telling how exporters get a member declares none."""
    case.check()


def nominal() -> Any:
    return shown(offers(signature("IOne", "x"), x=1), signature("ITwo", "x"))


def generative() -> Any:
    def make() -> tuple[Any, Any]:
        class IS(Signature):
            x: str

        return offers(IS, x="v"), wants(lambda x: x, IS)

    (exporter, importer), (_, other) = make(), make()
    assert invoke(link(exporter, importer, exports=())) == "v"
    return invoke(link(exporter, other, exports=()))


def under_another_name() -> tuple[Any, str]:
    IRenamed = IX
    value = shown(offers(IRenamed, x=1), IX, body=lambda x: x)
    with pytest.raises(LinkError) as caught:
        link(wants(lambda x: x, IRenamed), exports=())
    (problem,) = caught.value.problems
    return value, str(problem.fields["import"])


def separate_modules() -> Any:
    from units import module_unit

    sigs, impl, app = (ModuleType(f"rules_{name}") for name in ("sigs", "impl", "app"))
    texts = {
        sigs: "from signatures import Signature\n"
        "class ILog(Signature):\n"
        "    def log(self, text: str) -> str: ...\n"
        "class IApp(Signature):\n"
        "    def main(self) -> str: ...\n",
        impl: "from rules_sigs import ILog\nfrom units import unit\n"
        "@unit\n"
        "class Log(ILog):\n"
        "    def log(self, text): return f'LOG {text}'\n",
        app: "from rules_sigs import ILog, IApp\nfrom units import unit\n"
        "@unit\n"
        "class App(IApp):\n"
        "    def __init__(self, logger: ILog): self.main = lambda: logger.log('hi')\n",
    }
    assert callable(module_unit)
    try:
        for module, text in texts.items():
            sys.modules[module.__name__] = module
            exec(text, vars(module))
        return invoke(link(vars(impl)["Log"], vars(app)["App"])).main()
    finally:
        for module in texts:
            sys.modules.pop(module.__name__, None)


@cases(
    ("sig-nominal", nominal, Fails(LinkError, "no linkage satisfies an import")),
    ("sig-generative", generative, Fails(LinkError, "they are not equal")),
    ("ex-renamed-signature", under_another_name, (1, "IX")),
    ("ex-separate-modules", separate_modules, "LOG hi"),
    ("sig-nominal-equality", lambda: signature("I", "x") == signature("I", "x"), False),
)
def test_S3_signatures_are_nominal_and_generative(case: Case) -> None:
    """Equal members make no equal signatures, and each class statement makes a new one."""
    case.check()


def test_S4_a_signature_is_a_value_here() -> None:
    """Unlike Racket's, a signature can be kept, asked and passed on: zope has it at run time."""
    kept = {"store": IXY}
    assert [*members(kept["store"])] == ["x", "y"]
    assert isinstance(offers(kept["store"], x=1, y=2), type(offers(IX, x=1)))
    assert not provides(object(), IXY)


class ISub(IBase, Signature):
    b: int


class IThird(ISub, Signature):
    c: int


def extended() -> Any:
    @unit
    def both() -> ISub:
        a, b = 1, 2
        return exports(locals())

    made = invoke(both)
    return [*members(ISub)], made.a, made.b


def extends_unknown() -> Any:
    class IBad(IMissing, Signature):  # noqa: F821
        pass


def extends_itself() -> Any:
    class ILoop(ILoop, Signature):  # noqa: F821
        pass


def extends_no_signature() -> Any:
    class IBad(int, Signature):
        pass


@cases(
    ("sig-extends-members", extended, (["a", "b"], 1, 2)),
    (
        "sig-extends-missing-inherited",
        lambda: unit(lambda: exports(b=2), exports=[ISub]),
        Fails(DefinitionError, "undefined export"),
    ),
    (
        "sig-extends-chain",
        lambda: shown(offers(IThird, a=1, b=2, c=3), IBase, body=lambda a: a),
        1,
    ),
    (
        "sig-extends-not-upwards",
        lambda: shown(offers(IBase, a=1), ISub),
        Fails(LinkError, "which does not extend ISub"),
    ),
    ("sig-extends-not-sig", extends_no_signature, Fails(TypeError, "metaclass conflict")),
    (
        "sig-extends-not-sig-made",
        lambda: make_signature("IBad", ["b"], extends=3),
        Fails(SignatureError, "not a signature"),
    ),
    ("sig-extends-unbound", extends_unknown, Fails(NameError, "IMissing")),
    ("sig-extends-self", extends_itself, Fails(NameError, "ILoop")),
)
def test_S5_extending_inherits_members_and_makes_a_subtype(case: Case) -> None:
    """Inherited members come first, and who exports the signature supplies its ancestors."""
    case.check()


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


told: list[str] = []


class ICompleted(Signature):
    x: int

    @property
    @for_export
    def y(self) -> int:
        told.append("computed")
        return 2 * self.x


def after_the_body() -> Any:
    told.clear()

    @unit
    def exporter() -> ICompleted:
        told.append("body")
        x = 21
        return exports(locals())

    made = invoke(exporter)
    return [*told, made.x, made.y, *told[2:]]


def after_a_class_body() -> Any:
    told.clear()

    @unit
    class Exporter(ICompleted):
        def __init__(self) -> None:
            told.append("body")
            self.x = 21

    made = invoke(Exporter)
    return [*told, made.x, made.y, *told[2:]]


def of_a_returned_object(declared: bool) -> Callable[[], Any]:
    class Plain:
        x = 21

    class Declared(ICompleted):
        x = 21

    def program() -> Any:
        told.clear()
        made = invoke(unit(lambda: Declared() if declared else Plain(), exports=[ICompleted]))
        return [*told, made.x, made.y, *told[1:]]

    return program


def class_defines_it() -> Any:
    @unit
    class Exporter(ICompleted):
        x = 21
        y = 0


def object_defines_it() -> Any:
    class Both:
        x, y = 21, 0

    return invoke(unit(Both, exports=[ICompleted], name="both"))


def returned_object_defines_it() -> Any:
    class Both:
        def __init__(self) -> None:
            self.x, self.y = 21, 0

    return invoke(unit(lambda: Both(), exports=[ICompleted]))


def read_by_a_function_body() -> Any:
    """Read *y* through a unit that runs before."""

    @unit
    def peeks(completed: ICompleted) -> IGet:
        def get() -> int:
            return completed.y

        return exports(locals())

    @unit
    def exporter(peek: IGet) -> ICompleted:
        x = 21
        peek.get()
        return exports(locals())

    return invoke(link(peeks, exporter, exports=()))


def read_by_a_class_body() -> Any:
    @unit
    class Exporter(ICompleted):
        def __init__(self) -> None:
            self.x = 21
            self.early = self.y

    return invoke(Exporter)


def with_a_helper() -> Any:
    def helper(n: int) -> int:
        return n + 1

    class IHelped(Signature):
        x: int

        @for_export
        def y(self) -> int:
            return helper(self.x)

    return invoke(offers(IHelped, x=42)).y()


def without_result() -> Any:
    @unit
    def exporter() -> ICompleted:
        x, __result__ = 1, "result"
        return exports(locals())

    @unit
    class Exporter(ICompleted):
        x, __result__ = 1, "result"

    return [invoke_result(each)[1] for each in (exporter, Exporter)]


def under_other_names() -> Any:
    def body() -> Any:
        p_x = 3
        return exports(locals())

    made = invoke(unit(body, exports=[prefix("p_", ICompleted)]))
    return made.x, made.y


def for_an_inherited_member() -> Any:
    class IFilled(IBase, Signature):
        y: int

        @property
        @for_export
        def a(self) -> int:
            return 2 * self.y

    made = invoke(offers(IFilled, y=4))
    return made.a, made.y


def one_from_the_other() -> Any:
    class ILater(ICompleted, Signature):
        @property
        @for_export
        def z(self) -> int:
            return self.y + 1

    made = invoke(offers(ILater, x=1))
    return made.x, made.y, made.z


def computed_again() -> Any:
    class IAgain(ICompleted, Signature):
        @property
        @for_export
        def y(self) -> int:
            return 0


@cases(
    ("sig-exportdef", after_the_body, ["body", "computed", 21, 42]),
    ("sig-exportdef-class", after_a_class_body, ["body", "computed", 21, 42]),
    ("sig-exportdef-object", of_a_returned_object(declared=False), ["computed", 21, 42]),
    ("sig-exportdef-declared-object", of_a_returned_object(declared=True), ["computed", 21, 42]),
    (
        "sig-exportdef-conflict",
        lambda: unit(lambda: exports(x=21, y=0), exports=[ICompleted]),
        Fails(DefinitionError, "a member is defined twice"),
    ),
    (
        "sig-exportdef-conflict-class",
        class_defines_it,
        Fails(DefinitionError, "a member is defined twice"),
    ),
    (
        "sig-exportdef-conflict-undeclared-class",
        object_defines_it,
        Fails(DefinitionError, "a member is defined twice"),
    ),
    (
        "sig-exportdef-conflict-object",
        returned_object_defines_it,
        Fails(InvokeError, "a member is defined twice"),
    ),
    ("sig-exportdef-conflict-signature", computed_again, twice_declared),
    (
        "sig-exportdef-use-in-body",
        read_by_a_function_body,
        Fails(UninitializedError, "ICompleted.y: undefined"),
    ),
    (
        "sig-exportdef-use-in-body-class",
        read_by_a_class_body,
        Fails(UninitializedError, "ICompleted.y: undefined"),
    ),
    ("sig-exportdef-helper", with_a_helper, 43),
    ("sig-exportdef-last-value", without_result, [None, None]),
    ("sig-exportdef-rename", under_other_names, (3, 6)),
    ("sig-exportdef-inherited", for_an_inherited_member, (8, 4)),
    ("sig-exportdef-extended", one_from_the_other, (1, 2, 3)),
)
def test_S10_members_for_export_are_computed_after_the_exporting_body(case: Case) -> None:
    """From the members it defined, for whatever exports them; they are no defaults to override."""
    case.check()


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


def test_links_name_what_a_unit_of_an_extended_signature_offers() -> None:
    """An ancestor's name picks the export; what is passed on is the export itself (S5)."""
    base = Link(IBase)
    program = link(
        part(offers(ISub, a=1, b=2), as_=base), part(wants(lambda b: b, ISub), base), exports=()
    )
    assert invoke(program) == 2
