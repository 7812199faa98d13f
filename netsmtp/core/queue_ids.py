"""Find in a server's final reply the name under which it keeps the mail.

RFC 5321 leaves the text to the server; each kind of server has its own habit.
"""

from __future__ import annotations

import re

from .replies import Reply


def queue_id(reply: Reply) -> str | None:
    """Return the name of the mail in *reply*, None if it tells none in a form known here."""
    for line in reply.lines:
        for habit in HABITS:
            found = re.search(habit, line)
            if found is not None:
                return found[1]
    return None


HABITS = (
    r"\bqueued as <?([\w.@-]+)",  # Postfix, Exchange Online, SendGrid
    r"\bid=([\w-]+)",  # Exim
    r"(\S+) Message accepted for delivery",  # Sendmail, OpenSMTPD
    r"\[InternalId=(\d+)",  # Exchange
    r"^(?:\d\.\d+\.\d+ )?OK +\d+ (\S+) - gsmtp$",  # Google
    r"^ok \d+ qp (\d+)$",  # qmail
    r"^Ok ([0-9a-f]{16}-[0-9a-f-]+)$",  # Amazon SES
    r"^Message Queued \(([\w.-]+)\)",  # Haraka
)
