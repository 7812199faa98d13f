"""Swap a unit in a link, and in a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units._define import unit
from units._unit import exports
from units.learn.exercise import Theirs, Wrong, expect
from units.learn.letterpress import IFoundry, IPress

NAME = "swapping"

TEXT = '''"""5. Swap a unit.

Blanks casts a # for each character. Let both functions return what a press has printed with it:

- by_link links Blanks, press and counter, orders two copies of the text at the counter, and returns
  the sheets of that press;
- by_override asks the registry below for an IPress, while Blanks answers for IFoundry there, prints
  the text once and returns the sheets. Afterwards the registry is to be as it was.

Stuck? python -m units.learn hint 5
"""

from units import Registry, invoke, link, unit
from units.learn.letterpress import Foundry, ICounter, IFoundry, IPress, counter, press

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
    desk, room = invoke(link(Blanks, press, counter, exports=(ICounter, IPress)))
    desk.order(text, 2)
    return room.sheets()


def by_override(text: str) -> list[str]:
    with registry.override(IFoundry, Blanks):
        room = registry.get(IPress)
    room.print(text)
    return room.sheets()
"""

HINT = """\
The first is the shop of step 3 with another foundry in it. To have the counter and its press,
export both: `exports=(ICounter, IPress)`; then `invoke` returns two components. The second is
`with registry.override(SIGNATURE, UNIT):`, and inside the block `registry.get(SIGNATURE)`.
"""

WHY = """\
The counter has never heard of a foundry, and still prints blanks: what is swapped may lie deeper
than what is asked. An override holds for what is linked inside its block; the press obtained there
keeps its blanks afterwards, so it does not matter on which side of the block's end it prints.
"""

_BOTH = (
    "The sheets are members of the press, orders of the counter: with `exports=(ICounter, IPress)`, "
    "`invoke` returns both."
)

ADVICE: Mapping[str, str] = {
    "this is a component": (
        "Calling a unit runs it, and what it returns is no unit: write no parentheses."
    ),
    "a unit is registered there already": (
        "`register` refuses to replace. What answers instead for a while is put in by "
        "`with registry.override(...)`."
    ),
    "Unit' object": (
        "A unit is a plan: `invoke(...)` makes components of what `link` returns, and `registry.get(...)` "
        "returns one."
    ),
    "non-iterable CompoundUnit": "A link is a plan: `invoke(link(...))` makes the components.",
    "'Blanks' object has no attribute": (
        "Whoever asks for an IFoundry gets a foundry. Ask for an IPress, which gets that foundry."
    ),
    "no unit is registered for the signature": (
        "The registry has Foundry and press, and neither has a name there: an override is of IFoundry, "
        "and what is asked for is an IPress."
    ),
    "ICounter object": _BOTH,
    "'ICounter' object has no attribute": _BOTH,
    "'IPress' object has no attribute": (
        "`order` is a member of the counter. Components come in the order of `exports=`."
    ),
    "cannot be interpreted as an integer": "`order` takes the text, then how many copies.",
    "no sub unit exports this signature": "`exports=` asks for what no unit in the link exports.",
    "an export of a compound is a signature": "`exports=` takes signatures: ICounter, IPress.",
    "does not support the context manager": (
        "What `with` takes is an override: `registry.override(IFoundry, Blanks)`."
    ),
    "given: signature I": (
        "`register` takes a unit, and replaces none. What replaces one for a while is "
        "`with registry.override(IFoundry, Blanks):`."
    ),
    "no linkage satisfies an import": "The press needs a foundry in its link: Blanks.",
    "multiple linkages satisfy one import": (
        "Two foundries are in the link. For the test, Blanks takes the place of Foundry."
    ),
    "the unit does not export the signature": (
        "An override is of a signature that its unit exports, and Blanks exports IFoundry. "
        "Override that one: the press asks for it, and gets the new one."
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


@unit
def _signed_press(foundry: IFoundry) -> IPress:
    name = "the signed press"
    printed = ["signed"]

    def print(text: str) -> None:
        printed.append("".join(foundry.cast(text)))

    def sheets() -> list[str]:
        return printed

    return exports(name=name, print=print, sheets=sheets)


def check(theirs: Theirs) -> None:
    """Print by both functions, and look whether the registry is as it was."""
    for name, copies in (("by_link", 2), ("by_override", 1)):
        sheets: Any = getattr(theirs, name)("abc")
        if sheets is None:
            raise Wrong(f"`{name}` returns nothing; it is to return the sheets.")
        expect(
            isinstance(sheets, list),
            f"`{name}` returns {sheets!r}; the sheets are `room.sheets()`.",
        )
        if "ABC" in sheets:
            raise Wrong(_LEAD[name])
        expect(
            sheets,
            f"`{name}` returned no sheets. Each `invoke` and each `get` makes another press: "
            "print with the one whose sheets are returned.",
        )
        wanted = ["###"] * copies
        expect(sheets == wanted, f'`{name}("abc")` returned {sheets!r}; the sheets are {wanted!r}.')
    registry = theirs.registry
    with registry.override(IPress, _signed_press):
        expect(
            theirs.by_override("abc") == ["signed", "###"],
            "`by_override` does not ask `registry`, the one above it, which has another press by now.",
        )
    room: Any = registry.get(IPress)
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
