"""Safe by default: every promise, and the tests that hold us to it.

SECURITY.md is the list. Where a test stands beside the code it is about, the list names it there;
all others are in this file, against servers that do what an attacker or a broken server would do.
"""

from __future__ import annotations

import base64
import importlib
import logging
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

from netsmtp import Recipient
from netsmtp.core.events import Event
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.secret import Secret
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
from tests.netsmtp.faults.matrix import FAULTS
from tests.netsmtp.scripted import STEPS, ScriptedServer
from tests.netsmtp.test_real_servers import certificate
from tests.netsmtp.test_real_servers import trusted as trusted
from tests.netsmtp.test_secrets import PASSWORD, own_frames, show_nothing

SECURITY = Path(__file__).parents[2] / "SECURITY.md"


def promises() -> dict[str, list[str]]:
    """Return the promises of SECURITY.md, and under each the tests that it names."""
    found: dict[str, list[str]] = {}
    for bold, test in re.findall(r"^(?:- \*\*(.+)\.\*\*|  - `(.+)`)$", SECURITY.read_text(), re.M):
        if bold:
            found[bold] = []
        else:
            found[[*found][-1]].append(test)
    return found


PROMISES = promises()

DEADLINES = Deadlines(tls=0.1, mail=0.05, farewell=0.02)
"""Short where a script falls silent, long where it answers."""
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
        file, _, name = named.partition("::")
        module = file.removesuffix(".py").replace("/", ".")
        assert callable(getattr(importlib.import_module(module), name))


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

WORDS = [
    fault for fault, steps in FAULTS.items() if {step for step, *_ in steps} <= {*STEPS, "wait"}
]


@pytest.mark.parametrize("fault", WORDS)
def test_fault_before_the_envelope(fault: str) -> None:
    """Whatever follows a refused token, it stays refused; no mail is begun.

    All other faults before the envelope are in the table of `test_faults`.
    """
    script = [["eof"] if step == ["wait"] else step for step in FAULTS[fault]]
    script = [*OFFER, ["send", "334 \r\n"], ["cmd"], *script]
    with ScriptedServer(script) as server, pytest.raises(AuthenticationRefused):
        send(server.port, **with_password(xoauth2=True))
    assert b"MAIL" not in server.received


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
