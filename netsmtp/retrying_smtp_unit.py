"""The unit that sends again what failed for now, and never what may have been delivered."""

from __future__ import annotations

import random as randomness
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import count
from typing import Annotated

from netsmtp._calls import Call, PassingSmtp
from netsmtp._rereading import Rereading
from netsmtp.errors import DeliveryUnknown, SmtpError
from netsmtp.smtp_sig import ISmtp
from units import tag, unit

__all__ = ["Patience", "RetryingSmtp", "retrying_smtp_unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Say how often, and how long; see `retrying_smtp_unit`."""

    attempts: int = 4
    first_delay: float = 1.0
    longest_delay: float = 60.0
    total: float = 300.0

    def __post_init__(self) -> None:
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        wrong = [f"{name} {number!r}" for name, number in given.items() if not number > 0]
        if wrong:
            raise ValueError(f"retrying_smtp_unit: {', '.join(wrong)}: must be more than 0")

    def delay(self, failures: int, chance: float) -> float:
        """Return the seconds to wait after so many *failures*; *chance* is from 0 up to 1.

        The longest wait doubles each time. Half of it is certain, half is left to chance: many
        senders that failed together do not come back together.
        """
        longest = min(self.longest_delay, self.first_delay * 2.0 ** min(failures - 1, 60))
        return longest * (1 + chance) / 2


class RetryingSmtp(PassingSmtp):
    """Sends through *inner*, again after each failure that is safe to repeat."""

    def __init__(
        self,
        inner: ISmtp,
        patience: Patience,
        keep: int,
        sleep: Callable[[float], object],
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        super().__init__(inner)
        self._patience, self._keep = patience, keep
        self._sleep, self._clock, self._random = sleep, clock, random

    def _send(self, call: Call) -> None:
        message, patience, began = Rereading(call, self._keep), self._patience, self._clock()
        for failures in count(1):
            try:
                return self.pass_on(message.call, self.inner)
            except SmtpError as error:
                delay = patience.delay(failures, self._random())
                over = failures >= patience.attempts or not message.again
                late = self._clock() - began + delay > patience.total
                if over or late or not error.transient or isinstance(error, DeliveryUnknown):
                    if failures > 1:
                        error.add_note(f"attempts: {failures}")
                    raise
            # Not inside `except`: who interrupts the wait hears nothing of a failure.
            self._sleep(delay)


@unit
def retrying_smtp_unit(
    inner: Annotated[ISmtp, tag("inner")],
    *,
    attempts: int = 4,
    first_delay: float = 1.0,
    longest_delay: float = 60.0,
    total: float = 300.0,
    keep: int = 1 << 20,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    random: Callable[[], float] = randomness.random,
) -> ISmtp:
    """Export an `ISmtp` that sends through *inner*, up to *attempts* times in all.

    A send is repeated after an error that is `transient`: nothing was delivered, and it may succeed
    later. `DeliveryUnknown` is raised at once, as is every refusal for good. Between attempts it
    waits, *first_delay* seconds at most, then twice as long each time up to *longest_delay*, of
    which half is left to chance; never so long that it would be more than *total* seconds since the
    beginning. The last error is the one that is raised; a note tells how many attempts there were.

    Of message lines that can be read only once, up to *keep* characters are kept; a longer message of
    such lines is sent once. An open connection can be used only once, so `smtp_send_message_star`
    never repeats. The end-of-message procedure and the observer are called in each attempt.

    Waits by *sleep*, reads the time by *clock*, and *random* gives a number from 0 up to 1.
    Raises `ValueError` for numbers that are not more than 0.
    """
    patience = Patience(
        attempts=attempts, first_delay=first_delay, longest_delay=longest_delay, total=total
    )
    return RetryingSmtp(inner, patience, keep, sleep, clock, random)
