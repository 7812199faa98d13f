"""The standard library's smtplib."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from benchmarks.smtp.jobs import HOST, SENDER, Client, Job


def clients() -> list[Client]:
    return [Client("smtplib", send, streams={"bytes": send_bytes})]


def send(job: Job) -> float:
    """Send over one connection, over one each, or over one in each of several threads."""
    begun = perf_counter()
    if job.connections > 1:
        share = job.count // job.connections
        with ThreadPoolExecutor(job.connections) as pool:
            list(pool.map(lambda _: over_one(job, share), range(job.connections)))
    elif job.reused:
        over_one(job, job.count)
    else:
        for _ in range(job.count):
            over_one(job, 1)
    return perf_counter() - begun


def over_one(job: Job, count: int) -> None:
    recipients, data = list(job.recipients), job.message.data
    with smtplib.SMTP(HOST, job.port, local_hostname="localhost") as server:
        if job.tls is not None:
            server.starttls(context=job.tls)
        for _ in range(count):
            server.sendmail(SENDER, recipients, data)


def send_bytes(port: int, body: bytes) -> None:
    with smtplib.SMTP(HOST, port, local_hostname="localhost") as server:
        server.sendmail(SENDER, ["recipient@example.org"], body)
