"""Answers to the exercise `twice`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
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

ALSO_RIGHT = [
    """\
lead, wood, first, second = Link(IFoundry), Link(IFoundry), Link(IPress), Link(IPress)
presses = [part(press, wood, as_=first), part(press, lead, as_=second)]
foundries = [part(WoodFoundry, as_=wood), part(Foundry, as_=lead)]
studio = link(*presses, part(poster, tag("red", first), tag("black", second)), *foundries, exports=IPoster)
""",
    """\
black, red = Link(IPress), Link(IPress)
studio = link(
    part(link(Foundry, press), as_=black),
    part(link(WoodFoundry, press), as_=red),
    part(poster, tag("black", black), tag("red", red)),
)
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
        "Name each with `part(press, ..., as_=...)`",
        "multiple linkages satisfy one import",
    ),
    Mistake(
        "links without tags",
        changed(RIGHT, ('tag("black", black), tag("red", red)', "black, red")),
        "The poster was given two links and not told which is for what",
        "the signature of one supplied link",
    ),
    Mistake(
        "one name for both",
        changed(RIGHT, ('"red", red)', '"red", black)')),
        "Both imports got the same press",
    ),
    Mistake(
        "one of the two tagged",
        changed(RIGHT, (', tag("red", red)', "")),
        "give the poster both, tagged",
        "import: IPress (tag red)",
    ),
    Mistake(
        "the presses forgotten",
        "studio = link(Foundry, poster, exports=IPoster)\n",
        "`of unit` says who",
        "import: IPress (tag black)",
    ),
    Mistake(
        "the foundries forgotten",
        "studio = link(press, poster, exports=IPoster)\n",
        "both foundries are in the link",
        "import: IFoundry",
    ),
    Mistake(
        "a Link of a name and a signature",
        changed(RIGHT, ('IPress, "black"', '"black", IPress')),
        "in this order",
        "not a signature",
    ),
    Mistake(
        "a tag after what is tagged",
        changed(RIGHT, ('tag("red", red)', 'tag(red, "red")')),
        "First the name of the tag",
        "a tag's name is a string",
    ),
    Mistake(
        "a press that is supplied with itself",
        changed(RIGHT, ("press, lead, as_=black", "press, lead, black")),
        "No place in the link has this name",
        "unknown linking identifier",
    ),
    Mistake(
        "the poster forgotten",
        "studio = link(Foundry, press, exports=IPoster)\n",
        "Is the poster in the link?",
        "no sub unit exports this signature",
    ),
    Mistake(
        "presses without their foundries",
        changed(RIGHT, ("press, lead,", "press,"), ("press, wood,", "press,")),
        "given the Link of the foundry that is meant",
        "suppliers: Foundry (IFoundry) as 'lead', WoodFoundry (IFoundry) as 'wood'",
    ),
    Mistake(
        "one Link for both presses",
        changed(RIGHT, ("wood, as_=red", "wood, as_=black")),
        "make a Link for each",
        "duplicate linking identifier definition",
    ),
    Mistake(
        "a name instead of a Link",
        changed(RIGHT, ("as_=black", 'as_="black"')),
        "takes a Link, not its name",
        "as_ takes links",
    ),
    Mistake(
        "a Link of another signature",
        changed(RIGHT, ('Link(IFoundry, "lead")', 'Link(IPress, "lead")')),
        "IFoundry for a foundry, IPress for a press",
        "this export is not supplied by the given unit",
    ),
    Mistake(
        "tags without Links",
        changed(RIGHT, ('tag("black", black), tag("red", red)', 'tag("black"), tag("red")')),
        "A tag says where to",
        "link: tag('black')",
    ),
    Mistake(
        "a unit instead of a Link, tagged",
        changed(RIGHT, ('tag("black", black)', 'tag("black", press)')),
        "What `part` gives to a unit are Links",
        "link: <unit press",
    ),
    Mistake(
        "a unit instead of a Link",
        changed(RIGHT, ("press, lead", "press, Foundry")),
        "What `part` gives to a unit are Links",
        "link: class Foundry",
    ),
    Mistake(
        "a component at a place",
        changed(RIGHT, ("part(press, lead,", "part(press(Foundry()),")),
        "write no parentheses",
        "only units can be linked",
    ),
    Mistake(
        "keywords for tags",
        changed(RIGHT, ('tag("black", black), tag("red", red)', "black=black, red=red")),
        "not a keyword",
        "unexpected keyword argument",
    ),
    Mistake(
        "a unit exported",
        changed(RIGHT, ("exports=IPoster", "exports=poster")),
        "takes the signature, IPoster",
        "an export of a compound is a signature",
    ),
    Mistake(
        "letters of the wrong foundry",
        changed(RIGHT, ("press, wood", "press, lead")),
        "Headlines are red and in wood",
    ),
    Mistake(
        "inks the other way round",
        changed(RIGHT, ('"black", black', '"red", black'), ('"red", red', '"black", red')),
        "Headlines are red and in wood",
    ),
]
