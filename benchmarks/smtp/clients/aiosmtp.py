"""aiosmtplib, the client for asyncio."""

from __future__ import annotations

import asyncio
from asyncio.trsock import TransportSocket
from time import perf_counter

import aiosmtplib

from benchmarks.smtp.jobs import HOST, SENDER, Client, Job


def clients() -> list[Client]:
    return [Client("aiosmtplib", lambda job: asyncio.run(send(job)))]


async def send(job: Job) -> float:
    """Send over one connection, over one each, or over one in each of several tasks."""
    sockets: list[TransportSocket] = []
    begun = perf_counter()
    if job.connections > 1:
        share = job.count // job.connections
        await asyncio.gather(*(over_one(job, share, sockets) for _ in range(job.connections)))
    elif job.reused:
        await over_one(job, job.count, sockets)
    else:
        for _ in range(job.count):
            await over_one(job, 1, sockets)
    seconds = perf_counter() - begun
    # It leaves TLS to say good-bye in the background, and a loop that ends first leaves it open.
    while any(each.fileno() >= 0 for each in sockets):
        await asyncio.sleep(0.001)
    return seconds


async def over_one(job: Job, count: int, sockets: list[TransportSocket]) -> None:
    recipients, data = list(job.recipients), job.message.data
    server = aiosmtplib.SMTP(
        hostname=HOST,
        port=job.port,
        local_hostname="localhost",
        start_tls=job.tls is not None,
        tls_context=job.tls,
    )
    async with server:
        if job.tls is not None and server.transport is not None:
            sockets.append(server.transport.get_extra_info("socket"))
        for _ in range(count):
            await server.sendmail(SENDER, recipients, data)
