"""Mail through a real Postfix into a Maildir; where it cannot be started these tests say why."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import trustme

from netsmtp import Recipient
from netsmtp.core.events import CommandSent, Event, ReplyReceived, TlsStarted
from netsmtp.core.stages import Stage
from netsmtp.errors import AuthenticationRefused, NotOffered, RecipientsRefused, TooLarge
from netsmtp.options import Options
from netsmtp.smtp import ports_to_ssl_ports, smtp_send_message, smtp_sending_end_of_message
from tests.netsmtp.postfix import DOMAIN, LARGEST, PASSWORD, USER, Postfix, Unavailable, running

AUTHORITY = trustme.CA()
ME, YOU, MEMBERS = (f"{name}@{DOMAIN}" for name in ("me", "you", "members"))


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """Run one Postfix for all tests of this file."""
    # Not pytest's folder, which other users may not enter: Postfix's programs are such users.
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    try:
        with running(folder, AUTHORITY) as server:
            yield server
    except Unavailable as why:
        pytest.skip(str(why))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def token() -> str:
    """Return a word that no other mail has."""
    return uuid4().hex


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the test's authority one that the system trusts."""
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


def send(server: Postfix, token: str, *lines: str, **keywords: Any) -> None:
    keywords = {"sender": ME, "recipients": [YOU], **keywords}
    header = f"From: {ME}\r\nTo: {YOU}\r\nSubject: {token}\r\n\r\n"
    smtp_send_message(
        "127.0.0.1", header=header, message_lines=lines, port_no=server.port, **keywords
    )


def test_delivered_to_the_letter(postfix: Postfix, token: str) -> None:
    """What arrives is what was sent: dots, empty lines, a long line, an envelope in one write."""
    lines = [".", "..", ".x", "", "x" * 900, " . ", "", "end"]
    seen: list[Event] = []
    send(postfix, token, *lines, observer=seen.append)
    text = postfix.mail(token)
    assert text.partition(b"\n\n")[2].decode().splitlines() == lines
    assert message_from_bytes(text)["Return-Path"] == f"<{ME}>"
    ehlo = next(e.reply for e in seen if isinstance(e, ReplyReceived) and e.stage is Stage.EHLO)
    assert {"PIPELINING", "8BITMIME", "SMTPUTF8", "STARTTLS", "DSN"} <= set(ehlo.lines)
    told = [type(e) for e in seen if getattr(e, "stage", None) in (Stage.MAIL, Stage.RCPT)]
    assert told == [CommandSent, CommandSent, ReplyReceived, ReplyReceived]


@pytest.mark.usefixtures("trusted")
def test_starttls(postfix: Postfix, token: str) -> None:
    """Over STARTTLS, with the certificate checked."""
    seen: list[Event] = []
    send(postfix, token, "x", tls_encode=ports_to_ssl_ports, observer=seen.append)
    assert b"with ESMTPS" in postfix.mail(token)
    assert TlsStarted() in seen


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("mechanism", [None, "auto", "PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"])
def test_auth(postfix: Postfix, token: str, mechanism: Any) -> None:
    """Only who has the password may write to the members, by every mechanism there is."""
    if not postfix.passwords:
        pytest.skip("no saslpasswd2, which makes Postfix's passwords")
    seen: list[Event] = []
    keywords = {
        "recipients": [MEMBERS],
        "tls_encode": ports_to_ssl_ports,
        "options": Options(auth_mechanism=mechanism),
        "observer": seen.append,
    }
    with pytest.raises(RecipientsRefused):
        send(postfix, token, "x", **{**keywords, "observer": None})
    user = f"{USER}@{DOMAIN}"
    with pytest.raises(AuthenticationRefused):
        send(postfix, token, "x", auth_user=user, auth_passwd="wrong", **keywords)
    try:
        send(postfix, token, "x", auth_user=user, auth_passwd=PASSWORD, **keywords)
    except NotOffered as missing:
        pytest.skip(f"this Postfix has no {missing.reason}")
    assert b"with ESMTPSA" in postfix.mail(token)
    if mechanism == "auto":
        used = [event.line for event in seen if isinstance(event, CommandSent)]
        assert "AUTH SCRAM-SHA-256 <redacted>" in used


def test_names_in_other_letters(postfix: Postfix, token: str) -> None:
    """Addresses that need SMTPUTF8, and a text that needs 8BITMIME."""
    recipient = f"\u4f8b\u5b50@{DOMAIN}"
    send(postfix, token, "gr\xfc\xdfe", sender=f"j\xfcrgen@{DOMAIN}", recipients=[recipient])
    text = postfix.mail(token)
    assert "gr\xfc\xdfe".encode() in text
    assert f"Delivered-To: {recipient}".encode() in text
    assert b"with UTF8SMTP" in text


def test_too_large(postfix: Postfix, token: str) -> None:
    """SIZE is compared before MAIL is said."""
    seen: list[Event] = []
    with pytest.raises(TooLarge):
        send(postfix, token, *["x" * 70] * (LARGEST // 70), observer=seen.append)
    assert "QUIT" in [event.line for event in seen if isinstance(event, CommandSent)]
    assert not any(getattr(event, "stage", None) is Stage.MAIL for event in seen)


def test_one_refused_recipient(postfix: Postfix, token: str) -> None:
    """By default one refusal sends nothing to anyone; with "accepted" the others get theirs."""
    both = [YOU, "someone@elsewhere.test"]
    with pytest.raises(RecipientsRefused) as caught:
        send(postfix, token, "first", recipients=both)
    assert [each.accepted for each in caught.value.recipients] == [True, False]
    send(postfix, token, "second", recipients=both, options=Options(policy="accepted"))
    assert b"second" in postfix.mail(token)


def test_delivery_report(postfix: Postfix, token: str) -> None:
    """A report that was asked for comes, and calls mail and recipient as the sender did."""
    send(
        postfix,
        uuid4().hex,
        "x",
        recipients=[Recipient(YOU, notify=["success"], original=f"list+{token}@{DOMAIN}")],
        options=Options(dsn_return="headers", envelope_id=f"id {token}"),
    )
    report = postfix.mail(f"Original-Envelope-Id: id {token}")
    assert f"Original-Recipient: rfc822;list+{token}@{DOMAIN}".encode() in report
    assert b"Action: relayed" in report or b"Action: delivered" in report


def test_interrupted_send_leaves_nothing(postfix: Postfix, token: str) -> None:
    """Ctrl-C before the dot: Postfix has no message, and takes the next one."""

    def hook() -> None:
        raise KeyboardInterrupt

    with smtp_sending_end_of_message.parameterize(hook), pytest.raises(KeyboardInterrupt):
        send(postfix, token, "interrupted")
    send(postfix, token, "whole")
    assert b"whole" in postfix.mail(token)
    for folder in ("queue/incoming", "queue/active", "queue/deferred", "box/new"):  # a mail's way
        assert not any(b"interrupted" in text for text in texts(postfix.folder / folder))


def texts(folder: Path) -> Iterator[bytes]:
    """Yield the text of each file below *folder*, but for those that Postfix takes away."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):
            yield path.read_bytes()
