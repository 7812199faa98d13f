"""What the happy path asks for where the replies to an envelope come one by one."""

from __future__ import annotations

import pytest

from netsmtp.core.envelope import mail
from netsmtp.core.replies import ReplyParser
from netsmtp.core.stages import Stage
from netsmtp.core.straight import nothing, rest_of_delivery

MAIL = mail("a@x.org", ["b@y.org", "c@y.org"], "A: b\r\n\r\n", ["text"])


def test_each_reply_has_the_time_of_its_stage() -> None:
    """Each is waited for as what it answers, and DATA is said when the last has come."""
    path = rest_of_delivery(ReplyParser(), MAIL, nothing)
    asked = [next(path)]
    asked += [path.send(memoryview(b"250 ok\r\n")) for _ in range(3)]
    assert asked == [
        (b"", Stage.MAIL),
        (b"", Stage.RCPT),
        (b"", Stage.RCPT),
        (b"DATA\r\n", Stage.DATA),
    ]


def test_a_torn_reply_ends_it() -> None:
    """A server that drips gains no time: who waits for the rest has the time that is left."""
    path = rest_of_delivery(ReplyParser(), MAIL, nothing)
    next(path)
    with pytest.raises(StopIteration) as stop:
        path.send(memoryview(b"250 ok\r\n25"))
    assert stop.value.value is None


def test_what_came_behind_the_verdict_is_not_read_again() -> None:
    """Where all replies came with the verdict before, nothing is waited for."""
    parser = ReplyParser()
    parser.feed(b"250 taken\r\n" + 3 * b"250 ok\r\n")
    parser.next()
    assert parser.rest == 3 * b"250 ok\r\n"
    assert next(rest_of_delivery(parser, MAIL, nothing)) == (b"DATA\r\n", Stage.DATA)
