"""Show what was measured: lines for the terminal, a table for the documentation, a plot."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.units.beside import Row


def line(row: Row) -> str:
    """Return *row* as a line, the fastest first."""
    ordered = sorted(row.figures.items(), key=lambda each: each[1])
    figures = "  ".join(f"{name} {figure:.2f}" for name, figure in ordered)
    return f"{row.title} ({row.unit}): {figures}"


def write(folder: Path, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Write table.md, figures.json and, where matplotlib is, plot.svg and plot.png to *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    there = [name for name in names if any(name in row.figures for row in rows)]
    lines = [f"| row | {' | '.join(there)} |", f"| --- |{' ---: |' * len(there)}"]
    for row in rows:
        best = min(row.figures.values())
        shown = [_cell(row.figures.get(name), best) for name in there]
        lines.append(f"| {row.title} ({row.unit}) | {' | '.join(shown)} |")
    lines += ["", about(there)]
    folder.joinpath("table.md").write_text("\n".join(lines) + "\n")
    data = [{"title": row.title, "unit": row.unit, "figures": row.figures} for row in rows]
    folder.joinpath("figures.json").write_text(json.dumps(data, indent=1) + "\n")
    _plot(folder, rows, there)


def about(names: Sequence[str]) -> str:
    """Say when and on what this was measured."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names if name != "ours"]
    today = datetime.datetime.now(tz=datetime.UTC).date()
    machine = f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{today}, {machine}; {', '.join(versions)}."


def _cell(figure: float | None, best: float) -> str:
    if figure is None:
        return ""
    text = f"{figure:.2f}" if figure < 100 else f"{figure:.0f}"
    return f"**{text}**" if figure == best else text


def _plot(folder: Path, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Draw each row as bars, on a scale of its own."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        matplotlib.rcParams["svg.fonttype"] = "none"  # letters stay letters: small, and searchable
        from matplotlib import pyplot
    except ImportError:
        print("matplotlib is not installed: no plot")
        return
    columns = 2
    height = -(-len(rows) // columns)
    figure, axes = pyplot.subplots(height, columns, figsize=(11, 2.7 * height), squeeze=False)
    for axis in axes.flat[len(rows) :]:
        axis.axis("off")
    for axis, row in zip(axes.flat, rows, strict=False):
        there = [name for name in names if name in row.figures][::-1]
        values = [row.figures[name] for name in there]
        colours = ["#1b6ca8" if name == "ours" else "#b9c4cc" for name in there]
        bars = axis.barh(there, values, color=colours)
        axis.bar_label(bars, labels=[f" {value:.3g}" for value in values], fontsize=9)
        axis.set_xscale("log")
        axis.set_title(f"{row.title} ({row.unit})", fontsize=11)
        axis.tick_params(labelsize=9)
        axis.margins(x=0.2)
    figure.tight_layout()
    figure.savefig(folder / "plot.svg")
    figure.savefig(folder / "plot.png", dpi=120)
