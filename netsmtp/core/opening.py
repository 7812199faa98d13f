"""Open the conversation: greeting, EHLO, STARTTLS and AUTH, until mail may be sent.

Each step is a command and a procedure that takes its reply. What follows is in `session`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from ..errors import (
    AuthenticationRefused,
    NotOffered,
    PlaintextAuthError,
    ProtocolError,
    ReplyError,
    ServerNotProven,
    SmtpError,
)
from ..options import Options
from .actions import StartTls
from .capabilities import NONE, Capabilities, capabilities
from .dialogue import Dialogue, in_step
from .events import REDACTED, Event, TlsStarted
from .replies import Reply, ReplyParser
from .sasl import Credentials, armor, challenge
from .secret import Secret
from .stages import Stage
from .states import Step


class Carrying(Protocol):
    """Say what carries a session, as every transport does; asked where a password depends on it."""

    @property
    def encrypted(self) -> bool:
        """Tell whether nobody on the way can read."""
        ...

    @property
    def local(self) -> bool:
        """Tell whether nothing leaves this machine."""
        ...


class Channel(NamedTuple):
    """Say what carries the session: *encrypted* from the start, *local* if it leaves no machine."""

    encrypted: bool = False
    local: bool = False


class Opening(Dialogue):
    """Lead one connection to where mail may be sent; `_ready` is called there.

    *name* gives the EHLO name, asked anew for each EHLO. *start_tls* makes STARTTLS required, or
    only wanted: used where the server has it.
    """

    def __init__(
        self,
        name: Callable[[], str],
        channel: Carrying,
        start_tls: Literal["required", "wanted"] | None,
        credentials: Credentials | None,
        options: Options,
        observe: Callable[[Event], object] | None,
    ) -> None:
        super().__init__(options, observe, self._greeted)
        self._name = name
        self._channel: Carrying = channel
        self._start_tls = start_tls
        self._credentials = credentials
        self.offered = NONE

    def opened(self, offered: Capabilities) -> None:
        """Take it that greeting and EHLO are said already, and that this was *offered*."""
        self._step(Step.GREETED)
        self._expected.clear()
        self.offered = offered
        self._step(Step.PREPARED)

    def encrypted(self) -> None:
        """Go on over TLS, forgetting all that was said in clear (RFC 3207 section 4.2)."""
        self._step(Step.ENCRYPTED)
        self._channel = Channel(encrypted=True, local=self._channel.local)
        self._parser = ReplyParser(self._options.reply_limits)
        self.offered = NONE
        if self._observe is not None:
            self._observe(TlsStarted())
        self._ehlo()

    def _greeted(self, reply: Reply) -> None:
        if reply.code != 220:
            return self._refused(reply, Stage.GREETING, None, 220, polite=False)
        self._step(Step.GREETED)
        self._ehlo()

    def _ehlo(self) -> None:
        self._say(Stage.EHLO, f"EHLO {self._name()}", self._introduced)

    def _introduced(self, reply: Reply) -> None:
        if reply.code in (500, 502, 504) and not (
            self._start_tls == "required" or self._credentials
        ):
            self._step(Step.EHLO_UNKNOWN)
            return self._say(Stage.EHLO, f"HELO {self._name()}", self._introduced_plainly)
        if reply.code != 250:
            return self._refused(reply, Stage.EHLO, "EHLO", 250)
        self.offered = capabilities(reply)
        if self._channel.encrypted or self._start_tls is None:
            return self._secured()
        if "STARTTLS" in self.offered:
            self._step(Step.ASK_TLS)
            return self._say(Stage.STARTTLS, "STARTTLS", self._tls_granted)
        if self._start_tls == "wanted":
            return self._secured()
        error = NotOffered("STARTTLS, which this send requires", stage=Stage.STARTTLS)
        self._give_up(error, polite=True)

    def _introduced_plainly(self, reply: Reply) -> None:
        if reply.code != 250:
            return self._refused(reply, Stage.EHLO, "HELO", 250)
        self._prepared()

    def _tls_granted(self, reply: Reply) -> None:
        if reply.code >= 400 and self._start_tls == "wanted":
            return self._secured()
        if reply.code != 220:
            return self._refused(reply, Stage.STARTTLS, "STARTTLS", 220, polite=False)
        if self._parser.pending:
            # Whoever put it there wants it taken for the first reply under TLS (CVE-2011-0411).
            raise ProtocolError("bytes in clear behind the reply to STARTTLS", stage=Stage.STARTTLS)
        self._channel = Channel(local=self._channel.local)  # it is asked before it is gone
        self._step(Step.TLS_GRANTED)
        self._actions.append(StartTls())

    def _secured(self) -> None:
        """Go on when the connection is as safe as it will be."""
        if self._credentials is not None:
            return self._ask_auth(self._credentials)
        self._prepared()

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
        """Go on with mail."""
        raise NotImplementedError  # pragma: no cover - the session has its own
