"""The `python` blocks of a page, for the extensions that run them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PART = re.compile(
    r"^#+ (?P<heading>[^\n]*)$|^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Example(NamedTuple):
    """The *code* of a block, under which *heading* it stands, and after which *line*."""

    heading: str
    code: str
    line: int
    #: Whether it is a conversation with Python's prompt; *code* is then what was typed.
    typed: bool


def examples(page: Path) -> Iterator[Example]:
    """Yield the blocks of *page* from top to bottom."""
    text = page.read_text(encoding="utf-8")
    heading = ""
    for part in PART.finditer(text):
        if part["heading"] is not None:
            heading = part["heading"]
            continue
        code = part["code"]
        typed = code.startswith(">>>")
        if typed:
            prompted = [line for line in code.splitlines(True) if line[:4] in (">>> ", "... ")]
            code = "".join(line[4:] for line in prompted)
        yield Example(heading, code, text.count("\n", 0, part.start()) + 1, typed)
