"""What mail from asyncio is to type checkers: the same, awaited, with lines that may be, too."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from typing import BinaryIO, assert_type

from netsmtp import Envelope, Limits, Options, Recipient, SendResult, SmtpError
from netsmtp.aio import Client, Pool
from netsmtp.aio.pool import Results
from netsmtp.aio.smtp import (
    smtp_send_message,
    smtp_send_message_star,
    smtp_sending_server,
    ssl_connect,
    start_tls,
    tcp_connect,
)
from netsmtp.core.events import Event
from netsmtp.errors import RecipientResult
from netsmtp.parameters import Parameter
from netsmtp.smtp import tcp_connect as blocking_connect

HOST, FROM, TO, HEADER = "mail.example.org", "ann@example.org", ["ben@example.org"], "Subject: a\n"


def lines() -> Iterator[str]:
    yield "Hello"


async def lines_later() -> AsyncIterator[bytes]:
    yield b"Hello"


async def numbers_later() -> AsyncIterator[int]:
    yield 3


async def messages() -> AsyncIterator[EmailMessage]:
    yield EmailMessage()


async def envelopes() -> AsyncIterator[Envelope]:
    yield Envelope(lines_later(), FROM, TO, HEADER)


# --- the plain call


async def send() -> None:
    await smtp_send_message(HOST, FROM, TO, HEADER, ["Hello"])
    await smtp_send_message(HOST, FROM, TO, HEADER, [b"Hello", "Ben"], 2525)
    await smtp_send_message(HOST, FROM, TO, HEADER, lines())
    await smtp_send_message(HOST, FROM, TO, HEADER, lines_later())
    await smtp_send_message(HOST, FROM, TO, HEADER, (line async for line in lines_later()))
    await smtp_send_message(HOST, FROM, [Recipient("ben@example.org")], HEADER, [], xoauth2=True)
    await smtp_send_message(HOST, FROM, TO, HEADER, [], tcp_connect=ssl_connect, options=Options())
    await smtp_send_message(HOST, FROM, TO, HEADER, [], tls_encode=start_tls)
    await smtp_send_message(HOST, FROM, TO, HEADER, numbers_later())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await smtp_send_message(HOST, FROM, TO, HEADER, b"Hello")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await smtp_send_message(HOST, FROM, TO, HEADER)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await smtp_send_message(HOST, FROM, TO, HEADER, [], tcp_connect=blocking_connect)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await smtp_send_message(HOST, FROM, TO, HEADER, [], tls_encode=lambda connection: None)  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType]
    await smtp_send_message(HOST, FROM, TO, HEADER, [], options=Limits())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    smtp_send_message(HOST, FROM, TO, HEADER, [])  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]

    reader, writer = await asyncio.open_connection(HOST, 25)
    await smtp_send_message_star(reader, writer, FROM, TO, HEADER, lines_later(), None, None, None)
    await smtp_send_message_star(writer, reader, FROM, TO, HEADER, [], None, None, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    connection = await tcp_connect(HOST, 25)
    await start_tls(connection)
    await start_tls(reader)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert_type(smtp_sending_server, Parameter[str])
    with smtp_sending_server.parameterize("ben.example.org"):
        assert_type(smtp_sending_server(), str)


# --- the client


def told(event: Event) -> None: ...


async def late() -> None: ...


class Newsletter(Client):
    """A client of one's own stays that in a block."""

    issue = 1


async def send_by_client(client: Client, octets: BinaryIO) -> None:
    async with Client(HOST, 465, security="tls", auth_user="ann", auth_passwd="x") as made:
        assert_type(made, Client)
    async with Newsletter(HOST) as newsletter:
        assert_type(newsletter.issue, int)
    assert_type(await client.send(EmailMessage()), SendResult)
    assert_type(await client.send(b"", FROM, TO), SendResult)
    await client.send(lines(), FROM, TO, header=HEADER)
    await client.send(lines_later(), FROM, iter(TO), header=HEADER)
    await client.send(octets, FROM, [Recipient("ben@example.org")])
    assert_type(client.send_all([EmailMessage()]), AsyncIterator[SendResult])
    assert_type([each async for each in client.send_all([b"", Envelope(b"")])], list[SendResult])
    async for result in client.send_all(messages()):
        assert_type(result, SendResult)
        assert_type(result.error, SmtpError | None)
        assert_type(result.refused, tuple[RecipientResult, ...])
    async for result in client.send_all(envelopes()):
        result.check()
    client.send(b"").check()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (await client.send(b"")).code  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await client.send(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.send(numbers_later(), FROM, TO)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.send_all([])  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    client.send_all(numbers_later())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send_all([3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    list(client.send_all([]))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    with client:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    Client(HOST, security="none", observer=told, end_of_message=late, limits=Limits(messages=10))
    Client(HOST, "25")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client(HOST, security="ssl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client(HOST, observer=late)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client(HOST, password="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await client.close()


# --- the pool


async def send_by_pool(pool: Pool) -> None:
    async with Pool(HOST, 25, connections=3, idle=None, security="none") as made:
        assert_type(made, Pool)
    assert_type(await pool.send(lines_later(), FROM, TO, header=HEADER), SendResult)
    results = pool.send_all(messages())
    assert_type(results, Results)
    assert_type(await anext(results), SendResult)
    await results.aclose()
    async for result in pool.send_all([EmailMessage(), Envelope(b"", FROM, TO)]):
        assert_type(result, SendResult)
    assert_type([bool(each) async for each in pool.send_all(envelopes())], list[bool])
    pool.send(b"").check()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await pool.send(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pool.send_all([3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    list(pool.send_all([]))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    Pool(HOST, connections="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Pool(HOST, security="ssl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await pool.close()
