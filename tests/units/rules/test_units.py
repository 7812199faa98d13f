"""Rules U1-U4: a unit is a value, what its body gives, what it defines."""

from __future__ import annotations

import contextlib
from typing import Any

from signatures import Signature
from tests.units.rules.small import (
    IS,
    IX,
    IXY,
    Case,
    Fails,
    SClass,
    bound,
    cases,
    offers,
    refused,
    s_function,
)
from units import (
    define_into,
    exports,
    invoke,
    invoke_result,
    is_unit,
    unit,
)


def values() -> Any:
    named = unit(lambda: exports(x=1), exports=[IS], name="named")
    return [*map(is_unit, (named, s_function, SClass, 5, lambda: 1)), repr(named)]


@cases(("unit-value", values, [True, True, True, False, False, "<unit named: () -> (IS)>"]))
def test_U1_a_unit_is_a_value(case: Case) -> None:
    """It can be told from other values, and shows its name."""
    case.check()


def last() -> Any:
    x = 1
    x + 1
    return [x, "last"]


def without_return() -> None:
    "not this"
    x = 1  # noqa: F841


def both_definitions() -> Any:
    @unit
    def both() -> IXY:
        x, y = 1, 2
        __result__ = "done"
        return exports(locals())

    made, result = invoke_result(both)
    return made.x, made.y, result


def result_of_a_class() -> Any:
    @unit
    class Both(IS):
        def __init__(self) -> None:
            self.x = 1
            self.__result__ = "done"

    return invoke_result(Both)[1]


@cases(
    ("unit-result-last", lambda: invoke(unit(last)), [1, "last"]),
    ("unit-result-void-empty", lambda: invoke(unit(lambda: None)), None),
    ("unit-result-void-defn", lambda: invoke(unit(without_return)), None),
    ("unit-result-multiple", lambda: invoke(unit(lambda: (1, 2))), (1, 2)),
    ("unit-result-zero-values", lambda: len(invoke(unit(lambda: ()))), 0),
    ("ex-body-expression-only", both_definitions, (1, 2, "done")),
    ("unit-result-class", result_of_a_class, "done"),
)
def test_U2_invoking_gives_the_value_of_the_body(case: Case) -> None:
    """What the body returns, or nothing; a unit with exports names its result, if it has one."""
    case.check()


def private() -> Any:
    class IF(Signature):
        def f(self) -> int: ...

    @unit
    def secretive() -> IF:
        secret = 40

        def f() -> int:
            return secret + 2

        return exports(locals())

    return invoke(secretive)


def private_in_namespace() -> Any:
    space: dict[str, Any] = {}
    define_into(space, unit(lambda: exports(x=1, secret=2), exports=[IS]))
    return space


def undefined_in_class() -> Any:
    @unit
    class Half(IXY.__class__("ITwo", (), {"__annotations__": {"x": int, "y": int}})):
        x = 1


def partly_exported() -> Any:
    def body() -> Any:
        x, hidden = 1, 1
        y = x + hidden
        return exports(locals())

    made = invoke(unit(body, exports=[IXY]))
    return made.y, hasattr(made, "hidden")


def exported_from_another() -> Any:
    """What is bound by invoking inside a body can be exported from it."""

    @unit(exports=[IXY])
    def outer() -> Any:
        inner = bound(offers(IX, x=7), IX)
        return exports(inner, y=2 * inner["x"])

    return bound(outer, IXY)


@cases(
    (
        "unit-undefined-export",
        lambda: unit(lambda: exports(x=1), exports=[IXY]),
        refused("undefined export"),
    ),
    (
        "unit-undefined-export-class",
        undefined_in_class,
        refused("does not match the signature it exports"),
    ),
    ("unit-extra-defs-private", lambda: private().f(), 42),
    ("unit-private-invisible", lambda: private().secret, Fails(AttributeError, "secret")),
    ("unit-private-unbound", private_in_namespace, {"x": 1}),
    ("unit-partial-export-values", partly_exported, (2, False)),
    ("unit-exports-of-another", exported_from_another, {"x": 7, "y": 14}),
)
def test_U3_exports_must_be_defined_and_all_else_is_private(case: Case) -> None:
    """What is missing is found when the unit is defined; nobody outside sees the rest."""
    case.check()


def one_name_twice() -> Any:
    x = 1
    x = 2
    return exports(locals())


def one_statement() -> Any:
    x, y, x = 1, 2, 3
    return exports(locals())


def one_function_twice() -> Any:
    def x() -> int:
        return 1

    def x() -> int:  # noqa: F811
        return 2

    return exports(locals())


def either() -> Any:
    if x_is_one:
        x = 1
    else:
        x = 2
    return exports(locals())


def refined() -> Any:
    x = 1
    x = x + 1
    return exports(locals())


def fallback() -> Any:
    x = 0
    with contextlib.suppress(ZeroDivisionError):
        x = 1 // x_is_one
    return exports(locals())


x_is_one = True


@cases(
    (
        "unit-dup-definition",
        lambda: unit(one_name_twice, exports=[IS]),
        refused("a member is defined twice"),
    ),
    (
        "unit-dup-definition-values",
        lambda: unit(one_statement, exports=[IXY]),
        refused("a member is defined twice"),
    ),
    (
        "unit-dup-definition-function",
        lambda: unit(one_function_twice, exports=[IS]),
        refused("a member is defined twice"),
    ),
    ("unit-one-of-two-definitions", lambda: invoke(unit(either, exports=[IS])).x, 1),
    ("unit-definition-refined", lambda: invoke(unit(refined, exports=[IS])).x, 2),
    ("unit-definition-after-failure", lambda: invoke(unit(fallback, exports=[IS])).x, 1),
)
def test_U4_an_export_is_defined_once(case: Case) -> None:
    """A second definition that makes the first one pointless is refused; other names are Python's."""
    case.check()
