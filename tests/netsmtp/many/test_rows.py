"""Rows are read one after the other, each known by its line and its digest, and a bad one does not hide the next."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp._many import rows


def written(folder: Path, text: str | bytes, name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def told(path: Path) -> list[tuple[int, object]]:
    """Return the line of each row with what it says, or with what is wrong."""
    return [(row.line, row.problem or dict(row.values)) for row in rows.read(path)]


def test_json_lines(tmp_path: Path) -> None:
    """Each line that is not empty is a row; a byte order mark and the end of the last line do not matter."""
    path = written(tmp_path, '\ufeff{"a": "1"}\n\n  {"a": "é"}\r\n{"a": "3"}')
    assert told(path) == [(1, {"a": "1"}), (3, {"a": "é"}), (4, {"a": "3"})]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "not JSON: Expecting property name"),
        (b"[1]", "expected a JSON object, found list"),
        (b'"x"', "expected a JSON object, found str"),
        (b'{"to": "a", "to": "b"}', "not JSON: 'to' stands twice"),
        (b'{"a": "\xff"}', "not UTF-8: byte 8"),
        (b"[" * 100_000, "not JSON: too deep"),
    ],
)
def test_a_line_that_is_no_row(tmp_path: Path, line: bytes, problem: str) -> None:
    """It is told with its line, and the rows behind it are read."""
    (_, first), (number, last) = told(written(tmp_path, line + b'\n{"a": "1"}\n'))
    assert str(first).startswith(problem)
    assert (number, last) == (2, {"a": "1"})


def test_a_line_without_end_is_not_read_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of another kind does not come into memory as a whole."""
    monkeypatch.setattr(rows, "LONGEST", 100)
    found = told(written(tmp_path, b"x" * 1000))
    assert found == [(1, "a line of more than 100 octets")]


def test_csv(tmp_path: Path) -> None:
    """A row begins where its first cell does, whatever lines its cells hold."""
    text = '\ufeffname,note\r\nAnn,"two\nlines"\r\n\r\nBen,x\r\n'
    path = written(tmp_path, text, "rows.csv")
    assert rows.columns(path) == ["name", "note"]
    assert told(path) == [
        (2, {"name": "Ann", "note": "two\nlines"}),
        (5, {"name": "Ben", "note": "x"}),
    ]


def test_a_csv_row_with_too_few_cells(tmp_path: Path) -> None:
    """It is told, and the next is read."""
    path = written(tmp_path, "a,b\n1\n2,3\n", "rows.csv")
    assert told(path) == [(2, "1 cells for 2 columns"), (3, {"a": "2", "b": "3"})]


def test_a_csv_row_that_is_not_utf8(tmp_path: Path) -> None:
    """It is told, and its neighbours are read."""
    path = written(tmp_path, b"a\n1\n\xff\n3\n", "rows.csv")
    assert told(path) == [(2, {"a": "1"}), (3, "not UTF-8"), (4, {"a": "3"})]


@pytest.mark.parametrize("text", [b'a\n"open\n', b'a\n"x"y\n'])
def test_what_is_no_csv_ends_the_reading(tmp_path: Path, text: bytes) -> None:
    """Behind it nobody knows where a row begins."""
    ((line, problem),) = told(written(tmp_path, text, "rows.csv"))
    assert line == 2
    assert str(problem).startswith("not CSV from here on: ")


@pytest.mark.parametrize("text", ["", "\n", "a,b,a\n", b"\xff\n"])
def test_columns_that_are_none(tmp_path: Path, text: str | bytes) -> None:
    """A first line that names no columns, or one twice, is refused."""
    with pytest.raises(ValueError, match=r"names no columns|twice: a"):
        rows.columns(written(tmp_path, text, "rows.csv"))


def test_a_file_is_not_read_ahead(tmp_path: Path) -> None:
    """The first rows of a large file come without the others."""
    with (tmp_path / "rows.jsonl").open("w") as file:
        file.writelines(json.dumps({"n": n}) + "\n" for n in range(200_000))
    reading = rows.read(tmp_path / "rows.jsonl")
    assert [next(reading).line for _ in range(3)] == [1, 2, 3]


@given(st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=5))
def test_what_was_written_is_read(said: list[dict[str, str]]) -> None:
    """Every object of JSON comes back, in order."""
    lines = b"".join(json.dumps(each).encode() + b"\n" for each in said)
    found = list(rows._json_rows(io.BytesIO(lines)))
    assert [row.values for row in found] == said
    assert [row.line for row in found] == list(range(1, len(said) + 1))


@given(st.lists(st.binary(), min_size=1), st.lists(st.binary(), min_size=1))
def test_a_digest_tells_apart_what_differs(one: list[bytes], other: list[bytes]) -> None:
    """Also where the same octets are cut into other parts."""
    assert (rows.digest(*one) == rows.digest(*other)) == (one == other)
