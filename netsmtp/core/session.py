"""Hold the client's side of one SMTP connection: bytes in, actions out, no input or output.

A driver asks `next` what to do and does it; what it reads it gives to `receive`. This is what is
said, and when; how commands and replies are paired is in `dialogue`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..errors import (
    AuthenticationRefused,
    DeliveryUnknown,
    NotOffered,
    PlaintextAuthError,
    ProtocolError,
    RecipientResult,
    RecipientsRefused,
    ReplyError,
    ServerNotProven,
    SmtpError,
)
from ..options import Options
from .actions import Action, CallHook, StartTls, Write
from .capabilities import Capabilities, capabilities
from .content import mind_long_lines
from .dialogue import Dialogue, Expected, in_step
from .envelope import Mail, SendResult
from .events import REDACTED, BodyComplete, Delivered, Event, TlsStarted
from .framing import END, Stuffer, longest
from .replies import Reply, ReplyParser
from .sasl import Credentials, armor, challenge
from .secret import Secret
from .stages import Stage
from .states import State, Step

GROUP = 100  # commands in one write: their replies fit any socket's buffers (RFC 2920 section 3.1)


@dataclass(frozen=True, slots=True)
class Channel:
    """Say what carries the session: *encrypted* from the start, *local* if it leaves no machine."""

    encrypted: bool = False
    local: bool = False


class Session(Dialogue):
    """Lead one connection from the greeting to the QUIT.

    *name* gives the EHLO name, asked anew for each EHLO. *start_tls* makes STARTTLS required.
    *hooked* keeps the final dot apart from the message, so that the end-of-message procedure can
    run between them.
    """

    def __init__(
        self,
        name: Callable[[], str],
        *,
        channel: Channel | None = None,
        start_tls: bool = False,
        credentials: Credentials | None = None,
        hooked: bool = False,
        options: Options | None = None,
        observe: Callable[[Event], object] | None = None,
    ) -> None:
        super().__init__(options or Options(), observe or (lambda event: None), self._greeted)
        self._name = name
        self._channel = channel or Channel()
        self._start_tls = start_tls
        self._credentials = credentials
        self._hooked = hooked
        self._mails: deque[Mail] = deque()
        self._commands: deque[tuple[Stage, str]] = deque()
        self._answers: list[RecipientResult] = []
        self._leaving = False
        self.offered = Capabilities()
        self.result: SendResult | None = None

    # What the driver calls.

    def submit(self, mail: Mail) -> None:
        """Send *mail* as soon as the connection is ready."""
        self._mails.append(mail)
        if self.state is State.READY:
            self._ready()

    def leave(self) -> None:
        """Say QUIT when nothing is left to send."""
        self._leaving = True
        if self.state is State.READY:
            self._ready()

    def encrypted(self) -> None:
        """Go on over TLS, forgetting all that was said in clear (RFC 3207 section 4.2)."""
        self._step(Step.ENCRYPTED)
        self._channel = Channel(encrypted=True, local=self._channel.local)
        self._parser = ReplyParser(self._options.reply_limits)
        self.offered = Capabilities()
        self._observe(TlsStarted())
        self._ehlo()

    # The conversation, in the order of a send.

    def _greeted(self, reply: Reply) -> None:
        if reply.code != 220:
            return self._refused(reply, Stage.GREETING, None, 220, polite=False)
        self._step(Step.GREETED)
        self._ehlo()

    def _ehlo(self) -> None:
        self._say(Stage.EHLO, f"EHLO {self._name()}", self._introduced)

    def _introduced(self, reply: Reply) -> None:
        if reply.code in (500, 502, 504) and not (self._start_tls or self._credentials):
            self._step(Step.EHLO_UNKNOWN)
            return self._say(Stage.EHLO, f"HELO {self._name()}", self._introduced_plainly)
        if reply.code != 250:
            return self._refused(reply, Stage.EHLO, "EHLO", 250)
        self.offered = capabilities(reply)
        if self._start_tls and not self._channel.encrypted:
            return self._ask_tls()
        if self._credentials is not None:
            return self._ask_auth(self._credentials)
        self._prepared()

    def _introduced_plainly(self, reply: Reply) -> None:
        if reply.code != 250:
            return self._refused(reply, Stage.EHLO, "HELO", 250)
        self._prepared()

    def _ask_tls(self) -> None:
        if "STARTTLS" not in self.offered:
            error = NotOffered("STARTTLS, which this send requires", stage=Stage.STARTTLS)
            return self._give_up(error, polite=True)
        self._step(Step.ASK_TLS)
        self._say(Stage.STARTTLS, "STARTTLS", self._tls_granted)

    def _tls_granted(self, reply: Reply) -> None:
        if reply.code != 220:
            return self._refused(reply, Stage.STARTTLS, "STARTTLS", 220, polite=False)
        if self._parser.pending:
            # Whoever put it there wants it taken for the first reply under TLS (CVE-2011-0411).
            raise ProtocolError("bytes in clear behind the reply to STARTTLS", stage=Stage.STARTTLS)
        self._step(Step.TLS_GRANTED)
        self._actions.append(StartTls())

    def _ask_auth(self, given: Credentials) -> None:
        channel = self._channel
        if not (channel.encrypted or channel.local or self._options.allow_plaintext_auth):
            error = PlaintextAuthError("neither TLS nor a server on this machine", stage=Stage.AUTH)
            return self._give_up(error, polite=True)
        known = given.among(self.offered.mechanisms)
        if known is None:
            names = " or ".join(given.choices)
            missing = NotOffered(f"AUTH {names}, which this send requires", stage=Stage.AUTH)
            return self._give_up(missing, polite=True)
        self._step(Step.ASK_AUTH)
        self._mask = known.mask
        exchange = known.exchange()
        first = next(exchange)
        challenges = 0

        def answered(reply: Reply) -> None:
            nonlocal challenges
            if reply.code == 235 and challenges >= known.challenges:
                self._credentials = None
                self._prepared()
                self._mask = self._unmasked = None
                return None
            if reply.code == 235:
                unproven = ServerNotProven("235 before its proof", stage=Stage.AUTH, command=shown)
                return self._give_up(unproven, polite=True)
            error = AuthenticationRefused(stage=Stage.AUTH, command=shown, wanted=235, reply=reply)
            if reply.code != 334:
                return self._give_up(error, polite=in_step(reply, 235))
            challenges += 1
            asked = self._unmasked or Secret("")
            try:
                answer = exchange.send(challenge(asked.reveal()) or b"")
            except StopIteration as stop:
                if stop.value is None:
                    return self._stop_auth(error, known.give_up)
                unproven = ServerNotProven(stop.value, stage=Stage.AUTH, command=shown)
                return self._stop_auth(unproven, known.give_up)
            self._step(Step.CHALLENGED)
            self._say(Stage.AUTH, armor(answer or Secret("")), answered)

        verb = f"AUTH {known.mechanism}"
        shown = f"{verb} {REDACTED}" if first else verb
        line = Secret(f"{verb} {armor(first).reveal()}" if first else verb)
        self._say(Stage.AUTH, line, answered, shown)

    def _stop_auth(self, error: SmtpError, answer: str) -> None:
        """End an exchange that cannot go on, and hear the server's reason for a refusal."""

        def answered(reply: Reply) -> None:
            if isinstance(error, ReplyError):
                error.reply = reply
                error.transient = 400 <= reply.code < 500
            self._goodbye()

        self._step(Step.REFUSED)
        self._error = error
        self._say(Stage.AUTH, answer, answered)

    def _prepared(self) -> None:
        self._step(Step.PREPARED)
        self._ready()

    def _ready(self) -> None:
        """Begin the next mail, or leave if there is none."""
        if self._mails:
            self._begin(self._mails[0])
        elif self._leaving:
            self._step(Step.LEAVE)
            if not self._expected:
                self._say(Stage.QUIT, "QUIT", self._bye)

    def _begin(self, mail: Mail) -> None:
        try:
            self._commands = deque(mail.commands(self.offered))
        except SmtpError as error:
            return self._give_up(error, polite=True)
        self._step(Step.BEGIN)
        self._answers = [RecipientResult(address.text) for address in mail.recipients]
        self._next_group()

    def _next_group(self) -> None:
        """Write as much of the envelope as may be written at once."""
        group: list[str | Secret] = []
        expected: list[Expected] = []
        asked = sum(answer.reply is not None for answer in self._answers)
        for _ in range(min(len(self._commands), GROUP if self._pipelining else 1)):
            stage, line = self._commands.popleft()
            then: Callable[[Reply], None] = self._sender_answered
            if stage is Stage.RCPT:
                then = self._recipient_answered(asked, line)
                asked += 1
            group.append(line)
            expected.append(Expected(stage, line, then))
        self._write(expected[0].stage, group, expected)

    @property
    def _pipelining(self) -> bool:
        return self._options.pipelining and "PIPELINING" in self.offered

    def _sender_answered(self, reply: Reply) -> None:
        if reply.code != 250:
            command = f"MAIL FROM:<{self._mails[0].sender.wire()}>"
            return self._refused(reply, Stage.MAIL, command, 250)
        self._envelope_answered()

    def _recipient_answered(self, index: int, command: str) -> Callable[[Reply], None]:
        def answered(reply: Reply) -> None:
            result = RecipientResult(self._answers[index].address, reply)
            self._answers[index] = result
            if self.state is State.FAREWELL:
                return
            if not result.accepted and self._options.policy == "all":
                error = RecipientsRefused(
                    stage=Stage.RCPT, command=command, wanted=250, reply=reply
                )
                return self._give_up(error, polite=in_step(reply, 250))
            self._envelope_answered()

        return answered

    def _envelope_answered(self) -> None:
        """Go on when every reply to the written part of the envelope has come."""
        if self._expected:
            return
        if self._commands:
            return self._next_group()
        if not any(answer.accepted for answer in self._answers):
            error = RecipientsRefused(stage=Stage.RCPT, wanted=250, reply=self._answers[0].reply)
            return self._give_up(error, polite=True)
        self._step(Step.ALL_ANSWERED)
        self._say(Stage.DATA, "DATA", self._go_ahead)

    def _go_ahead(self, reply: Reply) -> None:
        if reply.code != 354:
            return self._refused(reply, Stage.DATA, "DATA", 354)
        self._step(Step.GO_AHEAD)
        if self._parser.pending:
            self._unsolicited(Stage.BODY)
        self._message = self._write_message(self._mails[0])

    def _write_message(self, mail: Mail) -> Iterator[Action]:
        """Yield the writes of a message. A piece is held back: the last takes the dot along."""
        stuffer = Stuffer()
        held, size = b"", 0
        for piece in mail.content.text():
            self._check(mail, piece)
            if size:
                yield Write(held, Stage.BODY, body=size)
            held, size = stuffer.write(piece), len(piece)
        held += stuffer.end()[: -len(END)]
        self._step(Step.WRITTEN)
        if self._hooked:
            if held:
                yield Write(held, Stage.BODY, body=size)
            self._observe(BodyComplete())
            yield CallHook()
            held, size = b"", 0
        self._step(Step.DOT)
        self._expected.append(Expected(Stage.VERDICT, ".", self._verdict))
        shows = ["."]
        if self._quits_with_dot:
            self._expected.append(Expected(Stage.QUIT, "QUIT", self._bye))
            shows.append("QUIT")
        commands = "".join(f"{line}\r\n" for line in shows).encode()
        yield Write(held + commands, Stage.BODY, tuple(shows), body=size)

    @property
    def _quits_with_dot(self) -> bool:
        last = self._leaving and len(self._mails) == 1
        return last and self._options.quit_with_dot and self._pipelining

    def _check(self, mail: Mail, piece: bytes) -> None:
        """Refuse in lines that are read only once what other lines were refused for before."""
        if mail.facts is None:
            mind_long_lines(longest(piece), self._options.long_lines)
            if not piece.isascii() and "8BITMIME" not in self.offered:
                raise NotOffered("8BITMIME, which the text of this mail needs", stage=Stage.BODY)

    def _verdict(self, reply: Reply) -> None:
        if 400 <= reply.code < 600:
            return self._refused(reply, Stage.VERDICT, ".", 250)
        if reply.code != 250:
            error = DeliveryUnknown(stage=Stage.VERDICT, command=".", wanted=250, reply=reply)
            return self._give_up(error, polite=in_step(reply, 250))
        self._mails.popleft()
        self.result = SendResult(reply, tuple(self._answers))
        self._step(Step.DELIVERED)
        self._observe(Delivered(reply, self.result.recipients))
        self._ready()

    def _gone(self) -> None:
        """Close; by now all is known that will be about recipients."""
        super()._gone()
        if isinstance(self._error, RecipientsRefused):
            self._error.recipients = tuple(self._answers)
            refused = [each.reply for each in self._answers if each.reply and not each.accepted]
            self._error.transient = all(400 <= reply.code < 500 for reply in refused)
