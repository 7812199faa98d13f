"""What tests of an application need that sends mail; the fixtures of `netsmtp.pytest_plugin` hand it out.

Nothing here needs pytest but `component_fixture`, so that other test runners can use the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from netsmtp._calls import Call, PassingSmtp
from netsmtp.recording_smtp_unit import RecordedMail, RecordingSmtp

if TYPE_CHECKING:
    from netsmtp.embedded import EmbeddedServer

__all__ = ["GetComponent", "Outbox", "TlsServer", "component_fixture"]

T = TypeVar("T")


class Outbox(PassingSmtp):
    """An `ISmtp` that sends nothing: what it was told to send is in `sent`, oldest first."""

    def __init__(self) -> None:
        self._recording = RecordingSmtp()
        super().__init__(self._recording)

    def __repr__(self) -> str:
        return f"<Outbox: {len(self.sent)} sent>"

    def _send(self, call: Call) -> None:
        self.pass_on(call, self.inner)

    @property
    def sent(self) -> list[RecordedMail]:
        """Return the mails so far; each has `to`, `subject`, `text`, `sender` and more."""
        return list(self._recording.sent())

    @property
    def only(self) -> RecordedMail:
        """Return the mail, if it is the only one. Raises `AssertionError`, which shows them all."""
        mails = self.sent
        if len(mails) != 1:
            shown = "".join(f"\n  mail: {mail.subject!r} to {', '.join(mail.to)}" for mail in mails)
            raise AssertionError(f"expected one mail, sent were {len(mails)}{shown}")
        return mails[0]

    def clear(self) -> None:
        """Forget the mails so far."""
        self._recording.clear()


class GetComponent(Protocol):
    """What the fixture `component` is: it returns a new component of a signature."""

    def __call__(self, signature: Callable[..., T], name: str = "") -> T:
        """Return one of *signature*, of the implementation called *name*."""
        ...


def component_fixture(
    signature: Callable[..., T], name: str = "", *, names: Sequence[str] = ()
) -> Callable[..., T]:
    """Return a fixture for the component of *signature* in the fixture `registry`.

    It is called what it is assigned to. *name* is that of the implementation; with *names* the test
    runs once with each. What the component cleans up is cleaned up when the test has ended.
    """
    import pytest

    @pytest.fixture(params=list(names) or [name], ids=list(names) or [signature.__name__])
    def made(request: pytest.FixtureRequest, component: GetComponent) -> T:
        return component(signature, request.param)

    fixture: Any = made
    return fixture  # type: ignore[no-any-return]


class TlsServer:
    """A real server on loopback, with TLS, by STARTTLS on *port* and at once on *tls_port*.

    *user* may log in with *password*. Its certificate is by an authority of its own, that of the
    file *authority*: name it in the variable SSL_CERT_FILE, and clients trust it.
    """

    user = "ann"
    password = "only for tests"

    def __init__(self, folder: Path) -> None:
        import ssl

        import trustme

        from netsmtp.embedded import EmbeddedServer

        issuer = trustme.CA()
        self.authority = folder / "authority.pem"
        issuer.cert_pem.write_to_path(str(self.authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate: Any = issuer.issue_cert("127.0.0.1", "localhost")
        certificate.configure_cert(context)
        self.embedded: EmbeddedServer = EmbeddedServer(
            tls=context, tls_port=0, accounts={self.user: self.password}
        )

    def __enter__(self) -> TlsServer:
        self.embedded.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.embedded.stop()

    @property
    def host(self) -> str:
        """Return the address it listens on."""
        return self.embedded.host

    @property
    def port(self) -> int:
        """Return the port where a conversation begins in clear, and STARTTLS is offered."""
        return self.embedded.port

    @property
    def tls_port(self) -> int:
        """Return the port with TLS from the first byte."""
        assert self.embedded.tls_port is not None
        return self.embedded.tls_port

    @property
    def sent(self) -> list[RecordedMail]:
        """Return the mails that have arrived, oldest first."""
        return [
            RecordedMail(self.host, self.port, mail.sender, mail.recipients, mail.data, b"")
            for mail in self.embedded.mails
        ]

    @property
    def lines(self) -> list[str]:
        """Return what was said on all connections, `C:` and `S:` before each line, secrets hidden."""
        return [line for each in self.embedded.conversations for line in each.lines()]
