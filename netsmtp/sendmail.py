"""Send mail through this machine's sendmail program, as Racket's net/sendmail does.

The program is started when the text is complete, so whatever fails before that has sent nothing.
Where Racket lets a recipient become an option of the program, or a subject become more fields,
ours refuses; and it tells how the program ended and what it said.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, TypeAlias, cast

from ._encoded_words import encode_for_header, encoded_words
from .errors import (
    AddressError,
    ContentError,
    HeaderError,
    SendmailError,
    SendmailNotFound,
    SendmailTimeout,
)
from .head import extract_addresses
from .head._strict import refuse_name, refuse_value

Text: TypeAlias = str | bytes
Folders: TypeAlias = Sequence[str | os.PathLike[str]]

#: Where a sendmail program is looked for, in this order.
sendmail_search_path: Folders = ("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/lib")

#: The seconds that the program may take.
TIMEOUT = 300.0

#: An error shows so many bytes of what the program said, at most.
LONGEST_STDERR = 2000

#: A list of recipients goes on in the next line where this one would have more characters.
WIDTH = 78


def send_mail_message(
    sender: Text | None,
    subject: Text,
    to: Iterable[Text],
    cc: Iterable[Text],
    bcc: Iterable[Text],
    body: Iterable[Text],
    *extra_headers: Text,
    timeout: float | None = TIMEOUT,
    search_path: Folders | None = None,
) -> None:
    """Send the lines of *body* to all in *to*, *cc* and *bcc*, and wait until it is taken.

    *sender* goes into the From field if there is one; *extra_headers* are whole fields. str is
    UTF-8. Raises what `send_mail_message_port` raises, and `ContentError` for a line that cannot be
    written. Source: `send-mail-message`.
    """
    if isinstance(body, str | bytes):
        raise TypeError(f"body: expected a list of lines, given one {type(body).__name__}")
    with send_mail_message_port(
        sender, subject, to, cc, bcc, *extra_headers, timeout=timeout, search_path=search_path
    ) as port:
        for line in body:
            port.write(line)
            port.write(b"\n")


def send_mail_message_port(
    sender: Text | None,
    subject: Text,
    to: Iterable[Text],
    cc: Iterable[Text],
    bcc: Iterable[Text],
    *extra_headers: Text,
    timeout: float | None = TIMEOUT,
    search_path: Folders | None = None,
) -> SendmailPort:
    """Return a port for the body; closing it sends the message.

    Raises `AddressError` for no recipients, and for one or a *sender* that has a control character
    or begins with a hyphen; `HeaderError` for a *subject* or a header that is more than one field;
    `SendmailNotFound`; `TypeError` for what is neither str nor bytes, or one string instead of a
    list. Closing raises `SendmailError`. Source: `send-mail-message/port`.
    """
    lists = {
        name: [_address(name, each) for each in _listed(name, given)]
        for name, given in (("to", to), ("cc", cc), ("bcc", bcc))
    }
    recipients = [each for listed in lists.values() for each in listed]
    if not recipients:
        raise AddressError("no recipients")
    fields = ["X-Mailer: Racket (racket-lang.org)"]
    if sender is not None:
        fields.append(f"From: {_address('sender', sender, may_be_empty=True)}")
    for name, listed in (("To", lists["to"]), ("CC", lists["cc"])):
        fields += _folded(name, listed)
    fields.append(f"Subject: {encode_for_header(_one_line('subject', subject, HeaderError))}")
    fields += map(_whole_field, extra_headers)
    program = find_sendmail(search_path)
    port = SendmailPort([str(program), "-i", "--", *recipients], timeout)
    port.write("".join(f"{field}\n" for field in [*fields, ""]))
    return port


def find_sendmail(search_path: Folders | None = None) -> Path:
    """Return the first sendmail program of *search_path*, or else of `sendmail_search_path`.

    Raises `SendmailNotFound`, which names the folders.
    """
    folders = sendmail_search_path if search_path is None else search_path
    for program in (Path(folder) / _PROGRAM for folder in folders):
        if program.is_file() and os.access(program, os.X_OK):
            return program
    raise SendmailNotFound(f"no {_PROGRAM} in {', '.join(str(folder) for folder in folders)}")


class SendmailPort:
    """Take a message's text, and hand it to *command* when closed; that has *timeout* seconds.

    As a context manager it sends nothing if its block raises.
    """

    def __init__(self, command: Sequence[str], timeout: float | None) -> None:
        self._command = [argument.encode() for argument in command]
        self._timeout = timeout
        self._text = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `discard`

    def write(self, data: Text) -> int:
        """Write *data*, str as UTF-8, and return its bytes' number.

        Raises `ContentError` for a lone surrogate, `TypeError` for what is neither str nor bytes,
        `ValueError` once the port is closed.
        """
        return self._text.write(_bytes("body", data))

    def close(self) -> None:
        """Send what was written, and wait until it is taken; closing again does nothing.

        Raises `SendmailError` unless the program ends with status 0, `SendmailTimeout` if it does
        not end in time.
        """
        if self.closed:
            return
        try:
            self._text.seek(0)
            self._run()
        finally:
            self.discard()

    def discard(self) -> None:
        """Send nothing, and forget what was written."""
        self._text.close()

    @property
    def closed(self) -> bool:
        """Tell whether the port takes no more."""
        return self._text.closed

    def __enter__(self) -> SendmailPort:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _run(self) -> None:
        program = os.fsdecode(self._command[0])
        # Files, not pipes: a program that says much before it has read everything blocks nobody.
        with tempfile.TemporaryFile() as said:
            try:
                done = subprocess.run(
                    self._command,
                    stdin=self._text,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    timeout=self._timeout,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise SendmailTimeout(
                    f"still running after {self._timeout} seconds",
                    program=program,
                    stderr=_read(said),
                ) from None
            except OSError as error:
                raise SendmailError("cannot be started", program=program) from error
            if done.returncode:
                raise SendmailError(program=program, status=done.returncode, stderr=_read(said))


def _address(role: str, given: Text, *, may_be_empty: bool = False) -> str:
    """Return *given* as it goes into the field and to the program: ASCII, with its name encoded."""
    text = _one_line(role, given, AddressError)
    if not text.strip() and not may_be_empty:
        raise AddressError(f"{role} {text!r}: empty")
    if any(each.startswith("-") for each in (text.lstrip(), *_plain_addresses(text))):
        raise AddressError(f"{role} {text!r}: begins with a hyphen, as options do")
    if text.isascii():
        return text
    name, left, address = text.rpartition("<")
    if not left or not address.isascii() or not address.rstrip().endswith(">"):
        raise AddressError(f"{role} {text!r}: only a name before <address> may be other than ASCII")
    if "<" in name or ">" in name:
        raise AddressError(f"{role} {text!r}: more than one address")
    quoted = _QUOTED.fullmatch(name.strip())
    if quoted:
        encoded = encoded_words(_ESCAPED.sub(r"\1", quoted[1]), reserved=_SPECIALS)
    else:
        encoded = encode_for_header(name, reserved=_SPECIALS)
    return f"{encoded}{'' if encoded.endswith(' ') else ' '}<{address}"


def _plain_addresses(text: str) -> list[str]:
    """Return the addresses that a program may find in *text*."""
    try:
        return extract_addresses(text, "address")
    except AddressError:
        return [each.lstrip() for each in re.split("[<,]", text)]


def _folded(name: str, addresses: list[str]) -> Iterator[str]:
    """Yield the lines of the field *name* that lists *addresses*; none if there are none."""
    if not addresses:
        return
    line = f"{name}: {addresses[0]}"
    for address in addresses[1:]:
        column = len(line.rpartition("\n")[2].expandtabs())
        if column + len(", ") + len(address) > WIDTH:
            yield f"{line},"
            line = f"    {address}"
        else:
            line = f"{line}, {address}"
    yield line


def _whole_field(given: Text) -> str:
    """Return the header line *given*, which may be folded, with plain line ends.

    Raises `HeaderError` if it is not one field.
    """
    text = _str("header", given).replace("\r\n", "\n")
    name, _, value = text.replace("\n", "\r\n").partition(":")
    refuse_name(name)
    refuse_value(f"the value of {name}", value)
    return text


def _one_line(role: str, given: Text, error: type[AddressError | HeaderError]) -> str:
    """Return *given* as str; raise *error* if it holds a control other than a tab."""
    text = _str(role, given)
    found = _CONTROL.search(text)
    if found:
        raise error(f"{role} {text!r}: {found[0]!a} may not stand in it")
    return text


def _listed(role: str, given: object) -> list[Text]:
    """Return what is *given* as a list; raise `TypeError` if it is one string or no list."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise TypeError(f"{role}: expected a list of addresses, given {type(given).__name__}")
    return list(cast("Iterable[Text]", given))


def _str(role: str, given: Text) -> str:
    """Return *given* as str; bytes are UTF-8."""
    try:
        return _bytes(role, given).decode()
    except UnicodeDecodeError:
        raise HeaderError(f"{role} {given!r}: neither ASCII nor UTF-8") from None


def _bytes(role: str, given: object) -> bytes:
    """Return *given* as bytes; str becomes UTF-8."""
    if isinstance(given, bytes):
        return given
    if not isinstance(given, str):
        raise TypeError(f"{role}: expected a str or bytes, given {type(given).__name__}")
    try:
        return given.encode()
    except UnicodeEncodeError:
        raise ContentError(f"{role}: a lone surrogate in {given!a}") from None


def _read(said: IO[bytes]) -> str:
    """Return the beginning of what the program *said*, without controls."""
    said.seek(0)
    lines = said.read(LONGEST_STDERR).decode(errors="replace").strip().split("\n")
    return " / ".join(_CONTROL.sub("?", line.strip()) for line in lines)


_PROGRAM = "sendmail.exe" if os.name == "nt" else "sendmail"
_CONTROL = re.compile("[\0-\x08\n-\x1f\x7f-\x9f]|\u2028|\u2029")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")
# In a name, these end it or the address; encoded they do not (RFC 2047 section 5).
_SPECIALS = '()<>[]:;@\\,"'
