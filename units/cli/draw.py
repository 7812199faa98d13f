"""Draw a unit: its imports on top, its exports below, and the links inside.

python -m units draw shop.app:program
python -m units draw shop.app:program --as svg -o program.svg
python -m units draw shop.registry:registry IPress
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from units._draw import draw
from units._errors import InvokeError
from units.cli.problems import Usage, writing
from units.cli.targets import add_target, unit_of

NOTATIONS = ("text", "mermaid", "dot", "svg")


def add(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_target(parser)
    parser.add_argument(
        "--as", dest="form", choices=NOTATIONS, help="the notation; text if not said"
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write it there")
    parser.add_argument(
        "--depth", metavar="N", type=_depth, help="how many levels of compounds to open"
    )


def run(options: Namespace) -> int:
    """Draw the unit; return the exit status."""
    found = unit_of(options.target, options.signature, options.named)
    drawing = draw(found, depth=options.depth)
    form = options.form or _by_ending(options.output)
    try:
        picture: str = getattr(drawing, form)
    except InvokeError as error:
        raise Usage(str(error)) from None
    if options.output is None:
        print(picture.rstrip("\n"))
        return 0
    with writing(options.output):
        options.output.write_text(picture.rstrip("\n") + "\n", encoding="utf-8")
    return 0


def _by_ending(output: Path | None) -> str:
    """Return the notation that the name of the file asks for."""
    endings = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}
    return endings.get(output.suffix, "text") if output else "text"


def _depth(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError("a depth is a number, 0 or more")
    return int(text)
