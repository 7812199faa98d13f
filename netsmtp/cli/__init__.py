"""The command `netsmtp`: a demonstration, mail from the shell, and a server for development.

Ctrl-C is minded before anything else is imported, so that it does not meet an import and print a traceback.
"""

from __future__ import annotations

import os
import signal
import sys

#: What the extra installs.
EXTRA = ("aiosmtpd", "click", "rich")


def main() -> None:
    """Run the command line and exit with its status."""
    signal.signal(signal.SIGINT, _leave)
    from netsmtp.cli.interrupts import Interrupts
    from netsmtp.cli.status import Status
    from signatures._streams import ready

    ready()
    interrupts = Interrupts()
    interrupts.install()
    try:
        from netsmtp.cli.command import netsmtp

        status = netsmtp.main(prog_name="netsmtp", obj=interrupts, standalone_mode=False)
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        print(
            f"netsmtp: the command line needs {error.name}: python -m pip install 'netsmtp[cli]'",
            file=sys.stderr,
        )
        status = Status.USAGE
    interrupts.uninstall()
    sys.exit(status)


def _leave(number: int, frame: object) -> None:
    """End the process while nothing has begun: what `Interrupts` does, before it is there."""
    os.write(2, b"netsmtp: interrupted\n")
    os._exit(130)
