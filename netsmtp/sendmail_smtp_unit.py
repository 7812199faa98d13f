"""The unit that sends through this machine's sendmail program, which knows where mail goes."""

from __future__ import annotations

from netsmtp._local import HandingSmtp
from netsmtp.core.loopback import ReceivedMail
from netsmtp.errors import AddressError
from netsmtp.sendmail import TIMEOUT, Folders, SendmailPort, find_sendmail
from netsmtp.smtp_sig import ISmtp
from units import unit

__all__ = ["SendmailSmtp", "sendmail_smtp_unit"]


class SendmailSmtp(HandingSmtp):
    """Hands each mail to the program, with its envelope, and waits until it is taken.

    Host, port, user and password are checked and then for nobody: the program has its own. It is
    looked for in *search_path*, or else in `netsmtp.sendmail.sendmail_search_path`, and has
    *timeout* seconds.
    """

    def __init__(self, timeout: float | None = TIMEOUT, search_path: Folders | None = None) -> None:
        self._timeout = timeout
        self._search_path = search_path

    def take(self, mail: ReceivedMail) -> None:
        for address in (mail.sender, *mail.recipients):
            if address.startswith("-"):
                raise AddressError(f"{address!r}: begins with a hyphen, as options do")
        program = find_sendmail(self._search_path)
        # -i: a line with only a dot does not end the text. <> is the empty sender.
        options = ["-i", "-f", mail.sender or "<>", "--"]
        with SendmailPort([str(program), *options, *mail.recipients], self._timeout) as port:
            port.write(mail.data.replace(b"\r\n", b"\n"))


@unit
def sendmail_smtp_unit(
    timeout: float | None = TIMEOUT, search_path: Folders | None = None
) -> ISmtp:
    """Export an `ISmtp` that sends through sendmail, found in *search_path*, within *timeout*.

    Sending raises what `netsmtp.sendmail.send_mail_message` raises, too.
    """
    return SendmailSmtp(timeout, search_path)
