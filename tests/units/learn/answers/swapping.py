"""Answers to the exercise `swapping`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

BY_LINK = """\
def by_link(text: str) -> list[str]:
    desk, room = invoke(link(Blanks, press, counter, exports=(ICounter, IPress)))
    desk.order(text, 2)
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
    "    counter(room).order(text, 2)\n"
    "    return room.sheets()\n\n\n" + BY_OVERRIDE,
]

REGISTERED = "if registry.register(IFoundry, Blanks):"

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
        "another press asked",
        changed(
            BY_LINK,
            ("    return", "    room = invoke(link(Blanks, press, exports=IPress))\n    return"),
        )
        + BY_OVERRIDE,
        "makes another press",
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
    Mistake(
        "another signature overridden",
        BY_LINK + changed(BY_OVERRIDE, ("IFoundry, Blanks", "IPress, Blanks")),
        "Blanks exports IFoundry",
        "the unit does not export the signature",
    ),
    Mistake(
        "a component linked",
        changed(BY_LINK, ("link(Blanks", "link(Blanks()")) + BY_OVERRIDE,
        "write no parentheses",
        "this is a component",
    ),
    Mistake(
        "the unit of the registry",
        BY_LINK + changed(BY_OVERRIDE, ("registry.get", "registry.unit")),
        "A unit is a plan",
        "'FunctionUnit' object has no attribute 'print'",
    ),
    Mistake(
        "a link that is not invoked",
        changed(
            BY_LINK,
            ("invoke(", "("),
        )
        + BY_OVERRIDE,
        "A link is a plan",
        "non-iterable CompoundUnit",
    ),
    Mistake(
        "the foundry asked for",
        BY_LINK + changed(BY_OVERRIDE, ("get(IPress)", "get(IFoundry)")),
        "Ask for an IPress",
        "'Blanks' object has no attribute 'print'",
    ),
    Mistake(
        "under a name",
        BY_LINK + changed(BY_OVERRIDE, ("Blanks)", 'Blanks, "blank")')),
        "neither has a name there",
        "no unit is registered for the signature",
    ),
    Mistake(
        "only the counter exported",
        changed(BY_LINK, ("(ICounter, IPress)", "ICounter")) + BY_OVERRIDE,
        "`invoke` returns both",
        "non-iterable ICounter object",
    ),
    Mistake(
        "the sheets of the counter",
        changed(BY_LINK, ("room.sheets", "desk.sheets")) + BY_OVERRIDE,
        "The sheets are members of the press",
        "'ICounter' object has no attribute 'sheets'",
    ),
    Mistake(
        "exports the other way round",
        changed(BY_LINK, ("ICounter, IPress", "IPress, ICounter")) + BY_OVERRIDE,
        "in the order of `exports=`",
        "'IPress' object has no attribute 'order'",
    ),
    Mistake(
        "arguments in another order",
        changed(BY_LINK, ("text, 2", "2, text")) + BY_OVERRIDE,
        "the text, then how many copies",
        "cannot be interpreted as an integer",
    ),
    Mistake(
        "no counter in the link",
        changed(BY_LINK, ("press, counter", "press")) + BY_OVERRIDE,
        "what no unit in the link exports",
        "export: ICounter",
    ),
    Mistake(
        "units exported",
        changed(BY_LINK, ("(ICounter, IPress)", "(counter, press)")) + BY_OVERRIDE,
        "`exports=` takes signatures",
        "an export of a compound is a signature",
    ),
    Mistake(
        "no override in the block",
        BY_LINK + changed(BY_OVERRIDE, ("override(IFoundry, Blanks)", "override")),
        "What `with` takes is an override",
        "does not support the context manager",
    ),
    Mistake(
        "registered as an override",
        BY_LINK + changed(BY_OVERRIDE, ("with registry.override(IFoundry, Blanks):", REGISTERED)),
        "`register` takes a unit, and replaces none",
        "given: signature IFoundry",
    ),
    Mistake(
        "sheets not called",
        changed(BY_LINK, ("room.sheets()", "room.sheets")) + BY_OVERRIDE,
        "the sheets are `room.sheets()`",
    ),
    Mistake(
        "one copy ordered",
        changed(BY_LINK, ("text, 2", "text, 1")) + BY_OVERRIDE,
        "the sheets are ['###', '###']",
    ),
    Mistake(
        "a registry of its own",
        BY_LINK
        + changed(
            BY_OVERRIDE,
            ("with registry.override(IFoundry, Blanks):", "registry = Registry()"),
            (
                "        room",
                "    registry.register(Blanks)\n    registry.register(press)\n    room",
            ),
        ),
        "`by_override` does not ask `registry`",
    ),
]
