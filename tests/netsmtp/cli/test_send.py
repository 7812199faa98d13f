"""`netsmtp send`: what reaches the server, what is refused before, and how each end is told to the shell."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from netsmtp import sendmail
from netsmtp.cli.status import Status
from tests.netsmtp.cli.running import (
    ADDRESSED,
    ENVELOPE,
    GREETED,
    INVITED,
    SENT,
    Running,
    run,
    send,
    send_to,
)
from tests.netsmtp.cli.terminal import Terminal
from tests.netsmtp.scripted import ScriptedServer
from tests.netsmtp.sendmail_recorder import Recorder

BYE = ("cmd",), ("send", "221 bye\r\n")
TRANSIENT = ("send", "451 later\r\n"), *BYE
PERMANENT = ("send", "550 never\r\n"), *BYE

ENDS = {
    "the server takes it": (SENT, Status.DONE, ""),
    "the greeting is a refusal": ((("send", "554 no\r\n"),), Status.FAILED, "not sent"),
    "the sender is refused": ((*GREETED, ("cmd",), *PERMANENT), Status.FAILED, "not sent"),
    "a recipient is refused": (
        (*GREETED, ("cmd",), ("send", "250 ok\r\n"), ("cmd",), *PERMANENT),
        Status.FAILED,
        "not sent: recipient refused by the server",
    ),
    "a recipient is refused for now": (
        (*GREETED, ("cmd",), ("send", "250 ok\r\n"), ("cmd",), *TRANSIENT),
        Status.TEMPORARY,
        "not sent, try again later",
    ),
    "DATA is refused for now": ((*ADDRESSED, ("cmd",), *TRANSIENT), Status.TEMPORARY, "not sent, "),
    "the message is refused": ((*INVITED, ("data",), *PERMANENT), Status.FAILED, "not sent: "),
    "the connection is lost before": ((*ADDRESSED, ("close",)), Status.TEMPORARY, "not sent, "),
    "the connection is lost behind the dot": (
        (*INVITED, ("data",), ("close",)),
        Status.UNKNOWN,
        "the mail may have been delivered: delivery unknown",
    ),
    "it is no mail server": ((("send", "SSH-2.0-x\r\n"),), Status.FAILED, "not sent"),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_exit_status_says_how_it_ended(end: str) -> None:
    """Each way to end has its status and one sentence on standard error, with details indented."""
    script, status, sentence = ENDS[end]
    result, _ = send_to(script)
    assert result.exit_code == status
    first, *details = result.stderr.splitlines() or [""]
    assert first.startswith(f"netsmtp: {sentence}" if sentence else "")
    assert all(line.startswith("  ") for line in details)
    assert "Traceback" not in result.output


def test_nobody_listens() -> None:
    """A server that is not there may be there later."""
    with ScriptedServer([]) as server:
        port = server.port
    result = send("--server", f"127.0.0.1:{port}")
    assert result.exit_code == Status.TEMPORARY
    assert result.stderr.startswith("netsmtp: not sent, try again later: cannot connect: 127.0.0.1")


def test_it_reports_what_the_server_said() -> None:
    """The server's last word, which often holds a number to ask for, is printed."""
    result, received = send_to(SENT, "--subject", "Bread")
    assert result.stdout == "sent to 1 recipient: 250 kept as 17\n"
    assert b"\r\nSubject: Bread\r\n" in received
    assert received.startswith(b"EHLO localhost\r\nMAIL FROM:<ann@example.org>\r\n")


def test_the_name_of_this_machine_can_be_given() -> None:
    """--ehlo is what EHLO says, and only a host name will do."""
    assert send_to(SENT, "--ehlo", "mail.example.org")[1].startswith(b"EHLO mail.example.org\r\n")
    refused = send("--server", "127.0.0.1:1", "--ehlo", "two words")
    assert (refused.exit_code, refused.stdout) == (Status.USAGE, "")


def test_a_server_that_keeps_silent_is_left_in_time() -> None:
    """--timeout bounds all of it."""
    result, _ = send_to([("sleep", 10.0)], "--timeout", "0.05")
    assert result.exit_code == Status.TEMPORARY
    assert "deadline passed" in result.stderr


def test_the_embedded_server_shows_what_it_received(tmp_path: Path) -> None:
    """--embedded needs no other server; header, body and envelope arrive as they were given."""
    body = tmp_path / "body"
    body.write_bytes("Grüße\n.\n".encode())
    result = run(
        "send",
        *("--embedded", "--from", "Bäckerei <a@example.org>", "--to", "b@example.org"),
        *("--cc", "c@example.org", "--bcc", "d@example.org", "--body", str(body)),
    )
    assert result.exit_code == Status.DONE, result.output
    first, *lines = result.stdout.splitlines()
    assert first == "received from <a@example.org> to b@example.org, c@example.org, d@example.org"
    assert "d@example.org" not in "".join(lines[:-1])
    assert lines[-3:-1] == ["  Grüße", "  ."]
    assert lines[-1].startswith("sent to 3 recipients: 250 ")


@pytest.mark.parametrize("via", ["recording", "dry-run"])
def test_another_implementation_sends_nothing(via: str) -> None:
    """--via, or NETSMTP_VIA, chooses; what does not send says so, and does not connect."""
    for result in (
        send("--server", "127.0.0.1:1", "--via", via),
        send("--server", "127.0.0.1:1", NETSMTP_VIA=via),
    ):
        assert result.exit_code == Status.DONE, result.output
        assert "Hello" in result.stdout
        assert result.stdout.splitlines()[-1].startswith(f"nothing was sent; {via} took it for 1 ")


def test_the_file_implementation_keeps_the_mail_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder mail, and says that nothing was sent."""
    monkeypatch.chdir(tmp_path)
    result = send("--server", "127.0.0.1:1", "--via", "file")
    assert result.stdout == "nothing was sent; file took it for 1 recipient: 250 2.0.0 kept\n"
    (file,) = (tmp_path / "mail").iterdir()
    assert file.read_bytes().endswith(b"\r\n\r\nHello\r\n")


def test_sendmail_sends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail is on its way, so nothing says that it is not."""
    program = Recorder(tmp_path)
    monkeypatch.setattr(sendmail, "sendmail_search_path", program.path)
    result = send("--server", "127.0.0.1:1", "--via", "sendmail")
    assert result.stdout.startswith("sent to 1 recipient: 250 ")
    assert program.argv[2:] == ["ann@example.org", "--", "ben@example.org"]


@pytest.mark.parametrize(
    ("ends", "status"), [("exit 67", Status.FAILED), ("exit 75", Status.UNKNOWN)]
)
def test_what_sendmail_may_have_kept_is_not_to_be_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, status: Status
) -> None:
    """With 75 some programs have it and try again themselves."""
    program = Recorder(tmp_path)
    program.answer(ends)
    monkeypatch.setattr(sendmail, "sendmail_search_path", program.path)
    result = send("--server", "127.0.0.1:1", "--via", "sendmail")
    assert result.exit_code == status
    unknown = "netsmtp: the mail may have been delivered: refused by sendmail"
    assert result.stderr.startswith(unknown) == (status is Status.UNKNOWN)


def test_a_script_can_be_tried_with_a_send_that_fails() -> None:
    """For now, at the end: it is to try again later."""
    result = send("--server", "127.0.0.1:1", "--via", "failing")
    assert result.exit_code == Status.TEMPORARY
    assert "reply: 451 4.3.0 failing on purpose" in result.stderr


def test_an_unknown_implementation_is_told_with_those_that_there_are() -> None:
    """The nearest name comes first, then all."""
    result = send("--server", "127.0.0.1:1", "--via", "recoding")
    assert result.exit_code == Status.USAGE
    known = "smtp, sendmail, file, recording, dry-run, failing"
    assert f"did you mean 'recording'? there are: {known}" in result.stderr
    assert "did you mean" not in send("--server", "127.0.0.1:1", "--via", "zzz").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--embedded", "--server", "127.0.0.1:1"),
        ("--server", "127.0.0.1:1", "--tls", "--starttls"),
        ("--embedded", "--tls"),
        ("--server", "127.0.0.1:0"),
        ("--server", "127.0.0.1:65536"),
        ("--server", "127.0.0.1:smtp"),
        ("--server", "[::1:25"),
        ("--server", ""),
        ("--server", "127.0.0.1:1", "--body", "no/such/file"),
        ("--server", "127.0.0.1:1", "--timeout", "0"),
        ("--server", "127.0.0.1:1", "--no-such-option"),
        ("--server", "127.0.0.1:1", "--to", "nobody at all"),
        ("--server", "127.0.0.1:1", "--auth-user", "ann\0"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence(arguments: tuple[str, ...]) -> None:
    """What cannot be meant ends with 2 before anything is opened."""
    result = send(*arguments, NETSMTP_PASSWORD="geheim")
    assert (result.exit_code, result.stdout) == (Status.USAGE, "")
    assert result.stderr.startswith("netsmtp")
    assert "Traceback" not in result.stderr
    assert "geheim" not in result.stderr


@pytest.mark.parametrize(
    ("given", "host", "port"),
    [
        ("mail.example.org", "mail.example.org", 25),
        ("mail.example.org:2525", "mail.example.org", 2525),
        ("192.0.2.1:25", "192.0.2.1", 25),
        ("::1", "::1", 25),
        ("[::1]", "::1", 25),
        ("[::1]:2525", "::1", 2525),
        ("[2001:db8::2]:25", "2001:db8::2", 25),
    ],
)
def test_server_and_port(given: str, host: str, port: int) -> None:
    """A port follows a colon; an IPv6 address that has one stands in brackets."""
    result = send("--server", given, "--via", "dry-run")
    assert result.stdout.startswith(f"* dry run: nothing is sent to {host} port {port}\n")


@pytest.mark.parametrize(("option", "port"), [("--tls", 465), ("--starttls", 587)])
def test_encryption_has_its_usual_port(option: str, port: int) -> None:
    """Without a port, TLS goes to 465 and STARTTLS to 587."""
    result = send("--server", "localhost", option, "--via", "dry-run")
    assert f"to localhost port {port}\n" in result.stdout


def test_starttls_is_required() -> None:
    """With --starttls nothing is said in clear to a server that does not offer it."""
    result, received = send_to((*GREETED, *BYE), "--starttls")
    assert result.exit_code == Status.FAILED
    assert "STARTTLS" in result.stderr
    assert b"MAIL" not in received


def test_a_password_is_never_shown() -> None:
    """--verbose shows the conversation, and in the place of the password that there was one."""
    script = (
        *(("send", "220 hi\r\n"), ("cmd",), ("send", "250-hi\r\n250 AUTH PLAIN\r\n"), ("cmd",)),
        ("send", "535 AGFubgBnZWhlaW0= is no geheim\r\n"),
        *BYE,
    )
    result, received = send_to(script, "--auth-user", "ann", "--verbose", NETSMTP_PASSWORD="geheim")
    assert result.exit_code == Status.FAILED
    assert b"AUTH PLAIN " in received
    assert "C: AUTH PLAIN <redacted>" in result.stderr
    assert "geheim" not in result.output
    assert "authentication refused" in result.stderr


def test_a_password_needs_the_variable_or_a_terminal() -> None:
    """Where nobody can be asked, the error names the variable."""
    running = Running("send", *ENVELOPE, "--embedded", "--auth-user", "ann", start_new_session=True)
    status, _, err = running.ended(b"Hello\n")
    assert status == Status.USAGE
    assert "NETSMTP_PASSWORD" in err


def test_the_conversation_goes_to_standard_error() -> None:
    """--verbose leaves standard output as it is."""
    quiet, verbose = send_to(SENT)[0], send_to(SENT, "--verbose")[0]
    assert quiet.stdout == verbose.stdout
    assert quiet.stderr == ""
    assert "C: MAIL FROM:<ann@example.org>\n" in verbose.stderr
    assert "S: 250 kept as 17\n" in verbose.stderr


def test_a_server_cannot_steer_the_terminal() -> None:
    """Control characters in a reply are shown as escapes."""
    result, _ = send_to([("send", "554 \x1b]0;owned\x07\r\n")], "--verbose")
    assert "\x1b" not in result.output
    assert "\x07" not in result.output


def test_a_terminal_sees_a_bar_when_it_takes_long() -> None:
    """A large body moves a bar on a terminal; the bar is gone at the end, and the sentence stays."""
    with Terminal() as terminal:
        running = Running(
            "send", *ENVELOPE, "--embedded", stderr=terminal.slave, env={"TERM": "xterm"}
        )
        status, out, _ = running.ended(b"a line of some length, of many\n" * 10_000)
        terminal.read_until(b"octets")
        terminal.read_until(b"\x1b[?25h")
    assert status == Status.DONE
    assert out.endswith("taken, delivered to nobody\n")


def test_output_that_nobody_reads_does_not_make_a_sent_mail_fail() -> None:
    """A reader that goes away early, like ``head``, changes neither status nor standard error."""
    running = Running("send", *ENVELOPE, "--embedded")
    assert running.process.stdout is not None
    running.process.stdout.close()
    running.process.stdout = None
    status, _, err = running.ended(b"Hello\n")
    assert (status, err) == (Status.DONE, "")


def test_what_the_command_sends_any_program_can_read() -> None:
    """Headers in other letters come back as they were given (RFC 2047)."""
    _, received = send_to(SENT, "--subject", "Grüße aus Köln", "--header", "X-Ort: Köln")
    mail = message_from_bytes(received.partition(b"DATA\r\n")[2], policy=policy.default)
    assert (mail["Subject"], mail["X-Ort"]) == ("Grüße aus Köln", "Köln")


def test_a_time_that_is_no_number_is_refused() -> None:
    """It would never have passed."""
    result = send("--embedded", "--timeout", "nan")
    assert result.exit_code == Status.USAGE
    assert "'--timeout': nan is no number of seconds" in result.stderr


def test_a_full_disk_does_not_make_a_sent_mail_fail() -> None:
    """The status is about the mail, not about what is written of it."""
    with open("/dev/full", "wb") as full:
        running = Running("send", *ENVELOPE, "--embedded", stdout=full)
        assert running.ended(b"Hello\n") == (Status.DONE, "", "")
        version = Running("--version", stdout=full)
        assert version.ended() == (Status.FAILED, "", "netsmtp: failed: No space left on device\n")
