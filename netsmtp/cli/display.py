"""Show things on the terminal: in colour there, plain where the output goes elsewhere, never wrapped or cut."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

#: What stands for the lines of a diagram where the output has no such characters.
PLAIN = str.maketrans("┌┐└┘├┤┬┴┼─│▾▴◂▸", "+++++++++-|v^<>")
SPEAKERS = {"C:": "cyan", "S:": "green", "* ": "dim"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # Rich would end the program, with a failure; but a mail may have been sent.
        raise BrokenPipeError


class Page:
    """Write lines to standard output, or to standard error with *stderr*."""

    def __init__(self, *, stderr: bool = False) -> None:
        self.console = _Console(
            stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True
        )

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line; what would steer the terminal is written as an escape."""
        text = self._writable(visible(text))
        if style:
            self.console.print(Text(text, style=style))
        else:
            self._write(f"{text}\n")

    def block(self, text: str, style: str = "") -> None:
        """Write *text* line by line."""
        for each in text.split("\n"):
            self.line(each, style)

    def heading(self, text: str) -> None:
        """Begin a part of the page."""
        self.line()
        self.line(f"== {text}", "bold")
        self.line()

    def said(self, line: str) -> None:
        """Write a *line* of a conversation in the colour of who spoke."""
        self.line(line, SPEAKERS.get(line[:2], ""))

    def message(self, data: bytes) -> None:
        """Write a message as it was received."""
        text = data.decode("utf-8", "backslashreplace").removesuffix("\r\n")
        shown = self._writable(visible(text.replace("\r\n", "\n")))
        self._write("".join(f"  {line}".rstrip() + "\n" for line in shown.split("\n")))

    def _write(self, text: str) -> None:
        """Write *text* past rich, which takes its time with each line."""
        self.console.file.write(text)
        self.console.file.flush()

    def _writable(self, text: str) -> str:
        """Return *text* in characters that the output has."""
        encoding = self.console.encoding
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = text.translate(PLAIN).encode(encoding, "backslashreplace").decode(encoding)
        return text


def visible(text: str) -> str:
    """Return *text* with every control character but tab and line feed written as an escape."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def count(number: int, thing: str) -> str:
    """Return *number* with *thing*, in the plural unless it is one."""
    return f"{number} {thing}{'s' * (number != 1)}"
