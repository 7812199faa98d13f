"""The unit that remembers instead of sending, for tests of asynchronous programs."""

from __future__ import annotations

from netsmtp.aio._in_memory import AsyncInMemorySmtp
from netsmtp.aio.smtp_sig import IAsyncSmtp
from netsmtp.core.loopback import LoopbackServer
from netsmtp.recording_smtp_unit import RecordedMail, RecordingSmtp
from signatures import Signature
from units import unit

__all__ = ["AsyncRecordingSmtp", "IAsyncRecordingSmtp", "aio_recording_smtp_unit"]


class IAsyncRecordingSmtp(IAsyncSmtp, Signature):
    """An `IAsyncSmtp` that can be asked what it was told to send."""

    def sent(self) -> tuple[RecordedMail, ...]:
        """Return the mails so far, oldest first."""
        ...

    def clear(self) -> None:
        """Forget the mails so far."""
        ...


class AsyncRecordingSmtp(AsyncInMemorySmtp, IAsyncRecordingSmtp):
    """Remembers each mail that was sent; sends nothing."""

    def __init__(self) -> None:
        self._recording = RecordingSmtp()

    def __repr__(self) -> str:
        return f"<AsyncRecordingSmtp: {len(self.sent())} sent>"

    def sent(self) -> tuple[RecordedMail, ...]:
        """Return the mails so far, oldest first."""
        return self._recording.sent()

    def clear(self) -> None:
        """Forget the mails so far."""
        self._recording.clear()

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        self._recording.over(server, port, conversation)


@unit
def aio_recording_smtp_unit() -> IAsyncRecordingSmtp:
    """Export an `IAsyncSmtp` that remembers: ``smtp.sent()`` returns `RecordedMail`."""
    return AsyncRecordingSmtp()
