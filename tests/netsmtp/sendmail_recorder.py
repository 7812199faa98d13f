"""A sendmail program that keeps what it is given, for the tests of what hands mail to one."""

from __future__ import annotations

from pathlib import Path

from netsmtp.sendmail import send_mail_message

SENT: tuple[str, str, list[str], list[str], list[str]] = "a@x", "hi", ["b@y"], [], []
"""The beginning of a call that is in order."""


class Recorder:
    """Put a sendmail program into *folder* that keeps what it is given and ends as it is told."""

    def __init__(self, folder: Path) -> None:
        self.path = [folder]
        self._folder = folder
        self.answer()

    def answer(self, script: str = "") -> None:
        """Let the program end with the shell commands *script*."""
        quoted = f"'{self._folder}'"
        program = self._folder / "sendmail"
        program.write_text(
            "#!/bin/sh\n"
            f'for each in "$@"; do printf "%s\\0" "$each"; done > {quoted}/argv\n'
            f"cat > {quoted}/stdin\n{script}\n"
        )
        program.chmod(0o700)

    @property
    def argv(self) -> list[str]:
        """Return the arguments of the last run."""
        return (self._folder / "argv").read_text(encoding="utf-8").split("\0")[:-1]

    @property
    def stdin(self) -> bytes:
        """Return the input of the last run."""
        return (self._folder / "stdin").read_bytes()

    @property
    def ran(self) -> bool:
        """Tell whether the program was started at all."""
        return (self._folder / "argv").exists()


def send(
    sender: str | bytes | None = "a@x",
    subject: str = "hi",
    to: str | bytes = "b@y",
    timeout: float = 60,
    **more: str,
) -> None:
    """Send a message with one thing changed."""
    cc, bcc = ([more[name]] if name in more else [] for name in ("cc", "bcc"))
    send_mail_message(sender, subject, [to], cc, bcc, ["hello"], timeout=timeout)
