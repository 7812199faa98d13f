"""Every form of a message, by both clients: what arrives, who it goes to, and what is refused."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest

from netsmtp import Envelope
from netsmtp.core.loopback import LoopbackServer, ReceivedMail
from netsmtp.errors import AddressError, ContentError, NotOffered, TooLarge
from netsmtp.options import Options
from tests.netsmtp.clients import KINDS, using
from tests.netsmtp.tcp import TcpServer

kinds = pytest.mark.parametrize("kind", KINDS)
TEXT = b"Subject: hi\r\n\r\n.dot\r\nhello\r\n"


def sent(kind: str, message: Any, *args: Any, **keywords: Any) -> ReceivedMail:
    """Send *message* and return what arrived; the server offers what `offers` says."""
    make: Callable[[], LoopbackServer] = LoopbackServer
    if "offers" in keywords:
        offers = keywords.pop("offers")
        make = lambda: LoopbackServer(extensions=offers)  # noqa: E731
    options = keywords.pop("options", Options())

    async def use(client: Any) -> None:
        await client.send(message() if callable(message) else message, *args, **keywords)

    with TcpServer(make) as server:
        using(kind, use, server.port, options=options)
    (mail,) = server.mails
    return mail


def to_both(kind: str, message: Any, **keywords: Any) -> ReceivedMail:
    return sent(kind, message, "a@x.org", ["b@y.org"], **keywords)


def email(**headers: Any) -> EmailMessage:
    """Return a message with *headers*; `Resent_To` stands for `Resent-To`."""
    message = EmailMessage()
    given = {"From": "a@x.org", "To": "b@y.org", "Subject": "hi", **headers}
    for name, value in given.items():
        if value is not None:
            message[name.replace("_", "-")] = value
    message.set_content("hello\n.dot\n")
    return message


FORMS: dict[str, Callable[[], Any]] = {
    "bytes": lambda: TEXT,
    "bytearray": lambda: bytearray(TEXT),
    "file": lambda: io.BytesIO(TEXT),
    "lines": lambda: ["Subject: hi", "", ".dot", "hello"],
    "iterator": lambda: iter([b"Subject: hi", "", ".dot", b"hello"]),
    "text file": lambda: io.StringIO("Subject: hi\n\n.dot\nhello\n"),
}


@kinds
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_a_message(kind: str, form: str) -> None:
    """However a message is given, the same arrives."""
    mail = to_both(kind, FORMS[form])
    assert (mail.data, mail.sender, mail.recipients) == (TEXT, "a@x.org", ("b@y.org",))


@kinds
@pytest.mark.parametrize("lines", [[".dot", "hello"], io.StringIO(".dot\nhello\n")])
def test_header_apart(kind: str, lines: Any) -> None:
    """A header and the lines of the body are Racket's form."""
    if isinstance(lines, io.StringIO):
        lines.seek(0)
    assert to_both(kind, lines, header="Subject: hi\r\n\r\n").data == TEXT


@pytest.mark.parametrize("apart", [False, True])
def test_awaited_lines(apart: bool) -> None:
    """The asynchronous client takes lines that have to be awaited; the other refuses them."""
    header, body = ["Subject: hi", ""], [".dot", "hello"]

    async def lines() -> AsyncIterator[str]:
        for line in body if apart else header + body:
            yield line

    keywords = {"header": "Subject: hi\r\n\r\n"} if apart else {}
    assert to_both("aio", lines, **keywords).data == TEXT
    with pytest.raises(TypeError, match=r"netsmtp\.aio"):
        to_both("sync", lines, **keywords)


@kinds
def test_real_file(kind: str, tmp_path: Path) -> None:
    """A file of the system, in either mode."""
    path = tmp_path / "mail.eml"
    path.write_bytes(TEXT)
    with path.open("rb") as binary:
        assert to_both(kind, binary).data == TEXT
    with path.open(encoding="ascii") as text:
        assert to_both(kind, text).data == TEXT


@kinds
@pytest.mark.parametrize("bad", ["text", 5, None, object()])
def test_what_is_no_message(kind: str, bad: Any) -> None:
    """One str is no list of lines, and what has no lines is no message."""
    with pytest.raises(TypeError):
        to_both(kind, bad)


@kinds
@pytest.mark.parametrize("form", ["bytes", "file", "lines"])
def test_line_ends_are_not_mended(kind: str, form: str) -> None:
    """A bare LF is refused in every form: nothing is rewritten."""
    bad = {"bytes": b"a\nb\r\n", "file": io.BytesIO(b"a\nb\r\n"), "lines": ["a\nb"]}[form]
    with pytest.raises(ContentError):
        to_both(kind, bad)


@kinds
@pytest.mark.parametrize("missing", [("a@x.org", None), (None, ["b@y.org"])])
def test_envelope_is_not_guessed(kind: str, missing: Any) -> None:
    """Only a message of the standard library has addresses of its own."""
    with pytest.raises(AddressError, match="only an email"):
        sent(kind, TEXT, *missing)


@kinds
def test_email_brings_its_envelope(kind: str) -> None:
    """Sender and recipients are read from the header; Bcc is among them and not sent."""
    message = email(
        To="B <b@y.org>, c@y.org", Cc="Group: d@y.org, e@y.org;", Bcc="f@y.org, b@y.org"
    )
    mail = sent(kind, message)
    assert mail.sender == "a@x.org"
    assert mail.recipients == ("b@y.org", "c@y.org", "d@y.org", "e@y.org", "f@y.org")
    arrived = message_from_bytes(mail.data, policy=policy.default)
    assert arrived["Bcc"] is None
    assert arrived["Subject"] == "hi"
    assert arrived.get_content() == "hello\r\n.dot\r\n"  # type: ignore[attr-defined]
    assert message["Bcc"] == "f@y.org, b@y.org"


@kinds
def test_given_envelope_wins(kind: str) -> None:
    """What is given is taken instead of what the header says."""
    mail = sent(kind, email(), "", ["z@y.org"])
    assert (mail.sender, mail.recipients) == ("", ("z@y.org",))


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"From": "a@x.org, b@x.org", "Sender": "b@x.org"}, "b@x.org"),
        ({"From": "a@x.org", "Sender": "s@x.org"}, "s@x.org"),
        ({"Resent_From": "r@x.org", "Resent_To": "b@y.org"}, "r@x.org"),
    ],
)
def test_sender(headers: dict[str, str], sender: str) -> None:
    """The Sender sends, or the only author, or who sent it on."""
    assert sent("sync", email(**headers)).sender == sender


@pytest.mark.parametrize(
    "headers",
    [{"From": "a@x.org, b@x.org"}, {"From": None}, {"To": None}, {"To": "not an address"}],
)
def test_email_without_a_usable_envelope(headers: dict[str, Any]) -> None:
    """Nobody is guessed."""
    with pytest.raises(AddressError):
        sent("sync", email(**headers))


def test_old_kind_of_message() -> None:
    """A `Message` of the older policy is taken, too."""
    message = MIMEText("hello\n.dot\n")
    message["From"], message["To"], message["Bcc"] = "A <a@x.org>", "b@y.org", "c@y.org"
    mail = sent("sync", message)
    assert (mail.sender, mail.recipients) == ("a@x.org", ("b@y.org", "c@y.org"))
    assert b"Bcc" not in mail.data
    bad = MIMEText("x")
    bad["From"], bad["To"] = "a@x.org", "@"
    with pytest.raises(AddressError):
        sent("sync", bad)


def test_resent_message() -> None:
    """The latest resending, which stands first, says whom it is for; all are kept but Resent-Bcc."""
    text = (
        b"Received: from h\r\nResent-From: second@x.org\r\nResent-To: new@y.org\r\n"
        b"Resent-Bcc: hidden@y.org\r\nReceived: from g\r\nResent-From: first@x.org\r\n"
        b"Resent-To: old@y.org\r\nFrom: a@x.org\r\nTo: b@y.org\r\n\r\nhello\r\n"
    )
    mail = sent("sync", message_from_bytes(text, policy=policy.default))
    assert (mail.sender, mail.recipients) == ("second@x.org", ("new@y.org", "hidden@y.org"))
    assert b"Resent-Bcc" not in mail.data
    assert b"Resent-To: old@y.org" in mail.data


@kinds
@pytest.mark.parametrize("offers", [("PIPELINING", "8BITMIME"), ("PIPELINING",)])
def test_eight_bits_where_they_are_offered(kind: str, offers: tuple[str, ...]) -> None:
    """A text with other letters goes as it is, or encoded for a server that takes seven bits."""
    message = email()
    message.set_content("caf\xe9\n", cte="8bit")
    mail = sent(kind, message, offers=offers)
    assert mail.data.isascii() == ("8BITMIME" not in offers)
    arrived = message_from_bytes(mail.data, policy=policy.default)
    assert arrived.get_content().splitlines() == ["caf\xe9"]  # type: ignore[attr-defined]


def test_bytes_are_not_encoded() -> None:
    """What is given as bytes goes as it is or not at all."""
    with pytest.raises(NotOffered, match="8BITMIME"):
        to_both("sync", b"\r\ncaf\xc3\xa9\r\n", offers=())


def test_other_letters_in_a_subject_need_nothing() -> None:
    """They are encoded words, which any server takes, unless an address needs SMTPUTF8 anyway."""
    mail = sent("sync", email(Subject="gr\xfc\xdfe"), offers=())
    assert re.search(rb"Subject: =\?utf-8\?", mail.data)


@kinds
def test_other_letters_in_an_address_need_smtputf8(kind: str) -> None:
    """The header is then written in UTF-8, and a server that lacks it is told nothing."""
    message = email(To="r\xe9my@y.org")
    mail = sent(kind, message)
    assert mail.recipients == ("r\xe9my@y.org",)
    assert "To: r\xe9my@y.org".encode() in mail.data
    with pytest.raises(NotOffered, match="SMTPUTF8"):
        sent(kind, message, offers=("8BITMIME",))
    with pytest.raises(NotOffered, match="SMTPUTF8, which the header"):
        sent(kind, email(Cc="r\xe9my@y.org"), "a@x.org", ["b@y.org"], offers=("8BITMIME",))
    with pytest.raises(NotOffered, match="8BITMIME"):
        sent(kind, message, offers=("SMTPUTF8",))


def test_email_that_cannot_be_written() -> None:
    """A message that the standard library cannot write is refused before anything is sent."""
    message = Message()
    message["From"], message["To"] = "a@x.org", "b@y.org"
    message.set_payload(object())
    with pytest.raises(ContentError, match="cannot be written"):
        sent("sync", message)
    with pytest.raises(TypeError, match="its own"):
        sent("sync", email(), header="A: b\r\n\r\n")


def test_size_is_minded_beforehand() -> None:
    """A message that is larger than the server takes is not begun, where its size is known."""
    for message in (TEXT, io.BytesIO(TEXT)):
        with pytest.raises(TooLarge):
            to_both("sync", message, offers=("SIZE 20",))


def test_long_lines_are_minded() -> None:
    """What `long_lines` says holds for every form."""
    long = b"\r\n" + b"x" * 999 + b"\r\n"
    for message in (long, io.BytesIO(long), ["", "x" * 999], email(Subject="hi")):
        if isinstance(message, EmailMessage):
            message.set_content("x" * 999, cte="7bit")
        with pytest.raises(ContentError, match="999"):
            to_both("sync", message, options=Options(long_lines="refuse"))


def test_envelope_is_a_value() -> None:
    """Two envelopes with the same in them are equal."""
    assert Envelope(b"x", "a@x.org", ["b@y.org"]) == Envelope(b"x", "a@x.org", ["b@y.org"])
