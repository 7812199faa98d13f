"""List the bodies of a linkage in the order in which they run.

python -m units order shop.app:program
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from units._unit import Unit
from units.cli.targets import add_target, unit_of


def add(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_target(parser)
    parser.add_argument(
        "--as", dest="form", choices=("text", "json"), default="text", help="how to say it"
    )


def run(options: Namespace) -> int:
    """Print the order; return the exit status."""
    found = unit_of(options.target, options.signature, options.named)
    steps = list(bodies(found))
    if options.form == "json":
        keys = ("place", "unit", "location")
        print(json.dumps([dict(zip(keys, step, strict=True)) for step in steps], indent=2))
        return 0
    width = max((len(place) for place, _, _ in steps), default=0)
    for place, name, location in steps:
        print(f"{place:<{width}}  {name} ({location})".strip())
    return 0


def bodies(found: Unit[..., Any]) -> Iterator[tuple[str, str, str]]:
    """Yield place, name and location of each unit inside *found* that has a body, in order."""
    ahead: list[tuple[str, Unit[..., Any]]] = [("", found)]
    while ahead:
        place, u = ahead.pop()
        if u.parts is None:
            yield place, u.name, u.location
            continue
        inside = [(f"{place}.{n}".lstrip("."), part) for n, part in enumerate(u.parts, 1)]
        ahead += reversed(inside)
