"""Say what nearly every send says: the happy path, of which a session is in charge where it ends.

It is what `Session` would say if all went well and nobody listened, without what is kept there for
everything else, which takes most of a session's time. Nothing is decided here: at the first reply
that is not the expected one a path ends with None, and a session that is told all that was heard
goes on from there. That both say the same is a law that is tested.

A path yields what to write, nothing where something is to be read first and None to close, and the
stage of the reply to it; it is sent what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

from ..errors import SmtpError
from ..options import Options
from .capabilities import Capabilities, capabilities
from .envelope import Mail, SendResult
from .framing import END, stuffed
from .replies import BadReply, Reply, ReplyParser
from .session import GROUP
from .stages import Stage

T = TypeVar("T")
Path: TypeAlias = Generator[tuple[bytes | None, Stage], memoryview, T | None]


def is_straight(mail: Mail, options: Options) -> bool:
    """Tell whether *mail* may be sent that way, if no procedure of the caller's has a part in it."""
    return (
        mail.content.short is not None
        and len(mail.recipients) <= GROUP
        and not (options.chunking or options.quit_with_dot)
    )


def whole_send(name: Callable[[], str], mail: Mail, options: Options) -> Path[SendResult]:
    """Open a conversation, send *mail*, and leave; *name* gives the EHLO name."""
    parser = ReplyParser(options.reply_limits)
    offered = yield from opening(parser, name)
    if offered is None:
        return None
    return (yield from rest_of_send(parser, mail, offered, options))


def rest_of_send(
    parser: ReplyParser, mail: Mail, offered: Capabilities, options: Options
) -> Path[SendResult]:
    """Send *mail* over a conversation that is open, and leave."""
    result = yield from delivery(parser, mail, offered, options)
    if result is None or not (yield from farewell(parser)):
        return None
    return result


def opening(parser: ReplyParser, name: Callable[[], str]) -> Path[Capabilities]:
    """Return what the server offers."""
    greeting = _only(parser, (yield b"", Stage.GREETING))
    if greeting is None or greeting.code != 220:
        return None
    listed = _only(parser, (yield f"EHLO {name()}\r\n".encode(), Stage.EHLO))
    if listed is None or listed.code != 250:
        return None
    return capabilities(listed)


def delivery(
    parser: ReplyParser, mail: Mail, offered: Capabilities, options: Options
) -> Path[SendResult]:
    """Send *mail*, for which `is_straight` holds."""
    text = mail.content.short
    try:
        suited = mail.suited(offered)
    except SmtpError:
        return None
    if suited is not mail or text is None:
        return None
    commands = mail.commands(offered)
    if options.pipelining and "PIPELINING" in offered:
        group = ("\r\n".join(commands) + "\r\n").encode()
        answers = _well(parser, (yield group, Stage.MAIL), len(commands))
        if answers is None:
            return None
    else:
        answers = list[Reply]()
        stage = Stage.MAIL
        for command in commands:
            answer = _only(parser, (yield f"{command}\r\n".encode(), stage))
            if answer is None or answer.code != 250:
                return None
            answers.append(answer)
            stage = Stage.RCPT
    go_ahead = _only(parser, (yield b"DATA\r\n", Stage.DATA))
    if go_ahead is None or go_ahead.code != 354:
        return None
    verdict = _only(parser, (yield stuffed(text) + END, Stage.VERDICT))
    if verdict is None or verdict.code != 250:
        return None
    return SendResult(verdict, mail.recipients, answers[1:])


def farewell(parser: ReplyParser) -> Path[bool]:
    """Leave; return whether that was answered."""
    if _only(parser, (yield b"QUIT\r\n", Stage.QUIT)) is None:
        return None
    yield None, Stage.QUIT
    return True


def _only(parser: ReplyParser, data: memoryview) -> Reply | None:
    """Return the reply that *data* is, neither less nor more; otherwise None."""
    reply = parser.whole(data)
    if reply is None:
        try:
            parser.feed(data)
            reply = parser.next()
        except BadReply:
            return None
        if parser.pending:
            return None
    return reply


def _well(parser: ReplyParser, data: memoryview, count: int) -> list[Reply] | None:
    """Return the replies, all of them 250, that *data* is if it is so many; otherwise None."""
    answers: list[Reply] = []
    try:
        parser.feed(data)
        for _ in range(count):
            answer = parser.next()
            if answer is None or answer.code != 250:
                return None
            answers.append(answer)
    except BadReply:
        return None
    return None if parser.pending else answers
