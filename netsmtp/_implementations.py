"""The implementations of `ISmtp` that come with the package, by name, and a registry of them."""

from __future__ import annotations

from collections.abc import Mapping

from netsmtp.dry_run_smtp_unit import dry_run_smtp_unit
from netsmtp.failing_smtp_unit import failing_smtp_unit
from netsmtp.file_smtp_unit import file_smtp_unit
from netsmtp.recording_smtp_unit import recording_smtp_unit
from netsmtp.sendmail_smtp_unit import sendmail_smtp_unit
from netsmtp.smtp_sig import ISmtp
from netsmtp.smtp_unit import smtp_unit
from units import Registry, Unit

__all__ = ["IMPLEMENTATIONS", "registry"]

#: Those that need no other; `retrying_smtp_unit` and its like are linked with one of these.
IMPLEMENTATIONS: Mapping[str, Unit[..., ISmtp]] = {
    "smtp": smtp_unit,
    "sendmail": sendmail_smtp_unit,
    "file": file_smtp_unit,
    "recording": recording_smtp_unit,
    "dry-run": dry_run_smtp_unit,
    "failing": failing_smtp_unit,
}


def registry() -> Registry:
    """Return a new registry: `ISmtp` is answered by `smtp_unit`, `IAsyncSmtp` by `aio_smtp_unit`.

    Under their names it has all implementations of both, and those that installed packages add by the
    entry points ``netsmtp.units``.
    """
    # Here, because asyncio takes long to load, and the command line needs only the table above.
    from netsmtp.aio._implementations import ASYNC_IMPLEMENTATIONS, IAsyncSmtp

    made = Registry()
    made.register(smtp_unit)
    for name, unit in IMPLEMENTATIONS.items():
        made.register(unit, ISmtp, name=name)
    made.register(ASYNC_IMPLEMENTATIONS["smtp"])
    for name, async_unit in ASYNC_IMPLEMENTATIONS.items():
        made.register(async_unit, IAsyncSmtp, name=name)
    made.load_entry_points("netsmtp.units")
    return made
