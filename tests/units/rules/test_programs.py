"""Rule P1: larger programs, where everything meets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.units.rules.small import ICounter, bound, counts, offers, signature, wants
from units import LinkError
from units.racket import (
    compound_unit,
    compound_unit_infer,
    exports,
    invoke_unit,
    prefix,
    tag,
    unit,
)


def both(one: str, two: str, spec: Any) -> list[Any]:
    """Return the imports of *spec* under two tags, each with its tag as prefix."""
    return [tag(one, prefix(f"{one}_", spec)), tag(two, prefix(f"{two}_", spec))]


IStack = signature("IStack", "empty", "is_empty", "push", "pop", "top")
IQueue = signature("IQueue", "make", "enqueue", "dequeue", "front", "to_list")


def test_P1_big_queue_from_stack() -> None:
    """A functor: one queue out of two instances of a stack."""
    stack = offers(
        IStack,
        empty=(),
        is_empty=lambda s: not s,
        push=lambda s, e: (e, *s),
        pop=lambda s: s[1:],
        top=lambda s: s[0],
    )

    def two_stacks(**of: Any) -> Any:
        def make() -> Any:
            return of["in_empty"], of["out_empty"]

        def enqueue(q: Any, e: Any) -> Any:
            return of["in_push"](q[0], e), q[1]

        def shift(q: Any) -> Any:
            i, o = q
            if of["out_is_empty"](o):
                while not of["in_is_empty"](i):
                    i, o = of["in_pop"](i), of["out_push"](o, of["in_top"](i))
            return i, o

        def dequeue(q: Any) -> Any:
            i, o = shift(q)
            return i, of["out_pop"](o)

        def front(q: Any) -> Any:
            return of["out_top"](shift(q)[1])

        def to_list(q: Any) -> list[Any]:
            q = shift(q)
            return [] if of["out_is_empty"](q[1]) else [front(q), *to_list(dequeue(q))]

        return exports(locals())

    queue = unit(two_stacks, imports=both("in", "out", IStack), exports=[IQueue])
    lines = [
        ({"A": IStack}, stack, []),
        ({"B": IStack}, stack, []),
        ({"Q": IQueue}, queue, [tag("in", "A"), tag("out", "B")]),
    ]
    q = bound(compound_unit(exports=["Q"], link=lines), IQueue)
    full = q["enqueue"](q["enqueue"](q["enqueue"](q["make"](), 1), 2), 3)
    assert q["front"](full) == 1
    assert q["to_list"](q["enqueue"](q["dequeue"](full), 4)) == [2, 3, 4]


def test_P1_big_bank_instances() -> None:
    """One ledger unit twice in a bank, and the bank invoked twice: four ledgers."""
    ILedger, IBank = (
        signature("ILedger", "post", "balance"),
        signature("IBank", "deposit", "withdraw", "total"),
    )

    def ledger() -> Any:
        total = 0

        def post(n: int) -> None:
            nonlocal total
            total += n

        def balance() -> int:
            return total

        return exports(locals())

    def bank(main_post: Any, main_balance: Any, fees_post: Any, fees_balance: Any) -> Any:
        def deposit(n: int) -> None:
            main_post(n)

        def withdraw(n: int) -> None:
            main_post(-(n + 1))
            fees_post(1)

        def total() -> list[int]:
            return [main_balance(), fees_balance()]

        return exports(locals())

    ledgers = unit(ledger, exports=[ILedger])
    lines = [
        ({"M": ILedger}, ledgers, []),
        ({"F": ILedger}, ledgers, []),
        (
            {"B": IBank},
            unit(bank, imports=both("main", "fees", ILedger), exports=[IBank]),
            [tag("main", "M"), tag("fees", "F")],
        ),
    ]
    system = compound_unit(exports=["B"], link=lines)
    x, y = bound(system, IBank), bound(system, IBank)
    x["deposit"](100), x["withdraw"](30), x["withdraw"](5), y["deposit"](7)
    assert [x["total"](), y["total"]()] == [[63, 2], [7, 0]]


def test_P1_big_interpreter_mixins() -> None:
    """Open recursion: every layer calls the outermost one, which is linked last."""
    IEval = signature("IEval", "ev")

    def numbers(self_ev: Any) -> Any:
        def ev(e: Any) -> Any:
            if isinstance(e, int):
                return e
            raise ValueError(f"ev: unknown: {e}")

        return exports(locals())

    def operation(sign: str, apply: Any) -> Any:
        def body(self_ev: Any, super_ev: Any) -> Any:
            def ev(e: Any) -> Any:
                if isinstance(e, tuple) and e[0] == sign:
                    return apply([self_ev(part) for part in e[1:]])
                return super_ev(e)

            return exports(locals())

        return unit(body, imports=both("self", "super", IEval), exports=[IEval])

    def product(values: list[int]) -> int:
        result = 1
        for value in values:
            result *= value
        return result

    lines = [
        (
            {"N": IEval},
            unit(numbers, imports=[tag("self", prefix("self_", IEval))], exports=[IEval]),
            [tag("self", "T")],
        ),
        ({"P": IEval}, operation("+", sum), [tag("self", "T"), tag("super", "N")]),
        ({"T": IEval}, operation("*", product), [tag("self", "T"), tag("super", "P")]),
    ]
    ev = bound(compound_unit(exports=["T"], link=lines), IEval)["ev"]
    assert ev(("+", 1, ("*", 2, ("+", 3, 4)))) == 15
    with pytest.raises(ValueError, match="unknown"):
        ev(("+", 1, ("-", 2)))


def test_P1_big_event_bus() -> None:
    """Subscribers that use the bus while they start say so, and are linked after it."""
    IBus = signature("IBus", "subscribe", "publish")
    IAudit, IApp = signature("IAudit", "entries"), signature("IApp", "go")

    def bus() -> Any:
        subscribers: list[Any] = []

        def subscribe(f: Any) -> None:
            subscribers.append(f)

        def publish(event: str) -> None:
            for each in list(subscribers):
                each(event)

        return exports(locals())

    def audit(subscribe: Any) -> Any:
        log: list[str] = []
        subscribe(log.append)

        def entries() -> list[str]:
            return list(log)

        return exports(locals())

    def echo(subscribe: Any, publish: Any) -> None:
        subscribe(lambda event: publish("pong") if event == "ping" else None)

    def app(publish: Any, entries: Any) -> Any:
        def go() -> list[str]:
            publish("start")
            publish("ping")
            return entries()

        return exports(locals())

    units = [
        unit(bus, exports=[IBus]),
        unit(audit, imports=[IBus], exports=[IAudit], init_depend=[IBus]),
        unit(echo, imports=[IBus], init_depend=[IBus]),
        unit(app, imports=[IBus, IAudit], exports=[IApp]),
    ]
    whole = compound_unit_infer(exports=[IApp], link=units)
    assert bound(whole)["go"]() == ["start", "ping", "pong"]


def test_P1_big_matrix_ring() -> None:
    """A functor applied to its own result: matrices of matrices."""
    IRing = signature("IRing", "zero", "one", "add", "mul", "show")
    integers = offers(
        IRing, zero=0, one=1, add=lambda a, b: a + b, mul=lambda a, b: a * b, show=str
    )

    def matrices(e_zero: Any, e_one: Any, e_add: Any, e_mul: Any, e_show: Any) -> Any:
        zero = (e_zero, e_zero, e_zero, e_zero)
        one = (e_one, e_zero, e_zero, e_one)

        def add(x: Any, y: Any) -> Any:
            return tuple(map(e_add, x, y))

        def mul(x: Any, y: Any) -> Any:
            (a, b, c, d), (e, f, g, h) = x, y
            return (
                e_add(e_mul(a, e), e_mul(b, g)),
                e_add(e_mul(a, f), e_mul(b, h)),
                e_add(e_mul(c, e), e_mul(d, g)),
                e_add(e_mul(c, f), e_mul(d, h)),
            )

        def show(m: Any) -> str:
            return "(" + "".join(map(e_show, m)) + ")"

        return exports(locals())

    over = unit(matrices, imports=[prefix("e_", IRing)], exports=[IRing])

    def matrix(ring: Any) -> Any:
        lines = [({"R": IRing}, ring, []), ({"M": IRing}, over, ["R"])]
        return compound_unit(exports=["M"], link=lines)

    m, mm = bound(matrix(integers), IRing), bound(matrix(matrix(integers)), IRing)
    assert m["show"](m["mul"]((1, 1, 1, 0), (1, 1, 1, 0))) == "(2111)"
    two = mm["mul"](mm["one"], mm["add"](mm["one"], mm["one"]))
    assert mm["show"](two) == "((2002)(0000)(0000)(2002))"


def test_P1_big_subtyping_shapes() -> None:
    """A table of what can be linked as what: the link's signature decides."""
    IShape = signature("IShape", "area")
    INamed = signature("INamed", "name", extends=IShape)
    ISolid = signature("ISolid", "volume", extends=INamed)
    square = offers(INamed, area=lambda n: n * n, name="square")
    cube = offers(ISolid, area=lambda n: 6 * n * n, name="cube", volume=lambda n: n**3)
    by_area = wants(lambda area: area(3), IShape)
    by_name = wants(lambda name, area: (name, area(2)), INamed)
    by_volume = wants(lambda name, volume: (name, volume(2)), ISolid)

    def linked(as_what: Any, u: Any, report: Any) -> Any:
        try:
            made = compound_unit(link=[({"S": as_what}, u, []), ({}, report, ["S"])])
        except LinkError:
            return "no"
        return invoke_unit(made)

    assert [
        linked(IShape, square, by_area),
        linked(INamed, square, by_name),
        linked(ISolid, square, by_volume),
        linked(IShape, cube, by_area),
        linked(INamed, cube, by_name),
        linked(ISolid, cube, by_volume),
        linked(IShape, cube, by_name),
    ] == [9, ("square", 4), "no", 54, ("cube", 24), ("cube", 8), "no"]


def test_P1_big_plugin_system() -> None:
    """Units found at run time: each is linked by itself, and those that do not fit say why."""
    IHost, IPlugin = signature("IHost", "answer"), signature("IPlugin", "name", "run")
    host = offers(IHost, answer=42)
    good = unit(
        lambda answer: exports(name="good", run=lambda: answer), imports=[IHost], exports=[IPlugin]
    )
    candidates = [
        good,
        offers(IHost, answer=0),
        wants(lambda n: n, signature("IOther", "n"), name="other"),
        "not a unit",
    ]

    def loaded(candidate: Any) -> str:
        try:
            lines = [({"H": IHost}, host, []), ({"P": IPlugin}, candidate, ["H"])]
            plugin = bound(compound_unit(exports=["P"], link=lines), IPlugin)
        except LinkError as error:
            return error.problems[0].sentence
        return f"{plugin['name']}:{plugin['run']()}"

    assert [loaded(each) for each in candidates] == [
        "good:42",
        "this usage context expects a unit with an export which the given unit does not supply",
        "unit argument expects an import which this usage context does not supply",
        "result of unit expression was not a unit",
    ]


def test_P1_big_two_stores_one_factory() -> None:
    """One link shared by two importers is one instance; two lines are two."""
    IStock = signature("IStock", "stock")
    store = unit(lambda next: exports(stock=next), imports=[ICounter], exports=[IStock])
    main = wants(
        lambda l_stock, r_stock: [l_stock(), r_stock(), l_stock()], *both("l", "r", IStock)
    )

    def run(second: str, *more: Any) -> Any:
        lines = [
            ({"F": ICounter}, counts, []),
            *more,
            ({"L": IStock}, store, ["F"]),
            ({"R": IStock}, store, [second]),
            ({}, main, [tag("l", "L"), tag("r", "R")]),
        ]
        return invoke_unit(compound_unit(link=lines))

    assert run("F") == [1, 2, 3]
    assert run("G", ({"G": ICounter}, counts, [])) == [1, 1, 2]
