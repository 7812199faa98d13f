"""What the units of mail are to type checkers: who may stand for `ISmtp`, and what linking gives."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any, BinaryIO, assert_type

from netsmtp import (
    IAsyncRecordingSmtp,
    IAsyncSmtp,
    IRecordingSmtp,
    ISmtp,
    aio_dry_run_smtp_unit,
    aio_recording_smtp_unit,
    aio_smtp_unit,
    dry_run_smtp_unit,
    failing_smtp_unit,
    fallback_smtp_unit,
    file_smtp_unit,
    recording_smtp_unit,
    registry,
    retrying_smtp_unit,
    sendmail_smtp_unit,
    smtp_send_message,
    smtp_sending_end_of_message,
    smtp_sending_server,
    smtp_unit,
    tcp_connect,
    tee_smtp_unit,
)
from netsmtp.core.events import Observer
from netsmtp.core.secret import Secret
from netsmtp.options import Options
from netsmtp.parameters import Parameter
from netsmtp.recording_smtp_unit import RecordedMail
from netsmtp.smtp import Connect, Encode
from signatures import Signature, implementer
from units import Registry, Unit, exports, invoke, link, part, running, tag, unit

HOST, FROM, TO, HEADER = "mail.example.org", "ann@example.org", ["ben@example.org"], "Subject: a\n"


class IGreeter(Signature):
    def greet(self, name: str) -> bool: ...


@unit
def greeter(smtp: ISmtp) -> IGreeter:
    def greet(name: str) -> bool:
        smtp.smtp_send_message(HOST, FROM, [name], HEADER, [f"Hello, {name}"])
        return True

    return exports(greet=greet)


@unit
def late_greeter(smtp: IAsyncSmtp) -> IGreeter:
    def greet(name: str) -> bool:
        asyncio.run(smtp.smtp_send_message(HOST, FROM, [name], HEADER, [f"Hello, {name}"]))
        return True

    return exports(greet=greet)


# --- what an importer may do


def use(smtp: ISmtp, reader: BinaryIO) -> None:
    assert_type(smtp.smtp_sending_server, Parameter[str])
    assert_type(smtp.smtp_sending_end_of_message, Parameter[Callable[[], object]])
    with smtp.smtp_sending_server.parameterize("ann.example.org"):
        smtp.smtp_send_message(HOST, FROM, TO, HEADER, ["Hello", b"Ben"], 2525)
    smtp.smtp_send_message_star(reader, reader, FROM, TO, HEADER, [], None, None, None)
    smtp.smtp_send_message(HOST, FROM, TO, HEADER)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    smtp.smtp_send_message(HOST, FROM, TO, HEADER, [3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    smtp.smtp_send_message(HOST, FROM, TO, HEADER, [], port="25")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    smtp.smtp_sending_server = smtp_sending_server  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    smtp.sent()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def use_later(smtp: IAsyncSmtp, r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
    assert_type(smtp.smtp_sending_server, Parameter[str])
    await smtp.smtp_send_message(HOST, FROM, TO, HEADER, ["Hello"])
    await smtp.smtp_send_message_star(r, w, FROM, TO, HEADER, [], None, None, None)
    smtp.smtp_send_message(HOST, FROM, TO, HEADER, [])  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    await smtp.smtp_send_message(HOST, FROM, TO, HEADER, [3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


# --- structure is enough: a class with the right members


class Rest:
    """All of `ISmtp` but the first member."""

    @property
    def smtp_sending_server(self) -> Parameter[str]:
        return smtp_sending_server

    @property
    def smtp_sending_end_of_message(self) -> Parameter[Callable[[], object]]:
        return smtp_sending_end_of_message

    def smtp_send_message_star(
        self,
        r: BinaryIO,
        w: BinaryIO,
        sender: str | bytes,
        recipients: Iterable[object],
        header: str | bytes,
        message_lines: Iterable[str | bytes],
        auth_user: str | None,
        auth_passwd: str | Secret | None,
        tls_encode: Encode | None,
        *,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
    ) -> None: ...


class Courier(Rest):
    """Takes what is asked for, and more."""

    def smtp_send_message(
        self,
        server: str,
        sender: str | bytes,
        recipients: Iterable[object],
        header: str | bytes,
        message_lines: Iterable[str | bytes],
        opt_port_no: int | None = None,
        *,
        port_no: int = 25,
        auth_user: str | None = None,
        auth_passwd: str | Secret | None = None,
        tcp_connect: Connect = tcp_connect,
        tls_encode: Encode | None = None,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
        stamp: str | None = None,
    ) -> None: ...


class CarefreeCourier(Rest):
    """Takes anything."""

    def smtp_send_message(self, *args: Any, **kwargs: Any) -> None: ...


class BriefCourier(Rest):
    """Takes what it is asked, and does not mind the rest."""

    def smtp_send_message(
        self,
        server: str,
        sender: object,
        recipients: object,
        header: object,
        message_lines: Iterable[object],
        opt_port_no: int | None = None,
        **rest: Any,
    ) -> None: ...


class TextCourier(Rest):
    """Takes no octets."""

    def smtp_send_message(
        self,
        server: str,
        sender: object,
        recipients: object,
        header: object,
        message_lines: Iterable[str],
        opt_port_no: int | None = None,
        **rest: Any,
    ) -> None: ...


class CountingCourier(Rest):
    """Returns what is not asked for."""

    def smtp_send_message(self, *args: Any, **kwargs: Any) -> int:
        return 1


class GreedyCourier(Rest):
    """Wants what nobody gives."""

    def smtp_send_message(
        self,
        server: str,
        sender: object,
        recipients: object,
        header: object,
        message_lines: Iterable[object],
        opt_port_no: int | None = None,
        *,
        stamp: str,
        **rest: Any,
    ) -> None: ...


class LateCourier(Rest):
    """Has to be awaited."""

    async def smtp_send_message(self, *args: Any, **kwargs: Any) -> None: ...


class LateRest:
    """All of `IAsyncSmtp`, which is not that of `ISmtp`."""

    smtp_sending_server = smtp_sending_server
    smtp_sending_end_of_message = smtp_sending_end_of_message

    async def smtp_send_message(self, *args: Any, **kwargs: Any) -> None: ...

    async def smtp_send_message_star(self, *args: Any, **kwargs: Any) -> None: ...


courier: ISmtp = Courier()
carefree: ISmtp = CarefreeCourier()
brief: ISmtp = BriefCourier()
late: IAsyncSmtp = LateRest()
assert_type(greeter(Courier()).greet("Ben"), bool)
assert_type(late_greeter(LateRest()), IGreeter)
greeter(CarefreeCourier())
text: ISmtp = TextCourier()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
counting: ISmtp = CountingCourier()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
greedy: ISmtp = GreedyCourier()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
awaited: ISmtp = LateCourier()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
rest: ISmtp = Rest()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
half: IAsyncSmtp = LateCourier()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
neither: ISmtp = LateRest()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
greeter(Rest())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
late_greeter(Courier())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- units of one's own


@unit
@implementer(ISmtp)
class CourierUnit(Courier):
    """Says that it implements."""


@unit
def courier_unit() -> ISmtp:
    return Courier()


@unit
def counting_unit() -> ISmtp:
    return CountingCourier()  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@unit
@implementer(IAsyncSmtp)
class LateCourierUnit(LateRest):
    """Says so, too."""


@unit
class MuteSmtp(ISmtp):
    """Defines nothing."""


@unit
class WrongSmtp(ISmtp):
    def smtp_send_message(self, server: str) -> None: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]


MuteSmtp()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]

assert_type(invoke(link(courier_unit, greeter, exports=IGreeter)), IGreeter)
assert_type(invoke(link(CourierUnit, greeter, exports=(ISmtp, IGreeter))), tuple[ISmtp, IGreeter])
assert_type(invoke(CourierUnit), CourierUnit)
assert_type(invoke(link(LateCourierUnit, late_greeter, exports=IAsyncSmtp)), IAsyncSmtp)
link(counting_unit, greeter, exports=CountingCourier())  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


# --- the units that come along


assert_type(smtp_unit, Unit[[], ISmtp])
assert_type(smtp_unit(), ISmtp)
assert_type(aio_smtp_unit(), IAsyncSmtp)
assert_type(dry_run_smtp_unit(write=print), ISmtp)
assert_type(aio_dry_run_smtp_unit(), IAsyncSmtp)
assert_type(sendmail_smtp_unit(timeout=5, search_path=None), ISmtp)
assert_type(file_smtp_unit("mail", format="mbox"), ISmtp)
assert_type(failing_smtp_unit("rcpt", "550 5.1.1 no such user", TO), ISmtp)
assert_type(retrying_smtp_unit(recording_smtp_unit(), attempts=2, sleep=print), ISmtp)
assert_type(fallback_smtp_unit(smtp_unit(), second=recording_smtp_unit()), ISmtp)
assert_type(tee_smtp_unit(smtp_unit(), file_smtp_unit(), failed=print), ISmtp)
smtp_unit(Courier())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
dry_run_smtp_unit(write="out")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
file_smtp_unit(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
file_smtp_unit(form="mbox")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
failing_smtp_unit(recipients=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
retrying_smtp_unit()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
retrying_smtp_unit(aio_smtp_unit())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
retrying_smtp_unit(smtp_unit(), attempts="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
fallback_smtp_unit(smtp_unit())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
fallback_smtp_unit(smtp_unit(), smtp_unit(), when=lambda: True)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]
tee_smtp_unit(smtp_unit(), smtp_send_message)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

recording = recording_smtp_unit()
assert_type(recording, IRecordingSmtp)
assert_type(recording.sent(), tuple[RecordedMail, ...])
assert_type(recording.sent()[0].recipients, tuple[str, ...])
assert_type(aio_recording_smtp_unit(), IAsyncRecordingSmtp)
assert_type(aio_recording_smtp_unit().sent()[0].data, bytes)
recording.sent().subject  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
recorded: IRecordingSmtp = smtp_unit()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
recorded_later: IRecordingSmtp = aio_recording_smtp_unit()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


# --- linked, invoked, run

real = link(smtp_unit, greeter, exports=IGreeter)
assert_type(real, Unit[..., IGreeter])
assert_type(invoke(real).greet("Ben"), bool)
assert_type(invoke(greeter, recording), IGreeter)
tested = invoke(link(recording_smtp_unit, greeter, exports=(IRecordingSmtp, IGreeter)))
assert_type(tested, tuple[IRecordingSmtp, IGreeter])
assert_type(tested[0].sent()[0].subject, str)
with running(link(aio_smtp_unit, late_greeter, exports=IGreeter)) as run:
    assert_type(run, IGreeter)
patient = link(part(smtp_unit), part(retrying_smtp_unit), exports=ISmtp)
assert_type(invoke(patient), ISmtp)
kept = link(
    partial(file_smtp_unit, "mail"), part(partial(retrying_smtp_unit, attempts=2)), exports=ISmtp
)
assert_type(kept, Unit[..., ISmtp])
assert_type(invoke(partial(file_smtp_unit, format="mbox")), ISmtp)
link(partial(greeter), "mail", exports=IGreeter)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
tested[1].sent()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
invoke(real).smtp_send_message(HOST, FROM, TO, HEADER, [])  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
wrong: IAsyncSmtp = invoke(patient)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
link(Courier(), greeter, exports=IGreeter)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


@unit
def two(
    first: Annotated[ISmtp, tag("first")], second: Annotated[ISmtp, tag("second")]
) -> Annotated[ISmtp, tag("both")]:
    return second


assert_type(two(smtp_unit(), second=courier), ISmtp)
two(smtp_unit())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


# --- the registry

known = registry()
assert_type(known, Registry)
assert_type(known.get(ISmtp), ISmtp)
assert_type(known.get(ISmtp, "dry-run"), ISmtp)
assert_type(known.get(IAsyncSmtp), IAsyncSmtp)
assert_type(known.link(IGreeter), Unit[..., IGreeter])
assert_type(known.register(greeter)(courier), IGreeter)
with known.override(ISmtp, recording_smtp_unit):
    assert_type(known.get(ISmtp), ISmtp)
known.get(ISmtp).sent()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
known.get(ISmtp, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
registry("mine")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
registry.get(ISmtp)  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
