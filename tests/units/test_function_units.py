"""A function as a unit: annotated parameters import, the return annotation exports."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Annotated, Any

import pytest

from signatures import Signature, provides
from units import DefinitionError, InvokeError, exports, invoke, invoke_result, link, tag, unit
from units._unit import Unit


class IClock(Signature):
    def now(self) -> int: ...


class IDiary(Signature):
    @property
    def owner(self) -> str: ...
    def write(self, text: str) -> None: ...
    def pages(self) -> list[str]: ...


class IKey(Signature):
    def open(self) -> bool: ...


@unit
class Clock(IClock):
    def now(self) -> int:
        return 7


@unit
def diary(clock: IClock, owner: str = "nobody") -> IDiary:
    """Keep what is written, with the time."""
    written: list[str] = []

    def write(text: str) -> None:
        written.append(f"{clock.now()} {text}")

    def pages() -> list[str]:
        return written

    return exports(locals())


def test_a_function_becomes_a_unit() -> None:
    """It has a name, a place, imports, settings and exports; nothing of it ran."""
    assert isinstance(diary, Unit)
    assert (diary.name, [str(i) for i in diary.imports]) == ("diary", ["IClock"])
    assert [str(e) for e in diary.exports] == ["IDiary"]
    assert diary.settings == ("owner",)
    assert repr(diary) == "<unit diary: (IClock) -> (IDiary)>"


def test_a_unit_is_callable_with_its_imports() -> None:
    """Called with components, it runs once and returns its component; settings may be given."""
    made = diary(Clock(), owner="Ann")
    made.write("hello")
    assert made.pages() == ["7 hello"]
    assert made.owner == "Ann"


def test_each_run_is_fresh() -> None:
    """Two components of one unit share nothing."""
    one, two = invoke(link(Clock, diary)), invoke(link(Clock, diary))
    one.write("x")
    assert (one.pages(), two.pages()) == (["7 x"], [])


def test_a_namespace_becomes_a_sealed_view() -> None:
    """Importers see the members and nothing else, and cannot assign (rule U7)."""
    made = diary(Clock())
    assert provides(made, IDiary)
    assert repr(made) == "<IDiary of diary>"
    for private in ("written", "clock"):
        with pytest.raises(AttributeError):
            getattr(made, private)
    with pytest.raises(AttributeError, match=r"imports cannot be assigned: IDiary\.owner"):
        made.owner = "me"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="imports cannot be assigned"):
        del made.write


def test_a_body_may_return_an_object() -> None:
    """An object that declares the signature, or merely has its members, is passed through."""

    @unit
    def clock() -> IClock:
        return Clock()

    thing = SimpleNamespace(now=lambda: 9)

    @unit
    def loose() -> IClock:
        return thing

    assert type(invoke(clock)) is Clock
    assert invoke(loose) is thing


def test_an_object_that_lacks_members_is_refused() -> None:
    """What the body returned is compared with the signature, and everything missing named."""

    @unit
    def clock() -> IClock:
        return {"now": 3}  # type: ignore[return-value]

    with pytest.raises(InvokeError, match=r"(?s)member: IClock.now.*hint: .*exports\(locals\(\)\)"):
        invoke(clock)


def test_definitions_may_be_handed_over_by_keyword() -> None:
    """``exports(now=...)`` needs no local of that name, and may add to ``locals()``."""

    @unit
    def clock() -> IClock:
        def later() -> int:
            return 8

        return exports(now=later)

    @unit
    def two() -> tuple[IClock, IKey]:
        def open() -> bool:
            return True

        return exports(locals(), now=lambda: 1)

    assert invoke(clock).now() == 8
    made = invoke(two)
    assert (made[0].now(), made[1].open()) == (1, True)


def test_several_exports_come_as_a_tuple() -> None:
    """One namespace, one object, or one part for each export."""

    class Both:
        def now(self) -> int:
            return 2

        def open(self) -> bool:
            return False

    @unit
    def one() -> tuple[IClock, IKey]:
        return Both()  # type: ignore[return-value]

    @unit
    def each() -> tuple[IClock, Annotated[IKey, tag("spare")]]:
        return Clock(), exports(open=lambda: True)

    @unit
    def short() -> tuple[IClock, IKey, IDiary]:
        return Clock(), Both()  # type: ignore[return-value]

    clock, key = invoke(one)
    assert clock is key
    assert [str(e) for e in each.exports] == ["IClock", "IKey (tag spare)"]
    assert invoke(each)[1].open()
    with pytest.raises(InvokeError, match=r"exports: IClock, IKey, IDiary\n  returned: 2"):
        invoke(short)


def test_a_unit_without_exports_has_the_value_of_its_body() -> None:
    """Racket: the result of a unit is the value of its last form (rule U2)."""

    @unit
    def main(clock: IClock) -> int:
        return clock.now() + 1

    assert invoke(main, Clock()) == 8
    assert invoke(link(Clock, main, exports=())) == 8
    assert main(Clock()) == 8


def test_a_unit_with_exports_names_its_result() -> None:
    """``__result__`` is a local of the function, or an attribute of the object."""

    @unit
    def clock() -> IClock:
        __result__ = "ticking"

        def now() -> int:
            return 1

        return exports(locals())

    @unit
    class Loud(IClock):
        __result__ = "loud"

        def now(self) -> int:
            return 1

    made, result = invoke_result(clock)
    assert (made.now(), result) == (1, "ticking")
    assert invoke_result(Loud)[1] == "loud"
    assert invoke(link(clock, exports=())) == "ticking"
    assert invoke(link(clock, Loud, exports=())) == "loud"


def test_a_partial_of_a_body_is_a_unit() -> None:
    """What `functools.partial` has filled in is no import any more."""

    def scale(clock: IClock, factor: int) -> int:
        return clock.now() * factor

    assert invoke(unit(partial(scale, factor=3)), Clock()) == 21


def test_units_are_first_class() -> None:
    """Functions return units, lists hold them; each closes over its surroundings (G1, U12)."""

    def fixed(at: int) -> Unit[[], IClock]:
        @unit
        def clock() -> IClock:
            def now() -> int:
                return at

            return exports(locals())

        return clock

    assert [invoke(u).now() for u in [fixed(1), fixed(2)]] == [1, 2]


def test_a_unit_that_cleans_up_is_not_invoked_plainly() -> None:
    """`invoke` names it and says what to use instead."""

    @unit
    def clock() -> Iterator[IClock]:
        yield Clock()

    @unit
    async def later() -> IClock:
        return Clock()

    assert [str(e) for e in clock.exports] == ["IClock"]
    with pytest.raises(
        InvokeError, match=r"unit: clock.*\n.*\n  its body is: generator\n  use: with"
    ):
        invoke(link(clock, exports=IClock))
    with pytest.raises(InvokeError, match="its body is: coroutine\n  use: await ainvoke"):
        invoke(later)
    with pytest.raises(InvokeError, match="its body is: generator"):
        clock()


def test_components_passed_by_hand_are_checked() -> None:
    """A component that cannot be what is imported is refused before the body runs."""
    ran = []

    @unit
    def main(clock: IClock, key: IKey | None = None) -> None:
        ran.append(clock)

    with pytest.raises(InvokeError, match="import: IClock\n  component: object object"):
        main(object())  # type: ignore[arg-type]
    main(SimpleNamespace(now=lambda: 2), None)
    assert len(ran) == 1


def bad(body: Any, *said: str) -> None:
    """Check that *body* is refused as a unit with a message that says all of *said*."""
    with pytest.raises(DefinitionError) as caught:
        unit(body)
    text = str(caught.value)
    for part in (*said, f"at: {__file__}:"):
        assert part in text, text


def test_a_misspelt_export_is_found_without_running_the_body() -> None:
    """An undefined export names the nearest local (rule U3)."""
    ran: list[str] = []

    def body() -> IClock:
        def nov() -> int:
            return 1

        ran.append("body")
        return exports(locals())

    def keyword() -> IClock:
        return exports(nov=lambda: 1)

    bad(body, "undefined export", "export: IClock.now", "did you mean: nov")
    bad(keyword, "undefined export", "did you mean: nov")
    assert not ran


def test_a_name_of_the_surroundings_is_not_defined_by_the_body() -> None:
    """Only what the body itself defines is exported."""

    def now() -> int:
        return 1

    def body() -> IClock:
        now()
        return exports(locals())

    bad(body, "undefined export", "export: IClock.now")


def test_a_wrong_arity_is_found_without_running_the_body() -> None:
    """Each inner function is compared with its member, defaults included."""

    def body(clock: IClock) -> IDiary:
        owner = "me"

        def write(text: str, also: str) -> None: ...
        def pages(first: int = 0, *, last: int = 9) -> list[str]:
            return []

        return exports(locals())

    bad(body, "member: IDiary.write", "requires also, which the signature does not pass")


def test_a_decorated_definition_is_checked_on_what_it_became() -> None:
    """A decorator may change how a function is called; it is compared after the body ran."""

    def bare(function: Any) -> Any:
        return lambda: 1

    @unit
    def good() -> IClock:
        @bare
        def now(not_seen: int) -> int:
            return not_seen

        return exports(locals())

    @unit
    def wrong() -> IClock:
        @partial(partial, lambda a, b: 1)
        def now() -> int:
            return 1

        return exports(locals())

    assert invoke(good).now() == 1
    with pytest.raises(InvokeError, match="requires b"):
        invoke(wrong)


def test_a_body_that_never_returns_its_exports_is_refused() -> None:
    """Forgetting the return is found when the unit is defined."""

    def body() -> IClock:
        def now() -> int:
            return 1

    bad(body, "the body never returns its exports", "hint: return exports(locals())")


def test_an_exported_variable_is_not_assigned_later() -> None:
    """An inner function that assigns an exported variable would not be seen (rule U7)."""

    def body(clock: IClock) -> IDiary:
        owner = "me"

        def write(text: str) -> None:
            nonlocal owner
            owner = text

        def pages() -> list[str]:
            return []

        return exports(locals())

    bad(body, "an exported variable is assigned later", "variable: owner", "assigned in: write")


def test_an_import_is_not_an_export() -> None:
    """A parameter that merely has a member's name is not a definition (rule U5)."""

    class IOwner(Signature):
        @property
        def clock(self) -> object: ...

    def body(clock: IClock) -> IOwner:
        return exports(locals())

    bad(body, "an import is exported", "import: clock")


def test_an_annotation_that_means_nothing_is_refused() -> None:
    """Misspelt names get a suggestion; broken expressions their error."""

    def misspelt(clock: IClok) -> None: ...  # noqa: F821  # type: ignore[name-defined]
    def broken(clock: IClock[3 / 0]) -> None: ...  # type: ignore[valid-type, type-arg]

    bad(misspelt, "undefined: IClok", "did you mean: IClock", "parameter: clock")
    bad(broken, "annotation cannot be evaluated", "error: ZeroDivisionError")


def test_an_import_only_under_type_checking_is_explained(tmp_path: Any) -> None:
    """The message names the line of the import and says where it belongs."""
    file = tmp_path / "guarded.py"
    file.write_text(
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "from units import unit\n"
        "if TYPE_CHECKING:\n"
        "    from somewhere import IFar\n"
        "@unit\n"
        "def main(far: IFar) -> None: ...\n"
    )
    with pytest.raises(DefinitionError) as caught:
        exec(compile(file.read_text(), str(file), "exec"), {"__name__": "guarded"})
    text = str(caught.value)
    assert f"imported: only under TYPE_CHECKING ({file}:5)" in text
    assert "unit: main" in text


def test_return_annotations_name_signatures() -> None:
    """A class that implements one, or a mixture, is refused with what to write."""

    def a_class() -> Clock:
        return Clock()

    def mixture() -> tuple[IClock, int]:
        return Clock(), 3

    bad(a_class, "return annotation names a class", "annotation: Clock", "expected: IClock")
    bad(mixture, "return annotation mixes signatures with other types")


def test_one_signature_is_imported_once_and_exported_once() -> None:
    """The same signature twice needs tags; related exports are refused (rules U9, U10)."""

    class IFineClock(IClock, Signature): ...

    def twice(one: IClock, two: IClock) -> None: ...
    def related() -> tuple[IClock, IFineClock]:
        return Clock(), Clock()  # type: ignore[return-value]

    bad(twice, "duplicate import signature", "parameters: one and two", "tag one of them")
    bad(related, "the signature of one export extends that of another")


def test_everything_wrong_with_a_unit_is_reported_together() -> None:
    """Problems are numbered, so that none hides behind another."""

    def body(a: int, b) -> IClock:  # type: ignore[no-untyped-def]
        def nov() -> int:
            return 1

        return exports(locals())

    bad(body, "3 problems", "1. parameter is neither", "2. parameter is neither", "3. undefined")


def test_exports_takes_a_mapping() -> None:
    """Handing over an object is explained."""
    with pytest.raises(TypeError, match="hint: return an object that has the members directly"):
        exports(Clock())  # type: ignore[arg-type]


def test_members_may_have_any_name() -> None:
    """Names that the machinery itself uses are no exception."""

    class IAwkward(Signature):
        self: int
        base: int
        extra: int
        name: int
        unit: int
        namespace: int

    @unit
    def awkward() -> IAwkward:
        self = base = extra = name = unit = namespace = 1
        return exports(locals())

    made = invoke(awkward)
    assert [getattr(made, each) for each in ("self", "base", "extra", "name")] == [1] * 4


class IFold(Signature):
    def fold(self) -> int: ...


def test_a_definition_in_a_branch_that_was_not_taken_is_missing() -> None:
    """Found when the body has run; nobody sees half a component."""

    @unit
    def sometimes(flag: bool = False) -> IFold:
        if flag:

            def fold() -> int:
                return 1

        return exports(locals())

    with pytest.raises(InvokeError, match=r"undefined export\n(.*\n)*  export: IFold\.fold"):
        invoke(sometimes)
    assert sometimes(flag=True).fold() == 1


def test_required_parameters_are_counted_beside_annotations_and_defaults() -> None:
    """However many of each a definition has."""
    with pytest.raises(DefinitionError, match="requires paper, which the signature does not pass"):

        @unit
        def creased() -> IFold:
            def fold(paper: int, times: int = 1, *, inward: bool = True) -> int:
                return paper * times

            return exports(locals())

    @unit
    def computed(flag: bool = True) -> IFold:
        def fold(paper: int, times: int = max(0, 1 if flag else 2)) -> int:
            return paper * times

        return exports(locals())

    with pytest.raises(InvokeError, match="requires paper, which the signature does not pass"):
        invoke(computed)
