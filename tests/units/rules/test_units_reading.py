"""Rules U11, U12 and U14: what a body sees around it, and what is left when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from signatures import Signature
from tests.units.rules.small import (
    IS,
    Case,
    Fails,
    cases,
    s_function,
    wants,
)
from units import (
    exports,
    invoke,
    link,
    only,
    unit,
)


def uses_before_definition() -> Any:
    a = b + 1  # noqa: F821
    b = 1  # noqa: F841
    return a


def refers_forward() -> Any:
    def even(n: int) -> bool:
        return n == 0 or odd(n - 1)

    def odd(n: int) -> bool:
        return n > 0 and even(n - 1)

    return [even(10), odd(10)]


@cases(
    ("unit-use-before-def", lambda: invoke(unit(uses_before_definition)), Fails(NameError, "b")),
    ("unit-forward-ref-ok", lambda: invoke(unit(refers_forward)), [True, False]),
)
def test_U11_functions_of_a_body_refer_forward(case: Case) -> None:
    """Using a later definition at once is an error."""
    case.check()


def captured() -> Any:
    class IF(Signature):
        def f(self, n: int) -> int: ...

    def make(k: int) -> Any:
        @unit
        def adding() -> IF:
            def f(n: int) -> int:
                return n + k

            return exports(locals())

        return adding

    return invoke(make(100)).f(1), invoke(make(7)).f(1)


x = "outer"


@cases(
    ("unit-lexical-capture", captured, (101, 8)),
    (
        "unit-import-shadows-lexical",
        lambda: [x, invoke(link(s_function, wants(lambda x: x, IS), exports=()))],
        ["outer", 1],
    ),
    (
        "unit-excluded-is-lexical",
        lambda: invoke(link(s_function, wants(lambda: x, only(IS)), exports=())),
        "outer",
    ),
)
def test_U12_a_body_sees_what_stands_around_it(case: Case) -> None:
    """Imports hide names from outside; what is left out of them does not."""
    case.check()


def fails_once() -> Any:
    count = [0]

    def body() -> int:
        count[0] += 1
        if count[0] == 1:
            raise RuntimeError("first time")
        return count[0]

    u = unit(body)
    with pytest.raises(RuntimeError, match="first time"):
        invoke(u)
    return invoke(u)


@cases(("unit-failed-invoke-fresh", fails_once, 2))
def test_U14_a_failure_reaches_whoever_invoked(case: Case) -> None:
    """What ran before stays done; the next invocation starts afresh."""
    case.check()
