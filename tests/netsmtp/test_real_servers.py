"""Mail to a real server: plain, STARTTLS, TLS from the start, AUTH, and interrupted."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from netsmtp.core.events import BodyComplete, CommandSent, Event, TlsStarted
from netsmtp.errors import (
    AuthenticationRefused,
    ConnectError,
    NotOffered,
    PlaintextAuthError,
    TlsError,
)
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import (
    ports_to_ssl_ports,
    smtp_send_message,
    smtp_send_message_star,
    smtp_sending_end_of_message,
    ssl_connect,
    tcp_connect,
)
from tests.netsmtp.scripted import ScriptedServer

HEADER = "From: a@x.org\r\nSubject: hi\r\n\r\n"
LINES = ["hello", ".", "..two", ""]
BODY = HEADER.encode() + b"hello\r\n.\r\n..two\r\n\r\n"
AUTHORITY = trustme.CA()


class Keeper:
    """Keep every mail."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
        self.mails.append(envelope)
        return "250 kept"


class Server:
    """A running server: its *port* and the *mails* it took."""

    def __init__(self, port: int, mails: list[Envelope]) -> None:
        self.port = port
        self.mails = mails


@contextmanager
def serving(*, implicit: ssl.SSLContext | None = None, **options: Any) -> Iterator[Server]:
    """Run aiosmtpd on a free port until the block ends."""
    keeper = Keeper()
    controller = FreePort(
        keeper, hostname="127.0.0.1", port=0, ssl_context=implicit, ready_timeout=10, **options
    )
    controller.start()
    try:
        yield Server(controller.port, keeper.mails)
    finally:
        controller.stop()


class FreePort(Controller):
    """A controller that finds out which port the system chose before it tries the server."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the test's authority one that the system trusts."""
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


def certificate(*names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(*names).configure_cert(context)
    return context


def check_password(
    server: object, session: object, envelope: object, mechanism: str, data: object
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    known = mechanism == "PLAIN" and data.login == b"user" and data.password == "p\xe4ss".encode()
    return AuthResult(success=known, handled=False)


def send(port: int, server: str = "127.0.0.1", **keywords: Any) -> None:
    smtp_send_message(server, "a@x.org", ["b@y.org", "c@y.org"], HEADER, LINES, port, **keywords)


def kept(server: Server) -> None:
    (mail,) = server.mails
    assert mail.mail_from == "a@x.org"
    assert mail.rcpt_tos == ["b@y.org", "c@y.org"]
    assert mail.content == BODY


def test_plain() -> None:
    """A mail sent in clear arrives byte for byte."""
    with serving() as server:
        send(server.port)
        kept(server)


def test_star_over_open_streams() -> None:
    """The streams of tcp_connect do for smtp_send_message_star, which closes them."""
    with serving() as server:
        r, w = tcp_connect("127.0.0.1", server.port)
        smtp_send_message_star(
            r, w, "a@x.org", ["b@y.org", "c@y.org"], HEADER, LINES, None, None, None
        )
        assert r.closed
        assert w.closed
        kept(server)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_starttls(name: str) -> None:
    """STARTTLS encrypts what follows; the certificate is checked for the name connected to."""
    seen: list[Event] = []
    with serving(tls_context=certificate(name), require_starttls=True) as server:
        send(server.port, name, tls_encode=ports_to_ssl_ports, observer=seen.append)
        kept(server)
    assert TlsStarted() in seen


@pytest.mark.usefixtures("trusted")
def test_implicit_tls() -> None:
    """ssl_connect encrypts from the first byte."""
    with serving(implicit=certificate("127.0.0.1")) as server:
        send(server.port, tcp_connect=ssl_connect)
        kept(server)


@pytest.mark.usefixtures("trusted")
def test_auth_over_starttls() -> None:
    """AUTH PLAIN is accepted under TLS, with a password in UTF-8."""
    with serving(
        tls_context=certificate("127.0.0.1"),
        authenticator=check_password,
        auth_required=True,
    ) as server:
        send(server.port, tls_encode=ports_to_ssl_ports, auth_user="user", auth_passwd="p\xe4ss")
        kept(server)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_auth_in_clear_on_this_machine() -> None:
    """A password may go in clear to a server on this machine; a wrong one is refused."""
    with serving(
        authenticator=check_password, auth_required=True, auth_require_tls=False
    ) as server:
        send(server.port, auth_user="user", auth_passwd="p\xe4ss")
        kept(server)
        with pytest.raises(AuthenticationRefused) as caught:
            send(server.port, auth_user="user", auth_passwd="wrong")
        assert caught.value.command == "AUTH PLAIN <redacted>"
        assert not caught.value.transient


def test_no_starttls_no_mail() -> None:
    """A server that has lost its STARTTLS is told nothing."""
    with serving() as server:
        with pytest.raises(NotOffered, match="STARTTLS"):
            send(server.port, tls_encode=ports_to_ssl_ports, auth_user="u", auth_passwd="p")
        assert server.mails == []


@pytest.mark.parametrize("way", ["starttls", "implicit"])
@pytest.mark.parametrize("wrong", ["authority", "name", "expired"])
def test_wrong_certificate(way: str, wrong: str, request: pytest.FixtureRequest) -> None:
    """An unknown authority, another's name and an expired certificate end the send."""
    if wrong != "authority":
        request.getfixturevalue("trusted")
    context = BAD_CONTEXTS[wrong]()
    offered = {"tls_context": context} if way == "starttls" else {"implicit": context}
    keywords: dict[str, Any] = (
        {"tls_encode": ports_to_ssl_ports} if way == "starttls" else {"tcp_connect": ssl_connect}
    )
    with serving(**offered) as server:
        with pytest.raises(TlsError):
            send(server.port, **keywords)
        assert server.mails == []


@pytest.mark.usefixtures("trusted")
def test_old_tls() -> None:
    """TLS 1.1 is not spoken, whether it is offered at once or by STARTTLS."""
    offer = [["send", "220 hi\r\n"], ["cmd"], ["send", "250-h\r\n250 STARTTLS\r\n"], ["cmd"]]
    with ScriptedServer([["tls"]], old()) as server, pytest.raises(TlsError):
        send(server.port, tcp_connect=ssl_connect)
    script = [*offer, ["send", "220 go\r\n"], ["tls"]]
    with ScriptedServer(script, old()) as server, pytest.raises(TlsError):
        send(server.port, tls_encode=ports_to_ssl_ports)


def expired() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    AUTHORITY.issue_cert("127.0.0.1", not_after=past).configure_cert(context)
    return context


def old() -> ssl.SSLContext:
    context = certificate("127.0.0.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


BAD_CONTEXTS: dict[str, Callable[[], ssl.SSLContext]] = {
    "authority": lambda: certificate("127.0.0.1"),
    "name": lambda: certificate("other.example"),
    "expired": expired,
}


def interrupted_by_hook() -> AbstractContextManager[None]:
    def hook() -> None:
        raise KeyboardInterrupt

    return smtp_sending_end_of_message.parameterize(hook)


def test_interrupted_end_of_message_procedure() -> None:
    """Ctrl-C in the end-of-message procedure leaves the server without a mail."""
    with serving() as server:
        with interrupted_by_hook(), pytest.raises(KeyboardInterrupt):
            send(server.port)
        send(server.port)
        assert len(server.mails) == 1


@pytest.mark.parametrize("command", ["EHLO localhost", "MAIL FROM:<a@x.org>", "DATA"])
def test_raising_observer_cancels(command: str) -> None:
    """What an observer raises ends the send, and the server has no mail."""

    def observe(event: Event) -> None:
        if isinstance(event, CommandSent) and event.line == command:
            raise KeyboardInterrupt

    with serving() as server:
        with pytest.raises(KeyboardInterrupt):
            send(server.port, observer=observe)
        assert server.mails == []


def test_lines_that_fail_halfway() -> None:
    """An iterator that raises in the middle of the message leaves the server without a mail."""

    def lines() -> Iterator[str]:
        yield from ["x" * 70] * 5000
        raise ZeroDivisionError

    with serving() as server:
        with pytest.raises(ZeroDivisionError):
            smtp_send_message("127.0.0.1", "a@x.org", ["b@y.org"], HEADER, lines(), server.port)
        send(server.port)
        kept(server)


def test_hook_is_called_when_all_but_the_dot_is_written() -> None:
    """When the end-of-message procedure runs, the message is written and not accepted."""
    seen: list[Event] = []
    with serving() as server:
        mails_then: list[int] = []

        def hook() -> None:
            assert isinstance(seen[-1], BodyComplete)
            mails_then.append(len(server.mails))

        with smtp_sending_end_of_message.parameterize(hook):
            send(server.port, observer=seen.append)
        kept(server)
        assert mails_then == [0]


def test_nobody_listens() -> None:
    """A refused connection is an error that may pass."""
    with serving() as server:
        port = server.port
    with pytest.raises(ConnectError) as caught:
        send(port)
    assert caught.value.transient
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)


def test_handshake_has_a_deadline() -> None:
    """A server that never answers the handshake does not hold the send for ever."""
    options = Options(deadlines=Deadlines(connect=0.2))
    with ScriptedServer([["eof"]]) as server, pytest.raises(TlsError):
        send(server.port, tcp_connect=ssl_connect, options=options)


def test_password_in_clear_to_another_machine() -> None:
    """A connection that cannot be seen to stay on this machine carries no password in clear."""
    peer = MemoryServer()

    def elsewhere(server: str, port: int) -> Any:
        r, w = peer.connect(server, port)
        r.local = False  # type: ignore[attr-defined]
        return r, w

    with pytest.raises(PlaintextAuthError):
        send(25, tcp_connect=elsewhere, auth_user="u", auth_passwd="hunter2")
    assert peer.connections[0].lines()[-2:] == ["C: QUIT", "S: 221 2.0.0 bye"]
    assert not any("AUTH" in line for line in peer.connections[0].lines())
    allowed = Options(allow_plaintext_auth=True)
    send(25, tcp_connect=elsewhere, auth_user="u", auth_passwd="hunter2", options=allowed)
    assert len(peer.mails) == 1
