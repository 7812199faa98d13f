"""Rules K7-K12: contracts on units, and who is blamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from signatures import Signature, contracted, member
from tests.units.rules.small import IWork, blamed, good_client, works
from units import (
    DefinitionError,
    InvokeError,
    LinkError,
    adapt,
    contract,
    exports,
    invoke,
    invoke_result,
    link,
    tag,
    unit,
)

ME = __name__


class IIn(Signature):
    k: int


class IOut(Signature):
    def f(self, n: int) -> Any: ...


@unit
def multiply(given: IIn) -> IOut:
    return exports(f=lambda n: n * given.k)


class Six(IIn):
    k = 6


def test_K7_ctc_unitc_ok() -> None:
    """The contracted unit has exactly the listed interface."""
    guarded = contract(
        multiply, imports={IIn: {"k": int}}, exports={IOut: {"f": Callable[[int], int]}}
    )
    assert invoke(guarded, Six()).f(7) == 42
    assert repr(guarded) == "<unit multiply: (IIn) -> (IOut)>"


def test_K7_ctc_unitc_not_unit_missing_export_extra_import_initdep() -> None:
    """What the unit lacks, or needs beyond the list, is its own fault, found at once."""
    bad = [
        lambda: contract(5),
        lambda: contract(multiply, imports=[IIn], exports=[IWork]),
        lambda: contract(multiply, exports=[IOut]),
        lambda: contract(multiply, imports=[tag("t", IIn)], exports=[IOut]),
        lambda: contract(unit(lambda k: k, imports=[IIn], init_depend=[IIn]), imports=[IIn]),
    ]
    for attempt in bad:
        assert blamed(attempt)[1] == "broke its own contract"


def test_K7_ctc_unitc_fewer_imports_ok_hides_export_initdep_ok() -> None:
    """It may import less, export more and depend on less; the list is what counts afterwards."""

    @unit
    def rich() -> tuple[IOut, IIn]:
        return exports(f=lambda n: n, k=1)

    guarded = contract(rich, imports=[IIn], exports=[IOut], init_depend=[IIn])
    with pytest.raises(InvokeError, match="an import is not supplied"):
        invoke(guarded)
    assert [str(e) for e in guarded.exports] == ["IOut"]
    with pytest.raises(LinkError, match="supplied from a later unit"):
        link(guarded, unit(Six), exports=IOut)


def test_K7_ctc_unitc_decorator() -> None:
    """A unit that imports what it exports can be contracted."""

    @unit
    def twice(inner: Annotated[IOut, tag("in")]) -> IOut:
        return exports(f=lambda n: 2 * inner.f(n))

    guarded = contract(
        twice, imports=[tag("in", IOut)], exports={IOut: {"f": Callable[[int], int]}}
    )
    assert invoke(guarded, multiply(Six())).f(1) == 12


def test_K8_ctc_unitc_positive_and_negative_blame() -> None:
    """The unit answers for its exports, its user for what it passes."""
    guarded = contract(
        unit(lambda: exports(f=lambda n: "bad"), exports=[IOut], name="u"),
        exports={IOut: {"f": Callable[[int], int]}},
    )
    made = invoke(guarded)
    assert blamed(lambda: made.f(1)) == ("f", "broke its own contract", "unit u")
    assert blamed(lambda: made.f("bad")) == ("f", "contract violation", ME)


def test_K8_ctc_unitc_import_blame() -> None:
    """The user answers for what it supplies, the unit for how it uses it."""
    function = {IOut: {"f": Callable[[int], int]}}
    misuses = unit(lambda f: f("bad"), imports=[IOut], name="u")
    uses = unit(lambda f: f(1), imports=[IOut], name="u")
    supplied = unit(lambda: exports(f=lambda n: "bad"), exports=[IOut], name="s")
    run = lambda u: lambda: invoke(link(supplied, contract(u, imports=function), exports=()))  # noqa: E731
    assert blamed(run(misuses)) == ("f", "broke its own contract", "unit u")
    assert blamed(run(uses)) == ("f", "contract violation", ME)


def test_K9_ctc_unitc_body() -> None:
    """The result can be contracted, flat or as a function."""
    assert (
        blamed(lambda: invoke(contract(unit(lambda: "bad", name="u"), result=int)))[2] == "unit u"
    )
    assert invoke(contract(unit(lambda: (1, "two")), result=tuple[int, str])) == (1, "two")
    assert blamed(lambda: invoke(contract(unit(lambda: 1), result=tuple[int, str])))[1] == (
        "broke its own contract"
    )
    function = invoke(contract(unit(lambda: lambda x: "bad"), result=Callable[[int], int]))
    assert blamed(lambda: function(1))[1] == "broke its own contract"


@pytest.mark.parametrize(
    "run",
    [
        lambda u: invoke(u),
        lambda u: invoke_result(u),
        lambda u: invoke(link(u, exports=IIn)),
        lambda u: invoke(link(u, unit(lambda: "last"), exports=())),
        lambda u: [invoke(link(u, unit(lambda: "last"), exports=())) for _ in range(200)],
    ],
    ids=["components", "result", "compound", "not-last", "often"],
)
def test_K9_the_result_is_checked_whoever_wants_it(run: Callable[[Any], Any]) -> None:
    """Also of a unit that exports something, and of one that is not linked last."""

    def body(result: Any) -> Any:
        return unit(lambda: exports(k=1, __result__=result), exports=[IIn], name="u")

    run(contract(body(5), exports=[IIn], result=int))
    broken = contract(body("bad"), exports=[IIn], result=int)
    assert blamed(lambda: run(broken)) == ("u", "broke its own contract", "unit u")


@pytest.mark.parametrize("times", [1, 200])
def test_K9_a_result_that_is_not_there_is_checked(times: int) -> None:
    """A compound of nothing results in nothing, however often it is invoked."""
    empty = contract(link(exports=(), name="empty"), result=type(None))
    assert {invoke(link(unit(lambda: 1), empty, exports=())) for _ in range(times)} == {None}
    wrong = contract(link(exports=(), name="empty"), result=int)
    assert blamed(lambda: invoke(wrong))[1:] == ("broke its own contract", "unit empty")


def test_K10_ctc_unitc_unknown_member_and_initdep() -> None:
    """Contracts about members that are not there, or dependencies on no import, are refused."""
    with pytest.raises(DefinitionError, match="no such member: zz"):
        contract(multiply, imports={IIn: {"zz": int}}, exports=[IOut])
    with pytest.raises(DefinitionError, match="initialization dependency on unknown import"):
        contract(multiply, imports=[IIn], exports=[IOut], init_depend=[IOut])
    with pytest.raises(DefinitionError, match="a signature"):
        contract(multiply, imports=[int], exports=[IOut])
    with pytest.raises(DefinitionError) as caught:
        contract(multiply, imports={IIn: Six}, exports={IOut: "f", int: {}})
    assert [problem.fields.get("given") for problem in caught.value.problems] == [
        "class Six",
        "'f'",
        "class int",
    ]


def test_K7_one_signature_needs_no_list() -> None:
    """As in the other clauses."""
    assert repr(contract(multiply, imports=IIn, exports=IOut)) == "<unit multiply: (IIn) -> (IOut)>"


def test_K10_ctc_unitc_sees_members() -> None:
    """A contract may name other members of the same signature."""

    class IOk(Signature):
        def f(self, v: object) -> Any: ...
        def ok(self, v: object) -> bool: ...

    plain = unit(lambda: exports(f=lambda v: 1, ok=lambda v: v == "ok"), exports=[IOk], name="u")
    guarded = contract(
        plain, exports={IOk: {"f": Callable[[Annotated[object, member("ok")]], int]}}
    )
    made = invoke(guarded)
    assert made.f("ok") == 1
    assert blamed(lambda: made.f("nope")) == ("f", "contract violation", ME)


def test_K11_ctc_duc_client_blame_and_double() -> None:
    """The client is the context of the definition; the signature's contract holds as well."""
    guarded = contract(works, exports={IWork: {"f": Callable[[bool], int]}})
    assert blamed(lambda: invoke(link(guarded, good_client, exports=())))[2] == ME
    made: Any = invoke(guarded)
    assert made.f(True) == 2
    assert blamed(lambda: made.f(2))[1] == "contract violation"
    assert blamed(lambda: made.f("x"))[1] == "contract violation"


def test_K12_ctc_nie_add_and_drop() -> None:
    """Whoever adds or drops a contract by adapting becomes a party."""

    class IPlain(Signature):
        def f(self, n: Any) -> Any: ...

    class IChecked(Signature):
        @contracted
        def f(self, n: float) -> float: ...

    plain = unit(lambda: exports(f=lambda n: "bad"), exports=[IPlain], name="u")
    added = adapt(plain, exports=[IChecked], name="wrapper")
    client = unit(lambda f: f(1), imports=[IChecked], name="client")
    assert blamed(lambda: invoke(link(added, client, exports=())))[1:] == (
        "broke its own contract",
        "unit wrapper",
    )
    checked = unit(lambda: exports(f=lambda n: n), exports=[IChecked], name="u")
    dropped = adapt(checked, exports=[IPlain], name="wrapper")
    careless = unit(lambda f: f("bad"), imports=[IPlain], name="client")
    assert blamed(lambda: invoke(link(dropped, careless, exports=())))[1:] == (
        "contract violation",
        "unit wrapper",
    )
