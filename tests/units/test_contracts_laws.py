"""Laws of contracts, over random annotations and values."""

from collections.abc import (
    Callable,
    Iterable,
)
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
)

from hypothesis import given
from hypothesis import strategies as st

from tests.units.contracted import BETWEEN, Gt
from units import DefinitionError
from units._contracts import (
    Contract,
    ContractError,
    Parties,
    compile_contract,
)

LEAVES: list[Any] = [int, str, float, None, bool, Any, Literal["a", 1], Annotated[int, Gt(0)]]
ANNOTATIONS: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        inner.map(lambda a: list[a]),
        inner.map(lambda a: tuple[a, ...]),
        inner.map(lambda a: Iterable[a]),
        inner.map(lambda a: dict[str, a]),
        st.tuples(inner, inner).map(lambda pair: tuple[pair[0], pair[1]]),
        st.tuples(inner, inner).map(
            lambda pair: Union[pair[0], pair[1]]  # noqa: UP007 - `None | None` is none
        ),
    ),
    max_leaves=6,
).filter(lambda annotation: _is_allowed(annotation))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.integers(-2, 2), st.sampled_from(["a", "b", None, 1.5, True])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(st.sampled_from(["k", "l", 1]), inner, max_size=2),
    ),
    max_leaves=8,
)


def _is_allowed(annotation: Any) -> bool:
    try:
        compile_contract(annotation)
    except DefinitionError:
        return False
    return True


def outcome(contract: Contract, value: Any, parties: Parties = BETWEEN, times: int = 1) -> Any:
    """Return the value wrapped *times*, or the error, as something to compare."""
    try:
        for _ in range(times):
            value = contract.wrap(value, parties)
    except ContractError as error:
        return str(error)
    return value


@given(ANNOTATIONS, VALUES)
def test_law_what_passes_check_passes_wrap_unchanged(annotation: Any, value: Any) -> None:
    """Data that `check` accepts is what `wrap` returns, and what it refuses `wrap` refuses alike."""
    contract = compile_contract(annotation)
    checked = value
    try:
        contract.check(value, BETWEEN)
    except ContractError as error:
        checked = str(error)
    assert outcome(contract, value) == checked
    assert contract.accepts(value) == (checked is value)


@given(ANNOTATIONS, ANNOTATIONS, VALUES, VALUES)
def test_law_wrapping_twice_changes_no_outcome(
    argument: Any, result: Any, value: Any, returned: Any
) -> None:
    """A function under a contract twice does what it does under it once, errors included."""
    contract = compile_contract(Callable[[argument], result])

    def call(times: int) -> Any:
        made = outcome(contract, lambda given: returned, times=times)
        try:
            return made(value)
        except ContractError as error:
            return str(error)

    assert call(1) == call(2)


@given(ANNOTATIONS, VALUES, st.integers(0, 3), st.booleans())
def test_law_blame_names_one_of_the_two(
    annotation: Any, value: Any, depth: int, answering: bool
) -> None:
    """However deep in functions of functions a value is wrong, and from whichever side it comes."""
    wrapped: Any = annotation
    thing: Any = value
    for _ in range(depth):
        wrapped = Callable[[wrapped], Any] if answering else Callable[[], wrapped]
        thing = (
            (lambda inner: lambda f: f(inner))(thing)
            if answering
            else (lambda inner: lambda: inner)(thing)
        )
    contract = compile_contract(wrapped)
    error: Exception | None = None
    try:
        made = contract.wrap(thing, BETWEEN)
        for _ in range(depth):
            made = made(value) if answering else made()
    except (ContractError, TypeError) as raised:  # a value that nobody checks may be no function
        error = raised
    if isinstance(error, ContractError):
        assert error.blaming in (BETWEEN.positive, BETWEEN.negative)
        assert error.contract_from == BETWEEN.positive
        assert (error.blaming == BETWEEN.positive) == (error.kind == "broke its own contract")


@given(st.lists(VALUES, max_size=4), ANNOTATIONS)
def test_law_an_iterator_gives_what_a_list_would_until_the_first_wrong_element(
    values: list[Any], annotation: Any
) -> None:
    """Checked lazily or at once, the same elements pass and the same one is at fault."""
    contract = compile_contract(Iterable[annotation])
    made = contract.wrap(iter(values), BETWEEN)
    seen: list[Any] = []
    lazily = None
    try:
        for each in made:
            seen.append(each)
    except ContractError as error:
        lazily = str(error)
    at_once = outcome(contract, values)
    assert (lazily or seen) == at_once
    assert seen == values[: len(seen)]
