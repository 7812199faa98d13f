"""What ours does where Racket's net/smtp was recorded to do harm: one check for each such case."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from netsmtp.errors import (
    AddressError,
    AuthenticationRefused,
    ConnectionLost,
    DeliveryUnknown,
    NotOffered,
    ProtocolError,
    RecipientsRefused,
    ReplyError,
    SmtpError,
    SmtpTimeout,
    TlsError,
    TooLarge,
)
from netsmtp.options import Deadlines
from tests.netsmtp.replay import DEADLINES, run, silent_at

Case = dict[str, Any]
Check = Callable[[Case], None]


def sends(old: str = "", new: str = "") -> Check:
    """Check that the send succeeds with Racket's bytes, but for *new* in place of *old*."""

    def check(case: Case) -> None:
        assert old in case["client_bytes"]
        result = run(case)
        assert result.error is None
        assert result.sent == case["client_bytes"].replace(old, new)

    return check


def refuses(kind: type[SmtpError], sent: str, *, deadlines: Deadlines = DEADLINES) -> Check:
    """Check that the send raises *kind* in time, when no more than *sent* was written."""

    def check(case: Case) -> None:
        result = run(case, deadlines=deadlines)
        assert type(result.error) is kind, repr(result.error)
        assert result.sent == sent
        assert result.ports_closed == [True, True] or result.events == []

    return check


def leaves_politely(kind: type[SmtpError], code: int) -> Check:
    """Check that after a refusal by *code* QUIT is said, and no message was begun by it."""

    def check(case: Case) -> None:
        for pipelining in (False, True):
            result = run(case, pipelining=pipelining)
            error = result.smtp_error
            assert type(error) is kind, repr(error)
            assert error.reply is not None
            assert error.reply.code == code
            assert result.sent.endswith("QUIT\r\n")
            if not pipelining:
                assert result.sent == case["client_bytes"] + "QUIT\r\n"

    return check


def long_line(case: Case) -> None:
    """A line of 5000 octets is sent with a warning, or refused before connecting, as chosen."""
    warned = run(case)
    assert warned.error is None
    assert warned.sent == case["client_bytes"]
    assert warned.warnings == ["a line of 5000 octets, more than 998"]
    refused = run(case, long_lines="refuse")
    assert "5000" in str(refused.smtp_error)
    assert refused.events == []


def utf8_password(case: Case) -> None:
    """A password outside Latin-1 is sent in UTF-8; no error shows it."""
    result = run(case, deadlines=silent_at("auth"))
    assert result.sent.startswith("EHLO localhost\r\nAUTH PLAIN dQB1AOKCrA==\r\n")
    assert type(result.error) is SmtpTimeout  # the script has no more replies
    assert "\u20ac" not in str(result.error)


def recipient_refused(case: Case) -> None:
    """Nothing is sent to anybody, and the error says what became of each recipient."""
    result = run(case)
    error = result.smtp_error
    assert type(error) is RecipientsRefused
    addresses = case["call"]["to"]
    assert [each.address for each in error.recipients] == addresses
    assert [each.accepted for each in error.recipients] == [True] * (len(addresses) - 1) + [False]
    assert error.recipients[-1].reply is not None
    assert error.recipients[-1].reply.code == 550
    assert not error.transient
    assert "DATA" not in result.sent
    assert result.sent.endswith("QUIT\r\n")


def forwarded(case: Case) -> None:
    """251 and 252 accept the recipient: the send goes on to DATA."""
    result = run(case, pipelining=False, deadlines=silent_at("data"))
    assert result.sent == case["client_bytes"] + "DATA\r\n"


def hello_fallback(case: Case) -> None:
    """A server that does not know EHLO is greeted by HELO."""
    result = run(case, deadlines=silent_at("ehlo", 0.5))
    assert result.sent == "EHLO localhost\r\nHELO localhost\r\n"
    assert isinstance(result.error, SmtpTimeout)  # the script has no more replies


def last_words(case: Case) -> None:
    """The reply that came before the connection broke reaches the caller; without one it is lost.

    As recorded the message is larger than the server's SIZE: then it is not even begun.
    """
    assert type(run(case).error) is TooLarge
    unlimited = json.loads(json.dumps(case).replace("250 SIZE 1000000", "250 HELP"))
    result = run(unlimited)
    if case["id"] == "early-554-bigbody":
        assert type(result.error) is ReplyError, repr(result.error)
        assert result.smtp_error.reply is not None
        assert result.smtp_error.reply.code == 552
    else:
        assert type(result.error) is ConnectionLost
    assert not result.sent.endswith("\r\n.\r\n")


def out_of_step(case: Case) -> None:
    """A reply that nothing asked for ends the send, at the latest before the message."""
    result = run(case, pipelining=False)
    assert type(result.error) is ProtocolError
    assert result.sent == START + "MAIL FROM:<a@x.org>\r\n"
    pipelined = run(case)
    assert isinstance(pipelined.error, ProtocolError | ReplyError)
    assert "Subject" not in pipelined.sent


def quit_unanswered(case: Case) -> None:
    """Once the message is accepted a server that never answers QUIT changes nothing."""
    result = run(case)
    assert result.error is None
    assert result.sent == case["client_bytes"]


def interrupted_quit(case: Case) -> None:
    """An interruption while waiting for the reply to QUIT is raised, and says the mail was sent."""
    result = run(case)
    assert isinstance(result.error, KeyboardInterrupt)
    assert result.error.__notes__ == ["the server had accepted the message"]


def challenged(case: Case) -> None:
    """A challenge that the mechanism has no answer for is declined, and the refusal raised."""
    result = run(case)
    assert type(result.error) is AuthenticationRefused
    declined = "\r\n" if "xoauth2" in case["call"]["options"] else "*\r\n"
    assert result.sent == case["client_bytes"] + declined


def hook_not_called(case: Case) -> None:
    """After a refusal the end-of-message procedure is not called, and QUIT is said."""
    result = run(case)
    assert type(result.error) is RecipientsRefused
    assert [name for name, *_ in result.events] == ["connect"]
    assert result.sent == case["client_bytes"] + "QUIT\r\n"


def starttls_in_any_case(case: Case) -> None:
    """STARTTLS is recognised whatever its case and the blanks behind it."""
    result = run(case, deadlines=silent_at("starttls"))
    assert result.sent == "EHLO localhost\r\nSTARTTLS\r\n"


def starttls_missing(case: Case) -> None:
    """A server that does not list STARTTLS is left with a sentence, and nothing else was said."""
    result = run(case)
    assert type(result.error) is NotOffered
    assert "STARTTLS" in str(result.error)
    assert result.sent == "EHLO localhost\r\nQUIT\r\n"


def no_trust(case: Case) -> None:
    """An unknown certificate or an old TLS ends the send before anything is said over it."""
    result = run(case)
    assert type(result.error) is TlsError
    assert result.sent == "EHLO localhost\r\nSTARTTLS\r\n"


START = "EHLO localhost\r\n"
ENVELOPE = START + "MAIL FROM:<a@x.org>\r\nRCPT TO:<b@y.org>\r\n"

BETTER: dict[str, Check] = {
    "from-bytes": refuses(AddressError, ""),
    "nonascii-addr": refuses(NotOffered, START + "QUIT\r\n"),
    "nonascii-header": sends("<a@x.org>", "<a@x.org> BODY=8BITMIME"),
    "nonascii-ehlo": sends("h\u00c3\u00b6st", "xn--hst-sna"),
    "nonlatin1-pass": utf8_password,
    "body-long-line": long_line,
    "header-noblank": sends("Subject: hi\r\n", "Subject: hi\r\n\r\n"),
    "header-empty": sends("DATA\r\n", "DATA\r\n\r\n"),
    "auth-535": leaves_politely(AuthenticationRefused, 535),
    "auth-503": leaves_politely(AuthenticationRefused, 503),
    "auth-334": challenged,
    "new-xoauth2-334": challenged,
    "multi-10000": refuses(ProtocolError, ENVELOPE),
    "long-error-line": refuses(ReplyError, ENVELOPE + "QUIT\r\n"),
    "all-at-once": refuses(ProtocolError, ""),
    "extra-reply": out_of_step,
    "reply-underscore": refuses(ProtocolError, ENVELOPE),
    "reply-nospace": refuses(ProtocolError, ENVELOPE),
    "reply-lf-hides-error": refuses(ProtocolError, ENVELOPE),
    "reply-cr-only": refuses(ProtocolError, ENVELOPE),
    "reply-crcrlf": refuses(ProtocolError, ENVELOPE),
    "reply-lf-greet-hold": refuses(ProtocolError, ""),
    "code-ehlo-502": hello_fallback,
    "code-ehlo-500": hello_fallback,
    "code-mail-550": leaves_politely(ReplyError, 550),
    "code-mail-251": leaves_politely(ReplyError, 251),
    "code-rcpt-550-only": recipient_refused,
    "code-rcpt-last": recipient_refused,
    "code-rcpt-251": forwarded,
    "code-rcpt-252": forwarded,
    "code-data-503": leaves_politely(ReplyError, 503),
    "code-dot-554": leaves_politely(ReplyError, 554),
    "code-dot-251": leaves_politely(DeliveryUnknown, 251),
    "eof-partial-ok": refuses(ConnectionLost, ""),
    "close-after-354-bigbody": last_words,
    "early-554-bigbody": last_words,
    "quit-hang": quit_unanswered,
    "greet-hang": refuses(SmtpTimeout, "", deadlines=silent_at("greeting")),
    "tls-real": no_trust,
    "tls-real-legacy": no_trust,
    "tls-real-auto": sends(),
    "tls-real-secure": no_trust,
    "tls-auth": sends(),
    "tls-single-line-ehlo": starttls_missing,
    "tls-bare-250": starttls_in_any_case,
    "tls-lowercase": starttls_in_any_case,
    "tls-trailing-space": starttls_in_any_case,
    "tls-inject-real": refuses(ProtocolError, START + "STARTTLS\r\n"),
    "eom-not-called-on-error": hook_not_called,
    "break-waiting-quit": interrupted_quit,
}
