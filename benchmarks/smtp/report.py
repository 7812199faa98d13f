"""Write what was measured: a table in Markdown, a plot, and how it stands to the goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import quantiles

from benchmarks.smtp.measure import Figures
from benchmarks.smtp.memory import ADDED, IN_ALL, OCTETS, Peak
from benchmarks.smtp.workloads import Goal

PEERS = ("smtplib", "aiosmtplib")
LIMITS = ("C pipelined", "C lock-step")


def table(found: Figures) -> list[str]:
    """Return the table of one workload: the median of each client, and its ratios."""
    workload = found.workload
    lines = [
        f"### {workload.name}",
        "",
        f"| client | {workload.unit} | ± | x smtplib | x aiosmtplib | of the limit |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for client in sorted(found.rates, key=lambda name: -(found.median(name) or 0)):
        rate, spread = number(found.median(client)), f"{found.spread(client):.0%}"
        ratios = [number(found.ratio(client, base)) for base in (*PEERS, limit(found))]
        lines.append(f"| {' | '.join([client, rate, spread, *ratios])} |")
    return [*lines, ""]


def limit(found: Figures) -> str:
    """Return the best that sockets can do: pipelined where the server takes it."""
    return next((name for name in LIMITS if name in found.rates), "")


def goals(every: Sequence[Figures]) -> list[str]:
    """Return the table of goals: what each of ours reached."""
    lines = [
        "| workload | client | goal | measured | reached |",
        "| --- | --- | ---: | ---: | --- |",
    ]
    for found in every:
        for goal in found.workload.goals:
            for client, value in reached(goal, found, every):
                unit = "MB/s" if goal.reference == "MB/s" else f"x {goal.reference}"
                verdict = "yes" if value >= goal.factor else "**no**"
                name = found.workload.name
                lines.append(
                    f"| {name} | {client} | {number(goal.factor)} {unit} | {number(value)} | {verdict} |"
                )
    return [*lines, ""]


def reached(goal: Goal, found: Figures, every: Sequence[Figures]) -> Iterator[tuple[str, float]]:
    """Yield the ratio of each client of *goal* that was measured, as was its reference."""
    for client in (name for name in goal.ours if name in found.rates):
        workload, _, base = goal.reference.rpartition(" / ")
        if base == "MB/s":
            ratio = found.median(client)
        elif not workload:
            ratio = found.ratio(client, base)
        else:
            other = next((each.median(base) for each in every if each.workload.name == workload), 0)
            ratio = (found.median(client) or 0) / other if other else None
        if ratio is not None:
            yield client, ratio


def memory(peaks: Sequence[Peak]) -> list[str]:
    """Return the table of peaks."""
    return [
        f"### {OCTETS // 2**20} MB body: peak memory",
        "",
        f"Goal: at most {ADDED:g} MB added, from a file or generator at most {IN_ALL:g} MB in all.",
        "",
        "| client | from | MB added | MB beyond the interpreter | reached |",
        "| --- | --- | ---: | ---: | --- |",
        *(
            f"| {p.client} | {p.kind} | {p.added:.1f} | {p.in_all:.1f} | "
            f"{('yes' if p.good else '**no**') if p.client.startswith('netsmtp') else ''} |"
            for p in peaks
        ),
        "",
    ]


def number(value: float | None) -> str:
    """Return *value* with three figures, nothing for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def plot(every: Sequence[Figures], folder: Path) -> list[Path]:
    """Draw the medians of every workload, and their quartiles, into *folder* as PNG and as SVG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker

    columns = 2
    rows = -(-len(every) // columns)
    figure, axes = pyplot.subplots(
        rows, columns, figsize=(13, 2.4 * rows), squeeze=False, layout="constrained"
    )
    for axis, found in zip(axes.flat, every, strict=False):
        names = sorted(found.rates, key=lambda name: found.median(name) or 0)
        for place, name in enumerate(names):
            low, middle, high = quantiles(found.rates[name], n=4)
            axis.plot([low, high], [place, place], color=colour(name), alpha=0.5, linewidth=3)
            axis.plot(middle, place, "o", color=colour(name))
            axis.annotate(
                number(middle), (high, place), (8, -3), textcoords="offset points", fontsize=8
            )
        axis.set(title=f"{found.workload.name} ({found.workload.unit})", xscale="log")
        axis.set_yticks(range(len(names)), names)
        axis.set_ylim(-0.6, len(names) - 0.4)
        left, right = axis.get_xlim()
        axis.set_xlim(left, right * (right / left) ** 0.15)  # room for the figures
        axis.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
        axis.xaxis.set_minor_formatter(ticker.NullFormatter())
        axis.grid(axis="x", which="both", alpha=0.2)
        axis.tick_params(labelsize=8)
        axis.title.set_size(10)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes.flat[len(every) :]:
        axis.remove()
    paths = [folder / f"smtp.{kind}" for kind in ("png", "svg")]
    for path in paths:
        figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return paths


def colour(client: str) -> str:
    if client.startswith("netsmtp"):
        return "tab:blue"
    return "tab:gray" if client.startswith("C ") else "tab:orange"
