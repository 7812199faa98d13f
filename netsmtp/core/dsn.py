"""Ask for delivery reports: who wants one, when, and what it should hold (RFC 3461).

What a caller writes goes into a command line. The words are chosen from a table and free text is
written as xtext, so that nothing can end the line or add a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from ..errors import NotificationError

Occasion: TypeAlias = Literal["never", "success", "failure", "delay"]

OCCASIONS = ("never", "success", "failure", "delay")
RETURNS: Mapping[str, str] = {"full": "FULL", "headers": "HDRS"}
LONGEST_ENVELOPE_ID = 100
LONGEST_ORIGINAL = 500


@dataclass(frozen=True, slots=True)
class Recipient:
    """Hold an *address* and which reports its sender wants about it.

    *notify* is `("never",)` or any of `"success"`, `"failure"` and `"delay"`; without any the
    servers decide. *original* is the address that the sender had in mind, where *address* stands
    for it. What is wrong is found when the mail is checked.
    """

    address: str | bytes
    notify: Collection[Occasion] = ()
    original: str | None = None

    def parameters(self) -> str:
        """Return the parameters behind RCPT, each after a blank. Raises `NotificationError`."""
        notify = _notify(self.notify)
        original = "" if self.original is None else _original(self.original)
        return "".join(f" {each}" for each in (notify, original) if each)


def reports_asked(returned: object, envelope_id: object) -> str:
    """Return the parameters behind MAIL, each after a blank.

    Raises `NotificationError`, or `TypeError` for an *envelope_id* that is no str.
    """
    asked = ""
    if returned is not None:
        if not isinstance(returned, str) or returned not in RETURNS:
            raise NotificationError(f"dsn_return {returned!r}: there are {', '.join(RETURNS)}")
        asked += f" RET={RETURNS[returned]}"
    if envelope_id is not None:
        if not isinstance(envelope_id, str):
            raise TypeError(f"envelope_id: expected a str, given {type(envelope_id).__name__}")
        if not re.fullmatch(r"[ -~]+", envelope_id):
            raise NotificationError(f"envelope_id {envelope_id!r}: not printable ASCII")
        asked += f" ENVID={_bounded('envelope_id', xtext(envelope_id), LONGEST_ENVELOPE_ID)}"
    return asked


def xtext(text: str) -> str:
    """Return *text*, which is ASCII, as a parameter's value carries it (RFC 3461 section 4)."""
    return re.sub(r"[^!-*,-<>-~]", lambda found: f"+{ord(found[0]):02X}", text)


def utf8_xtext(text: str) -> str:
    """Return an address in any letters as a parameter's value carries it (RFC 6533 section 3)."""
    return re.sub(r"[^!-*,-<>-\[\]-~]", lambda found: f"\\x{{{ord(found[0]):X}}}", text)


def _notify(given: object) -> str:
    """Return the NOTIFY parameter for *given* occasions, empty for none (section 4.1)."""
    if isinstance(given, str | bytes) or not isinstance(given, Collection):
        raise TypeError(f"notify: expected a collection of str, given {type(given).__name__}")
    wanted = cast("Collection[object]", given)
    unknown = [each for each in wanted if each not in OCCASIONS]
    if unknown:
        raise NotificationError(f"notify {unknown[0]!r}: there are {', '.join(OCCASIONS)}")
    named = [each.upper() for each in OCCASIONS if each in wanted]
    if "never" in wanted and len(named) > 1:
        raise NotificationError("notify: never stands alone")
    return f"NOTIFY={','.join(named)}" if named else ""


def _original(given: object) -> str:
    """Return the ORCPT parameter for the address *given* (section 4.2, RFC 6533 section 3)."""
    if not isinstance(given, str):
        raise TypeError(f"original: expected a str, given {type(given).__name__}")
    if not given or re.search(_NEVER, given):
        raise NotificationError(f"original {given!r}: empty, or with a control character")
    value = f"rfc822;{xtext(given)}" if given.isascii() else f"utf-8;{utf8_xtext(given)}"
    return f"ORCPT={_bounded('original', value, LONGEST_ORIGINAL)}"


def _bounded(name: str, value: str, most: int) -> str:
    if len(value) > most:
        raise NotificationError(f"{name}: {len(value)} octets, more than {most}")
    return value


_NEVER = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
