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

from signatures import Signature, contracted, make_signature
from units import ContractError, DefinitionError, invoke, link
from units.racket import (
    compound_unit,
    compound_unit_infer,
    define_values_invoke_unit,
    define_values_invoke_unit_infer,
    exports,
    invoke_unit,
    unit,
)

not_supplied = "unit argument expects an import which this usage context does not supply"
not_exported = "expects a unit with an export which the given unit does not supply"
none, several = "no linkages satisfy one import", "multiple linkages satisfy one import"


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


def refused(sentence: str) -> Fails:
    """Return what a definition ends with that is refused by *sentence*."""
    return Fails(DefinitionError, sentence)


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


a_is_2, a_is_3 = offers(IA, a=2, called="a_is_2"), offers(IA, a=3, called="a_is_3")
squares = unit(lambda a: exports(b=a * a), imports=[IA], exports=[IB], name="squares")
base, sub = offers(IBase, a=1, called="base"), offers(ISub, a=1, b=2, called="sub")
left, right = offers(ILeft, a=1, b=2, called="left"), offers(IRight, a=3, c=4, called="right")
wants_a, wants_b, wants_base = (
    wants(lambda a: a, IA),
    wants(lambda b: b, IB),
    wants(lambda a: a, IBase),
)
both = wants(lambda a, b: [a, b], IA, IB)
one, many = unit(lambda: "one"), unit(lambda: (1, 2, 3))
nine = {"exports": ["B"], "link": [({"A": IA}, a_is_3, []), ({"B": IB}, squares, ["A"])]}


class IS(Signature):
    x: Any


@unit
def s_function() -> IS:
    x = 1
    return exports(locals())


@unit
class SClass(IS):
    x = 1


# -- short ways to run a unit


def shown(exporter: Any, *specs: Any, body: Any = lambda **names: names) -> Any:
    """Return what a unit makes of *specs*, supplied by *exporter*; all their names by default."""
    return invoke(link(exporter, wants(body, *specs), exports=()))


def linked(*lines: Any) -> Any:
    """Return the result of the program of *lines*."""
    return invoke_unit(compound_unit(link=lines))


def inferred(*units: Any) -> Any:
    """Return the result of linking *units* by inference."""
    return invoke_unit(compound_unit_infer(link=units))


def bound(u: Any, *specs: Any, imports: Any = (), **names: Any) -> dict[str, Any]:
    """Return what *specs*, or else all exports of *u*, bind in a namespace that has *names*."""
    ns = dict(names)
    if specs:
        define_values_invoke_unit(u, imports=imports, exports=specs, namespace=ns)
    else:
        define_values_invoke_unit_infer(u, namespace=ns)
    return {name: value for name, value in ns.items() if name not in names}


# -- what the tests of contracts share


class IWork(Signature):
    @contracted
    def f(self, n: int) -> int: ...
    @property
    @contracted
    def n(self) -> int: ...


@unit
def works() -> IWork:
    n = 5

    def f(n: int) -> Any:
        return 2 * n if n < 10 else "bad"

    return exports(locals())


@unit
def good_client(work: IWork) -> int:
    return work.f(work.n)


def blamed(run: Callable[[], Any]) -> tuple[str, str, str]:
    """Return who is blamed for what when *run* is called."""
    with pytest.raises(ContractError) as caught:
        run()
    error = caught.value
    return error.member, error.kind, error.blaming
