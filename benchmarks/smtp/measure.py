"""Do the rounds: every client in turn, in a new order each time, and what the sink took compared."""

from __future__ import annotations

import gc
import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles

import trustme

from benchmarks.smtp.jobs import Client, Job
from benchmarks.smtp.sinks import Programs, Sink, running
from benchmarks.smtp.workloads import Workload


@dataclass(frozen=True)
class Plan:
    """How much is measured: *rounds*, and in each about so many *seconds* for every client.

    It is *patience* times as long where round trips are, so that those of connecting count little.
    """

    rounds: int = 11
    seconds: float = 0.3
    patience: float = 4.0
    most: int = 5000
    seed: int = 0

    def seconds_for(self, workload: Workload) -> float:
        return self.seconds * (self.patience if workload.delay else 1)


@dataclass
class Figures:
    """What one workload gave: the rates of each client, and who could not."""

    workload: Workload
    rates: dict[str, list[float]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)

    def median(self, client: str) -> float | None:
        """Return the median rate of *client*, None if it was not measured."""
        return median(self.rates[client]) if client in self.rates else None

    def ratio(self, client: str, base: str) -> float | None:
        """Return how many times as fast as *base* the *client* was: the median over the rounds.

        A slow moment of the machine meets both sides of a round.
        """
        if client not in self.rates or base not in self.rates:
            return None
        pairs = zip(self.rates[client], self.rates[base], strict=True)
        return median(ours / theirs for ours, theirs in pairs)

    def spread(self, client: str) -> float:
        """Return the half of the distance between the quartiles, as a share of the median."""
        low, middle, high = quantiles(self.rates[client], n=4)
        return (high - low) / 2 / middle


def figures(
    workload: Workload, clients: list[Client], programs: Programs, folder: Path, plan: Plan
) -> Figures:
    """Measure *clients* on *workload*. Raises `AssertionError` if a sink took anything else."""
    found = Figures(workload)
    chance = random.Random(plan.seed)
    with sink_for(workload, programs, folder) as (sink, job):
        able: list[tuple[Client, int]] = []
        seconds = plan.seconds_for(workload)
        for client in clients:
            if why := client.cannot(job):
                found.refusals[client.name] = why
            else:
                able.append((client, calibrated(client, job, sink, seconds, plan.most)))
                found.rates[client.name] = []
        for _ in range(plan.rounds):
            chance.shuffle(able)
            for client, count in able:
                rate = measured(client, replace(job, count=count), sink)
                found.rates[client.name].append(rate)
    return found


@contextmanager
def sink_for(workload: Workload, programs: Programs, folder: Path) -> Iterator[tuple[Sink, Job]]:
    """Run the sink of *workload*, and give the job of sending it one message a connection."""
    command, context = programs.sink, None
    options = workload.sink
    if workload.tls:
        command, context = programs.sink_tls, trusting(folder)
        options = (*options, "--certificate", str(folder / "certificate.pem"))
    with running([*command, *options]) as sink:
        yield (
            sink,
            Job(
                sink.port,
                workload.connections,
                workload.message,
                workload.addresses,
                workload.reused,
                workload.connections,
                context,
                workload.pipelining,
                folder,
            ),
        )


def trusting(folder: Path) -> ssl.SSLContext:
    """Make a certificate for the sink, and return the context in which it is valid.

    One context serves all clients: reading certificates takes longer than a mail.
    """
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "certificate.pem"))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def calibrated(client: Client, job: Job, sink: Sink, seconds: float, most: int) -> int:
    """Return how many messages *client* sends in *seconds*, after a first few to warm up."""
    count = job.count
    while True:
        rate = measured(client, replace(job, count=count), sink, by_size=False)
        wanted = min(most, max(1, int(rate * seconds)))
        wanted = -(-wanted // job.connections) * job.connections
        if wanted <= 3 * count:
            return wanted
        count = min(wanted, 10 * count)


def measured(client: Client, job: Job, sink: Sink, *, by_size: bool = True) -> float:
    """Return how many messages *client* sent in a second, or MB where messages are large."""
    assert job.message.data  # made before the clock runs, as are the lines
    gc.collect()
    seconds = client.send(job)
    sink.check(job)
    size = len(job.message.data) / 1e6 if by_size and large(job) else 1
    return job.count * size / seconds


def large(job: Job) -> bool:
    return job.message.size >= 1024 * 1024
