"""The clients, synchronous and not: one connection for many mails, and what becomes of each."""

from __future__ import annotations

import gc
import itertools
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from netsmtp import Envelope
from netsmtp.core.events import BodyProgress, Closed, Connected, Event
from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import (
    AddressError,
    AuthenticationRefused,
    ConnectError,
    ConnectionLost,
    ContentError,
    DeliveryUnknown,
    RecipientsRefused,
    ReplyError,
    SmtpError,
)
from netsmtp.options import Deadlines, Limits, Options
from tests.netsmtp.asked import Asked
from tests.netsmtp.clients import KINDS, answering, every, mail, said, using, words
from tests.netsmtp.tcp import Drop, TcpServer

pytestmark = pytest.mark.parametrize("kind", KINDS)


def test_connection_is_reused(kind: str) -> None:
    """Mails go one after another over one connection, which ends with QUIT."""

    async def use(client: Any) -> None:
        for n in range(3):
            assert (await client.send(mail(n).message, "a@x.org", ["b@y.org"])).accepted == (
                "b@y.org",
            )

    with TcpServer() as server:
        using(kind, use, server.port)
    assert server.texts == ["mail 0", "mail 1", "mail 2"]
    assert len(server.connections) == 1
    assert said(server)[-1] == "QUIT"


def test_send_all_chains_envelopes(kind: str) -> None:
    """Each result comes in order; the next envelope goes in one write with the dot before."""

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(4))))

    with TcpServer() as server:
        assert using(kind, use, server.port) == ["sent"] * 4
    assert server.texts == [f"mail {n}" for n in range(4)]
    writes = [data for who, data in server.connections[0].conversation if who == "client"]
    assert sum(b".\r\nMAIL FROM" in data for data in writes) == 3


def test_results_tell_of_each(kind: str) -> None:
    """A refused recipient, a text that is none, a refused message: each is told in its place."""
    answers = {"RCPT TO:<r1@y.org>": "550 5.1.1 nobody", "RCPT TO:<r4@y.org>": "451 4.3.0 later"}

    def mails() -> Iterator[Any]:
        yield from (mail(0), mail(1))
        yield Envelope(b"a\nb\r\n", "a@x.org", ["b@y.org"])
        yield mail(3, recipients=["bad"])
        yield mail(3, recipients=["<bad>"])
        yield from (mail(4), mail(5))

    async def use(client: Any) -> list[Any]:
        return await every(client.send_all(mails()))

    with TcpServer(answering(dict(answers))) as server:
        results = using(kind, use, server.port)
    assert words(results) == [
        *["sent", "RecipientsRefused", "ContentError", "sent"],
        *["AddressError", "RecipientsRefused", "sent"],
    ]
    for at, error in ((1, RecipientsRefused), (2, ContentError), (4, AddressError)):
        with pytest.raises(error):
            results[at].check()
    assert results[5].error.transient
    assert not results[1].error.transient
    assert len(server.connections) == 1
    assert said(server).count("RSET") == 2


def test_send_raises_what_send_all_tells(kind: str) -> None:
    """`send` raises the error of the one mail; the connection serves the next."""

    async def use(client: Any) -> None:
        with pytest.raises(ReplyError):
            await client.send(mail(0).message, "a@x.org", ["r1@y.org"])
        await client.send(mail(0).message, "a@x.org", ["r2@y.org"])
        with pytest.raises(AddressError):
            await client.send(mail(0).message, "a@x.org", [])

    with TcpServer(answering({"RCPT TO:<r1@y.org>": "550 5.1.1 nobody"})) as server:
        using(kind, use, server.port)
    assert len(server.connections) == 1


@pytest.mark.parametrize("end", [None, "421 4.3.2 closing"])
@pytest.mark.parametrize("at", ["MAIL FROM:<b@x.org>", "RCPT TO:<r2@y.org>"])
def test_connection_that_ends_before_a_message(kind: str, at: str, end: str | None) -> None:
    """A mail that the server has nothing of is sent over a new connection, once."""

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all([mail(1), mail(2, sender="b@x.org"), mail(3)])))

    with TcpServer(answering({at: end})) as server:
        assert using(kind, use, server.port) == ["sent"] * 3
    assert server.texts == ["mail 1", "mail 2", "mail 3"]
    assert len(server.connections) == 2


def test_idle_connection_that_ended(kind: str) -> None:
    """What the server closed while nothing was sent is opened anew, without the caller's doing."""

    async def use(client: Any) -> None:
        await client.send(mail(1).message, "a@x.org", ["b@y.org"])
        await client.send(mail(2).message, "b@x.org", ["b@y.org"])

    with TcpServer(answering({"MAIL FROM:<b@x.org>": None})) as server:
        using(kind, use, server.port)
    assert server.texts == ["mail 1", "mail 2"]


def test_nobody_knows_about_one(kind: str) -> None:
    """A connection that ends behind the dot leaves that mail unknown, and the next is sent."""

    async def use(client: Any) -> list[Any]:
        return await every(client.send_all([mail(1), mail(2), mail(3)]))

    with TcpServer(answering({".": None})) as server:
        results = using(kind, use, server.port)
    assert words(results) == ["DeliveryUnknown", "sent", "sent"]
    assert isinstance(results[0].error, DeliveryUnknown)
    assert server.texts == ["mail 2", "mail 3"]


def test_first_mail_of_a_connection_is_not_tried_again(kind: str) -> None:
    """Where the connection had served nobody before, its end is what became of the mail."""

    async def use(client: Any) -> list[Any]:
        return await every(client.send_all([mail(1), mail(2)]))

    with TcpServer(answering({"MAIL FROM:<a@x.org>": None})) as server:
        results = using(kind, use, server.port)
    assert words(results) == ["ConnectionLost", "sent"]
    assert isinstance(results[0].error, ConnectionLost)
    assert results[0].error.transient


def test_server_that_ends_after_every_mail(kind: str) -> None:
    """Each mail is sent once, each over its own connection."""
    answers: list[dict[str, str | None]] = [{"MAIL FROM:<b@x.org>": None} for _ in range(6)]

    def make() -> LoopbackServer:
        server = LoopbackServer()
        given = answers.pop(0) if answers else {}
        mails = server.mails

        def reply(line: str) -> str | None:
            if line.startswith("MAIL") and mails and given:
                raise Drop
            return None

        server.replies = reply
        return server

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(5))))

    with TcpServer(make) as server:
        assert using(kind, use, server.port) == ["sent"] * 5
    assert server.texts == [f"mail {n}" for n in range(5)]
    assert len(server.connections) == 5


def test_wrong_password_is_tried_once(kind: str) -> None:
    """What will not pass is told of every mail, and the server is asked once."""

    async def use(client: Any) -> list[Any]:
        return await every(client.send_all(mail(n) for n in range(5)))

    refusing = {"AUTH PLAIN dQB1AHA=": "535 5.7.8 no"}
    with TcpServer(answering(refusing, refusing, refusing)) as server:
        results = using(kind, use, server.port, auth_user="u", auth_passwd="p")
        assert words(results) == ["AuthenticationRefused"] * 5
        assert isinstance(results[4].error, AuthenticationRefused)
        assert len(server.connections) == 1

        async def again(client: Any) -> None:
            for _ in range(2):
                with pytest.raises(AuthenticationRefused):
                    await client.send(mail(1).message, "a@x.org", ["b@y.org"])

        using(kind, again, server.port, auth_user="u", auth_passwd="p")
    assert len(server.connections) == 3


def test_server_that_may_come_back(kind: str) -> None:
    """What may pass is told of the one mail; the next asks again."""

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(3))))

    greylisting = {"EHLO localhost": "450 later"}
    with TcpServer(answering(greylisting, greylisting)) as server:
        assert using(kind, use, server.port) == ["ReplyError", "ReplyError", "sent"]
    assert server.texts == ["mail 2"]


def test_nobody_listens(kind: str) -> None:
    """A server that is not there is an error of its own, for each mail."""
    with TcpServer() as server:
        port = server.port

    async def use(client: Any) -> list[Any]:
        return await every(client.send_all([mail(1), mail(2)]))

    results = using(kind, use, port)
    assert words(results) == ["ConnectError", "ConnectError"]
    assert isinstance(results[0].error, ConnectError)


def test_limits_of_a_connection(kind: str) -> None:
    """A connection that has carried its number of mails is left in order."""

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(5))))

    with TcpServer() as server:
        assert using(kind, use, server.port, limits=Limits(messages=2)) == ["sent"] * 5
    assert [len(connection.mails) for connection in server.connections] == [2, 2, 1]
    assert all(said(server, n)[-1] == "QUIT" for n in range(3))
    with TcpServer() as server:
        assert using(kind, use, server.port, limits=Limits(seconds=0)) == ["sent"] * 5
    assert len(server.connections) == 5


def test_end_of_message(kind: str) -> None:
    """The procedure is called before each dot, and keeps envelopes from going behind one."""
    calls: list[int] = []

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(3))))

    with TcpServer() as server:
        using(kind, use, server.port, end_of_message=lambda: calls.append(len(server.mails)))
    assert calls == [0, 1, 2]


def test_observer_hears_of_everything(kind: str) -> None:
    """Progress is told for each mail from its own beginning."""
    seen: list[Event] = []

    async def use(client: Any) -> None:
        await every(client.send_all([mail(1), mail(2)]))

    with TcpServer() as server:
        using(kind, use, server.port, observer=seen.append)
    assert seen[0] == Connected("127.0.0.1", server.port)
    assert seen[-1] == Closed(aborted=False)
    assert [event for event in seen if isinstance(event, BodyProgress)] == [
        BodyProgress(16, 16)
    ] * 2


def test_failure_that_nobody_looks_at_is_logged(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A result with an error that is dropped unseen leaves a line in the log; a seen one does not."""
    refusing = {"RCPT TO:<r1@y.org>": "550 5.1.1 nobody"}

    async def careless(client: Any) -> None:
        async for _ in client.send_all([mail(1), mail(2)]):
            pass

    async def careful(client: Any) -> None:
        async for result in client.send_all([mail(1), mail(2)]):
            assert result or result.error

    with TcpServer(answering(refusing, refusing)) as server, caplog.at_level(logging.ERROR):
        using(kind, careful, server.port)
        gc.collect()
        assert caplog.messages == []
        using(kind, careless, server.port)
        gc.collect()
    assert [message.splitlines()[0] for message in caplog.messages] == [
        "a mail was not sent, and nobody looked at the result: recipient refused by the server"
    ]


def test_deadline_in_total_is_for_each_mail(kind: str) -> None:
    """The whole of a send has its deadline, counted anew for the next."""

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(50))))

    begun = itertools.count()
    total = Asked(lambda: 60.0 + next(begun))
    options = Options(deadlines=Deadlines(total=total))
    with TcpServer() as server:
        assert using(kind, use, server.port, options=options) == ["sent"] * 50
    assert next(begun) >= 50


def test_no_server_is_kept_waiting_by_close(kind: str) -> None:
    """Closing twice, or without ever having sent, says nothing; a closed client can send again."""

    async def use(client: Any) -> None:
        await client.close()
        await client.send(mail(1).message, "a@x.org", ["b@y.org"])
        await client.close()
        await client.close()
        await client.send(mail(2).message, "a@x.org", ["b@y.org"])

    with TcpServer() as server:
        using(kind, use, server.port)
    assert len(server.connections) == 2


def test_chunks(kind: str) -> None:
    """With chunking asked for and offered a mail takes no DATA."""

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(mail(n) for n in range(3))))

    with TcpServer() as server:  # which offers none
        assert using(kind, use, server.port, options=Options(chunking=True)) == ["sent"] * 3
    assert said(server).count("DATA") == 3


def test_errors_are_the_same_as_those_of_a_single_send(kind: str) -> None:
    """Every error is an `SmtpError`, with stage, command and reply."""

    async def use(client: Any) -> SmtpError:
        with pytest.raises(SmtpError) as caught:
            await client.send(mail(1).message, "a@x.org", ["r1@y.org"])
        return caught.value

    with TcpServer(answering({"RCPT TO:<r1@y.org>": "550 5.1.1 nobody"})) as server:
        error = using(kind, use, server.port)
    assert str(error) == (
        "recipient refused by the server\n  stage: rcpt\n  command: RCPT TO:<r1@y.org>\n"
        "  wanted: 250\n  reply: 550 5.1.1 nobody\n  recipient: r1@y.org (550 5.1.1 nobody)"
    )
