"""The happy path is no other way: with and without it the same is said, in the same steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from itertools import product
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import _client, _connection
from netsmtp._drive import Clock, at_once
from netsmtp.client import Client
from netsmtp.core.envelope import mail as checked_mail
from netsmtp.core.sasl import credentials
from netsmtp.core.session import GROUP, Session
from netsmtp.core.stages import Stage
from netsmtp.errors import SmtpError
from netsmtp.message import Envelope
from netsmtp.options import NO_LIMITS, Deadlines, Limits, Options
from netsmtp.smtp import led

FAULTS: dict[str, Callable[[], BaseException]] = {
    "reset": lambda: ConnectionResetError(104, "Connection reset by peer"),
    "silence": TimeoutError,
    "Ctrl-C": KeyboardInterrupt,
}
UNUSUAL = [
    b"250-one\r\n250 two\r\n",
    b"250 ok\r\n250 unasked\r\n",
    b"250 ok\r\n25",
    b"250 ok\r\n421 closing\r\n",
    b"251 elsewhere\r\n",
    b"354 go\r\n",
    b"421 closing\r\n",
    b"451 4.7.1 later\r\n",
    b"500 what?\r\n",
    b"550 5.1.1 nobody\r\n",
    b"no reply\r\n",
    b"250 bare\n",
    b"",
]


@dataclass(frozen=True)
class World:
    """Say what happens: *lists* to EHLO, another reply, a fault at some step, and what comes late."""

    lists: Sequence[str] = ("PIPELINING", "8BITMIME", "SIZE 1000000")
    otherwise: tuple[int, bytes] | None = None  # the n-th reply
    fault: tuple[int, str] | None = None  # at the n-th step
    unasked: tuple[int, bytes] | None = None  # before the n-th write
    late: frozenset[int] = frozenset()  # replies that are waited for
    torn: frozenset[int] = frozenset()  # replies that come in two pieces
    narrow: bool = False  # writes are taken in part


class FakeCarrier:
    """Be transport and server in one, and keep a list of all steps."""

    encrypted = False
    local = True

    def __init__(self, world: World, steps: list[Any]) -> None:
        self._world = world
        self._steps = steps
        self._number = self._writes = 0
        self._replied = 0
        self._due: deque[bytes | None] = deque()
        self._in_message = False
        self._say([b"220 hi\r\n"])

    def _step(self, *what: Any) -> None:
        self._steps.append(what)
        if self._world.fault is not None and len(self._steps) == self._world.fault[0]:
            raise FAULTS[self._world.fault[1]]()

    def _say(self, replies: Sequence[bytes]) -> None:
        text = b""
        for reply in replies:
            self._replied += 1
            number, other = self._world.otherwise or (0, b"")
            text += other if self._replied == number else reply
        pieces = [text]
        if self._replied in self._world.torn and len(text) > 1:
            pieces = [text[: len(text) // 2], text[len(text) // 2 :]]
        for piece in pieces:
            if self._replied in self._world.late:
                self._due.append(None)
            self._due.append(piece)

    def _hear(self, data: bytes) -> None:
        if self._in_message:
            _, end, data = data.partition(b".\r\n")
            if not end:
                return
            self._in_message = False
            self._say([b"250 2.0.0 Ok: queued as 4F0C42160F5\r\n"])
        replies: list[bytes] = []
        for line in data.split(b"\r\n")[:-1]:
            word = line[:4]
            listed = [b"250-h", *(b"250-" + each.encode() for each in self._world.lists), b"250 X"]
            usual = {b"EHLO": b"\r\n".join(listed) + b"\r\n", b"DATA": b"354 go\r\n"}
            usual |= {b"QUIT": b"221 bye\r\n", b"AUTH": b"235 welcome\r\n"}
            self._in_message = word == b"DATA"
            replies.append(usual.get(word, b"250 ok\r\n"))
        if replies:
            self._say(replies)

    def poll(self) -> memoryview | None:
        self._step("poll")
        self._writes += 1
        number, early = self._world.unasked or (0, b"")
        return memoryview(early) if self._writes == number else None

    def offer(self, data: memoryview) -> memoryview:
        self._step("offer", bytes(data))
        taken = len(data) // 2 if self._world.narrow else len(data)
        self._offered = bytes(data)
        if taken == len(data):
            self._hear(self._offered)
        return data[taken:]

    async def write(self, data: memoryview, end: float | None) -> None:
        self._step("write", bytes(data))
        self._hear(self._offered)

    def take(self) -> memoryview | None:
        self._step("take")
        if self._due and self._due[0] is not None:
            return memoryview(self._due.popleft() or b"")
        return None

    async def read(self, end: float | None) -> memoryview:
        self._step("read")
        while self._due and self._due[0] is None:
            self._due.popleft()
        return memoryview((self._due.popleft() if self._due else b"") or b"")

    async def close(self) -> None:
        self._step("close")

    def abort(self) -> None:
        self._steps.append("abort")


def nothing(event: object) -> None:
    """Watch, which keeps a send off the happy path."""


def outcome(act: Callable[[], object]) -> str:
    """Return what *act* returns or raises, with all that is said of it."""
    try:
        return repr(act())
    except BaseException as error:  # noqa: BLE001 - Ctrl-C is an outcome
        reply = error.reply if isinstance(error, SmtpError) else None
        return repr((type(error), str(error), reply, getattr(error, "__notes__", [])))


replies = st.tuples(st.integers(1, 12), st.sampled_from(UNUSUAL))
lists = [("PIPELINING", "8BITMIME"), ("PIPELINING", "SIZE 10"), (), ("8BITMIME",)]
worlds = st.builds(
    World,
    st.sampled_from(lists),
    st.none() | replies,
    st.none() | st.tuples(st.integers(1, 40), st.sampled_from(sorted(FAULTS))),
    st.none() | replies,
    st.frozensets(st.integers(1, 12), max_size=3),
    st.frozensets(st.integers(1, 12), max_size=2),
    st.booleans(),
)
WORLDS = [
    *(World(otherwise=each) for each in product(range(1, 13), UNUSUAL)),
    *(World(lists=(), otherwise=each) for each in product(range(1, 13), UNUSUAL)),
    *(World(unasked=each) for each in product(range(1, 7), UNUSUAL)),
    *(World(fault=each) for each in product(range(1, 31), FAULTS)),
    *(World(fault=each, late=frozenset(range(12))) for each in product(range(1, 31), FAULTS)),
    *(World(fault=each, narrow=True) for each in product(range(1, 31), FAULTS)),
]
texts = st.sampled_from([["hello"], [".", "", "x" * 70], [], ["\xe9"]])
choices = st.builds(
    Options,
    pipelining=st.booleans(),
    policy=st.sampled_from(["all", "accepted"]),
    quit_with_dot=st.sampled_from([False, False, True]),
)


def send(
    world: World, lines: list[str], count: int, auth: bool, options: Options, observer: Any
) -> tuple[str, list[Any]]:
    """Send by a call; return what came of it, and each step."""
    steps: list[Any] = []
    to = [f"r{n}@y.org" for n in range(count)]
    mail = checked_mail("a@x.org", to, "A: b\r\n\r\n", lines)
    carrier, clock = FakeCarrier(world, steps), Clock(options.deadlines)
    proof = credentials("user", "secret") if auth else None
    sending = led(carrier, mail, proof, None, None, options, observer, clock, None)
    return outcome(lambda: at_once(sending)), steps


class FakeClient(Client):
    """A client whose connections are all of one *world*."""

    world: World
    steps: list[Any]

    async def _connect(self, seconds: float | None) -> Any:
        self.steps.append("connect")
        return FakeCarrier(self.world, self.steps)


def short(number: int) -> Envelope:
    """Return a mail that may go the happy path."""
    return Envelope(b"A: b\r\n\r\n%d\r\n" % number, "a@x.org", ["b@y.org", "c@y.org"])


def read_once(number: int) -> Envelope:
    """Return a mail whose text can be read only once, so that a session has to send it."""
    return Envelope((f"line {number}" for _ in range(2)), "a@x.org", ["b@y.org"], "A: b\r\n\r\n")


def eight(number: int) -> Envelope:
    """Return a mail that not every server takes."""
    return Envelope(b"A: b\r\n\r\n\xc3\xa9\r\n", "a@x.org", ["b@y.org"])


def translated(number: int) -> Envelope:
    """Return a mail that is another one for a server that takes only ASCII."""
    message = EmailMessage()
    message.set_content("\xe9", cte="8bit")
    return Envelope(message, "a@x.org", ["b@y.org"])


def many(number: int) -> Envelope:
    """Return a mail to more than are written at once."""
    return Envelope(b"A: b\r\n\r\n.\r\n", "a@x.org", [f"r{n}@y.org" for n in range(GROUP + 2)])


KINDS = [short, read_once, eight, translated, many]


def send_by_client(
    world: World,
    kinds: Sequence[Callable[[int], Envelope]],
    chained: bool,
    options: Options,
    limits: Limits,
    observer: Any,
) -> tuple[list[str], list[Any]]:
    """Send mails of these *kinds* over a client, one by one or *chained*; return the same."""
    client = FakeClient("127.0.0.1", 25, options=options, limits=limits, observer=observer)
    client.world, client.steps = world, []
    every = [make(number) for number, make in enumerate(kinds)]
    outcomes: list[str] = []

    def send_all() -> object:
        for each in client.send_all(every):
            outcomes.append(f"{each!r} {each.error!r}")
        return None

    def send(mail: Envelope) -> str:
        return outcome(
            lambda: client.send(mail.message, mail.sender, mail.recipients, header=mail.header)
        )

    outcomes += [outcome(send_all)] if chained else map(send, every)
    outcomes.append(outcome(client.close))
    return outcomes, client.steps


@given(world=worlds, lines=texts, count=st.integers(1, 3), auth=st.booleans(), options=choices)
def test_send_is_the_same(
    world: World, lines: list[str], count: int, auth: bool, options: Options
) -> None:
    """Whatever the server says and whatever breaks, a call takes the same steps to the same end."""
    given = world, lines, count, auth, options
    assert send(*given, None) == send(*given, nothing)


@given(
    world=worlds,
    kinds=st.lists(st.sampled_from([short, short, *KINDS]), max_size=5),
    chained=st.booleans(),
    options=choices,
    limits=st.sampled_from([NO_LIMITS, Limits(messages=1), Limits(messages=2)]),
)
def test_client_is_the_same(
    world: World, kinds: Any, chained: bool, options: Options, limits: Limits
) -> None:
    """So do a client's sends, one by one or all at once, and so does its end."""
    given = world, kinds, chained, options, limits
    assert send_by_client(*given, None) == send_by_client(*given, nothing)


@pytest.mark.parametrize(
    "options", [Options(), Options(policy="accepted")], ids=["all", "accepted"]
)
def test_one_surprise_anywhere(options: Options) -> None:
    """Each unusual reply in each place, and each fault at each step, is dealt with alike."""
    for world in WORLDS:
        for auth in (False, True):
            call = world, ["x"], 2, auth, options
            assert send(*call, None) == send(*call, nothing), world
        client = world, [short] * 2, False, options, NO_LIMITS
        assert send_by_client(*client, None) == send_by_client(*client, nothing), world


@pytest.mark.parametrize("lists", [("PIPELINING", "8BITMIME"), ()], ids=["pipelining", "lock-step"])
@pytest.mark.parametrize("late", [(), range(3, 30)], ids=["at once", "later"])
def test_one_surprise_in_a_chain(lists: Sequence[str], late: Iterable[int]) -> None:
    """Where mails follow each other it makes no difference, either, on which way the surprise comes."""
    usual = World(lists=lists, late=frozenset(late))
    for world in (
        *(replace(usual, otherwise=each) for each in product(range(3, 18), UNUSUAL)),
        *(replace(usual, unasked=each) for each in product(range(3, 12), UNUSUAL)),
        *(replace(usual, fault=each) for each in product(range(7, 50), FAULTS)),
        *(replace(usual, torn=frozenset({n}), late=frozenset({n})) for n in range(3, 18)),
    ):
        client = world, [short] * 3, True, Options(), NO_LIMITS
        assert send_by_client(*client, None) == send_by_client(*client, nothing), world


@pytest.mark.parametrize("lists", [("PIPELINING", "8BITMIME"), ("PIPELINING",), ()])
@pytest.mark.parametrize("most", [None, 1, 2])
def test_mails_of_every_kind_in_a_chain(lists: Sequence[str], most: int | None) -> None:
    """Nor does it, whatever kind of mail follows which, and how many a connection may carry."""
    for kinds in product(KINDS, KINDS, KINDS):
        client = World(lists=lists), kinds, True, Options(), Limits(messages=most)
        assert send_by_client(*client, None) == send_by_client(*client, nothing), kinds


def test_mails_in_a_chain_take_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as all goes well no session hears of the mails."""
    monkeypatch.setattr(Session, "submit", None)
    for lists in (("PIPELINING",), ()):
        made = send_by_client(
            World(lists=lists), [short] * 5, True, Options(), Limits(messages=2), None
        )
        assert [each for each in made[0] if "error" in each] == []


@pytest.mark.parametrize(
    ("where", "name"),
    [(_client, "opening"), (_connection, "delivery"), (_connection, "farewell")],
    ids=["opening", "delivery", "farewell"],
)
def test_ctrl_c_between_two_steps(
    where: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C when the last reply of a path has been read is not lost on the way to the session."""
    path = getattr(where, name)

    def interrupted(*arguments: Any) -> Any:
        yield from path(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(where, name, interrupted)
    outcomes, steps = send_by_client(World(), [short], False, Options(), NO_LIMITS, None)
    assert sum("KeyboardInterrupt" in each for each in outcomes) == 1
    assert steps[-1] in ("abort", ("close",))
    if name == "delivery":
        assert "the server had accepted the message" in outcomes[0]


@pytest.mark.parametrize("way", [None, nothing], ids=["straight", "watched"])
@pytest.mark.parametrize("torn", [1, 2, 5, 6])
def test_deadline_of_a_torn_reply(torn: int, way: Any) -> None:
    """A reply in two pieces has the time of one: the wait for the rest ends when the first would."""
    seen: list[tuple[str, float | None]] = []

    class Timed(FakeCarrier):
        async def read(self, end: float | None) -> memoryview:
            seen.append(("read", end))
            return await super().read(end)

    class Ticking(Clock):
        now = 0.0

        def end_of(self, stage: Stage) -> float | None:
            self.now += 1
            return self.now

    world = World(late=frozenset({torn}), torn=frozenset({torn}))
    options = Options(deadlines=Deadlines())
    carrier, clock = Timed(world, []), Ticking(options.deadlines)
    given = checked_mail("a@x.org", ["b@y.org"], "A: b\r\n\r\n", ["hello"])
    at_once(led(carrier, given, None, None, None, options, way, clock, None))
    assert [end for _, end in seen] == [1.0, 1.0]
