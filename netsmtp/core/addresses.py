"""Accept mail addresses and host names as they are, or refuse them: nothing is ever rewritten.

An address goes between `<` and `>` into a command line. Whatever could end that line or that
bracket, or add a parameter behind it, is refused: controls, blanks, `<`, `>`, quotes that do not
close. So is a display name, because guessing which part of it is the address is how mail reaches
the wrong person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ..errors import AddressError, HostNameError
from .dsn import Recipient
from .hosts import ascii_host

MAX_LOCAL = 64
MAX_ADDRESS = 254
MAX_HOST = 255


@dataclass(frozen=True, slots=True)
class Address:
    """Hold an address that may stand in a MAIL or RCPT command (RFC 5321 section 4.1.2).

    The null reverse path of delivery reports is the address whose *text* is empty.
    """

    text: str
    path: str
    """The address as the command holds it: a domain in other letters by its A-label.

    With a local part that needs SMTPUTF8 all of it is sent as it is (RFC 6531 section 3.2).
    """
    reports: str = ""
    """The parameters behind a recipient that ask for delivery reports (RFC 3461)."""

    @property
    def needs_utf8(self) -> bool:
        """Tell whether only SMTPUTF8 can carry the address: its local part is not ASCII."""
        return not self.path.isascii()

    def wire(self) -> str:
        """Return the address as the command holds it."""
        return self.path

    def __str__(self) -> str:
        return self.text


def sender(given: object) -> Address:
    """Return the reverse path *given*; an empty one is the null reverse path.

    Raises `AddressError`, or `TypeError` for what is neither str nor bytes.
    """
    text = _text("sender", given)
    return Address("", "") if text == "" else _address("sender", text)


def recipients(given: Any) -> tuple[Address, ...]:
    """Return the forward paths *given*, in their order, duplicates kept.

    Raises `AddressError` if there is none or one of them is none, `NotificationError` for reports
    that cannot be asked for, `TypeError` if *given* is one string or holds anything but str, bytes
    and `Recipient`.
    """
    kind: object = given
    if isinstance(kind, str | bytes | bytearray):
        raise TypeError(f"recipients: expected a list of addresses, given one {_kind(kind)}")
    if not isinstance(kind, list | tuple | Iterable):
        raise TypeError(f"recipients: expected a list of addresses, given {_kind(kind)}")
    every: list[object] = list(given)
    if not every:
        raise AddressError("no recipients")
    # A str, what nearly every recipient is, is spared two steps on its way.
    return tuple(
        [_address("recipient", each) if type(each) is str else _recipient(each) for each in every]
    )


def ehlo_name(given: object) -> str:
    """Return the name *given* as EHLO takes it: a host name or an address literal.

    Raises `HostNameError`, or `TypeError` for what is no str.
    """
    if not isinstance(given, str):
        raise TypeError(f"smtp_sending_server: expected a str, given {_kind(given)}")
    return _ehlo_name(given)


@lru_cache(maxsize=64)
def _ehlo_name(given: str) -> str:
    if not given or len(given) > MAX_HOST or not (_domain(given) or _literal(given)):
        raise HostNameError(f"EHLO name {given!r}")
    return ascii_host(given)


def _recipient(given: object) -> Address:
    if isinstance(given, Recipient):
        return replace(_recipient(given.address), reports=given.parameters())
    return _address("recipient", _text("recipient", given))


def _text(role: str, given: object) -> str:
    """Return *given* as str; bytes are UTF-8."""
    if isinstance(given, str):
        return given
    if isinstance(given, bytes):
        try:
            return given.decode()
        except UnicodeDecodeError:
            raise AddressError(f"{role} {given!r}: neither ASCII nor UTF-8") from None
    raise TypeError(f"{role}: expected a str or bytes, given {_kind(given)}")


@lru_cache(maxsize=4096)
def _address(role: str, text: str) -> Address:
    """Split *text* at its last `@` and check both parts; `postmaster` needs no domain."""
    if len(text) <= MAX_ADDRESS and _ORDINARY.fullmatch(text):
        return Address(text, text)
    local, at, domain = text.rpartition("@") if _splits(text) else (text, "", "")
    problem = _problem(text, local, domain, bool(at))
    if problem:
        raise AddressError(f"{role} {text!r}: {problem}")
    return Address(text, _path(text, local, domain))


def _path(text: str, local: str, domain: str) -> str:
    """Return an address as a command holds it. Raises `AddressError` if *domain* has no A-label."""
    if not local.isascii() or domain.isascii():
        return text
    try:
        return f"{local}@{ascii_host(domain)}"
    except HostNameError as error:
        raise AddressError(f"{text!r}: {error.reason}") from None


def _splits(text: str) -> bool:
    """Tell whether an `@` stands outside a quoted local part."""
    return "@" in text[text.rfind('"') + 1 :]


def _problem(text: str, local: str, domain: str, at: bool) -> str | None:
    """Say what keeps *text* from being an address, or return None."""
    if not text:
        return "empty"
    if text.startswith("<") and text.endswith(">"):
        return "give it without its angle brackets"
    if "<" in text or ">" in text:
        return "give only the address, without a name or brackets"
    bad = re.search(_FORBIDDEN_ASCII if text.isascii() else _FORBIDDEN, text)
    if bad:
        return f"{bad[0]!r} may not stand in an address"
    if len(text.encode()) > MAX_ADDRESS or len(local.encode()) > MAX_LOCAL:
        return f"longer than {MAX_LOCAL} octets before the @ or {MAX_ADDRESS} in all"
    if not (_DOT_STRING.fullmatch(local) or _QUOTED.fullmatch(local)):
        return "the part before the @ is malformed"
    if at and not (_domain(domain) or _literal(domain)):
        return "the part behind the @ is no domain"
    return None


def _domain(text: str) -> bool:
    found = _DOMAIN.fullmatch(text) is not None
    return found and (text.isascii() or not re.search(_NOT_IN_DOMAIN, text))


def _literal(text: str) -> bool:
    return _LITERAL.fullmatch(text) is not None


def _kind(given: object) -> str:
    return "None" if given is None else type(given).__name__


# Every control (C0, DEL, C1), every blank and line separator, and lone surrogates. A set that goes
# beyond ASCII takes milliseconds to compile, so `re` does it when an address first needs it, and
# the sets below that hold every other letter say which of ASCII they do not hold.
_FORBIDDEN_ASCII = r"[\x00-\x20\x7f]"
_FORBIDDEN = (
    r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)
_NOT_IN_DOMAIN = r"[\x7f-\xa0\u2028\u2029\ud800-\udfff]"
_DOT_STRING = re.compile(r'[^\x00-\x20"(),:;<>@\[\\\]\x7f]+')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD = r"[^\x00-/:-@\[-^`{-\x7f]"
_LABEL = rf"{_WORD}(?:(?:{_WORD}|-){{0,61}}{_WORD})?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# What nearly every address is, and what the rules above would find about it one by one.
_ORDINARY = re.compile(
    r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9](?:-?[A-Za-z0-9]){0,30}(?:\.[A-Za-z0-9](?:-?[A-Za-z0-9]){0,30})*"
)
_LITERAL = re.compile(r"\[[A-Za-z0-9.:\-]{1,64}\]")
