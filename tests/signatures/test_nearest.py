"""What a hint offers instead of a name that is not there: a slip is found, a stranger is not."""

from __future__ import annotations

import pytest

from signatures._errors import nearest

NAMES = ["press", "set_type", "send", "Dispatch", "log", "host"]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("pres", "press"),
        ("sned", "send"),
        ("sent", "send"),
        ("SEND", "send"),
        ("dispatch", "Dispatch"),
        ("settype", "set_type"),
        ("lag", "log"),
        ("price", None),
        ("set", None),
        ("ghost_writer", None),
        ("", None),
    ],
)
def test_a_slip_is_found_and_a_stranger_is_not(wrong: str, meant: str | None) -> None:
    assert nearest(wrong, NAMES) == meant


def test_without_candidates_nothing_is_near() -> None:
    assert nearest("send", []) is None


def test_the_nearest_of_several_is_found() -> None:
    assert nearest("recipient", ["recipe", "recipients", "recipient_s"]) == "recipients"
