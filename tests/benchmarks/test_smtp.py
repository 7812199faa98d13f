"""The benchmark of mail works: every client that is installed sends what it was told, and no more."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.smtp import memory, report, sinks
from benchmarks.smtp.clients import found, named
from benchmarks.smtp.jobs import HOST, SENDER, Message, Missing
from benchmarks.smtp.measure import Figures, Plan, figures, sink_for
from benchmarks.smtp.workloads import KB, WORKLOADS, Goal, Workload
from netsmtp import smtp_send_message
from netsmtp.client import Client
from netsmtp.core.events import CommandSent
from netsmtp.options import Options

CLIENTS, MISSING = found()
BRIEF = Plan(rounds=2, seconds=0.001, most=2)
SHAPES = (
    Workload("new"),
    Workload("several recipients", size=20 * KB, recipients=3, pipelining=False),
    Workload("reused", recipients=2, reused=True),
    Workload("delayed", delay=1),
    Workload("encrypted", tls=True),
    Workload("at once", reused=True, connections=2),
)


Programs = tuple[sinks.Programs, Path]


@pytest.fixture(scope="module", params=["C", "Python"])
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Give the sink in C, and the one that stands in for it."""
    if request.param == "C" and shutil.which("cc") is None:
        pytest.skip("no C compiler on this machine")
    folder = tmp_path_factory.mktemp("programs")
    made = sinks.compiled(folder)
    if request.param == "Python":
        made = replace(made, sink=sinks.IN_PYTHON, sink_tls=sinks.IN_PYTHON)
    return made, folder


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_client_sends_what_it_was_told(programs: Programs, shape: Workload) -> None:
    """After each round the sink has counted the very messages, recipients and octets of the job."""
    done = figures(shape, CLIENTS, *programs, BRIEF)
    names = {client.name for client in CLIENTS}
    assert done.rates.keys() | done.refusals.keys() == names
    assert not done.rates.keys() & done.refusals.keys()
    assert "smtplib" in done.rates
    assert all(len(rates) == BRIEF.rounds and min(rates) > 0 for rates in done.rates.values())
    assert len(report.table(done)) == len(done.rates) + 5


@pytest.mark.parametrize(
    "change", [{"count": 3}, {"recipients": ("a@x.org",)}, {"message": Message(2 * KB)}]
)
def test_a_job_done_otherwise_is_noticed(programs: Programs, change: dict[str, object]) -> None:
    """A message more or less, other recipients or another text end the benchmark."""
    with sink_for(SHAPES[1], *programs) as (sink, job):
        client = named("smtplib")
        client.send(job)
        sink.check(job)
        client.send(replace(job, **change))  # type: ignore[arg-type]
        with pytest.raises(AssertionError, match="the sink took"):
            sink.check(job)


def test_dots_are_counted_once(programs: Programs) -> None:
    """The octets are the message's, however many dots were doubled, and wherever it was cut."""
    lines = [".", "..", "", *("." * (n % 990) for n in range(1500)), "y", "."]
    with sink_for(SHAPES[0], *programs) as (sink, job):
        message = Message(0, "A: b\r\n\r\n")
        message.__dict__["lines"] = lines
        for _ in range(3):
            smtp_send_message(HOST, "a@x.org", ["b@y.org"], message.header, lines, job.port)
        sink.check(replace(job, message=message, count=3))


def test_chunks_are_counted(programs: Programs) -> None:
    """A message that comes by BDAT is counted as one that comes by DATA."""
    made, folder = programs
    chunked = replace(made, sink=(*made.sink, "--chunking"))
    seen: list[object] = []
    options = Options(chunking=True)
    with sink_for(SHAPES[1], chunked, folder) as (sink, job):
        with Client(
            HOST, job.port, security="none", options=options, observer=seen.append
        ) as client:
            for _ in range(2):
                client.send(job.message.data, SENDER, job.recipients)
        sink.check(replace(job, count=2, reused=True))
    commands = [event.line for event in seen if isinstance(event, CommandSent)]
    assert any(line.startswith("BDAT ") for line in commands)
    assert "DATA" not in commands


def test_memory_is_measured(programs: Programs) -> None:
    """Each kind of body that a client takes has its peak."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell a process's peak memory")
    client = named("smtplib")
    with sink_for(SHAPES[0], *programs) as (sink, _):
        found = memory.peaks([client], sink.port, programs[1], 200 * KB)
    assert [(peak.client, peak.kind) for peak in found] == [("smtplib", "bytes")]
    assert found[0].in_all > 0
    assert found[0].added >= 0


@pytest.mark.parametrize("client", ["netsmtp.Client", "netsmtp.aio.Client"])
def test_memory_is_measured_with_every_kind_of_body(client: str, tmp_path: Path) -> None:
    """A client of ours has a peak for each kind that it takes, asynchronous lines where it awaits."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell a process's peak memory")
    with sinks.running(sinks.IN_PYTHON) as sink:
        found = memory.peaks([named(client)], sink.port, tmp_path, 20 * KB)
        assert sink.counts().messages == len(found)
    kinds = [each for each in memory.BODIES if each != "async generator" or ".aio." in client]
    assert [peak.kind for peak in found] == kinds


def test_goals_are_compared() -> None:
    """A goal is met by a ratio in the same workload or to another, or by MB/s."""
    goals = (
        Goal(("ours",), 2.0, "theirs"),
        Goal(("ours", "absent"), 5.0, "theirs"),
        Goal(("ours",), 1.5, "first / ours"),
        Goal(("ours",), 4.0, "MB/s"),
        Goal(("ours",), 1.0, "absent"),
    )
    first = Figures(Workload("first"), {"ours": [1.0, 2.0, 9.0]})
    second = Figures(
        Workload("second", goals=goals), {"ours": [4.0] * 3, "theirs": [2.0, 1.0, 2.0]}
    )
    assert report.goals([first, second])[2:-1] == [
        "| second | ours | 2 x theirs | 2 | yes |",
        "| second | ours | 5 x theirs | 2 | **no** |",
        "| second | ours | 1.5 x first / ours | 2 | yes |",
        "| second | ours | 4 MB/s | 4 | yes |",
    ]


def test_every_goal_names_clients_and_workloads_that_are() -> None:
    """A goal that nothing is compared with would be no goal."""
    workloads = {each.name for each in WORKLOADS}
    known = {"smtplib", "aiosmtplib", "MB/s", "C lock-step", "Racket net/smtp"}
    for goal in (goal for each in WORKLOADS for goal in each.goals):
        workload, _, name = goal.reference.rpartition(" / ")
        assert workload in workloads if workload else name in known


def test_pictures(tmp_path: Path) -> None:
    """The plot is written as PNG and as SVG."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    done = [Figures(each, {"smtplib": [1.0, 2.0]}) for each in WORKLOADS[:3]]
    png, svg = report.plot(done, tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in svg.read_bytes()


def test_without_a_compiler(tmp_path: Path) -> None:
    """The Python sink takes the place, and it is said."""
    made = sinks.compiled(tmp_path, "/no/such/compiler")
    assert made.sink == made.sink_tls == sinks.IN_PYTHON
    assert "no C compiler" in made.why[0]


def test_missing_clients_are_told() -> None:
    """What is not installed is named with the reason, and asked for by name it is an error."""
    assert all(": " in line for line in MISSING)
    with pytest.raises(Missing, match="carrier pigeon"):
        named("carrier pigeon")
