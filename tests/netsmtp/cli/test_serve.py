"""`netsmtp serve`: it shows and keeps what arrives, and stops cleanly."""

from __future__ import annotations

import mailbox
import re
import signal
import subprocess
from pathlib import Path

import pytest

from netsmtp.cli.status import Status
from netsmtp.embedded import EmbeddedServer
from netsmtp.smtp import smtp_send_message
from tests.netsmtp.cli.running import Running, run


def listening(running: Running) -> int:
    """Wait until the server listens, and return its port."""
    assert running.process.stdout is not None
    found = re.fullmatch(
        rb"listening on 127\.0\.0\.1 port (\d+); .*\n", running.process.stdout.readline()
    )
    assert found
    return int(found[1])


def send(port: int, text: str) -> None:
    header = "Subject: Bread\r\n\r\n"
    smtp_send_message("127.0.0.1", "a@b.example", ["c@d.example"], header, [text], port_no=port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_shows_what_arrives_and_stops_cleanly(number: signal.Signals) -> None:
    """Every mail is printed as it comes; Ctrl-C and SIGTERM end it with 0 and no traceback."""
    running = Running("serve", "--port", "0")
    port = listening(running)
    send(port, "first")
    send(port, "\x1b[2Jsecond")
    running.process.send_signal(number)
    status, out, err = running.ended()
    assert (status, err) == (Status.DONE, "")
    assert (
        "mail 1: 25 octets\nfrom <a@b.example> to c@d.example\n  Subject: Bread\n\n  first\n" in out
    )
    assert "  \\x1b[2Jsecond\n" in out
    assert out.endswith("stopped after 2 mails\n")


def test_it_stops_while_a_client_is_connected() -> None:
    """A client that does not leave does not hold it up."""
    import socket

    running = Running("serve", "--port", "0")
    with socket.create_connection(("127.0.0.1", listening(running))) as client:
        assert client.recv(100)
        running.interrupt()
        status, _, err = running.ended()
    assert (status, err) == (Status.DONE, "")


def test_it_keeps_each_mail_in_a_maildir(tmp_path: Path) -> None:
    """--maildir makes the folder and stores what arrived, before the client is told that it did."""
    folder = tmp_path / "new" / "mail"
    running = Running("serve", "--port", "0", "--maildir", str(folder))
    send(listening(running), "Grüße")
    (kept,) = mailbox.Maildir(folder, create=False)
    running.interrupt()
    assert running.ended()[0] == Status.DONE
    assert kept["Subject"] == "Bread"
    assert kept.get_payload(decode=True) == "Grüße\n".encode()


def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    """The error names what is wrong; there is no traceback."""
    with EmbeddedServer() as server:
        result = run("serve", "--port", str(server.port))
    assert result.exit_code == Status.FAILED
    assert result.stderr.startswith("netsmtp: failed: ")
    assert "in use" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_maildir_that_cannot_be(tmp_path: Path) -> None:
    """A file in the place of the folder is named."""
    (tmp_path / "file").touch()
    result = run("serve", "--port", "0", "--maildir", str(tmp_path / "file"))
    assert result.exit_code == Status.FAILED
    assert str(tmp_path / "file") in result.stderr


def test_it_stops_when_nobody_reads_any_more() -> None:
    """Behind a pipe that is closed, as by ``head -1``, it ends at the next mail and says nothing."""
    running = Running("serve", "--port", "0", stderr=subprocess.PIPE)
    port = listening(running)
    assert running.process.stdout is not None
    running.process.stdout.close()
    running.process.stdout = None
    send(port, "x")
    status, _, err = running.ended()
    assert (status, err) == (Status.FAILED, "")
