"""A session under any splits, faults and interruptions, beside a naive server that counts its mails."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from netsmtp.core.actions import CallHook, Close, Idle, Read, StartTls, Write
from netsmtp.core.envelope import SendResult, mail
from netsmtp.core.sasl import credentials
from netsmtp.core.session import UNDER_WAY, Channel, Session
from netsmtp.core.states import State
from netsmtp.errors import DeliveryUnknown, SmtpError
from netsmtp.options import Options
from tests.netsmtp.core.naive_server import OTHERWISE, NaiveServer

EXTENSIONS = ("PIPELINING", "CHUNKING", "8BITMIME", "STARTTLS", "AUTH PLAIN")
MOMENTS = (State.VERDICT, *sorted(UNDER_WAY, key=lambda state: state.name))

DISASTERS: dict[str, Callable[[Any], None]] = {
    "end": lambda machine: machine.lose(None),
    "reset": lambda machine: machine.lose(ConnectionResetError()),
    "deadline": lambda machine: machine.lose(TimeoutError()),
    "cancelled": lambda machine: machine.cancel(),
    **{
        f"cut at {part}": lambda machine, part=part: machine.cut(part)
        for part in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)
    },
    **{word: lambda machine, word=word: machine.server.leave(word) for word in ("421", "garbage")},
}


class SessionMachine(RuleBasedStateMachine):
    """Do what a session asks, as the driver does, and anything else that may happen meanwhile."""

    @initialize(
        lacking=st.sets(st.sampled_from(EXTENSIONS), max_size=1),
        usual=st.integers(3, 20),
        anywhere=st.sampled_from([False, False, False, True]),
        unusual=st.lists(st.sampled_from([*OTHERWISE]), max_size=1),
        pipelining=st.booleans(),
        chunking=st.booleans(),
        quit_with_dot=st.booleans(),
        policy=st.sampled_from(["all", "accepted"]),
        start_tls=st.sampled_from([False, False, True, "wanted"]),
        auth=st.booleans(),
        hooked=st.booleans(),
        mails=st.lists(st.integers(1, 3), max_size=3),
    )
    def connect(
        self,
        lacking: set[str],
        usual: int,
        anywhere: bool,
        unusual: list[str],
        start_tls: Any,
        auth: bool,
        hooked: bool,
        mails: list[int],
        **options: Any,
    ) -> None:
        offers = tuple(each for each in EXTENSIONS if each not in lacking)
        self.server = NaiveServer(offers, [*[""] * usual, *unusual])
        self.session = Session(
            lambda: "localhost",
            channel=Channel(local=True),
            start_tls=start_tls,
            credentials=credentials("user", "secret", mechanism="PLAIN") if auth else None,
            hooked=hooked,
            options=Options(**options),
        )
        self.submitted: list[tuple[tuple[str, ...], bytes]] = []
        self.results: list[SendResult] = []
        self.left = self.over = False
        self.anywhere = anywhere
        for recipients in mails:
            self.submit(recipients, [".", "..x"], once=False)

    # What the caller does.

    @rule(
        recipients=st.integers(1, 3),
        lines=st.lists(st.sampled_from(["", ".", "..x", "x", "x" * 70]), max_size=3),
        once=st.booleans(),
    )
    def submit(self, recipients: int, lines: list[str], once: bool) -> None:
        if self.over or self.left:
            return
        number = len(self.submitted)
        names = tuple(f"r{number}.{n}@y.org" for n in range(recipients))
        text = "".join(f"{line}\r\n" for line in ("A: b", "", *lines)).encode()
        given = iter(lines) if once else lines
        self.submitted.append((names, text))
        made = mail(f"s{number}@x.org", names, "A: b\r\n\r\n", given)
        self.guarded(self.session.submit, made)

    @precondition(lambda self: not self.over and len(self.submitted) > 1)
    @rule()
    def leave(self) -> None:
        if not self.left:
            self.left = True
            self.guarded(self.session.leave)

    # What the driver does.

    @rule(
        times=st.sampled_from([100, 20, 5, 1]),
        most=st.sampled_from([10_000, 40, 7, 1]),
        early=st.booleans(),
    )
    def go_on(self, times: int, most: int, early: bool) -> None:
        """Do what is asked for, so many *times*, reading *most* octets at once."""
        for _ in range(times):
            if not self.over:
                self.guarded(self.act, most, early)

    def act(self, most: int, early: bool) -> None:
        match self.session.next():
            case Write() as write:
                if early and self.server.undelivered:
                    if not self.session.early(self.server.deliver(most)):
                        return
                self.server.take(bytes(write.data))
            case Read():
                if self.server.undelivered:
                    self.session.receive(self.server.deliver(most))
                elif self.server.gone:
                    self.session.receive(b"")
            case StartTls():
                self.server.handshake()
                self.session.encrypted()
            case CallHook():
                assert self.server.awaits_text or self.server.gone
            case Close():
                self.over = True
            case Idle():
                pass
            case action:
                raise AssertionError(action)

    def guarded(self, do: Any, *arguments: Any) -> None:
        try:
            do(*arguments)
        except SmtpError:
            self.session.interrupted()
            self.over = True
        while self.session.results:
            self.results.append(self.session.results.popleft())

    # What else may happen.

    def go_on_to(self, state: State, most: int) -> None:
        """Go on until the session has come to *state*, and all it says at once is said."""
        for _ in range(300):
            if self.over or (self.session.state is state and not self.session.has_more_to_say):
                return
            self.guarded(self.act, most, False)

    @property
    def may_fail(self) -> bool:
        """Tell whether it is time for a fault: most come where mail is under way."""
        return not self.over and (self.anywhere or self.session.state in UNDER_WAY)

    @precondition(lambda self: self.may_fail)
    @rule(
        state=st.sampled_from(MOMENTS),
        most=st.sampled_from([10_000, 40, 7]),
        disaster=st.sampled_from([*DISASTERS]),
    )
    def disaster(self, state: State, most: int, disaster: str) -> None:
        """In *state* the connection ends, in a write perhaps, or the caller or the server leaves."""
        self.go_on_to(state, most)
        if not self.over:
            DISASTERS[disaster](self)

    def lose(self, cause: BaseException | None) -> None:
        self.guarded(self.session.lost, cause)
        self.over = True

    def cancel(self) -> None:
        self.guarded(self.session.interrupted)
        self.over = True

    def cut(self, part: float) -> None:
        """Write only a *part* of what is next; where that is nothing, give up."""

        def write() -> None:
            action = self.session.next()
            if isinstance(action, Write):
                self.server.take(bytes(action.data[: int(len(action.data) * part)]))
                self.session.lost(TimeoutError(), written=False)
            self.session.interrupted()

        self.guarded(write)
        self.over = True

    @precondition(lambda self: self.may_fail)
    @rule(words=st.lists(st.sampled_from(["", *OTHERWISE]), min_size=1, max_size=3))
    def server_will_say(self, words: list[str]) -> None:
        self.server.plan.extend(words)

    # What must hold.

    @invariant()
    def results_agree_with_the_server(self) -> None:
        """Sent is there once; not sent is not there; unknown is there or not; all in their order."""
        taken = [each.sender for each in self.server.taken]
        assert len(set(taken)) == len(taken)
        assert len(self.results) <= len(self.submitted)
        for number, result in enumerate(self.results):
            names, _ = self.submitted[number]
            assert tuple(each.address for each in result.recipients) == names
            there = f"s{number}@x.org" in taken
            if result:
                assert there
                (mail_,) = [m for m in self.server.taken if m.sender == f"s{number}@x.org"]
                assert mail_.recipients == result.accepted
            elif not isinstance(result.error, DeliveryUnknown):
                assert not there
            else:
                assert not result.error.transient
                assert result.error.reply is None or result.error.reply.code < 400
        for number in range(len(self.results) + self.under_way, len(self.submitted)):
            assert f"s{number}@x.org" not in taken

    @property
    def under_way(self) -> bool:
        """Tell whether a mail may be there whose result has not come; not when all is over."""
        return not self.over

    @invariant()
    def texts_are_whole(self) -> None:
        for mail_ in self.server.taken:
            number = int(mail_.sender[1:].split("@")[0])
            assert mail_.text == self.submitted[number][1]


SessionMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
TestSession = SessionMachine.TestCase


# The same without chance: all that may happen once, at each moment of a conversation.

KINDS = [*product((False, True), (False, True), (False, True))]


def started(pipelining: bool, chunking: bool, hooked: bool, plan: list[str]) -> SessionMachine:
    machine = SessionMachine()
    machine.connect(
        lacking=set(),
        usual=0,
        unusual=plan,
        anywhere=True,
        pipelining=pipelining,
        chunking=chunking,
        quit_with_dot=True,
        policy="all",
        start_tls=False,
        auth=False,
        hooked=hooked,
        mails=[2, 1, 1],
    )
    return machine


def check(machine: SessionMachine) -> None:
    machine.results_agree_with_the_server()
    machine.texts_are_whole()


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("disaster", DISASTERS)
def test_disaster_at_every_moment(disaster: str, kind: tuple[bool, bool, bool]) -> None:
    """Wherever it comes, what is told of each mail agrees with what the server has."""
    for most, moment in [*product([10_000], range(30)), *product([8], range(0, 90, 3))]:
        machine = started(*kind, [])
        machine.go_on(moment, most, early=False)
        if machine.over:
            continue
        DISASTERS[disaster](machine)
        check(machine)
        machine.go_on(60, most, early=moment % 2 == 1)
        check(machine)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("word", OTHERWISE)
@pytest.mark.parametrize("early", [False, True])
def test_word_at_every_command(early: bool, word: str, kind: tuple[bool, bool, bool]) -> None:
    """Whatever the server says to whichever command, and to the one behind that."""
    for number, second in product(range(16), (False, True)):
        machine = started(*kind, [*[""] * number, word, *[word] * second])
        machine.leave()
        machine.go_on(300, 10_000 if number % 2 else 8, early=early)
        check(machine)
        assert machine.over or number == 0
