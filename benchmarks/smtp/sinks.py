"""Compile and run the server that takes the mail, and read its counts."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.smtp.jobs import HOST, Job

HERE = Path(__file__).parent
FLAGS = ("-O3", "-Wall", "-Wextra")
IN_PYTHON = (sys.executable, "-m", "benchmarks.smtp.sink")


@dataclass(frozen=True)
class Counts:
    """What a sink has taken since it was last asked."""

    connections: int = 0
    messages: int = 0
    recipients: int = 0
    octets: int = 0
    checksum: int = 0

    @classmethod
    def of(cls, job: Job) -> Counts:
        """Return what *job* must have led to."""
        message = job.message
        return cls(
            connections=job.connections if job.reused else job.count,
            messages=job.count,
            recipients=job.count * len(job.recipients),
            octets=job.count * len(message.data),
            checksum=job.count * message.checksum,
        )


@dataclass(frozen=True)
class Sink:
    """A running server: *port* takes mail, *control* tells the counts."""

    port: int
    control: int

    def counts(self) -> Counts:
        """Return the counts since the last call."""
        with socket.create_connection((HOST, self.control)) as asked:
            words = asked.makefile("r", encoding="ascii").readline().split()
        return Counts(**{name: int(n) for name, _, n in (word.partition("=") for word in words)})

    def check(self, job: Job) -> None:
        """Raise `AssertionError` unless just *job* was done since the last call.

        Of several connections fewer may have been enough.
        """
        found, wanted = self.counts(), Counts.of(job)
        if 0 < found.connections <= wanted.connections and job.connections > 1:
            wanted = replace(wanted, connections=found.connections)
        assert found == wanted, f"the sink took\n  {found}\nand not\n  {wanted}"


@dataclass(frozen=True)
class Programs:
    """What could be compiled; *sink* is a command, *why* says what it is and what is missing."""

    sink: tuple[str, ...]
    sink_tls: tuple[str, ...]
    replay: str | None
    why: tuple[str, ...]


def compiled(folder: Path, compiler: str | None = None) -> Programs:
    """Compile the C programs into *folder*; where that fails, the sink is the Python one."""
    compiler = shutil.which(compiler or "cc")
    if compiler is None:
        why = "no C compiler: the sink is in Python, its speed is the limit, and there is no replay"
        return Programs(IN_PYTHON, IN_PYTHON, None, (why,))

    def make(name: str, source: str, *more: str) -> str | None:
        target = folder / name
        command = [compiler, *FLAGS, "-o", str(target), str(HERE / source), *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return None if done.returncode else str(target)

    sink, replay = make("sink", "sink.c"), make("replay", "replay.c")
    sink_tls = make("sink-tls", "sink.c", "-DWITH_TLS", "-lssl", "-lcrypto")
    why = (
        "the sink is in C" if sink else f"sink.c does not compile with {compiler}: it is in Python",
        "with TLS in C, by OpenSSL" if sink_tls else "no OpenSSL headers: with TLS it is in Python",
        *(() if replay else ("replay.c does not compile: there is no limit to compare with",)),
    )
    return Programs(
        (sink,) if sink else IN_PYTHON, (sink_tls,) if sink_tls else IN_PYTHON, replay, why
    )


@contextmanager
def running(command: Sequence[str]) -> Iterator[Sink]:
    """Run a sink for the block."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1]
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Sink(*map(int, process.stdout.readline().split()))
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()
