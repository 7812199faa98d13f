"""Three units stacked before the one that sends; each imports an ISmtp and exports one.

Prints:
    wait 0.5 seconds, then try again
    wait 1.0 seconds, then try again
    sent by the relay: nothing
    in the spool: Bread on Sunday
    in the archive: Bread on Sunday
"""

from __future__ import annotations

from functools import partial

from netsmtp import (
    IRecordingSmtp,
    ISmtp,
    failing_smtp_unit,
    fallback_smtp_unit,
    recording_smtp_unit,
    retrying_smtp_unit,
    tee_smtp_unit,
)
from units import Link, Unit, invoke, link, part, tag, unit_from

RELAY, PATIENT = Link(ISmtp, "the relay"), Link(ISmtp, "the relay, again and again")
SPOOL, EITHER = Link(ISmtp, "the spool"), Link(ISmtp, "the relay or the spool")
ARCHIVE, MAIL = Link(ISmtp, "the archive"), Link(ISmtp, "mail")


def waiting(seconds: float) -> None:
    print(f"wait {seconds} seconds, then try again")


def stacked(spool: IRecordingSmtp, archive: IRecordingSmtp) -> Unit[..., ISmtp]:
    """Link mail that tries the relay three times, then uses the spool, and archives either."""
    patient = partial(retrying_smtp_unit, attempts=3, sleep=waiting, random=lambda: 0.0)
    return link(
        part(failing_smtp_unit, as_=RELAY),  # a relay that is out of order today
        part(patient, tag("inner", RELAY), as_=PATIENT),
        part(unit_from(spool, ISmtp), as_=SPOOL),
        part(fallback_smtp_unit, tag("first", PATIENT), tag("second", SPOOL), as_=EITHER),
        part(unit_from(archive, ISmtp), as_=ARCHIVE),
        part(tee_smtp_unit, tag("inner", EITHER), tag("copy", ARCHIVE), as_=MAIL),
        exports=MAIL,
    )


def main() -> None:
    spool, archive = invoke(recording_smtp_unit), invoke(recording_smtp_unit)
    mail = invoke(stacked(spool, archive))
    mail.smtp_send_message(
        "relay.example.org",
        "bakery@example.org",
        ["ann@example.org"],
        "Subject: Bread on Sunday\r\n\r\n",
        ["At eight."],
    )
    print("sent by the relay: nothing")
    for name, kept in (("spool", spool), ("archive", archive)):
        print(f"in the {name}: {', '.join(each.subject for each in kept.sent())}")


if __name__ == "__main__":
    main()
