"""Send into memory: a real session, so that everything is validated and said as on the wire.

What the two units that open no connection have in common.  They differ in what they do with a
conversation once it is over.
"""

from __future__ import annotations

from netsmtp._local import EXTENSIONS, SessionSmtp
from netsmtp.core.loopback import LoopbackServer
from netsmtp.core.loopback_auth import Account


class InMemorySmtp(SessionSmtp):
    """An `ISmtp` that opens no connection; a subclass says in `over` what to do with each send."""

    def server(self, account: Account | None) -> LoopbackServer:
        return LoopbackServer(EXTENSIONS, account=account)
