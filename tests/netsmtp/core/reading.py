"""Read replies as a session does: what is known whole is taken as it is, all else is parsed."""

from __future__ import annotations

from collections.abc import Iterator

from netsmtp.core.replies import Reply, ReplyParser


def taken(parser: ReplyParser, chunk: bytes) -> Iterator[Reply]:
    """Yield the replies that *chunk* completes. Raises `BadReply`."""
    known = parser.whole(chunk)
    if known is not None:
        yield known
        return
    parser.feed(chunk)
    while (reply := parser.next()) is not None:
        yield reply
