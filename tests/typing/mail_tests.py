"""What tests of mail are to type checkers: the fixtures of the pytest plugin, and `netsmtp.testing`."""

from collections.abc import Callable
from pathlib import Path
from typing import assert_type

from netsmtp import Client, IAsyncSmtp, ISmtp, recording_smtp_unit, smtp_send_message
from netsmtp.recording_smtp_unit import RecordedMail
from netsmtp.testing import GetComponent, Outbox, TlsServer, component_fixture
from signatures import Signature
from units import Registry, exports, unit

FROM, TO, HEADER = "ann@example.org", ["ben@example.org"], "Subject: a\n"


class IGreeter(Signature):
    def greet(self, name: str) -> bool: ...


@unit
def greeter(smtp: ISmtp) -> IGreeter:
    def greet(name: str) -> bool:
        return True

    return exports(greet=greet)


async def send_later(smtp: IAsyncSmtp) -> None: ...


# --- `smtp`: an ISmtp that remembers


def test_outbox(smtp: Outbox) -> None:
    assert_type(greeter(smtp), IGreeter)
    smtp.smtp_send_message("mail.example.org", FROM, TO, HEADER, ["Hello"])
    assert_type(smtp.sent, list[RecordedMail])
    assert_type(smtp.only, RecordedMail)
    assert_type(smtp.only.to, list[str])
    assert_type(smtp.only.subject, str)
    assert_type(smtp.only.text, str)
    assert_type(smtp.only.port, int | None)
    assert_type(smtp.clear(), None)
    smtp.sent()  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
    smtp.only.body  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    smtp.only.recipients = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    smtp.smtp_send_message("mail.example.org", FROM, TO, HEADER, [3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    send_later(smtp)  # type: ignore[arg-type, unused-coroutine]  # pyright: ignore[reportArgumentType, reportUnusedCoroutine]
    Outbox(smtp)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


# --- `registry`, `base_registry` and `component`


def test_registry(registry: Registry, base_registry: Registry, smtp: Outbox) -> None:
    assert_type(registry.get(ISmtp), ISmtp)
    assert_type(Registry(base_registry).get(IGreeter).greet("Ben"), bool)
    with registry.override(ISmtp, recording_smtp_unit):
        registry.get(IGreeter).greet("Ben")
    registry.get(ISmtp).sent  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def test_component(component: GetComponent) -> None:
    assert_type(component(IGreeter), IGreeter)
    assert_type(component(ISmtp, "dry-run"), ISmtp)
    assert_type(component(IGreeter).greet("Ben"), bool)
    component("IGreeter")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    component(ISmtp, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    component(IGreeter).sent  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


# --- a fixture of one's own for the component of a signature

made_greeter = component_fixture(IGreeter)
every_smtp = component_fixture(ISmtp, names=["smtp", "dry-run"])
assert_type(made_greeter, Callable[..., IGreeter])
assert_type(every_smtp(), ISmtp)
component_fixture("IGreeter")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
component_fixture(IGreeter, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
component_fixture(IGreeter, names=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
component_fixture(IGreeter, names=[3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
component_fixture()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
other: Callable[..., ISmtp] = made_greeter  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


# --- `smtp_server`: a real one


def test_server(smtp_server: TlsServer, tmp_path: Path) -> None:
    assert_type(smtp_server.host, str)
    assert_type(smtp_server.port, int)
    assert_type(smtp_server.tls_port, int)
    assert_type(smtp_server.user, str)
    assert_type(smtp_server.authority, Path)
    assert_type(smtp_server.sent, list[RecordedMail])
    assert_type(smtp_server.lines, list[str])
    with Client(
        smtp_server.host,
        smtp_server.tls_port,
        auth_user=smtp_server.user,
        auth_passwd=smtp_server.password,
    ) as client:
        client.send(b"", FROM, TO).check()
    smtp_send_message(smtp_server.host, FROM, TO, HEADER, [], smtp_server.port)
    with TlsServer(tmp_path) as started:
        assert_type(started.sent[0].text, str)
    TlsServer("folder")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TlsServer()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    smtp_server.port = 25  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    smtp_server.only  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    smtp_send_message(smtp_server, FROM, TO, HEADER, [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
