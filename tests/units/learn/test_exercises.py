"""The exercises: each can be solved, none is solved as it is written, and mistakes are understood."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.units.learn.answers import MISTAKES, RIGHT
from tests.units.learn.mistake import Mistake, changed
from units.learn.exercise import GAP
from units.learn.exercises import EXERCISES
from units.learn.judge import MODULE, judge
from units.learn.verdict import Verdict, text_of

Judged = Callable[..., Verdict]
NUMBERS = {exercise.NAME: number for number, exercise in EXERCISES.items()}


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judged:
    """What is said of an answer, judged in this process."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, MODULE, sys)

    def judged(name: str, answer: str, *around: tuple[str, str]) -> Verdict:
        exercise = EXERCISES[NUMBERS[name]]
        file = tmp_path / f"{name}.py"
        file.write_text(changed(text_of(exercise, answer), *around), encoding="utf-8")
        return judge(exercise, str(file))

    return judged


@pytest.mark.parametrize("name", NUMBERS)
def test_the_solution_passes(name: str, judged: Judged) -> None:
    """What `show` shows is right."""
    assert judged(name, EXERCISES[NUMBERS[name]].ANSWER) == Verdict(True)


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_other_solutions_pass(name: str, answer: str, judged: Judged) -> None:
    """The check is of what the task says, not of one wording."""
    assert judged(name, answer) == Verdict(True)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_gap_does_not_pass(name: str, judged: Judged) -> None:
    """A file as it is written at the start is no answer, and the check itself says so."""
    verdict = judged(name, EXERCISES[NUMBERS[name]].START)
    assert (verdict.passed, bool(verdict.sentence)) == (False, True)


@pytest.mark.parametrize(
    ("name", "mistake"), MISTAKES, ids=[f"{name}: {mistake.name}" for name, mistake in MISTAKES]
)
def test_a_typical_mistake_gets_the_sentence_meant_for_it(
    name: str, mistake: Mistake, judged: Judged
) -> None:
    """The sentence helps, the error beside it is the real one, with the line in the file."""
    verdict = judged(name, mistake.answer, *mistake.around)
    assert not verdict.passed
    assert mistake.said in verdict.sentence
    assert mistake.error in verdict.error
    assert bool(mistake.error) == bool(verdict.error)


def test_every_exercise_has_typical_mistakes() -> None:
    """At least three each."""
    count = Counter(name for name, _ in MISTAKES)
    assert {name: n for name in NUMBERS if (n := count[name]) < 3} == {}


@pytest.mark.parametrize("name", NUMBERS)
def test_every_advice_is_given_to_some_mistake(name: str, judged: Judged) -> None:
    """No sentence is kept that nothing leads to."""
    advice = EXERCISES[NUMBERS[name]].ADVICE
    mistakes = [mistake for of, mistake in MISTAKES if of == name]
    said = {judged(name, each.answer, *each.around).sentence for each in mistakes}
    assert [sentence for sentence in advice.values() if sentence not in said] == []


@pytest.mark.parametrize("number", EXERCISES)
def test_a_file_opens_with_its_number_and_task(number: int) -> None:
    """The docstring is the task, with the way to a hint; there is one gap; lines are not too long."""
    exercise = EXERCISES[number]
    assert exercise.TEXT.count(GAP) == 1
    for answer in (exercise.START, exercise.ANSWER):
        text = text_of(exercise, answer)
        task = ast.get_docstring(ast.parse(text)) or ""
        assert task.startswith(f"{number}. ")
        assert task.endswith(f"Stuck? python -m units.learn hint {number}")
        assert [line for line in text.splitlines() if len(line) > 100] == []
    for words in (exercise.HINT, exercise.WHY):
        assert words.endswith(".\n")
        assert [line for line in words.splitlines() if len(line) > 100] == []
