"""Sockets and nothing else, in C: as fast as anybody could be."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from benchmarks.smtp.jobs import Client, Job


def clients() -> list[Client]:
    return [
        Client("C lock-step", replaying("lockstep"), cannot),
        Client("C pipelined", replaying("pipelined"), cannot_pipelined),
    ]


def cannot(job: Job) -> str | None:
    if not (job.folder / "replay").exists():
        return "no C compiler"
    return "no TLS" if job.tls is not None else None


def cannot_pipelined(job: Job) -> str | None:
    return cannot(job) or (None if job.pipelining else "the server does not list PIPELINING")


def replaying(order: str) -> Callable[[Job], float]:
    """Return what runs replay.c, in *order*."""

    def send(job: Job) -> float:
        body = job.folder / "replay.txt"
        body.write_bytes(job.message.stuffed)
        share = job.count // job.connections
        kind = "reused" if job.reused else "new"
        command = [job.folder / "replay", job.port, order, kind, share, len(job.recipients)]
        command += [job.connections, body]
        done = subprocess.run(
            [str(each) for each in command], stdout=subprocess.PIPE, text=True, check=True
        )
        return float(done.stdout)

    return send
