"""The clients that are measured: each module makes those of one library, or says why it cannot.

Another client is another module with a function `clients`, and its name in `MODULES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from benchmarks.smtp.jobs import Client, Missing

MODULES = ("ours", "ours_async", "standard", "aiosmtp", "racket", "limit")


def found() -> tuple[list[Client], list[str]]:
    """Return the clients there are, and a line for each module that has none here."""
    clients: list[Client] = []
    missing: list[str] = []
    for name, made in modules():
        if isinstance(made, list):
            clients += made
        else:
            missing.append(f"{name}: {made}")
    return clients, missing


def named(wanted: str) -> Client:
    """Return the client *wanted*, importing no more than that takes."""
    for _, made in modules():
        for client in made if isinstance(made, list) else ():
            if client.name == wanted:
                return client
    raise Missing(wanted)


def modules() -> Iterator[tuple[str, list[Client] | Exception]]:
    """Yield each module's name, with its clients or why there are none."""
    for name in MODULES:
        try:
            yield name, import_module(f"{__name__}.{name}").clients()
        except (Missing, ImportError) as why:
            yield name, why
