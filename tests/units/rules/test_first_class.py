"""Rules G1-G3: units are values, instances are fresh, components are the exporter's own objects."""

from __future__ import annotations

import contextvars
from typing import Any

from tests.units.rules.small import (
    IA,
    IB,
    IF,
    Case,
    ICounter,
    bound,
    cases,
    counts,
    offers,
    says,
    signature,
    wants,
)
from units.racket import (
    compound_unit,
    exports,
    invoke_unit,
    prefix,
    unit,
)


def scaler(k: int) -> Any:
    return offers(IF, f=lambda n: k * n)


def folded() -> Any:
    def adds(k: int) -> Any:
        return unit(lambda i_a: exports(a=i_a + k), imports=[prefix("i_", IA)], exports=[IA])

    total = offers(IA, a=0)
    for k in (1, 2, 3, 4):
        total = compound_unit(
            exports=["O"], link=[({"I": IA}, total, []), ({"O": IA}, adds(k), ["I"])]
        )
    return bound(total, IA)


def chosen(flag: bool) -> Any:
    return bound(scaler(2) if flag else scaler(3), IF)["f"](1)


IPlugins = signature("IPlugins", "plugins")


def units_as_members() -> Any:
    made = offers(IPlugins, plugins={"one": unit(lambda: 1), "two": unit(lambda: 2)})
    main = wants(lambda plugins: {name: invoke_unit(u) for name, u in plugins.items()}, IPlugins)
    return invoke_unit(compound_unit(link=[({"P": IPlugins}, made, []), ({}, main, ["P"])]))


@cases(
    (
        "fc-function-returning-unit",
        lambda: [bound(scaler(k), IF)["f"](10) for k in (1, 2, 3)],
        [10, 20, 30],
    ),
    (
        "fc-list-of-units",
        lambda: [invoke_unit(u) for u in [unit(lambda i=i: i * i) for i in range(3)]],
        [0, 1, 4],
    ),
    ("fc-fold-compound", folded, {"a": 10}),
    ("fc-choose", lambda: [chosen(True), chosen(False)], [2, 3]),
    ("fc-unit-as-member", units_as_members, {"one": 1, "two": 2}),
)
def test_G1_units_are_values(case: Case) -> None:
    """Functions return them, lists hold them, loops link them, units export them."""
    case.check()


def two_instances() -> Any:
    a, b = bound(counts, ICounter)["next"], bound(counts, ICounter)["next"]
    a(), a()
    return [a(), b()]


def whole_compound_twice() -> Any:
    main = wants(lambda next: [next(), next()][-1], ICounter)
    whole = compound_unit(link=[({"C": ICounter}, counts, []), ({}, main, ["C"])])
    return [invoke_unit(whole), invoke_unit(whole)]


def nothing_at_definition() -> Any:
    count = 0

    def body() -> int:
        nonlocal count
        count += 1
        return count

    u = unit(body)
    before = count
    return [before, invoke_unit(u), invoke_unit(u), count]


def reentrant() -> Any:
    depth = -1

    def body() -> list[int]:
        nonlocal depth
        depth += 1
        mine = depth
        return [mine, *(invoke_unit(made) if mine < 3 else [])]

    made = unit(body)
    return invoke_unit(made)


INext = signature("INext", "value", "rest")


def streams() -> Any:
    def beginning(n: int) -> Any:
        return offers(INext, value=n, rest=lambda: beginning(n + 1))

    def take(u: Any, k: int) -> list[int]:
        if k == 0:
            return []
        names = bound(u, INext)
        return [names["value"], *take(names["rest"](), k - 1)]

    return take(beginning(5), 4)


def shared_state_outside() -> Any:
    shared = 0

    def body() -> Any:
        def next() -> int:
            nonlocal shared
            shared += 1
            return shared

        return exports(locals())

    u = unit(body, exports=[ICounter])
    a, b = bound(u, ICounter)["next"], bound(u, ICounter)["next"]
    return [a(), b(), a()]


def identity_of_exports() -> Any:
    u = unit(lambda: exports(f=lambda: 1), exports=[IF])
    a, b = bound(u, IF)["f"], bound(u, IF)["f"]
    return [a is a, callable(b), a is b]


@cases(
    ("fc-invoke-twice", two_instances, [3, 1]),
    ("fc-compound-twice", whole_compound_twice, [2, 2]),
    ("fc-body-each-time", nothing_at_definition, [0, 1, 2, 2]),
    ("fc-reentrant", reentrant, [0, 1, 2, 3]),
    ("fc-recursive-compound", streams, [5, 6, 7, 8]),
    ("fc-shared-outer-state", shared_state_outside, [1, 2, 3]),
    ("fc-eq-exports", identity_of_exports, [True, True, False]),
)
def test_G2_each_invocation_is_fresh(case: Case) -> None:
    """Nothing runs at definition; each instance has its own variables, and shares what is outside."""
    case.check()


IBox = signature("IBox", "b")


def one_object() -> Any:
    makes = unit(lambda: exports(b=[0]), exports=[IBox])
    writes = wants(lambda b: b.__setitem__(0, 5), IBox)
    reads = wants(lambda b: b[0], IBox)
    lines = [({"B": IBox}, makes, []), ({}, writes, ["B"]), ({}, reads, ["B"])]
    return invoke_unit(compound_unit(link=lines))


def failure_in_the_middle() -> Any:
    told: list[Any] = []

    def fails() -> None:
        raise RuntimeError("two failed")

    parts = [says(told, "one"), unit(fails), says(told, "three")]
    try:
        invoke_unit(compound_unit(link=[({}, part, []) for part in parts]))
    except RuntimeError as error:
        return str(error), told
    return None


def dynamic_extent() -> Any:
    where = contextvars.ContextVar("where", default="outside")
    u = unit(lambda: where.get())

    def inside() -> Any:
        where.set("inside")
        return invoke_unit(u)

    return [invoke_unit(u), contextvars.copy_context().run(inside)]


@cases(
    ("fc-import-identity", one_object, 5),
    ("fc-exception-in-later-unit", failure_in_the_middle, ("two failed", ["one"])),
    ("fc-parameterize", dynamic_extent, ["outside", "inside"]),
)
def test_G3_components_are_the_exporters_objects(case: Case) -> None:
    """A failure leaves what ran before; bodies run where the unit is invoked."""
    case.check()


def test_G1_a_unit_exported_by_a_unit_is_itself() -> None:
    """Members that are units are handed over untouched."""
    inner = offers(IB, b=1)
    assert bound(offers(IA, a=inner), IA)["a"] is inner
