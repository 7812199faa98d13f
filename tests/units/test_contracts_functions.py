"""Contracts on functions: who is blamed for what goes in and what comes out."""

import functools
import inspect
from collections.abc import (
    Callable,
    Mapping,
    Sequence,
)
from typing import (
    Annotated,
    Any,
    Concatenate,
    NamedTuple,
    ParamSpec,
    Protocol,
)

import pytest

from tests.units.contracted import BETWEEN, Gt, blamed, method_of
from units._contracts import (
    Parties,
    compile_contract,
)

P = ParamSpec("P")


class Doubles(Protocol):
    def __call__(self, n: int) -> int: ...


def test_arguments_blame_the_user_and_results_the_maker() -> None:
    """K1: the importing unit answers for arguments, the exporting unit for results."""

    def asked(n: int) -> int: ...

    contract = method_of(asked)
    assert contract.wrap(lambda n: n + 1, BETWEEN)(1) == 2
    error = blamed(lambda: contract.wrap(lambda n: n, BETWEEN)("bad"))
    assert (error.blaming, error.kind) == ("unit user", "contract violation")
    assert (error.path, error.expected) == (("the 1st argument of",), "int")
    error = blamed(lambda: contract.wrap(str, BETWEEN)(1))
    assert (error.blaming, error.kind) == ("unit maker", "broke its own contract")
    assert (error.path, error.given) == (("the range of",), "1")
    assert error.contract == "(n: int) -> int"
    error = blamed(lambda: contract.wrap(3, BETWEEN))
    assert (error.blaming, error.expected) == ("unit maker", "(n: int) -> int")


def test_roles_swap_inside_a_function_argument_and_back_inside_its_own() -> None:
    """A callback's arguments are the maker's responsibility, its results the user's."""
    callback = Callable[[int], str]

    def asked(handle: callback) -> None: ...

    contract = method_of(asked)
    error = blamed(lambda: contract.wrap(lambda handle: handle("x"), BETWEEN)(str))
    assert (error.blaming, error.kind) == ("unit maker", "broke its own contract")
    assert error.path == ("the 1st argument of", "the 1st argument of")
    error = blamed(lambda: contract.wrap(lambda handle: handle(1), BETWEEN)(lambda n: n))
    assert (error.blaming, error.kind) == ("unit user", "contract violation")
    assert error.path == ("the range of", "the 1st argument of")
    error = blamed(lambda: contract.wrap(lambda handle: None, BETWEEN)(3))
    assert (error.blaming, error.expected) == ("unit user", "Callable[[int], str]")

    twice = compile_contract(Callable[[Callable[[Callable[[int], int]], int]], int])
    apply = twice.wrap(lambda f: f(lambda n: "bad"), BETWEEN)
    assert blamed(lambda: apply(lambda g: g(1))).blaming == "unit maker"
    assert blamed(lambda: apply(lambda g: g("bad"))).blaming == "unit user"


def test_a_function_result_keeps_its_contract() -> None:
    """What a function returned is called under the same roles."""
    contract = compile_contract(Callable[[], Callable[[int], int]])
    made = contract.wrap(lambda: lambda n: "bad", BETWEEN)()
    assert blamed(lambda: made(1)).path == ("the range of", "the range of")
    assert blamed(lambda: made("bad")).blaming == "unit user"


def test_imports_of_a_contracted_unit_have_swapped_roles() -> None:
    """K8: who supplies a bad value is blamed for it, and the unit for misusing what it imports."""
    contract = compile_contract(Callable[[int], int])
    error = blamed(lambda: contract.wrap(lambda n: "bad", BETWEEN.swapped())(1))
    assert (error.blaming, error.kind) == ("unit user", "contract violation")
    error = blamed(lambda: contract.wrap(lambda n: n, BETWEEN.swapped())("bad"))
    assert (error.blaming, error.kind) == ("unit maker", "broke its own contract")
    assert error.contract_from == "unit maker"
    assert BETWEEN.swapped().swapped() == BETWEEN


def echo(*arguments: Any, **keywords: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return arguments, keywords


def everything(
    a: int, /, b: int = 2, c: int = 3, *more: int, d: int, e: int = 5, **keywords: int
) -> object: ...


def gap(a: int = 1, b: int = 2, /, c: int = 3, *, d: int = 4) -> object: ...


def plain_keywords(*, a: int, b: int = 2) -> object: ...


def awkward(_inner: int, __result: int = 2, _parties: int = 3, make: int = 4) -> object: ...


#: a signature, the arguments given, what the function itself is called with.
CALLS: list[tuple[Callable[..., Any], Any, Any]] = [
    (everything, echo(1, d=4), echo(1, d=4)),
    (everything, echo(1, 2, d=4), echo(1, 2, d=4)),
    (everything, echo(1, c=3, d=4), echo(1, c=3, d=4)),
    (everything, echo(1, 2, 3, 4, 5, d=4, e=5, f=6), echo(1, 2, 3, 4, 5, d=4, e=5, f=6)),
    (everything, echo(1, d=4, f=6, func=7), echo(1, d=4, f=6, func=7)),
    (everything, echo(1, b=2, d=4), echo(1, 2, d=4)),
    (gap, echo(), echo()),
    (gap, echo(1), echo(1)),
    (gap, echo(c=3), echo(c=3)),
    (gap, echo(1, c=3), echo(1, c=3)),
    (gap, echo(1, 2, 3, d=4), echo(1, 2, 3, d=4)),
    (gap, echo(d=4), echo(d=4)),
    (plain_keywords, echo(a=1), echo(a=1)),
    (plain_keywords, echo(a=1, b=2), echo(a=1, b=2)),
    (awkward, echo(1), echo(1)),
    (awkward, echo(1, make=4), echo(1, make=4)),
    (awkward, echo(1, 2, 3, 4), echo(1, 2, 3, 4)),
]


@pytest.mark.parametrize(("asked", "call", "received"), CALLS)
def test_every_way_of_passing_arguments(
    asked: Callable[..., Any], call: Any, received: Any
) -> None:
    """A function is called as its caller called it; what was left out keeps the function's default."""
    arguments, keywords = call
    assert method_of(asked).wrap(echo, BETWEEN)(*arguments, **keywords) == received


@pytest.mark.parametrize(
    ("arguments", "keywords", "step"),
    [
        (("x",), {"d": 4}, "the 1st argument of"),
        ((1, "x"), {"d": 4}, "the 2nd argument of"),
        ((1,), {"c": "x", "d": 4}, "the 3rd argument of"),
        ((1, 2, 3, 4, "x"), {"d": 4}, "the 5th argument of"),
        ((1,), {"d": "x"}, "the d argument of"),
        ((1,), {"d": 4, "e": "x"}, "the e argument of"),
        ((1,), {"d": 4, "f": 6, "g": "x"}, "the g argument of"),
    ],
)
def test_every_argument_is_checked(arguments: Any, keywords: Any, step: str) -> None:
    """By position, by keyword, and among those that are not named one by one."""
    error = blamed(lambda: method_of(everything).wrap(echo, BETWEEN)(*arguments, **keywords))
    assert (error.path, error.given, error.blaming) == ((step,), "x", "unit user")


@pytest.mark.parametrize("call", [echo(), echo(1), echo(1, d=4, a=1), echo(1, 2, x=1)])
def test_a_wrong_number_of_arguments_is_an_ordinary_error(call: Any) -> None:
    """Python's own `TypeError`, under the function's name."""
    arguments, keywords = call

    def asked(first: int, second: int, *, d: int = 4) -> int: ...

    def total(first: int, second: int, *, d: int = 4) -> int:
        return first + second + d

    with pytest.raises(TypeError, match="total"):
        method_of(asked).wrap(total, BETWEEN)(*arguments, **keywords)


def test_higher_order_arguments_everywhere() -> None:
    """A function is wrapped as default, as further argument and as keyword argument."""
    callback = Callable[[], int]

    def asked(f: callback = int, *more: callback, **named: callback) -> list[int]: ...

    def run(f: Callable[[], int] = int, *more: Any, **named: Any) -> list[int]:
        return [each() for each in (f, *more, *named.values())]

    run = method_of(asked).wrap(run, BETWEEN)
    assert run() == [0]
    assert run(lambda: 1, lambda: 2, g=lambda: 3) == [1, 2, 3]
    for call in (lambda: run(str), lambda: run(int, str), lambda: run(g=str)):
        error = blamed(call)
        assert (error.blaming, error.given) == ("unit user", "")


def test_a_wrapped_function_looks_like_the_function() -> None:
    """It keeps name, documentation, attributes and what it wraps, and tells how it is called."""

    def grow(n: int, by: int = 1) -> int:
        """Grow."""
        return n + by

    grow.cost = 3
    made = method_of(grow).wrap(grow, BETWEEN)
    assert (made.__name__, made.__doc__, made.cost) == ("grow", "Grow.", 3)
    assert made.__qualname__ == grow.__qualname__
    assert (made.__wrapped__, made.__module__) == (grow, __name__)
    assert str(inspect.signature(made)) == "(n: int, by: int = 1) -> int"
    assert not inspect.iscoroutinefunction(made)


@pytest.mark.parametrize(
    "function",
    [functools.partial(int), int, "7".join, "abc".index, int.__add__],
)
def test_any_callable_is_wrapped(function: Any) -> None:
    """Partials, classes, methods and builtins are functions, too."""
    made = compile_contract(Callable[..., int]).wrap(function, BETWEEN)
    assert callable(made)
    assert made.__wrapped__ is function


def test_a_callable_with_leading_arguments_and_any_others() -> None:
    """``Concatenate`` and parameter specifications leave the rest open."""
    contract = compile_contract(Callable[Concatenate[int, P], str])
    assert str(contract) == "Callable[[int, ...], str]"
    made = contract.wrap(lambda n, *more, **named: str((n, more, named)), BETWEEN)
    assert made(1, 2, k=3) == "(1, (2,), {'k': 3})"
    assert blamed(lambda: made("x", 2)).path == ("the 1st argument of",)
    assert str(compile_contract(Callable[P, str])) == "Callable[..., str]"


def test_a_protocol_that_is_only_called_is_a_function() -> None:
    """A callback protocol is checked as the function it describes, keywords included."""
    made = compile_contract(Doubles).wrap(lambda n: 2 * n, BETWEEN)
    assert (made(1), made(n=2)) == (2, 4)
    assert blamed(lambda: made("x")).blaming == "unit user"


def test_an_optional_function_is_wrapped_where_there_is_one() -> None:
    """Alternatives that are decided at once are asked first."""
    contract = compile_contract(Callable[[int], int] | None)
    assert contract.wrap(None, BETWEEN) is None
    assert blamed(lambda: contract.wrap(str, BETWEEN)(1)).blaming == "unit maker"
    assert blamed(lambda: contract.wrap("x", BETWEEN)).expected == "Callable[[int], int] | None"


def test_a_constrained_function_is_asked_and_wrapped() -> None:
    """Predicates see the function itself."""
    contract = compile_contract(Annotated[Callable[[int], int], inspect.isfunction])
    made = contract.wrap(lambda n: n, BETWEEN)
    assert blamed(lambda: made("x")).blaming == "unit user"
    assert blamed(lambda: contract.wrap(int, BETWEEN)).expected.endswith(", isfunction")


def test_constraints_on_constraints_are_all_asked() -> None:
    """Those of an annotation, and those of the type that it constrains further."""
    positive = compile_contract(Annotated[int, Gt(0)])
    made = compile_contract(Callable[[Annotated[positive, Gt(5)]], int]).wrap(abs, BETWEEN)
    assert made(6) == 6
    assert [blamed(lambda n=n: made(n)).expected for n in (5, 0, "x")] == [
        "int, > 0, > 5",
        "int, > 0",
        "int, > 0, > 5",
    ]


def test_functions_inside_what_is_not_changed_are_wrapped_in_a_copy() -> None:
    """Sequences, tuples and mappings of functions; the original is left alone."""
    f: Any = lambda n: "bad"  # noqa: E731
    sequence = compile_contract(Sequence[Callable[[int], int]])
    for there in ([f], (f,)):
        made = sequence.wrap(there, BETWEEN)
        assert type(made) is type(there)
        assert there[0] is f
        error = blamed(lambda made=made: made[0](1))
        assert error.path == ("the range of", "element 0 of")
    pair = compile_contract(tuple[int, Callable[[int], int]]).wrap((1, f), BETWEEN)
    assert blamed(lambda: pair[1](1)).path == ("the range of", "element 1 of")
    table = compile_contract(Mapping[str, Callable[[int], int]]).wrap({"k": f}, BETWEEN)
    assert blamed(lambda: table["k"](1)).path == ("the range of", "the value at 'k' of")
    for contract, wrong in (
        (sequence, 1),
        (sequence, [1]),
        (compile_contract(Mapping[str, Callable[[int], int]]), {"k": 1}),
    ):
        assert blamed(lambda c=contract, w=wrong: c.wrap(w, BETWEEN)).blaming == "unit maker"
    kept = (1, None)
    assert compile_contract(tuple[int, Callable[[int], int] | None]).wrap(kept, BETWEEN) is kept

    class Named(NamedTuple):
        n: int
        call: Callable[[int], int]

    named = compile_contract(tuple[int, Callable[[int], int]]).wrap(Named(1, f), BETWEEN)
    assert isinstance(named, Named)
    assert blamed(lambda: named.call(1)).blaming == "unit maker"


def test_another_pair_of_parties_costs_no_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract is compiled once; two shapes that are alike share their code."""

    def asked(n: int) -> int: ...

    def alike(n: str) -> bytes: ...

    first, second = method_of(asked), method_of(alike)
    monkeypatch.setattr("builtins.compile", None)
    assert first.wrap(abs, BETWEEN)(1) == 1
    made = [first.wrap(abs, Parties("a", name, "f")) for name in "bc"]
    assert [blamed(lambda each=each: each("x")).blaming for each in made] == ["b", "c"]
    assert made[0].__code__ is second.wrap(str.encode, BETWEEN).__code__
