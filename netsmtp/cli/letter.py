"""Make a mail of what a command line says: envelope, header and lines, or everything that is wrong with it."""

from __future__ import annotations

import re
import secrets
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
    lines: Sequence[str | bytes]

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
    sender: str | Person,
    to: Sequence[str | Person] = (),
    cc: Sequence[str | Person] = (),
    bcc: Sequence[str | Person] = (),
    subject: str | None = None,
    headers: Sequence[str] = (),
    body: bytes | str = b"",
    html: str | None = None,
    message_id: str | None = None,
    option: str = "--",
) -> Letter:
    """Return the mail; *headers* are of the form ``Name: value`` and win over what would be made.

    Who is only in *bcc* gets the mail and is not in the header.  Date and Message-ID, or what stands in
    *message_id* before the ``@``, are added, and the MIME headers where *body*, which is UTF-8, needs them. With
    *html* the reader's program shows that, or *body* if it cannot. Problems name what was given as *option* and
    a name.

    Raises `LetterError` with everything that is wrong.
    """
    problems: list[str] = []

    def checked(check: Callable[[str, Any], T], role: str, given: Iterable[object]) -> list[T]:
        found: list[T] = []
        for each in given:
            try:
                found.append(check(role, each))
            except LetterError as error:
                problems.extend(error.problems)
        return found

    from_ = checked(_sender, f"{option}from", [sender])
    tos, ccs, bccs = (checked(_person, "recipient", given) for given in (to, cc, bcc))
    if not (to or cc or bcc):
        problems.append(f"no recipient: give {option}to, {option}cc or {option}bcc")
    fields = checked(_field, f"{option}header", headers)
    problems += _twice(fields, subject)
    subjects = checked(_line, f"{option}subject", [] if subject is None else [subject])
    texts = checked(_text, "body", [body, *([] if html is None else [html])])
    if from_ and not from_[0].address.text and "from" not in _names(fields):
        problems.append(f"a mail without sender needs {option}header 'From: ...'")
    if html is not None and any(name.startswith("content-") for name in _names(fields)):
        problems.append(f"{option}header Content-...: a mail with html has its own")
    if problems:
        raise LetterError(problems)

    lines, mime = _encoded(texts[0], fields) if html is None else _alternatives(*texts)
    made: dict[str, object] = {"From": _mailboxes(from_)}
    made |= {name: _mailboxes(them) for name, them in (("To", tos), ("Cc", ccs)) if them}
    if subjects:
        made["Subject"] = subjects[0]
    made["Date"] = format_datetime(localtime())
    domain = from_[0].mailbox().domain or "localhost"
    made["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid(domain=domain)
    made |= mime
    everybody = [*from_, *tos, *ccs]
    rules = policy.SMTPUTF8 if any(p.address.needs_utf8 for p in everybody) else policy.SMTP
    return Letter(
        from_[0].address.text,
        tuple(dict.fromkeys(person.address.text for person in (*tos, *ccs, *bccs))),
        _header(made, fields, rules),
        lines,
    )


def _sender(role: str, given: str | Person) -> Person:
    if isinstance(given, str) and given.strip() in ("", "<>"):
        return Person("", addresses.sender(""))
    return _person(role, given)


def _person(role: str, text: str | Person) -> Person:
    """Read ``address`` or ``Name <address>``; a list of addresses is refused, not guessed at."""
    if isinstance(text, Person):
        return text
    _refuse_controls(role, text)
    name, quoted, address = split_mailbox(text)
    if not quoted and re.search(r'[,;@"]', name):
        raise LetterError([f"{role} {text!r}: one address, or a name in quotes before it"])
    return person(role, name, address)


def split_mailbox(text: str) -> tuple[str, bool, str]:
    """Return the name of ``address`` or ``Name <address>``, whether it stood in quotes, and the address."""
    found = _NAMED.fullmatch(text)
    name, address = (found["name"].strip(), found["address"]) if found else ("", text.strip())
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if quoted else name, quoted, address


def person(role: str, name: str, address: str) -> Person:
    """Return who has *address*; *name* may hold whatever one line may. Raises `LetterError` for a *role*."""
    _refuse_controls(role, name)
    try:
        return Person(name, addresses.recipients([address])[0])
    except InputError as error:
        reason = (error.reason or "").removeprefix("recipient ")
        raise LetterError([f"{role} {reason}"]) from None


def _line(role: str, text: str) -> str:
    _refuse_controls(role, text)
    return text


def _field(role: str, text: str) -> tuple[str, str]:
    """Split ``Name: value``, refusing whatever could add a header of its own."""
    name, colon, value = text.partition(":")
    if not colon or not _FIELD_NAME.fullmatch(name):
        raise LetterError([f"{role} {text!r}: expected 'Name: value'"])
    _refuse_controls(f"{role} {name}", value)
    if name.lower() in ("bcc", "resent-bcc"):
        bcc = role.replace("header", "bcc")
        raise LetterError([f"{role} {name}: everybody would read it; use {bcc}"])
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


def _text(role: str, body: bytes | str) -> str:
    """Return *body* with LF line ends. Raises `LetterError` for what no line of a mail may hold."""
    try:
        text = body if isinstance(body, str) else body.decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LetterError(
            [f"the {role} is not UTF-8: byte {error.start + 1}, line {line}"]
        ) from None
    text = text.replace("\r\n", "\n")
    bad = _NOT_IN_TEXT.search(text)
    if bad:
        what = {"\0": "a NUL", "\r": "a CR without LF"}.get(bad[0], "a lone surrogate")
        line = text.count("\n", 0, bad.start()) + 1
        raise LetterError([f"the {role} holds {what}, line {line}"])
    return text


def _encoded(text: str, fields: Sequence[tuple[str, str]]) -> tuple[list[str], dict[str, str]]:
    """Return the lines of *text* and the MIME headers that say how they are to be read.

    Text goes as it is, in UTF-8; only what has lines too long for a mail is quoted-printable.
    """
    names = _names(fields)
    lines = text.removesuffix("\n").split("\n") if text else []
    mime: dict[str, str] = {}
    if "content-transfer-encoding" not in names:
        longest = max(map(len, lines), default=0)
        if longest * 4 > LONGEST_LINE and max(len(line.encode()) for line in lines) > LONGEST_LINE:
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


def _alternatives(text: str, html: str) -> tuple[list[str], dict[str, str]]:
    """Return the lines of a mail that is *text* or, where that can be shown, *html* (RFC 2046 section 5.1.4)."""
    boundary = f"=_{secrets.token_hex(12)}"  # what nobody can guess stands in no text
    lines: list[str] = []
    eight = False
    for kind, part in (("plain", text), ("html", html)):
        content = ("Content-Type", f"text/{kind}; charset=utf-8")
        encoded, mime = _encoded(part, [content])
        encoding = mime.get("Content-Transfer-Encoding", "7bit")
        eight = eight or encoding == "8bit"
        lines += [f"--{boundary}", ": ".join(content), f"Content-Transfer-Encoding: {encoding}", ""]
        lines += [*encoded, ""]  # the last line end is the boundary's
    made = {
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        **({"Content-Transfer-Encoding": "8bit"} if eight else {}),
    }
    return [*lines, f"--{boundary}--"], made


def _mailboxes(people: Iterable[Person]) -> object:
    """Return what a header that shows *people* says: plain text where that is quite simple."""
    shown = list(people)
    plain = [f"{p.name} <{p.address.text}>" if p.name else p.address.text for p in shown]
    text = ", ".join(plain)
    if len(text) < SHORT and all(map(_PLAIN.fullmatch, plain)):
        return text
    return [person.mailbox() for person in shown]


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


#: A header of at most so many characters needs no folding, whatever its name.
SHORT = 60
_PLAIN = re.compile(r"(?:[\w !#$%&'*+/^`{|}~-]+ <)?[\w.+-]+@[\w.-]+>?", re.ASCII)
_NOT_IN_TEXT = re.compile("[\r\0\ud800-\udfff]")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
_FIELD_NAME = re.compile(r"[!-9;-~]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ONCE = {
    name.lower(): name
    for name in (
        *("Date", "From", "Sender", "Reply-To", "To", "Cc", "Message-ID", "In-Reply-To"),
        *("References", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    )
}
