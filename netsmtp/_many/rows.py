"""Read the rows of a file one after the other: JSON lines, or CSV whose first line names the columns.

A row is known by the line it begins in, and by a digest of what it says, which tells whether the file is still
the one that was read before.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

LONGEST = 64 << 20
"""How many octets of JSON one line may have, so that a file of another kind is not read as a whole."""
BOM = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """Hold what stands at *line*: values by name; a *problem* where it cannot be read."""

    line: int
    digest: bytes
    values: Mapping[str, Any]
    problem: str | None = None


def is_csv(path: Path) -> bool:
    """Tell whether the file at *path* is CSV, by its name."""
    return path.suffix.lower() == ".csv"


def read(path: Path) -> Iterator[Row]:
    """Yield every row of the file at *path*. Raises `OSError`."""
    if is_csv(path):
        with _opened(path) as text:
            yield from _csv_rows(text)
    else:
        with path.open("rb") as file:
            yield from _json_rows(file)


def columns(path: Path) -> list[str]:
    """Return the names of the columns of a CSV file. Raises `OSError`, or `ValueError` if it has none."""
    with _opened(path) as text:
        try:
            names = next(csv.reader(text, strict=True), list[str]())
        except csv.Error as error:
            raise ValueError(f"the first line names no columns: {error}") from None
    if not all(map(_is_utf8, names)):
        raise ValueError("the first line names no columns: it is not UTF-8")
    if not names:
        raise ValueError("the first line names no columns: it is empty")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"a column stands twice: {', '.join(twice)}")
    return names


def digest(*parts: bytes) -> bytes:
    """Return what tells these *parts* from any others."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.digest()


def _json_rows(file: BinaryIO) -> Iterator[Row]:
    number = 0
    while raw := file.readline(LONGEST):
        number += 1
        if number == 1:
            raw = raw.removeprefix(BOM)
        raw = raw.strip()
        if len(raw) >= LONGEST - 1:
            yield Row(number, digest(raw), {}, f"a line of more than {LONGEST} octets")
            return
        if raw:
            yield _json_row(number, raw)


def _json_row(number: int, raw: bytes) -> Row:
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        problem = f"not UTF-8: byte {error.start + 1}"
    except RecursionError:
        problem = "not JSON: too deep"
    except ValueError as error:  # of JSON, or of `_object`
        problem = f"not JSON: {error}"
    else:
        if isinstance(found, dict):
            return Row(number, digest(raw), found)
        problem = f"expected a JSON object, found {type(found).__name__}"
    return Row(number, digest(raw), {}, problem)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice")
    return found


def _csv_rows(text: TextIO) -> Iterator[Row]:
    """Yield the rows behind the first; the reading ends where it is no longer CSV."""
    reader = csv.reader(text, strict=True)
    names, line = next(reader), reader.line_num
    while True:
        begins, line = line + 1, line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(begins, b"", {}, f"not CSV from here on: {error}")
            return
        line = reader.line_num
        if cells:
            yield _csv_row(begins, names, cells)


def _csv_row(line: int, names: list[str], cells: list[str]) -> Row:
    said = digest(*(cell.encode("utf-8", "surrogateescape") for cell in cells))
    if not all(map(_is_utf8, cells)):
        return Row(line, said, {}, "not UTF-8")
    if len(cells) != len(names):
        return Row(line, said, {}, f"{len(cells)} cells for {len(names)} columns")
    return Row(line, said, dict(zip(names, cells, strict=True)))


def _opened(path: Path) -> TextIO:
    # What is no UTF-8 is told of its row: a decoder that stopped would stop before rows that are.
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _is_utf8(text: str) -> bool:
    return text.isascii() or not _NO_UTF8.search(text)


_NO_UTF8 = re.compile("[\ud800-\udfff]")
