"""What is read from an EHLO reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.capabilities import capabilities
from netsmtp.core.replies import Reply


def offered(*lines: str) -> dict[str, tuple[str, ...]]:
    return dict(capabilities(Reply(250, ("host", *lines))).keywords)


@pytest.mark.parametrize(
    ("lines", "keywords"),
    [
        ([], {}),
        (["STARTTLS"], {"STARTTLS": ()}),
        (["starttls "], {"STARTTLS": ()}),
        (["STARTTLS REQUIRED"], {"STARTTLS": ("REQUIRED",)}),
        (["AUTH PLAIN LOGIN"], {"AUTH": ("PLAIN", "LOGIN")}),
        (["AUTH=PLAIN LOGIN"], {"AUTH": ("PLAIN", "LOGIN")}),
        (["AUTH PLAIN", "AUTH=LOGIN"], {"AUTH": ("PLAIN", "LOGIN")}),
        (["", " ", "="], {}),
    ],
)
def test_keywords(lines: list[str], keywords: dict[str, tuple[str, ...]]) -> None:
    """Keywords are read in any case, with their parameters, whatever blanks there are."""
    assert offered(*lines) == keywords


def test_first_line_is_a_greeting() -> None:
    """A server called STARTTLS does not offer it."""
    assert "STARTTLS" not in capabilities(Reply(250, ("STARTTLS",)))


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("SIZE", None),
        ("SIZE 0", None),
        ("SIZE 1000", 1000),
        ("SIZE x", None),
        ("SIZE -5", None),
        ("SIZE \u0661", None),
        ("HELP", None),
    ],
)
def test_size(line: str, size: int | None) -> None:
    """No SIZE, SIZE without a number and SIZE 0 all mean no limit."""
    assert capabilities(Reply(250, ("host", line))).size == size


def test_mechanisms_keep_the_servers_order() -> None:
    """The AUTH mechanisms are listed in upper case."""
    assert capabilities(Reply(250, ("h", "auth scram-sha-256 PLAIN"))).mechanisms == (
        "SCRAM-SHA-256",
        "PLAIN",
    )


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_lines_can_be_read(lines: list[str]) -> None:
    """Whatever a server lists, reading it does not fail."""
    found = capabilities(Reply(250, ("host", *lines)))
    assert found.size is None or found.size > 0
    assert all(word == word.upper() for word in found.mechanisms)
