"""A server that fails at random, and counts at its end what it took, by Message-ID."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable

from netsmtp.core.loopback import LoopbackServer, ReceivedMail
from tests.netsmtp.tcp import Drop, TcpServer

#: What may go wrong at a command, and how often at each: at the envelope, at DATA, at the dot.
FAULTS = {
    "none": {},
    "some": {"refuse": 0.02, "later": 0.04, "busy": 0.02, "drop": 0.02, "forget": 0.02},
}


class Flaky:
    """Answer any number of clients; `taken` counts each mail by the number in front of its Message-ID.

    *faults* has a share for each kind of them, drawn with *seed*. *heard* is called with each command.
    """

    def __init__(
        self, faults: str = "some", seed: int = 0, heard: Callable[[str], object] = lambda _: None
    ) -> None:
        self.taken: Counter[int] = Counter()
        self._shares = FAULTS[faults]
        self._random = random.Random(seed)
        self._heard = heard
        self._lock = threading.Lock()
        self.server = TcpServer(lambda: _Answering(self))

    @property
    def port(self) -> int:
        return self.server.port

    def __enter__(self) -> Flaky:
        self.server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.__exit__(*exc)

    def fault(self, line: str) -> str | None:
        """Return what is to go wrong at *line*."""
        self._heard(line)
        if line[:4] not in ("MAIL", "RCPT", "DATA", "."):
            return None
        with self._lock:
            drawn = self._random.random()
        for kind, share in self._shares.items():
            drawn -= share
            if drawn < 0:
                return kind
        return None

    def take(self, mail: ReceivedMail) -> None:
        found = re.search(rb"(?m)^Message-ID: <(\d+)\.", mail.data)
        assert found
        with self._lock:
            self.taken[int(found[1])] += 1


class _Answering(LoopbackServer):
    """Answer one client as *flaky* decides."""

    def __init__(self, flaky: Flaky) -> None:
        super().__init__(replies=self._reply)
        self._flaky = flaky
        self._forgets = False

    def _reply(self, line: str) -> str | None:
        fault = self._flaky.fault(line)
        match fault:
            case "refuse":
                return "550 5.1.1 no"
            case "later":
                return "451 4.3.0 not now"
            case "busy":
                self.closed = True
                return "421 4.3.2 too busy"
            case "drop":
                raise Drop
            case "forget" if line == ".":
                self._forgets = True
                return None
            case _:
                return None

    def receive(self, data: bytes) -> bytes:
        try:
            answer = super().receive(data)
        finally:  # what it had before it dropped the connection, it has
            while self.mails:
                self._flaky.take(self.mails.pop(0))
        if self._forgets:  # it has the mail, and says nothing
            raise ConnectionError
        return answer
