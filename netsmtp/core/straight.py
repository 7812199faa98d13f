"""Say what nearly every send says: the happy path, of which a session is in charge where it ends.

It is what `Session` would say if all went well and nobody listened, without what is kept there for
everything else, which takes most of a session's time. Nothing is decided here: at the first reply
that is not the expected one a path ends with None, and a session that is told all that was heard
goes on from there. That both say the same is a law that is tested.

A path yields what to write, nothing where something is to be read first and None to close, and the
stage of the reply to it; it is sent what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
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


def nothing() -> bytes:
    """Return what follows a mail that is alone."""
    return b""


def delivery(
    parser: ReplyParser,
    mail: Mail,
    offered: Capabilities,
    options: Options,
    following: Callable[[], bytes] = nothing,
) -> Path[SendResult]:
    """Send *mail*, for which `is_straight` holds, and what *following* gives behind its dot.

    Replies to that may have come when the path ends, and wait in *parser*.
    """
    try:
        suited = mail.suited(offered)
    except SmtpError:
        return None
    if suited is not mail:
        return None
    commands = mail.commands(offered)
    if options.pipelining and "PIPELINING" in offered:
        parser.feed((yield joined(commands), Stage.MAIL))
        answers = yield from _answers(parser, len(commands))
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
    return (yield from _message(parser, mail, answers, following))


def rest_of_delivery(
    parser: ReplyParser, mail: Mail, following: Callable[[], bytes]
) -> Path[SendResult]:
    """Send *mail*, whose envelope went behind the dot of the one before."""
    answers = yield from _answers(parser, 1 + len(mail.recipients))
    if answers is None:
        return None
    return (yield from _message(parser, mail, answers, following))


def _message(
    parser: ReplyParser, mail: Mail, answers: list[Reply], following: Callable[[], bytes]
) -> Path[SendResult]:
    """Send the message itself, *following* it by what that gives."""
    go_ahead = _only(parser, (yield b"DATA\r\n", Stage.DATA))
    text = mail.content.short
    if go_ahead is None or go_ahead.code != 354 or text is None:
        return None
    behind = following()
    found = yield stuffed(text) + END + behind, Stage.VERDICT
    verdict = _first(parser, found) if behind else _only(parser, found)
    if verdict is None or verdict.code != 250:
        return None
    return SendResult(verdict, mail.recipients, answers[1:])


def joined(commands: Sequence[str]) -> bytes:
    """Return *commands* as they are written at once."""
    return ("\r\n".join(commands) + "\r\n").encode()


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


def _first(parser: ReplyParser, data: memoryview) -> Reply | None:
    """Return the reply that *data* begins with."""
    try:
        parser.feed(data)
        return parser.next()
    except BadReply:
        return None


def _answers(parser: ReplyParser, count: int) -> Path[list[Reply]]:
    """Return so many replies, all of them 250, that come to what was written at once."""
    answers: list[Reply] = []
    while len(answers) < count:
        try:
            answer = parser.next()
        except BadReply:
            return None
        if answer is not None:
            if answer.code != 250:
                return None
            answers.append(answer)
        elif parser.pending:
            return None
        else:
            data = yield b"", Stage.RCPT if answers else Stage.MAIL
            if not data:
                return None
            parser.feed(data)
    return None if parser.pending else answers
