"""Each implementation of `ISmtp`, ready to send, with a way to see what arrived."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from netsmtp import (
    IRecordingSmtp,
    ISmtp,
    dry_run_smtp_unit,
    failing_smtp_unit,
    fallback_smtp_unit,
    file_smtp_unit,
    recording_smtp_unit,
    retrying_smtp_unit,
    sendmail_smtp_unit,
    smtp_unit,
    tee_smtp_unit,
)
from netsmtp._local import EXTENSIONS
from netsmtp.core.events import CommandSent, Connected, Event
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.stages import Stage
from netsmtp.memory import MemoryServer
from netsmtp.testing import Outbox
from tests.netsmtp.sendmail_recorder import Recorder
from units import invoke

HEADER = "From: a@x.org\r\nTo: b@y.org\r\nSubject: hi\r\n\r\n"
ARGUMENTS: tuple[Any, ...] = (
    "mail.example",
    "a@x.org",
    ["b@y.org"],
    HEADER,
    ["hello", ".dot", ""],
)

#: What arrived: sender, recipients, and the message with CR LF line ends.
Mail = tuple[str, list[str], bytes]


@dataclass
class Hearing:
    """What an observer hears of the sends of one implementation."""

    heard: list[Event] = field(default_factory=list[Event], init=False)

    @property
    def commands(self) -> list[str]:
        """Return the commands that the observer has heard of."""
        return [event.line for event in self.heard if isinstance(event, CommandSent)]

    @property
    def connected(self) -> list[tuple[str, int]]:
        """Return the servers and ports that the observer has heard of."""
        return [(each.server, each.port) for each in self.heard if isinstance(each, Connected)]


@dataclass
class Sending(Hearing):
    """One implementation, and how to reach a server with it that is none."""

    smtp: ISmtp
    connect: Callable[[str, int], Any]
    #: What has arrived so far; None where nobody can see it.
    arrived: Callable[[], list[Mail]] | None = None

    def send(self, change: dict[int, Any] | None = None, *port: int, **keywords: Any) -> None:
        """Send what `ARGUMENTS` say, some of them changed."""
        keywords = {"tcp_connect": self.connect, "observer": self.heard.append, **keywords}
        send: Any = self.smtp.smtp_send_message
        assert send(*changed(change), *port, **keywords) is None


def changed(change: dict[int, Any] | None) -> list[Any]:
    """Return `ARGUMENTS` with others in some places."""
    return [(change or {}).get(n, given) for n, given in enumerate(ARGUMENTS)]


def sending(name: str, folder: Path) -> Sending:
    """Return the implementation called *name*, which may use *folder*."""
    return MAKERS[name](folder)


def _real(folder: Path) -> Sending:
    server = MemoryServer(lambda: LoopbackServer(EXTENSIONS))

    def arrived() -> list[Mail]:
        return [(mail.sender, list(mail.recipients), mail.data) for mail in server.mails]

    return Sending(invoke(smtp_unit), server.connect, arrived)


def _seen(smtp: ISmtp, *recordings: IRecordingSmtp) -> Sending:
    """Return *smtp*, whose mails arrive in each of *recordings*."""

    def arrived() -> list[Mail]:
        found = [
            [(mail.sender, list(mail.recipients), mail.data) for mail in recording.sent()]
            for recording in recordings
        ]
        assert all(each == found[0] for each in found)
        return found[0]

    return Sending(smtp, MemoryServer().connect, arrived)


def _recording(folder: Path) -> Sending:
    recording = invoke(recording_smtp_unit)
    return _seen(recording, recording)


def _dry_run(folder: Path) -> Sending:
    lines: list[str] = []

    def arrived() -> list[Mail]:
        return list(printed(lines))

    return Sending(
        invoke(partial(dry_run_smtp_unit, lines.append)), MemoryServer().connect, arrived
    )


def printed(lines: list[str]) -> Iterator[Mail]:
    """Yield the mails of a conversation that was printed."""
    sender, recipients, data = "", list[str](), list[str]()
    begun = False
    for line in lines:
        said = line.removeprefix("C: ")
        if begun and said == ".":
            yield sender, recipients, "".join(f"{each}\r\n" for each in data).encode()
            sender, recipients, data, begun = "", [], [], False
        elif begun and line.startswith("C: "):
            data.append(said.removeprefix("."))
        elif found := re.match(r"C: (MAIL FROM|RCPT TO):<(.*)>", line):
            recipients.append(found[2])
            if found[1] == "MAIL FROM":
                sender, recipients = found[2], []
        begun = begun or line.startswith("S: 354")


def _sendmail(folder: Path) -> Sending:
    program = Recorder(folder)

    def arrived() -> list[Mail]:
        if not program.ran:
            return []
        dot, flag, sender, dash, *recipients = program.argv
        assert (dot, flag, dash) == ("-i", "-f", "--")
        data = program.stdin.replace(b"\n", b"\r\n")
        return [("" if sender == "<>" else sender, recipients, data)]

    unit = partial(sendmail_smtp_unit, search_path=program.path)
    return Sending(invoke(unit), MemoryServer().connect, arrived)


def _file(folder: Path) -> Sending:
    def arrived() -> list[Mail]:
        return [_kept(path.read_bytes()) for path in sorted((folder / "kept").glob("*"))]

    unit = partial(file_smtp_unit, folder / "kept")
    return Sending(invoke(unit), MemoryServer().connect, arrived)


def _kept(text: bytes) -> Mail:
    """Return the mail in a file: its envelope stands above its header."""
    envelope = re.match(rb"Return-Path: <(.*)>\r\n((?:X-Envelope-To: .*\r\n)*)", text)
    assert envelope is not None
    recipients = [line[15:].decode() for line in envelope[2].splitlines()]
    return envelope[1].decode(), recipients, text[envelope.end() :]


def _failing(folder: Path) -> Sending:
    unit = partial(failing_smtp_unit, Stage.QUIT, "lost")
    return Sending(invoke(unit), MemoryServer().connect)


def _retrying(folder: Path) -> Sending:
    recording = invoke(recording_smtp_unit)
    return _seen(retrying_smtp_unit(recording, sleep=lambda seconds: None), recording)


def _fallback(folder: Path) -> Sending:
    recording = invoke(recording_smtp_unit)
    return _seen(fallback_smtp_unit(recording, failing_smtp_unit()), recording)


def _tee(folder: Path) -> Sending:
    def unexpected(error: Exception) -> None:
        raise error

    one, two = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    return _seen(tee_smtp_unit(one, two, failed=unexpected), one, two)


def _stacked(folder: Path) -> Sending:
    one, two = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    either = fallback_smtp_unit(tee_smtp_unit(one, two), failing_smtp_unit())
    return _seen(retrying_smtp_unit(either, sleep=lambda seconds: None), one, two)


def _outbox(folder: Path) -> Sending:
    outbox = Outbox()

    def arrived() -> list[Mail]:
        return [(mail.sender, mail.to, mail.data) for mail in outbox.sent]

    return Sending(outbox, MemoryServer().connect, arrived)


MAKERS: dict[str, Callable[[Path], Sending]] = {
    "smtp": _real,
    "sendmail": _sendmail,
    "file": _file,
    "recording": _recording,
    "dry-run": _dry_run,
    "failing": _failing,
    "retrying": _retrying,
    "fallback": _fallback,
    "tee": _tee,
    "stacked": _stacked,
    "outbox": _outbox,
}
"""How each implementation is made: those of `IMPLEMENTATIONS` by their names there, and the others."""
