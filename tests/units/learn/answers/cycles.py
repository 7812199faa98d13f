"""Answers to the exercise `cycles`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake

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
        "Read it inside `cast`",
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
]
