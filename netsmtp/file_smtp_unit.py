"""The unit that keeps mail in files: one each, an mbox or a Maildir, for development and spools.

The envelope stands above the header: the sender as `Return-Path` (RFC 5321 section 4.4), each
recipient as `X-Envelope-To`. It is not `Delivered-To`, because a mail server that is given the file
again later would take that for a loop.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from netsmtp._local import HandingSmtp
from netsmtp.core.loopback import ReceivedMail
from netsmtp.core.stages import Stage
from netsmtp.errors import NotKept
from netsmtp.smtp_sig import ISmtp
from units import unit

__all__ = ["FileSmtp", "Format", "file_smtp_unit"]

Format: TypeAlias = Literal["eml", "mbox", "maildir"]


class FileSmtp(HandingSmtp):
    """Keeps each mail at *path*, whole or not at all; see `file_smtp_unit`."""

    def __init__(self, path: str | os.PathLike[str] = "mail", format: Format = "eml") -> None:
        if format not in FORMATS:
            raise ValueError(f"file_smtp_unit: format {format!r}: there are {', '.join(FORMATS)}")
        self._path = Path(path)
        self._keep = FORMATS[format]
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<FileSmtp: {self._path}>"

    def take(self, mail: ReceivedMail) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._keep(self._path, mail)
        except OSError as error:
            reason = f"{self._path}: {error.strerror or error}"
            soon = error.errno in (errno.EAGAIN, errno.ENOSPC, errno.EDQUOT)
            raise NotKept(reason, stage=Stage.VERDICT, transient=soon) from error


def _keep_as_eml(folder: Path, mail: ReceivedMail) -> None:
    """Write a file of its own into *folder*; names are in the order of arrival."""
    folder.mkdir(exist_ok=True)
    kept = folder / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
    _write_whole(_with_envelope(mail), kept, folder)


def _keep_in_mbox(file: Path, mail: ReceivedMail) -> None:
    """Append to *file*. Raises `OSError` with EAGAIN where another program has locked it."""
    import mailbox  # here, because it loads all of `email`

    box = mailbox.mbox(file)
    try:
        try:
            box.lock()
        except mailbox.ExternalClashError as clash:
            raise OSError(errno.EAGAIN, "another program has locked it") from clash
        try:
            # `mailbox` takes such a line for the separator, and quotes those in the text.
            sender = mail.sender or "MAILER-DAEMON"
            separator = f"From {sender} {time.asctime(time.gmtime())}\n".encode()
            size = os.path.getsize(file)
            try:
                box.add(separator + _local(_with_envelope(mail)))
                box.flush()
            except BaseException:
                os.truncate(file, size)  # written, but perhaps not on the disk: not kept
                raise
        finally:
            box.unlock()
    finally:
        box.close()


def _keep_in_maildir(folder: Path, mail: ReceivedMail) -> None:
    """Deliver into *folder* as a Maildir is delivered into: written in tmp, moved to new."""
    import mailbox

    # Only to make what is missing: its own delivery leaves a file behind if it fails.
    mailbox.Maildir(folder)
    kept = folder / "new" / f"{time.time_ns()}.{secrets.token_hex(8)}.{_host()}"
    _write_whole(_local(_with_envelope(mail)), kept, folder / "tmp")


def _host() -> str:
    """Return this machine's name as the last part of a name in a Maildir."""
    return re.sub(r"[/:]", "_", platform.node())


def _write_whole(text: bytes, kept: Path, folder: Path) -> None:
    """Write *text* as the file *kept*, or nothing: in *folder* first, where no reader takes it."""
    handle, unfinished = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=folder)
    try:
        with open(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, kept)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _with_envelope(mail: ReceivedMail) -> bytes:
    fields = [f"Return-Path: <{mail.sender}>", *(f"X-Envelope-To: {to}" for to in mail.recipients)]
    return "".join(f"{each}\r\n" for each in fields).encode() + mail.data


def _local(text: bytes) -> bytes:
    """Return *text* with the line ends that `mailbox` takes."""
    return text.replace(b"\r\n", b"\n")


FORMATS: Mapping[Format, Callable[[Path, ReceivedMail], None]] = {
    "eml": _keep_as_eml,
    "mbox": _keep_in_mbox,
    "maildir": _keep_in_maildir,
}


@unit
def file_smtp_unit(path: str | os.PathLike[str] = "mail", format: Format = "eml") -> ISmtp:
    """Export an `ISmtp` that sends nothing and keeps each mail at *path*.

    *format* is `"eml"`, a folder with a file for each mail, byte for byte as a server would get it;
    `"mbox"`, one file; or `"maildir"`, a folder that mail programs read. What is missing is made.
    Sending raises `NotKept`, a `SmtpError`, where the mail could not be written.

    Raises `ValueError` for another *format*.
    """
    return FileSmtp(path, format)
