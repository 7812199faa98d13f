"""Measure the memory that sending a large body takes, each time in a process of its own.

    python -m benchmarks.smtp.memory CLIENT KIND OCTETS FILE PORT

sends once and prints two peaks in KiB: with the body there and all imported, and after sending.
(The peak that `getrusage` tells is no good here: a process inherits it from whoever started it.)
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.smtp.jobs import HEADER, LINE, Client

OCTETS = 100 * 1024 * 1024
ADDED, IN_ALL = 5.0, 20.0
"""What a client of ours may take, in MB; *in all* where the body is not in memory."""
OUTSIDE = ("file", "generator", "async generator")
"""The kinds of body that are not."""


@dataclass(frozen=True)
class Peak:
    """How many MB *client* added while it sent from *kind*, and how many it took *in all*.

    The first is beyond what was there before, the second beyond the bare interpreter.
    """

    client: str
    kind: str
    added: float
    in_all: float

    @property
    def good(self) -> bool:
        return self.added <= ADDED and (self.in_all <= IN_ALL or self.kind not in OUTSIDE)


def peaks(clients: list[Client], port: int, folder: Path, octets: int = OCTETS) -> list[Peak]:
    """Measure each of *clients* with every kind of body that it takes."""
    file = folder / "body.txt"
    with file.open("wb") as written:
        written.write(HEADER.encode())
        for line in lines(octets):
            written.write(line.encode() + b"\r\n")
    bare = numbers("-c", "print(open('/proc/self/status').read())")[0]
    found = []
    for client in clients:
        for kind in client.streams:
            program = ("-m", "benchmarks.smtp.memory", client.name, kind, octets, file, port)
            before, after = numbers(*map(str, program))
            found.append(Peak(client.name, kind, (after - before) / 1024, (after - bare) / 1024))
    return found


def lines(octets: int) -> Iterator[str]:
    """Yield lines without line ends, about *octets* in all."""
    for _ in range(octets // (len(LINE) + 2)):
        yield LINE


async def lines_later(octets: int) -> AsyncIterator[str]:
    """Yield the same, to whoever awaits them."""
    for line in lines(octets):
        yield line


BODIES: Mapping[str, Callable[[int, Path], Any]] = {
    # Put together it would take twice the room for a moment, and hide as much that is added later.
    "bytes": lambda _, file: file.read_bytes(),
    "lines": lambda octets, _: list(lines(octets)),
    "file": lambda _, file: file.open("rb"),
    "generator": lambda octets, _: lines(octets),
    "async generator": lambda octets, _: lines_later(octets),
}
"""Makes a body of so many octets, of each kind."""


def numbers(*arguments: str) -> list[int]:
    """Return the peaks that a Python process prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return [peak(line) for line in done.stdout.splitlines() if line.startswith("VmHWM")]


def peak(line: str) -> int:
    """Return the KiB that a *line* of a process's status tells."""
    return int(line.split()[1])


def main(name: str, kind: str, octets: str, file: str, port: str) -> None:
    from benchmarks.smtp.clients import named

    status = Path("/proc/self/status")
    send = named(name).streams[kind]
    body = BODIES[kind](int(octets), Path(file))
    before = status.read_text(encoding="ascii")
    send(int(port), body)
    print(before, status.read_text(encoding="ascii"))


if __name__ == "__main__":
    main(*sys.argv[1:])
