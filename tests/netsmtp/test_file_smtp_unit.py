"""Mail kept in files: every format holds the envelope and the whole text, or nothing at all."""

from __future__ import annotations

import contextlib
import errno
import mailbox
import os
import stat
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest

from netsmtp import ISmtp, file_smtp_unit
from netsmtp.errors import NotKept, SmtpError
from netsmtp.file_smtp_unit import FORMATS, Format
from tests.netsmtp.every_unit import HEADER
from units import invoke

ENVELOPE = b"Return-Path: <a@x.org>\nX-Envelope-To: b@y.org\nX-Envelope-To: c@z.org\n"
TEXT = ENVELOPE + HEADER.replace("\r\n", "\n").encode()


def send(smtp: ISmtp, *lines: str, sender: str = "a@x.org") -> None:
    smtp.smtp_send_message("mx", sender, ["b@y.org", "c@z.org"], HEADER, lines)


def keeping(path: Path, format: Format) -> ISmtp:
    return invoke(partial(file_smtp_unit, path, format))


def test_eml_is_a_file_for_each_mail_in_the_order_of_arrival(tmp_path: Path) -> None:
    """Byte for byte what a server would get, below the envelope."""
    folder = tmp_path / "new" / "folder"
    smtp = keeping(folder, "eml")
    for n in range(5):
        send(smtp, str(n))
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml"] * 5
    texts = [path.read_bytes() for path in files]
    assert texts == [TEXT.replace(b"\n", b"\r\n") + b"%d\r\n" % n for n in range(5)]
    if os.name == "posix":  # mail is for its owner
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_mbox_is_one_file_in_which_lines_that_begin_with_from_are_quoted(tmp_path: Path) -> None:
    """What is there already stays; the separator names the sender."""
    file = tmp_path / "new" / "box"
    smtp = keeping(file, "mbox")
    send(smtp, "From here", "x")
    send(smtp, "y", sender="")
    box = mailbox.mbox(file)
    one, two = box.values()
    assert one.get_from().startswith("a@x.org ")
    assert two.get_from().startswith("MAILER-DAEMON ")
    assert one.as_bytes() == TEXT + b">From here\nx\n"
    assert two.as_bytes() == TEXT.replace(b"<a@x.org>", b"<>") + b"y\n"
    box.close()


def test_maildir_is_a_folder_that_mail_programs_read(tmp_path: Path) -> None:
    """The mail is new, and nothing is left in tmp."""
    folder = tmp_path / "new" / "Maildir"
    send(keeping(folder, "maildir"), "From here")
    (mail,) = mailbox.Maildir(folder).values()
    assert mail.get_subdir() == "new"
    assert mail.as_bytes() == TEXT + b"From here\n"
    assert list((folder / "tmp").iterdir()) == []


def test_the_default_is_a_folder_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called mail."""
    monkeypatch.chdir(tmp_path)
    send(invoke(file_smtp_unit), "x")
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_there_are_three_formats() -> None:
    """Another is refused when the unit is invoked."""
    assert tuple(FORMATS) == get_args(Format)
    with pytest.raises(ValueError, match="format 'mh': there are eml, mbox, maildir"):
        file_smtp_unit("mail", "mh")  # type: ignore[arg-type]


@pytest.mark.parametrize("format", FORMATS)
def test_threads_may_send_at_once(tmp_path: Path, format: Format) -> None:
    """Each mail is kept, none is mixed with another."""
    smtp = keeping(tmp_path / "kept", format)

    def send_some(name: str) -> None:
        for n in range(10):
            send(smtp, *[f"{name}{n}"] * 50)

    threads = [threading.Thread(target=send_some, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = READERS[format](tmp_path / "kept")
    bodies = sorted(text.replace(b"\r", b"").split(b"\n\n", 1)[1] for text in texts)
    assert bodies == sorted(f"{name}{n}\n".encode() * 50 for name in "abcd" for n in range(10))


def in_mbox(file: Path) -> list[bytes]:
    with contextlib.closing(mailbox.mbox(file)) as box:
        return [mail.as_bytes() for mail in box]


READERS: dict[str, Callable[[Path], list[bytes]]] = {
    "eml": lambda path: [file.read_bytes() for file in path.iterdir()],
    "mbox": in_mbox,
    "maildir": lambda path: [mail.as_bytes() for mail in mailbox.Maildir(path)],
}


# --- when it fails -----------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_what_cannot_be_kept_is_an_error_of_the_send(tmp_path: Path, format: Format) -> None:
    """With the system's words, and the system's error as its cause."""
    (tmp_path / "file").touch()
    with pytest.raises(NotKept, match=f"not kept\n  reason: {tmp_path}") as caught:
        send(keeping(tmp_path / "file" / "below", format), "x")
    assert isinstance(caught.value, SmtpError)
    assert isinstance(caught.value.__cause__, OSError)
    assert not caught.value.transient


@pytest.mark.parametrize("format", ["eml", "mbox", "maildir"])
def test_a_full_disk_keeps_nothing(
    format: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half mail, and no whole one of which the sender is told that it was not kept."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    smtp = keeping(tmp_path / "kept", format)
    send(smtp, "first")
    before = mails(tmp_path / "kept")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(NotKept) as caught:
            send(smtp, "x")
    assert caught.value.transient
    assert mails(tmp_path / "kept") == before
    send(smtp, "x")
    assert mails(tmp_path / "kept") != before


def mails(path: Path) -> dict[Path, bytes]:
    """Return every file of an mbox, a folder or a Maildir, with what is in it."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return {each: each.read_bytes() for each in files}


def test_an_mbox_that_another_program_has_locked_is_for_later(tmp_path: Path) -> None:
    """Nothing is written into it meanwhile."""
    file = tmp_path / "box"
    other = mailbox.mbox(file)
    other.lock()
    smtp = keeping(file, "mbox")
    with pytest.raises(NotKept, match="another program has locked it") as caught:
        send(smtp, "x")
    assert caught.value.transient
    assert file.read_bytes() == b""
    other.unlock()
    other.close()
    send(smtp, "x")
    assert len(in_mbox(file)) == 1


def test_only_whole_mails_have_the_name_of_one(tmp_path: Path) -> None:
    """Until the last byte is on the disk the file is hidden."""
    seen: list[Any] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        seen.append([path.name for path in (tmp_path / "kept").iterdir()])
        fsync(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", look)
        send(keeping(tmp_path / "kept", "eml"), "x")
    ((name,),) = seen
    assert name.startswith(".")
    assert not name.endswith(".eml")


def test_its_repr_says_where() -> None:
    """For whoever looks at a linked application."""
    assert repr(file_smtp_unit("spool")) == "<FileSmtp: spool>"
