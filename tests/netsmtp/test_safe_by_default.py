"""Safe by default: every promise, and the tests that hold us to it.

`PROMISES` is the list. Where a test stands beside the code it is about, the list names it; all
others are in this file, against servers that do what an attacker or a broken server would do.
"""

from __future__ import annotations

import base64
import importlib
import logging
import pickle
import ssl
from typing import Any

import pytest

from netsmtp import Recipient
from netsmtp.core.events import Event
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.secret import Secret
from netsmtp.core.stages import Stage
from netsmtp.errors import (
    AuthenticationRefused,
    ContentError,
    DeliveryUnknown,
    InputError,
    NotOffered,
    PlaintextAuthError,
    ProtocolError,
    ReplyError,
    SmtpError,
    TlsError,
)
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import ports_to_ssl_ports, smtp_send_message, smtp_sending_server
from tests.netsmtp.core.test_framing import SMUGGLERS, ends_of_message
from tests.netsmtp.scripted import ScriptedServer
from tests.netsmtp.test_faults import FAULTS
from tests.netsmtp.test_real_servers import certificate
from tests.netsmtp.test_real_servers import trusted as trusted
from tests.netsmtp.test_secrets import PASSWORD, own_frames, show_nothing

PROMISES: dict[str, list[str]] = {
    "TLS 1.2 or newer, verified, with the host name checked": [
        "test_real_servers.test_wrong_certificate",
        "test_real_servers.test_old_tls",
        "test_real_servers.test_starttls",
    ],
    "STARTTLS means required": [
        "test_safe_by_default.test_starttls_stripped",
        "core.test_session.test_no_helo_where_an_extension_is_needed",
    ],
    "nothing may be buffered after the 220 to STARTTLS": [
        "test_safe_by_default.test_plaintext_behind_starttls",
        "core.test_session.test_bytes_in_clear_behind_starttls_end_the_session",
    ],
    "new capabilities after TLS": [
        "core.test_session.test_starttls_forgets_what_was_said_in_clear",
    ],
    "no AUTH in clear except on this machine or where it is allowed": [
        "test_safe_by_default.test_no_auth_in_clear",
        "core.test_session.test_password_in_clear",
        "test_streams.test_pipes",
    ],
    "addresses, EHLO name, parameters and lines are refused before connecting, never rewritten": [
        "test_safe_by_default.test_injection_is_refused_before_connecting",
        "core.test_addresses.test_no_control_passes_anywhere",
        "core.test_addresses.test_any_text_stays_inside_its_brackets",
        "core.test_addresses.test_address_is_taken_as_it_is",
        "core.test_dsn.test_xtext_can_be_read_back_and_adds_nothing",
    ],
    "no bare CR or LF, no smuggling: exactly one end of message": [
        "core.test_framing.test_no_short_text_smuggles_under_any_split",
        "test_safe_by_default.test_no_line_or_header_smuggles",
    ],
    "replies are bounded: line, lines, octets": [
        "test_faults.test_fault_at_stage",
        "core.test_replies.test_reply_is_bounded_in_total",
        "core.test_replies.test_endless_line_is_refused_before_it_ends",
    ],
    "deadlines per stage, not per read, and in total": [
        "test_faults.test_fault_at_stage",
        "test_faults.test_total_deadline_is_for_everything",
        "test_faults.test_server_that_stops_reading",
        "test_real_servers.test_handshake_has_a_deadline",
        "test_streams.test_pipes_have_deadlines",
    ],
    "end, reset and silence at every step": [
        "test_faults.test_fault_at_stage",
        "test_faults.test_fault_at_quit",
        "test_safe_by_default.test_fault_before_the_envelope",
    ],
    "replies that come before their command": [
        "core.test_session_ends.test_reply_before_its_command",
        "core.test_session_ends.test_early_bytes",
        "test_safe_by_default.test_all_replies_at_once",
    ],
    "secrets never in logs, reprs, exceptions or tracebacks": [
        "test_safe_by_default.test_no_mechanism_shows_its_secret",
        "test_secrets.test_no_error_shows_the_password",
        "test_secrets.test_no_refused_call_shows_the_password",
        "core.test_sasl.test_secret_does_not_show",
    ],
    "the server proves itself where the mechanism can ask for it": [
        "core.test_scram.test_server_has_to_prove_itself",
        "core.test_scram.test_success_without_proof_is_no_success",
        "core.test_scram.test_auto_takes_the_strongest_once",
    ],
    "after the final 250 success, whatever QUIT does": [
        "test_faults.test_fault_at_quit",
        "core.test_session_ends.test_after_the_verdict_nothing_can_fail",
    ],
    "between the dot and its reply delivery is unknown, and nothing is sent again by itself": [
        "test_safe_by_default.test_unknown_delivery_is_not_tried_again",
        "core.test_session_ends.test_connection_that_ends",
    ],
    "a cancelled send never sends the dot": [
        "test_interruptions.test_interrupted_at_event",
        "test_interruptions.test_ctrl_c_while_waiting",
        "test_real_servers.test_interrupted_end_of_message_procedure",
    ],
    "an error has stage, redacted command, reply, recipients, and whether it may pass": [
        "test_errors.test_words",
        "core.test_session.test_wrong_password_is_told_without_it",
        "core.test_session_ends.test_every_recipient_is_reported",
    ],
}

DEADLINES = Deadlines(
    greeting=0.2, ehlo=0.2, starttls=0.2, tls=0.2, auth=0.2, mail=0.2, farewell=0.05
)
GREETING: list[list[Any]] = [["send", "220 hi\r\n"], ["cmd"]]
OFFER = [*GREETING, ["send", "250-h\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"], ["cmd"]]


def send(port: int, **keywords: Any) -> None:
    keywords.setdefault("options", Options(deadlines=DEADLINES))
    smtp_send_message("127.0.0.1", "a@x.org", ["b@y.org"], "A: b\r\n\r\n", ["x"], port, **keywords)


def with_password(**keywords: Any) -> dict[str, Any]:
    return {"auth_user": "user", "auth_passwd": Secret(PASSWORD), **keywords}


@pytest.mark.parametrize("promise", PROMISES)
def test_promise_has_its_tests(promise: str) -> None:
    """Every promise names tests, and they exist."""
    assert PROMISES[promise]
    for named in PROMISES[promise]:
        module, _, name = named.rpartition(".")
        assert callable(getattr(importlib.import_module(f"tests.netsmtp.{module}"), name))


# Encryption.

BEHIND_220 = {
    "same segment": [["send", "220 go\r\n250 injected\r\n"], ["eof"]],
    "half a line in the same segment": [["send", "220 go\r\n25"], ["eof"]],
    "next segment": [["send", "220 go\r\n"], ["send", "250 injected\r\n"], ["eof"]],
    "half a line in the next segment": [["send", "220 go\r\n"], ["send", "25"], ["eof"]],
    "plain text for a handshake": [
        *[["send", "220 go\r\n"], ["nbytes", 1]],
        *[["send", "250-h\r\n250 AUTH PLAIN\r\n"], ["eof"]],
    ],
    "injected, then a real handshake": [["send", "220 go\r\n250 injected\r\n"], ["tls"], ["eof"]],
}


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("case", BEHIND_220)
def test_plaintext_behind_starttls(case: str) -> None:
    """Text in clear behind the 220 is never taken for the server's word; nothing is told to it."""
    context = certificate("127.0.0.1")
    server = ScriptedServer([*OFFER, *BEHIND_220[case]], context)
    with server, pytest.raises((ProtocolError, TlsError)):
        send(server.port, **with_password(tls_encode=ports_to_ssl_ports))
    told_nothing(server)


STRIPPED: dict[str, tuple[list[list[Any]], type[SmtpError]]] = {
    "not offered": ([*GREETING, ["send", "250-h\r\n250 AUTH PLAIN\r\n"]], NotOffered),
    "offered before the first line": ([*GREETING, ["send", "250 STARTTLS\r\n"]], NotOffered),
    "EHLO unknown": ([*GREETING, ["send", "502 what\r\n"]], ReplyError),
    "refused": ([*OFFER, ["send", "454 4.7.0 later\r\n"]], ReplyError),
    "unknown": ([*OFFER, ["send", "502 what\r\n"]], ReplyError),
    "granted by another code": ([*OFFER, ["send", "250 go\r\n"]], ReplyError),
}


@pytest.mark.parametrize("case", STRIPPED)
def test_starttls_stripped(case: str) -> None:
    """Without STARTTLS there is no mail and no password, however it was taken away."""
    script, kind = STRIPPED[case]
    with ScriptedServer([*script, ["eof"]]) as server, pytest.raises(kind):
        send(server.port, **with_password(tls_encode=ports_to_ssl_ports))
    told_nothing(server)


def told_nothing(server: ScriptedServer) -> None:
    """Check that a server got no word of a password or mail."""
    assert server.error is None
    verbs = [line.split(b" ")[0] for line in bytes(server.received).split(b"\r\n")]
    assert not {b"AUTH", b"HELO", b"MAIL", b"RCPT", b"DATA"} & set(verbs)


# Passwords.

MECHANISMS = ["PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER", "auto"]
LISTED = "AUTH PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5 XOAUTH2 OAUTHBEARER"


@pytest.mark.parametrize("mechanism", [None, *MECHANISMS])
def test_no_auth_in_clear(mechanism: Any) -> None:
    """No mechanism is begun over a connection that may leave this machine in clear."""
    memory = MemoryServer(lambda: LoopbackServer(extensions=(LISTED,)))

    def elsewhere(server: str, port: int) -> Any:
        r, w = memory.connect(server, port)
        r.local = False  # type: ignore[attr-defined]
        return r, w

    options = Options(auth_mechanism=mechanism)
    with pytest.raises(PlaintextAuthError):
        send(25, **with_password(tcp_connect=elsewhere, options=options))
    assert not any(line.startswith("C: AUTH") for line in memory.connections[0].lines())
    assert memory.mails == []


CHALLENGES = {
    "none": [],
    "two questions": ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"],
    "not base64": ["?"],
    "secret": [base64.b64encode(PASSWORD.encode()).decode()],
}


@pytest.mark.parametrize("challenges", CHALLENGES)
@pytest.mark.parametrize("end", ["535 5.7.8 no: {}\r\n", "235 ok\r\n", "what {}\r\n", None])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_no_mechanism_shows_its_secret(
    mechanism: Any, end: str | None, challenges: str, caplog: pytest.LogCaptureFixture
) -> None:
    """However an exchange ends, nothing shows the secret, as it stands or in base64."""
    caplog.set_level(logging.DEBUG)
    script: list[list[Any]] = [*GREETING, ["send", f"250-h\r\n250 {LISTED}\r\n"], ["cmd"]]
    for asked in CHALLENGES[challenges]:
        script += [["send", f"334 {asked}\r\n"], ["cmd"]]
    script += [["send", end.format(PASSWORD)], ["eof"]] if end else [["close"]]
    if end and challenges == "secret":  # more than was asked for
        script[-2][1] += f"250 {PASSWORD}\r\n"
    events: list[Event] = []
    options = Options(auth_mechanism=mechanism, deadlines=DEADLINES)
    with ScriptedServer(script) as server, pytest.raises(SmtpError) as caught:
        send(server.port, **with_password(options=options, observer=events.append))
    error = caught.value
    show_nothing(own_frames(error) + str(error) + repr(error) + repr(vars(error)) + repr(events))
    show_nothing(pickle.dumps(error, 0).decode("latin-1") + caplog.text)
    if end and end.startswith("535") and challenges == "none":
        assert isinstance(error, AuthenticationRefused)


# What the caller gives.

INJECTIONS = [
    "x\r\nRCPT TO:<evil@x.org>",
    "x\nRSET",
    "x\rRSET",
    "x\0",
    "x>\r\nDATA\r\n.",
    "x y",
    "x\x1b[2J",
    "x\x7f",
    "x\x85y",
    "x\u2028y",
    "x> SIZE=1",
]
PLACES: dict[str, Any] = {
    "sender": lambda bad: {"sender": f"{bad}@x.org"},
    "sender's domain": lambda bad: {"sender": f"a@{bad}"},
    "recipient": lambda bad: {"recipients": ["b@y.org", f"{bad}@x.org"]},
    "recipient's domain": lambda bad: {"recipients": [f"a@{bad}"]},
    "recipient as bytes": lambda bad: {"recipients": [f"{bad}@x.org".encode()]},
    "recipient with a wish": lambda bad: {"recipients": [Recipient(f"{bad}@x.org")]},
    "notify": lambda bad: {"recipients": [Recipient("a@x.org", notify=[bad])]},
    "ENVID": lambda bad: {"options": Options(envelope_id=f"{bad}\r")},
    "RET": lambda bad: {"options": Options(dsn_return=bad)},
    "mechanism": lambda bad: {"options": Options(auth_mechanism=bad)},
    "EHLO name": lambda bad: {"name": bad},
    "EHLO literal": lambda bad: {"name": f"[{bad}]"},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bad", INJECTIONS)
def test_injection_is_refused_before_connecting(place: str, bad: str) -> None:
    """Whatever could end a command or add to it is an error, wherever it is given."""
    memory = MemoryServer()
    call = {"sender": "a@x.org", "recipients": ["b@y.org"], **PLACES[place](bad)}
    with (
        smtp_sending_server.parameterize(call.pop("name", "localhost")),
        pytest.raises(InputError),
    ):
        smtp_send_message("h", header="", message_lines=["x"], tcp_connect=memory.connect, **call)
    assert memory.connections == []


@pytest.mark.parametrize("place", ["lines", "two lines", "iterator", "header"])
def test_no_line_or_header_smuggles(place: str) -> None:
    """All texts of up to 5 octets over CR, LF, dot, x: refused, or one message with one end."""
    for text in SMUGGLERS:
        memory = MemoryServer()
        lines = {"lines": [text], "two lines": [text, text], "iterator": iter([text])}
        header = text if place == "header" else b""
        try:
            smtp_send_message(
                "h",
                "a@x.org",
                ["b@y.org"],
                header,
                lines.get(place, [b"."]),
                tcp_connect=memory.connect,
            )
        except ContentError:
            assert memory.mails == []
            continue
        wire = b"".join(data for who, data in memory.connections[0].conversation if who == "client")
        message = wire.partition(b"DATA\r\n")[2].removesuffix(b"QUIT\r\n")
        assert ends_of_message(message) == [len(message)]
        assert len(memory.mails) == 1


# What the server does.

EARLY: dict[str, tuple[Stage, list[list[Any]], dict[str, Any]]] = {
    "STARTTLS": (Stage.STARTTLS, OFFER, {"tls_encode": ports_to_ssl_ports}),
    "AUTH": (Stage.AUTH, OFFER, with_password()),
    "AUTH's challenge": (
        Stage.AUTH,
        [*OFFER, ["send", "334 \r\n"], ["cmd"]],
        with_password(xoauth2=True),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", EARLY)
def test_fault_before_the_envelope(step: str, fault: str) -> None:
    """Before the envelope, too, each fault is an error that says where, in time."""
    stage, script, keywords = EARLY[step]
    with ScriptedServer([*script, *FAULTS[fault][0]]) as server, pytest.raises(SmtpError) as caught:
        send(server.port, **keywords)
    if step == "AUTH's challenge":
        assert isinstance(caught.value, AuthenticationRefused)
    else:
        assert type(caught.value) is FAULTS[fault][1]
        assert caught.value.stage is stage
    assert b"MAIL" not in server.received


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("fault", ["end", "reset", "silence", "garbage", "drip"])
def test_fault_in_the_handshake(fault: str) -> None:
    """So is a handshake that does not come to its end."""
    script = [*OFFER, ["send", "220 go\r\n"], ["nbytes", 1], *FAULTS[fault][0]]
    with ScriptedServer(script) as server, pytest.raises(TlsError) as caught:
        send(server.port, tls_encode=ports_to_ssl_ports)
    assert isinstance(caught.value.__cause__, ssl.SSLError | OSError)


def test_all_replies_at_once() -> None:
    """A server that says everything before it is asked is told nothing that matters."""
    everything = "220 hi\r\n250 h\r\n250 ok\r\n250 ok\r\n354 go\r\n250 kept\r\n221 bye\r\n"
    with ScriptedServer([["send", everything], ["eof"]]) as server, pytest.raises(ProtocolError):
        send(server.port)
    assert b"MAIL" not in server.received


def test_unknown_delivery_is_not_tried_again() -> None:
    """A verdict that never comes is told to the caller; there is no second connection."""
    memory = MemoryServer(lambda: LoopbackServer(replies={".": "354 what"}.get))
    with pytest.raises(DeliveryUnknown) as caught:
        send(25, tcp_connect=memory.connect)
    assert not caught.value.transient
    assert len(memory.connections) == 1
    lines = memory.connections[0].lines()
    assert sum(line.startswith("C: MAIL") for line in lines) == 1
