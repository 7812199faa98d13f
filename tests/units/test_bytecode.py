"""What the code of a body tells without running it, on every version of Python."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from units import exports
from units._bytecode import facts, inner_functions, reads_at_once, with_defaults

flag = True


def everything() -> Any:
    a = 1
    b: Any = a

    def c() -> int:
        return 1

    return exports(locals())


def named(x: Any) -> Any:
    a = x
    return exports(a=a, b=2)


def both() -> Any:
    a = 1
    return exports(locals(), b=2)


def an_object() -> Any:
    a = 1
    return [a]


def sometimes() -> Any:
    if flag:
        return exports(a=1)
    return None


def never() -> Any:
    exports(a=1)


def elsewhere() -> Any:
    handed = exports(locals())
    return handed


@pytest.mark.parametrize(
    ("body", "exported", "hands_over", "returns"),
    [
        (everything, set(), True, True),
        (named, {"a", "b"}, True, True),
        (both, {"b"}, True, True),
        (an_object, None, False, True),
        (sometimes, {"a"}, True, True),
        (never, None, True, False),
        (elsewhere, None, True, True),
    ],
)
def test_what_a_body_hands_over(
    body: Any, exported: set[str] | None, hands_over: bool, returns: bool
) -> None:
    """By ``exports(locals())``, by name, by both, otherwise, or never."""
    known = facts(body, exports)
    assert (known.exported, known.hands_over, known.returns) == (exported, hands_over, returns)
    assert known.by_locals == (body in (everything, both))


def test_which_variables_a_body_assigns() -> None:
    """And which of them by nothing but a ``def``."""
    known = facts(everything, exports)
    assert known.stored == {"a", "b", "c"}
    assert known.plain == {"c"}
    assert facts(named, exports).variables == {"x", "a"}


def reassigning() -> Any:
    a = b = 1

    def outer() -> None:
        nonlocal b

        def inner() -> None:
            nonlocal a
            a = 2

        inner()
        del b

    return exports(locals())


def test_which_variables_inner_functions_assign() -> None:
    """At any depth, and deleting counts."""
    assert facts(reassigning, exports).reassigned == {"a": "inner", "b": "outer"}


def straight() -> Any:
    a = 1
    a = 2
    b = 1
    b = b + 1
    c = 1

    def get() -> int:
        return c

    c = 3
    return exports(locals())


def branching(given: Any) -> Any:
    if given:
        a = 1
    a = 2
    for each in given:
        b = each
    b = 3
    c = 1 if given else 2
    while given:
        d = 1
        if d:
            break
    return exports(locals())


def careful(given: Any) -> Any:
    a = 1
    with contextlib.suppress(ValueError):
        a = given()
    return exports(locals())


def swapping() -> Any:
    a, b = 1, 2
    a, b = b, a
    return exports(locals())


def repeating() -> Any:
    a, b, a = 1, 2, 3
    return exports(locals())


@pytest.mark.parametrize(
    ("body", "twice"),
    [
        (straight, {"a", "c"}),
        (branching, set()),
        (careful, set()),
        (swapping, set()),
        (repeating, {"a"}),
    ],
)
def test_which_variables_are_certainly_assigned_twice(body: Any, twice: set[str]) -> None:
    """Without having been used in between, where nothing branches; a closure is no use."""
    assert facts(body, exports).twice == twice


def starts(a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:
    kept = [a, b.name]

    def later() -> Any:
        return c, kept

    if a:
        return d
    return e


def keeps(a: Any, b: Any) -> Any:
    def later() -> Any:
        return a

    return [a, later], b


def test_which_variables_are_read_at_once() -> None:
    """Up to the first branch; inner functions do not count, a variable they share does."""
    assert reads_at_once(starts) & set("abcde") == {"a", "b"}
    assert reads_at_once(keeps) & set("ab") == {"a", "b"}
    assert reads_at_once(lambda x: (x, x)) == {"x"}
    assert reads_at_once(int) == frozenset()


def defaults() -> Any:
    def plain(a: Any, b: Any) -> None: ...
    def some(a: Any, b: Any = 1, c: Any = None) -> None: ...
    def computed(a: Any = [], b: Any = {}) -> None: ...  # noqa: B006
    def keywords(*, a: Any, b: Any = 1) -> None: ...
    def closing(a: Any = 1) -> Any:
        return defaults_of

    defaults_of = 1

    @staticmethod
    def decorated(a: Any) -> None: ...

    return exports(locals())


@pytest.mark.parametrize(
    ("name", "count", "named"),
    [
        ("plain", 0, None),
        ("some", 2, None),
        ("computed", 2, None),
        ("keywords", 0, {"b"}),
        ("closing", 1, None),
    ],
)
def test_how_many_defaults_an_inner_function_has(
    name: str, count: int, named: set[str] | None
) -> None:
    """Read from what stands before its definition."""
    (inner,) = inner_functions(defaults.__code__, name)
    made = with_defaults(defaults.__code__, inner)
    assert made is not None
    assert len(made.__defaults__ or ()) == count
    assert (set(made.__kwdefaults__) if made.__kwdefaults__ else None) == named


def test_a_decorated_function_is_called_as_its_decorator_decides() -> None:
    """So nothing is said of it, nor of one that is not there."""
    (inner,) = inner_functions(defaults.__code__, "decorated")
    assert with_defaults(defaults.__code__, inner) is None
    assert with_defaults(straight.__code__, inner) is None
    assert [*inner_functions(defaults.__code__, "missing")] == []
