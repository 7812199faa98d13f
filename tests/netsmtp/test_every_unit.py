"""What a consumer of `ISmtp` may rely on, whichever unit is linked: one suite over all of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netsmtp import Options, Recipient, smtp, ssl_connect
from netsmtp._implementations import IMPLEMENTATIONS
from netsmtp.core.events import BodyComplete, Delivered
from netsmtp.errors import (
    AddressError,
    ContentError,
    CredentialsError,
    HostNameError,
    InputError,
    NotificationError,
    PlaintextAuthError,
    SmtpError,
)
from netsmtp.memory import MemoryServer
from netsmtp.smtp_sig import ISmtp
from signatures import provides
from tests.netsmtp.every_unit import ARGUMENTS, HEADER, MAKERS, Mail, Sending, sending
from tests.netsmtp.test_secrets import PASSWORD, own_frames, show_nothing

EHLO = "EHLO localhost"
TALK = [EHLO, "MAIL FROM:<a@x.org>", "RCPT TO:<b@y.org>", "DATA", ".", "QUIT"]
DATA = HEADER.encode() + b"hello\r\n.dot\r\n\r\n"
SENT: list[Mail] = [("a@x.org", ["b@y.org"], DATA)]


@pytest.fixture(params=MAKERS)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Sending:
    """Give each implementation, invoked."""
    return sending(request.param, tmp_path)


@pytest.fixture(params=[name for name in MAKERS if name != "failing"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Sending:
    """Give each implementation whose mails can be seen afterwards."""
    return sending(request.param, tmp_path)


@pytest.fixture(params=[name for name in MAKERS if name != "smtp"])
def pretending(request: pytest.FixtureRequest, tmp_path: Path) -> Sending:
    """Give each implementation that opens no connection."""
    return sending(request.param, tmp_path)


def test_every_implementation_is_tested() -> None:
    """A new entry of the table runs this suite, too."""
    assert set(IMPLEMENTATIONS) <= set(MAKERS)


# --- what it is --------------------------------------------------------------------------------


def test_it_provides_the_four_members_of_smtp_sig(each: Sending) -> None:
    """Two procedures and two parameters, those of `netsmtp.smtp` (Racket: ``smtp^``)."""
    assert provides(each.smtp, ISmtp)
    assert each.smtp.smtp_sending_server is smtp.smtp_sending_server
    assert each.smtp.smtp_sending_end_of_message is smtp.smtp_sending_end_of_message


# --- a send ------------------------------------------------------------------------------------


def test_what_is_sent_arrives_unchanged(kept: Sending) -> None:
    """Envelope, header and lines; success is silence."""
    assert kept.arrived is not None
    kept.send()
    assert kept.arrived() == SENT


def test_the_observer_hears_the_conversation(each: Sending) -> None:
    """The same commands in the same order, whatever happens to them; and the server's last yes."""
    each.send()
    assert each.commands == TALK
    delivered = [event for event in each.heard if isinstance(event, Delivered)]
    assert [result.address for result in delivered[0].recipients] == ["b@y.org"]
    assert delivered[0].reply.code == 250


def test_a_port_by_position_wins(each: Sending) -> None:
    """As in Racket; without either it is 25."""
    each.send()
    each.send(None, port_no=26)
    each.send(None, 587, port_no=26)
    assert each.connected == [("mail.example", port) for port in (25, 26, 587)]


TEXTS: dict[str, tuple[str | bytes, list[str | bytes], bytes]] = {
    "no lines": (HEADER, [], HEADER.encode()),
    "empty lines": (HEADER, ["", ""], HEADER.encode() + b"\r\n\r\n"),
    "no header": ("", ["x"], b"\r\nx\r\n"),
    "dots": (HEADER, [".", "..", ".x"], HEADER.encode() + b".\r\n..\r\n.x\r\n"),
    "unicode": (
        "Subject: \u00fc\r\n\r\n",
        ["\u20ac\U0001f600"],
        "Subject: ü\r\n\r\n€😀\r\n".encode(),
    ),
    "bytes": (HEADER.encode(), [b"caf\xc3\xa9", "x"], HEADER.encode() + b"caf\xc3\xa9\r\nx\r\n"),
    "Bcc": ("Bcc: c@z.org\r\n\r\n", ["x"], b"Bcc: c@z.org\r\n\r\nx\r\n"),
    "From": ("From: a@x.org\r\n\r\n", ["From here"], b"From: a@x.org\r\n\r\nFrom here\r\n"),
    "many": (HEADER, ["x" * 70] * 3000, HEADER.encode() + (b"x" * 70 + b"\r\n") * 3000),
}


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_arrives_as_it_is(kept: Sending, text: str) -> None:
    """Nothing is added, left out, moved or encoded; who gets it is the envelope's affair alone."""
    assert kept.arrived is not None
    header, lines, data = TEXTS[text]
    kept.send({3: header, 4: lines})
    assert kept.arrived() == [("a@x.org", ["b@y.org"], data)]


@pytest.mark.parametrize(
    ("sender", "recipients"),
    [
        ("", ["b@y.org"]),
        ("a@x.org", ["b@y.org", "c@z.org", "b@y.org"]),
        ("\u00fc@x.org", ["\u00fc@y.org"]),
        ('"a,b"@x.org', ["postmaster"]),
    ],
)
def test_any_envelope_arrives_as_it_is(kept: Sending, sender: str, recipients: list[str]) -> None:
    """The empty sender of a bounce, repeated recipients, other letters, quoted parts."""
    assert kept.arrived is not None
    kept.send({1: sender, 2: recipients})
    assert kept.arrived() == [(sender, recipients, DATA)]


def test_lines_and_recipients_may_be_iterators(kept: Sending) -> None:
    """Whatever can be read once is enough."""
    assert kept.arrived is not None
    kept.send({2: iter(["b@y.org"]), 4: iter(["hello", ".dot", ""])})
    assert kept.arrived() == SENT


# --- open connections --------------------------------------------------------------------------


def test_an_open_connection_is_used_or_at_least_closed(kept: Sending) -> None:
    """``smtp_send_message_star`` sends, and closes both streams."""
    assert kept.arrived is not None
    r, w = kept.connect("", 0)
    send: Any = kept.smtp.smtp_send_message_star
    assert send(r, w, *ARGUMENTS[1:], None, None, None) is None
    assert kept.arrived() == SENT
    assert r.closed
    assert w.closed


def test_an_open_connection_is_closed_whatever_happens(each: Sending) -> None:
    """Also where nothing can be sent over it."""
    r, w = MemoryServer().connect("", 0)
    with pytest.raises(InputError):
        each.smtp.smtp_send_message_star(r, w, "a>\r\n", ["b@y.org"], HEADER, [], None, None, None)
    assert r.closed
    assert w.closed


# --- what is refused ---------------------------------------------------------------------------

WRONG: list[tuple[dict[int, Any], type[Exception]]] = [
    ({1: "a@x.org>\r\nRCPT TO:<evil@x"}, AddressError),
    ({1: "Ann <a@x.org>"}, AddressError),
    ({1: None}, TypeError),
    ({2: []}, AddressError),
    ({2: ["b@y.org", "c d@y.org"]}, AddressError),
    ({2: ["b@y.org\nRCPT TO:<evil@x>"]}, AddressError),
    ({2: "b@y.org"}, TypeError),
    ({2: [Recipient("b@y.org", notify=("never", "success"))]}, NotificationError),
    ({3: "Subject: \nX\r\n\r\n"}, ContentError),
    ({3: "Subject: x\0\r\n\r\n"}, ContentError),
    ({3: 5}, TypeError),
    ({4: ["hello\r\n.\r\nMAIL FROM:<a@x>"]}, ContentError),
    ({4: ["a\rb"]}, ContentError),
    ({4: "hello"}, TypeError),
    ({4: [5]}, TypeError),
]


@pytest.mark.parametrize(("change", "error"), WRONG)
def test_what_cannot_be_sent_is_refused(
    each: Sending, change: dict[int, Any], error: type[Exception]
) -> None:
    """The same error from each, before anything is opened, and nothing arrives."""
    opened: list[str] = []

    def connect(server: str, port: int) -> Any:
        opened.append(server)
        return MemoryServer().connect(server, port)

    with pytest.raises(error):
        each.send(change, tcp_connect=connect)
    assert not opened
    assert not each.heard
    assert each.arrived is None or each.arrived() == []


def test_what_is_missing_or_no_text_is_refused(each: Sending) -> None:
    """A user without a password, a number for a server."""
    with pytest.raises(CredentialsError):
        each.send(auth_user="me")
    with pytest.raises(TypeError):
        each.send({0: 5})
    assert not each.heard


@pytest.mark.parametrize("bad", ["hello\r\n.\r\nMAIL FROM:<a@x>", "a\nb", "\ud800"])
def test_a_bad_line_of_an_iterator_stops_the_send(each: Sending, bad: str) -> None:
    """It is found on the way, before the dot: nothing arrives."""
    with pytest.raises(ContentError):
        each.send({4: iter(["fine", bad])})
    assert "." not in each.commands
    assert each.arrived is None or each.arrived() == []


def test_what_is_no_line_is_refused_on_the_way(each: Sending) -> None:
    """With the words that a list of such lines gets."""
    with pytest.raises(TypeError, match="int"):
        each.send({4: iter(["fine", 5])})
    assert "." not in each.commands
    assert each.arrived is None or each.arrived() == []


def test_what_an_iterator_raises_comes_out(each: Sending) -> None:
    """And nothing arrives."""

    def lines() -> Iterator[str]:
        yield "fine"
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        each.send({4: lines()})
    assert "." not in each.commands
    assert each.arrived is None or each.arrived() == []


def test_options_are_honoured(each: Sending) -> None:
    """What the caller chose to refuse is refused."""
    with pytest.raises(ContentError, match="5000"):
        each.send({4: ["x" * 5000]}, options=Options(long_lines="refuse"))
    assert not each.heard


# --- the two parameters ------------------------------------------------------------------------


def test_the_name_of_this_machine_is_the_parameters(each: Sending) -> None:
    """For the block that sets it, and no longer."""
    with each.smtp.smtp_sending_server.parameterize("mx.example"):
        each.send()
    each.send()
    assert [line for line in each.commands if "EHLO" in line] == ["EHLO mx.example", EHLO]
    with each.smtp.smtp_sending_server.parameterize("a b"), pytest.raises(HostNameError):
        each.send()


def test_the_end_of_message_procedure_is_called_before_the_dot(each: Sending) -> None:
    """Once, when all but the dot is written."""
    calls: list[tuple[bool, bool]] = []

    def last_call() -> None:
        complete = any(isinstance(event, BodyComplete) for event in each.heard)
        calls.append((complete, "." in each.commands))

    with each.smtp.smtp_sending_end_of_message.parameterize(last_call):
        each.send()
    assert calls == [(True, False)]
    each.send()
    assert len(calls) == 1


@pytest.mark.parametrize("raised", [RuntimeError("no"), KeyboardInterrupt(), OSError("no")])
def test_the_end_of_message_procedure_may_cancel(each: Sending, raised: BaseException) -> None:
    """What it raises comes out, and nothing arrives."""

    def cancel() -> None:
        raise raised

    with (
        each.smtp.smtp_sending_end_of_message.parameterize(cancel),
        pytest.raises(type(raised)) as caught,
    ):
        each.send()
    assert caught.value is raised
    assert "." not in each.commands
    assert each.arrived is None or each.arrived() == []


# --- passwords ---------------------------------------------------------------------------------


def encoding(r: Any, w: Any, **how: Any) -> Any:
    """Stand in for `ports_to_ssl_ports`: in memory there is nothing to hide from."""
    return r, w


ME = {"auth_user": "me", "auth_passwd": PASSWORD}


def test_a_password_is_not_sent_in_clear_to_another_machine(each: Sending) -> None:
    """What a real send would refuse, one that goes nowhere refuses, too."""
    each.send({0: "localhost"}, **ME)
    each.send(**ME, tls_encode=encoding)
    assert each.commands.count("AUTH PLAIN <redacted>") == 2
    said = len(each.commands)

    def far(name: str, port: int) -> Any:
        r, w = MemoryServer().connect(name, port)
        r.local = False  # type: ignore[attr-defined]
        return r, w

    with pytest.raises(PlaintextAuthError):
        each.send(**ME, tcp_connect=far)
    assert each.commands[said:] == [EHLO, "QUIT"]


def test_tls_from_the_first_byte_may_be_pretended(pretending: Sending) -> None:
    """Where nothing is opened, `ssl_connect` is as good as TLS."""
    pretending.send(**ME, tcp_connect=ssl_connect)
    assert "AUTH PLAIN <redacted>" in pretending.commands


def test_no_password_is_shown(each: Sending, capsys: pytest.CaptureFixture[str]) -> None:
    """Not to the observer, not in an error or its frames, not by the implementation itself."""
    me = {**ME, "tls_encode": encoding}
    each.send(**me)
    assert "AUTH PLAIN <redacted>" in each.commands

    def cancel() -> None:
        raise SmtpError("no")

    with (
        each.smtp.smtp_sending_end_of_message.parameterize(cancel),
        pytest.raises(SmtpError) as caught,
    ):
        each.send(**me)
    show_nothing(own_frames(caught.value) + str(caught.value) + repr(vars(caught.value)))
    with pytest.raises(AddressError) as refused:
        each.send({2: []}, **me)
    show_nothing(own_frames(refused.value))
    with pytest.raises(InputError) as refused:
        each.smtp.smtp_send_message_star(
            io.BytesIO(), io.BytesIO(), "a", [], HEADER, [], "me", PASSWORD, None
        )
    show_nothing(own_frames(refused.value))
    show_nothing(repr(each.smtp) + repr(each.heard) + capsys.readouterr().out)
