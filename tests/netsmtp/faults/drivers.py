"""The ways to send mail, behind one face: each sends one mail or two, and tells what became of them."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from netsmtp import Envelope
from netsmtp.core.envelope import SendResult
from netsmtp.core.events import Connected, Event
from netsmtp.errors import SmtpError
from netsmtp.options import Deadlines, Options
from netsmtp.pool import Pool
from netsmtp.smtp import ports_to_ssl_ports, smtp_send_message
from tests.netsmtp import clients, pools
from tests.netsmtp.asked import Asked

HEADER = "A: b\r\n\r\n"
LONG = 20.0
"""Seconds for each stage without a fault, so that a busy machine is none."""
FAREWELL = 0.01
"""Seconds for the good-bye, on which nothing depends."""


class Short:
    """A *deadline* of so many *seconds* on the first connection, and a long one on those after it."""

    def __init__(self, seconds: float) -> None:
        self.connections = 0
        self.deadline = Asked(lambda: seconds if self.connections < 2 else LONG)

    def observe(self, event: Event) -> None:
        """Count the connections."""
        self.connections += isinstance(event, Connected)


def options(stage: str, short: Short) -> Options:
    """Return options by which only the deadline of *stage* is short."""
    long = {field.name: LONG for field in fields(Deadlines) if field.name != "total"}
    return Options(deadlines=Deadlines(**{**long, "farewell": FAREWELL, stage: short.deadline}))


Told = list[SmtpError | None]
Send = Callable[..., Told]
"""Sends texts to a port, with more to say by keyword; returns the error of each, None if sent."""


def plain(port: int, context: ssl.SSLContext, texts: list[Any], **more: Any) -> Told:
    """Send by `smtp_send_message`, one call for each of *texts*."""
    told: Told = []
    for lines in texts:
        try:
            smtp_send_message(
                "127.0.0.1",
                "a@x.org",
                ["b@y.org"],
                HEADER,
                lines,
                port,
                auth_user="user",
                auth_passwd="secret",
                tls_encode=partial(ports_to_ssl_ports, context=context),
                **more,
            )
            told.append(None)
        except SmtpError as error:
            told.append(error)
    return told


def awaited(
    port: int,
    context: ssl.SSLContext,
    texts: list[Any],
    *,
    using: Callable[..., Any],
    kind: str,
    **more: Any,
) -> Told:
    """Send *texts* by `send_all` of a client or pool of that *kind*."""

    async def use(sender: Any) -> list[SendResult]:
        return await clients.every(sender.send_all([envelope(lines) for lines in texts]))

    results: list[SendResult] = using(
        kind,
        use,
        port,
        security="starttls",
        auth_user="user",
        auth_passwd="secret",
        tls_context=context,
        **more,
    )
    return [result.error for result in results]


def envelope(lines: list[str]) -> Envelope:
    return Envelope(lines, "a@x.org", ["b@y.org"], HEADER)


def pool(port: int, context: ssl.SSLContext, texts: list[Any], **more: Any) -> Told:
    """Send *texts* by `send_all` of a pool of one connection."""
    with Pool(
        "127.0.0.1",
        port,
        connections=1,
        security="starttls",
        auth_user="user",
        auth_passwd="secret",
        tls_context=context,
        **more,
    ) as sender:
        return [result.error for result in sender.send_all(map(envelope, texts))]


DRIVERS: Mapping[str, Send] = {
    "smtp_send_message": plain,
    "Client": partial(awaited, using=clients.using, kind="sync"),
    "aio.Client": partial(awaited, using=clients.using, kind="aio"),
    "Pool": pool,
    "aio.Pool": partial(awaited, using=pools.using, kind="aio", connections=1),
}
