"""Turn what a caller gives as a message into a mail, checked: its envelope, its text, what it needs.

An `email.message` message brings its addresses along, and can be written in seven bits for a server
that takes no more. Every other form is sent as it stands, or refused.
"""

from __future__ import annotations

import copy
import io
from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.message import Message as AnyEmail
from typing import Any, BinaryIO, TextIO, TypeAlias, cast

from .core import addresses
from .core.content import AsyncLines, Content, FileText, Source, WholeText, mind_long_lines
from .core.envelope import Mail, in_seven_bits
from .errors import AddressError, ContentError
from .options import Options
from .smtp import Address, Addressee, Line

__all__ = ["Envelope", "Message"]

Text: TypeAlias = AnyEmail | EmailMessage | bytes | BinaryIO | TextIO | Iterable[Line]
"""An `email.message` message; CR LF text as bytes or in a binary file; lines without line ends, or a
text file. Header and body are in it, unless the header is given apart."""
Message: TypeAlias = Text | AsyncIterable[Line]
"""The same, or lines that are awaited: what the asynchronous client and pool take."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Hold a *message*, who it is from and whom it is for, and its *header* if that is apart.

    Without *sender* or *recipients* they are those of the message, which must then be one of
    `email.message`.
    """

    message: Message
    sender: Address | None = None
    recipients: Iterable[Addressee] | None = None
    header: str | bytes | None = None


def checked(given: Envelope, options: Options, reports: str, *, awaits: bool) -> Mail:
    """Check everything about a mail that can be known before connecting.

    *awaits*: lines may be asynchronous. Raises `InputError`, and `TypeError` for what is no message.
    """
    message: Any = given.message
    if isinstance(message, AnyEmail):
        return _from_email(given, cast("Any", message), options, reports)
    if given.sender is None or given.recipients is None:
        missing = "sender" if given.sender is None else "recipients"
        raise AddressError(f"no {missing} given, and only an email.message has its own")
    sender, recipients = addresses.sender(given.sender), addresses.recipients(given.recipients)
    source = _source(message, given.header, awaits)
    facts = source.facts()
    if facts is not None and facts.overlong:
        mind_long_lines(facts.overlong, options.long_lines)
    return Mail(sender, recipients, source, facts, reports)


def _source(message: object, header: str | bytes | None, awaits: bool) -> Source:
    """Return what gives the text of *message*."""
    if header is not None:
        if isinstance(message, AsyncIterable):
            return AsyncLines(header, _if(awaits, cast("AsyncIterable[Line]", message)))
        return Content(header, _without_ends(message))
    if isinstance(message, bytes | bytearray | memoryview):
        return WholeText(bytes(cast("bytes", message)))
    if isinstance(message, str):
        raise TypeError("message: expected bytes, an email.message or lines, given one str")
    if hasattr(message, "read") and not isinstance(message, io.TextIOBase):
        return FileText(cast("BinaryIO", message))
    if isinstance(message, AsyncIterable):
        return AsyncLines(b"", _if(awaits, cast("AsyncIterable[Line]", message)), whole=True)
    if isinstance(message, Iterable):
        return Content(b"", _without_ends(cast("object", message)), whole=True)
    raise TypeError(
        f"message: expected bytes, an email.message, a file or lines, given {type(message).__name__}"
    )


def _without_ends(message: object) -> object:
    """Return the lines of a text file without their ends, anything else as it is."""
    if isinstance(message, io.TextIOBase):
        return (line.removesuffix("\n") for line in message)
    return message


def _if(awaits: bool, lines: AsyncIterable[Line]) -> AsyncIterable[Line]:
    if not awaits:
        raise TypeError("message lines: asynchronous ones are for netsmtp.aio")
    return lines


# Messages of the standard library.


def _from_email(given: Envelope, message: AnyEmail, options: Options, reports: str) -> Mail:
    if given.header is not None:
        raise TypeError("header: an email.message has its own")
    block = _resent(message) or _own(message)
    sender = block.sender() if given.sender is None else given.sender
    recipients = block.recipients() if given.recipients is None else given.recipients
    mail_sender, mail_recipients = addresses.sender(sender), addresses.recipients(recipients)
    sent = _without_bcc(message)
    utf8 = not all(address.isascii() for address in _header_addresses(sent))
    content = WholeText(_flat(sent, utf8, "8bit"))
    facts = content.facts()
    mind_long_lines(facts.overlong, options.long_lines)
    original = Mail(mail_sender, mail_recipients, content, facts, reports, utf8)
    if facts.ascii:
        return original

    def seven_bit() -> Mail:
        return in_seven_bits(original, lambda: WholeText(_flat(sent, False, "7bit")))

    return Mail(mail_sender, mail_recipients, content, facts, reports, utf8, seven_bit)


def _flat(message: AnyEmail, utf8: bool, cte_type: str) -> bytes:
    """Return *message* as CR LF text. Raises `ContentError` if it cannot be written."""
    from email.errors import MessageError
    from email.generator import BytesGenerator

    policy: Any = message.policy
    chosen: dict[str, Any] = {"linesep": "\r\n", "cte_type": cte_type}
    if hasattr(policy, "utf8"):
        chosen["utf8"] = utf8
    file = io.BytesIO()
    try:
        BytesGenerator(file, mangle_from_=False, policy=policy.clone(**chosen)).flatten(message)
    except (ValueError, LookupError, TypeError, AttributeError, MessageError) as error:
        raise ContentError(f"the message cannot be written: {error}") from error
    return file.getvalue()


def _without_bcc(message: AnyEmail) -> AnyEmail:
    """Return *message* as its recipients may see it; it is not changed itself (RFC 5322 3.6.3)."""
    if "bcc" not in message and "resent-bcc" not in message:
        return message
    sent = copy.copy(message)
    del sent["bcc"]
    del sent["resent-bcc"]
    return sent


class _Block:
    """Hold the address fields of a message, or of its latest resending, by lower-case name."""

    def __init__(self, fields: dict[str, list[Any]]) -> None:
        self._fields = fields

    def sender(self) -> str:
        """Return who sends: the Sender, or the only author. Raises `AddressError`."""
        for name in ("sender", "from"):
            found = [each for value in self._fields.get(name, ()) for each in _parsed(name, value)]
            if len(found) > 1:
                raise AddressError(f"{name}: {len(found)} addresses, and one must be the sender")
            if found:
                return found[0]
        raise AddressError("no sender: neither given nor in the message")

    def recipients(self) -> list[str]:
        """Return every recipient once. Raises `AddressError`."""
        found = (
            each
            for name in ("to", "cc", "bcc")
            for value in self._fields.get(name, ())
            for each in _parsed(name, value)
        )
        return list(dict.fromkeys(found))


def _own(message: AnyEmail) -> _Block:
    return _Block(
        {name: message.get_all(name, []) for name in ("sender", "from", "to", "cc", "bcc")}
    )


def _resent(message: AnyEmail) -> _Block | None:
    """Return the fields of the latest resending, which stand first (RFC 5322 section 3.6.6)."""
    fields: dict[str, list[Any]] = {}
    for name, value in message.items():
        lower = name.lower()
        if lower.startswith("resent-"):
            if lower.removeprefix("resent-") in fields:
                break  # the one before begins
            fields[lower.removeprefix("resent-")] = [value]
        elif fields and lower not in ("received", "return-path"):
            break
    return _Block(fields) if fields else None


def _parsed(name: str, value: Any) -> Iterator[str]:
    """Yield the addresses of a field. Raises `AddressError` if it cannot be read."""
    from email.errors import InvalidHeaderDefect
    from email.utils import getaddresses

    if hasattr(value, "addresses"):
        if any(isinstance(defect, InvalidHeaderDefect) for defect in value.defects):
            raise AddressError(f"{name} {str(value)!r}: not a list of addresses")
        for each in value.addresses:
            yield each.addr_spec
        return
    for _, address in getaddresses([str(value)]):
        if not address:
            raise AddressError(f"{name} {str(value)!r}: not a list of addresses")
        yield address


def _header_addresses(message: AnyEmail) -> Iterator[str]:
    """Yield every address that the header shows, to see whether it needs SMTPUTF8 (RFC 6532)."""
    for value in message.values():
        for each in getattr(value, "addresses", ()):
            yield each.addr_spec
