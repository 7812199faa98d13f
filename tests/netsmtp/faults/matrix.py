"""Read the table of faults, and show it as the page of the documentation does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netsmtp.errors

DATA: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "matrix.toml").read_text(encoding="ascii")
)
STAGES: list[str] = DATA["stages"]
OPENING: list[str] = DATA["opening"]
FAULTS: dict[str, list[list[Any]]] = {name: each["steps"] for name, each in DATA["faults"].items()}
"""What the server does, in the words of `tests.netsmtp.scripted` and `server`."""
DEADLINES: dict[str, float] = {
    name: each["deadline"] for name, each in DATA["faults"].items() if "deadline" in each
}
"""Seconds that the stage may take, for the faults that only a deadline finds out."""


@dataclass(frozen=True)
class Outcome:
    """Say what becomes of a mail, and of one behind it; *error* is None where it is sent."""

    word: str
    error: type[netsmtp.errors.SmtpError] | None
    stage: str | None
    transient: bool | None
    kept: str
    next: str


def outcomes(stage: str, fault: str) -> list[Outcome]:
    """Return what may come of *fault* in *stage*: mostly one thing."""
    words: str = DATA["faults"][fault]["cells"][STAGES.index(stage)]
    return [outcome(word, stage) for word in words.split(" or ")]


def outcome(word: str, stage: str) -> Outcome:
    """Return the outcome *word* in *stage*."""
    told = DATA["outcomes"][word]
    name = told.get("error_at", {}).get(stage, told.get("error"))
    following = told["next"]
    return Outcome(
        word,
        None if name is None else getattr(netsmtp.errors, name),
        None if name is None else told.get("stage", stage),
        told.get("transient"),
        told["kept"],
        told.get("next_in_opening", following) if stage in OPENING else following,
    )


def tables() -> list[str]:
    """Return the two tables of the page: what the outcomes are, and the cells."""
    return ["\n".join(_outcome_table()), "\n".join(_cell_table())]


def _outcome_table() -> Iterator[str]:
    yield "| outcome | error | `transient` | the server has the mail | the next mail of `send_all` |"
    yield "| --- | --- | --- | --- | --- |"
    for word, told in DATA["outcomes"].items():
        names = [f"`{told['error']}`"] if "error" in told else ["none"]
        names += [f"`{name}` ({stage})" for stage, name in told.get("error_at", {}).items()]
        transient = {None: "", True: "yes", False: "no"}[told.get("transient")]
        following = told["next"]
        if "next_in_opening" in told:
            following += f"; {told['next_in_opening']} where none was begun"
        yield f"| {word} | {', '.join(names)} | {transient} | {told['kept']} | {following} |"


def _cell_table() -> Iterator[str]:
    yield f"| fault | {' | '.join(STAGES)} |"
    yield f"| --- |{' --- |' * len(STAGES)}"
    for told in DATA["faults"].values():
        yield f"| {told['says']} | {' | '.join(told['cells'])} |"
