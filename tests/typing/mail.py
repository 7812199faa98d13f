"""What mail is to type checkers: the plain call, what it is told, and the synchronous clients."""

import io
from collections.abc import AsyncIterator, Callable, Iterator
from email.message import EmailMessage
from typing import BinaryIO, TextIO, assert_type

from netsmtp import (
    Client,
    DeliveryUnknown,
    Envelope,
    Limits,
    Options,
    Pool,
    Recipient,
    SendResult,
    SmtpError,
    inheriting,
    ports_to_ssl_ports,
    smtp_send_message,
    smtp_send_message_star,
    smtp_sending_end_of_message,
    smtp_sending_server,
    ssl_connect,
    tcp_connect,
)
from netsmtp.core.events import CommandSent, Event
from netsmtp.core.replies import Reply, ReplyLimits
from netsmtp.core.stages import Stage
from netsmtp.errors import RecipientResult, RecipientsRefused
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines
from netsmtp.parameters import Parameter

HOST, FROM, TO, HEADER = "mail.example.org", "ann@example.org", ["ben@example.org"], "Subject: a\n"


def lines() -> Iterator[str]:
    yield "Hello"


async def lines_later() -> AsyncIterator[str]:
    yield "Hello"


# --- the plain call: any iterable of lines, text or octets

assert_type(smtp_send_message(HOST, FROM, TO, HEADER, ["Hello"]), None)
smtp_send_message(HOST, FROM, TO, HEADER, [b"Hello"])
smtp_send_message(HOST, FROM, TO, HEADER, ["Hello", b"Ben"])
smtp_send_message(HOST, FROM, TO, HEADER, ("Hello", "Ben"))
smtp_send_message(HOST, FROM, TO, HEADER, lines())
smtp_send_message(HOST, FROM, TO, HEADER, (line for line in lines()))
smtp_send_message(HOST, FROM, TO, HEADER, io.BytesIO())
smtp_send_message(HOST, FROM, TO, HEADER, "Hello\nBen".splitlines())
smtp_send_message(HOST, b"", {b"ben@example.org"}, b"Subject: a\n", [], 2525)
smtp_send_message(HOST, FROM, iter(TO), HEADER, [], port_no=2525, auth_user="ann", auth_passwd="x")
smtp_send_message(HOST, FROM, [*TO, Recipient("eve@example.org")], HEADER, [])
smtp_send_message(HOST, FROM, TO, HEADER, [], tcp_connect=ssl_connect, xoauth2=True)
smtp_send_message(HOST, FROM, TO, HEADER, [], tcp_connect=MemoryServer().connect)
smtp_send_message(HOST, FROM, TO, HEADER, [], tls_encode=ports_to_ssl_ports, options=Options())
smtp_send_message(HOST, FROM, TO, HEADER, [1, 2])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER, b"Hello")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER, lines_later())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, ["Subject: a"], [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, [1], HEADER, [])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, None, TO, HEADER, [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
smtp_send_message(HOST, FROM, TO, HEADER, [], "2525")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER, [], auth_password="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
smtp_send_message(HOST, FROM, TO, HEADER, [], auth_passwd=b"x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER, [], tcp_connect=io.BytesIO)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_send_message(HOST, FROM, TO, HEADER, [], options=Limits())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

reader, writer = tcp_connect(HOST, 25)
assert_type(reader, BinaryIO)
assert_type(ports_to_ssl_ports(reader, writer), tuple[BinaryIO, BinaryIO])
smtp_send_message_star(reader, writer, FROM, TO, HEADER, lines(), None, None, None)
smtp_send_message_star(reader, writer, FROM, TO, HEADER, [], "ann", "x", ports_to_ssl_ports)
smtp_send_message_star(reader, writer, FROM, TO, HEADER, [])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
smtp_send_message_star(HOST, 25, FROM, TO, HEADER, [], None, None, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
tcp_connect(HOST)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


# --- parameters: read, set, set for a block

assert_type(smtp_sending_server, Parameter[str])
assert_type(smtp_sending_server(), str)
smtp_sending_server("ann.example.org")
with smtp_sending_server.parameterize("ben.example.org"):
    smtp_sending_server()
assert_type(smtp_sending_end_of_message(), Callable[[], object])
with smtp_sending_end_of_message.parameterize(lambda: None):
    smtp_sending_end_of_message()()
smtp_sending_server(3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
smtp_sending_server("a", "b")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
smtp_sending_server.parameterize(b"ann")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_sending_server.parameterize()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
smtp_sending_end_of_message.parameterize("now")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
smtp_sending_end_of_message.parameterize(lambda late: None)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType, reportUnknownLambdaType]
length: int = smtp_sending_server()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

timeout = Parameter("timeout", 3.0, guard=abs)
assert_type(timeout(), float)
timeout("3")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


@inheriting
def work(host: str, times: int = 1) -> list[str]:
    return [host] * times


assert_type(work(HOST, times=2), list[str])
work(2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- options: frozen, by name, each choice by its word

options = Options(
    deadlines=Deadlines(connect=5, total=None),
    reply_limits=ReplyLimits(),
    auth_mechanism="SCRAM-SHA-256",
    dsn_return="headers",
    policy="accepted",
    long_lines="refuse",
)
assert_type(options.deadlines.total, float | None)
assert_type(options.pipelining, bool)
Options(True)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
Options(policy="some")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Options(auth_mechanism="GUESS")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Options(deadlines=30)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Options(timeout=30)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Deadlines(connect="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
options.pipelining = False  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
Limits(messages=100, seconds=None)
Limits(messages="100")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

wanted = Recipient("ben@example.org", notify=["failure", "delay"], original="ben")
assert_type(wanted.address, str | bytes)
Recipient(b"ben@example.org", {"never"})
Recipient("ben@example.org", notify=["later"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Recipient()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
wanted.original = None  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# --- envelopes: every kind of message

Envelope(EmailMessage())
Envelope(b"Subject: a\r\n\r\n", FROM, TO)
Envelope(["Hello"], FROM, [wanted], HEADER)
Envelope(lines(), b"", iter(TO), header=b"Subject: a\n")
Envelope(lines_later(), FROM, TO, HEADER)  # for netsmtp.aio
assert_type(Envelope(b"").header, str | bytes | None)
Envelope()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Envelope(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Envelope([3], FROM, TO)  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Envelope(b"", recipients=[3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Envelope(b"", to=TO)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Envelope(b"").message = b""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# --- the client


def told(event: Event) -> None:
    if isinstance(event, CommandSent):
        assert_type(event.stage, Stage)


plain = Client(HOST)
with Client(HOST, 465, security="tls", auth_user="ann", auth_passwd="x", options=options) as client:
    assert_type(client, Client)
    assert_type(client.send(EmailMessage()), SendResult)
    assert_type(client.send(b"", FROM, TO), SendResult)
    client.send(lines(), FROM, [wanted], header=HEADER)
    assert_type(client.send_all([EmailMessage()]), Iterator[SendResult])
    assert_type(list(client.send_all([b"", Envelope(b"")])), list[SendResult])
    for result in client.send_all(Envelope(b"", FROM, [each]) for each in TO):
        assert_type(result, SendResult)
    client.send(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send(lines_later())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.send(b"", FROM, TO, HEADER)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.send(b"", recipients=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send_all(EmailMessage)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send_all([3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.send_many([])  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    wrong: str = client.send(b"")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

Client(HOST, security="none", observer=told, limits=Limits(messages=10), end_of_message=print)
Client(HOST, connect=tcp_connect, source_address=("127.0.0.1", 0), local_name="ann.example.org")
Client()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Client(HOST, "25")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Client(HOST, 25, "tls")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Client(HOST, security="ssl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Client(HOST, observer=lambda: None)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]
Client(HOST, connect=HOST)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Client(HOST, source_address="127.0.0.1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Client(HOST, password="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def send_files(client: Client, octets: BinaryIO, text: TextIO) -> None:
    client.send(octets, FROM, iter(TO))
    client.send(text, FROM, TO)
    client.send_all([octets, Envelope(text, FROM, TO, HEADER)])


class Newsletter(Client):
    """A client of one's own stays that in a block."""

    issue = 1


with Newsletter(HOST) as newsletter:
    assert_type(newsletter.issue, int)
    newsletter.isue  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


# --- the pool: what a client takes, and how many

with Pool(HOST, 25, connections=3, idle=None, auth_user="ann", auth_passwd="x") as pool:
    assert_type(pool, Pool)
    assert_type(pool.send(b"", FROM, TO), SendResult)
    assert_type(pool.send_all([EmailMessage(), Envelope(b"")]), Iterator[SendResult])
    for result in pool.send_all(iter([b""])):
        assert_type(result.check(), SendResult)
    pool.send(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pool.send_all([3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Pool(HOST, security="none", observer=told, options=options, limits=Limits(seconds=60))
Pool()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Pool(HOST, connections="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Pool(HOST, security="ssl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- results and their verdicts


def read(result: SendResult) -> str | None:
    if not result:
        assert_type(result.error, SmtpError | None)
    assert_type(result.reply, Reply | None)
    assert_type(result.recipients, tuple[RecipientResult, ...])
    assert_type(result.accepted, tuple[str, ...])
    for refused in result.refused:
        assert_type(refused.address, str)
        assert_type(refused.accepted, bool)
        assert_type(refused.reply, Reply | None)
        refused.reply.code  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
        refused.address = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    result.reply.code  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    result.error.stage  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    result.recipients[0].code  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    result.delivered  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    if result.reply is not None:
        assert_type(result.reply.code, int)
        assert_type(result.reply.enhanced, tuple[int, int, int] | None)
    return result.queue_id


# --- what can go wrong

try:
    smtp_send_message(HOST, FROM, TO, HEADER, [])
except DeliveryUnknown as unknown:
    assert_type(unknown.stage, Stage | None)
except RecipientsRefused as refusal:
    assert_type(refusal.recipients, tuple[RecipientResult, ...])
except SmtpError as error:
    assert_type(error.transient, bool)
    assert_type(error.command, str | None)
    assert_type(error.reply, Reply | None)
    error.reply.text  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    error.code  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
