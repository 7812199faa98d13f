"""Link one unit twice, and tell the two apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units._invoke import invoke
from units.learn.exercise import Theirs, expect, exported

NAME = "twice"

TEXT = '''"""6. The same unit twice.

A poster has a red headline and a black text. The unit below imports two presses, one under the tag
black and one under the tag red. Link it: studio is to export IPoster, with one Foundry and with
press in it twice, once for each ink.

Stuck? python -m units.learn hint 6
"""

from typing import Annotated

from signatures import Signature
from units import Link, exports, link, part, tag, unit
from units.learn.letterpress import Foundry, IPress, press


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
black_ink, red_ink = Link(IPress, "black ink"), Link(IPress, "red ink")
studio = link(
    Foundry,
    part(press, as_=black_ink),
    part(press, as_=red_ink),
    part(poster, tag("black", black_ink), tag("red", red_ink)),
    exports=IPoster,
)
"""

HINT = """\
`Link(IPress, "black ink")` is a name for one press. `part(press, as_=...)` gives the press at this
place that name, and `part(poster, tag("black", ...), ...)` says which of the poster's imports gets
the press of that name.
"""

WHY = """\
Each place of a unit in a link is a component of its own, with sheets of its own. As both export
IPress, each gets a name, a Link, and the poster's tags say which goes where. Foundry needs no name:
there is one.
"""

ADVICE: Mapping[str, str] = {
    "not a signature": "A Link is of a signature and has a name, in this order.",
    "a tag's name is a string": "First the name of the tag, then what is tagged.",
    "unknown linking identifier": (
        "No place in the link has this name. `part(press, as_=...)` gives one; without `as_=`, the "
        "press would get the Link."
    ),
    "the signature of one supplied link extends that of another": (
        "The poster was given two links and not told which is for what: "
        'write `tag("black", ...)` and `tag("red", ...)` around them.'
    ),
    "multiple linkages satisfy one import": (
        "Two presses are in the link, and an import does not know which is meant. Name each with "
        "`part(press, as_=...)`, and give the poster both, tagged."
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
        (red, black) == (["FAIR"], ["ON SUNDAY"]),
        f"The red press has printed {red!r}, the black one {black!r}; there was one poster.",
    )
