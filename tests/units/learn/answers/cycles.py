"""Answers to the exercise `cycles`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
    def cast(text: str) -> list[str]:
        stamp = f"[{press.name}]"
        return [stamp + letter.upper() for letter in text]
"""

ALSO_RIGHT = [
    "    def stamp() -> str:\n"
    '        return f"[{press.name}]"\n\n'
    "    def cast(text: str) -> list[str]:\n"
    "        return [stamp() + letter for letter in text.upper()]\n",
]

#: The body as it is at the start, and a unit that says that it reads early.
EARLY = """\
    stamp = f"[{press.name}]"

    def cast(text: str) -> list[str]:
        return [stamp + letter for letter in text.upper()]
"""
DEPENDS = ("@unit\ndef", "@unit(init_depend=[IPress])\ndef")

MISTAKES = [
    Mistake(
        "read as a default",
        "    def cast(text: str, name: str = press.name) -> list[str]:\n"
        '        return [f"[{name}]{letter}" for letter in text.upper()]\n',
        "A default value counts",
        "cannot use before initialization",
    ),
    Mistake(
        "read into another variable",
        "    name = press.name\n\n"
        "    def cast(text: str) -> list[str]:\n"
        '        return [f"[{name}]{letter}" for letter in text.upper()]\n',
        "Read `press.name` inside `cast`",
        "that unit: has not started",
    ),
    Mistake(
        "the name written down",
        "    def cast(text: str) -> list[str]:\n"
        '        return [f"[the corner press]{letter}" for letter in text.upper()]\n',
        "The name is the press's to say",
    ),
    Mistake(
        "the member of another",
        '    def cast(text: str) -> list[str]:\n        return [f"[{press}]{x}" for x in text]\n',
        "wanted is",
    ),
    Mistake(
        "self inside a function",
        "    def cast(self, text: str) -> list[str]:\n        return [press.name]\n",
        "Inside a function there is no `self`",
        "cast(self, text)",
    ),
    Mistake(
        "a member misspelled",
        "    def cats(text: str) -> list[str]:\n        return [press.name]\n",
        "still has to define `cast`",
        "did you mean: cats",
    ),
    Mistake(
        "the early read said aloud",
        EARLY,
        "so this unit cannot stand wherever it likes",
        "an initialization dependency is supplied from a later unit",
        around=(DEPENDS,),
    ),
    Mistake(
        "the early read said aloud, and the press first",
        EARLY,
        "so this unit cannot stand wherever it likes",
        around=(DEPENDS, ("link(stamping_foundry, press", "link(press, stamping_foundry")),
    ),
    Mistake(
        "the press first",
        EARLY,
        "in one of the two orders of the link",
        "cannot use before initialization",
        around=(("link(stamping_foundry, press", "link(press, stamping_foundry"),),
    ),
    Mistake(
        "data called",
        changed(RIGHT, ("press.name", "press.name()")),
        "read without parentheses",
        "'str' object is not callable",
    ),
    Mistake(
        "read from the signature",
        changed(RIGHT, ("press.name", "IPress.name")),
        "IPress is the signature, and only asks",
        "has no attribute 'name'",
    ),
    Mistake(
        "a member that is not there",
        changed(RIGHT, ("press.name", "press.title")),
        "is `press.name`",
        "has no attribute 'title'",
    ),
    Mistake(
        "the press as a parameter of the member",
        changed(RIGHT, ("text: str", "text: str, press: IPress")),
        "a variable of the body around it",
        "requires press",
    ),
    Mistake(
        "nothing returned",
        changed(RIGHT, ("return [", "[")),
        "here it returns something else",
        "can only join an iterable",
    ),
    Mistake(
        "one str",
        '    def cast(text: str) -> list[str]:\n        return "".join(\n'
        '            f"[{press.name}]{letter}" for letter in text.upper()\n        )\n',
        "not a list of letters",
    ),
    Mistake(
        "a variable of the function's own",
        '    stamp = ""\n\n    def cast(text: str) -> list[str]:\n'
        "        stamp = stamp or press.name\n"
        '        return [f"[{stamp}]{letter}" for letter in text.upper()]\n',
        "which makes it a variable of its own",
        "UnboundLocalError",
    ),
]
