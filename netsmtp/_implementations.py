"""The implementations of `ISmtp` that come with the package, by name."""

from __future__ import annotations

from collections.abc import Mapping

from netsmtp.dry_run_smtp_unit import dry_run_smtp_unit
from netsmtp.recording_smtp_unit import recording_smtp_unit
from netsmtp.smtp_sig import ISmtp
from netsmtp.smtp_unit import smtp_unit
from units import Registry, Unit

__all__ = ["IMPLEMENTATIONS", "registry"]

IMPLEMENTATIONS: Mapping[str, Unit[..., ISmtp]] = {
    "smtp": smtp_unit,
    "recording": recording_smtp_unit,
    "dry-run": dry_run_smtp_unit,
}


def registry() -> Registry:
    """Return a new registry in which `ISmtp` is answered by `smtp_unit`.

    Under their names it has all `IMPLEMENTATIONS`.
    """
    made = Registry()
    made.register(smtp_unit)
    for name, unit in IMPLEMENTATIONS.items():
        made.register(unit, ISmtp, name=name)
    return made
