"""Contracts on data: what they accept and refuse, and where the fault is."""

import collections
import collections.abc as abc
import enum
import io
import os
import pathlib
import re
import sys
import typing
from collections.abc import (
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Protocol,
    TypedDict,
    TypeVar,
    runtime_checkable,
)

import pytest
from zope.interface import Interface, implementer

from signatures import Signature, contracted
from tests.units.contracted import BETWEEN, Gt, blamed, method_of
from units import DefinitionError, invoke, link, unit
from units._contracts import (
    ContractError,
    compile_contract,
    member,
)

T = TypeVar("T")


class IName(Signature):
    def name(self) -> str: ...


class Declared(IName):
    def name(self) -> str:
        return "declared"


class Shaped:
    def name(self) -> str:
        return "shaped"


class IPlain(Interface):
    def size() -> None: ...


@implementer(IPlain)
class Plain:
    def size(self) -> int:
        return 3


class Color(enum.Enum):
    RED = 1


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Card:
    rank: int


class Movie(TypedDict, total=False):
    title: typing.Required[str]
    year: int


class Sized(Protocol):
    def size(self) -> int: ...


@runtime_checkable
class Closes(Protocol):
    def close(self) -> None: ...


UserId = NewType("UserId", int)


# Classes of the shape that `annotated_types` has: the package need not be there.
@dataclass(frozen=True)
class Le:
    le: Any


@dataclass(frozen=True)
class MultipleOf:
    multiple_of: Any


@dataclass(frozen=True)
class Interval:
    gt: Any = None
    ge: Any = None
    lt: Any = None
    le: Any = None


@dataclass(frozen=True)
class Len:
    min_length: int = 0
    max_length: int | None = None


@dataclass(frozen=True)
class Predicate:
    func: Callable[[Any], bool]


def is_even(n: int) -> bool:
    return n % 2 == 0


#: annotation, what it accepts, what it refuses.
FLAT: list[tuple[Any, list[Any], list[Any]]] = [
    (int, [1, True], ["1", 1.0, None]),
    (float, [1.0, 1, True], ["1", 1j]),
    (complex, [1j, 1.0, 1], ["1"]),
    (str, ["a"], [b"a", None]),
    (None, [None], [0, False]),
    (type(None), [None], [0]),
    (Any, [1, None], []),
    (object, [1, None], []),
    (T, [1, None], []),
    (typing.Never, [], [1, None]),
    (typing.LiteralString, ["a"], [1]),
    (Card, [Card(1)], [1, Card]),
    (UserId, [1], ["1"]),
    (Color, [Color.RED], [1]),
    (int | str, [1, "a"], [None, 1.0]),
    (Optional[int], [1, None], ["a"]),  # noqa: UP045 - as others write it
    (int | list[str], [1, ["a"]], [[1], "a"]),
    (int | Any, [1, "a"], []),
    (Literal["r", 1, Color.RED], ["r", 1, Color.RED], ["w", True, 1.0]),
    (list, [[], [1, "a"]], [()]),
    (list[int], [[], [1, 2]], [[1, "a"], (1,), None]),
    (list[int | None], [[1, None]], [["a"]]),
    (list[list[int]], [[[1], []]], [[[1], ["a"]], [1]]),
    (typing.List[int], [[1]], [["a"]]),  # noqa: UP006 - as others write it
    (typing.List, [[1, "a"]], [(1,)]),  # noqa: UP006
    (set[int], [{1}], [{"a"}, [1]]),
    (frozenset[int], [frozenset({1})], [frozenset({"a"}), {1}]),
    (abc.Set[int], [{1}, frozenset({1}), {1: 2}.keys()], [{"a"}, [1]]),
    (tuple, [(), (1, "a")], [[]]),
    (typing.Tuple, [(), (1, "a")], [[]]),  # noqa: UP006
    (tuple[int, str], [(1, "a")], [(1, 2), (1,), (1, "a", 2), [1, "a"]]),
    (tuple[()], [()], [(1,)]),
    (tuple[int, ...], [(), (1, 2)], [(1, "a"), [1]]),
    (Point, [Point(1, 2)], [(1, 2)]),
    (dict[str, int], [{}, {"a": 1}], [{1: 1}, {"a": "b"}, []]),
    (Mapping[str, int], [{"a": 1}, collections.ChainMap({"a": 1})], [{"a": "b"}, [("a", 1)]]),
    (collections.defaultdict[str, int], [collections.defaultdict(int, a=1)], [{"a": 1}]),
    (collections.Counter[str], [collections.Counter("ab")], [collections.Counter([1])]),
    (collections.deque[int], [collections.deque([1])], [collections.deque("a"), [1]]),
    (abc.ItemsView[str, int], [{"a": 1}.items()], [{1: 1}.items(), {"a": 1}]),
    (abc.ValuesView[int], [{"a": 1}.values()], [{1: "a"}.values()]),
    (Sequence[int], [[1], (1,), range(10**12)], [["a"], "a", {1}]),
    (Sequence[str], ["abc", ["a"]], [[1], b"abc"]),
    (Sequence[Annotated[int, Gt(0)]], [[1]], [[0], [1, -1]]),
    (type, [int], [1]),
    (type[int], [int, bool], [str, 1]),
    (type[int | str], [int, str], [float]),
    (type[Any], [int], [1]),
    (type[IName], [Declared], [Shaped, Card, Declared()]),
    (IName, [Declared(), Shaped()], [Card(1), None]),
    (IPlain, [Plain()], [Card(1)]),
    (Sized, [Plain()], [Card(1)]),
    (Closes, [io.StringIO()], [1]),
    (
        Movie,
        [{"title": "M"}, {"title": "M", "year": 1931}],
        [{}, {"title": 1}, [], {"title": "M", "year": "x"}],
    ),
    (Callable, [len, Card], [1]),
    (Callable[..., Any], [len], [1]),
    (abc.Callable, [len], [1]),
    (Iterable, [[], iter([])], [1]),
    (Iterator[Any], [iter([])], [[]]),
    (Awaitable[Any], [], [1]),
    (typing.TextIO, [io.StringIO()], [io.BytesIO(), 1]),
    (typing.IO[bytes], [io.BytesIO()], [io.StringIO()]),
    (re.Pattern[str], [re.compile("a")], [re.compile(b"a"), "a"]),
    (re.Match[str], [re.match("a", "a")], [re.match(b"a", b"a"), None]),
    (os.PathLike[str], [pathlib.Path(".")], ["."]),
    (typing.ClassVar[int], [1], ["a"]),
    (typing.TypeGuard[int], [True], [1]),
    (Annotated[int, "metadata for others", Card], [1], ["a"]),
    (Annotated[int, []], [1], ["a"]),
    (Annotated[int, Gt(0)], [1], [0, "a"]),
    (Annotated[object, Gt(0)], [1, 1.5], [0, "a"]),
    (Annotated[int, Gt(0), Le(9)], [1, 9], [0, 10]),
    (Annotated[int, MultipleOf(3)], [0, 3], [4]),
    (Annotated[float, Interval(ge=0, lt=1)], [0, 0.5], [1, -0.1]),
    (Annotated[str, Len(1)], ["a"], ["", 1]),
    (Annotated[list[int], Len(1, 2)], [[1], [1, 2]], [[], [1, 2, 3], ["a"]]),
    (Annotated[int, Predicate(is_even)], [2], [1]),
    (Annotated[int, is_even], [2], [1, "a"]),
    (Annotated[str, str.isupper], ["A"], ["a"]),
    (is_even, [2], [1]),
]


@pytest.mark.parametrize(("annotation", "good", "bad"), FLAT, ids=lambda v: repr(v)[:40])
def test_a_flat_contract_decides_at_once(annotation: Any, good: list[Any], bad: list[Any]) -> None:
    """It returns what it accepts, itself, and blames the positive party for everything else."""
    contract = compile_contract(annotation)
    assert contract.flat
    for value in good:
        contract.check(value, BETWEEN)
        assert contract.wrap(value, BETWEEN) is value
    for value in bad:
        for use in (contract.check, contract.wrap):
            with pytest.raises(ContractError) as caught:
                use(value, BETWEEN)
            assert caught.value.blaming == "unit maker"
            assert caught.value.kind == "broke its own contract"


def test_a_specialised_signature_is_the_signature_at_run_time() -> None:
    """``IBox[int]`` asks for an ``IBox``."""

    class IBox(Signature, Protocol[T]):
        def get(self) -> T: ...

    class Box(IBox[int]):
        def get(self) -> int:
            return 1

    contract = compile_contract(IBox[int])
    assert contract.accepts(Box())
    assert not contract.accepts(1)
    assert compile_contract(type[IBox[int]]).accepts(Box)


def test_a_contract_may_stand_in_an_annotation() -> None:
    """What is compiled already is used as it is."""
    positive = compile_contract(Annotated[int, Gt(0)])
    assert compile_contract(positive) is positive


#: annotation, a value that is wrong somewhere inside, the way there, what was expected, given.
INSIDE: list[tuple[Any, Any, tuple[str, ...], str, object]] = [
    (list[int], [1, 2, "a"], ("element 2 of",), "int", "a"),
    (list[list[int]], [[1], ["a"]], ("element 0 of", "element 1 of"), "int", "a"),
    (set[int], {"a"}, ("an element of",), "int", "a"),
    (tuple[int, str], (1, 2), ("element 1 of",), "str", 2),
    (tuple[int, str], (1,), (), "tuple[int, str]", (1,)),
    (dict[str, int], {"k": "v"}, ("the value at 'k' of",), "int", "v"),
    (dict[str, int], {1: 1}, ("a key of",), "str", 1),
    (list[int] | None, ["a"], ("element 0 of",), "int", "a"),
    (int | str, None, (), "int | str", None),
    (Movie, {"title": 1}, ("the value at 'title' of",), "str", 1),
    (Annotated[list[int], Len(1)], ["a"], ("element 0 of",), "int", "a"),
    (Annotated[list[int], Len(1)], [], (), "list[int], length >= 1", []),
    (Annotated[int, Gt(0)], 0, (), "int, > 0", 0),
    (Annotated[int, is_even], 1, (), "int, is_even", 1),
    (Sequence[tuple[str, int]], [("a", "b")], ("element 1 of", "element 0 of"), "int", "b"),
    (Iterable[int], [1, "a"], ("element 1 of",), "int", "a"),
    (IName, 1, (), "IName", 1),
]


@pytest.mark.parametrize(("annotation", "value", "path", "expected", "wrong"), INSIDE)
def test_an_error_leads_to_the_part_at_fault(
    annotation: Any, value: Any, path: tuple[str, ...], expected: str, wrong: object
) -> None:
    """*path* goes from the innermost value to the whole; *expected* and *given* are about it."""
    contract = compile_contract(annotation)
    with pytest.raises(ContractError) as caught:
        contract.check(value, BETWEEN)
    error = caught.value
    assert (error.path, error.expected, error.given) == (path, expected, wrong)
    if path:
        assert error.contract == str(contract)


def test_a_contract_names_a_member_of_the_same_instance() -> None:
    """K4: a predicate is looked up in the instance, at each check, so it may be defined later."""
    toy = Annotated[object, member("is_toy")]

    def asked(toys: list[toy]) -> toy: ...

    contract = method_of(asked)
    assert contract.needs == {"is_toy"}
    members: dict[str, Any] = {}
    first = contract.instantiate(members.__getitem__)
    made = first.wrap(lambda toys: toys[0], BETWEEN)
    members["is_toy"] = lambda value: value == "toy"
    assert made(["toy"]) == "toy"
    error = blamed(lambda: made(["toy", "car"]))
    assert (error.expected, error.given) == ("is_toy", "car")
    other = contract.instantiate({"is_toy": lambda value: value == "car"}.__getitem__)
    assert other.wrap(lambda toys: toys[0], BETWEEN)(["car"]) == "car"
    assert blamed(lambda: made(["car"])).blaming == "unit user"
    with pytest.raises(RuntimeError, match="is_toy"):
        contract.wrap(len, BETWEEN)(["toy"])


def test_a_contract_that_names_no_member_is_its_own_instance() -> None:
    """There is nothing to compile again."""
    contract = compile_contract(list[int])
    assert contract.instantiate({}.__getitem__) is contract
    assert contract.needs == frozenset()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the type statement is new in 3.12")
def test_an_alias_may_mention_itself() -> None:
    """``type Json = ...`` is checked all the way down; with functions inside, it is refused."""
    space: dict[str, Any] = {"Callable": Callable}
    exec(
        "type Json = int | list[Json] | dict[str, Json]\n"
        "type Tree = tuple[Callable[[int], int], Tree]\n"
        "type Handler = Callable[[int], int]\n"
        "type Pair[T] = tuple[T, T]",
        space,
    )
    json = space["Json"]
    contract = compile_contract(json)
    contract.check([1, {"a": [2]}], BETWEEN)
    assert blamed(lambda: contract.check([1, {"a": ["x"]}], BETWEEN)).given == "x"
    assert compile_contract(Sequence[json]).accepts([1, [2]])
    assert not compile_contract(space["Handler"]).flat
    assert compile_contract(space["Pair"][int]).accepts((1, 2))
    assert not compile_contract(space["Pair"][int]).accepts((1, "x"))
    with pytest.raises(DefinitionError, match="mentions itself"):
        compile_contract(space["Tree"])


def test_the_packages_that_constraints_come_from() -> None:
    """The classes of `annotated_types` and beartype's validators, where they are installed."""
    types = pytest.importorskip("annotated_types")
    positive = compile_contract(Annotated[int, types.Gt(0), types.Interval(lt=9)])
    assert (positive.accepts(1), positive.accepts(0), positive.accepts(9)) == (True, False, False)
    assert compile_contract(Annotated[str, types.Len(1, 2)]).accepts("ab")
    assert compile_contract(types.LowerCase[str]).accepts("ab")
    assert not compile_contract(types.LowerCase[str]).accepts("AB")
    assert compile_contract(Annotated[int, types.doc("a number")]).accepts(1)
    with pytest.raises(DefinitionError, match="no such constraint"):
        compile_contract(Annotated[object, types.Timezone(None)])


def test_validators_of_beartype() -> None:
    """``Is[...]`` is asked as a predicate, where beartype is installed."""
    vale = pytest.importorskip("beartype.vale")
    contract = compile_contract(Annotated[int, vale.Is[lambda n: n > 0]])
    assert contract.accepts(1)
    assert not contract.accepts(-1)
    assert not contract.accepts("x")


def test_a_contracted_member_whose_type_is_not_said_may_be_anything() -> None:
    """Nothing was promised, so nobody is to blame."""

    class IShelf(Signature):
        @property
        @contracted
        def label(self): ...

    @unit
    class Shelf(IShelf):
        label = 3

    @unit
    def reads(shelf: IShelf) -> None:
        return shelf.label

    assert invoke(link(Shelf, reads)) == 3
