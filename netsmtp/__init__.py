"""Send mail as Racket's net/smtp does, safely: by a plain call, or through a unit that can be swapped.

Everything here is loaded when it is first used, so that `netsmtp.smtp` works without units.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
"""What `typing` calls so. The command line comes through here, and nothing may take long before it minds Ctrl-C."""

if TYPE_CHECKING:
    from typing import Any

    # by a plain call
    from netsmtp.smtp import smtp_send_message as smtp_send_message
    from netsmtp.smtp import smtp_send_message_star as smtp_send_message_star
    from netsmtp.smtp import smtp_sending_server as smtp_sending_server
    from netsmtp.smtp import smtp_sending_end_of_message as smtp_sending_end_of_message
    from netsmtp.parameters import inheriting as inheriting
    from netsmtp.smtp import tcp_connect as tcp_connect
    from netsmtp.smtp import ssl_connect as ssl_connect
    from netsmtp.smtp import ports_to_ssl_ports as ports_to_ssl_ports
    from netsmtp.options import Options as Options
    from netsmtp.core.dsn import Recipient as Recipient

    # many, over one connection or several
    from netsmtp.client import Client as Client
    from netsmtp.pool import Pool as Pool
    from netsmtp.message import Envelope as Envelope
    from netsmtp.core.envelope import SendResult as SendResult
    from netsmtp.options import Limits as Limits

    # through a unit
    from netsmtp.smtp_sig import ISmtp as ISmtp
    from netsmtp.smtp_unit import smtp_unit as smtp_unit
    from netsmtp.recording_smtp_unit import recording_smtp_unit as recording_smtp_unit
    from netsmtp.recording_smtp_unit import IRecordingSmtp as IRecordingSmtp
    from netsmtp.dry_run_smtp_unit import dry_run_smtp_unit as dry_run_smtp_unit
    from netsmtp.sendmail_smtp_unit import sendmail_smtp_unit as sendmail_smtp_unit
    from netsmtp.file_smtp_unit import file_smtp_unit as file_smtp_unit
    from netsmtp.failing_smtp_unit import failing_smtp_unit as failing_smtp_unit
    from netsmtp.retrying_smtp_unit import retrying_smtp_unit as retrying_smtp_unit
    from netsmtp.fallback_smtp_unit import fallback_smtp_unit as fallback_smtp_unit
    from netsmtp.tee_smtp_unit import tee_smtp_unit as tee_smtp_unit
    from netsmtp._implementations import registry as registry

    # the same from asyncio; the clients are in netsmtp.aio
    from netsmtp.aio.smtp_sig import IAsyncSmtp as IAsyncSmtp
    from netsmtp.aio.smtp_unit import aio_smtp_unit as aio_smtp_unit
    from netsmtp.aio.recording_smtp_unit import aio_recording_smtp_unit as aio_recording_smtp_unit
    from netsmtp.aio.recording_smtp_unit import IAsyncRecordingSmtp as IAsyncRecordingSmtp
    from netsmtp.aio.dry_run_smtp_unit import aio_dry_run_smtp_unit as aio_dry_run_smtp_unit

    # what can go wrong
    from netsmtp.errors import SmtpError as SmtpError
    from netsmtp.errors import DeliveryUnknown as DeliveryUnknown

#: Where each name comes from.
_HOMES = {
    "smtp_send_message": "smtp",
    "smtp_send_message_star": "smtp",
    "smtp_sending_server": "smtp",
    "smtp_sending_end_of_message": "smtp",
    "inheriting": "parameters",
    "tcp_connect": "smtp",
    "ssl_connect": "smtp",
    "ports_to_ssl_ports": "smtp",
    "Options": "options",
    "Recipient": "core.dsn",
    "Client": "client",
    "Pool": "pool",
    "Envelope": "message",
    "SendResult": "core.envelope",
    "Limits": "options",
    "ISmtp": "smtp_sig",
    "smtp_unit": "smtp_unit",
    "recording_smtp_unit": "recording_smtp_unit",
    "IRecordingSmtp": "recording_smtp_unit",
    "dry_run_smtp_unit": "dry_run_smtp_unit",
    "sendmail_smtp_unit": "sendmail_smtp_unit",
    "file_smtp_unit": "file_smtp_unit",
    "failing_smtp_unit": "failing_smtp_unit",
    "retrying_smtp_unit": "retrying_smtp_unit",
    "fallback_smtp_unit": "fallback_smtp_unit",
    "tee_smtp_unit": "tee_smtp_unit",
    "registry": "_implementations",
    "IAsyncSmtp": "aio.smtp_sig",
    "aio_smtp_unit": "aio.smtp_unit",
    "aio_recording_smtp_unit": "aio.recording_smtp_unit",
    "IAsyncRecordingSmtp": "aio.recording_smtp_unit",
    "aio_dry_run_smtp_unit": "aio.dry_run_smtp_unit",
    "SmtpError": "errors",
    "DeliveryUnknown": "errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)


class _Facade(ModuleType):
    """The package as a module in which `smtp_unit` is the unit, not the file of that name."""

    def __setattr__(self, name: str, value: object) -> None:
        # The import system binds every submodule to its name in the package, last of all.
        if isinstance(value, ModuleType) and _HOMES.get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Facade
