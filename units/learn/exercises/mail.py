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

- post imports ISmtp and exports IPost. `proof` sends the text, which may have several lines,
  through the server "mail.example.org", from "press@example.org", with the subject "A proof". Each
  reader gets a mail that is for nobody else.
- office links post with the unit that records, and exports IPost and IRecordingSmtp, in this order.
  (To name ISmtp instead, which it extends, exports the same.)

Stuck? python -m units.learn hint 9
"""

from netsmtp import IRecordingSmtp, ISmtp, recording_smtp_unit, smtp_unit
from signatures import Signature
from units import exports, invoke, link, unit


class IPost(Signature):
    def proof(self, readers: list[str], text: str) -> None: ...


<gap>


if __name__ == "__main__":
    its_post, outbox = invoke(office)
    its_post.proof(["ann@example.org", "ben@example.org"], "Fair\\nor fare?")
    print(outbox.sent())
'''

START = """\
@unit
def post(smtp: ISmtp) -> IPost:
    def proof(readers: list[str], text: str) -> None: ...

    return exports(locals())


office = ...
"""

ANSWER = """\
@unit
def post(smtp: ISmtp) -> IPost:
    def proof(readers: list[str], text: str) -> None:
        header = "From: press@example.org\\r\\nSubject: A proof\\r\\n\\r\\n"
        lines = text.splitlines()
        for reader in readers:
            smtp.smtp_send_message(
                "mail.example.org", "press@example.org", [reader], header, lines
            )

    return exports(locals())


office = link(recording_smtp_unit, post, exports=(IPost, IRecordingSmtp))
"""

HINT = """\
`smtp.smtp_send_message(server, sender, recipients, header, lines)`: recipients is a list of
addresses, here of one, and each reader needs a call of their own. The header's lines end with
"\\r\\n"; the empty one behind them is added where it is missing. lines is a list, too, and
text.splitlines() makes one. recording_smtp_unit exports IRecordingSmtp, which extends ISmtp.
"""

WHY = """\
`post` has no idea whether its mail leaves the house. With smtp_unit in place of
recording_smtp_unit, and without IRecordingSmtp among the exports, the office sends for real. What
was recorded went through a whole conversation with a server in memory, so an address or a header
that would fail on the wire fails in the test.
"""

ADVICE: Mapping[str, str] = {
    "'FunctionUnit' object has no attribute": (
        "A unit is a plan and sends nothing. What sends is the import, `smtp`."
    ),
    "post() missing": "Calling a unit runs it: where units are linked, write no parentheses.",
    "missing 1 required": "smtp_send_message takes server, sender, recipients, header and lines.",
    "unexpected keyword argument": (
        "Without names, in this order: server, sender, recipients, header, lines."
    ),
    "header: expected": 'The header is a str: "Subject: A proof\\r\\n\\r\\n".',
    "an export of a compound is a signature": "`exports=` takes signatures: IPost, IRecordingSmtp.",
    "parameter 1 is named self": (
        "Inside a function there is no `self`: only methods of a class have that."
    ),
    "the unit does not match the signature it exports": (
        "`proof` has the parameters that IPost says: compare `expected` and `got`."
    ),
    "only units can be linked": (
        "What is linked are units, without parentheses: recording_smtp_unit and post."
    ),
    "has no attribute 'send'": "The member of ISmtp is called smtp_send_message.",
    "expected a str or bytes": "In this order: server, sender, recipients, header, lines.",
    "recipients: expected a list": "A mail goes to a list of addresses: `[reader]`, for each reader.",
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

READERS = ["ben@example.org", "eve@example.org"]
LINES = ["Dear reader,", "fair or fare?"]


def check(theirs: Theirs) -> None:
    """Send a proof of two lines to two readers, and look at what was recorded."""
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
    its_post.proof(READERS, "\n".join(LINES))
    mails = outbox.sent()
    expect(
        not any(len(mail.to) > 1 for mail in mails),
        "A mail went to both readers, who see of each other that they were asked: "
        "send one to `[reader]`, for each of them.",
    )
    to = [reader for mail in mails for reader in mail.to]
    expect(to == READERS, f"For the readers {READERS!r}, mails were sent to {to!r}.")
    wanted_text = "".join(f"{line}\n" for line in LINES)
    for mail in mails:
        for name, wanted in (
            ("sender", "press@example.org"),
            ("server", "mail.example.org"),
            ("subject", "A proof"),
        ):
            got = getattr(mail, name)
            expect(got == wanted, f"The {name} of the mail is {got!r}; the task says {wanted!r}.")
        expect(
            mail.text == wanted_text, f"The mail says {mail.text!r}; the proof was {wanted_text!r}."
        )
