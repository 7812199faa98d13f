"""The unit that sends for real from asyncio: `netsmtp.aio.smtp` itself."""

from __future__ import annotations

from netsmtp.aio import smtp
from netsmtp.aio.smtp_sig import IAsyncSmtp
from units import Unit, unit_from

__all__ = ["aio_smtp_unit"]

aio_smtp_unit: Unit[[], IAsyncSmtp] = unit_from(smtp, IAsyncSmtp, name="aio_smtp_unit")
"""Imports nothing, exports `IAsyncSmtp`: the procedures and parameters of `netsmtp.aio.smtp`."""
