"""How the clients connect: by whom, encrypted how, and checked for which name."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

import netsmtp.aio
from netsmtp._target import target
from netsmtp.client import Client
from netsmtp.core.events import Event, TlsStarted
from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import (
    ConnectError,
    CredentialsError,
    HostNameError,
    NotOffered,
    PlaintextAuthError,
    ProtocolError,
    TlsError,
)
from netsmtp.memory import MemoryServer
from netsmtp.options import Deadlines, Options
from tests.netsmtp.clients import KINDS, using
from tests.netsmtp.scripted import ScriptedServer
from tests.netsmtp.tcp import TcpServer
from tests.netsmtp.test_real_servers import certificate
from tests.netsmtp.test_real_servers import trusted as trusted
from tests.netsmtp.test_secrets import PASSWORD, own_frames, show_nothing

kinds = pytest.mark.parametrize("kind", KINDS)
TEXT = b"A: b\r\n\r\nhello\r\n"


async def use(client: Any) -> None:
    for _ in range(2):
        await client.send(TEXT, "a@x.org", ["b@y.org"])


@pytest.mark.parametrize(
    ("host", "port", "security", "wanted"),
    [
        ("mail.test", None, None, (587, "starttls")),
        ("mail.test", 587, None, (587, "starttls")),
        ("mail.test", 465, None, (465, "tls")),
        ("mail.test", 25, None, (25, "starttls")),
        ("mail.test", 2525, None, (2525, "starttls")),
        ("mail.test", None, "tls", (465, "tls")),
        ("mail.test", None, "none", (25, "none")),
        ("mail.test", None, "opportunistic", (25, "opportunistic")),
        ("localhost", None, None, (25, "none")),
        ("127.0.0.1", 2525, None, (2525, "none")),
        ("::1", 587, None, (587, "starttls")),
        ("localhost", 465, None, (465, "tls")),
        ("/run/smtp", None, None, (25, "none")),
        ("localhost", None, "starttls", (587, "starttls")),
    ],
)
def test_safe_defaults(host: str, port: Any, security: Any, wanted: tuple[int, str]) -> None:
    """Without a word from the caller nothing crosses a network unencrypted."""
    chosen = target(host, port, security, None, None, None)
    assert (chosen.port, chosen.security) == wanted


@kinds
@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"host": 5}, TypeError),
        ({"security": "maybe"}, ValueError),
        ({"port": 70000}, HostNameError),
        ({"local_name": "a b"}, HostNameError),
        ({"auth_user": "u"}, CredentialsError),
        ({"auth_user": "u", "auth_passwd": "p", "security": "opportunistic"}, CredentialsError),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    kind: str, bad: dict[str, Any], error: type[Exception]
) -> None:
    """A client that could never send is not made."""
    with pytest.raises(error):
        KINDS[kind](**{"host": "mail.test", **bad})


@pytest.mark.usefixtures("trusted")
@kinds
@pytest.mark.parametrize("security", ["starttls", "tls", "opportunistic"])
def test_encrypted(kind: str, security: str) -> None:
    """By STARTTLS or from the start, the mails go encrypted."""
    seen: list[Event] = []
    offers = ("PIPELINING", "STARTTLS", "AUTH PLAIN")
    with TcpServer(
        lambda: LoopbackServer(extensions=offers),
        context=certificate("127.0.0.1"),
        implicit=security == "tls",
    ) as server:
        using(kind, use, server.port, security=security, observer=seen.append)
    assert len(server.mails) == 2
    assert (TlsStarted() in seen) == (security != "tls")


@pytest.mark.usefixtures("trusted")
@kinds
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_name_of_the_certificate(kind: str, security: str) -> None:
    """The certificate is checked for the host, or for the name that is given apart from it."""
    for name, fine in (("mail.test", True), ("other.test", False), (None, False)):
        with TcpServer(
            lambda: LoopbackServer(extensions=("STARTTLS",)),
            context=certificate("mail.test"),
            implicit=security == "tls",
        ) as server:
            if fine:
                using(kind, use, server.port, security=security, server_name=name)
            else:
                with pytest.raises(TlsError):
                    using(kind, use, server.port, security=security, server_name=name)
        assert len(server.mails) == (2 if fine else 0)


@kinds
def test_opportunistic(kind: str) -> None:
    """It takes any certificate, and does without one where the server has or gives none."""
    offers = {"with": ("STARTTLS",), "without": (), "refused": ("STARTTLS",)}
    for case, extensions in offers.items():
        refusing = {"STARTTLS": "454 4.7.0 later"} if case == "refused" else {}
        with TcpServer(
            lambda e=extensions, r=refusing: LoopbackServer(extensions=e, replies=r.get),  # type: ignore[misc]
            context=certificate("nobody.test"),
        ) as server:
            using(kind, use, server.port, security="opportunistic")
        assert len(server.mails) == 2, case


@kinds
def test_required_means_required(kind: str) -> None:
    """Without STARTTLS there is no mail, and with a password in clear none either."""
    with TcpServer() as server, pytest.raises(NotOffered):
        using(kind, use, server.port, security="starttls")
    assert server.mails == []


@kinds
def test_password_over_opportunistic_tls_only_where_it_is_allowed(kind: str) -> None:
    """With `allow_plaintext_auth` it goes over whatever there is."""
    options = Options(allow_plaintext_auth=True)
    with TcpServer(lambda: LoopbackServer(extensions=("AUTH PLAIN",))) as server:
        using(
            kind,
            use,
            server.port,
            security="opportunistic",
            auth_user="u",
            auth_passwd=PASSWORD,
            options=options,
        )
    assert len(server.mails) == 2


@kinds
def test_password_does_not_show(kind: str) -> None:
    """Neither the client nor its errors show it."""
    with pytest.raises(CredentialsError) as caught:
        KINDS[kind]("mail.test", auth_user="u\0", auth_passwd=PASSWORD)
    show_nothing(own_frames(caught.value) + str(caught.value))
    made = netsmtp.aio.Client("mail.test", auth_user="u", auth_passwd=PASSWORD)
    show_nothing(repr(made) + repr(vars(made)))
    assert repr(made) == "<netsmtp.aio.client.Client: mail.test port 587>"


@kinds
def test_text_in_clear_behind_starttls(kind: str) -> None:
    """What is injected behind the 220 is never believed."""
    hello = [["send", "220 hi\r\n"], ["cmd"], ["send", "250-h\r\n250 STARTTLS\r\n"], ["cmd"]]
    for end in (
        [["send", "220 go\r\n250 injected\r\n"], ["eof"]],
        [["send", "220 go\r\n"], ["send", "250 injected\r\n"], ["eof"]],
    ):
        with ScriptedServer([*hello, *end]) as server, pytest.raises((ProtocolError, TlsError)):
            using(kind, use, server.port, security="starttls")
        assert b"MAIL" not in server.received


@kinds
def test_unix_socket(kind: str, tmp_path: Path) -> None:
    """A path is the host; what is said there may hold a password."""
    path = tmp_path / "smtp"
    with TcpServer(path=path) as server:
        using(kind, use, host=str(path), auth_user="u", auth_passwd="p")
    assert len(server.mails) == 2
    with pytest.raises(ConnectError):
        using(kind, use, host=str(tmp_path / "nobody"))


@kinds
def test_source_address(kind: str) -> None:
    """The connection can be made from a chosen address."""
    with TcpServer() as server:
        using(kind, use, server.port, source_address=("127.0.0.2", 0))
    assert server.peers[0][0] == "127.0.0.2"  # type: ignore[index]


def test_connect_procedure() -> None:
    """A procedure may connect instead: to any streams, as with `tcp_connect`."""
    memory = MemoryServer()
    with Client("anywhere.test", security="none", connect=memory.connect) as client:
        client.send(TEXT, "a@x.org", ["b@y.org"])
    assert len(memory.mails) == 1
    with Client(
        "anywhere.test", security="none", connect=memory.connect, auth_user="u", auth_passwd="p"
    ) as client:
        client.send(TEXT, "a@x.org", ["b@y.org"])  # memory is on this machine


@pytest.mark.parametrize("awaited", [False, True])
def test_connect_procedure_of_the_asynchronous_client(awaited: bool) -> None:
    """There it gives a connected socket, at once or awaited."""
    with TcpServer() as server:

        def connect(host: str, port: int) -> Any:
            assert (host, port) == ("anywhere.test", 99)
            return socket.create_connection(("127.0.0.1", server.port))

        async def later(host: str, port: int) -> Any:
            await asyncio.sleep(0)
            return connect(host, port)

        using(
            "aio",
            use,
            99,
            host="anywhere.test",
            security="none",
            connect=later if awaited else connect,
        )
    assert len(server.mails) == 2


@kinds
def test_local_name(kind: str) -> None:
    """EHLO gives the name that was chosen, or that of `smtp_sending_server`."""
    with TcpServer() as server:
        using(kind, use, server.port, local_name="me.test")
        using(kind, use, server.port)
    names = [connection.lines()[1] for connection in server.connections]
    assert names == ["C: EHLO me.test", "C: EHLO localhost"]


@kinds
def test_host_that_is_none(kind: str) -> None:
    """What cannot be a host is refused before it is looked up."""
    with pytest.raises(HostNameError):
        using(kind, use, 2525, host="a b")


@kinds
def test_password_in_clear_to_another_machine(kind: str) -> None:
    """A password is refused where the connection may leave this machine in clear."""
    memory = MemoryServer()

    def elsewhere(server: str, port: int) -> Any:
        r, w = memory.connect(server, port)
        r.local = False  # type: ignore[attr-defined]
        return r, w

    if kind == "sync":
        with pytest.raises(PlaintextAuthError):
            using(
                kind,
                use,
                25,
                host="mail.test",
                security="none",
                connect=elsewhere,
                auth_user="u",
                auth_passwd="p",
            )
        assert memory.mails == []


@kinds
def test_silent_server(kind: str) -> None:
    """Deadlines hold for a client's stages as for a single send."""
    options = Options(deadlines=Deadlines(greeting=0.1, farewell=0.05))
    with ScriptedServer([["eof"]]) as server, pytest.raises(TimeoutError):
        using(kind, use, server.port, options=options)


@kinds
def test_handshake_that_never_ends(kind: str) -> None:
    """A server that is silent in the handshake is left in time."""
    hello = [["send", "220 hi\r\n"], ["cmd"], ["send", "250-h\r\n250 STARTTLS\r\n"], ["cmd"]]
    options = Options(deadlines=Deadlines(tls=0.1))
    script = [*hello, ["send", "220 go\r\n"], ["eof"]]
    with ScriptedServer(script) as server, pytest.raises(TlsError):
        using(kind, use, server.port, security="starttls", options=options)


@kinds
def test_server_that_stops_reading(kind: str) -> None:
    """A message that is not taken holds nobody longer than a piece's deadline."""

    async def large(client: Any) -> None:
        await client.send(b"\r\n" + b"x" * 70 * 500_000, "a@x.org", ["b@y.org"])

    options = Options(deadlines=Deadlines(body=0.2, farewell=0.05), long_lines="send")
    talk = ["250 h\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"]
    script: list[list[Any]] = [["send", "220 hi\r\n"]]
    script += [step for reply in talk for step in (["cmd"], ["send", reply])]
    given_up = threading.Event()
    with ScriptedServer([*script, ["stall"]], at_sleep=given_up.wait) as server:
        with pytest.raises(TimeoutError):
            using(kind, large, server.port, options=options)
        given_up.set()


def test_two_threads_at_once() -> None:
    """A second thread is refused while a mail is being sent."""
    entered, leave = threading.Event(), threading.Event()

    def hook() -> None:
        entered.set()
        leave.wait(10)

    with TcpServer() as server:
        client = Client("127.0.0.1", server.port, end_of_message=hook)
        first = threading.Thread(target=lambda: client.send(TEXT, "a@x.org", ["b@y.org"]))
        first.start()
        assert entered.wait(10)
        with pytest.raises(RuntimeError, match="one thread"):
            client.send(TEXT, "a@x.org", ["b@y.org"])
        leave.set()
        first.join(10)
        client.close()
    assert len(server.mails) == 1


@kinds
def test_context_of_the_callers_own(kind: str) -> None:
    """A TLS context that is given is the one that is used."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with TcpServer(
        lambda: LoopbackServer(extensions=("STARTTLS",)), context=certificate("nobody.test")
    ) as server:
        using(kind, use, server.port, security="starttls", tls_context=context)
    assert len(server.mails) == 2
