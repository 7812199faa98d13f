"""Send mail through an import, and look at it in a test.

To this package the mail is text, like the rest of the exercise: nothing here imports `netsmtp`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units._invoke import invoke
from units.learn.exercise import Theirs, Wrong, expect, exported, imported

NAME = "mail"

TEXT = '''"""9. Send a proof, and send nothing.

Readers check a text before it is printed. Write the unit that mails it to them, and its test:

- post imports ISmtp and exports IPost. `proof` sends the text to the reader, through the server
  "mail.example.org", from "press@example.org", with the subject "A proof". The text may have
  several lines.
- office links post with the unit that records, and exports IPost and IRecordingSmtp, in this order.

Stuck? python -m units.learn hint 9
"""

from netsmtp import IRecordingSmtp, ISmtp, recording_smtp_unit, smtp_unit
from signatures import Signature
from units import exports, invoke, link, unit


class IPost(Signature):
    def proof(self, reader: str, text: str) -> None: ...


<gap>


if __name__ == "__main__":
    its_post, outbox = invoke(office)
    its_post.proof("ann@example.org", "Dear Ann,\\nfair or fare?")
    print(outbox.sent())
'''

START = """\
@unit
def post(smtp: ISmtp) -> IPost:
    def proof(reader: str, text: str) -> None: ...

    return exports(locals())


office = ...
"""

ANSWER = """\
@unit
def post(smtp: ISmtp) -> IPost:
    def proof(reader: str, text: str) -> None:
        smtp.smtp_send_message(
            "mail.example.org",
            "press@example.org",
            [reader],
            "From: press@example.org\\r\\nSubject: A proof\\r\\n\\r\\n",
            text.splitlines(),
        )

    return exports(locals())


office = link(recording_smtp_unit, post, exports=(IPost, IRecordingSmtp))
"""

HINT = """\
`smtp.smtp_send_message(server, sender, recipients, header, lines)`: recipients is a list of
addresses; the header ends with an empty line, "Subject: ...\\r\\n\\r\\n"; lines is a list, too, and
text.splitlines() makes one. recording_smtp_unit exports IRecordingSmtp, which extends ISmtp.
"""

WHY = """\
`post` has no idea whether its mail leaves the house. With smtp_unit in place of
recording_smtp_unit, and without IRecordingSmtp among the exports, the office sends for real. What
was recorded went through a whole conversation with a server in memory, so an address or a header
that would fail on the wire fails in the test.
"""

ADVICE: Mapping[str, str] = {
    "has no attribute 'send'": "The member of ISmtp is called smtp_send_message.",
    "expected a str or bytes": "In this order: server, sender, recipients, header, lines.",
    "recipients: expected a list": "A mail goes to a list of addresses: `[reader]`.",
    "message lines: expected a list": "The text goes out as a list of lines: `text.splitlines()`.",
    "inside a line": "The text has several lines; each is one of the list: `text.splitlines()`.",
    "inside the header": 'Lines of a header end with "\\r\\n", and so does the empty one after them.',
    "no sub unit exports this signature": (
        "The office exports IPost, of post, and IRecordingSmtp: link recording_smtp_unit, not the "
        "unit that sends."
    ),
    "no linkage satisfies an import": "post needs an ISmtp in its link: recording_smtp_unit.",
    "multiple linkages satisfy one import": "Two units would carry the mail: link only the recording one.",
}

READER = "ben@example.org"
LINES = ["Dear Ben,", "fair or fare?"]


def check(theirs: Theirs) -> None:
    """Send a proof of two lines and look at what was recorded."""
    post, office = theirs.unit("post"), theirs.unit("office")
    expect(imported(post) == ["ISmtp"], "`post` is to import ISmtp, and nothing else.")
    expect(exported(post) == ["IPost"], "`post` is to export IPost.")
    if exported(office) != ["IPost", "IRecordingSmtp"]:
        raise Wrong(
            f"`office` exports {', '.join(exported(office)) or 'nothing'}; "
            "the task says IPost and IRecordingSmtp: exports=(IPost, IRecordingSmtp)."
        )
    made: Any = invoke(office)
    its_post, outbox = made
    its_post.proof(READER, "\n".join(LINES))
    mails = outbox.sent()
    expect(len(mails) == 1, f"After one proof, {len(mails)} mails were sent through `smtp`.")
    mail = mails[0]
    expect(mail.to == [READER], f"The mail went to {mail.to!r}, not to the reader, {READER}.")
    for name, wanted in (
        ("sender", "press@example.org"),
        ("server", "mail.example.org"),
        ("subject", "A proof"),
    ):
        got = getattr(mail, name)
        expect(got == wanted, f"The {name} of the mail is {got!r}; the task says {wanted!r}.")
    wanted_text = "".join(f"{line}\n" for line in LINES)
    expect(mail.text == wanted_text, f"The mail says {mail.text!r}; the proof was {wanted_text!r}.")
