"""Turn a host name in any letters into the ASCII form that DNS and SMTP carry (RFC 5890)."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Any

from ..errors import HostNameError


def ascii_host(name: str) -> str:
    """Return *name* itself if it is ASCII, otherwise its A-label.

    The rules are IDNA 2008 where the `idna` package is installed. The standard library knows those
    of 2003 only; with it, names that the two rules read differently are refused, so that no mail
    goes to another host. Raises `HostNameError` if *name* has no A-label.
    """
    if name.isascii():
        return name
    try:
        encoded = _idna_2008(name)
    except ImportError:
        encoded = _idna_2003(name)
    except ValueError:
        raise HostNameError(f"{name!r} is no internationalized host name") from None
    # Both rules fold wide forms into ASCII, and those of 2003 let `<` and blanks come out of it.
    if not _LETTERS_DIGITS_HYPHENS.fullmatch(encoded):
        raise HostNameError(f"{name!r} is no internationalized host name")
    return encoded


@lru_cache(maxsize=64)
def is_this_machine(name: str) -> bool:
    """Tell whether *name* is localhost or a loopback address, asking nobody."""
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def is_loopback(peer: Any) -> bool:
    """Tell whether *peer*, the address of a socket's other end, is on this machine."""
    try:
        return _is_loopback(peer[0])
    except (IndexError, TypeError):
        return False


@lru_cache(maxsize=64)
def _is_loopback(host: Any) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _idna_2008(name: str) -> str:
    import idna  # optional: see above

    return idna.encode(name, uts46=True, std3_rules=True).decode("ascii")


def _idna_2003(name: str) -> str:
    """Encode *name* by the standard library, refusing what IDNA 2008 would read differently."""
    if any(c in _DEVIATING for c in name):
        raise HostNameError(f"{name!r} needs the idna package: IDNA 2003 reads it differently")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise HostNameError(f"{name!r} is no internationalized host name") from None


# RFC 5894 section 7.2: sharp s, final sigma, zero-width joiner and non-joiner.
_DEVIATING = "\u00df\u1e9e\u03c2\u200c\u200d"
_LETTERS_DIGITS_HYPHENS = re.compile(r"[A-Za-z0-9.-]+")
