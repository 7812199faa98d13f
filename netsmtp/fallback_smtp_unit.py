"""The unit that has a second way out where the first is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from netsmtp._calls import Call, PassingSmtp
from netsmtp._rereading import Rereading
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    DeliveryUnknown,
    InputError,
    PlaintextAuthError,
    ReplyError,
    SendmailError,
    SendmailNotFound,
    SmtpError,
)
from netsmtp.smtp_sig import ISmtp
from units import tag, unit

__all__ = ["FallbackSmtp", "fallback_smtp_unit", "failed_safely"]

#: Where a server's no for good is about the mail, and not about who brings it.
ABOUT_THE_MAIL = (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.BODY, Stage.VERDICT)


def failed_safely(error: SmtpError) -> bool:
    """Tell whether the same mail may go another way after *error*.

    It may where it was certainly not delivered, and another server may see it otherwise. So it may
    not after `DeliveryUnknown` nor after an error of sendmail, which may have kept the message; nor
    where the call itself is wrong, or a server refused the mail for good.
    """
    if isinstance(error, SendmailError):
        return isinstance(error, SendmailNotFound)
    if isinstance(error, DeliveryUnknown | InputError | PlaintextAuthError):
        return False
    refused = isinstance(error, ReplyError) and error.stage in ABOUT_THE_MAIL
    return error.transient or not refused


class FallbackSmtp(PassingSmtp):
    """Sends through *first*, and through *second* what *first* failed to send."""

    def __init__(
        self, first: ISmtp, second: ISmtp, when: Callable[[SmtpError], bool], keep: int
    ) -> None:
        super().__init__(first)
        self._second, self._when, self._keep = second, when, keep

    def __repr__(self) -> str:
        return f"<FallbackSmtp before {self.inner!r}, then {self._second!r}>"

    def _send(self, call: Call) -> None:
        message = Rereading(call, self._keep)
        try:
            self.pass_on(message.call, self.inner)
        except SmtpError as error:
            if not self._when(error) or not message.again:
                raise
            # In here, so that an error of the second shows that of the first above it.
            self.pass_on(message.call, self._second)


@unit
def fallback_smtp_unit(
    first: Annotated[ISmtp, tag("first")],
    second: Annotated[ISmtp, tag("second")],
    *,
    when: Callable[[SmtpError], bool] = failed_safely,
    keep: int = 1 << 20,
) -> ISmtp:
    """Export an `ISmtp` that sends through *first*, and through *second* what that failed to send.

    It depends on the error, by *when*: see `failed_safely`. If *second* fails, too, its error is
    raised, and the `__context__` of that is the first one's. Both are told the same server.

    Of message lines that can be read only once, up to *keep* characters are kept; a longer message of
    such lines, and what is sent over an open connection, goes through *first* alone. The
    end-of-message procedure and the observer are called by both.
    """
    return FallbackSmtp(first, second, when, keep)
