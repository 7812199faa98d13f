"""The unit that sends for real: `netsmtp.smtp` itself (Racket: ``smtp@``)."""

from __future__ import annotations

from netsmtp import smtp
from netsmtp.smtp_sig import ISmtp
from units import Unit, unit_from

__all__ = ["smtp_unit"]

smtp_unit: Unit[[], ISmtp] = unit_from(smtp, ISmtp, name="smtp_unit")
"""Imports nothing, exports `ISmtp`: the procedures and parameters of `netsmtp.smtp`."""
