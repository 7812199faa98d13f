"""Signatures and units of a print shop, for tests of linking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest

from signatures import Signature
from units import (
    LinkError,
    exports,
    link,
    tag,
    unit,
)


class IType(Signature):
    def cast(self, letter: str) -> str: ...


class IFineType(IType, Signature):
    def serif(self) -> str: ...


class IPress(Signature):
    def print(self, word: str) -> str: ...


@unit
class Upper(IType):
    def cast(self, letter: str) -> str:
        return letter.upper()


@unit
class Lower(IType):
    def cast(self, letter: str) -> str:
        return letter.lower()


@unit
class Fine(IFineType):
    def cast(self, letter: str) -> str:
        return f"~{letter}"

    def serif(self) -> str:
        return "Garamond"


@unit
def press(type: IType) -> IPress:
    def print(word: str) -> str:
        return "".join(map(type.cast, word))

    return exports(locals())


@unit
@dataclass
class Doubling(IType):
    """A decorator: imports a signature under a tag and exports it."""

    inner: Annotated[IType, tag("inner")]

    def cast(self, letter: str) -> str:
        return self.inner.cast(letter) * 2


@unit
def both(left: Annotated[IType, tag("left")], right: Annotated[IType, tag("right")]) -> str:
    return left.cast("a") + right.cast("B")


def failing(*units: object, **options: object) -> LinkError:
    """Return the error of linking *units*."""
    with pytest.raises(LinkError) as caught:
        link(*units, **options)  # type: ignore[call-overload]
    return caught.value
