"""Django's mail through whatever is linked: what Django promises of a backend, and what units add."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django
import pytest
import trustme
from django.conf import settings
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import override_settings

from netsmtp import ISmtp, failing_smtp_unit, smtp_unit
from netsmtp import registry as netsmtp_registry
from netsmtp.core.stages import Stage
from netsmtp.errors import AuthenticationRefused, NotOffered, ReplyError, TlsError
from netsmtp.integrations.django import EmailBackend
from netsmtp.testing import Outbox, TlsServer
from units import Registry, RegistryError, unit, unit_from

if not settings.configured:
    settings.configure()
    django.setup()

ours = Registry(netsmtp_registry())
"""The registry of the project under test."""


BACKEND = "netsmtp.integrations.django.EmailBackend"
SETTINGS = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
    "use_ssl": "EMAIL_USE_SSL",
    "timeout": "EMAIL_TIMEOUT",
}
"""What a backend takes, and where Django before 6.1 has it; since then all are a mailer's options."""


def mailing(**options: Any) -> override_settings:
    """Be a project that mails with these *options*."""
    if django.VERSION >= (6, 1):
        return override_settings(MAILERS={"default": {"BACKEND": BACKEND, "OPTIONS": options}})
    given = {SETTINGS[name]: value for name, value in options.items()}
    return override_settings(EMAIL_BACKEND=BACKEND, **given)


def backend(**options: Any) -> EmailBackend:
    """Return the backend of a project that mails with these *options*."""
    if django.VERSION >= (6, 1):
        with mailing(**options):
            made = mail.mailers.default  # type: ignore[attr-defined]
    else:
        made = mail.get_connection(**options)
    assert isinstance(made, EmailBackend)
    return made


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    """Be a project, on a machine with a name that is not asked for over the network."""
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(
            NETSMTP_REGISTRY=f"{__name__}.ours", DEFAULT_FROM_EMAIL="Shop <shop@example.org>"
        ),
        mailing(),
    ):
        patch.setattr("django.core.mail.utils.DNS_NAME._fqdn", "shop.example.org", raising=False)
        yield


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    """Be a project whose mail is recorded."""
    made = Outbox()
    with ours.override(ISmtp, unit_from(made, ISmtp)):
        yield made


def message(**changes: Any) -> EmailMessage:
    usual = {"subject": "Bread", "body": "At eight.", "to": ["Ann Lee <ann@example.org>"]}
    return EmailMessage(**{**usual, **changes})


# --- what is sent ------------------------------------------------------------------------------


def test_send_mail_sends(outbox: Outbox) -> None:
    """The envelope has the addresses alone, the header the names, too."""
    assert mail.send_mail("Bread", "At eight.", None, ["Ann Lee <ann@example.org>"]) == 1
    assert outbox.only.sender == "shop@example.org"
    assert outbox.only.to == ["ann@example.org"]
    assert outbox.only.subject == "Bread"
    assert outbox.only.text == "At eight.\n"
    assert outbox.only.message["From"] == "Shop <shop@example.org>"
    assert outbox.only.message["To"] == "Ann Lee <ann@example.org>"
    assert (outbox.only.server, outbox.only.port) == ("localhost", 25)
    assert outbox.only.wire.startswith(b"EHLO shop.example.org\r\n")


def test_bcc_is_in_the_envelope_only(outbox: Outbox) -> None:
    """Cc is in both."""
    message(cc=["ben@example.org"], bcc=["cyd@example.org"]).send()
    assert outbox.only.to == ["ann@example.org", "ben@example.org", "cyd@example.org"]
    assert b"cyd@" not in outbox.only.data
    assert outbox.only.message["Cc"] == "ben@example.org"


def test_alternatives_and_attachments_arrive(outbox: Outbox) -> None:
    """A text, the same in HTML, a text file and bytes."""
    made = EmailMultiAlternatives("Bread", "At eight.", to=["ann@example.org"])
    made.attach_alternative("<p>At eight.</p>", "text/html")
    made.attach("list.txt", "rye\nspelt\n", "text/plain")
    made.attach("loaf.bin", b"\0\xff\r\n.\r\n", "application/octet-stream")
    made.send()
    parsed = outbox.only.message
    html = parsed.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>At eight.</p>"
    files = {each.get_filename(): each.get_content() for each in parsed.iter_attachments()}
    assert files["loaf.bin"] == b"\0\xff\r\n.\r\n"
    assert files["list.txt"].replace("\r\n", "\n") == "rye\nspelt\n"


@pytest.mark.parametrize(
    "text", ["", "\n", ".", "..\n.\n", "From here", "ü€😀", "x" * 2000, "a\r\nb\n"]
)
def test_any_text_arrives(outbox: Outbox, text: str) -> None:
    """Dots, other letters, long lines, any line ends."""
    message(body=text).send()
    assert outbox.only.text.rstrip("\n") == text.replace("\r\n", "\n").rstrip("\n")


def test_other_letters_arrive(outbox: Outbox) -> None:
    """In subject, name and domain."""
    message(subject="Brötchen €", to=["Jürgen <j@bücher.example>"]).send()
    assert outbox.only.subject == "Brötchen €"
    assert outbox.only.to == ["j@xn--bcher-kva.example"]
    assert "Jürgen" in outbox.only.message["To"]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Bread\r\nBcc: evil@example.org"},
        {"to": ["ann@example.org\nBcc: evil@example.org"]},
        {"from_email": "shop@example.org\r\nRCPT TO:<evil@example.org>"},
        {"headers": {"X-Shop": "a\nBcc: evil@example.org"}},
        {"to": ["ann@example.org, evil@example.org"]},
        {"to": ["not an address"]},
        {"from_email": "Shop <shop@example.org> and more"},
    ],
)
@pytest.mark.parametrize("fail_silently", [False, True])
def test_what_smuggles_is_refused(
    outbox: Outbox, change: dict[str, Any], fail_silently: bool
) -> None:
    """`BadHeaderError` and the like are `ValueError`s, and mistakes of the program: never silent."""
    with pytest.raises(ValueError, match=r".+"):
        backend(fail_silently=fail_silently).send_messages([message(**change)])
    assert outbox.sent == []


# --- what a backend promises -------------------------------------------------------------------


def test_the_number_of_messages_that_were_sent_is_returned(outbox: Outbox) -> None:
    """Those without recipients do not count."""
    made = backend()
    assert made.send_messages([]) == 0
    assert made.send_messages([message(), message(to=[]), message(bcc=["b@x.org"])]) == 2
    assert len(outbox.sent) == 2
    assert mail.send_mass_mail([("a", "b", None, ["c@x.org"])] * 3) == 3


def test_an_error_is_raised_unless_it_is_to_fail_silently() -> None:
    """Silently, the others are still sent, and counted."""
    refusing = partial(failing_smtp_unit, Stage.RCPT, "550 5.1.1 no such user", ["ann@example.org"])
    with ours.override(ISmtp, refusing), pytest.raises(ReplyError):
        message().send()
    with ours.override(ISmtp, partial(failing_smtp_unit, Stage.CONNECT, "lost")):
        assert backend(fail_silently=True).send_messages([message(), message()]) == 0


def test_one_implementation_is_kept_from_open_to_close() -> None:
    """Each `open` invokes anew, and `close` lets it clean up; a send alone does both."""
    happened: list[str] = []

    @unit
    def pooled() -> Iterator[ISmtp]:
        happened.append("begin")
        yield Outbox()
        happened.append("end")

    with ours.override(ISmtp, pooled):
        made = backend()
        assert made.open() is True
        assert made.open() is False
        made.send_messages([message()])
        made.send_messages([message()])
        assert happened == ["begin"]
        made.close()
        made.close()
        assert happened == ["begin", "end"]
        with made as connection:
            connection.send_messages([message()])
        made.send_messages([message()])
        assert happened == ["begin", "end"] * 3
        with ours.override(ISmtp, failing_smtp_unit), pytest.raises(ReplyError):
            made.send_messages([message()])
        assert made.connection is None


def test_threads_may_share_a_backend(outbox: Outbox) -> None:
    """Each message is sent once."""
    made = backend()
    threads = [
        threading.Thread(target=made.send_messages, args=([message(subject=str(n))],))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.subject for each in outbox.sent) == [str(n) for n in range(8)]


# --- settings ----------------------------------------------------------------------------------


def test_the_settings_say_where_to_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STARTTLS, TLS from the first byte, user and password, over a real connection."""
    with TlsServer(tmp_path) as server, ours.override(ISmtp, smtp_unit):
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        at = {"host": server.host, "port": server.port, "timeout": 10}
        account = {"username": server.user, "password": server.password}
        with mailing(**at, **account, use_tls=True):
            assert message().send() == 1
        with mailing(**{**at, "port": server.tls_port}, **account, use_ssl=True):
            assert message().send() == 1
        with mailing(**at):
            assert message().send() == 1
        with mailing(**at, **account), pytest.raises(NotOffered, match="AUTH"):
            message().send()
        wrong = {**account, "password": "wrong"}
        with mailing(**at, **wrong, use_tls=True), pytest.raises(AuthenticationRefused):
            message().send()
    assert [each.to for each in server.sent] == [["ann@example.org"]] * 3
    assert server.lines.count("C: AUTH PLAIN <redacted>") == 3


def test_a_certificate_of_the_client_must_be_there(tmp_path: Path) -> None:
    """A file that is none is an error before anything is sent."""
    made = backend(use_tls=True, ssl_certfile=str(tmp_path / "none"))
    with pytest.raises(OSError, match="No such file"):
        made.send_messages([message()])


def test_a_certificate_of_the_client_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By either way to encrypt; the server's is checked all the same."""
    certificate: Any = trustme.CA().issue_cert("client.example.org")
    file = tmp_path / "client.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(file))
    with TlsServer(tmp_path) as server, ours.override(ISmtp, smtp_unit):
        ways = [
            backend(host=server.host, port=port, ssl_certfile=str(file), **{how: True})
            for port, how in ((server.port, "use_tls"), (server.tls_port, "use_ssl"))
        ]
        for made in ways:
            with pytest.raises(TlsError):
                made.send_messages([message()])
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        assert [made.send_messages([message()]) for made in ways] == [1, 1]


def test_two_ways_to_encrypt_exclude_each_other() -> None:
    """As in Django's own backend."""
    with pytest.raises(ValueError, match="EMAIL_USE_TLS and EMAIL_USE_SSL"):
        backend(use_tls=True, use_ssl=True)


@pytest.mark.parametrize(("seconds", "limits"), [(None, (300, 5)), (10, (10, 5)), (2, (2, 2))])
def test_a_timeout_bounds_each_step(seconds: float | None, limits: tuple[float, float]) -> None:
    """It only shortens the usual deadlines."""
    seen: list[Any] = []

    class Seeing(Outbox):
        def _send(self, call: Any) -> None:
            seen.append(call["options"].deadlines)

    with ours.override(ISmtp, unit_from(Seeing(), ISmtp)):
        backend(timeout=seconds).send_messages([message()])
    assert (seen[0].greeting, seen[0].quit, seen[0].total) == (*limits, None)


@pytest.mark.parametrize(
    ("options", "port"), [({}, 25), ({"use_tls": True}, 587), ({"use_ssl": True}, 465)]
)
def test_a_mailer_has_the_usual_port(options: dict[str, Any], port: int) -> None:
    """It is known by its alias (Django 6.1), and reads no setting for mail."""
    made = EmailBackend(**options, alias="default")
    assert (made.host, made.port, made.username) == ("localhost", port, None)


# --- which implementation ----------------------------------------------------------------------


def made_ours() -> Registry:
    """Be a setting that is called for the registry."""
    return ours


@override_settings(NETSMTP_REGISTRY=f"{__name__}.made_ours", NETSMTP_VIA="recording")
def test_the_settings_name_the_registry_and_the_implementation() -> None:
    """A registry, or what returns one; a backend may be given others."""
    with backend() as made:
        assert type(made.connection).__name__ == "RecordingSmtp"
    with override_settings(NETSMTP_VIA="carrier pigeon"), pytest.raises(RegistryError):
        backend(fail_silently=True).send_messages([message()])
    with backend(via="dry-run", registry="netsmtp.registry") as made:
        assert type(made.connection).__name__ == "DryRunSmtp"
    with backend(via="", registry=netsmtp_registry()) as made:
        assert repr(made.connection) == "<ISmtp of netsmtp.smtp>"


@pytest.mark.parametrize("name", ["netsmtp.smtp_unit:smtp_unit", f"{__name__}.backend"])
def test_a_setting_that_names_no_registry_is_told(name: str) -> None:
    """Whatever else it names; what stands there is shown."""
    with override_settings(NETSMTP_REGISTRY=name), pytest.raises(ImproperlyConfigured) as caught:
        backend().open()
    assert str(caught.value) == (
        f"not a registry, and nothing that returns one\n  NETSMTP_REGISTRY: {name}"
    )


def test_without_settings_it_is_what_the_package_has() -> None:
    """The unit that sends."""
    with override_settings():
        del settings.NETSMTP_REGISTRY
        with backend() as made:
            assert repr(made.connection) == "<ISmtp of netsmtp.smtp>"


def test_an_override_holds_for_what_is_opened_afterwards() -> None:
    """Also where the backend was made before: there is no stale one."""
    made = backend()
    one, two = Outbox(), Outbox()
    for outbox in (one, two):
        with ours.override(ISmtp, unit_from(outbox, ISmtp)):
            made.send_messages([message()])
    assert (len(one.sent), len(two.sent)) == (1, 1)
