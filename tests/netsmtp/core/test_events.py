"""Events in words."""

from __future__ import annotations

import pytest

from netsmtp.core.events import (
    BodyComplete,
    BodyProgress,
    Closed,
    CommandSent,
    Connected,
    Delivered,
    Event,
    ReplyReceived,
    TlsStarted,
    describe,
)
from netsmtp.core.replies import Reply
from netsmtp.core.stages import Stage
from netsmtp.errors import RecipientResult

OK = Reply(250, ("ok",))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Connected("mail.test", 25), "* connected to mail.test port 25"),
        (CommandSent("DATA", Stage.DATA), "C: DATA"),
        (ReplyReceived(Reply(250, ("h", "SIZE 5")), Stage.EHLO), "S: 250 h / SIZE 5"),
        (TlsStarted(), "* encrypted from here on"),
        (BodyProgress(5, None), "* 5 octets written"),
        (BodyProgress(5, 10), "* 5 of 10 octets written"),
        (BodyComplete(), "* message written, but for the final dot"),
        (
            Delivered(OK, (RecipientResult("b@y.org", OK), RecipientResult("c@y.org"))),
            "* delivered to b@y.org",
        ),
        (Closed(aborted=False), "* connection closed"),
        (Closed(aborted=True), "* connection aborted"),
    ],
)
def test_each_event_is_one_line(event: Event, line: str) -> None:
    """An event is a line of a conversation, or of what happened around it."""
    assert describe(event) == line


def test_what_is_no_event_has_no_line() -> None:
    """A kind of event that nobody gave words is a mistake of ours, not an empty line."""
    with pytest.raises(AssertionError):
        describe("no event")  # type: ignore[arg-type]
