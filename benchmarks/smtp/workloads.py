"""What is measured: a table of workloads, and what each must reach."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.smtp.jobs import Message

KB, MB = 1024, 1024 * 1024

NEW = ("netsmtp.smtp", "netsmtp.Client")
ALL = ("netsmtp.Client.send_all",)
ASYNC = ("netsmtp.aio.Client",)
ASYNC_ALL = ("netsmtp.aio.Client.send_all",)
POOL = ("netsmtp.Pool", "netsmtp.aio.Pool")


@dataclass(frozen=True)
class Goal:
    """Each of *ours* must be *factor* times as fast as *reference*.

    That is a client of the same workload, one of another (`"workload / client"`), or `"MB/s"`.
    """

    ours: tuple[str, ...]
    factor: float
    reference: str


@dataclass(frozen=True)
class Workload:
    """What clients do, and to what kind of server: *delay* is its round trip in milliseconds."""

    name: str
    size: int = KB
    recipients: int = 1
    reused: bool = False
    connections: int = 1
    delay: int = 0
    pipelining: bool = True
    tls: bool = False
    goals: tuple[Goal, ...] = ()

    @property
    def message(self) -> Message:
        return Message(self.size)

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(f"recipient{n:03}@example.org" for n in range(self.recipients))

    @property
    def unit(self) -> str:
        return "MB/s" if self.size >= MB else "messages/s"

    @property
    def sink(self) -> tuple[str, ...]:
        """Return the options of the sink, but for the certificate."""
        options = ["--delay", str(self.delay * 1000)] if self.delay else []
        return (*options, *([] if self.pipelining else ["--no-pipelining"]))


def reused(recipients: int, delay: int, factor: float, asynchronous: float = 2.0) -> Workload:
    """Return the workload of many messages over one connection."""
    what = f"reused, {recipients} recipient{'s' * (recipients > 1)}"
    return Workload(
        f"{what}, {delay} ms" if delay else what,
        recipients=recipients,
        reused=True,
        delay=delay,
        goals=(Goal(ALL, factor, "smtplib"), Goal(ASYNC_ALL, asynchronous, "aiosmtplib")),
    )


def without_pipelining(name: str, recipients: int = 1, delay: int = 0, *, keeps: bool) -> Workload:
    ours, asynchronous = (ALL, ASYNC_ALL) if keeps else (NEW, ASYNC)
    goals = (Goal(ours, 0.75, "C lock-step"), Goal(asynchronous, 2.0, "aiosmtplib"))
    return Workload(
        f"no PIPELINING, {name}",
        recipients=recipients,
        reused=keeps,
        delay=delay,
        pipelining=False,
        goals=goals[:1] if delay else goals,  # in lock-step all wait for the same round trips
    )


def over_tls(name: str, size: int, keeps: bool) -> Workload:
    ours, asynchronous = (ALL, ASYNC_ALL) if keeps else (NEW, ASYNC)
    goals = (Goal(ours, 1.0, "smtplib"), Goal(asynchronous, 2.0, "aiosmtplib"))
    return Workload(f"TLS, {name}", size=size, reused=keeps, tls=True, goals=goals)


WORKLOADS = (
    Workload(
        "new connection, 1 KB",
        goals=(
            Goal(NEW, 1.2, "smtplib"),
            Goal(NEW, 0.70, "C lock-step"),
            Goal(ASYNC, 2.0, "aiosmtplib"),
        ),
    ),
    Workload(
        "new connection, 20 KB",
        size=20 * KB,
        goals=(
            Goal(NEW, 1.3, "smtplib"),
            Goal(NEW, 100.0, "Racket net/smtp"),
            Goal(ASYNC, 2.0, "aiosmtplib"),
        ),
    ),
    reused(1, 0, 1.8),
    reused(10, 0, 5.0),
    reused(100, 0, 15.0),
    reused(1, 5, 1.7, 1.7),
    reused(10, 5, 5.0),
    reused(100, 5, 25.0),
    without_pipelining("new connection", keeps=False),
    without_pipelining("reused, 1 recipient", keeps=True),
    without_pipelining("reused, 10 recipients", 10, keeps=True),
    without_pipelining("reused, 10 recipients, 5 ms", 10, 5, keeps=True),
    Workload(
        "10 MB body",
        size=10 * MB,
        goals=(
            Goal(("netsmtp.smtp", "netsmtp.Client", "netsmtp.Client, lines"), 300.0, "MB/s"),
            Goal(("netsmtp.smtp", "netsmtp.Client", "netsmtp.Client, lines"), 2.0, "smtplib"),
            Goal(ASYNC, 2.0, "aiosmtplib"),
        ),
    ),
    Workload(
        "20 connections, 5 ms",
        reused=True,
        connections=20,
        delay=5,
        goals=(Goal(POOL, 15.0, "reused, 1 recipient, 5 ms / netsmtp.Client.send_all"),),
    ),
    over_tls("new connection, 1 KB", KB, keeps=False),
    over_tls("reused, 1 KB", KB, keeps=True),
    over_tls("10 MB body", 10 * MB, keeps=False),
)
