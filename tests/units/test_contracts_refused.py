"""What cannot be a contract is refused when it is defined, every problem at once."""

import functools
import inspect
import typing
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Protocol, TypedDict, TypeVar, Unpack

import pytest

from units import DefinitionError
from units._contracts import Scope, compile_contract, member

T = TypeVar("T")


def test_an_unknown_member_is_refused_when_it_is_defined() -> None:
    """With the one that was probably meant."""
    scope = Scope("price", "IToys", members=["is_toy", "price"])
    with pytest.raises(DefinitionError, match="did you mean is_toy") as caught:
        compile_contract(Annotated[object, member("is_tyo")], scope=scope)
    assert "member: IToys.price" in str(caught.value)


class Box(typing.Generic[T]):
    pass


class Meta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        raise TypeError("not for instances")


class Untold(metaclass=Meta):
    pass


class Timezone:
    __module__ = "annotated_types"


class Handlers(TypedDict):
    call: Callable[[int], int]


class Unnamed(TypedDict):
    a: "Nothing"  # type: ignore[name-defined]  # noqa: F821


class UnnamedCall(Protocol):
    def __call__(self, n: "Nothing") -> int: ...  # type: ignore[name-defined]  # noqa: F821


REFUSED: list[tuple[Any, str]] = [
    (3, "no type, signature or predicate"),
    ("int", "still text"),
    (list["int"], "still text"),
    (Box[int], "type arguments"),
    (Untold, "isinstance refuses it: not for instances"),
    (type["int"], "no class or signature"),
    (tuple[int, *tuple[int, ...]], "any length"),
    (list[Callable[[int], int]], "ask for a Sequence"),
    (set[Iterator[int]], "ask for a Sequence"),
    (dict[str, Callable[[int], int]], "ask for a Mapping"),
    (Mapping[Callable[[int], int], str], "ask for a Mapping"),
    (Callable[[int], int] | Callable[[str], str], "told apart"),
    (Iterable[int] | Iterable[str], "told apart"),
    (Iterable[int] | Iterator[str], "told apart"),
    (Iterator[int] | Generator[str, None, None], "told apart"),
    (Sequence[Callable[[int], int]] | tuple[Callable[[str], str], ...], "told apart"),
    (Unpack[Handlers], "stands for several arguments"),
    (Unnamed, "an annotation in it is still text: name 'Nothing' is not defined"),
    (UnnamedCall, "an annotation in it is still text: name 'Nothing' is not defined"),
    (Handlers, "cannot be replaced"),
    (Annotated[int, Timezone()], "no such constraint"),
]


@pytest.mark.parametrize(("annotation", "why"), REFUSED, ids=lambda v: repr(v)[:40])
def test_what_cannot_be_checked_is_refused_when_it_is_defined(annotation: Any, why: str) -> None:
    """The error names the annotation, where it stands, and often the cure."""
    scope = Scope("f", "IStore", "store.py:3")
    with pytest.raises(DefinitionError) as caught:
        compile_contract(annotation, scope=scope)
    text = str(caught.value)
    assert text.startswith("contract cannot be checked\n  member: IStore.f\n  annotation: ")
    assert why in text
    assert text.endswith("at: store.py:3")


def test_a_generic_class_without_told_arguments_is_a_class() -> None:
    """``Box[T]`` and ``Box[Any]`` ask for a ``Box``."""
    for annotation in (Box, Box[T], Box[Any]):
        assert compile_contract(annotation).accepts(Box())
        assert not compile_contract(annotation).accepts(1)


def test_every_problem_of_a_member_is_reported_together() -> None:
    """Each under the parameter that it is about."""
    parameter = functools.partial(inspect.Parameter, kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)
    asked = inspect.Signature(
        [
            parameter("a", annotation="int"),
            parameter("b", annotation=int),
            parameter("c", annotation=3),
        ],
        return_annotation=Box[int],
    )
    with pytest.raises(DefinitionError) as caught:
        compile_contract(asked)
    assert [p.fields["of"] for p in caught.value.problems] == [
        "parameter a",
        "parameter c",
        "result",
    ]


def test_alternatives_that_are_known_by_their_class_are_told_apart() -> None:
    """Those that only use would tell apart may stand beside them, and in different collections."""
    assert compile_contract(Callable[[int], int] | Iterator[int]).accepts(iter([]))
    for annotation in (
        list[int] | Iterable[str],
        Sequence[Callable[[int], int]] | Sequence[Iterator[int]],
        Sequence[Callable[[int], int]] | Sequence[int],
    ):
        assert compile_contract(annotation).accepts([])
    assert compile_contract(Callable[[int], int] | None).accepts(None)


def test_a_member_is_read_to_its_end_when_part_of_it_is_refused() -> None:
    """A record that was refused is refused again where it is met again."""
    parameter = functools.partial(inspect.Parameter, kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)
    asked = inspect.Signature(
        [parameter("a", annotation=Handlers), parameter("b", annotation=Handlers)]
    )
    with pytest.raises(DefinitionError) as caught:
        compile_contract(asked)
    assert [p.fields["of"] for p in caught.value.problems] == ["parameter a", "parameter b"]
