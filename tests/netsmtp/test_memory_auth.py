"""The server in memory speaks every mechanism that the client knows, and really judges."""

from __future__ import annotations

import io
import traceback
from base64 import b64encode
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsmtp import IRecordingSmtp, dry_run_smtp_unit, recording_smtp_unit
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.loopback_auth import TRIALS, Account, trial
from netsmtp.core.sasl import MECHANISMS, credentials
from netsmtp.core.secret import Secret
from netsmtp.errors import AuthenticationRefused, ServerNotProven
from netsmtp.memory import MemoryServer
from netsmtp.options import AuthMechanism, Options
from netsmtp.smtp import smtp_send_message, ssl_connect
from units import invoke

ARGUMENTS: tuple[Any, ...] = ("mail.example", "a@x.org", ["b@y.org"], "A: b\r\n\r\n", ["hello"])
USER, PASSWORD = "j\xfcrgen=a,b", "p\xe4ss,=word"
TOKENS = ("XOAUTH2", "OAUTHBEARER")
ALL = sorted(MECHANISMS)


def known(mechanism: str) -> dict[str, Any]:
    return {
        "auth_user": USER,
        "auth_passwd": PASSWORD,
        "xoauth2": mechanism in TOKENS,
        "options": Options(auth_mechanism=mechanism),  # type: ignore[arg-type]
    }


@pytest.fixture
def recording() -> IRecordingSmtp:
    """Return a fresh recording component."""
    return invoke(recording_smtp_unit)


def test_every_mechanism_has_its_trial() -> None:
    """Client, server and the type of the option name the same mechanisms."""
    assert set(TRIALS) == set(MECHANISMS) == set(get_args(AuthMechanism)) - {"auto"}


@pytest.mark.parametrize("mechanism", ALL)
def test_recorded(recording: IRecordingSmtp, mechanism: str) -> None:
    """A program that asks for a mechanism by name is tested with the recording unit as it is."""
    recording.smtp_send_message(*ARGUMENTS, tcp_connect=ssl_connect, **known(mechanism))
    (mail,) = recording.sent()
    assert f"\r\nAUTH {mechanism}".encode() in mail.wire
    streams = io.BytesIO(), io.BytesIO()
    secret = known(mechanism)
    login = secret.pop("auth_user"), secret.pop("auth_passwd"), None
    recording.smtp_send_message_star(*streams, *ARGUMENTS[1:], *login, **secret)
    assert len(recording.sent()) == 2


@pytest.mark.parametrize("mechanism", ALL)
def test_dry_run_shows_no_secret(mechanism: str) -> None:
    """The conversation names the mechanism and shows neither the proof nor what it was made from."""
    lines: list[str] = []
    dry = dry_run_smtp_unit(lines.append)
    dry.smtp_send_message(*ARGUMENTS, tcp_connect=ssl_connect, **known(mechanism))
    assert any(line.startswith(f"C: AUTH {mechanism}") for line in lines)
    exchange = [line for line in lines if line[3:].startswith(("AUTH ", "334", "<"))]
    assert set(exchange) <= {
        f"C: AUTH {mechanism}",
        f"C: AUTH {mechanism} <redacted>",
        "S: 334 <redacted>",
        "C: <redacted>",
    }


@pytest.mark.parametrize(("xoauth2", "used"), [(False, "SCRAM-SHA-256"), (True, "OAUTHBEARER")])
def test_auto_is_the_strongest(recording: IRecordingSmtp, xoauth2: bool, used: str) -> None:
    """Everything is offered, so `"auto"` takes the best there is."""
    recording.smtp_send_message(
        *ARGUMENTS, tcp_connect=ssl_connect, **known("auto") | {"xoauth2": xoauth2}
    )
    assert f"\r\nAUTH {used} ".encode() in recording.sent()[0].wire


@pytest.mark.parametrize("mechanism", ALL)
@pytest.mark.parametrize("wrong", [{"auth_user": "somebody"}, {"auth_passwd": "guess"}])
def test_server_with_an_account_judges(mechanism: str, wrong: dict[str, str]) -> None:
    """Who does not know user and password is refused, and no mail is taken."""
    account = Account(USER, Secret(PASSWORD))
    offer = (f"AUTH {mechanism}",)
    memory = MemoryServer(lambda: LoopbackServer(offer, account=account))
    smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, **known(mechanism))
    with pytest.raises(AuthenticationRefused) as caught:
        smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, **known(mechanism) | wrong)
    assert caught.value.reply is not None
    assert caught.value.reply.code == 535
    assert len(memory.mails) == 1


@settings(max_examples=60)  # SCRAM takes its time
@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(ALL))
def test_client_and_server_agree(user: str, password: str, mechanism: str) -> None:
    """What the client can carry proves the account, and that one only."""
    try:
        claim = credentials(user, password, xoauth2=mechanism in TOKENS, mechanism=mechanism)
    except ValueError:
        return
    assert claim is not None
    assert proven(claim.exchange(), mechanism, Account(user, Secret(password)))
    assert not proven(claim.exchange(), mechanism, Account(user, Secret(password + "x")))
    assert not proven(claim.exchange(), mechanism, Account(user + "x", Secret(password)))


def proven(exchange: Any, mechanism: str, account: Account) -> bool:
    """Let client and server talk without a dialogue around them."""
    server = trial(mechanism, account)
    assert server is not None
    asked = next(server)
    answer = next(exchange)
    try:
        if answer is None:
            answer = exchange.send(asked)
        while True:
            asked = server.send(answer.reveal().encode())
            answer = exchange.send(asked)
    except StopIteration as stop:
        return stop.value is True


@pytest.mark.parametrize("mechanism", sorted({*ALL} - {"SCRAM-SHA-256"}))
def test_server_without_an_account_believes(mechanism: str) -> None:
    """There everybody may, where a server need not know anything."""
    memory = MemoryServer(lambda: LoopbackServer((f"AUTH {mechanism}",)))
    smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, **known(mechanism))
    assert len(memory.mails) == 1


def test_server_without_an_account_cannot_prove_anything() -> None:
    """SCRAM-SHA-256 needs an account on both sides."""
    memory = MemoryServer(lambda: LoopbackServer(("AUTH SCRAM-SHA-256",)))
    with pytest.raises(AuthenticationRefused):
        smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, **known("SCRAM-SHA-256"))


def test_client_does_not_believe_a_server_that_skips_its_proof() -> None:
    """A 235 in place of SCRAM's second challenge proves nothing."""
    account = Account(USER, Secret(PASSWORD))

    def replies(line: str) -> str | None:
        return "235 fine" if line.startswith("Yz1") else None  # the base64 of `c=`

    memory = MemoryServer(lambda: LoopbackServer(("AUTH SCRAM-SHA-256",), replies, account))
    with pytest.raises(ServerNotProven):
        smtp_send_message(*ARGUMENTS, tcp_connect=memory.connect, **known("SCRAM-SHA-256"))


def said(*lines: str) -> list[str]:
    server = LoopbackServer(account=Account("u", Secret("p")))
    server.greet()
    return [server.receive(f"{line}\r\n".encode()).decode().rstrip() for line in lines]


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["AUTH"], "504 5.5.4 no such mechanism"),
        (["AUTH NTLM"], "504 5.5.4 no such mechanism"),
        (["auth plain " + base64("\0u\0p")], "235 2.7.0 authenticated"),
        (["AUTH PLAIN " + base64("u\0u\0p")], "235 2.7.0 authenticated"),
        (["AUTH PLAIN " + base64("other\0u\0p")], "535 5.7.8 not authenticated"),
        (["AUTH PLAIN ="], "535 5.7.8 not authenticated"),
        (["AUTH PLAIN", "*"], "501 5.7.0 ended"),
        (["AUTH PLAIN", "what?"], "501 5.7.0 ended"),
        (["AUTH PLAIN", "*", "NOOP"], "250 2.0.0 ok"),
        (["AUTH LOGIN " + base64("u"), base64("p")], "235 2.7.0 authenticated"),
        (["AUTH SCRAM-SHA-256 " + base64("p=tls-unique,,n=u,r=x")], "535 5.7.8 not authenticated"),
        (["AUTH SCRAM-SHA-256 " + base64("n,,n=u,r=x"), "="], "535 5.7.8 not authenticated"),
    ],
)
def test_answers(lines: list[str], last: str) -> None:
    """What is no way to authenticate is refused, and the conversation goes on."""
    assert said(*lines)[-1] == last


@pytest.mark.parametrize("proof", ["", "AAAA", "?", base64("x" * 32)])
def test_proof_that_is_none(proof: str) -> None:
    """A SCRAM proof of whatever size is refused if it was not made from the password."""
    server = trial("SCRAM-SHA-256", Account("u", Secret("p")))
    assert server is not None
    next(server)
    nonce = server.send(b"n,,n=u,r=x").decode().split(",")[0]
    with pytest.raises(StopIteration) as stop:
        server.send(f"c=biws,{nonce},p={proof}".encode())
    assert stop.value.value is False


def test_no_frame_shows_the_password(recording: IRecordingSmtp) -> None:
    """An error in a recorded send shows no password in the locals of our frames."""

    def fail() -> None:
        raise RuntimeError

    with (
        recording.smtp_sending_end_of_message.parameterize(fail),
        pytest.raises(RuntimeError) as caught,
    ):
        recording.smtp_send_message(
            *ARGUMENTS,
            tcp_connect=ssl_connect,
            auth_user="me",
            auth_passwd="".join(["hush", "-hush"]),
        )
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert any(frame.filename.endswith("_local.py") for frame in shown.stack)
    assert not any("hush-hush" in str(frame.locals) for frame in shown.stack)


def test_secret_cut_in_two_is_not_shown() -> None:
    """The lines of a conversation hide a secret even where it came in pieces."""
    server = LoopbackServer()
    server.greet()
    for piece in (b"AUTH PLAIN AGhlbGxv", b"AHdvcmxk\r\n", b"AUTH LOGIN\r\n", b"aGVs", b"bG8=\r\n"):
        server.receive(piece)
    assert [line for line in server.lines() if line.startswith("C:")] == [
        "C: AUTH PLAIN <redacted>",
        "C: AUTH LOGIN",
        "C: <redacted>",
    ]
