"""Run a mail server inside the program, for development and tests: it takes every mail and delivers none.

::

    with EmbeddedServer() as server:
        smtp_send_message(server.host, ..., port_no=server.port)
    server.mails, server.conversations

The protocol is aiosmtpd's, which comes with `netsmtp[cli]`. It shares no code with our client, so that what
arrives here is what any server would have got. It is meant for one machine: without a certificate there is no
TLS, and without accounts no authentication.
"""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from netsmtp.core.loopback import Direction, LoopbackServer, ReceivedMail

if TYPE_CHECKING:
    import ssl

__all__ = ["Conversation", "EmbeddedServer"]

LOOPBACK = "127.0.0.1"
LONGEST_LINE = 1 << 20
"""Servers may refuse lines of more than 998 octets; this one shows them."""
TURNS = 6
"""How many turns of the loop it takes to make a connection that waits, and to end it."""


@dataclass(slots=True)
class Conversation:
    """Hold what was said on one connection: who spoke, and every byte, in order."""

    said: list[tuple[Direction, bytearray]] = field(
        default_factory=list[tuple[Direction, bytearray]]
    )

    def add(self, speaker: Direction, data: bytes) -> None:
        """Add *data* that *speaker* said. How TCP had cut it does not matter."""
        if not self.said or self.said[-1][0] != speaker:
            self.said.append((speaker, bytearray()))
        self.said[-1][1].extend(data)

    def lines(self) -> list[str]:
        """Return the conversation as text, `C:` and `S:` before each line, secrets replaced."""
        said: list[tuple[Direction, bytes]] = [(who, bytes(data)) for who, data in self.said]
        return LoopbackServer(conversation=said).lines()


class EmbeddedServer:
    """Answer SMTP on *port* of *host* from a thread of its own; port 0 is a free one.

    *on_mail* is called, in that thread, with each mail before the client is told that it was taken; if it raises,
    the client is told 451 instead. With *keep*, `mails` and `conversations` hold everything, oldest first.
    With *tls*, an `ssl.SSLContext` that has a certificate, STARTTLS is offered, and *tls_port* is one with TLS from
    the first byte. *accounts* are passwords by user: who gives one, under TLS, may log in; nobody must.
    After `start` the attributes *host*, *port* and *tls_port* say where the server listens.
    """

    def __init__(
        self,
        host: str = LOOPBACK,
        port: int = 0,
        *,
        on_mail: Callable[[ReceivedMail], object] | None = None,
        keep: bool = True,
        tls: ssl.SSLContext | None = None,
        tls_port: int | None = None,
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        if tls_port is not None and tls is None:
            raise ValueError("tls_port: only with tls, which has the certificate")
        self.host = host
        self.port = port
        self.tls_port = tls_port
        self._tls = tls
        self._accounts = accounts
        self.mails: list[ReceivedMail] = []
        self.conversations: list[Conversation] = []
        self._on_mail = on_mail
        self._keep = keep
        self._clients: set[_Client] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. Raises `OSError` if that is not possible there, `RuntimeError` if it does already."""
        if self._thread is not None:
            raise RuntimeError("the server has been started already")
        listening: Future[list[tuple[str, int]]] = Future()
        # A daemon: a program that ends without `stop` is not held up.
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening)), name="embedded server", daemon=True
        )
        self._thread.start()
        try:
            (self.host, self.port), *secure = listening.result()
        except OSError:
            self._thread.join()
            self._thread = None
            raise
        if secure:
            ((_, self.tls_port),) = secure

    def stop(self) -> None:
        """Close all connections and stop listening; what was received stays. Stopping twice is no error."""
        if self._thread is None:
            return
        assert self._loop is not None
        assert self._stopping is not None
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    # In the server's thread.

    async def _serve(self, listening: Future[list[tuple[str, int]]]) -> None:
        """Listen until told to stop, having told *listening* where."""
        self._loop = asyncio.get_running_loop()
        # A client that breaks off is nothing to report: the conversation shows it.
        self._loop.set_exception_handler(lambda loop, context: None)
        self._stopping = asyncio.Event()
        servers: list[asyncio.Server] = []
        try:
            servers.append(await self._loop.create_server(self._client, self.host, self.port))
            if self.tls_port is not None:
                secure = self._loop.create_server(
                    lambda: self._client(secure=True), self.host, self.tls_port, ssl=self._tls
                )
                servers.append(await secure)
        except OSError as error:
            for server in servers:
                server.close()
            listening.set_exception(error)
            return
        listening.set_result([each.sockets[0].getsockname()[:2] for each in servers])
        await self._stopping.wait()
        await self._end(servers)

    async def _end(self, servers: Sequence[asyncio.Server]) -> None:
        """Stop listening, and end all connections, also those that are only being made."""
        loop = asyncio.get_running_loop()
        # A server that is closed forgets a connection that it has accepted and not yet made.
        for sock in (sock for server in servers for sock in server.sockets):
            with suppress(NotImplementedError):
                loop.remove_reader(sock.fileno())
        for _ in range(TURNS):
            for client in tuple(self._clients):
                client.abort()
            await asyncio.sleep(0)
        if handshakes := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in handshakes:
                task.cancel()
            await asyncio.wait(handshakes)
            await asyncio.sleep(0)
        for server in servers:
            server.close()
            await server.wait_closed()

    def _client(self, *, secure: bool = False) -> _Client:
        """Return what talks to a new client; *secure* if TLS has begun before."""
        conversation = Conversation()
        if self._keep:
            self.conversations.append(conversation)
        offered: dict[str, Any] = {"tls_context": None if secure else self._tls}
        if self._accounts is None:
            offered["auth_exclude_mechanism"] = ["LOGIN", "PLAIN"]
        else:
            offered |= {"authenticator": self._judge, "auth_require_tls": not secure}
        return _Client(_Handler(self._receive), conversation, self._clients, offered)

    def _judge(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, told: Any
    ) -> AuthResult:
        """Say whether what was *told* is user and password of an account."""
        known = isinstance(told, LoginPassword) and hmac.compare_digest(
            told.password, (self._accounts or {}).get(told.login.decode(), "").encode() or b"\0"
        )
        return AuthResult(success=known, handled=False)

    def _receive(self, mail: ReceivedMail) -> None:
        """Take *mail*; raises what *on_mail* raises."""
        if self._on_mail is not None:
            self._on_mail(mail)
        if self._keep:
            self.mails.append(mail)


class _Client(SMTP):
    """One client's connection, which writes down what is said on it."""

    line_length_limit = LONGEST_LINE

    def __init__(
        self,
        handler: _Handler,
        conversation: Conversation,
        connected: set[_Client],
        offered: Mapping[str, Any],
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname="embedded.localhost",
            ident="netsmtp development server",
            loop=asyncio.get_running_loop(),
            **offered,
        )
        self._conversation = conversation
        self._connected = connected

    def abort(self) -> None:
        """End the connection at once."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connected.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._connected.discard(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self._conversation.add("client", data)
        super().data_received(data)

    async def push(self, status: Any) -> None:
        said = status if isinstance(status, bytes) else str(status).encode()
        self._conversation.add("server", said + b"\r\n")
        await super().push(said)


class _Handler:
    """What aiosmtpd calls; the names are its own."""

    def __init__(self, receive: Callable[[ReceivedMail], object]) -> None:
        self._receive = receive

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
        self._receive(ReceivedMail(sender, tuple(envelope.rcpt_tos), content))
        return "250 2.0.0 taken, delivered to nobody"

    async def handle_exception(self, error: Exception) -> str:
        return f"451 4.3.0 not taken: {type(error).__name__}"
