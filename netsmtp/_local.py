"""Hand mail over on this machine: a real session, whose server is a procedure.

So everything is checked, said and answered as with a server far away, and the procedure decides
about the mail at the final dot: what it raises is the error of the send.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, BinaryIO

from netsmtp import smtp
from netsmtp._calls import Call, CallingSmtp
from netsmtp.core.hosts import is_this_machine
from netsmtp.core.loopback import LoopbackServer, ReceivedMail
from netsmtp.core.loopback_auth import Account
from netsmtp.core.secret import Secret
from netsmtp.memory import MemoryReader, MemoryServer
from netsmtp.parameters import Parameter
from netsmtp.smtp import Connect

#: What the imagined server offers: everything, so that what a real one lacks is found out there.
EXTENSIONS = (
    "PIPELINING",
    "8BITMIME",
    "SMTPUTF8",
    "STARTTLS",
    "AUTH SCRAM-SHA-256 PLAIN LOGIN CRAM-MD5 OAUTHBEARER XOAUTH2",
    "DSN",
    "ENHANCEDSTATUSCODES",
)
#: Of that, all that needs nobody who comes back with a report later (RFC 3461).
OFFERED = tuple(each for each in EXTENSIONS if each != "DSN")


class SessionSmtp(CallingSmtp):
    """An `ISmtp` whose server is in this process; a subclass makes one for each connection.

    Who authenticates is believed: there is nobody to lie to. A password that would have crossed a
    network in clear is refused all the same.
    """

    @abstractmethod
    def server(self, account: Account | None) -> LoopbackServer:
        """Return the server of a new connection, where *account* may authenticate."""

    def connect(self, memory: MemoryServer, name: str, port: int) -> tuple[BinaryIO, BinaryIO]:
        """Connect to *memory*, which stands for *port* of *name*."""
        return memory.connect(name, port)

    def encode(self, name: str, r: BinaryIO, w: BinaryIO) -> tuple[BinaryIO, BinaryIO]:
        """Do what encrypts a connection to *name*: in memory there is nothing to hide from."""
        return r, w

    @property
    def smtp_sending_server(self) -> Parameter[str]:
        return smtp.smtp_sending_server

    @property
    def smtp_sending_end_of_message(self) -> Parameter[Callable[[], object]]:
        return smtp.smtp_sending_end_of_message

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        """Take note of a *conversation* with *server*, complete or broken off, that is over.

        Both *server* and *port* are None where the connection was the caller's.
        """

    def _send(self, call: Call) -> None:
        name, memory = call["server"], self._memory(call)
        meant: Connect = call["tcp_connect"]

        def connect(server: str, port: int) -> tuple[BinaryIO, BinaryIO]:
            streams = self.connect(memory, server, port)
            return pretending(streams, server, encrypted=meant is smtp.ssl_connect)

        try:
            call.but(tcp_connect=connect, tls_encode=self._encoding(call, name)).through(smtp)
        finally:
            port = call["port_no"] if call["opt_port_no"] is None else call["opt_port_no"]
            for conversation in memory.connections:
                self.over(name, port, conversation)

    def _send_star(self, call: Call) -> None:
        memory = self._memory(call)
        r, w = memory.connect("", 0)
        try:
            call.but(r=r, w=w, tls_encode=self._encoding(call, "")).through(smtp)
        finally:
            for stream in (call["w"], call["r"]):
                with contextlib.suppress(OSError):
                    stream.close()
            for conversation in memory.connections:
                self.over(None, None, conversation)

    def _memory(self, call: Call) -> MemoryServer:
        return memory_for(call["auth_user"], call["auth_passwd"], self.server)

    def _encoding(self, call: Call, name: str) -> Any:
        def encode(r: BinaryIO, w: BinaryIO, **how: Any) -> tuple[BinaryIO, BinaryIO]:
            return self.encode(name, r, w)

        return call["tls_encode"] and encode


def pretending(
    streams: tuple[BinaryIO, BinaryIO], server: str, *, encrypted: bool
) -> tuple[BinaryIO, BinaryIO]:
    """Return *streams* in memory as if they came from *server*.

    A password that the real connection would not carry is then refused here, too.
    """
    reader = streams[0]
    if isinstance(reader, MemoryReader):
        reader.local = is_this_machine(server)
        reader.encrypted = encrypted
    return streams


def memory_for(
    user: str | None, secret: Secret | None, server: Callable[[Account | None], LoopbackServer]
) -> MemoryServer:
    """Return what makes a *server* for each connection, where *user* has *secret*.

    It cannot know better than who sends.
    """
    account = None if user is None or secret is None else Account(user, secret)
    return MemoryServer(lambda: server(account))


class HandingSmtp(SessionSmtp):
    """An `ISmtp` that hands each mail to `take`, of which a subclass says what it does."""

    @abstractmethod
    def take(self, mail: ReceivedMail) -> None:
        """Take *mail* over, or raise an `SmtpError`. It is called at the final dot."""

    def server(self, account: Account | None) -> LoopbackServer:
        return _Taking(self.take, account)


class _Taking(LoopbackServer):
    """A server that says yes to a message when *take* has taken it."""

    def __init__(self, take: Callable[[ReceivedMail], None], account: Account | None) -> None:
        super().__init__(OFFERED, account=account)
        self._take = take

    def receive(self, data: bytes) -> bytes:
        taken = len(self.mails)
        answers = super().receive(data)
        for mail in self.mails[taken:]:
            self._take(mail)
        return answers
