"""A loop that cannot tell when a socket is ready, as the default one of Windows: mail goes all the same."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netsmtp.aio
from netsmtp.aio._protocol import ProtocolTransport
from netsmtp.aio._socket import SocketTransport
from netsmtp.aio._transport import connected
from netsmtp.core.loopback import LoopbackServer
from netsmtp.errors import ConnectError, ProtocolError, TlsError
from netsmtp.options import Deadlines, Options
from tests.netsmtp.clients import every, mail, words
from tests.netsmtp.scripted import ScriptedServer
from tests.netsmtp.tcp import TcpServer
from tests.netsmtp.test_real_servers import certificate
from tests.netsmtp.test_real_servers import trusted as trusted

LARGE = b"A: b\r\n\r\n" + b"hello, hello\r\n" * 500_000


class BlindLoop(asyncio.SelectorEventLoop):
    """A loop that watches no sockets but its own, for which it removes writers."""

    def _cannot(self, *_: Any) -> Any:
        raise NotImplementedError

    add_reader = remove_reader = add_writer = _cannot  # type: ignore[assignment]


def run(main: Callable[[], Any]) -> Any:
    """Run *main* in such a loop, which must have nothing to complain of."""
    complaints: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=BlindLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: complaints.append(context))
        result = runner.run(main())
    assert complaints == []
    return result


def test_which_transport(tmp_path: Path) -> None:
    """Each loop has the faster transport that it can have."""

    async def made(port: int) -> type:
        transport = await connected("127.0.0.1", port, None, None, 10)
        transport.abort()
        await asyncio.sleep(0)
        return type(transport)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert run(lambda: made(port)) is ProtocolTransport
        assert asyncio.run(made(port)) is SocketTransport


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_goes(security: Any) -> None:
    """In clear and encrypted, small and large, mails and their results are the same."""

    async def main() -> None:
        async with netsmtp.aio.Client("127.0.0.1", server.port, security=security) as client:
            assert words(await every(client.send_all([mail(0), mail(1)]))) == ["sent"] * 2
            assert await client.send(LARGE, "a@x.org", ["b@y.org"])

    offers = ("PIPELINING", "STARTTLS") if security == "starttls" else ("PIPELINING",)
    with TcpServer(
        lambda: LoopbackServer(extensions=offers),
        context=None if security == "none" else certificate("127.0.0.1"),
        implicit=security == "tls",
    ) as server:
        run(main)
    assert [len(each.data) for each in server.mails[2:]] == [len(LARGE)]
    assert len(server.mails) == 3


@pytest.mark.parametrize("way", ["path", "socket", "source"])
def test_other_ways_to_connect(way: str, tmp_path: Path) -> None:
    """A path, a socket that is given, and a source address are taken."""
    path = tmp_path / "smtp"
    with TcpServer(path=path if way == "path" else None) as server:

        def connect(host: str, port: int) -> socket.socket:
            return socket.create_connection(("127.0.0.1", server.port))

        ways: dict[str, tuple[str, dict[str, Any]]] = {
            "path": (str(path), {}),
            "socket": ("mail.test", {"connect": connect}),
            "source": ("127.0.0.1", {"source_address": ("127.0.0.2", 0)}),
        }
        host, more = ways[way]

        async def main() -> None:
            port = 25 if way == "path" else server.port
            async with netsmtp.aio.Client(host, port, security="none", **more) as client:
                await client.send(b"A: b\r\n\r\nhi\r\n", "a@x.org", ["b@y.org"])

        run(main)
    assert len(server.mails) == 1


def test_deadlines_and_refusals() -> None:
    """What goes wrong is told as with every other loop."""

    async def main(port: int) -> None:
        options = Options(deadlines=Deadlines(greeting=0.05, farewell=0.01))
        async with netsmtp.aio.Client("127.0.0.1", port, options=options) as client:
            await client.send(b"A: b\r\n\r\nhi\r\n", "a@x.org", ["b@y.org"])

    with ScriptedServer([["eof"]]) as server, pytest.raises(TimeoutError):
        run(lambda: main(server.port))
    with pytest.raises(ConnectError):
        run(lambda: main(server.port))


def test_stranger_in_the_handshake() -> None:
    """A certificate that nobody vouches for is refused."""

    async def main() -> None:
        async with netsmtp.aio.Client("127.0.0.1", server.port, security="starttls") as client:
            await client.send(b"A: b\r\n\r\nhi\r\n", "a@x.org", ["b@y.org"])

    with (
        TcpServer(
            lambda: LoopbackServer(extensions=("STARTTLS",)), context=certificate("127.0.0.1")
        ) as server,
        pytest.raises(TlsError),
    ):
        run(main)
    assert server.mails == []


def test_other_end_that_stops_and_goes() -> None:
    """Whoever waits to write is ended in time, and told when the connection is lost."""

    async def main() -> None:
        ours, theirs = socket.socketpair()
        transport = await connected("mail.test", 25, None, ours, 10)
        assert not transport.offer(memoryview(LARGE))
        assert bytes(transport.offer(memoryview(b"more"))) == b"more"
        with pytest.raises(TimeoutError):
            await transport.write(memoryview(b"more"), time.monotonic() + 0.02)
        theirs.close()
        with pytest.raises(ConnectionError):
            await transport.write(memoryview(b"more"), time.monotonic() + 10)
        with pytest.raises(ConnectionError):
            await transport.read(None)
        await transport.close()

    run(main)


def test_connection_that_has_ended() -> None:
    """Nothing is written to one that was ended here; bytes in clear are not taken for TLS."""

    async def main() -> None:
        ours, theirs = socket.socketpair()
        transport = await connected("mail.test", 25, None, ours, 10)
        theirs.send(b"250 trust me\r\n")
        assert bytes(await transport.read(None)) == b"250 trust me\r\n"
        theirs.send(b"250 trust me\r\n")
        assert isinstance(transport, ProtocolTransport)
        while not transport._arrived:
            await asyncio.sleep(0)
        with pytest.raises(ProtocolError):
            await transport.encrypt(None, "mail.test", 10)
        transport.abort()
        await asyncio.sleep(0)
        with pytest.raises(BrokenPipeError):
            await transport.write(memoryview(b"more"), None)
        theirs.close()

    run(main)
