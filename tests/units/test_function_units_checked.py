"""A function that cannot be a unit is refused at its definition, without running its body."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from signatures import Signature
from tests.units.diaries import Clock, IClock, IDiary
from units import DefinitionError, InvokeError, exports, invoke, unit


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
