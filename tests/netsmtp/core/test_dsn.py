"""Delivery reports: what is asked for, for whom, and that nothing is where nothing is wanted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp import Recipient, smtp_send_message
from netsmtp.core.dsn import reports_asked, utf8_xtext, xtext
from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import NotificationError, NotOffered
from netsmtp.memory import MemoryServer
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, YES, one_mail, session, talk

OFFERING = [HELLO[0], b"250-h\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN\r\n"]


def said(reports: str = "", **changed: Any) -> list[str]:
    """Return MAIL and RCPT for a mail with so much *changed*."""
    replies = [*OFFERING, *[b"250 ok\r\n"] * len(changed.get("recipients", "x")), *YES[1:]]
    made = session(one_mail(**changed, reports=reports))
    return talk(made, replies)[1].splitlines()


def test_each_recipient_has_its_own() -> None:
    """One wants to know of everything, one of nothing, one asks for nothing at all."""
    recipients = [
        Recipient("b@y.org", notify=("success", "failure", "delay")),
        Recipient("c@y.org", notify=("never",)),
        Recipient(b"d@y.org", original="list+one=two@y.org"),
        "e@y.org",
    ]
    assert said(recipients=recipients) == [
        "MAIL FROM:<a@x.org>",
        "RCPT TO:<b@y.org> NOTIFY=SUCCESS,FAILURE,DELAY",
        "RCPT TO:<c@y.org> NOTIFY=NEVER",
        "RCPT TO:<d@y.org> ORCPT=rfc822;list+2Bone+3Dtwo@y.org",
        "RCPT TO:<e@y.org>",
    ]


def test_what_the_mail_asks_for() -> None:
    """RET and ENVID stand behind MAIL, after what the content needs."""
    asked = reports_asked("headers", "QQ 314+159=x")
    assert asked == " RET=HDRS ENVID=QQ+20314+2B159+3Dx"
    mail = said(asked, message_lines=["\xe9"])[0]
    assert mail == f"MAIL FROM:<a@x.org> BODY=8BITMIME{asked}"
    assert reports_asked("full", None) == " RET=FULL"
    assert reports_asked(None, None) == ""


def test_original_in_other_letters() -> None:
    """RFC 6533 section 3: an address type of its own, and code points by number."""
    asked = Recipient("b@y.org", original="\u4f8b+x@y.org").parameters()
    assert asked == r" ORCPT=utf-8;\x{4F8B}\x{2B}x@y.org"


@pytest.mark.parametrize(
    "wanted",
    [
        {"recipients": [Recipient("b@y.org", notify=("failure",))]},
        {"recipients": [Recipient("b@y.org", original="c@y.org")]},
        {"reports": " RET=FULL"},
    ],
)
def test_server_without_dsn_is_not_asked(wanted: dict[str, Any]) -> None:
    """A report that will not come is an error before MAIL, not silence."""
    with pytest.raises(NotOffered, match="DSN") as caught:
        talk(session(one_mail(**wanted)), [*HELLO, b"221 bye\r\n"])
    assert caught.value.__notes__ == ["EHLO localhost\r\nQUIT\r\n"]


def test_recipient_that_asks_for_nothing_is_a_recipient() -> None:
    """Without a wish the bytes are what they would be for the address alone."""
    plain = talk(session(one_mail()), [*HELLO, *YES])
    assert talk(session(one_mail(recipients=[Recipient("b@y.org")])), [*HELLO, *YES]) == plain


@pytest.mark.parametrize(
    ("wrong", "raises"),
    [
        (Recipient("b@y.org", notify=("never", "delay")), NotificationError),
        (Recipient("b@y.org", notify=("SUCCESS\r\nRSET",)), NotificationError),  # type: ignore[arg-type]
        (Recipient("b@y.org", notify="never"), TypeError),  # type: ignore[arg-type]
        (Recipient("b@y.org", notify=None), TypeError),  # type: ignore[arg-type]
        (Recipient("b@y.org", original=""), NotificationError),
        (Recipient("b@y.org", original="c\r\nRSET"), NotificationError),
        (Recipient("b@y.org", original="c" * 501), NotificationError),
        (Recipient("b@y.org", original=b"c"), TypeError),  # type: ignore[arg-type]
    ],
)
def test_wrong_wish_of_a_recipient(wrong: Recipient, raises: type[Exception]) -> None:
    """What is no wish is refused before connecting."""
    with pytest.raises(raises):
        one_mail(recipients=[wrong])


@pytest.mark.parametrize(
    ("returned", "envelope_id", "raises"),
    [
        ("all", None, NotificationError),
        (5, None, NotificationError),
        (None, "", NotificationError),
        (None, "a\r\nRSET", NotificationError),
        (None, "\xe9", NotificationError),
        (None, "x" * 101, NotificationError),
        (None, 5, TypeError),
    ],
)
def test_wrong_wish_of_a_mail(
    returned: object, envelope_id: object, raises: type[Exception]
) -> None:
    """So is what is no word of the table and no short printable text."""
    with pytest.raises(raises):
        reports_asked(returned, envelope_id)


@given(st.text(st.characters(max_codepoint=127)))
def test_xtext_can_be_read_back_and_adds_nothing(text: str) -> None:
    """xtext holds no blank, control, `+` or `=` of the text itself (RFC 3461 section 4)."""
    written = xtext(text)
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", written)
    assert re.sub(r"\+(..)", lambda found: chr(int(found[1], 16)), written) == text


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_utf8_xtext_can_be_read_back_and_adds_nothing(text: str) -> None:
    r"""Neither does its form for other letters, in which `\x{...}` is a code point."""
    written = utf8_xtext(text)
    assert re.fullmatch(r"(?:[!-*,-<>-\[\]-~]|\\x\{[0-9A-F]+\})*", written)
    assert re.sub(r"\\x\{(.+?)\}", lambda found: chr(int(found[1], 16)), written) == text


def test_from_the_call_to_the_wire() -> None:
    """The options and recipients of `smtp_send_message` arrive behind MAIL and RCPT."""
    memory = MemoryServer(lambda: LoopbackServer(extensions=("DSN",)))
    smtp_send_message(
        "h",
        "a@x.org",
        [Recipient("b@y.org", notify=["failure"])],
        "",
        ["x"],
        tcp_connect=memory.connect,
        options=Options(dsn_return="full", envelope_id="1"),
    )
    lines = memory.connections[0].lines()
    assert "C: MAIL FROM:<a@x.org> RET=FULL ENVID=1" in lines
    assert "C: RCPT TO:<b@y.org> NOTIFY=FAILURE" in lines
    assert memory.mails[0].recipients == ("b@y.org",)
