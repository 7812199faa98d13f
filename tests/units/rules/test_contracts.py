"""Rules K1-K12: contracts on members and on units, and who is blamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from signatures import Signature, SignatureError, contracted, member, opens, prefix
from units import (
    ContractError,
    DefinitionError,
    InvokeError,
    LinkError,
    UninitializedError,
    adapt,
    contract,
    exports,
    invoke,
    link,
    tag,
    unit,
)


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
class Works(IWork):
    def __init__(self) -> None:
        self.n = 5

    def f(self, n: int) -> Any:
        return 2 * n if n < 10 else "bad"


@unit
def good_client(work: IWork) -> int:
    return work.f(work.n)


@unit
def bad_client(work: IWork) -> Any:
    return work.f("bad")  # type: ignore[arg-type]


@unit
def unlucky_client(work: IWork) -> Any:
    return work.f(11)


def blamed(run: Callable[[], Any]) -> tuple[str, str, str]:
    """Return who is blamed for what when *run* is called."""
    with pytest.raises(ContractError) as caught:
        run()
    error = caught.value
    return error.member, error.kind, error.blaming


ME = __name__
both = pytest.mark.parametrize("exporter", [works, Works], ids=["function", "class"])


@both
def test_K1_ctc_sig_ok_importer_blame_exporter_blame(exporter: Any) -> None:
    """The importing unit answers for arguments, the exporting unit for results."""
    name = "Works" if exporter is Works else "works"
    assert invoke(link(exporter, good_client, exports=())) == 10
    run = lambda client: lambda: invoke(link(exporter, client, exports=()))  # noqa: E731
    assert blamed(run(bad_client)) == ("f", "contract violation", "unit bad_client")
    assert blamed(run(unlucky_client)) == ("f", "broke its own contract", f"unit {name}")


def test_K1_ctc_sig_anonymous_blame() -> None:
    """An anonymous unit is blamed by the name its body has."""

    class IOne(Signature):
        @contracted
        def f(self, n: int) -> int: ...

    anonymous = unit(lambda: exports(f=lambda n: "bad"), exports=[IOne])
    client = unit(lambda f: f(1), imports=[IOne])
    assert blamed(lambda: invoke(link(anonymous, client, exports=())))[2] == "unit <lambda>"


def test_K2_ctc_sig_flat_at_end() -> None:
    """Flat data is checked when the exporting body has ended, even if nobody imports it."""
    trace: list[str] = []

    @unit
    def bad() -> IWork:
        trace.append("start")
        n: Any = "bad"
        trace.append("end")
        return exports(locals(), f=lambda n: n)

    @unit
    class Bad(IWork):
        def __init__(self) -> None:
            self.n: Any = "bad"  # type: ignore[assignment]

        def f(self, n: int) -> int:
            return n

    assert blamed(lambda: invoke(bad)) == ("n", "broke its own contract", "unit bad")
    assert trace == ["start", "end"]
    assert blamed(lambda: invoke(Bad)) == ("n", "broke its own contract", "unit Bad")


def test_K2_ctc_sig_flat_early_import() -> None:
    """An importer that reads earlier finds it earlier."""

    class IGet(Signature):
        def get(self) -> Any: ...

    trace: list[str] = []

    @unit
    def getter(work: IWork) -> IGet:
        return exports(get=lambda: work.n)

    @unit
    def bad(getter: IGet) -> IWork:
        trace.append("start")
        n: Any = "bad"
        getter.get()
        trace.append("unreached")
        return exports(locals(), f=lambda n: n)

    program = link(getter, bad, exports=())
    assert blamed(lambda: invoke(program)) == ("n", "broke its own contract", "unit bad")
    assert trace == ["start"]


def test_K3_ctc_sig_internal_free() -> None:
    """What a unit uses of its own is not checked."""

    class IGo(Signature):
        @contracted
        def f(self, n: int) -> int: ...
        def go(self) -> Any: ...

    @unit
    def own() -> IGo:
        def f(n: Any) -> Any:
            return ["raw", n]

        def go() -> Any:
            return f("anything")

        return exports(locals())

    assert invoke(own).go() == ["raw", "anything"]


@both
def test_K3_ctc_sig_invoke_blame(exporter: Any) -> None:
    """Whoever invokes is the importer of what it gets, named after its module."""
    made: Any = invoke(exporter)
    assert blamed(lambda: made.f("bad")) == ("f", "contract violation", ME)
    assert invoke(link(good_client, imports=IWork, exports=()), made) == 10


def test_K3_ctc_sig_context_blame() -> None:
    """What is supplied by hand is the supplier's responsibility, its use the unit's."""

    class Careless:
        n = 5

        def f(self, n: int) -> Any:
            return "bad"

    assert blamed(lambda: unlucky_client(Careless()))[1:] == ("broke its own contract", ME)  # type: ignore[arg-type]
    assert blamed(lambda: bad_client(Works()))[1:] == ("contract violation", "unit bad_client")


def test_K4_ctc_sig_extends() -> None:
    """Contracts are inherited, and hold for importers of the ancestor."""

    class IMore(IWork, Signature):
        def g(self) -> None: ...

    @unit
    def more() -> IMore:
        n = 1
        return exports(locals(), f=lambda n: "bad", g=lambda: None)

    program = link(more, unlucky_client, exports=())
    assert blamed(lambda: invoke(program)) == ("f", "broke its own contract", "unit more")


def test_K4_ctc_sig_open() -> None:
    """Contracts are copied by `opens`, under the new name."""

    @opens(prefix("p_", IWork))
    class IOpened(Signature): ...

    @unit(exports=[IOpened])
    def opened() -> Any:
        p_n = 1

        def p_f(n: int) -> int:
            return n

        return exports(locals())

    made = invoke(opened)
    assert made.p_f(2) == 2
    assert blamed(lambda: made.p_f("bad")) == ("p_f", "contract violation", ME)


class IToys(Signature):
    @contracted
    def make(self, n: int) -> Annotated[object, member("is_toy")]: ...
    @contracted
    def price(self, toy: Annotated[object, member("is_toy")]) -> int: ...
    def is_toy(self, thing: object) -> bool: ...


@unit
def toys() -> IToys:
    def make(n: int) -> Any:
        return ("toy", n)

    def price(toy: Any) -> Any:
        return toy[1]

    def is_toy(thing: object) -> bool:
        return isinstance(thing, tuple)

    return exports(locals())


def test_K4_ctc_sig_dependent() -> None:
    """A contract may name another member as predicate, in any order."""
    made: Any = invoke(toys)
    assert made.price(made.make(4)) == 4
    assert blamed(lambda: made.price("not a toy")) == ("price", "contract violation", ME)


def test_K5_ctc_sig_eval_count() -> None:
    """A contract is compiled once for all references, importers and instances."""
    counted: list[int] = []

    def predicate(thing: object) -> bool:
        counted.append(1)
        return True

    class ICounted(Signature):
        @contracted
        def f(self, n: Annotated[object, predicate]) -> int: ...

    made: Any = invoke(unit(lambda: exports(f=lambda n: 1), exports=[ICounted]))
    assert not counted
    assert made.f is made.f
    made.f(1)
    assert len(counted) == 1


def test_K5_ctc_sig_before_init() -> None:
    """Reading a contracted member too early is the ordinary error."""

    @unit
    def eager(work: IWork) -> int:
        return work.n

    for exporter in (works, Works):
        with pytest.raises(UninitializedError, match=r"IWork\.n: undefined"):
            invoke(link(eager, exporter, exports=()))


def test_K5_ctc_sig_unbound_in_ctc() -> None:
    """A contract that names nothing is refused when the signature is declared."""
    with pytest.raises(SignatureError, match="undefined: NoSuch"):

        class IBad(Signature):
            @contracted
            def f(self, n: NoSuch) -> int: ...  # type: ignore[name-defined]  # noqa: F821


def test_K5_a_contract_that_cannot_be_checked_is_refused_before_anything_runs() -> None:
    """The message names member and annotation."""

    class IBad(Signature):
        @contracted
        def f(self, n: Annotated[int, member("nobody")]) -> int: ...

    bad = unit(lambda: exports(f=lambda n: 1), exports=[IBad])
    with pytest.raises(DefinitionError, match=r"member: IBad\.f"):
        invoke(bad)


def test_K6_structure_members_are_contracted_like_any_other() -> None:
    """A constructor checks its arguments, an accessor what it is given."""

    class IStudents(Signature):
        @contracted
        def student(self, name: str) -> Annotated[object, member("is_student")]: ...
        @contracted
        def name_of(self, student: Annotated[object, member("is_student")]) -> str: ...
        def is_student(self, thing: object) -> bool: ...

    class Student:
        def __init__(self, name: str) -> None:
            self.name = name

    @unit
    def students() -> IStudents:
        return exports(
            student=Student,
            name_of=lambda student: student.name,
            is_student=lambda thing: isinstance(thing, Student),
        )

    made: Any = invoke(students)
    assert made.name_of(made.student("Ann")) == "Ann"
    assert blamed(lambda: made.student(5))[1:] == ("contract violation", ME)
    assert blamed(lambda: made.name_of("nobody"))[1:] == ("contract violation", ME)


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


def test_K10_ctc_unitc_unknown_member_and_initdep() -> None:
    """Contracts about members that are not there, or dependencies on no import, are refused."""
    with pytest.raises(DefinitionError, match="no such member: zz"):
        contract(multiply, imports={IIn: {"zz": int}}, exports=[IOut])
    with pytest.raises(DefinitionError, match="initialization dependency on unknown import"):
        contract(multiply, imports=[IIn], exports=[IOut], init_depend=[IOut])
    with pytest.raises(DefinitionError, match="a signature"):
        contract(multiply, imports=[int], exports=[IOut])


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
