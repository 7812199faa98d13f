"""Answers to the exercise `swapping`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

BY_LINK = """\
def by_link(text: str) -> list[str]:
    room = invoke(link(Blanks, press, exports=IPress))
    room.print(text)
    return room.sheets()


"""

BY_OVERRIDE = """\
def by_override(text: str) -> list[str]:
    with registry.override(IFoundry, Blanks):
        room = registry.get(IPress)
    room.print(text)
    return room.sheets()
"""

RIGHT = BY_LINK + BY_OVERRIDE

ALSO_RIGHT = [
    BY_LINK
    + changed(
        BY_OVERRIDE,
        ("    room.print(text)", "        room.print(text)"),
        ("    return", "        return"),
    ),
    "def by_link(text: str) -> list[str]:\n"
    "    room = press(Blanks())\n"
    "    room.print(text)\n"
    "    return room.sheets()\n\n\n" + BY_OVERRIDE,
]

MISTAKES = [
    Mistake(
        "the real foundry in the link",
        changed(BY_LINK, ("link(Blanks", "link(Foundry")) + BY_OVERRIDE,
        "Foundry is in its link",
    ),
    Mistake(
        "both foundries in the link",
        changed(BY_LINK, ("link(Blanks", "link(Foundry, Blanks")) + BY_OVERRIDE,
        "Blanks takes the place of Foundry",
        "multiple linkages satisfy one import",
    ),
    Mistake(
        "an override that is not entered",
        BY_LINK
        + changed(
            BY_OVERRIDE,
            ("with registry.override(IFoundry, Blanks):", "registry.override(IFoundry, Blanks)"),
            ("        room =", "    room ="),
        ),
        "An override takes effect inside `with registry.override(...)`",
    ),
    Mistake(
        "asked before the override",
        BY_LINK
        + changed(
            BY_OVERRIDE,
            ("        room = registry.get(IPress)\n    room", "        room"),
            ("    with", "    room = registry.get(IPress)\n    with"),
        ),
        "not before or without it",
    ),
    Mistake(
        "registered instead",
        BY_LINK
        + changed(
            BY_OVERRIDE,
            ("with registry.override(IFoundry, Blanks):", "registry.register(Blanks)"),
            ("        room =", "    room ="),
        ),
        "`register` refuses to replace",
        "a unit is registered there already",
    ),
    Mistake(
        "the unit first",
        BY_LINK + changed(BY_OVERRIDE, ("IFoundry, Blanks", "Blanks, IFoundry")),
        "names the signature first, then the unit",
        "given: class Blanks",
    ),
    Mistake(
        "an override that stays",
        "from contextlib import ExitStack\n\nstack = ExitStack()\n\n\n"
        + BY_LINK
        + changed(
            BY_OVERRIDE,
            (
                "with registry.override(IFoundry, Blanks):",
                "stack.enter_context(registry.override(IFoundry, Blanks))",
            ),
            ("        room =", "    room ="),
        ),
        "the override has not ended",
    ),
    Mistake(
        "no foundry in the link",
        changed(BY_LINK, ("link(Blanks, ", "link(")) + BY_OVERRIDE,
        "The press needs a foundry in its link",
        "import: IFoundry",
    ),
    Mistake(
        "only the unit",
        BY_LINK + changed(BY_OVERRIDE, ("IFoundry, Blanks", "Blanks")),
        "names the signature first, then the unit that answers",
        "override() missing",
    ),
    Mistake(
        "a component in the override",
        BY_LINK + changed(BY_OVERRIDE, ("Blanks)", "Blanks())")),
        "write no parentheses",
        "only units can be registered",
    ),
    Mistake(
        "nothing returned",
        BY_LINK + changed(BY_OVERRIDE, ("    return room.sheets()\n", "")),
        "`by_override` returns nothing",
    ),
]
