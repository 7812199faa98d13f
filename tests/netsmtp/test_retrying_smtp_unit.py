"""Sending again what failed for now: how often, how late, and what never."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import (
    DeliveryUnknown,
    ISmtp,
    SmtpError,
    failing_smtp_unit,
    recording_smtp_unit,
    registry,
    retrying_smtp_unit,
)
from netsmtp._calls import Call, PassingSmtp
from netsmtp.core.stages import Stage
from netsmtp.errors import AddressError, ConnectionLost, ReplyError
from netsmtp.retrying_smtp_unit import Patience
from tests.netsmtp.every_unit import HEADER
from units import Link, invoke, link, part, tag, unit

NOW = "451 4.3.0 not now"


class Clock:
    """A clock that goes on while someone sleeps, and writes down how long each slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Faltering(PassingSmtp):
    """Sends through each of *ways* in turn: the first call through the first."""

    def __init__(self, *ways: ISmtp) -> None:
        super().__init__(ways[0])
        self.ways = list(ways)
        self.calls = 0

    def _send(self, call: Call) -> None:
        self.calls += 1
        call.through(self.ways.pop(0))


def failing(fault: str = NOW, stage: Stage = Stage.VERDICT) -> ISmtp:
    return failing_smtp_unit(stage, fault)


def retrying(inner: ISmtp, clock: Clock | None = None, **settings: Any) -> ISmtp:
    clock = clock or Clock()
    timed = {"sleep": clock.sleep, "clock": clock, "random": lambda: 0.0}
    return retrying_smtp_unit(inner, **{**timed, **settings})


def send(component: ISmtp, lines: Any = ("hello",), recipients: Any = ("b@y.org",)) -> None:
    component.smtp_send_message("mx.example", "a@x.org", recipients, HEADER, lines)


def test_what_failed_for_now_is_sent_again_and_arrives_once() -> None:
    """As soon as an attempt succeeds, nothing more is done."""
    recording, clock = invoke(recording_smtp_unit), Clock()
    ways = Faltering(failing(), failing("lost", Stage.BODY), recording, recording)
    send(retrying(ways, clock))
    assert ways.calls == 3
    assert len(recording.sent()) == 1
    assert clock.slept == [0.5, 1.0]


def test_the_last_error_is_raised_and_says_how_many_attempts_there_were() -> None:
    """Not before all of them have failed."""
    ways = Faltering(failing(), failing(), failing("lost", Stage.MAIL))
    with pytest.raises(ConnectionLost) as caught:
        send(retrying(ways, attempts=3))
    assert ways.calls == 3
    assert caught.value.__notes__ == ["attempts: 3"]


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        (Stage.VERDICT, "lost"),  # delivery unknown
        (Stage.VERDICT, "silence"),
        (Stage.VERDICT, "garbage"),
        (Stage.VERDICT, "554 5.7.1 never"),
        (Stage.RCPT, "550 5.1.1 no such user"),
        (Stage.EHLO, "garbage"),
    ],
)
def test_what_may_have_been_delivered_or_is_refused_for_good_is_not_sent_again(
    stage: Stage, fault: str
) -> None:
    """The error is raised as it is, at once."""
    ways, clock = Faltering(failing(fault, stage), failing()), Clock()
    with pytest.raises(SmtpError) as caught:
        send(retrying(ways, clock))
    assert (ways.calls, clock.slept) == (1, [])
    assert not hasattr(caught.value, "__notes__")


def test_delivery_unknown_is_never_sent_again_whatever_it_says_of_itself() -> None:
    """Not even one that somebody made transient."""

    class Lying(PassingSmtp):
        def _send(self, call: Call) -> None:
            raise DeliveryUnknown(transient=True)

    clock = Clock()
    with pytest.raises(DeliveryUnknown):
        send(retrying(Lying(failing()), clock))
    assert clock.slept == []


@given(st.lists(st.sampled_from(["ok", NOW, "550 5.0.0 no", "lost", "silence"]), min_size=9))
def test_a_mail_arrives_at_most_once(faults: list[str]) -> None:
    """Whatever fails, at the stage where it matters most: after the whole message was written."""
    recording = invoke(recording_smtp_unit)
    ways = Faltering(*(recording if fault == "ok" else failing(fault) for fault in faults))
    try:
        send(retrying(ways, attempts=9))
        arrived = 1
    except SmtpError:
        arrived = 0
    assert len(recording.sent()) == arrived
    certain = next((n for n, fault in enumerate(faults[:9]) if fault != NOW), 8)
    assert ways.calls == certain + 1


# --- when --------------------------------------------------------------------------------------


@given(
    first=st.floats(0.01, 100),
    longest=st.floats(0.01, 1000),
    failures=st.integers(1, 5000),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_delay_is_within_its_bounds(
    first: float, longest: float, failures: int, chance: float
) -> None:
    """At least half of what it may be at most, and that doubles up to the longest."""
    patience = Patience(first_delay=first, longest_delay=longest)
    most = min(longest, first * 2.0 ** min(failures - 1, 60))
    assert most / 2 <= patience.delay(failures, chance) <= most


def test_chance_spreads_the_attempts() -> None:
    """Two senders that failed together do not come back together."""
    slept: list[list[float]] = []
    for chance in (0.0, 0.999):
        clock = Clock()
        with pytest.raises(ReplyError):
            send(retrying(Always(failing()), clock, attempts=4, random=lambda n=chance: n))
        slept.append(clock.slept)
    assert slept[0] == [0.5, 1.0, 2.0]
    assert slept[1] == pytest.approx([0.9995, 1.999, 3.998])


class Always(PassingSmtp):
    def _send(self, call: Call) -> None:
        call.through(self.inner)


def test_no_attempt_begins_after_the_total() -> None:
    """Where the next one would, the error is raised instead of waiting for nothing."""
    clock = Clock()
    with pytest.raises(ReplyError) as caught:
        send(retrying(Always(failing()), clock, attempts=100, total=10.0))
    assert clock.slept == [0.5, 1.0, 2.0, 4.0]
    assert caught.value.__notes__ == ["attempts: 5"]


def test_an_interruption_of_the_wait_comes_out() -> None:
    """Without the failure that was waited for: it was none yet."""

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        send(retrying(Always(failing()), sleep=interrupted))
    assert caught.value.__context__ is None


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"total": -1.0, "first_delay": 0.0}])
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    """All of them, when the unit is invoked."""
    named = ".*".join(name for name in ("first_delay", "total", "attempts") if name in wrong)
    with pytest.raises(ValueError, match=f"retrying_smtp_unit: .*{named}.*: must be more than 0"):
        retrying(failing(), **wrong)


# --- lines that are read once ------------------------------------------------------------------


def test_an_iterator_is_read_once_and_sent_whole_each_time() -> None:
    """However far an attempt came, the next one begins at the beginning."""
    recording = invoke(recording_smtp_unit)
    read: list[str] = []

    def lines() -> Iterator[str]:
        for n in range(3000):
            read.append(f"{n} {'x' * 70}")
            yield read[-1]

    ways = Faltering(failing("lost", Stage.BODY), failing(NOW, Stage.MAIL), failing(), recording)
    send(retrying(ways), lines(), iter(["b@y.org", "c@z.org"]))
    assert len(read) == 3000
    (mail,) = recording.sent()
    assert mail.to == ["b@y.org", "c@z.org"]
    assert mail.data == HEADER.encode() + "".join(f"{line}\r\n" for line in read).encode()


def test_a_longer_iterator_is_sent_once() -> None:
    """What was not kept cannot be sent again: never half a message."""
    recording = invoke(recording_smtp_unit)
    ways = Faltering(failing(), recording)
    with pytest.raises(ReplyError):
        send(retrying(ways, keep=99), iter(["x" * 50] * 2))
    assert ways.calls == 1
    send(retrying(Faltering(failing(), recording), keep=100), iter(["x" * 50] * 2))
    send(retrying(Faltering(failing(), recording), keep=1), ["x" * 50] * 2)
    assert [mail.text for mail in recording.sent()] == [("x" * 50 + "\n") * 2] * 2


def test_bad_input_is_no_reason_to_wait() -> None:
    """It would be as bad the next time."""
    clock = Clock()
    with pytest.raises(AddressError):
        send(retrying(failing(), clock), recipients=iter(["no address"]))
    assert clock.slept == []


# --- what it passes on -------------------------------------------------------------------------


def test_an_open_connection_is_used_once() -> None:
    """It cannot be used again."""
    clock = Clock()
    r, w = io.BytesIO(), io.BytesIO()
    with pytest.raises(ReplyError):
        retrying(failing(), clock).smtp_send_message_star(
            r, w, "a@x.org", ["b@y.org"], HEADER, ["hello"], None, None, None
        )
    assert (clock.slept, r.closed, w.closed) == ([], True, True)


def test_the_hook_runs_in_each_attempt_and_the_last_word_is_its() -> None:
    """Until the dot it may cancel; what it raises is not repeated."""
    calls: list[int] = []

    def last_call() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise LookupError("cancelled")

    component = retrying(Always(failing()))
    with (
        component.smtp_sending_end_of_message.parameterize(last_call),
        pytest.raises(LookupError, match="cancelled"),
    ):
        send(component)
    assert len(calls) == 2


def test_a_unit_that_supplies_itself_is_told() -> None:
    """An override by a unit that imports what it overrides finds only itself."""
    known = registry()
    with (
        known.override(ISmtp, retrying_smtp_unit),
        pytest.raises(RuntimeError, match="would pass the message on to itself\n  hint: link it"),
    ):
        send(known.get(ISmtp))


def test_it_is_linked_before_another() -> None:
    """A `Link` tells the one that is retried from the one that retries."""
    real, safe = Link(ISmtp, "real"), Link(ISmtp, "safe")

    @unit
    def first() -> ISmtp:
        return ways

    recording = invoke(recording_smtp_unit)
    ways = Faltering(failing(), recording)
    eager = partial(retrying_smtp_unit, sleep=lambda seconds: None)
    reliable = link(
        part(first, as_=real),
        part(eager, tag("inner", real), as_=safe),
        exports=safe,
    )
    send(invoke(reliable))
    assert len(recording.sent()) == 1
    with registry().override(ISmtp, reliable):
        assert "RetryingSmtp before" in repr(invoke(reliable))
