"""Send the mail of a Django project through whatever `ISmtp` is linked.

In the settings, and as options of one mailer where Django has them (6.1 or newer)::

    EMAIL_BACKEND = "netsmtp.integrations.django.EmailBackend"
    NETSMTP_REGISTRY = "project.mail.registry"  # a Registry, or what returns one
    NETSMTP_VIA = "sendmail"  # the name of an implementation in it

    MAILERS = {
        "default": {
            "BACKEND": "netsmtp.integrations.django.EmailBackend",
            "OPTIONS": {"registry": "project.mail.registry", "via": "sendmail"},
        }
    }

Without these two it is what `netsmtp.registry()` has: the unit that sends. Django's own settings and
options say where to and how.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pkgutil import resolve_name
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.utils import DNS_NAME

from netsmtp.core.secret import Secret
from netsmtp.errors import InputError, SmtpError
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import ports_to_ssl_ports, ssl_connect, tcp_connect
from netsmtp.smtp_sig import ISmtp
from units import Registry, running

__all__ = ["EmailBackend"]


class EmailBackend(BaseEmailBackend):  # type: ignore[misc]
    """The backend: its arguments are those of Django's own for SMTP, and default to the settings.

    *registry* names the registry, or is one, and *via* the implementation in it. With
    *fail_silently* errors of sending are not raised. What is wrong with the message itself is raised
    all the same, as Django's own backend does: `InputError` is a `ValueError`.
    """

    def __init__(
        self,
        host: str | None = None,
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool | None = None,
        fail_silently: bool = False,
        use_ssl: bool | None = None,
        timeout: float | None = None,
        ssl_keyfile: str | None = None,
        ssl_certfile: str | None = None,
        *,
        registry: str | Registry | None = None,
        via: str | None = None,
        **others: Any,
    ) -> None:
        super().__init__(**others)  # pyright: ignore[reportUnknownMemberType]
        self.fail_silently = fail_silently
        # A mailer has all it needs among its options, and then there are no settings for mail.
        is_mailer = others.get("alias") is not None

        def chosen(given: Any, name: str, otherwise: Any = None) -> Any:
            if given is None and not is_mailer:
                return getattr(settings, name)
            return otherwise if given is None else given

        self.use_tls = chosen(use_tls, "EMAIL_USE_TLS", False)
        self.use_ssl = chosen(use_ssl, "EMAIL_USE_SSL", False)
        if self.use_ssl and self.use_tls:
            raise ValueError("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other: set one to True")
        usual_port = 465 if self.use_ssl else 587 if self.use_tls else 25
        self.host = chosen(host or None, "EMAIL_HOST", "localhost")
        self.port = chosen(port or None, "EMAIL_PORT", usual_port)
        self.username = chosen(username, "EMAIL_HOST_USER")
        self.password = chosen(password, "EMAIL_HOST_PASSWORD")
        self.timeout = chosen(timeout, "EMAIL_TIMEOUT")
        self.ssl_keyfile = chosen(ssl_keyfile, "EMAIL_SSL_KEYFILE")
        self.ssl_certfile = chosen(ssl_certfile, "EMAIL_SSL_CERTFILE")
        named: str | Registry = getattr(settings, "NETSMTP_REGISTRY", "netsmtp.registry")
        self.registry = named if registry is None else registry
        self.via = getattr(settings, "NETSMTP_VIA", "") if via is None else via
        self.connection: ISmtp | None = None
        self._open = ExitStack()
        self._lock = threading.RLock()

    def open(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - Django has no types
        """Link and invoke the implementation; return whether that was to be done.

        Raises `RegistryError` if there is none, `ImproperlyConfigured` if the setting names no registry.
        A connection to the server is opened by each send.
        """
        if self.connection is not None:
            return False
        unit = _registry(self.registry).link(ISmtp, self.via)
        self.connection = self._open.enter_context(running(unit))
        return True

    def close(self) -> None:
        """Let the implementation clean up, if it is open."""
        self.connection = None
        self._open.close()

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Send each of *email_messages*, each over a connection of its own; return how many were sent.

        Raises what `smtp_send_message` raises, unless that is to fail silently.
        """
        if not email_messages:
            return 0
        with self._lock:
            opened = self.open()
            try:
                return sum([self._send(message) for message in email_messages])
            finally:
                if opened:
                    self.close()

    def _send(self, message: Any) -> bool:
        """Send *message*; tell whether it was sent."""
        if not message.recipients():
            return False
        sender = _address(message.from_email)
        recipients = [_address(each) for each in message.recipients()]
        # Making it refuses header injection; how to ask for CR LF depends on Django's version.
        text = re.sub(rb"\r\n?|\n", b"\r\n", message.message().as_bytes())
        header, _, body = text.partition(b"\r\n\r\n")
        lines = body.removesuffix(b"\r\n").split(b"\r\n") if body else []
        try:
            self._hand_over(sender, recipients, header + b"\r\n\r\n", lines)
        except InputError:
            raise
        except (SmtpError, OSError):
            if not self.fail_silently:
                raise
            return False
        return True

    def _hand_over(
        self, sender: str, recipients: Iterable[str], header: bytes, lines: list[bytes]
    ) -> None:
        smtp = self.connection
        assert smtp is not None
        context = self._certificate()
        authenticated = bool(self.username and self.password)
        with smtp.smtp_sending_server.parameterize(DNS_NAME.get_fqdn()):
            smtp.smtp_send_message(
                self.host,
                sender,
                recipients,
                header,
                lines,
                port_no=self.port,
                auth_user=self.username if authenticated else None,
                auth_passwd=Secret(self.password) if authenticated else None,
                tcp_connect=_with(ssl_connect, context) if self.use_ssl else tcp_connect,
                tls_encode=_with(ports_to_ssl_ports, context) if self.use_tls else None,
                options=_options(self.timeout),
            )

    def _certificate(self) -> Any:
        """Return the context with this client's certificate, or None if it has none."""
        if not (self.ssl_certfile or self.ssl_keyfile):
            return None
        import ssl

        context = ssl.create_default_context()
        context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
        return context


def _registry(given: str | Registry) -> Registry:
    """Return the registry that is *given*, or that something of the name *given* is or returns.

    Raises `ImproperlyConfigured` for what is and returns something else.
    """
    named: Any = resolve_name(given) if isinstance(given, str) else given
    found = named() if callable(named) else named
    if not isinstance(found, Registry):
        problem = "not a registry, and nothing that returns one"
        raise ImproperlyConfigured(f"{problem}\n  NETSMTP_REGISTRY: {given}")
    return found


def _address(text: str) -> str:
    """Return the address in *text*, which may have a name before it, for the envelope.

    What is neither is returned as it is: it is refused where every address is checked.
    """
    text = str(text).strip()  # Django's addresses may be lazy
    named = _NAMED.fullmatch(text)
    return named["address"] if named else text


def _options(seconds: float | None) -> Options:
    """Return options by which each step takes at most *seconds*."""
    limits = Deadlines()
    if seconds is not None:
        usual = {each.name: getattr(limits, each.name) for each in dataclasses.fields(limits)}
        limits = Deadlines(
            **{name: most if most is None else min(most, seconds) for name, most in usual.items()}
        )
    return Options(deadlines=limits, auth_mechanism="auto")


def _with(procedure: Any, context: Any) -> Any:
    """Return *procedure* with a TLS context, if there is one."""
    return procedure if context is None else partial(procedure, context=context)


# A name is words and quoted strings: whatever else could be an address is left to be refused.
_NAMED = re.compile(
    r'(?:"(?:[^"\\]|\\.)*"|[^"<>@,;:()\[\]\\\x00-\x1f\x7f])*<(?P<address>[^<>]*)>', re.DOTALL
)
