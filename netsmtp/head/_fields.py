"""Find, take out, put in and replace the fields of a header, and check the whole of it.

Where a field begins and ends is Racket's rule, which is not RFC 5322's: it ends where the next
line begins that has a colon and, before it, neither blank nor quote. Other lines belong to the
field before them, be they continuations or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, AnyStr, Final, Generic, cast

from ..errors import HeaderError, HeaderTypeError
from . import _strict
from ._shown import displayed, kind, shown

#: The header without fields: one CR LF, the empty line.
empty_header: Final = "\r\n"


def validate_header(header: AnyStr, *, strict: bool = False) -> None:
    """Check that *header* is made of fields and ends with the empty line.

    What stands in a value is not looked at, a lone CR or LF included; with *strict* it is, and
    names are held to RFC 5322 section 3.6.8. Raises `HeaderError`, which shows where it goes
    wrong, `HeaderTypeError` for what is neither str nor bytes. Source: `validate-header`.
    """
    grammar = _grammar("validate_header", header)
    if strict:
        _strict.refuse_header(header)
    if isinstance(header, str) and (found := _NOT_LATIN_1.search(header)):
        raise HeaderError(f"a character outside Latin-1: {found[0]!a}")
    at = 0
    while not (at + 2 == len(header) and header.endswith(grammar.crlf)):
        if at < len(header) and not grammar.line.match(header, at):
            raise HeaderError(f"neither a field nor the rest of one: {shown(header[at:])}")
        at = header.find(grammar.crlf, at) + 2
        if at < 2:
            raise HeaderError(f"the empty line at the end is missing: {shown(header[-40:])}")


def extract_field(field: AnyStr, header: AnyStr) -> AnyStr | None:
    """Return the value of the first *field* in *header*, or None if there is none.

    The last field's value goes to the end of *header*, without a final empty line. Raises
    `HeaderTypeError` unless both are str or both bytes. Source: `extract-field` of Racket 9, which
    leaves out tabs behind the colon as well as spaces.
    """
    grammar = _grammar("extract_field", header)
    _same_kind("extract_field", header, field=field)
    found = _field_start(field).search(header)
    return grammar.value(header, found.end()) if found else None


def extract_all_fields(header: AnyStr) -> list[tuple[AnyStr, AnyStr]]:
    """Return the name and the value of every field in *header*, in their order.

    What stands before the first field is left out. Raises `HeaderTypeError` for what is neither
    str nor bytes. Source: `extract-all-fields`, which drops spaces behind the colon, not tabs.
    """
    grammar = _grammar("extract_all_fields", header)
    fields: list[tuple[AnyStr, AnyStr]] = []
    at = 0
    while found := grammar.any_field.search(header, at):
        fields.append((found[1], grammar.value(header, found.end())))
        at = grammar.field_end(header, found.end())
        if at < 0:
            break
    return fields


def insert_field(field: AnyStr, value: AnyStr, header: AnyStr, *, strict: bool = False) -> AnyStr:
    """Return *header* with *field* of *value* put before all others.

    In a str header Racket prints name and value whatever they are: bytes as UTF-8, None as `#f`.
    Raises `HeaderTypeError` for other mixtures; with *strict* also `HeaderError` for a name or a
    value that would not be one field, and for a *header* that is none. Source: `insert-field`.
    """
    grammar = _grammar("insert_field", header)
    if strict:
        _same_kind("insert_field", header, field=field, value=value)
        _strict.refuse_name(field)
        _strict.refuse_value("value", value)
        _strict.refuse_header(header)
    if isinstance(header, str):
        return f"{displayed(field)}: {displayed(value)}\r\n{header}"
    _same_kind("insert_field", header, field=field, value=value)
    return field + grammar.colon_space + value + grammar.crlf + header


def replace_field(
    field: AnyStr, value: AnyStr | None, header: AnyStr, *, strict: bool = False
) -> AnyStr:
    """Return *header* with the first *field* replaced by one of *value*, or removed if it is None.

    It stays in its place; a *field* that was not there is put before all others. When the last one
    is replaced, so is all that follows it: an empty line remains. Raises as `insert_field` does.
    Source: `replace-field`.
    """
    grammar = _grammar("replace_field", header)
    if isinstance(header, str) and isinstance(field, bytes) and not strict:
        name = cast("AnyStr", displayed(field))
    else:
        _same_kind("replace_field", header, field=field)
        name = field
    if strict:
        _strict.refuse_name(field)
        _strict.refuse_header(header)
    found = _field_start(name).search(header)
    if not found:
        return header if value is None else insert_field(name, value, header, strict=strict)
    end = grammar.field_end(header, found.end())
    rest = grammar.crlf if end < 0 else header[end + 2 :]
    if value is not None:
        rest = insert_field(name, value, rest, strict=strict)
    return header[: found.start(1)] + rest


def remove_field(field: AnyStr, header: AnyStr) -> AnyStr:
    """Return *header* without the first *field*.

    When it was the last, all that follows goes with it and an empty line remains. Raises
    `HeaderTypeError` unless both are str or both bytes. Source: `remove-field`.
    """
    return replace_field(field, None, header)


def append_headers(header: AnyStr, other: AnyStr, *, strict: bool = False) -> AnyStr:
    """Return the fields of *header* followed by *other*.

    The empty line at the end of *header* is cut off unseen: its last two characters, whatever they
    are. Raises `HeaderError` if it has fewer, with *strict* if either is not a header, and
    `HeaderTypeError` unless both are str or both bytes. Source: `append-headers`.
    """
    _grammar("append_headers", header)
    _same_kind("append_headers", header, other=other)
    if len(header) < 2:
        raise HeaderError(f"append_headers: the first is no header: {shown(header)}")
    if strict:
        _strict.refuse_header(header)
        _strict.refuse_header(other)
    return header[:-2] + other


@dataclass(frozen=True, slots=True)
class _Grammar(Generic[AnyStr]):
    """Hold what a header of one kind is read by."""

    crlf: AnyStr
    colon_space: AnyStr
    line: re.Pattern[AnyStr]
    any_field: re.Pattern[AnyStr]
    next_field: re.Pattern[AnyStr]

    def value(self, header: AnyStr, start: int) -> AnyStr:
        """Return the value that begins at *start* of *header*."""
        end = self.field_end(header, start)
        if end < 0:
            end = len(header)
            last = header[max(start, end - 4) :]
            end -= 4 * (last == self.crlf + self.crlf)
        return header[start:end]

    def field_end(self, header: AnyStr, start: int) -> int:
        """Return where the value from *start* ends, or -1 if it is the last field's."""
        found = self.next_field.search(header, start)
        return found.start() if found else -1


def _compiled(*patterns: str) -> tuple[list[re.Pattern[str]], list[re.Pattern[bytes]]]:
    """Compile *patterns* for str and for bytes."""
    return (
        [re.compile(pattern) for pattern in patterns],
        [re.compile(pattern.encode()) for pattern in patterns],
    )


# Racket's `\1-\32` is octal: controls below 1B, but not NUL. Its `^` and `$` are the ends of the
# text, its blanks are exactly these, and each class takes line ends unless it names them.
_FOR_STR, _FOR_BYTES = _compiled(
    r'[^ \t\n\r\v:\x01-\x1a"]*:|[ \t\v]',
    r'(?:\A|\r\n)([^\r\n:"]*): *',
    r'\r\n[^: \r\n"]*:',
)
_GRAMMARS: dict[type, _Grammar[Any]] = {
    str: _Grammar("\r\n", ": ", *_FOR_STR),
    bytes: _Grammar(b"\r\n", b": ", *_FOR_BYTES),
}
_NOT_LATIN_1 = re.compile("[^\0-\xff]")


def _grammar(function: str, header: AnyStr) -> _Grammar[AnyStr]:
    """Return what *header* is read by; raise `HeaderTypeError` if it is no header at all."""
    for kind_of_header, grammar in _GRAMMARS.items():
        if isinstance(header, kind_of_header):
            return grammar
    raise HeaderTypeError(f"{function}: expected a str or bytes header, given {kind(header)}")


def _same_kind(function: str, header: str | bytes, **given: object) -> None:
    """Raise `HeaderTypeError` for what was *given* and is not of the kind of *header*."""
    wanted = str if isinstance(header, str) else bytes
    for name, value in given.items():
        if not isinstance(value, wanted):
            raise HeaderTypeError(
                f"{function}: expected a {wanted.__name__} {name} for a {wanted.__name__} header,"
                f" given {kind(value)}"
            )


@lru_cache(maxsize=256, typed=True)
def _field_start(field: Any) -> re.Pattern[Any]:
    """Return what finds the beginning of *field*; its group 1 is from the name to the value.

    Racket matches a letter by itself and by what it becomes in upper, lower and folded case, and
    does not ask what else becomes that: the Kelvin sign finds `k`, and `k` does not find it. Bytes
    know no letters beyond ASCII.
    """
    if isinstance(field, bytes):
        return re.compile(rb"(?:\A|\r\n)((?i:" + re.escape(field) + rb"):[ \t]*)")
    letters = ["[" + "".join(map(re.escape, sorted(_cases(letter)))) + "]" for letter in field]
    return re.compile(r"(?:\A|\r\n)(" + "".join(letters) + r":[ \t]*)")


def _cases(letter: str) -> set[str]:
    """Return *letter* and what it becomes by Unicode's simple case mappings.

    Python knows the full ones only. Where full upper case has several letters, the simple one is
    the title case if that is a single letter, else there is none; folding has none then either; and
    the one lower case of two letters begins with the simple one.
    """
    upper = next((one for one in (letter.upper(), letter.title()) if len(one) == 1), letter)
    folded = letter.casefold()
    return {letter, upper, letter.lower()[0], folded if len(folded) == 1 else letter}
