"""The exit statuses, each with its meaning: the help and the documentation say the same."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Tell the shell how a command ended; 75 is `EX_TEMPFAIL` and 70 `EX_SOFTWARE` of sysexits.h."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN = 3
    DEFECT = 70
    TEMPORARY = 75
    INTERRUPTED = 130


MEANINGS = {
    Status.DONE: "done; for send: the server has taken the mail over",
    Status.FAILED: "refused or failed for good; nothing was delivered",
    Status.USAGE: "wrong usage or input; nothing was sent",
    Status.UNKNOWN: "the mail may have been delivered: look before sending it again",
    Status.DEFECT: "a defect in netsmtp",
    Status.TEMPORARY: "failed for now, nothing was delivered: try again later",
    Status.INTERRUPTED: "interrupted; nothing was delivered",
}
