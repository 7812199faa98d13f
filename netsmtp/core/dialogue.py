"""Take turns with a server: commands out, replies in, and every way in which that can go wrong.

Every command that is written leaves an entry in a deque of expected replies, and every reply takes
the oldest entry off and calls what stands there. Lock-step and pipelining are then the same code:
they differ in how many commands are written at once. What is said, and when, is the session's
business.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..errors import (
    ConnectionLost,
    DeliveryUnknown,
    ProtocolError,
    ReplyError,
    SmtpError,
    SmtpTimeout,
)
from ..options import Options
from .actions import IDLE, READS, Action, Close, Write
from .events import REDACTED, Event, ReplyReceived
from .replies import BadReply, Reply, ReplyParser
from .secret import Secret
from .stages import Stage
from .states import AFTER, State, Step


class Expected:
    """Wait for the replies to *commands* of one kind, written together; *then* takes each.

    Commands are as they may be shown; the greeting answers none.
    """

    __slots__ = ("answered", "commands", "stage", "then")

    def __init__(
        self, stage: Stage, commands: Sequence[str | None], then: Callable[[Reply], None]
    ) -> None:
        self.stage = stage
        self.commands = commands
        self.then = then
        self.answered = 0

    @property
    def command(self) -> str | None:
        """Return the command whose reply is next."""
        return self.commands[self.answered]


class Dialogue:
    """Hold one connection's state, what is to be done, and the replies that are due."""

    def __init__(
        self,
        options: Options,
        observe: Callable[[Event], object] | None,
        greeted: Callable[[Reply], None],
    ) -> None:
        self.state = State.GREETING
        self._options = options
        self._observe = observe
        self._parser = ReplyParser(options.reply_limits)
        self._expected: deque[Expected] = deque([Expected(Stage.GREETING, [None], greeted)])
        self._actions: deque[Action] = deque()
        self._message: Iterator[Action] | None = None
        self._error: SmtpError | None = None
        self.turn = 0
        """How many replies have come."""
        self._dropped = False
        # While a secret may be repeated by the server: takes it out of a text.
        self._mask: Callable[[str], str] | None = None
        # The text of the last reply as it came: a mask may have cut a challenge.
        self._unmasked: Secret | None = None

    def next(self) -> Action:
        """Return what to do now. Raises what the lines of a message raise while they are read."""
        if self._actions:
            return self._actions.popleft()
        if self._message is not None:
            try:
                action = next(self._message, None)
            except SmtpError as error:
                self._failed(error)
                raise
            if action is not None:
                return action
            self._message = None
        if self._expected:
            return READS[self._waiting_in()]
        return IDLE if self.state is State.READY else Close(self._error)

    @property
    def idle(self) -> bool:
        """Tell whether nothing is under way, and nothing has come that was not told yet."""
        return self.state is State.READY and not self._parser.pending

    @property
    def has_more_to_say(self) -> bool:
        """Tell whether something is to be done before the next wait."""
        return bool(self._actions)

    def receive(self, data: bytes | memoryview) -> None:
        """Take *data* that was read, empty at the end of the stream.

        Raises `ProtocolError`, `ConnectionLost` or `DeliveryUnknown`; a refusal comes with the
        `Close` action.
        """
        if self._expected and (known := self._parser.whole(data)) is not None:
            self._answered(known)
            return
        if not data:
            self.lost(None)
            return
        self._parser.feed(data)
        while self._expected:
            reply = self._next_reply()
            if reply is None:
                return
            self._answered(reply)

    def early(self, data: bytes | memoryview) -> bool:
        """Take *data* that had arrived before the command or piece now to be written.

        Return whether that is to be written still.

        Where nothing was due it can only be bad news: a server that gives up says 421, or 4xx or
        5xx in the middle of a message. Raises `ReplyError` for these, `ProtocolError` for anything
        else, `ConnectionLost` at the end of the stream; returns if more bytes are needed to tell,
        which only happens in a message.
        """
        state = self.state
        if self._due():
            self.receive(data)
        elif data:
            self._parser.feed(data)
            self._unsolicited(self._waiting_in())
        else:
            self.lost(None, begun=False)
        return self.state is state

    def lost(
        self, cause: BaseException | None, *, begun: bool = True, written: bool = True
    ) -> None:
        """Take it that the connection ended or a deadline passed: *cause* tells.

        What was to be written was *begun*, and *written* whole. After the verdict that matters to
        nobody. Between the dot and the verdict it is `DeliveryUnknown`, unless the dot cannot have
        left; otherwise it is `ConnectionLost` or `SmtpTimeout`.
        """
        if self.state in GOODBYE:
            self._gone()
            return
        stage, command = self._waiting_in(), self._command()
        reason = "the server ended the connection" if cause is None else _system_words(cause)
        kind: type[SmtpError] = SmtpTimeout if isinstance(cause, TimeoutError) else ConnectionLost
        if self.state is State.VERDICT:
            # What was to go behind the dot may be all that is missing.
            if begun and (written or len(self._expected) > 1):
                kind = DeliveryUnknown
            else:
                stage, command = Stage.BODY, None
        raise self._failed(kind(reason, stage=stage, command=command)) from cause

    def interrupted(self) -> None:
        """Take it that the driver gives up in the middle, for a reason of its own."""
        if self._dropped:
            return
        after_dot = self.state is State.VERDICT
        kind: type[SmtpError] = DeliveryUnknown if after_dot else ConnectionLost
        self._failed(kind("interrupted", stage=self._waiting_in(), command=self._command()))

    # How it ends early.

    def _bye(self, reply: Reply) -> None:
        self._gone()

    def _refused(
        self, reply: Reply, stage: Stage, command: str | None, wanted: int, *, polite: bool = True
    ) -> None:
        error = ReplyError(stage=stage, command=command, wanted=wanted, reply=reply)
        self._give_up(error, polite=polite and in_step(reply, wanted))

    def _give_up(self, error: SmtpError, *, polite: bool) -> None:
        """Leave with *error*; a *polite* client says QUIT first and hears what is still due."""
        self._error = error
        self._step(Step.REFUSED)
        if polite:
            self._goodbye()
        else:
            self._gone()

    def _goodbye(self) -> None:
        """Say QUIT, unless it went with the dot; the `Close` that follows brings the error."""
        if not any(expected.stage is Stage.QUIT for expected in self._expected):
            self._say(Stage.QUIT, "QUIT", self._bye)

    def _gone(self) -> None:
        """Close, whatever is still due."""
        self._drop()
        if self._error is not None:
            self._charge(self._error)
        self._step(Step.GONE)

    def _failed(self, error: SmtpError) -> SmtpError:
        """Return *error*, to be raised: with it this connection is over."""
        self._drop()
        self._charge(error)
        return error

    def _charge(self, error: SmtpError) -> None:
        """Take it that what is under way fails by *error*, for good."""
        raise NotImplementedError  # pragma: no cover - the session has its own

    def _drop(self) -> None:
        self._dropped = True
        self._expected.clear()
        self._actions.clear()
        self._message = None

    # How commands are written and replies are read.

    def _say(
        self,
        stage: Stage,
        line: str | Secret,
        then: Callable[[Reply], None],
        shown: str | None = None,
    ) -> None:
        """Write one command and wait for its reply."""
        if self._parser.pending:
            self._mind(stage)  # here, where no frame has the secret yet
        if isinstance(line, Secret):
            shown, line = shown or REDACTED, line.reveal()
        shows = (shown or line,)
        self._expected.append(Expected(stage, shows, then))
        self._actions.append(Write(f"{line}\r\n".encode(), stage, shows))

    def _mind(self, stage: Stage) -> None:
        """Refuse what has come if nothing that was written can have caused it."""
        if not self._expected and self.state not in GOODBYE:
            self._unsolicited(stage)

    def _next_reply(self, stage: Stage | None = None) -> Reply | None:
        """Take the next reply. Raises `ProtocolError`, or `DeliveryUnknown` after the dot."""
        try:
            return self._parser.next()
        except BadReply as bad:
            # The bytes may repeat a secret, and so may the frames that have judged them.
            problem = bad.reason if self._mask else str(bad)
        if self.state in GOODBYE:
            self._gone()
            return None
        kind = DeliveryUnknown if self.state is State.VERDICT else ProtocolError
        stage = stage or self._waiting_in()
        raise self._failed(kind(problem, stage=stage, command=self._command()))

    def _answered(self, reply: Reply) -> None:
        """Give *reply* to the oldest of the expected."""
        expected = self._expected[0]
        expected.answered += 1
        if expected.answered == len(expected.commands):
            self._expected.popleft()
        self.turn += 1
        if self._mask is not None:
            reply = self._masked(reply, self._mask)
        if self._observe is not None:
            self._observe(ReplyReceived(reply, expected.stage))
        if reply.code == 421 and self.state not in GOODBYE:
            # The server is closing the connection: there is nobody to say QUIT to.
            command = expected.commands[expected.answered - 1]
            error = ReplyError(stage=expected.stage, command=command, reply=reply)
            self._give_up(error, polite=False)
        else:
            expected.then(reply)

    def _masked(self, reply: Reply, mask: Callable[[str], str]) -> Reply:
        """Return *reply* as it may be shown."""
        self._unmasked = Secret(reply.text)
        return Reply(reply.code, tuple(map(mask, reply.lines)))

    def _unsolicited(self, stage: Stage) -> None:
        """Judge bytes that no command has caused; see `early`."""
        reply = self._next_reply(stage)
        in_message = self.state in (State.BODY, State.HOOK, State.VERDICT)
        if reply is None and in_message:
            return
        stage = Stage.BODY if in_message else stage
        if reply is None:
            raise self._failed(ProtocolError("a reply that came before its command", stage=stage))
        if self._mask is not None:
            reply = self._masked(reply, self._mask)
        if self._observe is not None:
            self._observe(ReplyReceived(reply, stage))
        if reply.code == 421 or (in_message and reply.code >= 400):
            raise self._failed(ReplyError(stage=stage, reply=reply))
        problem = f"a reply that nothing asked for: {reply}"
        raise self._failed(ProtocolError(problem, stage=stage))

    def _due(self) -> bool:
        """Tell whether replies may come to what was written before the command or piece in hand."""
        return self.state in OUT_OF_TURN or (self.state is State.BODY and bool(self._expected))

    def _waiting_in(self) -> Stage:
        if self._expected and self.state is not State.FAREWELL:
            return self._expected[0].stage
        return STAGES[self.state]

    def _command(self) -> str | None:
        return self._expected[0].command if self._expected else None

    def _step(self, step: Step) -> None:
        self.state = AFTER[self.state][step]


def in_step(reply: Reply, wanted: int) -> bool:
    """Tell whether client and server still agree where they are, so that a QUIT makes sense.

    They do after a refusal, and after another code of the wanted class; not after 250 for DATA.
    Where the reply is more than one plain line, Racket's transcripts (nonascii-reply, reply-nul,
    multi-mixed-code2) end without a QUIT, and so do ours.
    """
    return reply.plain and agrees(reply, wanted)


def agrees(reply: Reply, wanted: int) -> bool:
    """Tell whether *reply* is a refusal, or of the class that was *wanted*."""
    return reply.code >= 400 or reply.code // 100 == wanted // 100


STAGES: Mapping[State, Stage] = {
    State.GREETING: Stage.GREETING,
    State.EHLO: Stage.EHLO,
    State.HELO: Stage.EHLO,
    State.STARTTLS: Stage.STARTTLS,
    State.HANDSHAKE: Stage.TLS,
    State.AUTH: Stage.AUTH,
    State.READY: Stage.MAIL,
    State.ENVELOPE: Stage.RCPT,
    State.DATA: Stage.DATA,
    State.BODY: Stage.BODY,
    State.HOOK: Stage.BODY,
    State.VERDICT: Stage.VERDICT,
    State.RESET: Stage.MAIL,
    State.QUIT: Stage.QUIT,
    State.FAREWELL: Stage.FAREWELL,
    State.CLOSED: Stage.QUIT,
}
"""The stage that a state belongs to, where no reply is due that says it."""
GOODBYE = frozenset({State.QUIT, State.FAREWELL, State.CLOSED})
OUT_OF_TURN = GOODBYE | {State.RESET}
"""Where a command does not wait for the replies to those before it."""


def _system_words(cause: BaseException) -> str | None:
    """Return what the system says about *cause*."""
    return getattr(cause, "strerror", None) or str(cause) or None
