"""Make a mail of what a command line says: envelope, header and lines, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email import policy, quoprimime
from email.headerregistry import Address as Mailbox
from email.utils import format_datetime, localtime, make_msgid
from typing import Any, TypeVar

from netsmtp.core import addresses
from netsmtp.core.addresses import Address
from netsmtp.errors import InputError

T = TypeVar("T")
LONGEST_LINE = 998
FOLDED = 78
"""How long a line of the header should be at most (RFC 5322 section 2.1.1)."""


class LetterError(Exception):
    """What was given cannot become a mail; *problems* says everything that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return self.problems[0]
        return "\n  ".join([f"{len(self.problems)} problems", *self.problems])


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold a mail as `smtp_send_message` takes it."""

    sender: str
    recipients: tuple[str, ...]
    header: bytes
    lines: list[str]

    @property
    def size(self) -> int:
        """Return about how many octets will be sent."""
        return len(self.header) + sum(map(len, self.lines)) + 2 * len(self.lines)


@dataclass(frozen=True, slots=True)
class Person:
    """Hold an address and the *name* that stands before it in a header, empty if there is none."""

    name: str
    address: Address

    def mailbox(self) -> Mailbox:
        """Return what the header shows; a domain in other letters becomes its A-label."""
        local, _, domain = self.address.wire().rpartition("@")
        return Mailbox(self.name, local or domain, domain if local else "")


def letter(
    *,
    sender: str,
    to: Sequence[str] = (),
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    subject: str | None = None,
    headers: Sequence[str] = (),
    body: bytes = b"",
) -> Letter:
    """Return the mail; *headers* are of the form ``Name: value`` and win over what would be made.

    Who is only in *bcc* gets the mail and is not in the header.  Date and Message-ID are added, and the MIME
    headers where *body*, which is UTF-8, needs them.

    Raises `LetterError` with everything that is wrong.
    """
    problems: list[str] = []

    def checked(check: Callable[[str], T], given: Iterable[str]) -> list[T]:
        found: list[T] = []
        for text in given:
            try:
                found.append(check(text))
            except LetterError as error:
                problems.extend(error.problems)
        return found

    from_ = checked(_sender, [sender])
    tos, ccs, bccs = (checked(_recipient, given) for given in (to, cc, bcc))
    if not (to or cc or bcc):
        problems.append("no recipient: give --to, --cc or --bcc")
    fields = checked(_field, headers)
    problems += _twice(fields, subject)
    subjects = checked(_subject, [] if subject is None else [subject])
    texts = checked(lambda _: _text(body), [""])
    if from_ and not from_[0].address.text and "from" not in _names(fields):
        problems.append("a mail without sender needs --header 'From: ...'")
    if problems:
        raise LetterError(problems)

    lines, mime = _encoded(texts[0], fields)
    made: dict[str, object] = {"From": _mailboxes(from_)}
    made |= {name: _mailboxes(them) for name, them in (("To", tos), ("Cc", ccs)) if them}
    if subjects:
        made["Subject"] = subjects[0]
    made["Date"] = format_datetime(localtime())
    made["Message-ID"] = make_msgid(domain=from_[0].mailbox().domain or "localhost")
    made |= mime
    everybody = [*from_, *tos, *ccs]
    rules = policy.SMTPUTF8 if any(p.address.needs_utf8 for p in everybody) else policy.SMTP
    return Letter(
        from_[0].address.text,
        tuple(dict.fromkeys(person.address.text for person in (*tos, *ccs, *bccs))),
        _header(made, fields, rules),
        lines,
    )


def _sender(text: str) -> Person:
    if text.strip() in ("", "<>"):
        return Person("", addresses.sender(""))
    return _person("--from", text)


def _recipient(text: str) -> Person:
    return _person("recipient", text)


def _person(role: str, text: str) -> Person:
    """Read ``address`` or ``Name <address>``; a list of addresses is refused, not guessed at."""
    _refuse_controls(role, text)
    found = _NAMED.fullmatch(text)
    name, address = (found["name"], found["address"]) if found else ("", text.strip())
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    elif re.search(r'[,;@"]', name):
        raise LetterError([f"{role} {text!r}: one address, or a name in quotes before it"])
    try:
        return Person(name, addresses.recipients([address])[0])
    except InputError as error:
        reason = (error.reason or "").removeprefix("recipient ")
        raise LetterError([f"{role} {reason}"]) from None


def _subject(text: str) -> str:
    _refuse_controls("--subject", text)
    return text


def _field(text: str) -> tuple[str, str]:
    """Split ``Name: value``, refusing whatever could add a header of its own."""
    name, colon, value = text.partition(":")
    if not colon or not _FIELD_NAME.fullmatch(name):
        raise LetterError([f"--header {text!r}: expected 'Name: value'"])
    _refuse_controls(f"--header {name}", value)
    if name.lower() in ("bcc", "resent-bcc"):
        raise LetterError([f"--header {name}: everybody would read it; use --bcc"])
    return name, value.strip()


def _refuse_controls(role: str, text: str) -> None:
    bad = _CONTROL.search(text)
    if bad is None:
        return
    if bad[0] in "\r\n":
        raise LetterError([f"{role}: a line break could add headers of its own"])
    raise LetterError([f"{role}: {bad[0]!a} is not text"])


def _names(fields: Iterable[tuple[str, str]]) -> list[str]:
    return [name.lower() for name, _ in fields]


def _twice(fields: Sequence[tuple[str, str]], subject: str | None) -> list[str]:
    """Say which headers stand twice and may not (RFC 5322 section 3.6)."""
    names = _names(fields)
    if subject is not None:
        names.append("subject")
    twice = sorted({name for name in names if name in _ONCE and names.count(name) > 1})
    return [f"the header {_ONCE[name]} is given twice" for name in twice]


def _text(body: bytes) -> str:
    """Return *body* with LF line ends. Raises `LetterError` for what no line of a mail may hold."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise LetterError([f"the body is not UTF-8: byte {error.start + 1}, line {line}"]) from None
    text = text.replace("\r\n", "\n")
    bad = re.search("[\r\0]", text)
    if bad:
        what = "a NUL" if bad[0] == "\0" else "a CR without LF"
        line = text.count("\n", 0, bad.start()) + 1
        raise LetterError([f"the body holds {what}, line {line}"])
    return text


def _encoded(text: str, fields: Sequence[tuple[str, str]]) -> tuple[list[str], dict[str, str]]:
    """Return the lines of *text* and the MIME headers that say how they are to be read.

    Text goes as it is, in UTF-8; only what has lines too long for a mail is quoted-printable.
    """
    names = _names(fields)
    lines = text.removesuffix("\n").split("\n") if text else []
    mime: dict[str, str] = {}
    if "content-transfer-encoding" not in names:
        if max((len(line.encode()) for line in lines), default=0) > LONGEST_LINE:
            mime["Content-Transfer-Encoding"] = "quoted-printable"
            quoted = quoprimime.body_encode(text.encode().decode("latin-1"))
            lines = quoted.removesuffix("\n").split("\n")
        elif not text.isascii():
            mime["Content-Transfer-Encoding"] = "8bit"
    if mime and "content-type" not in names:
        mime["Content-Type"] = "text/plain; charset=utf-8"
    if mime or any(name.startswith("content-") for name in names):
        mime["MIME-Version"] = "1.0"
    return lines, dict(reversed(mime.items()))


def _mailboxes(people: Iterable[Person]) -> list[Mailbox]:
    return [person.mailbox() for person in people]


def _header(
    made: dict[str, object], fields: Sequence[tuple[str, str]], rules: policy.EmailPolicy[Any]
) -> bytes:
    """Return the header: what was *made* unless *fields* say it themselves, then these."""
    given = set(_names(fields))
    chosen = [(name, value) for name, value in made.items() if name.lower() not in given]
    return b"".join([_folded(rules, name, value) for name, value in (*chosen, *fields)]) + b"\r\n"


def _folded(rules: policy.EmailPolicy[Any], name: str, value: object) -> bytes:
    """Return one header, folded if it is long, in encoded words where it is not ASCII."""
    if isinstance(value, str) and value.isascii():
        longest = FOLDED if " " in value else LONGEST_LINE
        if len(name) + len(value) + 2 <= longest:
            return f"{name}: {value}\r\n".encode()
    return rules.fold_binary(*rules.header_store_parse(name, value))


_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*")
_FIELD_NAME = re.compile(r"[!-9;-~]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ONCE = {
    name.lower(): name
    for name in (
        *("Date", "From", "Sender", "Reply-To", "To", "Cc", "Message-ID", "In-Reply-To"),
        *("References", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    )
}
