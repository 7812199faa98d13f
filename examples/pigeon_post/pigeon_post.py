"""Send mail by pigeon: what a package needs to add an implementation of `ISmtp`.

The entry point in pyproject.toml does the rest: wherever this package is installed, the name
``pigeon`` answers for `ISmtp` in a registry that loaded the group ``netsmtp.units``.
"""

from netsmtp.core.loopback import LoopbackServer
from netsmtp.recording_smtp_unit import IRecordingSmtp, RecordingSmtp
from units import unit


class PigeonPost(RecordingSmtp):
    """Checks and remembers mail as the recording unit does, and says how many pigeons fly."""

    def over(self, server: str | None, port: int | None, conversation: LoopbackServer) -> None:
        super().over(server, port, conversation)
        for mail in conversation.mails:
            print(f"{len(mail.recipients)} pigeons fly from {mail.sender}")


@unit
def pigeon_smtp_unit() -> IRecordingSmtp:
    return PigeonPost()
