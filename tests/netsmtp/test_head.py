"""What Racket's net/head was recorded to do, ours does: each recorded call, put to ours.

An answer that two versions of Racket give differently is the newer one's. Where Racket raises, ours
raises a `ValueError` that shows the culprit; where a type is wrong, it is a `TypeError` as well.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from netsmtp import head
from netsmtp.errors import AddressError, HeaderError, HeaderTypeError
from tests.netsmtp.against_racket import Case, cases, numbered, undated

CASES = cases("head-cases")

#: Where ours does not do what was recorded, and why.
DEVIATIONS = {"extract-addresses-390": "Python has no symbols: a form is a str, and this one too"}


class Symbol:
    """Stand for a symbol of Racket's where it is a value: it prints as its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    """Run in the zone in which the cases were recorded."""
    yield from zone("UTC")


@pytest.mark.parametrize("case", CASES, ids=numbered(CASES, "head-cases"))
def test_case(case: Case) -> None:
    """The result, or the kind of error, is what was recorded."""
    if case["id"] in DEVIATIONS:
        assert call(case) == ["a@b"]
    elif "error" not in case:
        result = case.get("newer", case)["result"]
        assert undated({"result": call(case)}) == {"result": decoded(result)}
    else:
        with pytest.raises((HeaderError, AddressError)) as caught:
            call(case)
        wrong_type = case["exn"] == "exn:fail:contract"
        assert isinstance(caught.value, TypeError) is wrong_type
        assert wrong_type or culprit(case["error"]) in str(caught.value)


@pytest.mark.parametrize("case", [c for c in CASES if "tz" in c], ids=lambda case: case["id"])
def test_date_is_in_the_local_zone(case: Case) -> None:
    """The offset and the day are those of the place where the program runs."""
    for _ in zone("America/New_York"):
        assert head.rfc2822_date(*case["args"]) == case["result_America/New_York"]


@pytest.mark.parametrize(
    ("place", "offset"),
    [
        ("America/St_Johns", "-0330"),
        ("America/Guyana", "-0345"),
        ("Africa/Monrovia", "-0044"),
        ("Asia/Kathmandu", "+0530"),
    ],
)
def test_offset_is_right_where_it_is_no_whole_hour(place: str, offset: str) -> None:
    """Minutes west of Greenwich count westwards; Racket has -0315 for Guyana's -0345."""
    for _ in zone(place):
        assert head.rfc2822_date(0).endswith(offset)


def test_date_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new header's Date is the moment at which it was made."""
    monkeypatch.setattr(time, "time", lambda: 691200.9)
    header = head.standard_message_header("a@x", [], [], [], "hi")
    assert head.extract_field("date", header) == "Fri, 9 Jan 1970 00:00:00 +0000"


def test_date_beyond_the_calendar() -> None:
    """A moment that has no date is an error that names it."""
    with pytest.raises(HeaderError, match=r"1e[+]30 seconds"):
        head.rfc2822_date(1e30)
    with pytest.raises(HeaderTypeError, match="given str"):
        head.rfc2822_date("0")  # type: ignore[arg-type]


def test_there_is_a_function_for_every_case() -> None:
    """The recorded functions are the public ones, and all of them."""
    assert {python_name(case["fn"]) for case in CASES} == set(head.__all__)


def test_every_deviation_is_of_a_case() -> None:
    """The table of deviations does not outlive the cases."""
    assert set(DEVIATIONS) <= {case["id"] for case in CASES}


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("\u01c6", "\u01c4"),
        ("\u1fb3", "\u1fbc"),
        ("\u1fbc", "\u1fb3"),
        ("\u0130", "i"),
        ("\u1e9e", "\xdf"),
        ("\u1e9b", "\u1e60"),
        ("\u1e9b", "\u1e61"),
    ],
)
def test_case_of_letters_is_unicodes_simple_one(field: str, found: str) -> None:
    """A letter finds what it becomes by itself, though Python's own mappings may give two."""
    assert head.extract_field(field, f"{found}: 1\r\n\r\n") == "1"


@pytest.mark.parametrize(
    ("field", "other"),
    [("\u01c6", "\u01c5"), ("\xdf", "SS"), ("\u0149", "\u02bcN"), ("i", "\u0130")],
)
def test_case_of_letters_is_no_wider(field: str, other: str) -> None:
    """Title case, and what takes two letters, are not the same letter."""
    assert head.extract_field(field, f"{other}: 1\r\n\r\n") is None


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (b"\xffx", "\ufffdx"),
        (["x", b"y", None, 5], "(x y #f 5)"),
        (True, "#t"),
        (1.5, "1.5"),
    ],
)
def test_what_is_no_text_is_printed_as_racket_does(value: Any, printed: str) -> None:
    """A str header takes any value, in Racket's notation."""
    assert head.insert_field("a", value, "\r\n") == f"a: {printed}\r\n\r\n"


def test_form_is_one_of_four() -> None:
    """Another form is an error that lists them, whatever there is to read."""
    with pytest.raises(HeaderTypeError, match="expected name, address, full or all, given 'nam'"):
        head.extract_addresses("", "nam")  # type: ignore[call-overload]


@pytest.mark.parametrize(("line", "found"), [(None, []), (b" \t", [])])
def test_nothing_has_no_addresses(line: Any, found: list[str]) -> None:
    """A missing field has no addresses; nor have blanks, even in bytes."""
    assert head.extract_addresses(line, "name") == found


def test_long_culprits_are_cut() -> None:
    """An error is readable whatever it was given."""
    with pytest.raises(HeaderError, match=r"x{98}'[.]{3} \(10006 in all\)$") as caught:
        head.validate_header('""' + "x" * 10000 + "\r\n\r\n")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "line",
    [
        "(" * 100_000,
        "a@b" + "(" * 50_000 + ")x",
        "a@b" + " (x)" * 30_000,
        "a," * 50_000 + '"',
        "a," * 50_000 + '"b"',
        ", " * 50_000,
        " " * 100_000 + "a" + " " * 100_000,
        "<" * 100_000,
    ],
    ids=lambda line: repr(line[-12:]),
)
def test_no_line_of_addresses_takes_long(line: str) -> None:
    """Reading goes through a line once; a stranger's To field cannot stop the program."""
    with suppress(AddressError):
        head.extract_addresses(line, "all")


def call(case: Case) -> Any:
    """Make the call of *case*; what is no function is its own result."""
    function = getattr(head, python_name(case["fn"]))
    arguments = [decoded(each) for each in case["args"]]
    if case["fn"] == "extract-addresses":
        arguments[1] = str(arguments[1])
    return function(*arguments) if callable(function) else function


def python_name(name: str) -> str:
    return name.replace("->", "_to_").replace("-", "_")


def decoded(value: Any) -> Any:
    """Return what *value* of a case stands for."""
    match value:
        case {"bytes": text}:
            return text.encode("latin-1")
        case {"sym": name}:
            return Symbol(name)
        case {"pair": pair}:
            return tuple(map(decoded, pair))
        case {"void": True}:
            return None
        case list():
            return [decoded(each) for each in value]
        case _:
            return value


def culprit(words: str) -> str:
    """Return what Racket's error names, as ours shows it; nothing where it names nothing."""
    found = re.fullmatch(r"extract-address: [^:]*: (.*)", words, re.DOTALL)
    return repr(found[1]) if found else ""


def zone(name: str) -> Iterator[None]:
    """Be in the time zone *name* for a while."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()
