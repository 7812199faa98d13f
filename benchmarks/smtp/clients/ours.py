"""netsmtp without asyncio: the plain call, the client that keeps its connection, and the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import repeat
from time import perf_counter
from typing import Any, BinaryIO

from benchmarks.smtp.jobs import HEADER, HOST, SENDER, Job
from benchmarks.smtp.jobs import Client as Measured
from netsmtp.client import Client, Envelope
from netsmtp.pool import Pool
from netsmtp.smtp import ports_to_ssl_ports, smtp_send_message

TO = ["recipient@example.org"]


def clients() -> list[Measured]:
    return [
        Measured("netsmtp.smtp", call, cannot_call, CALL_STREAMS),
        Measured("netsmtp.Client", timed(each), cannot_send, CLIENT_STREAMS),
        Measured("netsmtp.Client, lines", timed(each_by_lines), cannot_lines),
        Measured("netsmtp.Client.send_all", timed(all_at_once), cannot_send_all),
        Measured("netsmtp.Pool", send_by_pool, cannot_pool),
    ]


# The plain call.


def cannot_call(job: Job) -> str | None:
    return "a connection for each message" if job.reused else None


def call(job: Job) -> float:
    message, encode = job.message, None
    if job.tls is not None:
        encode = partial(ports_to_ssl_ports, context=job.tls)
    header, lines = message.header, message.lines
    begun = perf_counter()
    for _ in range(job.count):
        smtp_send_message(HOST, SENDER, job.recipients, header, lines, job.port, tls_encode=encode)
    return perf_counter() - begun


def call_with_lines(port: int, lines: Iterable[str | bytes]) -> None:
    smtp_send_message(HOST, SENDER, TO, HEADER, lines, port)


def call_with_file(port: int, file: BinaryIO) -> None:
    call_with_lines(port, (line.rstrip(b"\r\n") for line in file))


CALL_STREAMS = {"lines": call_with_lines, "file": call_with_file, "generator": call_with_lines}


# The client.


def cannot_send(job: Job) -> str | None:
    return "one connection at a time" if job.connections > 1 else None


def cannot_lines(job: Job) -> str | None:
    return cannot_send(job) or (None if job.message.size >= 1024 * 1024 else "for large messages")


def cannot_send_all(job: Job) -> str | None:
    return cannot_send(job) or (None if job.reused else "a connection for all messages")


def cannot_pool(job: Job) -> str | None:
    return None if job.connections > 1 else "for several connections"


def timed(send: Callable[[Client, Job, int], object]) -> Callable[[Job], float]:
    """Return what does a job by *send*, over one client or a new one for each message."""

    def send_job(job: Job) -> float:
        begun = perf_counter()
        if job.reused:
            with client_for(job.port, job.tls) as client:
                send(client, job, job.count)
        else:
            for _ in range(job.count):
                with client_for(job.port, job.tls) as client:
                    send(client, job, 1)
        return perf_counter() - begun

    return send_job


def client_for(port: int, context: Any = None) -> Client:
    security = "none" if context is None else "starttls"
    return Client(HOST, port, security=security, tls_context=context)


def each(client: Client, job: Job, count: int) -> None:
    data, recipients = job.message.data, job.recipients
    for _ in range(count):
        client.send(data, SENDER, recipients)


def each_by_lines(client: Client, job: Job, count: int) -> None:
    for _ in range(count):
        client.send(job.message.lines, SENDER, job.recipients, header=job.message.header)


def all_at_once(client: Client, job: Job, count: int) -> None:
    envelope = Envelope(job.message.data, SENDER, job.recipients)
    for result in client.send_all(repeat(envelope, count)):
        result.check()


def send_by_pool(job: Job) -> float:
    envelope = Envelope(job.message.data, SENDER, job.recipients)
    begun = perf_counter()
    with Pool(HOST, job.port, security="none", connections=job.connections) as pool:
        for result in pool.send_all(repeat(envelope, job.count)):
            result.check()
    return perf_counter() - begun


def stream_whole(port: int, message: bytes | BinaryIO) -> None:
    with client_for(port) as client:
        client.send(message, SENDER, TO)


def stream_lines(port: int, lines: Iterable[str]) -> None:
    with client_for(port) as client:
        client.send(lines, SENDER, TO, header=HEADER)


CLIENT_STREAMS = {
    "bytes": stream_whole,
    "lines": stream_lines,
    "file": stream_whole,
    "generator": stream_lines,
}
