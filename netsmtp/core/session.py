"""Hold the client's side of one SMTP connection: bytes in, actions out, no input or output.

A driver asks `next` what to do and does it; what it reads it gives to `receive`. What becomes of
each mail it finds in `results`. This is what is said about mail, and when; `opening` is what is said
before, and how commands and replies are paired is in `dialogue`.

Several mails may wait. Where the server lists PIPELINING the envelope of the next is written behind
the final dot of the one before (RFC 2920 section 3.1), so that a mail takes two round trips; with
CHUNKING there is no DATA to wait for, and it takes one. A mail that is refused costs a RSET, and the
connection goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from ..errors import (
    DeliveryUnknown,
    NotOffered,
    RecipientsRefused,
    ReplyError,
    SmtpError,
)
from ..options import Options
from .actions import READS, Action, CallHook, Fetch, Write
from .content import mind_long_lines
from .dialogue import Expected, agrees, in_step
from .envelope import Mail, SendResult, recipient_results
from .events import BodyComplete, Delivered, Event
from .framing import END, overlong, stuffed
from .opening import Carrying, Opening
from .opening import Channel as Channel
from .replies import Reply
from .sasl import Credentials
from .stages import Stage
from .states import State, Step

GROUP = 128
"""Recipients in one write, whose replies fit any socket's buffers (RFC 2920 section 3.1)."""


class Group(NamedTuple):
    """Hold commands that are written at once, what is expected, and what is left of the envelope."""

    data: bytes
    expected: list[Expected]
    lines: Sequence[str]
    rest: Sequence[str]


class Session(Opening):
    """Lead one connection from the greeting to the QUIT.

    *name* gives the EHLO name, asked anew for each EHLO. *start_tls* makes STARTTLS required, or
    `"wanted"`: used where the server has it. *hooked* keeps the final dot apart from the message, so
    that the end-of-message procedure can run between them.
    """

    def __init__(
        self,
        name: Callable[[], str],
        *,
        channel: Carrying | None = None,
        start_tls: bool | Literal["wanted"] = False,
        credentials: Credentials | None = None,
        hooked: bool = False,
        options: Options | None = None,
        observe: Callable[[Event], object] | None = None,
    ) -> None:
        super().__init__(
            name,
            channel or Channel(),
            "wanted" if start_tls == "wanted" else "required" if start_tls else None,
            credentials,
            options or Options(),
            observe,
        )
        self._hooked = hooked
        self._mails: deque[Mail] = deque()
        # Of the mail under way: what is not yet written of its envelope, what was answered.
        self._commands: Sequence[str] = ()
        self._replies: list[Reply] = []
        self._refusal: SmtpError | None = None
        # Whether an envelope may go behind the dot before, and whether the next one has gone.
        self._chaining = self._options.pipelining and not hooked
        self._chained = False
        self._next: Group | None = None
        self._leaving = False
        self.results: deque[SendResult] = deque()
        """What became of the mails, in the order of `submit`: the driver takes them off."""
        self.written = 0
        """How many octets of the message under way were written."""

    # What the driver calls.

    def submit(self, mail: Mail, *, last: bool = False) -> None:
        """Send *mail* as soon as the connection is ready, and QUIT behind the *last*.

        Raises what `receive` does, if more had come with the reply to the mail before.
        """
        self._leaving = self._leaving or last
        self._mails.append(mail)
        if self.state is State.READY:
            self._ready()
        elif len(self._mails) == 2:
            self._prepare_next()

    def leave(self) -> None:
        """Say QUIT when nothing is left to send."""
        self._leaving = True
        if self.state is State.READY:
            self._ready()

    @property
    def chains(self) -> bool:
        """Tell whether an envelope may go behind the dot before, by what the server has said."""
        return self._chaining and "PIPELINING" in self.offered

    @property
    def octets(self) -> int | None:
        """Return the size of the message under way, where it is known."""
        return self._mails[0].octets if self._mails else None

    # The conversation, in the order of a send.

    def _ready(self) -> None:
        """Begin the next mail, or leave if there is none."""
        while self._mails and self.state is State.READY:
            self._begin()
        if self._leaving and self.state is State.READY:
            self._step(Step.LEAVE)
            if not self._expected:
                self._say(Stage.QUIT, "QUIT", self._bye)

    def _begin(self) -> None:
        """Begin the first of the mails, unless the server cannot take it."""
        self._replies = []
        self._next = None
        if self._chained:
            self._step(Step.BEGIN)
            return
        try:
            mail = self._mails[0] = self._mails[0].suited(self.offered)
        except SmtpError as error:
            if self._is_last:
                self._give_up(error, polite=True)
            else:
                self._finish(error)
            return
        self._step(Step.BEGIN)
        self._commands = mail.commands(self.offered)
        if self._pipelining:
            self._next_group(Stage.MAIL)
        else:
            self._next_command(Stage.MAIL)

    @property
    def _is_last(self) -> bool:
        """Tell whether nothing is to come after the mail under way."""
        return self._leaving and len(self._mails) == 1

    @property
    def _pipelining(self) -> bool:
        return self._options.pipelining and "PIPELINING" in self.offered

    def _group(self, commands: Sequence[str], stage: Stage) -> Group:
        """Cut off *commands* what may be written at once; *stage* is that of the first."""
        with_mail = stage is Stage.MAIL
        lines = commands[: GROUP + with_mail]
        expected = [Expected(Stage.RCPT, lines[with_mail:], self._recipient_answered)]
        if with_mail:
            expected.insert(0, Expected(Stage.MAIL, lines[:1], self._sender_answered))
        data = ("\r\n".join(lines) + "\r\n").encode()
        return Group(data, expected, lines, commands[GROUP + with_mail :])

    def _next_group(self, stage: Stage) -> None:
        """Write as much of the envelope as may be written at once."""
        if self._parser.pending:
            self._mind(stage)
        data, expected, lines, self._commands = self._group(self._commands, stage)
        self._expected.extend(expected)
        self._actions.append(Write(data, stage, lines))

    def _next_command(self, stage: Stage) -> None:
        """Write the next command of the envelope."""
        line, self._commands = self._commands[0], self._commands[1:]
        then = self._sender_answered if stage is Stage.MAIL else self._recipient_answered
        self._say(stage, line, then)

    def _sender_answered(self, reply: Reply) -> None:
        if self.state is not State.ENVELOPE:
            return
        if reply.code == 250:
            self._envelope_answered()
        elif reply.code == 503 and self._chained:
            # It takes no envelope behind the dot, whatever it lists: the mail is asked about anew.
            self._chaining = False
            self._reset()
        else:
            command = f"MAIL FROM:<{self._mails[0].sender.path}>"
            self._decline(
                ReplyError(stage=Stage.MAIL, command=command, wanted=250, reply=reply), 250
            )

    def _recipient_answered(self, reply: Reply) -> None:
        self._replies.append(reply)
        if self.state is not State.ENVELOPE:
            return
        if reply.code not in (250, 251, 252) and self._options.policy == "all":
            address = self._mails[0].recipients[len(self._replies) - 1]
            command = f"RCPT TO:<{address.path}>{address.reports}"
            self._decline(
                RecipientsRefused(stage=Stage.RCPT, command=command, wanted=250, reply=reply), 250
            )
        elif not self._expected:
            self._envelope_answered()

    def _envelope_answered(self) -> None:
        """Go on when every reply to the written part of the envelope has come."""
        if self._expected:
            return
        if self._commands:
            if self._pipelining:
                self._next_group(Stage.RCPT)
            else:
                self._next_command(Stage.RCPT)
            return
        self._chained = False
        if self._options.policy == "accepted" and not any(
            reply.code in (250, 251, 252) for reply in self._replies
        ):
            self._decline(
                RecipientsRefused(stage=Stage.RCPT, wanted=250, reply=self._replies[0]), 250
            )
        elif self._options.chunking and "CHUNKING" in self.offered:
            self._step(Step.CHUNKS)
            self._message = self._write_chunks(self._mails[0])
        else:
            self._step(Step.ALL_ANSWERED)
            self._say(Stage.DATA, "DATA", self._go_ahead)

    def _go_ahead(self, reply: Reply) -> None:
        if reply.code != 354:
            error = ReplyError(stage=Stage.DATA, command="DATA", wanted=354, reply=reply)
            return self._decline(error, 354)
        self._step(Step.GO_AHEAD)
        if self._parser.pending:
            self._unsolicited(Stage.BODY)
        mail = self._mails[0]
        if mail.content.short is None or self._hooked:
            self._message = self._write_message(mail)
            return None
        text = mail.content.short
        self.written = len(text)
        self._step(Step.WRITTEN)
        self._actions.append(self._end_of_message((stuffed(text), END), ".", self.written))

    def _write_message(self, mail: Mail) -> Iterator[Action]:
        """Yield the writes of a message. A piece is held back: the last takes the dot along."""
        self.written = 0
        stuffer = mail.content.stuffer()
        held: bytes | memoryview = b""
        size = 0
        for piece in mail.content.text():
            if piece is None:
                yield Fetch(mail.content)
                continue
            if mail.facts is None:
                self._check(piece)
            if size:
                self.written += size
                yield Write(held, Stage.BODY, body=size)
            held, size = stuffer.write(piece), len(piece)
        rest = stuffer.end()[: -len(END)]
        self._step(Step.WRITTEN)
        if self._hooked:
            self.written += size
            if held:
                yield Write(b"".join((held, rest)), Stage.BODY, body=size)
            yield from self._call_hook()
            held, size, rest = b"", 0, b""
        self.written += size
        yield self._end_of_message((held, rest, b".\r\n"), ".", size)

    def _write_chunks(self, mail: Mail) -> Iterator[Action]:
        """Yield the writes of a message in chunks (RFC 3030 section 2).

        Its bytes are what DATA would have carried, but for the doubled dots. The last chunk waits
        until all others are answered: with it the server would take the message over.
        """
        self.written = 0
        stuffer = mail.content.stuffer(double=False)
        held: bytes | memoryview = b""
        size = 0
        for piece in mail.content.text():
            if piece is None:
                yield Fetch(mail.content)
                continue
            if mail.facts is None:
                self._check(piece)
            if held:
                yield from self._chunk(held, size)
            held, size = stuffer.write(piece), len(piece)
        held = b"".join((held, stuffer.end()[: -len(END)]))
        if self._hooked and held:
            yield from self._chunk(held, size)
            held, size = b"", 0
        while self._expected:
            yield READS[Stage.BODY]
        self._step(Step.WRITTEN)
        if self._hooked:
            yield from self._call_hook()
        command = f"BDAT {len(held)} LAST"
        self.written += size
        yield self._end_of_message((f"{command}\r\n".encode(), held), command, size)

    def _chunk(self, data: bytes | memoryview, size: int) -> Iterator[Action]:
        """Yield the write of one chunk, of *size* octets before it was made fit to be sent."""
        command = f"BDAT {len(data)}"
        self.written += size
        line = f"{command}\r\n".encode()
        yield Write(b"".join((line, data)), Stage.BODY, (command,), body=size)
        self._expected.append(Expected(Stage.BODY, (command,), self._chunk_answered))

    def _chunk_answered(self, reply: Reply) -> None:
        if reply.code != 250 and self.state is State.BODY:
            error = ReplyError(stage=Stage.BODY, command="BDAT", wanted=250, reply=reply)
            self._decline(error, 250)

    def _call_hook(self) -> Iterator[Action]:
        if self._observe is not None:
            self._observe(BodyComplete())
        yield CallHook()

    def _end_of_message(self, data: Sequence[bytes | memoryview], shown: str, size: int) -> Write:
        """Return the write that ends the message, and all that may go behind it."""
        self._step(Step.DOT)
        self._expected.append(Expected(Stage.VERDICT, (shown,), self._verdict))
        shows, parts = [shown], [*data]
        if self._is_last and self._options.quit_with_dot and self._pipelining:
            self._expected.append(Expected(Stage.QUIT, ("QUIT",), self._bye))
            shows.append("QUIT")
            parts.append(b"QUIT\r\n")
        elif len(self._mails) > 1:
            if self._next is None:
                self._prepare_next()
            if self._next is not None:
                envelope, expected, lines, self._commands = self._next
                self._next = None
                self._chained = True
                self._expected.extend(expected)
                shows.extend(lines)
                parts.append(envelope)
        return Write(b"".join(parts), Stage.BODY, shows, body=size)

    def _prepare_next(self) -> None:
        """Make the envelope that goes behind the dot, if the server can take the second mail.

        That is best done while a reply is waited for: when the mail is submitted.
        """
        if not self.chains:
            return
        try:
            mail = self._mails[1] = self._mails[1].suited(self.offered)
        except SmtpError:
            return  # told when its turn comes
        self._next = self._group(mail.commands(self.offered), Stage.MAIL)

    def _check(self, piece: bytes | memoryview) -> None:
        """Refuse in text that is read only once what other text was refused for before."""
        text = bytes(piece)
        mind_long_lines(overlong(text), self._options.long_lines)
        if not text.isascii() and "8BITMIME" not in self.offered:
            raise NotOffered("8BITMIME, which the text of this mail needs", stage=Stage.BODY)

    def _verdict(self, reply: Reply) -> None:
        if 400 <= reply.code < 600:
            error = ReplyError(stage=Stage.VERDICT, command=".", wanted=250, reply=reply)
            return self._decline(error, 250)
        if reply.code != 250:
            unknown = DeliveryUnknown(stage=Stage.VERDICT, command=".", wanted=250, reply=reply)
            return self._give_up(unknown, polite=in_step(reply, 250))
        self._step(Step.DELIVERED)
        result = SendResult(reply, self._mails.popleft().recipients, self._replies)
        self.results.append(result)
        if self._observe is not None:
            self._observe(Delivered(reply, result.recipients))
        self._ready()

    # When a mail fails.

    def _decline(self, error: ReplyError, wanted: int) -> None:
        """Give up the mail under way; the connection, too, if nothing follows or can follow."""
        assert error.reply is not None
        if self._is_last:
            self._give_up(error, polite=in_step(error.reply, wanted))
        elif not agrees(error.reply, wanted):
            self._give_up(error, polite=False)
        elif self.state is State.VERDICT:
            self._step(Step.DECLINED)
            self._finish(error)
            self._ready()
        else:
            self._refusal = error
            self._reset()

    def _reset(self) -> None:
        """Say RSET; what is still due of the envelope is answered before it."""
        self._message = None
        self._commands = ()
        self._chained = False
        self._step(Step.FAILED)
        self._say(Stage.MAIL, "RSET", self._cleared)

    def _cleared(self, reply: Reply) -> None:
        if self._refusal is not None:
            self._finish(self._refusal)
        if reply.code != 250:
            # Nobody knows what the server would make of another mail.
            return self._gone()
        self._step(Step.CLEARED)
        self._ready()

    def _charge(self, error: SmtpError) -> None:
        """Take it that the mail under way, if there is one, fails by *error* for good."""
        if self.state in UNDER_WAY and self._mails:
            self._finish(self._refusal or error)

    def _finish(self, error: SmtpError) -> None:
        """Hold that the mail under way was not delivered."""
        mail, self._refusal = self._mails.popleft(), None
        if isinstance(error, RecipientsRefused):
            error.recipients = recipient_results(mail.recipients, self._replies)
            refused = [each.reply for each in error.recipients if each.reply and not each.accepted]
            error.transient = all(400 <= reply.code < 500 for reply in refused)
        self.results.append(SendResult(error.reply, mail.recipients, self._replies, error))


UNDER_WAY = frozenset(
    {State.ENVELOPE, State.DATA, State.BODY, State.HOOK, State.VERDICT, State.RESET, State.FAREWELL}
)
"""Where the first of the mails has been begun."""
