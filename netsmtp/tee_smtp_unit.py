"""The unit that sends, and gives a copy of what was sent to another: for archives and records."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Annotated

from netsmtp._calls import Call, PassingSmtp
from netsmtp._rereading import Rereading
from netsmtp.smtp_sig import ISmtp
from units import tag, unit

__all__ = ["TeeSmtp", "tee_smtp_unit"]

_log = logging.getLogger("netsmtp")


def _warn(error: Exception) -> None:
    _log.warning("sent, but not copied: %s", error)


class TeeSmtp(PassingSmtp):
    """Sends through *inner*, then gives *copy* the same; see `tee_smtp_unit`."""

    def __init__(self, inner: ISmtp, copy: ISmtp, failed: Callable[[Exception], object]) -> None:
        super().__init__(inner)
        self._copy, self._failed = copy, failed

    def __repr__(self) -> str:
        return f"<TeeSmtp before {self.inner!r}, copied to {self._copy!r}>"

    def _send(self, call: Call) -> None:
        message = Rereading(call)
        self.pass_on(message.call, self.inner)
        self._copied(message.call)

    def _send_star(self, call: Call) -> None:
        message = Rereading(call)
        self.pass_on(message.call, self.inner)
        # The connection is used up. Whoever does not send needs none.
        self._copied(message.call.but(r=io.BytesIO(), w=io.BytesIO()))

    def _copied(self, call: Call) -> None:
        try:
            # Who is to hear of the send, and may cancel it, has done so.
            with self.smtp_sending_end_of_message.parameterize(lambda: None):
                self.pass_on(call.but(observer=None), self._copy)
        except Exception as error:  # noqa: BLE001 - the mail is away, whatever this is
            self._failed(error)


@unit
def tee_smtp_unit(
    inner: Annotated[ISmtp, tag("inner")],
    copy: Annotated[ISmtp, tag("copy")],
    *,
    failed: Callable[[Exception], object] = _warn,
) -> ISmtp:
    """Export an `ISmtp` that sends through *inner*, and then gives the same to *copy*.

    What *inner* fails to send is not copied, and neither is what may or may not have been delivered.
    What *copy* raises is not raised, because whoever hears of an error may send once more: *failed*
    is told, which logs a warning where left out. The end-of-message procedure and the observer are
    for *inner* alone. Over an open connection only *inner* sends: *copy* gets one that is at its
    end, which those that send nothing do not mind.

    Message lines that can be read only once are kept in memory for the copy.
    """
    return TeeSmtp(inner, copy, failed)
