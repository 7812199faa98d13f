"""The search for sentences sees every way in which the packages say one."""

from __future__ import annotations

from pathlib import Path

from tests.errors.sentences import sentences

TEXT = """
class Problem(NamedTuple):
    sentence: str
    fields: dict


class Wrong(Exception):
    def __init__(self, place, sentence): ...


class Linker:
    def problem(self, sentence, **fields):
        self.problems.append(Problem(sentence, fields))

    def wire(self, found, name):
        self.problem("said by a method")
        self.problem("one" if found else "two")
        how = "not supplied" if found else "supplied twice"
        self.problem(f"this export is {how}")
        self.problem(f"{name} is no unit")
        sentence = "said by a variable"
        raise Wrong(5, "said second")


def report(problem):
    return [Problem(problem.sentence, {}), Problem("said at once", {}), Problem(computed(), {})]


other("not a sentence")
"""


def test_every_way_to_say_a_sentence_is_seen(tmp_path: Path) -> None:
    """Constants, choices, texts with gaps; what cannot be read is a gap from end to end."""
    file = tmp_path / "said.py"
    file.write_text(TEXT, encoding="utf-8")
    assert sorted(sentences([file])) == [
        "*",
        "* is no unit",
        "one",
        "said at once",
        "said by a method",
        "said by a variable",
        "said second",
        "this export is not supplied",
        "this export is supplied twice",
        "two",
    ]
