"""Measure netsmtp beside every other client: `python -m benchmarks.smtp --into FOLDER`.

A server that only counts is compiled and started for each workload; every client sends to it in
turn, in a new order in each round, and what the server took is compared with what was meant. Rates
are medians over the rounds, and so are the ratios of two clients. With `--into` the tables go to
smtp.md in that folder, and a plot beside them.

A connection's own cost is in every figure: many messages go over one connection, but it is opened
and closed on the clock.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.arguments import at_least_two
from benchmarks.smtp import report
from benchmarks.smtp.clients import found
from benchmarks.smtp.jobs import Client
from benchmarks.smtp.measure import Plan, figures
from benchmarks.smtp.memory import peaks
from benchmarks.smtp.sinks import Programs, compiled, running
from benchmarks.smtp.workloads import WORKLOADS


def main(arguments: list[str] | None = None) -> int:
    asked = arguments_of(arguments)
    clients, missing = found()
    clients = [each for each in clients if not asked.client or matches(each.name, asked.client)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = compiled(folder)
        lines = heading(programs, missing, asked.rounds)
        print("\n".join(lines), flush=True)
        done = []
        plan = Plan(asked.rounds, asked.seconds)
        for workload in WORKLOADS:
            if asked.workload and not matches(workload.name, asked.workload):
                continue
            done.append(figures(workload, clients, programs, folder, plan))
            lines += report.table(done[-1])
            print("\n".join(report.table(done[-1])), flush=True)
        closing = report.goals(done)
        if not asked.workload or matches("memory", asked.workload):
            closing += memory(clients, programs, folder)
    print("\n".join(closing))
    if asked.into:
        asked.into.mkdir(parents=True, exist_ok=True)
        (asked.into / "smtp.md").write_text("\n".join([*lines, *closing]), encoding="utf-8")
        for path in report.plot(done, asked.into):
            print(path)
    return 0


def arguments_of(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.smtp",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--into", type=Path, help="the folder for smtp.md, smtp.png and smtp.svg")
    parser.add_argument("--rounds", type=at_least_two, default=11)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one client in one round")
    parser.add_argument("--workload", action="append", help="only those with this in their name")
    parser.add_argument("--client", action="append", help="likewise")
    return parser.parse_args(arguments)


def matches(name: str, wanted: list[str]) -> bool:
    return any(each in name for each in wanted)


def heading(programs: Programs, missing: list[str], rounds: int) -> list[str]:
    """Say what is measured, on what."""
    versions = [f"{name} {release(name)}" for name in ("aiosmtplib",)]
    return [
        "# Sending mail, measured",
        "",
        f"Python {platform.python_version()}, {', '.join(versions)}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores. Medians of {rounds} rounds; "
        "± is half the distance of the quartiles.",
        "",
        *(f"- {line}" for line in (*programs.why, *(f"not measured: {each}" for each in missing))),
        "",
    ]


def release(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def memory(clients: list[Client], programs: Programs, folder: Path) -> list[str]:
    if not Path("/proc/self/status").exists():
        return ["Peak memory is not measured: this system does not tell it.", ""]
    with running(programs.sink) as sink:
        return report.memory(peaks(clients, sink.port, folder))


if __name__ == "__main__":
    sys.exit(main())
