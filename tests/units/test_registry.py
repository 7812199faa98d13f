"""The registry: which unit answers for a signature, and swapping it."""

from __future__ import annotations

import contextlib
import threading
from typing import Annotated

import pytest

from signatures import Signature, SignatureError
from units import Registry, RegistryError, exports, tag, unit


class IClock(Signature):
    def now(self) -> int: ...


class IFineClock(IClock, Signature):
    def nanoseconds(self) -> int: ...


class ILog(Signature):
    def log(self, text: str) -> list[str]: ...


class IApp(Signature):
    def run(self) -> list[str]: ...


@unit
class Clock(IClock):
    def now(self) -> int:
        return 1


@unit
class FineClock(IFineClock):
    def now(self) -> int:
        return 2

    def nanoseconds(self) -> int:
        return 0


@unit
def log(clock: IClock) -> ILog:
    lines: list[str] = []

    def log(text: str) -> list[str]:
        lines.append(f"{clock.now()} {text}")
        return lines

    return exports(locals())


@unit
def app(log: ILog, clock: IClock, spare: Annotated[IClock | None, tag("spare")] = None) -> IApp:
    def run() -> list[str]:
        return log.log(f"{clock.now()}{spare.now() if spare else '-'}")

    return exports(locals())


def full() -> Registry:
    """Return a registry with an application and what it needs."""
    registry = Registry()
    for each in (app, log, Clock):
        registry.register(each)
    return registry


def test_get_links_what_is_needed_and_invokes() -> None:
    """Everything is found transitively, in whatever order it was registered."""
    assert full().get(IApp).run() == ["1 11"]
    assert full().get(IClock).now() == 1


def test_every_get_is_fresh_and_shares_inside() -> None:
    """Two gets share nothing; inside one, a signature is one component."""
    registry = full()
    assert registry.get(IApp).run() == registry.get(IApp).run() == ["1 11"]


def test_register_returns_what_it_got() -> None:
    """So it works as a decorator."""
    registry = Registry()
    assert registry.register(Clock) is Clock
    assert registry.register(log) is log
    assert registry.unit(ILog) is log
    assert repr(registry) == "<Registry: IClock, ILog>"


def test_a_unit_for_an_extending_signature_answers() -> None:
    """As long as nothing is registered for the signature itself, and only one extends it."""
    registry = Registry()
    registry.register(FineClock)
    assert registry.get(IClock).now() == 2
    registry.register(Clock)
    assert registry.get(IClock).now() == 1

    class IOther(IClock, Signature): ...

    @unit
    class Other(IOther):
        def now(self) -> int:
            return 3

    several = Registry()
    several.register(FineClock)
    several.register(Other)
    with pytest.raises(RegistryError, match="several registered units extend the signature"):
        several.get(IClock)


def test_names_tell_implementations_apart() -> None:
    """A tagged import is answered by the implementation of that name, if there is one."""
    registry = full()
    registry.register(FineClock, IClock, name="spare")
    assert registry.get(IClock, "spare").now() == 2
    assert registry.get(IApp).run() == ["1 12"]


def test_everything_missing_is_reported_at_once_with_the_path() -> None:
    """From what was asked to what is missing, with the place of the unit that needs it."""
    registry = Registry()
    registry.register(app)
    with pytest.raises(RegistryError) as caught:
        registry.get(IApp)
    paths = [problem.fields["path"] for problem in caught.value.problems]
    assert paths == ["IApp -> ILog", "IApp -> IClock"]
    registry.register(log)
    with pytest.raises(RegistryError, match="path: IApp -> ILog -> IClock") as caught:
        registry.get(IApp)
    assert f"needed by: log ({__file__}:" in str(caught.value)


def test_asking_for_what_is_not_there_names_the_nearest() -> None:
    """Nothing registered, a wrong name, or no signature at all."""
    registry = full()
    with pytest.raises(RegistryError, match="signature: IFineClock\n  did you mean: IClock"):
        registry.get(IFineClock)
    with pytest.raises(RegistryError, match="signature: IClock 'dry'\n  did you mean: IClock"):
        registry.unit(IClock, "dry")
    with pytest.raises(SignatureError, match="not a signature\n  given: class Clock"):
        registry.get(Clock)


def test_registering_twice_is_an_error() -> None:
    """Replacing is said aloud, by override; nothing is half registered."""
    registry = full()
    with pytest.raises(RegistryError, match=r"(?s)registered there already.*override\(\)"):
        registry.register(Clock)

    @unit
    def two() -> tuple[IFineClock, ILog]:
        return FineClock(), log(Clock())

    with pytest.raises(RegistryError):
        registry.register(two)
    with pytest.raises(RegistryError):
        registry.get(IFineClock)


def test_only_units_that_export_the_signature_are_registered() -> None:
    """A misfit is refused with what it exports."""
    registry = Registry()
    with pytest.raises(RegistryError, match="it exports: IClock\n  signature: ILog"):
        registry.register(Clock, ILog)
    with pytest.raises(RegistryError, match="only units can be registered"):
        registry.register(3)
    with pytest.raises(RegistryError, match="a unit without exports answers for nothing"):
        registry.register(unit(lambda: None))


def test_an_override_takes_effect_for_what_is_linked_afterwards() -> None:
    """What was obtained before keeps working unchanged."""
    registry = full()
    before = registry.get(IApp)
    with registry.override(IClock, FineClock) as active:
        assert active.name == "FineClock"
        assert registry.get(IApp).run() == ["2 22"]
        assert before.run() == ["1 11"]
    assert registry.get(IApp).run() == ["1 11"]


def test_overrides_stack_and_are_undone_on_any_exit() -> None:
    """Nested blocks, exceptions, and blocks that end out of order."""

    @unit
    class Third(IClock):
        def now(self) -> int:
            return 3

    registry = full()
    with registry.override(IClock, FineClock):
        with contextlib.suppress(ZeroDivisionError), registry.override(IClock, Third):
            assert registry.get(IClock).now() == 3
            raise ZeroDivisionError
        assert registry.get(IClock).now() == 2
    one, two = registry.override(IClock, FineClock), registry.override(IClock, Third)
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert registry.get(IClock).now() == 3
    two.__exit__(None, None, None)
    assert registry.get(IClock).now() == 1


def test_an_override_is_seen_in_threads() -> None:
    """A worker started inside the block gets the override."""
    registry = full()
    seen: list[int] = []
    with registry.override(IClock, FineClock):
        worker = threading.Thread(target=lambda: seen.append(registry.get(IClock).now()))
        worker.start()
        worker.join()
    assert seen == [2]


def test_overriding_nothing_or_with_a_misfit_is_an_error() -> None:
    """A forgotten registration or a wrong unit does not go unnoticed."""
    with pytest.raises(RegistryError, match="no unit is registered"):
        Registry().override(IClock, Clock).__enter__()
    with pytest.raises(RegistryError, match="does not export"):
        full().override(IClock, log).__enter__()


def test_a_child_answers_before_its_base() -> None:
    """What the child does not know, its base answers, overrides of the base included."""
    base = full()
    child = Registry(base)
    child.register(FineClock, IClock)
    assert child.get(IApp).run() == ["2 22"]
    assert base.get(IApp).run() == ["1 11"]
    grandchild = Registry(base)
    with base.override(IClock, FineClock):
        assert grandchild.get(IApp).run() == ["2 22"]


def test_check_reports_every_problem_and_runs_nothing() -> None:
    """All registered units are looked at; a common gap is reported for each that has it."""
    ran = []

    @unit
    class Loud(IClock):
        def __init__(self, log: ILog) -> None:
            ran.append(1)

        def now(self) -> int:
            return 0

    registry = Registry()
    registry.register(app)
    registry.register(Loud)
    with pytest.raises(RegistryError) as caught:
        registry.check()
    assert len(caught.value.problems) == 2
    registry.register(log)
    registry.check()
    assert not ran


def test_cycles_are_ordinary() -> None:
    """Units that need each other are linked as they are anywhere."""

    @unit
    class Slow(IClock):
        def __init__(self, log: ILog) -> None:
            self.log = log

        def now(self) -> int:
            return 4

    registry = Registry()
    registry.register(Slow)
    registry.register(log)
    assert registry.get(ILog).log("x") == ["4 x"]


def test_the_names_of_a_signature_are_those_it_can_be_asked_for_by() -> None:
    """Those of units for it or for one extending it, of a base and of overrides, too."""
    base = Registry()
    base.register(Clock, name="slow")
    registry = Registry(base)
    assert registry.names(IClock) == ("slow",)
    registry.register(FineClock)
    registry.register(FineClock, name="fine")
    registry.register(log, name="plain")
    assert registry.names(IClock) == ("", "fine", "slow")
    assert registry.names(IFineClock) == ("", "fine")
    assert base.names(IClock) == ("slow",)
    assert base.names(ILog) == ()
    assert all(registry.get(IClock, name).now() in (1, 2) for name in registry.names(IClock))
    with registry.override(IClock, Clock, name="fine"):
        assert registry.names(IClock) == ("", "fine", "slow")
    with pytest.raises(SignatureError):
        registry.names(int)


def test_overrides_in_force_are_known_in_any_order() -> None:
    """Those that began and have not ended, oldest first, with what they stand for."""
    registry = Registry()
    registry.register(Clock)
    registry.register(Clock, name="slow")
    one, two = (registry.override(IClock, FineClock) for _ in range(2))
    three = registry.override(IClock, FineClock, name="slow")
    assert registry.overrides == ()
    for each in (one, two, three):
        each.__enter__()
    assert [(each.signature, each.name) for each in registry.overrides] == [
        (IClock, ""),
        (IClock, ""),
        (IClock, "slow"),
    ]
    assert str(registry.overrides[2]).startswith(f"IClock 'slow' by FineClock ({__file__}:")
    for each in (one, three):
        each.__exit__(None, None, None)
    assert len(registry.overrides) == 1
    two.__exit__(None, None, None)
    assert registry.overrides == ()
