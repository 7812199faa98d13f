"""The unit that fails where it is told to, for testing callers: a real session, a server that fails.

The error is made by the session, out of what the server says or does not say. So it is the one
that such a server would cause, in every detail.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection
from typing import BinaryIO, Literal, TypeAlias

from netsmtp._calls import Call
from netsmtp._local import OFFERED, SessionSmtp
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.loopback_auth import Account
from netsmtp.core.replies import BadReply, ReplyParser
from netsmtp.core.stages import Stage
from netsmtp.errors import ConnectError, TlsError
from netsmtp.memory import MemoryServer
from netsmtp.smtp_sig import ISmtp
from units import unit

__all__ = ["FAULTS", "FailingSmtp", "Fault", "failing_smtp_unit"]

Fault: TypeAlias = Literal["lost", "silence", "garbage"]

#: What can happen instead of a reply, and the words of the system for it.
FAULTS = {
    "lost": "Connection refused",
    "silence": "no answer in time",
    "garbage": "WRONG_VERSION_NUMBER",
}

#: The stage to which a command of a send belongs.
STAGES = {
    "EHLO": Stage.EHLO,
    "HELO": Stage.EHLO,
    "STARTTLS": Stage.STARTTLS,
    "AUTH": Stage.AUTH,
    "MAIL": Stage.MAIL,
    "RCPT": Stage.RCPT,
    "DATA": Stage.DATA,
    "QUIT": Stage.QUIT,
}

#: Where nobody replies in words, and where something fails without a command.
WORDLESS = (Stage.CONNECT, Stage.TLS)
BESIDES = (*WORDLESS, Stage.GREETING, Stage.BODY, Stage.VERDICT)


class FailingSmtp(SessionSmtp):
    """Fails each send at *stage*; see `failing_smtp_unit`."""

    def __init__(
        self,
        stage: Stage | str = Stage.VERDICT,
        fault: Fault | str = "451 4.3.0 failing on purpose",
        recipients: Collection[str] | None = None,
    ) -> None:
        self._stage = Stage(stage)
        self._fault = fault
        self._recipients = recipients
        problem = _problem(self._stage, fault)
        if problem:
            raise ValueError(f"failing_smtp_unit: {problem}")

    def __repr__(self) -> str:
        return f"<FailingSmtp at {self._stage}: {self._fault}>"

    def server(self, account: Account | None) -> LoopbackServer:
        return _FailingServer(self._stage, self._fault, self._recipients, account)

    def _send(self, call: Call) -> None:
        super()._send(call)
        self._mind_success()

    def _send_star(self, call: Call) -> None:
        super()._send_star(call)
        self._mind_success()

    def connect(self, memory: MemoryServer, name: str, port: int) -> tuple[BinaryIO, BinaryIO]:
        if self._stage is not Stage.CONNECT:
            return super().connect(memory, name, port)
        cause = TimeoutError() if self._fault == "silence" else ConnectionRefusedError()
        raise ConnectError(
            f"{name} port {port}: {FAULTS[self._fault]}", stage=Stage.CONNECT
        ) from cause

    def encode(self, name: str, r: BinaryIO, w: BinaryIO) -> tuple[BinaryIO, BinaryIO]:
        if self._stage is not Stage.TLS:
            return super().encode(name, r, w)
        reason = "Connection reset by peer" if self._fault == "lost" else FAULTS[self._fault]
        raise TlsError(f"{name}: {reason}", stage=Stage.TLS)

    def _mind_success(self) -> None:
        """Raise where a test would go on believing that it has seen a failure."""
        if self._stage is not Stage.QUIT:  # after the verdict no fault makes a difference
            raise RuntimeError(
                "failing_smtp_unit: the send has not failed\n"
                f"  stage: {self._stage}\n  fault: {self._fault}\n"
                "  hint: a send comes to starttls and tls with tls_encode, to auth with a password"
            )


class _FailingServer(LoopbackServer):
    """A server that is well-behaved up to *stage*.

    It takes one command at a time, so that what it has been told is what it fails at.
    """

    def __init__(
        self,
        stage: Stage,
        fault: Fault | str,
        recipients: Collection[str] | None,
        account: Account | None,
    ) -> None:
        super().__init__(tuple(each for each in OFFERED if each != "PIPELINING"), account=account)
        self._at, self._fault, self._only = stage, fault, recipients
        self._now = Stage.GREETING
        self._reading = False

    def greet(self) -> bytes:
        greeting = super().greet()
        return self._failed() if self._at is Stage.GREETING else greeting

    def receive(self, data: bytes) -> bytes:
        if self._reading and self._at is Stage.BODY:
            # Whoever writes is told by the system: that nobody reads, or that nobody is there.
            if self._fault == "silence":
                raise TimeoutError
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        answers = super().receive(data)
        if self._reading:
            self._now = Stage.VERDICT if answers else Stage.BODY
        else:
            verb = data.partition(b" ")[0].strip().decode("ascii", "replace")
            self._now = STAGES.get(verb, self._now)
        if self._now is self._at and self._meant(data):
            return self._failed()
        self._reading = self._now in (Stage.DATA, Stage.BODY)
        if self._reading and self._at is Stage.BODY and self._fault not in ("lost", "silence"):
            return answers + self._failed()  # it does not wait for the message
        return answers

    def _meant(self, command: bytes) -> bool:
        """Tell whether to fail at *command*: RCPT may be only for some recipients."""
        if self._at is not Stage.RCPT or self._only is None:
            return True
        path = command.decode("utf-8", "replace").partition("<")[2].rpartition(">")[0]
        return path in self._only

    def _failed(self) -> bytes:
        """Return what is said instead of the usual."""
        if self._fault == "lost":
            self.closed = True
        if self._fault in ("lost", "silence"):
            return b""
        return (b"what?" if self._fault == "garbage" else self._fault.encode()) + b"\r\n"


def _problem(stage: Stage, fault: str) -> str | None:
    """Say why nothing can fail like this, or return None."""
    if stage not in (*STAGES.values(), *BESIDES):
        return f"stage {stage}: a send that goes well does not come there"
    if fault in FAULTS:
        if stage is Stage.CONNECT and fault == "garbage":
            return "stage connect: there is nobody yet who talks garbage"
        return None
    if stage in WORDLESS:
        return f"stage {stage}: fault {fault!r}: there is no reply; there are {', '.join(FAULTS)}"
    parser = ReplyParser()
    try:
        parser.feed(fault.encode() + b"\r\n")
        reply = parser.next()
    except (BadReply, UnicodeEncodeError):
        reply = None
    if reply is None or parser.pending:
        return f"fault {fault!r}: neither a reply like '550 no' nor {', '.join(FAULTS)}"
    return None


@unit
def failing_smtp_unit(
    stage: Stage | str = Stage.VERDICT,
    fault: Fault | str = "451 4.3.0 failing on purpose",
    recipients: Collection[str] | None = None,
) -> ISmtp:
    """Export an `ISmtp` whose every send fails at *stage*, in a real session against a server in memory.

    *fault* is the reply there, as `"550 5.1.1 no such user"`, or `"lost"`: the connection ends,
    `"silence"`: a deadline passes, at once, or `"garbage"`: no reply at all. With `"lost"` at
    `Stage.VERDICT` nobody knows: that is `DeliveryUnknown`. At `Stage.RCPT` only *recipients* are
    refused, if any are named. At `Stage.QUIT` the send succeeds, as it does anywhere.

    Sending raises `RuntimeError` where the send never came to *stage*, or went on all the same.
    Raises `ValueError` where *stage* cannot fail like this.
    """
    return FailingSmtp(stage, fault, recipients)
