"""Take turns with a server: commands out, replies in, and every way in which that can go wrong.

Every command that is written leaves an entry in a deque of expected replies, and every reply takes
the oldest entry off and calls what stands there. Lock-step and pipelining are then the same code:
they differ in how many commands are written at once. What is said, and when, is the session's
business.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import (
    ConnectionLost,
    DeliveryUnknown,
    ProtocolError,
    ReplyError,
    SmtpError,
    SmtpTimeout,
)
from ..options import Options
from .actions import Action, Close, Idle, Read, Write
from .events import REDACTED, Event, ReplyReceived
from .replies import BadReply, Reply, ReplyParser
from .secret import Secret
from .stages import Stage
from .states import State, Step, after


@dataclass(frozen=True, slots=True)
class Expected:
    """Wait for the reply to *command*; *then* takes it."""

    stage: Stage
    command: str | None
    then: Callable[[Reply], None]


class Dialogue:
    """Hold one connection's state, what is to be done, and the replies that are due."""

    def __init__(
        self, options: Options, observe: Callable[[Event], object], greeted: Callable[[Reply], None]
    ) -> None:
        self.state = State.GREETING
        self._options = options
        self._observe = observe
        self._parser = ReplyParser(options.reply_limits)
        self._expected: deque[Expected] = deque([Expected(Stage.GREETING, None, greeted)])
        self._actions: deque[Action] = deque()
        self._message: Iterator[Action] | None = None
        self._error: SmtpError | None = None
        self._turn = 0
        # While a secret may be repeated by the server: takes it out of a text.
        self._mask: Callable[[str], str] | None = None
        # The text of the last reply as it came: a mask may have cut a challenge.
        self._unmasked: Secret | None = None

    def next(self) -> Action:
        """Return what to do now. Raises what the lines of a message raise while they are read."""
        if self._actions:
            return self._actions.popleft()
        if self._message is not None:
            action = next(self._message, None)
            if action is not None:
                return action
            self._message = None
        if self._expected:
            return Read(self._waiting_in(), self._turn)
        return Idle() if self.state is State.READY else Close(self._error)

    def receive(self, data: bytes | memoryview) -> None:
        """Take *data* that was read, empty at the end of the stream.

        Raises `ProtocolError`, `ConnectionLost` or `DeliveryUnknown`; a refusal comes with the
        `Close` action.
        """
        if not data:
            self.lost(None)
            return
        self._parser.feed(data)
        while self._expected:
            reply = self._next_reply(self._waiting_in())
            if reply is None:
                return
            self._answered(reply)

    def early(self, data: bytes | memoryview) -> None:
        """Take *data* that had arrived before the command or piece now to be written.

        Nothing was due, so it can only be bad news: a server that gives up says 421, or 4xx or 5xx
        in the middle of a message. Raises `ReplyError` for these, `ProtocolError` for anything
        else, `ConnectionLost` at the end of the stream; returns if more bytes are needed to tell,
        which only happens in a message.
        """
        if self.state in GOODBYE:
            self.receive(data)
        elif data:
            self._parser.feed(data)
            self._unsolicited(self._waiting_in())
        else:
            self.lost(None)

    def lost(self, cause: BaseException | None, *, written: bool = True) -> None:
        """Take it that the connection ended or a deadline passed: *cause* tells.

        After the verdict that matters to nobody. Between the dot and the verdict it is
        `DeliveryUnknown`, unless the dot was not *written* whole; otherwise it is `ConnectionLost`
        or `SmtpTimeout`.
        """
        if self.state in GOODBYE:
            self._gone()
            return
        stage, command = self._waiting_in(), self._command()
        self._drop()
        reason = "the server ended the connection" if cause is None else _system_words(cause)
        kind: type[SmtpError] = SmtpTimeout if isinstance(cause, TimeoutError) else ConnectionLost
        if self.state is State.VERDICT and written:
            kind = DeliveryUnknown
        if self.state is State.VERDICT and not written:
            stage, command = Stage.BODY, None
        raise kind(reason, stage=stage, command=command) from cause

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
        self._step(Step.GONE)

    def _drop(self) -> None:
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
        shown = shown or (REDACTED if isinstance(line, Secret) else line)
        self._write(stage, [line], [Expected(stage, shown, then)])

    def _write(self, stage: Stage, lines: Sequence[str | Secret], expected: list[Expected]) -> None:
        """Write *lines* at once, if no reply has come that none of them can have caused."""
        if self._parser.pending and not self._expected and self.state not in GOODBYE:
            self._unsolicited(stage)
        self._expected.extend(expected)
        shows = tuple(each.command or "" for each in expected)
        data = b"".join(
            (line.reveal() if isinstance(line, Secret) else line).encode() + b"\r\n"
            for line in lines
        )
        self._actions.append(Write(data, stage, shows))

    def _next_reply(self, stage: Stage) -> Reply | None:
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
        command = self._command()
        self._drop()
        raise kind(problem, stage=stage, command=command)

    def _answered(self, reply: Reply) -> None:
        """Give *reply* to the oldest of the expected."""
        expected = self._expected.popleft()
        self._turn += 1
        reply = self._masked(reply)
        self._observe(ReplyReceived(reply, expected.stage))
        if reply.code == 421 and self.state not in GOODBYE:
            # The server is closing the connection: there is nobody to say QUIT to.
            error = ReplyError(stage=expected.stage, command=expected.command, reply=reply)
            self._give_up(error, polite=False)
        else:
            expected.then(reply)

    def _masked(self, reply: Reply) -> Reply:
        """Return *reply* as it may be shown."""
        if self._mask is None:
            return reply
        self._unmasked = Secret(reply.text)
        return Reply(reply.code, tuple(map(self._mask, reply.lines)))

    def _unsolicited(self, stage: Stage) -> None:
        """Judge bytes that no command has caused; see `early`."""
        reply = self._next_reply(stage)
        in_message = self.state in (State.BODY, State.HOOK, State.VERDICT)
        if reply is None and in_message:
            return
        stage = Stage.BODY if in_message else stage
        self._drop()
        if reply is None:
            raise ProtocolError("a reply that came before its command", stage=stage)
        reply = self._masked(reply)
        self._observe(ReplyReceived(reply, stage))
        if reply.code == 421 or (in_message and reply.code >= 400):
            raise ReplyError(stage=stage, reply=reply)
        raise ProtocolError(f"a reply that nothing asked for: {reply}", stage=stage)

    def _waiting_in(self) -> Stage:
        if self._expected and self.state is not State.FAREWELL:
            return self._expected[0].stage
        return STAGES[self.state]

    def _command(self) -> str | None:
        return self._expected[0].command if self._expected else None

    def _step(self, step: Step) -> None:
        self.state = after(self.state, step)


def in_step(reply: Reply, wanted: int) -> bool:
    """Tell whether client and server still agree where they are, so that a QUIT makes sense.

    They do after a refusal, and after another code of the wanted class; not after 250 for DATA.
    Where the reply is more than one plain line, Racket's transcripts (nonascii-reply, reply-nul,
    multi-mixed-code2) end without a QUIT, and so do ours.
    """
    return reply.plain and (reply.code >= 400 or reply.code // 100 == wanted // 100)


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
    State.QUIT: Stage.QUIT,
    State.FAREWELL: Stage.FAREWELL,
    State.CLOSED: Stage.QUIT,
}
"""The stage that a state belongs to, where no reply is due that says it."""
GOODBYE = (State.QUIT, State.FAREWELL, State.CLOSED)


def _system_words(cause: BaseException) -> str | None:
    """Return what the system says about *cause*."""
    return getattr(cause, "strerror", None) or str(cause) or None
