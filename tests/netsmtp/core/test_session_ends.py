"""How a session ends early: refusals, lost connections, replies that nothing asked for."""

from __future__ import annotations

import pytest

from netsmtp.core.actions import Close, Read, Write
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    ConnectionLost,
    DeliveryUnknown,
    ProtocolError,
    RecipientsRefused,
    ReplyError,
    SmtpError,
    SmtpTimeout,
)
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, YES, one_mail, session, talk

LOCKSTEP = Options(pipelining=False)

REFUSALS = [
    (0, b"554 no\r\n", ReplyError, Stage.GREETING, False),
    (1, b"550 no\r\n", ReplyError, Stage.EHLO, True),
    (2, b"550 no\r\n", ReplyError, Stage.MAIL, True),
    (2, b"451 later\r\n", ReplyError, Stage.MAIL, True),
    (3, b"550 no\r\n", RecipientsRefused, Stage.RCPT, True),
    (3, b"450 later\r\n", RecipientsRefused, Stage.RCPT, True),
    (4, b"554 no\r\n", ReplyError, Stage.DATA, True),
    (4, b"250 what\r\n", ReplyError, Stage.DATA, False),
    (5, b"554 no\r\n", ReplyError, Stage.VERDICT, True),
    (5, b"452 full\r\n", ReplyError, Stage.VERDICT, True),
    (5, b"251 what\r\n", DeliveryUnknown, Stage.VERDICT, True),
    (5, b"354 what\r\n", DeliveryUnknown, Stage.VERDICT, False),
]


@pytest.mark.parametrize(("at", "reply", "kind", "stage", "polite"), REFUSALS)
@pytest.mark.parametrize("pipelining", [False, True])
def test_refusals(
    at: int, reply: bytes, kind: type[SmtpError], stage: Stage, polite: bool, pipelining: bool
) -> None:
    """A refusal names its stage, says QUIT where that makes sense, and is transient if 4xx."""
    replies = [*HELLO, *YES]
    replies[at] = reply
    made = session(options=Options(pipelining=pipelining))
    with pytest.raises(kind) as caught:
        talk(made, replies)
    error = caught.value
    assert (error.stage, error.reply is not None) == (stage, True)
    assert str(error.reply) == reply.decode().strip()
    assert error.transient == reply.startswith(b"4")
    assert error.__notes__[0].endswith("QUIT\r\n") == polite


@pytest.mark.parametrize("at", range(6))
def test_421_anywhere_ends_the_session_at_once(at: int) -> None:
    """A server that closes the connection is not told QUIT; the same mail may pass later."""
    replies = [*HELLO, *YES]
    replies[at] = b"421 4.3.2 closing\r\n"
    with pytest.raises(ReplyError) as caught:
        talk(session(), replies)
    assert caught.value.transient
    assert "QUIT" not in caught.value.__notes__[0]


def test_policy_accepted_with_nobody_left() -> None:
    """With policy "accepted" it is an error only if nobody is taken."""
    made = session(options=Options(policy="accepted"))
    with pytest.raises(RecipientsRefused) as caught:
        talk(made, [*HELLO, YES[0], b"450 later\r\n", b"221 bye\r\n"])
    assert caught.value.transient


def test_every_recipient_is_reported() -> None:
    """When one is refused the error says what became of each, also of those answered later."""
    three = one_mail(recipients=["b@y.org", "c@y.org", "d@y.org"])
    replies = [b"450 later\r\n", b"250 ok\r\n", b"550 no\r\n", b"221 bye\r\n"]
    with pytest.raises(RecipientsRefused) as caught:
        talk(session(three), [*HELLO, YES[0], *replies])
    assert [each.accepted for each in caught.value.recipients] == [False, True, False]
    assert not caught.value.transient  # d@y.org will never be taken
    assert "recipient: d@y.org (550 no)" in str(caught.value)


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("cause", [None, ConnectionResetError(104, "reset"), TimeoutError()])
def test_connection_that_ends(at: int, cause: OSError | None) -> None:
    """Lost before the dot it was not delivered, then nobody knows, after the verdict it was."""
    replies = [*HELLO, *YES][:at]
    made = session()

    def lead() -> None:
        while not isinstance(action := made.next(), Close):
            if isinstance(action, Read) and replies:
                made.receive(replies.pop(0))
            elif isinstance(action, Read):
                made.lost(cause)

    if at >= 6:
        lead()
        assert made.results[-1]
        return
    with pytest.raises(SmtpError) as caught:
        lead()
    kind = SmtpTimeout if isinstance(cause, TimeoutError) else ConnectionLost
    assert type(caught.value) is (DeliveryUnknown if at == 5 else kind)
    assert caught.value.transient == (at != 5)
    assert caught.value.__cause__ is cause


def test_reply_before_its_command() -> None:
    """A reply that nothing asked for ends the session wherever it comes."""
    stages = [Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.BODY]
    for at, stage in enumerate(stages):
        for extra in (b"250 extra\r\n", b"what\r\n"):
            replies = [*HELLO, *YES]
            replies[at] += extra
            with pytest.raises(ProtocolError) as caught:
                talk(session(options=LOCKSTEP), replies)
            assert caught.value.stage is stage


def test_reply_in_the_middle_of_a_message() -> None:
    """A refusal that comes while the message is written is the one that is told."""
    made = session(options=LOCKSTEP)
    replies = [*HELLO, *YES[:2], b"354 go\r\n552 too big\r\n"]
    with pytest.raises(ReplyError) as caught:
        talk(made, replies)
    assert str(caught.value.reply) == "552 too big"
    assert caught.value.stage is Stage.BODY


def test_early_bytes() -> None:
    """Bytes that come before a command are a good-bye, an error or the end."""
    for data, kind in (
        (b"421 bye\r\n", ReplyError),
        (b"250 what\r\n", ProtocolError),
        (b"250 wh", ProtocolError),
        (b"\xff\r\n", ProtocolError),
        (b"", ConnectionLost),
    ):
        made = session()
        made.next()
        made.receive(HELLO[0])
        with pytest.raises(kind):
            made.early(data)


def test_early_bytes_in_a_message_may_be_incomplete() -> None:
    """Half a reply in the middle of a message waits for its other half."""
    made = session(options=LOCKSTEP)
    replies = [*HELLO, *YES[:3]]
    while not isinstance(action := made.next(), Write) or not action.body:
        if isinstance(action, Read):
            made.receive(replies.pop(0))
    made.early(b"552 too")
    with pytest.raises(ReplyError, match="552 too big"):
        made.early(b" big\r\n")


def test_after_the_verdict_nothing_can_fail() -> None:
    """Garbage, silence and endings after the final 250 leave it a success."""
    for data in (b"\xff\r\n", b"500 what\r\n", b"", b"250 a\n", b"221 bye\r\nmore"):
        made = session()
        assert talk(made, [*HELLO, *YES[:4], data])[-1] == "<close>"
        assert made.results[-1]


def test_garbage_for_a_verdict_is_delivery_unknown() -> None:
    """Between the dot and its reply a broken server is as bad as a lost connection."""
    with pytest.raises(DeliveryUnknown) as caught:
        talk(session(), [*HELLO, *YES[:3], b"what?\r\n"])
    assert not caught.value.transient
