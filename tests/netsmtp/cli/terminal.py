"""A terminal to run the command on, of which the test is the person in front."""

from __future__ import annotations

import os
import select
import sys
import termios
from collections.abc import Sequence

LONGEST_WAIT = 60.0

#: The first terminal that the leader of a session opens is its own from then on.
ADOPT = "import os, sys; os.open(sys.argv[1], os.O_RDWR); os.execv(sys.argv[2], sys.argv[2:])"


class Terminal:
    """A pseudo-terminal; `shown` is what has been read from its screen."""

    def __enter__(self) -> Terminal:
        self.master, self.slave = os.openpty()
        self.shown = b""
        return self

    def __exit__(self, *exc: object) -> None:
        os.close(self.master)
        os.close(self.slave)

    def adopted(self, command: Sequence[str]) -> list[str]:
        """Return *command* such that, in a new session, this terminal is its own."""
        return [sys.executable, "-c", ADOPT, os.ttyname(self.slave), *command]

    def read_until(self, wanted: bytes) -> None:
        """Read the screen until it shows *wanted*."""
        while wanted not in self.shown:
            ready, _, _ = select.select([self.master], [], [], LONGEST_WAIT)
            assert ready, self.shown
            self.shown += os.read(self.master, 4096)

    def write(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def echoes(self) -> bool:
        """Tell whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)
