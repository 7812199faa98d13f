"""The happy path is no other way: with and without it the same is said, in the same steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import _client
from netsmtp._drive import Clock, at_once
from netsmtp.client import Client
from netsmtp.core.envelope import mail as checked_mail
from netsmtp.core.sasl import credentials
from netsmtp.core.stages import Stage
from netsmtp.errors import SmtpError
from netsmtp.message import Envelope
from netsmtp.options import Deadlines, Options
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


def send_by_client(
    world: World, lines: list[str], times: int, chained: bool, options: Options, observer: Any
) -> tuple[list[str], list[Any]]:
    """Send several *times* over a client, one by one or *chained*; return the same."""
    client = FakeClient("127.0.0.1", 25, options=options, observer=observer)
    client.world, client.steps = world, []
    text = "".join(f"{line}\r\n" for line in ("A: b", "", *lines)).encode()
    given: Any = (text, "a@x.org", ["b@y.org", "c@y.org"])
    every = [Envelope(*given)] * times

    def send_all() -> object:
        return [(repr(each), each.error) for each in client.send_all(every)]

    outcomes = [outcome(send_all)] if chained else []
    outcomes += [outcome(lambda: client.send(*given)) for _ in range(0 if chained else times)]
    outcomes.append(outcome(client.close))
    return outcomes, client.steps


@given(world=worlds, lines=texts, count=st.integers(1, 3), auth=st.booleans(), options=choices)
def test_send_is_the_same(
    world: World, lines: list[str], count: int, auth: bool, options: Options
) -> None:
    """Whatever the server says and whatever breaks, a call takes the same steps to the same end."""
    given = world, lines, count, auth, options
    assert send(*given, None) == send(*given, nothing)


@given(world=worlds, lines=texts, times=st.integers(1, 3), chained=st.booleans(), options=choices)
def test_client_is_the_same(
    world: World, lines: list[str], times: int, chained: bool, options: Options
) -> None:
    """So do a client's sends, one by one or all at once, and so does its end."""
    given = world, lines, times, chained, options
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
        client = world, ["x"], 2, False, options
        assert send_by_client(*client, None) == send_by_client(*client, nothing), world


@pytest.mark.parametrize("name", ["opening", "delivery", "farewell"])
def test_ctrl_c_between_two_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C when the last reply of a path has been read is not lost on the way to the session."""
    path = getattr(_client, name)

    def interrupted(*arguments: Any) -> Any:
        yield from path(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(_client, name, interrupted)
    outcomes, steps = send_by_client(World(), ["x"], 1, False, Options(), None)
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
