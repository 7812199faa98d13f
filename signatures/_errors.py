"""What can be wrong with a signature, said in one shape.

Every message of the project is a short lower-case sentence without values, followed by one
indented ``field: detail`` line for each fact, so that a reader finds the culprit, where it
stands, what was expected and the nearest right thing at the same place every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class SignatureError(TypeError):
    """A signature, or a use of one, that cannot mean anything.

    *sentence* says what is wrong; *fields* are the facts, in the order they are shown.
    """

    def __init__(self, sentence: str, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence, fields)
        self.sentence = sentence
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return render(self.sentence, self.fields)


def render(sentence: str, fields: Mapping[str, object]) -> str:
    """Return *sentence* followed by its *fields*, one indented line each; empty ones left out."""
    shown = [f"\n  {name}: {detail}" for name, detail in fields.items() if detail not in (None, "")]
    return sentence + "".join(shown)


def nearest(wrong: str, candidates: Iterable[str]) -> str | None:
    """Return the one of *candidates* that *wrong* was probably meant to be, or nothing.

    Capitals do not count, and two thirds of both have to agree: of three letters, one may be wrong.
    """
    import difflib  # only errors need it

    named = {each.casefold(): each for each in candidates}
    found = difflib.get_close_matches(wrong.casefold(), named, n=1, cutoff=0.65)
    return named[found[0]] if found else None
