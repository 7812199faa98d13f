"""What the rule tests share: small signatures, small units, and tables of programs.

A row of a table is a program, under the name by which it is known, with its value or what it fails
with.  ``pytest -k the-name`` runs it alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from signatures import make_signature
from units.racket import exports, unit


@dataclass(frozen=True)
class Fails:
    """What a program ends with that does not end well."""

    error: type[Exception]
    sentence: str = ""


@dataclass(frozen=True)
class Case:
    """One program with its value or failure."""

    program: Callable[[], Any]
    expected: Any

    def check(self) -> None:
        """Run the program and compare."""
        if isinstance(self.expected, Fails):
            match = re.escape(self.expected.sentence) or None
            with pytest.raises(self.expected.error, match=match):
                self.program()
        else:
            assert self.program() == self.expected


def cases(*rows: tuple[str, Callable[[], Any], Any]) -> Any:
    """Hand a test one row after the other, as *case*."""
    params = [pytest.param(Case(program, expected), id=name) for name, program, expected in rows]
    return pytest.mark.parametrize("case", params)


def signature(name: str, *members: str, extends: Any = ()) -> Any:
    """Return a new signature whose members are bare names."""
    return make_signature(name, members, extends=extends)


IA, IB, IC = signature("IA", "a"), signature("IB", "b"), signature("IC", "c")
IX, IY, IZ = signature("IX", "x"), signature("IY", "y"), signature("IZ", "z")
IXY = signature("IXY", "x", "y")
IBase = signature("IBase", "a")
ISub = signature("ISub", "b", extends=IBase)
ILeft = signature("ILeft", "b", extends=IBase)
IRight = signature("IRight", "c", extends=IBase)
IGet = signature("IGet", "get")
IF = signature("IF", "f")
ICounter = signature("ICounter", "next")


def offers(*specs: Any, called: str = "offers", **values: Any) -> Any:
    """Return a unit that exports *specs*, whose members are *values*."""
    return unit(lambda: exports(values), exports=specs, name=called)


def wants(body: Callable[..., Any], *specs: Any, name: str = "wants", **clauses: Any) -> Any:
    """Return a unit whose *body* takes members of the imports *specs* by name."""
    return unit(body, imports=specs, name=name, **clauses)


def says(told: list[Any], word: Any, *specs: Any, **values: Any) -> Any:
    """Return a unit that adds *word* to *told* when it runs, and exports *values*."""

    def body() -> Any:
        told.append(word)
        return exports(values) if specs else word

    return unit(body, exports=specs, name=str(word))


def counter() -> Any:
    """Define the body of a unit that counts up."""
    n = 0

    def next() -> int:
        nonlocal n
        n += 1
        return n

    return exports(locals())


counts = unit(counter, exports=[ICounter])
