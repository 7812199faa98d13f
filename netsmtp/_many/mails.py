"""Make the mail of a row: of what a JSON row says, of a finished mail in a file, or of a template and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import format_datetime, localtime
from pathlib import Path
from typing import Any, cast

from netsmtp._many.rows import Row, digest
from netsmtp._many.template import Template
from netsmtp.cli.letter import Letter, LetterError, letter
from netsmtp.errors import InputError
from netsmtp.message import Envelope, checked
from netsmtp.options import Options
from signatures._errors import nearest

FIELDS = ("to", "cc", "bcc", "from", "subject", "text", "html", "headers", "eml")
"""What a JSON row may say."""
APART = ("subject", "text", "html", "headers")
"""What a mail in a file says itself."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Make mails: by *template*, if there is one; *sender*, *subject* and *headers* are for rows without.

    Files are looked for beside the rows, in *folder*.
    """

    folder: Path
    options: Options
    template: Template | None = None
    sender: str | None = None
    subject: str | None = None
    headers: Sequence[str] = ()

    def letter(self, row: Row, message_id: str | None = None) -> Letter:
        """Return the mail of *row*. Raises `LetterError` with everything that is wrong."""
        if row.problem is not None:
            raise LetterError([row.problem])
        if self.template is not None:
            return self.template.letter(
                row.values,
                sender=self.sender,
                subject=self.subject,
                headers=self.headers,
                message_id=message_id,
            )
        problems = [*_problems(row.values)]
        if problems:
            raise LetterError(problems)
        if "eml" in row.values:
            return self._kept(row.values, message_id)
        return self._made(row.values, message_id)

    def check(self, row: Row) -> None:
        """Do what sending *row* would do before it connects. Raises `LetterError`."""
        made = self.letter(row)
        try:
            checked(envelope(made), self.options, "", awaits=False)
        except InputError as error:
            raise LetterError([error.reason or error.headline]) from None

    def digest(self, row: Row) -> bytes:
        """Return the digest of *row*, with that of the file it names, if there is one."""
        name = row.values.get("eml") if self.template is None else None
        if not isinstance(name, str):
            return row.digest
        try:
            return digest(row.digest, (self.folder / name).read_bytes())
        except (OSError, ValueError):  # which is told when a mail is made of it
            return row.digest

    def _made(self, values: Mapping[str, Any], message_id: str | None) -> Letter:
        sender = values.get("from", self.sender)
        if sender is None:
            raise LetterError(["no sender: neither 'from' nor --from"])
        headers = [*_headers(values.get("headers", {})), *self.headers]
        text, html = values.get("text"), values.get("html")
        if text is None:  # then the mail has no other part
            text, html = html, None
            headers.append("Content-Type: text/html; charset=utf-8")
        return letter(
            sender=sender,
            to=_several(values.get("to", ())),
            cc=_several(values.get("cc", ())),
            bcc=_several(values.get("bcc", ())),
            subject=values.get("subject", self.subject),
            headers=headers,
            body=text or "",
            html=html,
            message_id=message_id,
            option="",
        )

    def _kept(self, values: Mapping[str, Any], message_id: str | None) -> Letter:
        """Return the mail that a file holds, as it stands, but for its Bcc and the ends of its lines."""
        name = values["eml"]
        try:
            text = _LINE_END.sub(b"\r\n", (self.folder / name).read_bytes())
        except OSError as error:
            raise LetterError([f"eml {name!r}: {error.strerror}"]) from None
        except ValueError:  # a NUL, or half a character
            raise LetterError([f"eml {name!r}: no file can have this name"]) from None
        header, empty, body = text.partition(b"\r\n\r\n")
        if not empty:
            raise LetterError([f"eml {name!r}: no empty line behind the header"])
        for number, line in enumerate(header.split(b"\r\n"), 1):
            if not _FIELD.match(line):  # of another line nobody knows what a reader takes it for
                shown = line[:40].decode("latin-1")
                problem = f"line {number} is no field of a header: {shown!a}"
                raise LetterError([f"eml {name!r}: {problem}"])
        header += b"\r\n"
        people = {role: _several(values[role]) for role in ("to", "cc", "bcc") if role in values}
        named = Envelope(
            message_from_bytes(header + b"\r\n", policy=policy.SMTP),
            values.get("from", self.sender),
            [each for them in people.values() for each in them] or None,
        )
        try:
            found = checked(named, Options(long_lines="send"), "", awaits=False)
        except InputError as error:
            raise LetterError([f"eml {name!r}: {error.reason}"]) from None
        header = _BCC.sub(b"", header)
        names = set(re.findall(rb"(?m)^([!-9;-~]+):", header.lower()))
        made = b""
        if b"date" not in names:
            made += f"Date: {format_datetime(localtime())}\r\n".encode()
        if b"message-id" not in names and message_id:
            domain = found.sender.wire().rpartition("@")[2] or "localhost"
            made += f"Message-ID: <{message_id}@{domain}>\r\n".encode()
        lines = body.removesuffix(b"\r\n").split(b"\r\n") if body else []
        to = tuple(each.text for each in found.recipients)
        return Letter(found.sender.text, to, made + header + b"\r\n", lines)


def envelope(mail: Letter) -> Envelope:
    """Return *mail* as a client takes it."""
    return Envelope(mail.lines, mail.sender, mail.recipients, mail.header)


def _problems(values: Mapping[str, Any]) -> Iterator[str]:
    """Say everything about a JSON row that is not of the kind it has to be."""
    for name, value in values.items():
        if name not in FIELDS:
            near = nearest(name, FIELDS)
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(FIELDS)}"
            yield f"nothing is called {name!r}; {hint}"
        elif name in ("to", "cc", "bcc"):
            if not (isinstance(value, str) or _all_texts(value)):
                yield f"{name}: expected an address, or several in a list"
        elif name == "headers":
            if not isinstance(value, dict) or not all(
                isinstance(each, str) or _all_texts(each)
                for each in cast("dict[str, object]", value).values()
            ):
                yield "headers: expected texts by name"
        elif not isinstance(value, str):
            yield f"{name}: expected a text"
    if "eml" in values:
        for name in APART:
            if name in values:
                yield f"{name}: the mail in the file of 'eml' has its own"
    elif "text" not in values and "html" not in values:
        yield "no mail: give 'text', 'html' or 'eml'"


def _all_texts(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) for each in cast("list[object]", value)
    )


def _several(value: Any) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value


def _headers(values: Mapping[str, str | list[str]]) -> Iterator[str]:
    for name, value in values.items():
        for each in _several(value):
            yield f"{name}: {each}"


_LINE_END = re.compile(rb"\r?\n")
_FIELD = re.compile(rb"[!-9;-~]+:|[ \t]")
_BCC = re.compile(rb"(?im)^(?:resent-)?bcc:.*\n(?:[ \t].*\n)*")
