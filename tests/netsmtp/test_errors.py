"""Errors: data first, words once, and both survive a pickle."""

from __future__ import annotations

import copy
import pickle

import pytest

from netsmtp import errors
from netsmtp.core.replies import Reply
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    AddressError,
    ConnectError,
    DeliveryUnknown,
    RecipientResult,
    RecipientsRefused,
    ReplyError,
    SmtpError,
    SmtpTimeout,
)

REFUSED = RecipientsRefused(
    stage=Stage.RCPT,
    command="RCPT TO:<c@y.org>",
    wanted=250,
    reply=Reply(550, ("5.1.1 nobody",)),
    recipients=(
        RecipientResult("b@y.org", Reply(250, ("ok",))),
        RecipientResult("c@y.org", Reply(550, ("5.1.1 nobody",))),
        RecipientResult("d@y.org"),
    ),
)


def every_kind() -> list[type[SmtpError]]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return [kind for kind in found if issubclass(kind, SmtpError)]


def test_words() -> None:
    """A short sentence, then a line for each thing that is known."""
    assert str(REFUSED) == (
        "recipient refused by the server\n"
        "  stage: rcpt\n"
        "  command: RCPT TO:<c@y.org>\n"
        "  wanted: 250\n"
        "  reply: 550 5.1.1 nobody\n"
        "  recipient: c@y.org (550 5.1.1 nobody)\n"
        "  recipient: d@y.org (not asked)"
    )


def test_nothing_known_is_one_line() -> None:
    """An error without data is its headline."""
    assert str(DeliveryUnknown()) == "delivery unknown"
    assert repr(DeliveryUnknown()) == "DeliveryUnknown()"


@pytest.mark.parametrize("kind", every_kind())
def test_pickling_keeps_everything(kind: type[SmtpError]) -> None:
    """An error comes back from a pickle or a copy with its data and its words."""
    error = kind("why", stage=Stage.DATA, command="DATA", reply=Reply(450, ("later",)))
    error.add_note("a note")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is kind
        assert vars(again) == vars(error)
        assert str(again) == str(error)


@pytest.mark.parametrize("kind", every_kind())
def test_headline_is_a_short_lower_case_sentence(kind: type[SmtpError]) -> None:
    """Every kind has words of its own, without values."""
    assert len(kind.headline) < 60
    assert not kind.headline.endswith(".")
    assert kind.headline[0].islower() or kind.headline.startswith("SMTP")


@pytest.mark.parametrize(
    ("code", "transient"), [(421, True), (450, True), (550, False), (250, False)]
)
def test_refusal_is_transient_if_the_server_says_so(code: int, transient: bool) -> None:
    """4xx may pass, everything else will not."""
    assert ReplyError(reply=Reply(code, ("",))).transient is transient


def test_system_errors_can_be_caught_as_such() -> None:
    """Callers who know OSError, TimeoutError and ValueError need no new names."""
    assert issubclass(ConnectError, OSError)
    assert issubclass(SmtpTimeout, TimeoutError)
    assert issubclass(AddressError, ValueError)
    assert ConnectError("why").errno is None


def test_accepted_recipient() -> None:
    """250, 251 and 252 take a recipient; nothing else does."""
    for code in (250, 251, 252, 253, 450, 550):
        assert RecipientResult("a", Reply(code, ("",))).accepted is (code in (250, 251, 252))
    assert not RecipientResult("a").accepted
