"""Lead a session over a transport: do what it asks, in time, and always end the connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ._transport import Streams, Transport, discard, sending_to, transport
from .core.actions import CallHook, Close, Idle, Read, StartTls, Write
from .core.envelope import SendResult
from .core.events import BodyProgress, Closed, CommandSent, Connected, Event
from .core.session import Session
from .core.stages import Stage
from .core.states import State
from .errors import SmtpError
from .options import Deadlines

Encode = Callable[..., Streams]


@dataclass(slots=True)
class Clock:
    """Count the seconds that a stage, and the whole send, have left."""

    deadlines: Deadlines
    ends: float | None

    @classmethod
    def start(cls, deadlines: Deadlines) -> Clock:
        """Begin to count *deadlines*."""
        total = deadlines.total
        return cls(deadlines, None if total is None else time.monotonic() + total)

    def end_of(self, stage: Stage) -> float | None:
        """Return when *stage*, beginning now, must be over."""
        seconds = self.deadlines.of(stage)
        end = None if seconds is None else time.monotonic() + seconds
        return min((e for e in (end, self.ends) if e is not None), default=None)


def left(end: float | None) -> float | None:
    """Return the seconds until *end*."""
    return None if end is None else end - time.monotonic()


@dataclass(frozen=True, slots=True)
class Procedures:
    """Hold what to call: *hook* before the final dot, *encode* to start TLS, *observe* always."""

    hook: Callable[[], object]
    encode: Encode | None
    observe: Callable[[Event], object]


class Driver:
    """Do what *session* asks for over *carrier*; *connected* is told first and names the server."""

    def __init__(
        self,
        session: Session,
        carrier: Transport,
        clock: Clock,
        procedures: Procedures,
        connected: Connected | None = None,
    ) -> None:
        self._session = session
        self._carrier = carrier
        self._clock = clock
        self._hook = procedures.hook
        self._encode = procedures.encode
        self._observe = procedures.observe
        self._connected = connected
        self._total: int | None = None
        self._written = 0
        self._opened = [carrier.streams]
        self._turn: tuple[tuple[Stage, int], float | None] | None = None

    def run(self, total: int | None = None) -> SendResult:
        """Lead the session to its end and return how the mail was taken.

        Whatever is raised here or in a procedure called from here ends the connection at once: a
        message whose final dot is not written yet is then never completed. *total* is the size of
        the message, for progress.
        """
        self._total = total
        try:
            if self._connected:
                self._observe(self._connected)
            error = self._until_closed()
        except BaseException as interruption:
            self._note(interruption)
            self._end(aborted=True)
            raise
        self._end(aborted=False)
        if error is not None:
            raise error
        assert self._session.result is not None
        return self._session.result

    def _until_closed(self) -> SmtpError | None:
        session = self._session
        while True:
            match session.next():
                case Write() as write:
                    self._write(write)
                case Read(stage, turn):
                    self._read(stage, turn)
                case StartTls():
                    self._start_tls()
                case CallHook():
                    self._hook()
                case Close(error):
                    return error
                case Idle():
                    return None

    def _write(self, write: Write) -> None:
        session = self._session
        try:
            arrived = _hidden(self._carrier.poll())
            if arrived is not None:
                session.early(arrived)
                if session.state is State.CLOSED:  # the server did not wait for our QUIT
                    return
            end = self._clock.end_of(write.stage)
            self._carrier.write(memoryview(write.data), left(end))
        except OSError as error:
            if isinstance(error, SmtpError):
                raise
            self._last_words(error)
            return
        if write.body:
            self._written += write.body
            self._observe(BodyProgress(self._written, self._total))
        for line in write.shows:
            self._observe(CommandSent(line, write.stage))

    def _last_words(self, error: OSError) -> None:
        """Hear why the server stopped reading, before telling that it did."""
        session = self._session
        end = self._clock.end_of(Stage.FAREWELL)
        try:
            while arrived := _hidden(self._carrier.read(left(end))):
                session.early(arrived)
        except OSError as silence:
            if isinstance(silence, SmtpError):
                raise
        session.lost(error, written=False)

    def _read(self, stage: Stage, turn: int) -> None:
        if self._turn is None or self._turn[0] != (stage, turn):
            self._turn = (stage, turn), self._clock.end_of(stage)
        try:
            data = memoryview(self._carrier.read(left(self._turn[1])))
        except OSError as error:
            self._session.lost(error)
        else:
            self._session.receive(data)

    def _start_tls(self) -> None:
        assert self._encode is not None
        seconds = left(self._clock.end_of(Stage.TLS))
        with sending_to(self._connected.server if self._connected else None, seconds):
            streams = self._encode(
                *self._carrier.streams, mode="connect", encrypt="tls", close_original=True
            )
        self._opened.append(streams)
        self._carrier = transport(streams)
        self._session.encrypted()

    def _note(self, interruption: BaseException) -> None:
        """Say of an interruption what became of the mail, where that is not plain."""
        if self._session.result is not None:
            interruption.add_note("the server had accepted the message")
        elif self._session.state is State.VERDICT and not isinstance(interruption, SmtpError):
            interruption.add_note("the message was complete: it may have been delivered")

    def _end(self, *, aborted: bool) -> None:
        """Close all streams, the newest first."""
        if aborted:
            self._carrier.abort()
        else:
            self._carrier.close()
        for streams in reversed(self._opened):
            discard(streams)
        self._observe(Closed(aborted))


def _hidden(data: bytes | None) -> memoryview | None:
    """Return *data* so that a traceback does not show it: a server may repeat a secret."""
    return None if data is None else memoryview(data)
