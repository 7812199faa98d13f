"""netsmtp with asyncio: the client that keeps its connection, and the pool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from itertools import repeat
from time import perf_counter
from typing import BinaryIO

from benchmarks.smtp.clients.ours import TO, cannot_pool, cannot_send, cannot_send_all
from benchmarks.smtp.jobs import HEADER, HOST, SENDER, Job
from benchmarks.smtp.jobs import Client as Measured
from netsmtp.aio import Client, Pool
from netsmtp.message import Envelope, Message


def clients() -> list[Measured]:
    return [
        Measured("netsmtp.aio.Client", timed(each), cannot_send, STREAMS),
        Measured("netsmtp.aio.Client.send_all", timed(all_at_once), cannot_send_all),
        Measured("netsmtp.aio.Pool", lambda job: asyncio.run(send_by_pool(job)), cannot_pool),
    ]


def timed(send: Callable[[Client, Job, int], Awaitable[object]]) -> Callable[[Job], float]:
    """Return what does a job by *send*, over one client or a new one for each message."""

    async def send_job(job: Job) -> float:
        begun = perf_counter()
        if job.reused:
            async with client_for(job) as client:
                await send(client, job, job.count)
        else:
            for _ in range(job.count):
                async with client_for(job) as client:
                    await send(client, job, 1)
        return perf_counter() - begun

    return lambda job: asyncio.run(send_job(job))


def client_for(job: Job) -> Client:
    security = "none" if job.tls is None else "starttls"
    return Client(HOST, job.port, security=security, tls_context=job.tls)


async def each(client: Client, job: Job, count: int) -> None:
    data, recipients = job.message.data, job.recipients
    for _ in range(count):
        await client.send(data, SENDER, recipients)


async def all_at_once(client: Client, job: Job, count: int) -> None:
    envelope = Envelope(job.message.data, SENDER, job.recipients)
    async for result in client.send_all(repeat(envelope, count)):
        result.check()


async def send_by_pool(job: Job) -> float:
    envelope = Envelope(job.message.data, SENDER, job.recipients)
    begun = perf_counter()
    async with Pool(HOST, job.port, security="none", connections=job.connections) as pool:
        async for result in pool.send_all(repeat(envelope, job.count)):
            result.check()
    return perf_counter() - begun


def stream_whole(port: int, message: bytes | BinaryIO) -> None:
    asyncio.run(stream(port, message, None))


def stream_lines(port: int, lines: Iterable[str] | AsyncIterable[str]) -> None:
    asyncio.run(stream(port, lines, HEADER))


async def stream(port: int, body: Message, header: str | None) -> None:
    async with Client(HOST, port, security="none") as client:
        await client.send(body, SENDER, TO, header=header)


STREAMS = {
    "bytes": stream_whole,
    "lines": stream_lines,
    "file": stream_whole,
    "generator": stream_lines,
    "async generator": stream_lines,
}
