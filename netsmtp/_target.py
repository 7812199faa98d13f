"""Say where a server is, and how a connection to it is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ._transport import tls_context
from .core.hosts import is_this_machine
from .errors import HostNameError
from .options import Security

if TYPE_CHECKING:
    import ssl

PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "opportunistic": 25, "none": 25}
START_TLS: dict[Security, bool | Literal["wanted"]] = {
    "starttls": True,
    "opportunistic": "wanted",
    "tls": False,
    "none": False,
}


class Target(NamedTuple):
    """Hold what is chosen.

    *server_name* is the name that the certificate must be valid for, where that is not the host.
    """

    host: str
    port: int
    security: Security
    server_name: str | None
    tls_context: ssl.SSLContext | None
    source_address: tuple[str, int] | None

    @property
    def is_path(self) -> bool:
        """Tell whether the host is a Unix socket of this machine."""
        return self.host.startswith("/")

    @property
    def certified_name(self) -> str:
        """Return the name that the certificate must be valid for."""
        return self.server_name or self.host

    def context(self) -> ssl.SSLContext:
        """Return the TLS context: the one given, or the safe one.

        Where encryption is only wanted nobody is checked: who could pose as the server could as well
        say that it has no TLS (RFC 7435 section 3).
        """
        return self.tls_context or tls_context(verified=self.security != "opportunistic")


def target(
    host: str,
    port: int | None,
    security: Security | None,
    server_name: str | None,
    tls_context: ssl.SSLContext | None,
    source_address: tuple[str, int] | None,
) -> Target:
    """Choose the port and the security that are not given.

    Port 465 is TLS from the start (RFC 8314). Everything else is STARTTLS, required, but for a
    server on this machine on a port other than 587: what is said to it crosses no network. That
    holds for port 25, too: a client that takes what it is offered is a client that whoever stands in
    between can keep from encrypting; where that does not matter, ask for `"opportunistic"`. Without
    a port it is that of the security, and without both 25 on this machine and 587 elsewhere.
    """
    if not isinstance(host, str):
        raise TypeError(f"host: expected a str, given {type(host).__name__}")
    if security is not None and security not in PORTS:
        raise ValueError(f"security {security!r}: there are {', '.join(PORTS)}")
    local = host.startswith("/") or is_this_machine(host)
    if port is None:
        port = 25 if security is None and local else PORTS[security or "starttls"]
    if not isinstance(port, int) or isinstance(port, bool):
        raise TypeError(f"port: expected an int, given {type(port).__name__}")
    if not 0 < port < 65536:
        raise HostNameError(f"port {port}")
    if security is None:
        security = "tls" if port == 465 else "none" if local and port != 587 else "starttls"
    return Target(host, port, security, server_name, tls_context, source_address)
