"""Connecting in asyncio: to numbers and names, to several addresses at once, and given up half-way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from netsmtp.aio import _sockets
from netsmtp.aio._transport import connected
from netsmtp.errors import ConnectError
from tests.netsmtp.clients import using
from tests.netsmtp.tcp import TcpServer

FAMILIES = [socket.AF_INET, *([socket.AF_INET6] if socket.has_dualstack_ipv6() else [])]
TEXT = b"A: b\r\n\r\nhello\r\n"


async def use(client: Any) -> None:
    await client.send(TEXT, "a@x.org", ["b@y.org"])


@contextmanager
def listening(family: int = socket.AF_INET) -> Iterator[int]:
    """Give a port of this machine where connections are taken."""
    host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    with socket.create_server((host, 0), family=family) as listener:
        yield listener.getsockname()[1]


def refusing() -> int:
    """Return a port of this machine where nobody listens."""
    with listening() as port:
        return port


def known_as(*addresses: tuple[int, Any]) -> Callable[..., Any]:
    """Return a `getaddrinfo` that knows every host by *addresses*."""

    async def getaddrinfo(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        return [(family, socket.SOCK_STREAM, 0, "", address) for family, address in addresses]

    return getaddrinfo


class Slow:
    """Make every connection take a while, and those that `ignored` is true of for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[socket.socket] = []
        self.ignored: Callable[[int], bool] = lambda nth: False
        self.told: Callable[[], object] = lambda: None
        loop = asyncio.get_running_loop()
        add_writer = loop.add_writer

        def begin(number: int, tell: Callable[..., object], sock: socket.socket) -> None:
            nth = len(self.begun)
            self.begun.append(sock)
            if not self.ignored(nth):
                add_writer(number, lambda: (tell(sock), self.told()))

        monkeypatch.setattr(_sockets, "_is_connected", lambda sock: False)
        monkeypatch.setattr(loop, "add_writer", begin)

    def all_closed(self) -> bool:
        return all(sock.fileno() == -1 for sock in self.begun)


async def connect(port: int, host: str = "127.0.0.1", seconds: float | None = None) -> None:
    """Connect, and end the connection."""
    transport = await connected(host, port, None, None, seconds)
    transport.abort()


@pytest.mark.parametrize("family", FAMILIES)
def test_number(family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked for the address of an address."""

    async def run(port: int) -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", None)
        await connect(port, "::1" if family == socket.AF_INET6 else "127.0.0.1")

    with listening(family) as port:
        asyncio.run(run(port))


def test_name() -> None:
    """The addresses of a name are asked for."""
    with TcpServer() as server:
        using("aio", use, server.port, host="localhost", security="none")
    assert len(server.mails) == 1


def test_refused_at_once_and_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens is told of, by a number and by a name."""

    async def run() -> None:
        with pytest.raises(ConnectError, match=r"port \d+: Connection refused"):
            await connect(refusing())
        with pytest.raises(ConnectError, match="Connection refused"):
            await connect(refusing(), "localhost")
        slow = Slow(monkeypatch)
        with pytest.raises(ConnectError, match="Connection refused"):
            await connect(refusing())
        assert slow.begun
        assert slow.all_closed()

    asyncio.run(run())


def test_connection_that_takes_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there at once is waited for."""

    async def run() -> None:
        slow = Slow(monkeypatch)
        with listening() as port:
            await connect(port)
        assert len(slow.begun) == 1

    asyncio.run(run())


def test_cancelled_while_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left open, neither under way nor connected just now."""

    async def run(*, just_now: bool) -> None:
        slow = Slow(monkeypatch)
        slow.ignored = lambda nth: not just_now
        with listening() as port:
            task = asyncio.create_task(connect(port))
            slow.told = task.cancel
            while not slow.begun:
                await asyncio.sleep(0)
            if not just_now:
                task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert slow.all_closed()

    asyncio.run(run(just_now=False))
    asyncio.run(run(just_now=True))


def test_no_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is never there is given up in time."""

    async def run() -> None:
        slow = Slow(monkeypatch)
        slow.ignored = lambda nth: True
        with listening() as port, pytest.raises(ConnectError, match="no answer in time"):
            await connect(port, seconds=0.02)
        assert slow.all_closed()

    asyncio.run(run())


def test_next_address_beside_one_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that does not answer holds nobody up; the first that does has the mail."""

    async def run(port: int) -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(_sockets, "EYEBALLS", 0.01)
        addresses = [(socket.AF_INET, (f"127.0.0.{n}", port)) for n in (3, 2, 1)]
        monkeypatch.setattr(loop, "getaddrinfo", known_as(*addresses))
        slow = Slow(monkeypatch)
        slow.ignored = lambda nth: nth < 2
        transport: Any = await connected("mail.test", port, None, None, 10)
        assert transport._socket.getpeername() == ("127.0.0.1", port)
        transport.abort()
        assert len(slow.begun) == 3
        assert slow.all_closed()

    with listening() as port:
        asyncio.run(run(port))


def test_address_behind_one_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next address is tried at once where one fails; those that this machine has not fail."""

    async def run(port: int) -> None:
        loop = asyncio.get_running_loop()
        addresses: list[tuple[int, Any]] = [
            (9999, ("nowhere", port)),
            (socket.AF_INET, ("127.0.0.2", port)),
            (socket.AF_INET, ("127.0.0.1", port)),
        ]
        monkeypatch.setattr(_sockets, "EYEBALLS", 1000.0)
        monkeypatch.setattr(loop, "getaddrinfo", known_as(*addresses))
        await connect(port, "mail.test", 10)

    with listening() as port:
        asyncio.run(run(port))


def test_source_address_that_this_machine_has_not() -> None:
    """What cannot be connected from is told as what cannot be connected to."""

    async def run() -> None:
        with pytest.raises(ConnectError, match="assign requested address"):
            await connected("127.0.0.1", 25, ("192.0.2.1", 0), None, None)

    asyncio.run(run())


def test_address_that_is_nobodys() -> None:
    """What the system refuses at once is told, too."""
    with pytest.raises(ConnectError, match=r"255\.255\.255\.255 port 25: [A-Z]"):
        asyncio.run(connect(25, "255.255.255.255"))


def test_every_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no address answers, what is wrong with each is said, the same thing once."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        port = refusing()
        refused = (socket.AF_INET, ("127.0.0.1", port))
        monkeypatch.setattr(loop, "getaddrinfo", known_as(refused, refused, (9999, ("", 1))))
        reasons = "port [0-9]+: Connection refused; Address family not supported by protocol"
        with pytest.raises(ConnectError, match=reasons):
            await connect(port, "mail.test")

    asyncio.run(run())


def test_addresses_take_turns_by_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second to be tried is of another family than the first (RFC 8305 section 4)."""

    async def run() -> list[int]:
        loop = asyncio.get_running_loop()
        six, four = (socket.AF_INET6, ("::1", 1)), (socket.AF_INET, ("127.0.0.1", 1))
        monkeypatch.setattr(loop, "getaddrinfo", known_as(six, six, six, four, four))
        return [each.family for each in await _sockets._addresses(loop, "mail.test", 1)]

    six, four = socket.AF_INET6, socket.AF_INET
    assert asyncio.run(run()) == [six, four, six, four, six]


def test_name_that_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without addresses is one for good."""

    async def run() -> None:
        async def getaddrinfo(*_: Any, **__: Any) -> Any:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        with pytest.raises(ConnectError) as caught:
            await connect(25, "mail.test")
        assert not caught.value.transient

    asyncio.run(run())


def test_unix_socket_that_is_none() -> None:
    """A path where nobody listens is told of."""
    with pytest.raises(ConnectError, match="/nowhere"):
        asyncio.run(connect(25, "/nowhere/smtp"))
