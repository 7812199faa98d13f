"""Rules V1-V6: invoking a unit, with imports from a namespace and exports bound in one."""

from __future__ import annotations

from typing import Any

from signatures import Signature
from tests.units.rules.small import (
    IA,
    IB,
    IX,
    IXY,
    IY,
    Case,
    Fails,
    IBase,
    IGet,
    ISub,
    cases,
    not_exported,
    not_supplied,
    offers,
    says,
    signature,
    wants,
)
from units import DefinitionError, InvokeError, LinkError, UninitializedError
from units.racket import (
    compound_unit,
    define_values_invoke_unit,
    except_,
    exports,
    invoke_unit,
    only,
    prefix,
    rename,
    tag,
    unit,
)

x_of = wants(lambda x: x, IX)
not_a_unit = "result of unit expression was not a unit"


def bound(u: Any, **clauses: Any) -> dict[str, Any]:
    """Return the namespace after `define_values_invoke_unit`."""
    ns = clauses.pop("namespace", {})
    define_values_invoke_unit(u, namespace=ns, **clauses)
    return ns


def kinds_of_errors() -> list[str]:
    def kind(program: Any) -> str:
        try:
            program()
        except DefinitionError:
            return "static"
        except LinkError:
            return "link"
        except UninitializedError:
            return "uninitialized"
        return "none"

    early = compound_unit(
        link=[({}, wants(lambda x: x + 1, IX), ["X"]), ({"X": IX}, offers(IX, x=1), [])]
    )
    return [
        kind(lambda: invoke_unit(5)),
        kind(lambda: compound_unit(link=[({}, x_of, [])])),
        kind(lambda: invoke_unit(early)),
        kind(lambda: unit(lambda: None, imports=[5])),
    ]


def order_of_evaluation() -> list[Any]:
    told: list[Any] = []
    told.append("unit-expr")
    told.append(invoke_unit(unit(lambda: 5)))
    return told


@cases(
    ("inv-basic", lambda: invoke_unit(unit(lambda: 6 * 7)), 42),
    ("inv-not-unit", lambda: invoke_unit("nope"), Fails(LinkError, not_a_unit)),
    ("inv-has-imports", lambda: invoke_unit(x_of), Fails(LinkError, not_supplied)),
    (
        "inv-has-tagged-import",
        lambda: invoke_unit(wants(lambda x: x, tag("t", IX))),
        Fails(LinkError, "import: IX (tag t)"),
    ),
    ("inv-unit-expr-order", order_of_evaluation, ["unit-expr", 5]),
    (
        "ex-unit-in-class-of-errors",
        kinds_of_errors,
        ["link", "link", "uninitialized", "static"],
    ),
    ("inv-exports-unseen", lambda: invoke_unit(offers(IX, x=1)), None),
)
def test_V1_invoking_gives_the_result_of_the_body(case: Case) -> None:
    """Only a unit without remaining imports is invoked; its exports are computed and not seen."""
    case.check()


def test_V1_a_misfit_is_an_error_of_linking_and_of_invoking() -> None:
    """`InvokeError` catches what `units.invoke` would raise."""
    for wrong in ("nope", x_of):
        Case(lambda wrong=wrong: invoke_unit(wrong), Fails(InvokeError)).check()


def in_a_function() -> list[int]:
    double = wants(lambda x: 2 * x, IX)

    def f(x: int) -> int:
        return invoke_unit(double, imports=[IX], namespace=locals())

    return [f(1), f(2), f(3)]


class IPoint(Signature):
    x: int


class IPoints(Signature):
    def Point(self, x: int) -> IPoint: ...


def structure_from_context() -> bool:
    class Point(IPoint):
        def __init__(self, x: int) -> None:
            self.x = x

    makes = wants(lambda Point: Point(3), IPoints)
    return isinstance(from_context(makes, IPoints, Point=Point), Point)


def from_context(u: Any, *specs: Any, **names: Any) -> Any:
    return invoke_unit(u, imports=specs, namespace=names)


@cases(
    ("inv-context", lambda: from_context(wants(lambda x, y: [x, y], IXY), IXY, x=1, y=2), [1, 2]),
    ("inv-context-rename", lambda: from_context(x_of, rename(IX, here="x"), here="ctx"), "ctx"),
    ("inv-context-prefix", lambda: from_context(x_of, prefix("my_", IX), my_x="p"), "p"),
    ("inv-context-extra", lambda: from_context(x_of, IY, IX, x=1, y=2), 1),
    (
        "inv-context-super-ok",
        lambda: from_context(wants(lambda a: a, IBase), ISub, a=1, b=2),
        1,
    ),
    ("inv-context-missing", lambda: from_context(x_of, IY, y=2), Fails(LinkError, not_supplied)),
    ("inv-context-unbound", lambda: from_context(x_of, IX), Fails(DefinitionError, "unbound name")),
    ("inv-context-local", in_a_function, [2, 4, 6]),
    (
        "ex-invoke-import-dup",
        lambda: from_context(x_of, IX, rename(IX, here="x"), x=1, here=2),
        Fails(DefinitionError, "extends this signature"),
    ),
    (
        "ex-invoke-import-sub-super",
        lambda: from_context(wants(lambda a: a, ISub), IBase, ISub, a=1, b=2),
        Fails(DefinitionError, "extends this signature"),
    ),
    (
        "inv-context-only",
        lambda: from_context(x_of, only(IXY, "x"), x=1, y=2),
        Fails(DefinitionError, "only and except_ are for imports"),
    ),
    ("inv-context-struct", structure_from_context, True),
    (
        "inv-context-not-unit",
        lambda: from_context("nope", IX, x=1),
        Fails(LinkError, not_a_unit),
    ),
    (
        "inv-context-static-first",
        lambda: from_context("nope", IX),
        Fails(DefinitionError, "unbound name"),
    ),
)
def test_V2_imports_come_from_names_in_a_namespace(case: Case) -> None:
    """Adjustments say which names; more may be supplied than needed, but not related signatures."""
    case.check()


def seen_after_assignment(u: Any, pick: Any = lambda made: made) -> Any:
    ns: dict[str, Any] = {"x": 1}
    get = pick(invoke_unit(u, imports=[IX], namespace=ns))
    ns["x"] = 2
    return get()


def seen_by_an_export() -> Any:
    ns: dict[str, Any] = {"x": 1}
    getter = unit(lambda x: exports(get=lambda: x), imports=[IX], exports=[IGet])
    define_values_invoke_unit(getter, imports=[IX], exports=[IGet], namespace=ns)
    ns["x"] = 2
    return ns["get"]()


def reads_component(source: IX) -> Any:
    return lambda: source.x


def seen_by_two_functions() -> Any:
    def body(x: int) -> Any:
        def get() -> int:
            return x

        def later() -> int:
            return 10 * x + get()

        return exports(locals())

    ns: dict[str, Any] = {"x": 1}
    ITwo = signature("ITwo", "get", "later")
    define_values_invoke_unit(
        unit(body, imports=[IX], exports=[ITwo]), imports=[IX], exports=[ITwo], namespace=ns
    )
    ns["x"] = 3
    return ns["later"]()


@cases(
    ("inv-context-mutation", lambda: seen_after_assignment(wants(lambda x: lambda: x, IX)), 2),
    ("inv-context-mutation-component", lambda: seen_after_assignment(unit(reads_component)), 2),
    (
        "inv-context-mutation-in-a-list",
        lambda: seen_after_assignment(wants(lambda x: [lambda: x], IX), lambda made: made[0]),
        2,
    ),
    ("inv-dv-context-mutation", seen_by_an_export, 2),
    ("inv-dv-context-mutation-two", seen_by_two_functions, 33),
    (
        "inv-context-value-in-body",
        lambda: type(invoke_unit(x_of, imports=[IX], namespace={"x": 1})),
        int,
    ),
)
def test_V3_context_names_are_read_at_each_use(case: Case) -> None:
    """What is assigned in the namespace after the unit was invoked is seen by its functions."""
    case.check()


IFour, ITwo = signature("IFour", "a", "b", "c", "d"), signature("ITwo", "e", "f")
six = offers(IFour, ITwo, a=1, b=2, c=3, d=4, e=5, f=6)


def twice_the_same_name() -> Any:
    IOther = signature("IOther", "x")
    u = unit(lambda: exports(x=1, t_x=2), exports=[IX, prefix("t_", IOther)])
    return bound(u, exports=[IX, IOther])


@cases(
    (
        "inv-dv-basic",
        lambda: bound(offers(signature("IF", "x"), IB, x=10, b=5), exports=[IB]),
        {"b": 5},
    ),
    (
        "inv-dv-specs",
        lambda: bound(
            six,
            exports=[rename(only(IFour, "a", "b"), bb="b"), prefix("t_", except_(ITwo, "f"))],
        ),
        {"a": 1, "bb": 2, "t_e": 5},
    ),
    ("inv-dv-subset", lambda: bound(offers(IA, IB, a=1, b=2), exports=[IB]), {"b": 2}),
    ("inv-dv-super", lambda: bound(offers(ISub, a=1, b=2), exports=[IBase]), {"a": 1}),
    (
        "inv-dv-missing-export",
        lambda: bound(unit(lambda: None), exports=[IX]),
        Fails(LinkError, not_exported),
    ),
    (
        "inv-dv-sub-not-available",
        lambda: bound(offers(IBase, a=1), exports=[ISub]),
        Fails(LinkError, not_exported),
    ),
    ("inv-dv-missing-import", lambda: bound(x_of), Fails(LinkError, not_supplied)),
    (
        "inv-dv-missing-import-some",
        lambda: bound(x_of, imports=[IY], namespace={"y": 1}),
        Fails(LinkError, not_supplied),
    ),
    ("inv-dv-not-unit", lambda: bound("nope"), Fails(LinkError, not_a_unit)),
    ("inv-dv-dup-binding", twice_the_same_name, Fails(DefinitionError, "duplicate binding")),
    (
        "ex-two-requests",
        lambda: bound(offers(ISub, a=1, b=2), exports=[prefix("p_", IBase), ISub]),
        {"p_a": 1, "a": 1, "b": 2},
    ),
)
def test_V4_names_are_bound_as_imports_would_be(case: Case) -> None:
    """The export clause takes every adjustment, and may ask for less than the unit exports."""
    case.check()


def test_V4_nothing_is_bound_when_the_body_fails() -> None:
    """Names are bound together, after the body."""
    ns: dict[str, Any] = {}
    u = unit(lambda: exports(x=1 // 0), exports=[IX])
    Case(lambda: bound(u, exports=[IX], namespace=ns), Fails(ZeroDivisionError)).check()
    assert ns == {}


def with_results(*results: Any) -> Any:
    def body() -> Any:
        x = 1
        __result__ = results
        return exports(locals())

    return unit(body, exports=[IX])


def order_of_definition() -> list[str]:
    told = ["before"]
    ns = bound(says(told, "body", IX, x=1), exports=[IX])
    return [*told, "after", ns["x"]]


three = unit(lambda: ("r1", "r2", "r3"))
another = "another number of results"


@cases(
    ("inv-dv-result-ignored", lambda: bound(with_results(5), exports=[IX]), {"x": 1}),
    ("inv-dv-order", order_of_definition, ["before", "body", "after", 1]),
    (
        "inv-dv-values-clause",
        lambda: bound(with_results("r1", "r2", "r3"), exports=[IX], values=["a", "*more"]),
        {"x": 1, "a": "r1", "more": ["r2", "r3"]},
    ),
    (
        "inv-dv-values-arity",
        lambda: bound(three, values=["a", "b"]),
        Fails(InvokeError, another),
    ),
    (
        "inv-dv-values-too-few",
        lambda: bound(three, values=["a", "b", "c", "d", "*e"]),
        Fails(InvokeError, another),
    ),
    ("inv-dv-values-one", lambda: bound(unit(lambda: 5), values=["a"]), {"a": 5}),
    ("inv-dv-values-all", lambda: bound(three, values=["*all"]), {"all": ["r1", "r2", "r3"]}),
    ("inv-dv-values-none", lambda: bound(unit(lambda: ()), values=[]), {}),
    (
        "inv-dv-values-dup",
        lambda: bound(with_results(5), exports=[IX], values=["x"]),
        Fails(DefinitionError, "duplicate binding"),
    ),
    (
        "inv-dv-values-rest-first",
        lambda: bound(three, values=["*a", "b"]),
        Fails(DefinitionError, "only the last of the values is a rest"),
    ),
)
def test_V5_results_are_bound_by_the_values_clause(case: Case) -> None:
    """The result is ignored, or taken apart: as many names as values, or a rest at the end."""
    case.check()


successor = unit(lambda in_x: exports(x=in_x + 1), imports=[prefix("in_", IX)], exports=[IX])


@cases(
    (
        "inv-dv-import-cycle-self",
        lambda: bound(successor, imports=[IX], exports=[IX]),
        Fails(UninitializedError, "IX.x: undefined"),
    ),
    (
        "inv-dv-import-renamed",
        lambda: bound(
            successor, imports=[rename(IX, start="x")], exports=[IX], namespace={"start": 41}
        )["x"],
        42,
    ),
    (
        "inv-dv-import-cycle-later",
        lambda: bound(
            unit(
                lambda in_x: exports(x=1, get=lambda: in_x),
                imports=[prefix("in_", IX)],
                exports=[IX, IGet],
            ),
            imports=[IX],
            exports=[IX, IGet],
        )["get"](),
        1,
    ),
    (
        "inv-dv-import-redefined",
        lambda: bound(successor, imports=[IX], exports=[IX], namespace={"x": 41})["x"],
        42,
    ),
)
def test_V6_an_import_may_be_the_name_that_is_being_defined(case: Case) -> None:
    """Read before it is defined, it is uninitialized; read later, it is what was defined."""
    case.check()
