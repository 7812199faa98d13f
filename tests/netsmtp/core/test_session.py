"""The session, led by hand without any connection: what it writes, when, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.actions import Read, Write
from netsmtp.core.sasl import Credentials, credentials
from netsmtp.core.secret import Secret
from netsmtp.core.session import Channel, Session
from netsmtp.core.stages import Stage
from netsmtp.core.states import State
from netsmtp.errors import (
    AuthenticationRefused,
    ConnectionLost,
    ContentError,
    NotOffered,
    PlaintextAuthError,
    ProtocolError,
    ReplyError,
    SmtpError,
    TooLarge,
)
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, YES, one_mail, session, talk, watched

LOCKSTEP = Options(pipelining=False)
ENVELOPE = ["MAIL FROM:<a@x.org>\r\n", "RCPT TO:<b@y.org>\r\n"]
MESSAGE = "A: b\r\n\r\nhello\r\n"


def test_lock_step() -> None:
    """Without pipelining each command waits for the reply to the one before."""
    did = talk(session(options=LOCKSTEP), [*HELLO, *YES])
    end = [f"{MESSAGE}.\r\n", "QUIT\r\n", "<close>"]
    assert did == ["EHLO localhost\r\n", *ENVELOPE, "DATA\r\n", *end]


def test_pipelined_envelope_is_one_write() -> None:
    """MAIL and every RCPT are one write, DATA waits for all replies."""
    did = talk(session(), [*HELLO, *YES])
    assert did[1] == "".join(ENVELOPE)
    assert did[2] == "DATA\r\n"


def test_quit_goes_with_the_dot_where_asked() -> None:
    """With quit_with_dot the dot and QUIT are one write, but only where PIPELINING is offered."""
    asked = Options(quit_with_dot=True)
    assert talk(session(options=asked), [*HELLO, *YES])[3:] == [
        f"{MESSAGE}.\r\nQUIT\r\n",
        "<close>",
    ]
    lockstep = Options(quit_with_dot=True, pipelining=False)
    assert talk(session(options=lockstep), [*HELLO, *YES])[-2] == "QUIT\r\n"


def test_quit_that_went_with_the_dot_is_not_said_again() -> None:
    """A refusal of the message leaves with the QUIT that is under way."""
    made = session(options=Options(quit_with_dot=True))
    with pytest.raises(ReplyError) as caught:
        talk(made, [*HELLO, *YES[:3], b"554 no\r\n", b"221 bye\r\n"])
    assert caught.value.__notes__[0].count("QUIT") == 1


def test_dot_that_was_not_written_whole() -> None:
    """A connection that breaks while the dot is written has not delivered."""
    made = session(options=LOCKSTEP)
    replies = [*HELLO, *YES[:3]]
    while not isinstance(action := made.next(), Write) or "." not in action.shows:
        if isinstance(action, Read):
            made.receive(replies.pop(0))
    with pytest.raises(ConnectionLost) as caught:
        made.lost(BrokenPipeError(32, "Broken pipe"), written=False)
    assert caught.value.stage is Stage.BODY
    assert "reason: Broken pipe" in str(caught.value)


@pytest.mark.parametrize("options", [LOCKSTEP, Options(quit_with_dot=True)])
def test_dot_that_was_not_even_begun(options: Options) -> None:
    """A connection that has ended before the dot, and all behind it, has not delivered."""
    made = session(options=options)
    replies = [*HELLO, *YES[:3]]
    while not isinstance(action := made.next(), Write) or "." not in action.shows:
        if isinstance(action, Read):
            made.receive(replies.pop(0))
    with pytest.raises(ConnectionLost) as caught:
        made.early(b"")
    assert caught.value.stage is Stage.BODY


def test_large_envelope_is_written_in_groups() -> None:
    """A thousand recipients are asked in groups of 128, each after the replies to the one before."""
    many = one_mail(recipients=[f"r{n}@y.org" for n in range(1000)])
    replies = [*HELLO, *[b"250 ok\r\n"] * 1001, *YES[2:]]
    did = talk(session(many), replies)
    groups = did[1 : did.index("DATA\r\n")]
    assert [group.count("\r\n") for group in groups] == [129, *[128] * 6, 104]
    assert "".join(groups).count("RCPT TO:<r999@y.org>") == 1


def test_hook_keeps_the_dot_apart() -> None:
    """The message is written, then the end-of-message procedure called, then the dot."""
    did = talk(session(hooked=True), [*HELLO, *YES])
    assert did[3:6] == [MESSAGE, "<hook>", ".\r\n"]


def test_starttls_forgets_what_was_said_in_clear() -> None:
    """After the handshake EHLO is said again, and only its reply counts."""
    replies = [*HELLO, b"220 go\r\n", b"250 h\r\n", *YES]
    made = session(start_tls=True)
    did = talk(made, replies)
    assert did[1:4] == ["STARTTLS\r\n", "<tls>", "EHLO localhost\r\n"]
    assert did[4:6] == ENVELOPE  # no longer pipelined: the second reply lists nothing
    assert "PIPELINING" not in made.offered


@pytest.mark.parametrize(
    "injected",
    [b"220 go\r\n250 injected\r\n", b"220 go\r\n2", b"220 go\r\n250-a"],
    ids=["a reply", "half a line", "half a reply"],
)
def test_bytes_in_clear_behind_starttls_end_the_session(injected: bytes) -> None:
    """Whatever follows the reply to STARTTLS in clear is an attack or a mistake."""
    with pytest.raises(ProtocolError, match="in clear behind the reply to STARTTLS"):
        talk(session(start_tls=True), [*HELLO, injected])


def test_encryption_from_the_start_needs_no_starttls() -> None:
    """A session that is encrypted already asks for nothing."""
    made = session(start_tls=True, channel=Channel(encrypted=True))
    assert "STARTTLS\r\n" not in talk(made, [*HELLO, *YES])


def test_auth_is_never_pipelined() -> None:
    """The envelope waits for the reply to AUTH."""
    made = session(credentials=credentials("user", "secret"))
    did = talk(made, [*HELLO, b"235 ok\r\n", *YES])
    assert did[1:3] == ["AUTH PLAIN dXNlcgB1c2VyAHNlY3JldA==\r\n", "".join(ENVELOPE)]


@pytest.mark.parametrize(
    ("channel", "allowed", "sent"),
    [
        (Channel(), False, False),
        (Channel(), True, True),
        (Channel(local=True), False, True),
        (Channel(encrypted=True), False, True),
    ],
)
@pytest.mark.parametrize("xoauth2", [False, True])
def test_password_in_clear(channel: Channel, allowed: bool, sent: bool, xoauth2: bool) -> None:
    """A password goes in clear only on this machine or where the caller allows it."""
    made = session(
        channel=channel,
        credentials=credentials("user", "secret", xoauth2=xoauth2),
        options=Options(allow_plaintext_auth=allowed),
    )
    if sent:
        assert any("AUTH" in line for line in talk(made, [*HELLO, b"235 ok\r\n", *YES]))
        return
    with pytest.raises(PlaintextAuthError) as caught:
        talk(made, [*HELLO, b"221 bye\r\n"])
    assert caught.value.__notes__ == ["EHLO localhost\r\nQUIT\r\n"]


def test_wrong_password_is_told_without_it() -> None:
    """The error of a refused AUTH has the reply, without the secret that the server repeats."""
    made = session(credentials=credentials("user", "hunter2"))
    with pytest.raises(AuthenticationRefused) as caught:
        talk(made, [*HELLO, b"535 5.7.8 hunter2 is wrong\r\n", b"221 bye\r\n"])
    assert "hunter2" not in repr(vars(caught.value))
    assert str(caught.value) == (
        "authentication refused by the server\n  stage: auth\n  command: AUTH PLAIN <redacted>\n"
        "  wanted: 235\n  reply: 535 5.7.8 *** is wrong"
    )


def test_declined_challenge_brings_the_servers_reason() -> None:
    """After declining a challenge the reply that follows is the one that is told."""
    made = session(credentials=credentials("u", "token", xoauth2=True))
    with pytest.raises(AuthenticationRefused) as caught:
        talk(made, [*HELLO, b"334 e30=\r\n", b"454 4.7.0 later\r\n", b"221 bye\r\n"])
    assert str(caught.value.reply) == "454 4.7.0 later"
    assert caught.value.transient


def test_challenges_are_answered() -> None:
    """A mechanism that is asked for more answers line by line; its lines are not shown."""
    made, events = watched(credentials=Credentials("user", Secret("pw"), "LOGIN"))
    asked = [b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 ok\r\n"]
    did = talk(made, [*HELLO, *asked, *YES])
    assert did[1:4] == ["AUTH LOGIN\r\n", "dXNlcg==\r\n", "cHc=\r\n"]
    assert "cHc=" not in repr(events)


def test_helo_refused() -> None:
    """A server that knows neither EHLO nor HELO is left."""
    replies = [HELLO[0], b"502 what\r\n", b"550 no\r\n", b"221 bye\r\n"]
    with pytest.raises(ReplyError) as caught:
        talk(session(), replies)
    assert caught.value.command == "HELO"


def test_hook_without_a_message() -> None:
    """With nothing to send but the dot the end-of-message procedure is called all the same."""
    empty = one_mail(header="", message_lines=[])
    assert talk(session(empty, hooked=True), [*HELLO, *YES])[3:5] == ["<hook>", ".\r\n"]


def test_late_replies_change_only_what_is_known() -> None:
    """After MAIL is refused in a group the replies to the rest are heard and do nothing."""
    replies = [b"550 no\r\n", b"503 no\r\n", b"221 bye\r\n"]
    with pytest.raises(ReplyError) as caught:
        talk(session(), [*HELLO, *replies])
    assert str(caught.value.reply) == "550 no"


@pytest.mark.parametrize("code", [b"500", b"502", b"504"])
def test_helo_where_ehlo_is_unknown(code: bytes) -> None:
    """An old server is greeted by HELO; nothing is then taken for offered."""
    did = talk(session(), [HELLO[0], code + b" what\r\n", b"250 hi\r\n", *YES])
    assert did[:3] == ["EHLO localhost\r\n", "HELO localhost\r\n", ENVELOPE[0]]


@pytest.mark.parametrize(
    "needs", [{"start_tls": True}, {"credentials": credentials("u", "p")}], ids=["tls", "auth"]
)
def test_no_helo_where_an_extension_is_needed(needs: dict[str, Any]) -> None:
    """HELO has no STARTTLS and no AUTH: falling back to it would drop them."""
    with pytest.raises(ReplyError):
        talk(session(**needs), [HELLO[0], b"502 what\r\n", b"221 bye\r\n"])


@pytest.mark.parametrize(
    ("changed", "offered", "wanted"),
    [
        ({}, "8BITMIME", "MAIL FROM:<a@x.org>\r\n"),
        ({"message_lines": ["\xe9"]}, "8BITMIME", "MAIL FROM:<a@x.org> BODY=8BITMIME\r\n"),
        ({"message_lines": iter(["a"])}, "8BITMIME", "MAIL FROM:<a@x.org> BODY=8BITMIME\r\n"),
        ({"message_lines": iter(["a"])}, "HELP", "MAIL FROM:<a@x.org>\r\n"),
        ({"sender": "\xe9@x.org"}, "SMTPUTF8", "MAIL FROM:<\xe9@x.org> SMTPUTF8\r\n"),
        ({"sender": "a@b\xfccher.example"}, "HELP", "MAIL FROM:<a@xn--bcher-kva.example>\r\n"),
        ({"sender": ""}, "HELP", "MAIL FROM:<>\r\n"),
    ],
)
def test_extensions_only_where_needed(changed: dict[str, Any], offered: str, wanted: str) -> None:
    """MAIL names an extension only if the mail needs it."""
    hello = [HELLO[0], f"250-h\r\n250 {offered}\r\n".encode()]
    assert talk(session(one_mail(**changed)), [*hello, *YES])[1] == wanted


@pytest.mark.parametrize(
    ("changed", "offered", "error"),
    [
        ({"message_lines": ["\xe9"]}, "HELP", NotOffered),
        ({"sender": "\xe9@x.org"}, "8BITMIME", NotOffered),
        ({"recipients": ["\xe9@x.org"]}, "8BITMIME", NotOffered),
        ({"message_lines": ["x" * 100]}, "SIZE 100", TooLarge),
    ],
)
def test_what_the_server_cannot_take_is_not_begun(
    changed: dict[str, Any], offered: str, error: type[SmtpError]
) -> None:
    """A mail that the server cannot take is refused before MAIL, and the session left in order."""
    hello = [HELLO[0], f"250-h\r\n250 {offered}\r\n".encode()]
    with pytest.raises(error) as caught:
        talk(session(one_mail(**changed)), [*hello, b"221 bye\r\n"])
    assert caught.value.__notes__ == ["EHLO localhost\r\nQUIT\r\n"]
    assert not caught.value.transient


def test_lines_read_once_are_checked_while_they_are_sent() -> None:
    """An iterator's bad line ends the session without the dot."""
    for lines, error in (
        (["ok", "bad\n"], ContentError),
        (["\xe9"], NotOffered),
        (["x" * 999], ContentError),
    ):
        made = session(one_mail(message_lines=iter(lines)), options=Options(long_lines="refuse"))
        with pytest.raises(error) as caught:
            talk(made, [HELLO[0], b"250 h\r\n", *YES])
        assert caught.value.__notes__[0].endswith("DATA\r\n")


def test_policy_accepted() -> None:
    """With policy "accepted" the mail goes to whom the server takes; the others are named."""
    three = one_mail(recipients=["b@y.org", "c@y.org", "d@y.org"])
    made = session(three, options=Options(policy="accepted"))
    rcpt = [b"250 ok\r\n", b"550 no\r\n", b"251 will forward\r\n"]
    talk(made, [*HELLO, YES[0], *rcpt, *YES[2:]])
    assert made.results[-1]
    assert made.results[-1].accepted == ("b@y.org", "d@y.org")
    assert [str(each) for each in made.results[-1].refused] == ["c@y.org (550 no)"]


def test_session_can_stay_open_for_more() -> None:
    """A session that is not told to leave is idle after a mail and takes another."""
    made = Session(lambda: "localhost")
    made.submit(one_mail())
    replies = [*HELLO, *YES[:4]]
    assert talk(made, replies)[-1] == "<idle>"
    assert made.state is State.READY
    made.submit(one_mail())
    assert talk(made, YES[:4])[-1] == "<idle>"
    made.leave()
    assert talk(made, YES[4:]) == ["QUIT\r\n", "<close>"]


def test_events_are_redacted_and_in_order() -> None:
    """The observer hears each reply; no event holds the password in any form."""
    made, events = watched(credentials=credentials("user", "hunter2"))
    talk(made, [*HELLO, b"235 ok\r\n", *YES])
    assert "hunter2" not in repr(events)
    assert "aHVudGVyMg" not in repr(events)
    assert [type(event).__name__ for event in events].count("Delivered") == 1


@given(st.data())
def test_outcome_does_not_depend_on_the_split(data: st.DataObject) -> None:
    """However the replies are cut, a lock-step session writes the same."""
    replies = [*HELLO, *YES]
    cut: list[bytes] = []
    for reply in replies:
        at = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=3)))
        ends = zip([0, *at], [*at, len(reply)], strict=True)
        cut += [reply[a:b] for a, b in ends if reply[a:b]]
    assert talk(session(options=LOCKSTEP), cut) == talk(session(options=LOCKSTEP), replies)
