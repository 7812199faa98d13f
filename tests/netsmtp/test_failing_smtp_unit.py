"""Failures made to order are the real ones: the same errors as those of a server that fails."""

from __future__ import annotations

import io
from typing import Any

import pytest

from netsmtp import (
    DeliveryUnknown,
    ISmtp,
    Options,
    SmtpError,
    failing_smtp_unit,
    ports_to_ssl_ports,
    smtp,
)
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    AuthenticationRefused,
    ConnectError,
    ConnectionLost,
    ProtocolError,
    RecipientsRefused,
    ReplyError,
    SmtpTimeout,
    TlsError,
)
from netsmtp.failing_smtp_unit import BESIDES, FAULTS
from netsmtp.failing_smtp_unit import STAGES as COMMANDS
from netsmtp.options import Deadlines
from tests.netsmtp.every_unit import HEADER
from tests.netsmtp.scripted import ScriptedServer

STAGES = [stage for stage in (*COMMANDS.values(), *BESIDES) if stage is not Stage.QUIT]
WORDS = [stage for stage in STAGES if stage not in (Stage.CONNECT, Stage.TLS)]


def send(component: ISmtp, recipients: Any = ("b@y.org",), **more: Any) -> None:
    secured = {"auth_user": "me", "auth_passwd": "pw", "tls_encode": ports_to_ssl_ports}
    component.smtp_send_message(
        "mx.example", "a@x.org", recipients, HEADER, ["hello"], **{**secured, **more}
    )


def failure(stage: Stage, fault: str, **more: Any) -> SmtpError:
    with pytest.raises(SmtpError) as caught:
        send(failing_smtp_unit(stage, fault), **more)
    return caught.value


@pytest.mark.parametrize("stage", WORDS, ids=str)
def test_a_reply_at_any_stage(stage: Stage) -> None:
    """Temporary or for good, by its code; the error has the reply, the stage and the command."""
    kinds = {Stage.AUTH: AuthenticationRefused, Stage.RCPT: RecipientsRefused}
    for reply, code in (("451 4.3.0 not now", 451), ("550 5.7.1 never", 550)):
        error = failure(stage, reply)
        assert type(error) is kinds.get(stage, ReplyError)
        assert error.stage is stage
        assert error.reply is not None
        assert error.reply.code == code
        assert error.transient == (code == 451)


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        (stage, fault)
        for stage in STAGES
        for fault in FAULTS
        if (stage, fault) != (Stage.CONNECT, "garbage")
    ],
    ids=str,
)
def test_other_faults_at_any_stage(stage: Stage, fault: str) -> None:
    """A lost connection, a deadline, nonsense; behind the dot nobody knows, whatever it is."""
    kind: type[SmtpError] = {
        "lost": ConnectionLost,
        "silence": SmtpTimeout,
        "garbage": ProtocolError,
    }[fault]
    special = {Stage.CONNECT: ConnectError, Stage.TLS: TlsError, Stage.VERDICT: DeliveryUnknown}
    error = failure(stage, fault)
    assert type(error) is special.get(stage, kind)
    assert error.stage is stage
    retry = {Stage.TLS: False, Stage.VERDICT: False, Stage.CONNECT: True}
    assert error.transient == retry.get(stage, fault != "garbage")


REAL_STAGES = [Stage.GREETING, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.VERDICT]
#: What a real server does at each of them; the last step is what fails.
TALK: list[list[list[str]]] = [
    [["send", "220 hi\r\n"]],
    [["cmd"], ["send", "250 h\r\n"]],
    [["cmd"], ["send", "250 ok\r\n"]],
    [["cmd"], ["send", "250 ok\r\n"]],
    [["cmd"], ["send", "354 go\r\n"]],
    [["data"], ["send", "250 kept\r\n"]],
]


@pytest.mark.parametrize("stage", REAL_STAGES, ids=str)
@pytest.mark.parametrize("fault", ["lost", "451 4.3.0 not now"])
def test_the_error_is_that_of_a_real_connection(stage: Stage, fault: str) -> None:
    """In kind, stage, command, reply and words."""
    at = REAL_STAGES.index(stage)
    script = [step for turn in TALK[:at] for step in turn] + TALK[at][:-1]
    script += [["close"]] if fault == "lost" else [["send", f"{fault}\r\n"], ["eof"]]
    with ScriptedServer(script) as server, pytest.raises(SmtpError) as real:
        plain(smtp, server.port)
    with pytest.raises(SmtpError) as made:
        plain(failing_smtp_unit(stage, fault), server.port)
    assert repr(made.value) == repr(real.value)


def test_the_error_is_that_of_a_port_where_nobody_listens() -> None:
    """In kind, stage and words."""
    with ScriptedServer([]) as server:
        pass
    with pytest.raises(ConnectError) as real:
        plain(smtp, server.port)
    with pytest.raises(ConnectError) as made:
        plain(failing_smtp_unit(Stage.CONNECT, "lost"), server.port)
    assert repr(made.value) == repr(real.value)


def plain(component: Any, port: int) -> None:
    component.smtp_send_message(
        "127.0.0.1",
        "a@x.org",
        ["b@y.org"],
        HEADER,
        ["hello"],
        port,
        options=Options(deadlines=Deadlines(farewell=0.05)),
    )


def test_a_large_message_fails_in_the_middle() -> None:
    """A fault in the body comes before the dot: it was not delivered."""
    for fault, kind in (
        ("lost", ConnectionLost),
        ("silence", SmtpTimeout),
        ("552 5 no", ReplyError),
    ):
        with pytest.raises(kind) as caught:
            failing_smtp_unit(Stage.BODY, fault).smtp_send_message(
                "mx", "a@x.org", ["b@y.org"], HEADER, ["x" * 70] * 5000
            )
        assert caught.value.stage is Stage.BODY


def test_only_some_recipients_are_refused() -> None:
    """All or none get the mail, or those that were accepted, as the caller chose."""
    component = failing_smtp_unit("rcpt", "550 5.1.1 no such user", ["c@z.org"])
    with pytest.raises(RecipientsRefused) as caught:
        send(component, ["b@y.org", "c@z.org", "d@z.org"])
    results = [(each.address, each.accepted) for each in caught.value.recipients]
    assert results == [("b@y.org", True), ("c@z.org", False), ("d@z.org", False)]
    with pytest.raises(RuntimeError, match="the send has not failed"):
        send(component, ["b@y.org", "c@z.org"], options=Options(policy="accepted"))


def test_a_send_that_does_not_come_to_the_stage_is_no_success() -> None:
    """Else a test would believe that it has seen how its subject fails."""
    for stage in ("auth", "starttls", "tls"):
        with pytest.raises(RuntimeError, match=f"has not failed\n  stage: {stage}\n  fault: lost"):
            send(
                failing_smtp_unit(stage, "lost"), auth_user=None, auth_passwd=None, tls_encode=None
            )
    r, w = io.BytesIO(), io.BytesIO()
    with pytest.raises(RuntimeError, match="stage: connect"):
        failing_smtp_unit("connect", "lost").smtp_send_message_star(
            r, w, "a@x.org", ["b@y.org"], HEADER, [], None, None, None
        )


def test_a_fault_at_quit_is_none() -> None:
    """The server has said yes before."""
    for fault in ("lost", "silence", "garbage", "421 4.3.2 closing"):
        send(failing_smtp_unit(Stage.QUIT, fault))


@pytest.mark.parametrize(
    ("stage", "fault", "words"),
    [
        ("lunch", "lost", "'lunch' is not a valid Stage"),
        ("farewell", "lost", "a send that goes well does not come there"),
        ("connect", "550 no", "there is no reply; there are lost, silence, garbage"),
        ("connect", "garbage", "nobody yet who talks garbage"),
        ("tls", "550 no", "there is no reply"),
        ("mail", "no", "fault 'no': neither a reply like '550 no' nor lost, silence, garbage"),
        ("mail", "550 no\r\n250 yes", "neither a reply"),
        ("mail", "550-no", "neither a reply"),
        ("mail", "\ud800", "neither a reply"),
    ],
)
def test_what_cannot_fail_like_this_is_told_at_once(stage: str, fault: str, words: str) -> None:
    """When the unit is invoked, before anything is sent."""
    with pytest.raises(ValueError, match=words):
        failing_smtp_unit(stage, fault)


def test_left_to_itself_it_fails_for_now_at_the_end() -> None:
    """All of the message was written."""
    with pytest.raises(ReplyError, match="failing on purpose") as caught:
        send(failing_smtp_unit())
    assert caught.value.stage is Stage.VERDICT
    assert repr(failing_smtp_unit()) == "<FailingSmtp at verdict: 451 4.3.0 failing on purpose>"
