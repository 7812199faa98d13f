"""Answers to the exercise `twice`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
black_ink, red_ink = Link(IPress, "black ink"), Link(IPress, "red ink")
studio = link(
    Foundry,
    part(press, as_=black_ink),
    part(press, as_=red_ink),
    part(poster, tag("black", black_ink), tag("red", red_ink)),
    exports=IPoster,
)
"""

ALSO_RIGHT = [
    """\
first, second = Link(IPress), Link(IPress)
presses = [part(press, as_=first), part(press, as_=second)]
studio = link(*presses, part(poster, tag("red", first), tag("black", second)), Foundry, exports=IPoster)
""",
]

MISTAKES = [
    Mistake(
        "one press for both",
        "studio = link(Foundry, press, poster, exports=IPoster)\n",
        "Both imports got the same press",
    ),
    Mistake(
        "two presses without names",
        "studio = link(Foundry, press, press, poster, exports=IPoster)\n",
        "Name each with `part(press, as_=...)`",
        "multiple linkages satisfy one import",
    ),
    Mistake(
        "links without tags",
        changed(RIGHT, ('tag("black", black_ink), tag("red", red_ink)', "black_ink, red_ink")),
        "The poster was given two links and not told which is for what",
        "the signature of one supplied link",
    ),
    Mistake(
        "one name for both",
        changed(RIGHT, ('"red", red_ink', '"red", black_ink')),
        "Both imports got the same press",
    ),
    Mistake(
        "one of the two tagged",
        changed(RIGHT, (', tag("red", red_ink)', "")),
        "give the poster both, tagged",
        "import: IPress (tag red)",
    ),
    Mistake(
        "the foundry forgotten",
        changed(RIGHT, ("    Foundry,\n", "")),
        "`of unit` says who",
        "import: IFoundry",
    ),
    Mistake(
        "a Link of a name and a signature",
        changed(RIGHT, ('IPress, "black ink"', '"black ink", IPress')),
        "in this order",
        "not a signature",
    ),
    Mistake(
        "a tag after what is tagged",
        changed(RIGHT, ('tag("red", red_ink)', 'tag(red_ink, "red")')),
        "First the name of the tag",
        "a tag's name is a string",
    ),
    Mistake(
        "a press that is supplied with itself",
        changed(RIGHT, ("press, as_=black_ink", "press, black_ink")),
        "No place in the link has this name",
        "unknown linking identifier",
    ),
    Mistake(
        "the poster forgotten",
        "studio = link(Foundry, press, exports=IPoster)\n",
        "Is the poster in the link?",
        "no sub unit exports this signature",
    ),
]
