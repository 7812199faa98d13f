"""Delivering one letter, as a unit application: what `netsmtp send` links with the implementation of its choice."""

from __future__ import annotations

from dataclasses import dataclass

from netsmtp.cli.letter import Letter
from netsmtp.core.events import Event
from netsmtp.core.secret import Secret
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import Connect, Encode, ports_to_ssl_ports, ssl_connect, tcp_connect
from netsmtp.smtp_sig import ISmtp
from signatures import Signature
from units import unit

__all__ = ["SECURITY", "Delivery", "IDelivery", "IWitness", "Route", "Security"]


@dataclass(frozen=True, slots=True)
class Security:
    """Say how a connection is made and encrypted, and which port is usual for that."""

    port: int = 25
    connect: Connect = tcp_connect
    encode: Encode | None = None


SECURITY = {
    "none": Security(),
    "tls": Security(465, connect=ssl_connect),
    "starttls": Security(587, encode=ports_to_ssl_ports),
}


@dataclass(frozen=True, slots=True)
class Route:
    """Say where a letter is handed over, and how."""

    host: str
    port: int
    security: Security = SECURITY["none"]
    ehlo: str | None = None
    user: str | None = None
    password: Secret | None = None
    seconds: float | None = None

    @property
    def options(self) -> Options:
        """Return the options: the whole send takes at most *seconds*."""
        usual = Deadlines()
        if self.seconds is not None:
            usual = Deadlines(connect=min(self.seconds, usual.connect or 0), total=self.seconds)
        return Options(deadlines=usual, long_lines="refuse")


class IWitness(Signature):
    """Watches a send."""

    def see(self, event: Event) -> None:
        """Hear of everything that happens."""
        ...

    def last_call(self) -> None:
        """Hear that the message is written but for the final dot, which is next."""
        ...


class IDelivery(Signature):
    """Hands letters over."""

    def deliver(self, letter: Letter, route: Route) -> None:
        """Hand *letter* over by *route*; raises what `smtp_send_message` does."""
        ...


@unit
class Delivery(IDelivery):
    """Hands letters over by whatever `ISmtp` it is linked with, before a witness."""

    def __init__(self, smtp: ISmtp, witness: IWitness) -> None:
        self.smtp = smtp
        self.witness = witness

    def deliver(self, letter: Letter, route: Route) -> None:
        names = self.smtp.smtp_sending_server
        with (
            names.parameterize(names() if route.ehlo is None else route.ehlo),
            self.smtp.smtp_sending_end_of_message.parameterize(self.witness.last_call),
        ):
            self.smtp.smtp_send_message(
                route.host,
                letter.sender,
                letter.recipients,
                letter.header,
                letter.lines,
                port_no=route.port,
                auth_user=route.user,
                auth_passwd=route.password,
                tcp_connect=route.security.connect,
                tls_encode=route.security.encode,
                options=route.options,
                observer=self.witness.see,
            )
