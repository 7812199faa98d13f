"""Run the command: in this process where that is enough, as one of its own where signals are concerned."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from click.testing import CliRunner, Result

from netsmtp.cli.command import netsmtp
from tests.netsmtp.cli.terminal import Terminal
from tests.netsmtp.scripted import ScriptedServer

LONGEST_WAIT = 60.0
COMMAND = (sys.executable, "-m", "netsmtp.cli")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("NETSMTP_")}
ENVELOPE = ("--from", "ann@example.org", "--to", "ben@example.org")

GREETED = (("send", "220 hi\r\n"), ("cmd",), ("send", "250 hi\r\n"))
ADDRESSED = (*GREETED, ("cmd",), ("send", "250 ok\r\n"), ("cmd",), ("send", "250 ok\r\n"))
INVITED = (*ADDRESSED, ("cmd",), ("send", "354 go\r\n"))
TAKEN = (*INVITED, ("data",), ("send", "250 kept as 17\r\n"))
SENT = (*TAKEN, ("cmd",), ("send", "221 bye\r\n"))


def run(*arguments: str, input: str | bytes = "Hello\n", **environment: str) -> Result:
    """Run ``netsmtp *arguments*`` in this process."""
    env = {"NETSMTP_VIA": None, "NETSMTP_PASSWORD": None, **environment}
    return CliRunner().invoke(netsmtp, arguments, input=input, env=env)


def send(*arguments: str, **given: Any) -> Result:
    """Run ``netsmtp send`` from Ann to Ben."""
    return run("send", *ENVELOPE, *arguments, **given)


def send_to(script: Sequence[Sequence[Any]], *arguments: str, **given: Any) -> tuple[Result, bytes]:
    """Send to a server that plays *script*; return how it ended and what the server received."""
    with ScriptedServer(script) as server:
        result = send("--server", f"127.0.0.1:{server.port}", *arguments, **given)
    return result, bytes(server.received)


class Running:
    """The command in a process of its own, on *terminal* if there is one."""

    def __init__(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        terminal: Terminal | None = None,
        **given: Any,
    ) -> None:
        command = [*COMMAND, *arguments]
        usual = {
            **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE),
            "start_new_session": terminal is not None,
        }
        self.process = subprocess.Popen(
            terminal.adopted(command) if terminal else command,
            env={**CLEAN, **(env or {})},
            **{**usual, **given},
        )

    def close_input(self) -> None:
        """Give no input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdin = None

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def ended(self, input: bytes | None = None) -> tuple[int, str, str]:
        """Wait for the end and return status, output and errors."""
        try:
            out, err = self.process.communicate(input, timeout=LONGEST_WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, (out or b"").decode(), (err or b"").decode()


def interrupted(
    script: Sequence[Sequence[Any]], *arguments: str, body: bytes = b"Hello\n", **env: str
) -> tuple[int, str, bytes]:
    """Send to a server that plays *script* and, when it begins to stall, interrupts the sender.

    Returns the sender's exit status, what it said on standard error, and all that the server received.
    """
    started: Future[Running] = Future()

    def strike() -> None:
        running = started.result(LONGEST_WAIT)
        # Python may lose an interruption that comes while it runs a weak reference's callback.
        for part in (0.1, 0.9):
            running.interrupt()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.process.wait(LONGEST_WAIT * part)
                return

    with ScriptedServer([*script, ("stall",)], at_sleep=strike) as server:
        where = f"127.0.0.1:{server.port}"
        running = Running("send", *ENVELOPE, "--server", where, *arguments, env=env)
        started.set_result(running)
        status, _, err = running.ended(body)
    assert server.error is None
    return status, err, bytes(server.received)
