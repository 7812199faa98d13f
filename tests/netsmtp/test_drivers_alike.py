"""One protocol, two drivers: what the synchronous and the asynchronous client write is the same."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from netsmtp import Envelope
from netsmtp.options import Options
from tests.netsmtp.clients import every, using, words
from tests.netsmtp.core.naive_server import OTHERWISE, NaiveServer

PLANS = st.lists(st.sampled_from(["", "", "", *OTHERWISE]), max_size=12)
MAILS = st.lists(
    st.tuples(st.integers(1, 3), st.lists(st.sampled_from(["", ".", "x", "x" * 70]), max_size=3)),
    min_size=1,
    max_size=4,
)
OPTIONS = st.builds(
    Options, pipelining=st.booleans(), chunking=st.booleans(), quit_with_dot=st.booleans()
)


class Played:
    """Servers for one client, each with the next of *plans*; `heard` is what each was told."""

    def __init__(self, plans: list[list[str]]) -> None:
        self.heard: list[bytearray] = []
        self.failures: list[BaseException] = []
        self._plans = iter(plans)
        self._threads: list[threading.Thread] = []

    def connect(self) -> socket.socket:
        """Return the client's end of a connection to the next server."""
        ours, theirs = socket.socketpair()
        heard = bytearray()
        self.heard.append(heard)
        plan = next(self._plans, [])
        self._threads.append(threading.Thread(target=self._play, args=(ours, plan, heard)))
        self._threads[-1].start()
        return theirs

    def over(self) -> None:
        """Wait for the last to end. Raises what a server was not to be told."""
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a connection is still open"
        for failure in self.failures:
            raise failure

    def _play(self, ours: socket.socket, plan: list[str], heard: bytearray) -> None:
        server = NaiveServer(("PIPELINING", "CHUNKING", "8BITMIME"), plan)
        try:
            with ours:
                for data in self._talk(ours, server):
                    heard.extend(data)
                    server.take(data)
        except ConnectionError:
            pass  # the client aborted
        except BaseException as failure:  # noqa: BLE001 - raised by `over`, in the test's thread
            self.failures.append(failure)

    def _talk(self, ours: socket.socket, server: NaiveServer) -> Iterator[bytes]:
        """Yield what the client says, having told it what the server has said by then."""
        while True:
            ours.sendall(server.deliver(server.undelivered))
            if server.gone:
                ours.shutdown(socket.SHUT_WR)
            data = ours.recv(65536)
            if not data:
                return
            yield data


def conversation(
    kind: str, plans: list[list[str]], mails: list[tuple[int, list[str]]], options: Options
) -> tuple[list[bytes], list[str]]:
    """Return what a client of that *kind* told each server, and what became of the mails."""
    played = Played(plans)
    envelopes = [
        Envelope(lines, f"s{n}@x.org", [f"r{m}@y.org" for m in range(count)], "A: b\r\n\r\n")
        for n, (count, lines) in enumerate(mails)
    ]

    def connect(host: str, port: int) -> Any:
        sock = played.connect()
        if kind == "aio":
            return sock
        with sock:
            return sock.makefile("rb"), sock.makefile("wb")

    async def use(client: Any) -> list[str]:
        return words(await every(client.send_all(envelopes)))

    told = using(kind, use, connect=connect, options=options)
    played.over()
    return [bytes(heard) for heard in played.heard], told


@given(st.lists(PLANS, max_size=3), MAILS, OPTIONS)
@settings(max_examples=40)
def test_both_drivers_say_the_same(
    plans: list[list[str]], mails: list[tuple[int, list[str]]], options: Options
) -> None:
    """Whatever the servers answer: byte for byte, connection by connection, and the same results."""
    assert conversation("sync", plans, mails, options) == conversation("aio", plans, mails, options)
