"""Our records are typing's, made without compiling their annotations."""

from __future__ import annotations

import pickle
import typing

import pytest

from signatures._records import NamedTuple


class Ours(NamedTuple):
    """A record."""

    name: str
    rest: tuple[str, ...] = ()

    def shown(self) -> str:
        return self.name.upper()


class Theirs(typing.NamedTuple):
    """A record."""

    name: str
    rest: tuple[str, ...] = ()

    def shown(self) -> str:
        return self.name.upper()


def test_records_are_those_of_typing() -> None:
    """Fields, defaults, methods, text, equality, pickles and refusals are the same."""
    assert Ours("a") == Theirs("a") == ("a", ())
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    assert Ours.__doc__ == Theirs.__doc__
    assert Ours.__module__ == Theirs.__module__
    assert repr(Ours("a")) == repr(Theirs("a")).replace("Theirs", "Ours")
    assert Ours("a").shown() == "A"
    assert pickle.loads(pickle.dumps(Ours("a"))) == Ours("a")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        Ours()  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Ours("a").name = "b"  # type: ignore[misc]
