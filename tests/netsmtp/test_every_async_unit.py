"""What a consumer of `IAsyncSmtp` may rely on, whichever unit is linked: one suite over all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from netsmtp import IAsyncSmtp, ISmtp, Options, registry, smtp
from netsmtp.aio._implementations import ASYNC_IMPLEMENTATIONS
from netsmtp.aio.smtp import ssl_connect
from netsmtp.core.events import BodyComplete, Delivered
from netsmtp.errors import ContentError, CredentialsError, HostNameError, PlaintextAuthError
from netsmtp.memory import MemoryServer
from netsmtp.smtp import smtp_send_message
from signatures import members, provides
from tests.netsmtp.every_async_unit import MAKERS, Sending, sending
from tests.netsmtp.every_unit import ARGUMENTS, HEADER
from tests.netsmtp.test_every_unit import DATA, EHLO, SENT, TALK, TEXTS, WRONG
from tests.netsmtp.test_secrets import PASSWORD, own_frames, show_nothing


@pytest.fixture(params=MAKERS)
def each(request: pytest.FixtureRequest) -> Iterator[Sending]:
    """Give each implementation, invoked."""
    with sending(request.param) as made:
        yield made


def test_every_implementation_is_tested() -> None:
    """Those that the registry has are those of this suite, and all have the members of `ISmtp`."""
    assert set(ASYNC_IMPLEMENTATIONS) == set(MAKERS)
    known = registry()
    assert known.unit(IAsyncSmtp) is ASYNC_IMPLEMENTATIONS["smtp"]
    for name, unit in ASYNC_IMPLEMENTATIONS.items():
        assert known.unit(IAsyncSmtp, name) is unit
    assert list(members(IAsyncSmtp)) == list(members(ISmtp))


def test_it_provides_the_members_of_its_signature(each: Sending) -> None:
    """Two procedures, and the two parameters of `netsmtp.smtp`."""
    assert provides(each.smtp, IAsyncSmtp)
    assert each.smtp.smtp_sending_server is smtp.smtp_sending_server
    assert each.smtp.smtp_sending_end_of_message is smtp.smtp_sending_end_of_message


def test_what_is_sent_arrives_unchanged(each: Sending) -> None:
    """Envelope, header and lines; the observer hears the conversation, and the last yes."""
    each.send()
    assert each.arrived() == SENT
    assert each.commands == TALK
    (delivered,) = [event for event in each.heard if isinstance(event, Delivered)]
    assert [result.address for result in delivered.recipients] == ["b@y.org"]


def test_the_wire_is_that_of_the_plain_call() -> None:
    """Byte for byte, what a client writes is what `netsmtp.smtp` writes."""
    memory = MemoryServer()
    with sending("smtp") as real:
        make = real.server._make
        memory.make = make
        smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect)
        real.send()
        (ours,) = real.server.connections
    written = [
        b"".join(data for who, data in server.conversation if who == "client")
        for server in (memory.connections[0], ours)
    ]
    assert written[0] == written[1]


def test_a_port_by_position_wins(each: Sending) -> None:
    """As in Racket; without either it is 25."""
    each.send()
    each.send(None, 587, port_no=26)
    assert each.connected == [("mail.example", 25), ("mail.example", 587)]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_arrives_as_it_is(each: Sending, text: str) -> None:
    """Nothing is added, left out, moved or encoded."""
    header, lines, data = TEXTS[text]
    each.send({3: header, 4: lines})
    assert each.arrived() == [("a@x.org", ["b@y.org"], data)]


def test_lines_may_be_asynchronous(each: Sending) -> None:
    """They are awaited as they are needed; what they raise comes out, and nothing arrives."""

    async def lines(fail: bool = False) -> AsyncIterator[str]:
        for line in ("hello", ".dot", ""):
            await asyncio.sleep(0)
            yield line
        if fail:
            raise LookupError("no more")

    each.send({4: lines()})
    with pytest.raises(LookupError, match="no more"):
        each.send({4: lines(fail=True)})
    assert each.arrived() == SENT


@pytest.mark.parametrize(("change", "error"), WRONG)
def test_what_cannot_be_sent_is_refused(
    each: Sending, change: dict[int, Any], error: type[Exception]
) -> None:
    """The same error from each, before anything is opened, and nothing arrives."""
    with pytest.raises(error):
        each.send(change)
    assert not each.server.connections
    assert not each.heard
    assert each.arrived() == []


def test_what_is_missing_or_unwanted_is_refused(each: Sending) -> None:
    """A user without a password, a number for a server, a line that is too long for the options."""
    with pytest.raises(CredentialsError):
        each.send(auth_user="me")
    with pytest.raises(TypeError):
        each.send({0: 5})
    with pytest.raises(ContentError, match="5000"):
        each.send({4: ["x" * 5000]}, options=Options(long_lines="refuse"))
    assert not each.heard


def test_an_open_connection_is_used_or_at_least_closed(each: Sending) -> None:
    """``smtp_send_message_star`` sends over asyncio's streams, and closes them whatever happens."""

    async def use(*envelope: Any) -> None:
        r, w = await asyncio.open_connection("127.0.0.1", each.server.port)
        try:
            await each.smtp.smtp_send_message_star(
                r, w, *envelope, HEADER, ARGUMENTS[4], None, None, None
            )
        finally:
            assert w.is_closing()
            await w.wait_closed()

    asyncio.run(use("a@x.org", ["b@y.org"]))
    assert each.arrived() == SENT
    with pytest.raises(ValueError, match="not a mail address"):
        asyncio.run(use("a>\r\n", ["b@y.org"]))


def test_the_name_of_this_machine_is_the_parameters(each: Sending) -> None:
    """For the block that sets it, and no longer."""
    with each.smtp.smtp_sending_server.parameterize("mx.example"):
        each.send()
    each.send()
    assert [line for line in each.commands if "EHLO" in line] == ["EHLO mx.example", EHLO]
    with each.smtp.smtp_sending_server.parameterize("a b"), pytest.raises(HostNameError):
        each.send()


@pytest.mark.parametrize("awaited", [False, True])
def test_the_end_of_message_procedure_is_called_before_the_dot(
    each: Sending, awaited: bool
) -> None:
    """Once, when all but the dot is written; awaited, where it has to be; and it may cancel."""
    calls: list[tuple[bool, bool]] = []

    def note() -> None:
        complete = any(isinstance(event, BodyComplete) for event in each.heard)
        calls.append((complete, "." in each.commands))

    async def later() -> None:
        await asyncio.sleep(0)
        note()

    with each.smtp.smtp_sending_end_of_message.parameterize(later if awaited else note):
        each.send()
    assert calls == [(True, False)]

    def cancel() -> None:
        raise RuntimeError("no")

    with (
        each.smtp.smtp_sending_end_of_message.parameterize(cancel),
        pytest.raises(RuntimeError, match="no"),
    ):
        each.send()
    assert each.arrived() == SENT


def test_a_task_that_is_cancelled_sends_nothing(each: Sending) -> None:
    """Before the dot, nothing arrives."""

    async def use() -> None:
        waiting = asyncio.Event()

        async def wait() -> None:
            waiting.set()
            await asyncio.Event().wait()

        with each.smtp.smtp_sending_end_of_message.parameterize(wait):
            task = asyncio.ensure_future(each.send_later())
            await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(use())
    assert each.arrived() == []
    assert "." not in each.commands


async def as_it_is(connection: Any) -> Any:
    """Stand in for `start_tls`."""
    return connection


def test_a_password_is_not_sent_in_clear_to_another_machine(each: Sending) -> None:
    """What a real send would refuse, one that goes nowhere refuses, too."""
    me = {"auth_user": "me", "auth_passwd": PASSWORD}
    each.send({0: "localhost"}, **me)
    assert each.commands.count("AUTH PLAIN <redacted>") == 1
    said = len(each.commands)

    async def far(server: str, port: int) -> Any:
        return Far(await each.connect(server, port))

    with pytest.raises(PlaintextAuthError) as caught:
        each.send(**me, tcp_connect=far)
    assert each.commands[said:] == [EHLO, "QUIT"]
    show_nothing(own_frames(caught.value) + repr(each.smtp) + repr(each.heard))


def test_tls_from_the_first_byte_may_be_pretended() -> None:
    """Where nothing is opened, `ssl_connect` is as good as TLS."""
    for name in ("recording", "dry-run"):
        with sending(name) as each:
            each.send(auth_user="me", auth_passwd=PASSWORD, tcp_connect=ssl_connect)
            assert "AUTH PLAIN <redacted>" in each.commands
            each.send(tls_encode=as_it_is)
            assert each.arrived() == [*SENT, ("a@x.org", ["b@y.org"], DATA)]


class Far:
    """A connection that leaves this machine."""

    local = False

    def __init__(self, carrier: Any) -> None:
        self._carrier = carrier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)
