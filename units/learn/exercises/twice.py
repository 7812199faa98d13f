"""Link one unit twice, and tell the two apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units._invoke import invoke
from units.learn.exercise import Theirs, expect, exported

NAME = "twice"

TEXT = '''"""6. The same unit twice.

A poster has a red headline, set in wood, and a black text, set in lead. The unit below imports two
presses, tagged red and black. Link it: studio is to export IPoster. In it are both foundries, and
press twice: the red one prints with letters of WoodFoundry, the black one with those of Foundry.

Stuck? python -m units.learn hint 6
"""

from typing import Annotated

from signatures import Signature
from units import Link, exports, link, part, tag, unit
from units.learn.letterpress import Foundry, IFoundry, IPress, press


@unit
class WoodFoundry(IFoundry):
    def cast(self, text: str) -> list[str]:
        return list(text.lower())


class IPoster(Signature):
    def print(self, headline: str, text: str) -> None: ...
    def red(self) -> list[str]: ...
    def black(self) -> list[str]: ...


@unit
def poster(
    black_press: Annotated[IPress, tag("black")], red_press: Annotated[IPress, tag("red")]
) -> IPoster:
    def print(headline: str, text: str) -> None:
        red_press.print(headline)
        black_press.print(text)

    def red() -> list[str]:
        return red_press.sheets()

    def black() -> list[str]:
        return black_press.sheets()

    return exports(locals())


<gap>
'''

START = """\
studio = ...
"""

ANSWER = """\
lead, wood = Link(IFoundry, "lead"), Link(IFoundry, "wood")
black, red = Link(IPress, "black"), Link(IPress, "red")
studio = link(
    part(Foundry, as_=lead),
    part(WoodFoundry, as_=wood),
    part(press, lead, as_=black),
    part(press, wood, as_=red),
    part(poster, tag("black", black), tag("red", red)),
    exports=IPoster,
)
"""

HINT = """\
A Link for each of the four: `Link(IFoundry, "lead")`, and so on. `part(Foundry, as_=lead)` gives
the foundry at this place its name. A press is given one name and gets another:
`part(press, lead, as_=black)`. `part(poster, tag("black", black), ...)` is as on the page.
"""

WHY = """\
Each place of a unit in a link is a component of its own, with sheets of its own. Where two export
the same signature, each gets a name, a Link, and whoever needs one of them is told which. The press
has one import, so it is enough to name what it gets; the poster has two of one kind, and tags them.
"""

_NAMES = (
    "What `part` gives to a unit are Links: the place that it comes from gets the name by `as_=`."
)

ADVICE: Mapping[str, str] = {
    "not a signature": "A Link is of a signature and has a name, in this order.",
    "a tag's name is a string": "First the name of the tag, then what is tagged.",
    "duplicate linking identifier": (
        "One Link is at two places, and could not say which is meant: make a Link for each, "
        "`Link(IPress, ...)` twice."
    ),
    "as_ takes links": '`as_=` takes a Link, not its name: make it first, `black = Link(IPress, "black")`.',
    "is not supplied by the given unit": (
        "A Link is of the signature that the unit at that place exports, and has a tag only if the "
        "export has one: IFoundry for a foundry, IPress for a press, and no tags."
    ),
    "link: tag(": 'A tag says where to, the Link behind it what: `tag("black", black)`.',
    "link: <unit": _NAMES,
    "link: class": _NAMES,
    "given: <I": "Calling a unit runs it, and what it returns is no unit: write no parentheses.",
    "unexpected keyword argument": 'What a tagged import gets is `tag("black", ...)`, not a keyword.',
    "an export of a compound is a signature": "`exports=` takes the signature, IPoster.",
    "unknown linking identifier": (
        "No place in the link has this name. `part(press, as_=...)` gives one; without `as_=`, the "
        "press would get the Link."
    ),
    "the signature of one supplied link extends that of another": (
        "The poster was given two links and not told which is for what: "
        'write `tag("black", ...)` and `tag("red", ...)` around them.'
    ),
    "of unit: press": (
        "`press` imports one IFoundry: each is to be given the Link of the foundry that is meant, "
        "`part(press, lead, as_=...)`, and both foundries are in the link."
    ),
    "multiple linkages satisfy one import": (
        "Two presses are in the link, and an import does not know which is meant. Name each with "
        "`part(press, ..., as_=...)`, and give the poster both, tagged."
    ),
    "no linkage satisfies an import": "Somebody in the link lacks an import: `of unit` says who.",
    "no sub unit exports this signature": "Is the poster in the link? It exports IPoster.",
}


def check(theirs: Theirs) -> None:
    """Print a poster and look at both presses."""
    studio = theirs.unit("studio")
    expect(not studio.imports, f"`studio` still imports {', '.join(map(str, studio.imports))}.")
    expect(
        exported(studio) == ["IPoster"],
        f"`studio` exports {', '.join(exported(studio)) or 'nothing'}; the task says IPoster.",
    )
    made: Any = invoke(studio)
    made.print("Fair", "on Sunday")
    red, black = made.red(), made.black()
    expect(
        red is not black,
        "Both imports got the same press: link it twice, and give the poster both.",
    )
    expect(
        (red, black) == (["fair"], ["ON SUNDAY"]),
        f"The red press has printed {red!r}, the black one {black!r}. Headlines are red and in wood, "
        "which has small letters, and texts are black and in lead, which has capitals.",
    )
