"""Several mails over one session: chained envelopes, RSET after a refusal, what each came to."""

from __future__ import annotations

from typing import Any

import pytest

from netsmtp.core.actions import Read, Write
from netsmtp.core.envelope import Mail
from netsmtp.core.replies import Reply
from netsmtp.core.session import Session
from netsmtp.core.stages import Stage
from netsmtp.core.states import State
from netsmtp.errors import (
    ConnectionLost,
    ContentError,
    DeliveryUnknown,
    NotOffered,
    ProtocolError,
    RecipientsRefused,
    ReplyError,
    SmtpError,
)
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, one_mail, several, talk

OK, GO, KEPT = b"250 ok\r\n", b"354 go\r\n", b"250 2.0.0 Ok: queued as A1\r\n"
TEXT = "A: b\r\n\r\nhello\r\n.\r\n"
LOCKSTEP = Options(pipelining=False)


def mail(n: int, recipients: int = 1, **changed: Any) -> Mail:
    to = [f"r{n}{k}@y.org" for k in range(recipients)]
    return one_mail(**{"sender": f"s{n}@x.org", "recipients": to, **changed})


def envelope(n: int, recipients: int = 1) -> str:
    rcpt = "".join(f"RCPT TO:<r{n}{k}@y.org>\r\n" for k in range(recipients))
    return f"MAIL FROM:<s{n}@x.org>\r\n{rcpt}"


def outcomes(made: Session) -> list[str]:
    """Return what became of each mail so far, in a word."""
    return ["sent" if result else type(result.error).__name__ for result in made.results]


def test_next_envelope_goes_behind_the_dot() -> None:
    """With PIPELINING a mail takes two writes: DATA, then its text with the next envelope."""
    made = several(mail(1), mail(2, 2), mail(3))
    replies = [*HELLO, OK * 2, GO, KEPT + OK * 3, GO, KEPT + OK * 2, GO, KEPT]
    assert talk(made, replies)[1:] == [
        envelope(1),
        "DATA\r\n",
        TEXT + envelope(2, 2),
        "DATA\r\n",
        TEXT + envelope(3),
        "DATA\r\n",
        TEXT,
        "<idle>",
    ]
    assert outcomes(made) == ["sent"] * 3
    assert [result.accepted for result in made.results] == [
        ("r10@y.org",),
        ("r20@y.org", "r21@y.org"),
        ("r30@y.org",),
    ]


def test_replies_may_come_in_any_pieces() -> None:
    """The verdict and the replies to the next envelope may come together, apart, or cut."""
    whole = b"".join([KEPT, OK, OK])
    for cut in range(1, len(whole)):
        made = several(mail(1), mail(2))
        replies = [*HELLO, OK * 2, GO, whole[:cut], whole[cut:], GO, KEPT]
        assert talk(made, replies)[-2:] == [TEXT, "<idle>"]
        assert outcomes(made) == ["sent", "sent"]


@pytest.mark.parametrize(
    "case",
    [
        {"options": LOCKSTEP},
        {"hooked": True},
        {"hello": b"250-h\r\n250 8BITMIME\r\n"},
    ],
    ids=["not wanted", "hook", "not offered"],
)
def test_no_envelope_behind_the_dot(case: dict[str, Any]) -> None:
    """Not without PIPELINING, and not where the end-of-message procedure stands before the dot."""
    hello = [HELLO[0], case.pop("hello", HELLO[1])]
    made = several(mail(1), mail(2), **case)
    together = case == {"hooked": True}
    asked = [OK * 2] if together else [OK, OK]
    did = talk(made, [*hello, *asked, GO, KEPT, *asked, GO, KEPT])
    assert not any(".\r\nMAIL" in each for each in did)
    assert outcomes(made) == ["sent", "sent"]


def test_large_envelope_behind_the_dot_is_written_in_groups() -> None:
    """The rest of a chained envelope follows when its beginning is answered; DATA after all."""
    made = several(mail(1), mail(2, 200))
    replies = [*HELLO, OK * 2, GO, KEPT + OK * 129, OK * 72, GO, KEPT]
    did = talk(made, replies)
    assert (did[3] + did[4]) == TEXT + envelope(2, 200)
    assert did[5] == "DATA\r\n"
    assert len(made.results[1].accepted) == 200


@pytest.mark.parametrize(
    ("at", "refusal", "kind"),
    [
        (0, b"550 5.1.8 no\r\n", ReplyError),
        (0, b"451 later\r\n", ReplyError),
        (1, b"550-5.1.1 no\r\n550 5.1.1 such user\r\n", RecipientsRefused),
        (2, b"554 no\r\n", ReplyError),
        (3, b"554 5.7.1 spam\r\n", ReplyError),
        (3, b"452 full\r\n", ReplyError),
    ],
)
@pytest.mark.parametrize("lockstep", [False, True])
def test_refused_mail_does_not_end_the_connection(
    at: int, refusal: bytes, kind: type[SmtpError], lockstep: bool
) -> None:
    """After a refusal the next mail is sent; inside the envelope RSET is said first."""
    first = [OK, OK, GO, KEPT]
    first[at] = refusal
    rset = at < 3
    steps = [*first[: at + 1], *([OK] if rset else [])]
    if lockstep:
        replies = [*HELLO, *steps, OK, OK, GO, KEPT]
    else:
        replies = [HELLO[0], HELLO[1], first[0] + (first[1] if at else b"503 no\r\n"), *steps[2:]]
        if at == 0:
            replies.append(OK)
        elif at == 1:
            replies = replies[:4]
        replies += [OK * 2, GO, KEPT]
    made = several(mail(1), mail(2), options=Options(pipelining=not lockstep))
    did = talk(made, replies)
    assert outcomes(made) == [kind.__name__, "sent"]
    assert ("RSET\r\n" in did) == rset
    assert did[-1] == "<idle>"
    assert "QUIT\r\n" not in did


def test_every_recipient_is_told_about_when_one_is_refused() -> None:
    """The replies that are still due when RSET is written belong to the refused mail."""
    made = several(mail(1, 3), mail(2))
    replies = [*HELLO, OK + b"550 no\r\n", OK + b"451 later\r\n" + OK, OK * 2, GO, KEPT]
    did = talk(made, replies)
    assert did[2:4] == ["RSET\r\n", envelope(2)]
    error = made.results[0].error
    assert isinstance(error, RecipientsRefused)
    assert [each.accepted for each in error.recipients] == [False, True, False]
    assert made.results[0].recipients == error.recipients
    assert made.results[1]


def test_refused_verdict_leaves_the_chained_envelope_alone() -> None:
    """The envelope behind the dot of a refused message goes on as if nothing had been."""
    made = several(mail(1), mail(2))
    did = talk(made, [*HELLO, OK * 2, GO, b"554 spam\r\n" + OK * 2, GO, KEPT])
    assert did[3:] == [TEXT + envelope(2), "DATA\r\n", TEXT, "<idle>"]
    assert outcomes(made) == ["ReplyError", "sent"]


def test_refused_recipient_of_a_chained_envelope() -> None:
    """A chained mail that is refused is reset, and the next is asked about on its own."""
    made = several(mail(1), mail(2), mail(3))
    did = talk(made, [*HELLO, OK * 2, GO, KEPT + OK + b"550 no\r\n", OK, OK * 2, GO, KEPT])
    assert did[4:] == ["RSET\r\n", envelope(3), "DATA\r\n", TEXT, "<idle>"]
    assert outcomes(made) == ["sent", "RecipientsRefused", "sent"]


def test_server_that_takes_no_envelope_behind_the_dot() -> None:
    """503 to a chained MAIL asks for it anew, on its own, and chains no more."""
    made = several(mail(1), mail(2), mail(3))
    bad = b"503 5.5.1 not now\r\n"
    replies = [*HELLO, OK * 2, GO, KEPT + bad + bad, OK, OK * 2, GO, KEPT, OK * 2, GO, KEPT]
    did = talk(made, replies)
    assert did[4:6] == ["RSET\r\n", envelope(2)]
    assert did[7:9] == [TEXT, envelope(3)]
    assert outcomes(made) == ["sent"] * 3


def test_lost_after_the_dot_only_the_first_is_unknown() -> None:
    """What was chained behind an unanswered dot was not begun: it stays with the driver."""
    made = several(mail(1), mail(2))
    with pytest.raises(DeliveryUnknown):
        talk(made, [*HELLO, OK * 2, GO, b""])
    assert outcomes(made) == ["DeliveryUnknown"]


def test_lost_behind_the_verdict() -> None:
    """A mail whose envelope is answered by the end of the connection was not delivered."""
    for replies in ([KEPT, b""], [KEPT + OK, b""], [KEPT + OK * 2, b""], [KEPT + b"421 bye\r\n"]):
        made = several(mail(1), mail(2))
        with pytest.raises(SmtpError) as caught:
            talk(made, [*HELLO, OK * 2, GO, *replies])
        assert caught.value.transient
        assert outcomes(made)[0] == "sent"
        assert made.results[1].error is caught.value


def test_garbage_behind_the_verdict() -> None:
    """A verdict is a verdict, whatever comes behind it in the same bytes."""
    made = several(mail(1), mail(2))
    with pytest.raises(ProtocolError):
        talk(made, [*HELLO, OK * 2, GO, KEPT + b"what?\r\n"])
    assert outcomes(made) == ["sent", "ProtocolError"]


def test_dot_that_may_have_been_written() -> None:
    """Where an envelope was to follow the dot, a write that fails leaves the delivery unknown."""
    made = several(mail(1), mail(2))
    replies = [*HELLO, OK * 2, GO]
    while not isinstance(action := made.next(), Write) or not action.body:
        if isinstance(action, Read):
            made.receive(replies.pop(0))
    with pytest.raises(DeliveryUnknown):
        made.lost(BrokenPipeError(32, "Broken pipe"), written=False)


def test_reply_that_is_no_verdict_ends_the_connection() -> None:
    """354 for the dot: nobody knows about the first, and the second is not charged with it."""
    made = several(mail(1), mail(2))
    with pytest.raises(DeliveryUnknown):
        talk(made, [*HELLO, OK * 2, GO, GO + OK * 2])
    assert outcomes(made) == ["DeliveryUnknown"]
    assert made.state is State.CLOSED


def test_reply_of_another_class_ends_the_connection() -> None:
    """After 250 for DATA nobody knows what the server waits for."""
    made = several(mail(1), mail(2))
    with pytest.raises(ReplyError):
        talk(made, [*HELLO, OK * 2, OK])
    assert outcomes(made) == ["ReplyError"]


def test_rset_refused() -> None:
    """A server that does not take RSET gets no other mail over this connection."""
    made = several(mail(1), mail(2))
    did = talk(made, [*HELLO, OK + b"550 no\r\n", b"500 what\r\n"])
    assert did[-2:] == ["RSET\r\n", "<close>"]
    assert outcomes(made) == ["RecipientsRefused"]


def test_connection_that_ends_at_rset() -> None:
    """The refusal is what became of the mail, not that the connection ended afterwards."""
    for end in (b"", b"421 bye\r\n", b"what?\r\n"):
        made = several(mail(1), mail(2))
        with pytest.raises(SmtpError):
            talk(made, [*HELLO, OK + b"550 no\r\n", end])
        assert outcomes(made) == ["RecipientsRefused"]


def test_mail_the_server_cannot_take_is_passed_over() -> None:
    """What needs an extension that is not offered fails alone, and is never chained."""
    eight = mail(2, message_lines=["\xe9"])
    hello = [HELLO[0], b"250-h\r\n250 PIPELINING\r\n"]
    made = several(mail(1), eight, mail(3))
    did = talk(made, [*hello, OK * 2, GO, KEPT, OK * 2, GO, KEPT])
    assert did[3:5] == [TEXT, envelope(3)]
    assert outcomes(made) == ["sent", "NotOffered", "sent"]
    assert isinstance(made.results[1].error, NotOffered)


def test_bad_line_found_while_sending_ends_the_connection() -> None:
    """A message that was begun and cannot be finished is dropped with its connection."""
    made = several(mail(1, message_lines=iter(["a\nb"])), mail(2))
    with pytest.raises(ContentError):
        talk(made, [*HELLO, OK * 2, GO])
    assert outcomes(made) == ["ContentError"]


def test_mail_that_nobody_may_have_taken_is_not_charged_to_the_opening() -> None:
    """While the connection is being opened no mail is under way."""
    made = several(mail(1))
    with pytest.raises(ConnectionLost) as caught:
        talk(made, HELLO[:1])
    assert caught.value.stage is Stage.EHLO
    assert not made.results


def test_last_mail_refused_and_leaving() -> None:
    """When nothing follows, a refusal is answered by QUIT, without RSET."""
    made = several(mail(1), mail(2))
    made.leave()
    with pytest.raises(ReplyError):
        talk(made, [*HELLO, OK * 2, GO, KEPT + b"550 no\r\n", b"503 no\r\n", b"221 bye\r\n"])
    assert outcomes(made) == ["sent", "ReplyError"]


def test_leaving_after_the_last_of_several() -> None:
    """QUIT is said once all mails are told of, also where the last could not be sent."""
    made = several(mail(1), mail(2, message_lines=["\xe9"]))
    made.leave()
    hello = [HELLO[0], b"250-h\r\n250 PIPELINING\r\n"]
    with pytest.raises(NotOffered) as caught:
        talk(made, [*hello, OK * 2, GO, KEPT, b"221 bye\r\n"])
    assert caught.value.__notes__[0].endswith("QUIT\r\n")
    assert outcomes(made) == ["sent", "NotOffered"]


def test_result_holds_the_queue_id() -> None:
    """What the server calls the mail is read from its final reply."""
    made = several(mail(1))
    talk(made, [*HELLO, OK * 2, GO, KEPT])
    assert made.results[0].queue_id == "A1"
    assert made.results[0].reply == Reply(250, ("2.0.0 Ok: queued as A1",))
    assert "queued as A1" in repr(made.results[0])
    assert made.results[0].check() is made.results[0]


def test_reply_out_of_turn_to_a_chained_sender() -> None:
    """When the verdict ends the connection politely, replies to what was chained change nothing."""
    made = several(mail(1), mail(2))
    replies = [*HELLO, OK * 2, GO, b"251 what\r\n", OK, OK, b"221 bye\r\n"]
    with pytest.raises(DeliveryUnknown) as caught:
        talk(made, replies)
    assert caught.value.__notes__[0].endswith("QUIT\r\n")
    assert outcomes(made) == ["DeliveryUnknown"]


def test_interrupted() -> None:
    """A driver that gives up leaves the mail unknown behind the dot, undelivered before it."""
    for replies, wanted in (([OK * 2], "ConnectionLost"), ([OK * 2, GO], "DeliveryUnknown")):
        made = several(mail(1), mail(2))
        left = [*HELLO, *replies]
        while True:
            action = made.next()
            if isinstance(action, Read):
                if not left:
                    break
                made.receive(left.pop(0))
        made.interrupted()
        made.interrupted()
        assert outcomes(made) == [wanted]


def test_write_does_not_show_what_it_writes() -> None:
    """The bytes of a write may be a password."""
    shown = repr(Write(b"secret", Stage.AUTH, ("AUTH PLAIN <redacted>",)))
    assert "secret" not in shown
    assert "redacted" in shown
