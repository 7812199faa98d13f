"""Read what options of `netsmtp send` hold, as click calls it."""

from __future__ import annotations

import math
import re

import click

from netsmtp._implementations import IMPLEMENTATIONS, registry
from netsmtp.smtp_sig import ISmtp
from signatures._errors import nearest


def server(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[str, int | None] | None:
    """Return host and port of *value*: HOST, HOST:PORT or, for IPv6, ADDRESS or [ADDRESS]:PORT."""
    if value is None:
        return None
    found = _SERVER.fullmatch(value)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or (port is not None and not 0 < port < 65536):
        raise click.BadParameter(f"{value!r} is not HOST, HOST:PORT or [ADDRESS]:PORT")
    return found["bare"] or found["literal"] or found["host"], port


def seconds(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """Return *value* unless it is the number that is none, which no bound keeps out."""
    if value is not None and math.isnan(value):
        raise click.BadParameter(f"{value} is no number of seconds")
    return value


def via(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Return *value* if an implementation has that name."""
    if value in IMPLEMENTATIONS:  # then no package has to be imported to know
        return value
    names = [name for name in registry().names(ISmtp) if name]
    if value in names:
        return value
    near = nearest(value, names)
    hint = f"did you mean {near!r}? " if near else ""
    known = ", ".join([*IMPLEMENTATIONS, *(name for name in names if name not in IMPLEMENTATIONS)])
    raise click.BadParameter(f"nothing is called {value!r}; {hint}there are: {known}")


# An address of IPv6 has two colons or more; alone it needs no brackets.
_SERVER = re.compile(
    r"(?P<bare>[^\[\]\s]*:[^\[\]\s]*:[^\[\]\s]*)"
    r"|(?:\[(?P<literal>[^\[\]\s]+)\]|(?P<host>[^:\[\]\s]+))(?::(?P<port>[0-9]{1,5}))?"
)
