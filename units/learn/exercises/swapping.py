"""Swap a unit in a link, and in a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units.learn.exercise import Theirs, Wrong, expect

NAME = "swapping"

TEXT = '''"""5. Swap a unit.

Blanks casts a # for each character, which is all that a test of the press wants to see. Let both
functions return the sheets of a press that has printed the text with Blanks:

- by_link links Blanks and press;
- by_override asks the registry below for an IPress, while Blanks answers for IFoundry there; when
  the function has returned, the registry is to be as it was.

Stuck? python -m units.learn hint 5
"""

from units import Registry, invoke, link, unit
from units.learn.letterpress import Foundry, IFoundry, IPress, press

registry = Registry()
registry.register(Foundry)
registry.register(press)


@unit
class Blanks(IFoundry):
    def cast(self, text: str) -> list[str]:
        return ["#"] * len(text)


<gap>
'''

START = """\
def by_link(text: str) -> list[str]: ...


def by_override(text: str) -> list[str]: ...
"""

ANSWER = """\
def by_link(text: str) -> list[str]:
    room = invoke(link(Blanks, press, exports=IPress))
    room.print(text)
    return room.sheets()


def by_override(text: str) -> list[str]:
    with registry.override(IFoundry, Blanks):
        room = registry.get(IPress)
    room.print(text)
    return room.sheets()
"""

HINT = """\
The first is the link of the tutorial with another foundry in it. The second is
`with registry.override(SIGNATURE, UNIT):`, and inside the block `registry.get(SIGNATURE)`.
"""

WHY = """\
Both leave press as it is, and neither reaches into it. The override holds for what is linked inside
the block; the press obtained there keeps its blanks afterwards, so it does not matter on which side
of the block's end it prints.
"""

ADVICE: Mapping[str, str] = {
    "a unit is registered there already": (
        "`register` refuses to replace. What answers instead for a while is put in by "
        "`with registry.override(...)`."
    ),
    "no linkage satisfies an import": "The press needs a foundry in its link: Blanks.",
    "multiple linkages satisfy one import": (
        "Two foundries are in the link. For the test, Blanks takes the place of Foundry."
    ),
    "not a signature": (
        "A registry is asked for a signature; an override names the signature first, then the unit."
    ),
    "override() missing": (
        "An override names the signature first, then the unit that answers for it meanwhile."
    ),
    "only units can be registered": (
        "Calling a unit runs it, and what it returns is no unit: write no parentheses."
    ),
}


def check(theirs: Theirs) -> None:
    """Print by both functions, and look whether the registry is as it was."""
    for name in ("by_link", "by_override"):
        sheets: Any = getattr(theirs, name)("abc")
        if sheets is None:
            raise Wrong(f"`{name}` returns nothing; it is to return the sheets.")
        if sheets == ["ABC"]:
            raise Wrong(_LEAD[name])
        expect(sheets == ["###"], f'`{name}("abc")` returned {sheets!r}; the sheets are ["###"].')
    room: Any = theirs.registry.get(theirs.IPress)
    room.print("abc")
    expect(
        room.sheets() == ["ABC"],
        "After `by_override`, the registry still answers with Blanks: the override has not ended.",
    )


_LEAD = {
    "by_link": "`by_link` printed capitals: Foundry is in its link. Swap it for Blanks.",
    "by_override": (
        "`by_override` printed capitals: Foundry answered. An override takes effect inside "
        "`with registry.override(...)`, on what is asked for there, and not before or without it."
    ),
}
