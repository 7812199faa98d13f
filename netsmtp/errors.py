"""Say what can go wrong with a send: each error is data first, and its words are written once.

Wrong types raise `TypeError`; everything else is one of these::

    SmtpError
      InputError (ValueError)      refused before a byte was written
        AddressError                 an address, or no recipients at all
        HostNameError                the EHLO name, or a host or port that cannot be one
        ContentError                 the header or a line
          HeaderError                  a header, or a part of one, that is none
            HeaderTypeError (TypeError)  what has not the type for it
        CredentialsError             user and password that do not belong together
        NotificationError            a request for delivery reports
      ConnectError (OSError)       no connection
      ConnectionLost (OSError)     the connection ended before the message was complete
      SmtpTimeout (TimeoutError)   a deadline passed before the message was complete
      DeliveryUnknown              the message was complete, the verdict never came
      ProtocolError                the server does not speak SMTP here
      TlsError (OSError)           no encryption, or not with the right server
      NotOffered                   the server lacks an extension this mail needs
      TooLarge                     the message is larger than the server announced
      PlaintextAuthError           a password would have travelled in clear
      ServerNotProven              the server should have shown that it knows the password, too
      SendmailError                this machine's sendmail did not take the message
        SendmailNotFound (FileNotFoundError)
        SendmailTimeout (TimeoutError)
      NotKept (OSError)            the file or mailbox did not take the message
      ReplyError                   the server said no
        AuthenticationRefused
        RecipientsRefused
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .core.stages import Stage

if TYPE_CHECKING:
    from .core.replies import Reply


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """Say what the server answered for one recipient; *reply* is None where it was not asked."""

    address: str
    reply: Reply | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the server took responsibility for this recipient (RFC 5321 section 4.2)."""
        return self.reply is not None and self.reply.code in (250, 251, 252)

    def __str__(self) -> str:
        return f"{self.address} ({'not asked' if self.reply is None else self.reply})"


class SmtpError(Exception):
    """A send that did not end with the server's final yes.

    *stage* says where, *command* which command it answers (secrets replaced), *reply* what the
    server said, *recipients* what is known of each, *reason* what was wrong. `transient` is true
    where the same send may succeed later and cannot have been delivered now.
    """

    headline: ClassVar[str] = "sending failed"
    transient: bool = False

    def __init__(
        self,
        reason: str | None = None,
        *,
        stage: Stage | None = None,
        command: str | None = None,
        wanted: int | None = None,
        reply: Reply | None = None,
        recipients: tuple[RecipientResult, ...] = (),
        transient: bool | None = None,
    ) -> None:
        super().__init__()
        self.reason = reason
        self.stage = stage
        self.command = command
        self.wanted = wanted
        self.reply = reply
        self.recipients = recipients
        if transient is not None:
            self.transient = transient

    def __str__(self) -> str:
        return "\n  ".join([self.headline, *(f"{name}: {value}" for name, value in self._fields())])

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._fields())
        return f"{type(self).__name__}({shown})"

    def _fields(self) -> Iterator[tuple[str, str]]:
        """Yield what is known, in the order a reader asks."""
        for name in ("reason", "stage", "command", "wanted", "reply"):
            value = getattr(self, name)
            if value is not None:
                yield name, str(value)
        for result in self.recipients:
            if not result.accepted:
                yield "recipient", str(result)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), dict(vars(self)))


def _rebuild(cls: type[SmtpError], state: dict[str, Any]) -> SmtpError:
    """Make the pickled error anew, whatever its constructor looks like."""
    error = cls.__new__(cls)
    vars(error).update(state)
    return error


class InputError(SmtpError, ValueError):
    """What the caller gave cannot be sent; nothing has been written because of it."""

    headline = "refused before sending"


class AddressError(InputError):
    """An address that is none, or smuggles something into a command (RFC 5321 section 4.1.2)."""

    headline = "not a mail address"


class HostNameError(InputError):
    """A host name, EHLO name or port that is none (RFC 5321 section 4.1.1.1)."""

    headline = "not a host name or port"


class ContentError(InputError):
    """A header or line that is no header or line (RFC 5321 section 2.3.8)."""

    headline = "not a mail text"


class HeaderError(ContentError):
    """A header, or a part of one, that is none or smuggles in another (RFC 5322 section 2.2)."""

    headline = "not a mail header"


class HeaderTypeError(HeaderError, TypeError):
    """What is of the wrong type for a header, or not of the type of the header it is for."""

    headline = "not of a type for a mail header"


class CredentialsError(InputError):
    """A user without a password, a password without a user, or one that cannot be sent."""

    headline = "incomplete or unusable credentials"


class NotificationError(InputError):
    """A request for delivery reports that cannot be made (RFC 3461 section 4)."""

    headline = "not a request for delivery reports"


class ConnectError(SmtpError, OSError):
    """No connection to the server; the system's own error is the `__cause__`."""

    headline = "cannot connect"
    transient = True


class ConnectionLost(SmtpError, OSError):
    """The connection ended before the whole message was handed over: it was not delivered."""

    headline = "connection lost"
    transient = True


class SmtpTimeout(SmtpError, TimeoutError):
    """A deadline passed before the whole message was handed over: it was not delivered."""

    headline = "deadline passed"
    transient = True


class DeliveryUnknown(SmtpError):
    """The message was handed over and the server's verdict is missing: it may have been delivered.

    Never sent again without a person's decision: the recipients might get it twice (RFC 5321
    section 6.1, RFC 1047). What went wrong is the `__cause__` where there is one.
    """

    headline = "delivery unknown"


class ProtocolError(SmtpError):
    """The server's bytes are no reply, or came when none was due (RFC 5321 section 4.2)."""

    headline = "not an SMTP conversation"


class TlsError(SmtpError, OSError):
    """TLS could not be started, or the certificate is not the right one (RFC 3207 section 4.1)."""

    headline = "no secure connection"


class NotOffered(SmtpError):
    """The server does not list an extension that this mail needs (RFC 5321 section 2.2)."""

    headline = "not offered by the server"


class TooLarge(SmtpError):
    """The message is larger than the server's SIZE (RFC 1870 section 4)."""

    headline = "message too large for the server"


class PlaintextAuthError(SmtpError):
    """A password would have crossed a network unencrypted (RFC 4954 section 4)."""

    headline = "password not sent in clear"


class ServerNotProven(SmtpError):
    """The server did not show that it knows the password, or asked how no real one does (RFC 5802)."""

    headline = "authentication stopped: the server is not proven"


class SendmailError(SmtpError):
    """The sendmail program did not take the message: *program* ended with *status*, not with 0.

    *stderr* is what it said. Never `transient`: with 75 some programs have kept the message and
    will try again.
    """

    headline = "refused by sendmail"

    def __init__(
        self,
        reason: str | None = None,
        *,
        program: str | None = None,
        status: int | None = None,
        stderr: str | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(reason, **fields)
        self.program = program
        self.status = status
        self.stderr = stderr

    def _fields(self) -> Iterator[tuple[str, str]]:
        yield from super()._fields()
        for name in ("program", "status", "stderr"):
            value = getattr(self, name)
            if value is not None:
                yield name, str(value)


class SendmailNotFound(SendmailError, FileNotFoundError):
    """No folder of the search path has a sendmail program that can be run."""

    headline = "no sendmail on this machine"


class SendmailTimeout(SendmailError, TimeoutError):
    """The sendmail program did not end in time and was ended: it may have taken the message."""

    headline = "sendmail took too long"


class NotKept(SmtpError, OSError):
    """The file or mailbox that should keep the message did not; it holds nothing of it.

    What went wrong is the `__cause__`.
    """

    headline = "not kept"


class ReplyError(SmtpError):
    """The server's answer stops the conversation here (RFC 5321 section 4.2)."""

    headline = "refused by the server"

    def __init__(self, reason: str | None = None, **fields: Any) -> None:
        super().__init__(reason, **fields)
        if "transient" not in fields:
            self.transient = self.reply is not None and 400 <= self.reply.code < 500


class AuthenticationRefused(ReplyError):
    """The server does not accept the user and password or token (RFC 4954 section 6)."""

    headline = "authentication refused by the server"


class RecipientsRefused(ReplyError):
    """At least one recipient was refused, so nothing was sent to any."""

    headline = "recipient refused by the server"
