"""Racket's net/smtp, timed inside one Racket process."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from benchmarks.smtp.jobs import Client, Job, Missing

PROGRAM = Path(__file__).with_suffix(".rkt")


def clients() -> list[Client]:
    if shutil.which("racket") is None:
        raise Missing("no racket on this machine")
    return [Client("Racket net/smtp", send, cannot)]


def cannot(job: Job) -> str | None:
    if job.reused or job.tls is not None:
        return "a connection for each message, and no certificates for TLS"
    # It takes time in proportion to the square of the size.
    return "too slow" if job.message.size > 100_000 else None


def send(job: Job) -> float:
    """Have Racket send; the lines of the body are in a file."""
    body = job.folder / "racket.txt"
    body.write_text("".join(f"{line}\n" for line in job.message.lines), encoding="ascii")
    command = ["racket", PROGRAM, job.port, job.count, body, job.message.header, *job.recipients]
    done = subprocess.run(
        [str(each) for each in command], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)
