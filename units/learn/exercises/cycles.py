"""Mend a unit of a cycle that reads too early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units._define import unit
from units._invoke import invoke
from units._link import link
from units._unit import exports
from units.learn.exercise import Theirs, expect, imported
from units.learn.letterpress import IFoundry, IPress, press

NAME = "cycles"

TEXT = '''"""4. Each needs the other.

This foundry stamps its letters with the name of the press they are for, so it imports the press;
the press imports the foundry. A cycle like this may be linked. But whichever body runs first meets
a press that is not there yet, and this one reads its name at once: run this file and see.

Mend the body of the foundry, and nothing else: it is to work wherever it stands in the link, and
with any press.

Stuck? python -m units.learn hint 4
"""

from units import exports, invoke, link, unit
from units.learn.letterpress import IFoundry, IPress, press


@unit
def stamping_foundry(press: IPress) -> IFoundry:
<gap>
    return exports(locals())


room = invoke(link(stamping_foundry, press, exports=IPress))
room.print("ab")
print(room.sheets())  # wanted: ['[the corner press]A[the corner press]B']
'''

START = """\
    stamp = f"[{press.name}]"

    def cast(text: str) -> list[str]:
        return [stamp + letter for letter in text.upper()]
"""

ANSWER = """\
    def cast(text: str) -> list[str]:
        return [f"[{press.name}]{letter}" for letter in text.upper()]
"""

HINT = """\
While the foundry's body runs, the press may still be waiting for its own. Once somebody calls
`cast`, all bodies have run. Read `press.name` in there.
"""

WHY = """\
A body makes things ready; the calls come later. So in a cycle a body may keep what it imports and
hand it on, and reads it inside its functions. The other cure, to link the press first, holds only
until somebody needs the opposite order.
"""

_EARLY = (
    "`init_depend` says that the press has to come first, so this unit cannot stand wherever it likes "
    "in the link. Leave it out, and read `press.name` inside `cast`."
)

ADVICE: Mapping[str, str] = {
    "parameter 1 is named self": (
        "Inside a function there is no `self`: only methods of a class have that."
    ),
    "cannot use before initialization": (
        "The press is still used while the body runs: in one of the two orders of the link, it has "
        "no name yet. (A default value counts: it is read when `def` is.) "
        "Read `press.name` inside `cast`."
    ),
    "an initialization dependency": _EARLY,
    "requires press, which": (
        "`cast` takes the text and nothing else. It can use `press` all the same: that is a variable "
        "of the body around it."
    ),
    "'str' object is not callable": "The name is data, which is read without parentheses: `press.name`.",
    "'SignatureClass' object has no attribute": (
        "IPress is the signature, and only asks. What has the name is `press`, the parameter."
    ),
    "'IPress' object has no attribute": "What the press is called is `press.name`.",
    "can only join an iterable": "`cast` returns a list of letters; here it returns something else.",
    "undefined export": "The body still has to define `cast`.",
}


@unit
def _other_press(foundry: IFoundry) -> IPress:
    name = "another press"
    printed: list[str] = []

    def print(text: str) -> None:
        letters: Any = foundry.cast(text)
        expect(isinstance(letters, list), f"`cast` returns {letters!r}, not a list of letters.")
        printed.extend(letters)

    def sheets() -> list[str]:
        return printed

    return exports(name=name, print=print, sheets=sheets)


def check(theirs: Theirs) -> None:
    """Link the foundry before and after a press, and with a press of another name."""
    foundry = theirs.unit("stamping_foundry")
    expect(imported(foundry) == ["IPress"], "`stamping_foundry` is to import IPress, as before.")
    expect(not foundry.init_depend, _EARLY)
    for linked in ((foundry, press), (press, foundry)):
        sheets = _printed(link(*linked, exports=IPress))
        wanted = ["[the corner press]A[the corner press]B"]
        expect(sheets == wanted, f'For "ab" the press has {sheets!r}; wanted is {wanted!r}.')
    sheets = _printed(link(foundry, _other_press, exports=IPress))
    expect(
        sheets == ["[another press]A", "[another press]B"],
        f"With a press called 'another press', the letters are {sheets!r}. "
        "The name is the press's to say: read it from there.",
    )


def _printed(compound: Any) -> list[str]:
    room: Any = invoke(compound)
    room.print("ab")
    sheets: list[str] = room.sheets()
    return sheets
