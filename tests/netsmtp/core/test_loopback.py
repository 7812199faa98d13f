"""The server in memory: it answers as servers do and keeps what it was told."""

from __future__ import annotations

import pytest

from netsmtp.core.loopback import LoopbackServer, ReceivedMail, unstuffed


def answers(*lines: str, **options: object) -> list[str]:
    server = LoopbackServer(**options)  # type: ignore[arg-type]
    server.greet()
    return [server.receive(f"{line}\r\n".encode()).decode().rstrip() for line in lines]


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["NOOP"], "250 2.0.0 ok"),
        (["what"], "500 5.5.2 unknown command"),
        (["MAIL FROM:a@x.org"], "503 5.5.1 not now"),
        (["RCPT TO:<b@y.org>"], "503 5.5.1 not now"),
        (["DATA"], "503 5.5.1 no recipients"),
        (["MAIL FROM:<a@x.org>", "DATA"], "503 5.5.1 no recipients"),
        (["MAIL FROM:<a@x.org>", "MAIL FROM:<a@x.org>"], "503 5.5.1 not now"),
        (["MAIL FROM:<a@x.org>", "RSET", "RCPT TO:<b@y.org>"], "503 5.5.1 not now"),
        (["MAIL FROM:<a@x.org>", "EHLO h", "RCPT TO:<b@y.org>"], "503 5.5.1 not now"),
        (["mail from:<>", "rcpt to:<b@y.org>", "data"], "354 go ahead"),
        (["HELO h"], "250 loopback"),
        (["STARTTLS"], "502 5.5.1 not offered"),
        (["AUTH PLAIN AAA="], "235 2.7.0 authenticated"),
        (["AUTH PLAIN"], "334"),
        (["AUTH PLAIN", "AAA="], "235 2.7.0 authenticated"),
        (["QUIT"], "221 2.0.0 bye"),
        (["QUIT", "NOOP"], ""),
    ],
)
def test_answers(lines: list[str], last: str) -> None:
    """Each command is answered as RFC 5321 has it, in order or out of it."""
    assert answers(*lines)[-1] == last


def test_extensions_are_the_callers() -> None:
    """EHLO lists what was chosen, and nothing if nothing was."""
    assert answers("EHLO h", extensions=("STARTTLS", "SIZE 5")) == [
        "250-loopback\r\n250-STARTTLS\r\n250 SIZE 5"
    ]
    assert answers("EHLO h", extensions=()) == ["250 loopback"]
    assert answers("STARTTLS", extensions=("STARTTLS",)) == ["220 2.0.0 go ahead"]


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_mail_is_kept_however_it_is_cut(size: int) -> None:
    """Two mails in one stream, cut anywhere, are two mails with their own dots."""
    said = (
        b"EHLO h\r\nMAIL FROM:<a@x.org> BODY=8BITMIME\r\nRCPT TO:<b@y.org>\r\nRCPT TO:<c@y.org>\r\n"
        b"DATA\r\n..\r\n..x\r\nline\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<d@y.org>\r\nDATA\r\n.\r\nQUIT\r\n"
    )
    server = LoopbackServer()
    server.greet()
    for n in range(0, len(said), size):
        server.receive(said[n : n + size])
    assert server.mails == [
        ReceivedMail("a@x.org", ("b@y.org", "c@y.org"), b".\r\n.x\r\nline\r\n"),
        ReceivedMail("", ("d@y.org",), b""),
    ]
    assert b"".join(data for who, data in server.conversation if who == "client") == said
    assert server.closed
    assert server.receive(b"") == b""


def test_replies_can_be_chosen() -> None:
    """A reply of the caller's takes the place of the usual one; what is refused is not done."""
    refusing = {"RCPT TO:<c@y.org>": "550 5.1.1 nobody", ".": "451 later", "NOOP": "252 hm"}
    server = LoopbackServer(replies=refusing.get)
    server.greet()
    said = b"NOOP\r\nMAIL FROM:<a>\r\nRCPT TO:<b@y.org>\r\nRCPT TO:<c@y.org>\r\nDATA\r\nx\r\n.\r\n"
    assert server.receive(said).decode().splitlines() == [
        "252 hm",
        "250 2.1.0 ok",
        "250 2.1.5 ok",
        "550 5.1.1 nobody",
        "354 go ahead",
        "451 later",
    ]
    assert server.mails == []


@pytest.mark.parametrize(
    ("stuffed", "text"),
    [
        (b"", b""),
        (b"..\r\n", b".\r\n"),
        (b"a\r\n..b\r\n...\r\n", b"a\r\n.b\r\n..\r\n"),
        (b".a\r\n", b".a\r\n"),
    ],
)
def test_unstuffed(stuffed: bytes, text: bytes) -> None:
    """One dot is taken away where two begin a line."""
    assert unstuffed(stuffed) == text
