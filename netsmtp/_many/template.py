"""Write one letter for many readers: a text with placeholders, ``{column}``, whose first lines are headers.

What a column says is put where the placeholder stands and is nothing but text there. It cannot end a header or
begin another, it cannot add a recipient, since a mailbox of the template becomes one mailbox, and in a letter that
is HTML it cannot become a tag. ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netsmtp.cli.letter import Letter, LetterError, Person, letter, person, split_mailbox
from signatures._errors import nearest

RECIPIENTS = ("to", "cc", "bcc")


class TemplateError(Exception):
    """A template that is none, or not one for these columns; *problems* says everything that is wrong."""

    def __init__(self, name: str, problems: Iterable[str]) -> None:
        super().__init__(name, tuple(problems))
        self.name, self.problems = name, tuple(problems)

    def __str__(self) -> str:
        return "\n  ".join(["the template cannot be used", f"file: {self.name}", *self.problems])


class Text:
    """Hold a text with placeholders; *line* is where it begins in the template."""

    def __init__(self, text: str, line: int) -> None:
        """Read *text*. Raises `ValueError` for a brace that is no part of a placeholder."""
        self.columns: list[tuple[str, int]] = []
        self._parts: list[str] = []  # a text, a column, a text, a column, ..., a text
        said: list[str] = []
        at = 0
        for found in _BRACES.finditer(text):
            said.append(text[at : found.start()])
            at = found.end()
            if found["name"] is not None:
                where = line + text.count("\n", 0, found.start())
                self.columns.append((found["name"], where))
                self._parts += ["".join(said), found["name"]]
                said = []
            elif found[0] in ("{{", "}}"):
                said.append(found[0][0])
            else:
                where = line + text.count("\n", 0, found.start())
                raise ValueError(f"line {where}: a lone {found[0]!r}; a brace is written twice")
        self._parts.append("".join([*said, text[at:]]))

    def filled(self, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
        """Return the text with what *values* say of each column."""
        parts = self._parts[:]
        parts[1::2] = [escape(values[name]) for name in parts[1::2]]
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Mailbox:
    name: Text
    address: Text


@dataclass(slots=True)
class Template:
    """Make a letter of what the columns of a row say."""

    name: str
    people: dict[str, list[_Mailbox]] = field(default_factory=dict[str, list[_Mailbox]])
    subject: Text | None = None
    headers: list[tuple[str, Text]] = field(default_factory=list[tuple[str, Text]])
    body: Text = field(default_factory=lambda: Text("", 1))
    escape: Callable[[str], str] = str

    def letter(
        self,
        values: Mapping[str, str],
        *,
        sender: str | None = None,
        subject: str | None = None,
        headers: Iterable[str] = (),
        message_id: str | None = None,
    ) -> Letter:
        """Return the letter; what the template leaves out is *sender* and *subject*. Raises `LetterError`."""
        problems: list[str] = []
        people: dict[str, list[Person]] = {}
        for role, mailboxes in self.people.items():
            people[role] = []
            for each in mailboxes:
                name, address = each.name.filled(values), each.address.filled(values).strip()
                try:
                    people[role].append(person(role, name, address))
                except LetterError as error:
                    problems += error.problems
        if problems:
            raise LetterError(problems)
        senders = people.get("from", [])
        return letter(
            sender=senders[0] if senders else sender or "",
            to=people.get("to", ()),
            cc=people.get("cc", ()),
            bcc=people.get("bcc", ()),
            subject=subject if self.subject is None else self.subject.filled(values),
            headers=[*(f"{name}: {text.filled(values)}" for name, text in self.headers), *headers],
            body=self.body.filled(values, self.escape),
            message_id=message_id,
            option="",
        )


def template(text: str, name: str, columns: Iterable[str], *, sender: bool) -> Template:
    """Read the template *text* for rows with these *columns*; *sender*: who sends is said elsewhere.

    Raises `TemplateError`.
    """
    known, problems = list(columns), list[str]()
    made = Template(name)
    texts: list[Text] = []

    def text_of(content: str, line: int) -> Text:
        try:
            found = Text(content, line)
        except ValueError as error:
            problems.append(str(error))
            return Text("", line)
        texts.append(found)
        return found

    head, line = _header(text.replace("\r\n", "\n"), problems)
    for number, key, value in head:
        match key.lower():
            case "from" | "to" | "cc" | "bcc" as role:
                boxes = made.people.setdefault(role, [])
                boxes += [_mailbox(each, number, text_of) for each in _split(value)]
            case "subject" if made.subject is None:
                made.subject = text_of(value, number)
            case _:
                made.headers.append((key, text_of(value, number)))
                if key.lower() == "content-type" and "html" in value.lower():
                    made.escape = html.escape
    body = text.replace("\r\n", "\n").split("\n", line)
    made.body = text_of(body[line] if len(body) > line else "", line + 1)

    problems += [problem for each in texts for problem in _unknown(each, known)]
    if len(made.people.get("from", [])) > 1:
        problems.append("From: one mailbox sends")
    if not sender and not made.people.get("from"):
        problems.append("no From, and no --from")
    if not any(made.people.get(role) for role in RECIPIENTS):
        problems.append("no To, Cc or Bcc")
    if problems:
        raise TemplateError(name, problems)
    return made


def _header(text: str, problems: list[str]) -> tuple[list[tuple[int, str, str]], int]:
    """Return the headers, each with its line, name and value, and how many lines they take with the empty one."""
    found: list[tuple[int, str, str]] = []
    number = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            break
        if line[0] in " \t" and found:
            first, name, value = found[-1]
            found[-1] = (first, name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch("[!-9;-z|~]+", name):
            problems.append(
                f"line {number}: expected 'Name: value', or an empty line before the text"
            )
            break
        found.append((number, name, value.strip()))
    return found, number


def _split(value: str) -> list[str]:
    """Return the mailboxes of *value*, which stand between commas."""
    return [each for each in _MAILBOX.findall(value) if each.strip()]


def _mailbox(value: str, line: int, text_of: Callable[[str, int], Text]) -> _Mailbox:
    name, _, address = split_mailbox(value)
    return _Mailbox(text_of(name, line), text_of(address, line))


def _unknown(text: Text, columns: list[str]) -> Iterator[str]:
    for name, line in text.columns:
        if name not in columns:
            near = nearest(name, columns)
            hint = f"did you mean {{{near}}}?" if near else f"there are: {', '.join(columns)}"
            yield f"line {line}: no column for {{{name}}}; {hint}"


_BRACES = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}\n]+)\}|[{}]")
_MAILBOX = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\{[^{}]*\}|[^,])+')
