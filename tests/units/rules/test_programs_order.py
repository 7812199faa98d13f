"""Rule P1: larger programs about the order of bodies, and who refers to whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.units.rules.small import bound, offers, says, signature, wants
from units import UninitializedError
from units.racket import (
    compound_unit,
    compound_unit_infer,
    exports,
    invoke_unit,
    prefix,
    unit,
)


def test_P1_big_deep_chain() -> None:
    """Compounds in compounds, two hundred deep."""
    INumber = signature("INumber", "n", "trace")

    def level(k: int) -> Any:
        return unit(
            lambda p_n, p_trace: exports(n=p_n + k, trace=lambda: [k, *p_trace()]),
            imports=[prefix("p_", INumber)],
            exports=[INumber],
        )

    whole = offers(INumber, n=0, trace=lambda: [0])
    for k in range(1, 201):
        lines = [({"I": INumber}, whole, []), ({"O": INumber}, level(k), ["I"])]
        whole = compound_unit(exports=["O"], link=lines)
    made = bound(whole, INumber)
    assert (made["n"], len(made["trace"]()), made["trace"]()[0]) == (20100, 201, 200)


def test_P1_big_init_trace() -> None:
    """Bodies run in link order, whoever needs whom; what they read must be there by then."""
    IA, IB, IC = signature("IA", "a"), signature("IB", "b"), signature("IC", "c")
    told: list[Any] = []

    def a_unit(b: Any) -> Any:
        told.append("a-start")

        def a() -> Any:
            return b()

        told.append("a-end")
        return exports(locals())

    def b_unit(c: Any) -> Any:
        told.append("b-start")
        value = c()

        def b() -> Any:
            return ["b", value]

        told.append("b-end")
        return exports(locals())

    def c_unit() -> Any:
        told.append("c-start")

        def c() -> Any:
            return "c"

        told.append("c-end")
        return exports(locals())

    def main(a: Any) -> Any:
        told.append("m")
        return a()

    lines = [
        ({"A": IA}, unit(a_unit, imports=[IB], exports=[IA]), ["B"]),
        ({"C": IC}, unit(c_unit, exports=[IC]), []),
        ({"B": IB}, unit(b_unit, imports=[IC], exports=[IB]), ["C"]),
        ({}, wants(main, IA), ["A"]),
    ]
    assert invoke_unit(compound_unit(link=lines)) == ["b", "c"]
    assert told == ["a-start", "a-end", "c-start", "c-end", "b-start", "b-end", "m"]


def test_P1_big_init_trace_nested() -> None:
    """A compound's bodies run together, at its place, once for each place."""
    told: list[Any] = []
    inner = compound_unit(link=[({}, says(told, "i1"), []), ({}, says(told, "i2"), [])])
    parts = [says(told, "o1"), inner, says(told, "o2"), inner]
    assert invoke_unit(compound_unit(link=[({}, part, []) for part in parts])) == "i2"
    assert told == ["o1", "i1", "i2", "o2", "i1", "i2"]


def test_P1_big_closures_over_imports() -> None:
    """A closure over an import that is linked later uses the exporter's state."""
    IStep, IOut = signature("IStep", "step"), signature("IOut", "runner")

    def steps() -> Any:
        k = 1

        def step(n: int) -> int:
            nonlocal k
            k += 1
            return n * (k - 1)

        return exports(locals())

    def out(step: Any) -> Any:
        def runner(values: list[int]) -> list[int]:
            return [step(value) for value in values]

        return exports(locals())

    lines = [
        ({"O": IOut}, unit(out, imports=[IStep], exports=[IOut]), ["S"]),
        ({"S": IStep}, unit(steps, exports=[IStep]), []),
    ]
    system = compound_unit(exports=["O"], link=lines)
    runner, again = bound(system, IOut)["runner"], bound(system, IOut)["runner"]
    assert [runner([1, 1, 1]), runner([1, 1]), again([1, 1])] == [[1, 2, 3], [4, 5], [1, 2]]


def test_P1_big_even_odd() -> None:
    """Mutual recursion of three units, each knowing the next."""
    I0, I1, I2 = (signature(f"I{k}", f"rest{k}") for k in range(3))

    def counting(k: int, mine: Any, other: Any) -> Any:
        def body(**imported: Any) -> Any:
            (following,) = imported.values()
            return exports({f"rest{k}": lambda n: k if n == 0 else following(n - 1)})

        return unit(body, imports=[other], exports=[mine])

    units = [counting(0, I0, I1), counting(1, I1, I2), counting(2, I2, I0)]
    rest = bound(compound_unit_infer(exports=[I0], link=units))["rest0"]
    assert [rest(n) for n in range(7)] == [0, 1, 2, 0, 1, 2, 0]


def test_P1_big_init_eager_vs_lazy() -> None:
    """Reading a later unit while starting fails; reading it inside a call does not."""
    ILog, IMain = signature("ILog", "line"), signature("IMain", "run")
    log = offers(ILog, line=lambda text: f"3:{text}")

    def eager(line: Any) -> Any:
        text = line("main")

        def run() -> str:
            return text

        return exports(locals())

    def lazy(line: Any) -> Any:
        def run() -> str:
            return line("main")

        return exports(locals())

    def whole(body: Any) -> Any:
        main = unit(body, imports=[ILog], exports=[IMain])
        return compound_unit_infer(exports=[IMain], link=[main, log])

    with pytest.raises(UninitializedError, match=r"ILog\.line: undefined"):
        bound(whole(eager))
    assert bound(whole(lazy))["run"]() == "3:main"
