"""Rules K1-K6: contracts on members, and who is blamed."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from signatures import Signature, SignatureError, contracted, member, opens, prefix
from tests.units.rules.small import IWork, blamed, good_client, works
from units import (
    DefinitionError,
    UninitializedError,
    exports,
    invoke,
    link,
    unit,
)


@unit
class Works(IWork):
    def __init__(self) -> None:
        self.n = 5

    def f(self, n: int) -> Any:
        return 2 * n if n < 10 else "bad"


@unit
def bad_client(work: IWork) -> Any:
    return work.f("bad")  # type: ignore[arg-type]


@unit
def unlucky_client(work: IWork) -> Any:
    return work.f(11)


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
