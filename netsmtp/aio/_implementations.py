"""The implementations of `IAsyncSmtp` that come with the package, by name."""

from __future__ import annotations

from collections.abc import Mapping

from netsmtp.aio.dry_run_smtp_unit import aio_dry_run_smtp_unit
from netsmtp.aio.recording_smtp_unit import aio_recording_smtp_unit
from netsmtp.aio.smtp_sig import IAsyncSmtp
from netsmtp.aio.smtp_unit import aio_smtp_unit
from units import Unit

__all__ = ["ASYNC_IMPLEMENTATIONS", "IAsyncSmtp"]

ASYNC_IMPLEMENTATIONS: Mapping[str, Unit[..., IAsyncSmtp]] = {
    "smtp": aio_smtp_unit,
    "recording": aio_recording_smtp_unit,
    "dry-run": aio_dry_run_smtp_unit,
}
