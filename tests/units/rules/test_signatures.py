"""Rules S1-S5: what a signature is, what its members are, how it extends others."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from signatures import (
    Signature,
    SignatureError,
    derived,
    for_export,
    make_signature,
    members,
    opens,
    provides,
)
from tests.units.rules.small import (
    IX,
    IXY,
    Case,
    Fails,
    IBase,
    ISub,
    cases,
    offers,
    shown,
    signature,
    wants,
)
from units import (
    DefinitionError,
    Link,
    LinkError,
    exports,
    invoke,
    link,
    part,
    unit,
)

twice_declared = Fails(SignatureError, "a signature declares each member once")


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
    (
        "sig-extends-not-sig",
        extends_no_signature,
        Fails(SignatureError, "a signature extends signatures only"),
    ),
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


def test_links_name_what_a_unit_of_an_extended_signature_offers() -> None:
    """An ancestor's name picks the export; what is passed on is the export itself (S5)."""
    base = Link(IBase)
    program = link(
        part(offers(ISub, a=1, b=2), as_=base), part(wants(lambda b: b, ISub), base), exports=()
    )
    assert invoke(program) == 2
