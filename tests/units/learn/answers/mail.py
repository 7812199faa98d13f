"""Answers to the exercise `mail`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = r"""
@unit
def post(smtp: ISmtp) -> IPost:
    def proof(readers: list[str], text: str) -> None:
        header, lines = "Subject: A proof\r\n\r\n", text.splitlines()
        for reader in readers:
            smtp.smtp_send_message("mail.example.org", "press@example.org", [reader], header, lines)

    return exports(locals())


office = link(recording_smtp_unit, post, exports=(IPost, IRecordingSmtp))
"""

ALSO_RIGHT = [
    changed(
        RIGHT,
        ('"Subject: A proof\\r\\n\\r\\n"', "HEADER"),
        (
            "HEADER",
            'standard_message_header("press@example.org", [], [], [], "A proof")',
        ),
        ("\n@unit", "\nfrom netsmtp.head import standard_message_header\n\n\n@unit"),
    ),
    changed(RIGHT, ("link(recording_smtp_unit, post", "link(post, recording_smtp_unit")),
    changed(RIGHT, (r"\r\n\r\n", r"\r\n")),
    changed(RIGHT, ("IPost, IRecordingSmtp", "IPost, ISmtp")),
]

MISTAKES = [
    Mistake(
        "an address instead of a list",
        changed(RIGHT, ("[reader]", "reader")),
        "A mail goes to a list of addresses",
        "recipients: expected a list of addresses",
    ),
    Mistake(
        "a text instead of lines",
        changed(RIGHT, ("text.splitlines()", "text")),
        "The text goes out as a list of lines",
        "message lines: expected a list of lines",
    ),
    Mistake(
        "one line of several",
        changed(RIGHT, ("text.splitlines()", "[text]")),
        "each is one of the list",
        "inside a line",
    ),
    Mistake(
        "line ends of Unix in the header",
        changed(RIGHT, (r"\r\n\r\n", r"\n\n")),
        "Lines of a header end with",
        "inside the header",
    ),
    Mistake(
        "the unit that really sends",
        changed(RIGHT, ("link(recording_smtp_unit", "link(smtp_unit")),
        "link recording_smtp_unit, not the unit that sends",
        "export: IRecordingSmtp",
    ),
    Mistake(
        "the unit that really sends, and no outbox",
        changed(
            RIGHT,
            ("link(recording_smtp_unit", "link(smtp_unit"),
            ("(IPost, IRecordingSmtp)", "IPost"),
        ),
        "`office` exports IPost; the task says IPost and IRecordingSmtp",
    ),
    Mistake(
        "nothing that carries mail",
        changed(
            RIGHT, ("link(recording_smtp_unit, ", "link("), ("(IPost, IRecordingSmtp)", "IPost")
        ),
        "post needs an ISmtp in its link",
        "import: ISmtp",
    ),
    Mistake(
        "both units that carry mail",
        changed(RIGHT, ("link(recording_smtp_unit, ", "link(recording_smtp_unit, smtp_unit, ")),
        "link only the recording one",
        "multiple linkages satisfy one import",
    ),
    Mistake(
        "the text left out",
        changed(RIGHT, ("text.splitlines()", "[]")),
        "The mail says",
    ),
    Mistake(
        "a member of something else",
        changed(RIGHT, ("smtp_send_message", "send")),
        "called smtp_send_message",
        "no attribute 'send'",
    ),
    Mistake(
        "arguments in another order",
        changed(RIGHT, ('"press@example.org", [reader]', '[reader], "press@example.org"')),
        "In this order: server, sender",
        "sender: expected a str or bytes",
    ),
    Mistake(
        "another subject",
        changed(RIGHT, ("A proof", "A prof")),
        "The subject of the mail is 'A prof'; the task says 'A proof'",
    ),
    Mistake(
        "one mail for all readers",
        changed(RIGHT, ("for reader in readers:", "if readers:"), ("[reader]", "readers")),
        "who see of each other that they were asked",
    ),
    Mistake(
        "only the first reader",
        changed(RIGHT, ("            smtp.", "            return smtp.")),
        "mails were sent to ['ben@example.org']",
    ),
    Mistake(
        "a unit that is asked to send",
        changed(RIGHT, ("smtp.smtp_send", "smtp_unit.smtp_send")),
        "What sends is the import, `smtp`",
        "'FunctionUnit' object has no attribute",
    ),
    Mistake(
        "no server",
        changed(RIGHT, ('"mail.example.org", ', "")),
        "takes server, sender, recipients, header and lines",
        "missing 1 required",
    ),
    Mistake(
        "names of parameters that are called otherwise",
        changed(RIGHT, ("header, lines)", "header, lines=lines)")),
        "Without names, in this order",
        "unexpected keyword argument 'lines'",
    ),
    Mistake(
        "a header of fields",
        changed(RIGHT, ('"Subject: A proof\\r\\n\\r\\n"', '{"Subject": "A proof"}')),
        "The header is a str",
        "header: expected a str or bytes",
    ),
    Mistake(
        "a unit exported",
        changed(RIGHT, ("(IPost, IRecordingSmtp)", "(IPost, recording_smtp_unit)")),
        "`exports=` takes signatures",
        "an export of a compound is a signature",
    ),
    Mistake(
        "self inside a function",
        changed(RIGHT, ("proof(readers", "proof(self, readers")),
        "Inside a function there is no `self`",
        "parameter 1 is named self",
    ),
    Mistake(
        "a parameter called otherwise",
        changed(RIGHT, ("proof(readers", "proof(people"), ("in readers", "in people")),
        "the parameters that IPost says",
        "parameter 1 is named people",
    ),
    Mistake(
        "a unit called",
        changed(RIGHT, ("recording_smtp_unit, post,", "recording_smtp_unit, post(),")),
        "write no parentheses",
        "post() missing",
    ),
    Mistake(
        "a signature linked",
        changed(RIGHT, ("link(recording_smtp_unit", "link(IRecordingSmtp")),
        "What is linked are units",
        "only units can be linked",
    ),
]
