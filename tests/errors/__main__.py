"""Write what the catalogue's programs print into its pages: `python -m tests.errors`.

For those who changed a message, or added an entry; headings follow the messages.
"""

from __future__ import annotations

import sys

from tests.errors.catalogue import PAGES, entries, rewritten, run

#: What a program ends with that does not show what its entry is about.
BROKEN = ("ImportError", "ModuleNotFoundError", "NameError", "SyntaxError")


def main() -> int:
    """Rewrite every page; leave alone, and tell of, entries whose program does not do its work."""
    left = 0
    for page in sorted(PAGES.glob("*.md")):
        text = before = page.read_text(encoding="utf-8")
        for entry in entries():
            if entry.page != page.stem:
                continue
            printed = run(entry.program)
            if not printed or printed.startswith(BROKEN):
                print(f"left as it is: {page.name}: {entry.heading}: {printed}", file=sys.stderr)
                left += 1
            else:
                text = text.replace(f"## {entry.text}", f"## {rewritten(entry, printed)}", 1)
        if text != before:
            page.write_text(text, encoding="utf-8")
            print(f"rewritten: {page.name}")
    return left > 0


if __name__ == "__main__":
    sys.exit(main())
