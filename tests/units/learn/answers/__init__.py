"""Answers to the exercises, right and wrong ones; each module is named as its exercise."""

from __future__ import annotations

from importlib import import_module

from tests.units.learn.mistake import Mistake
from units.learn.exercises import EXERCISES

_MODULES = {each.NAME: import_module(f"{__name__}.{each.NAME}") for each in EXERCISES.values()}

#: Answers that pass, each with the name of its exercise.
RIGHT: list[tuple[str, str]] = [
    (name, answer)
    for name, module in _MODULES.items()
    for answer in (module.RIGHT, *module.ALSO_RIGHT)
]
#: Typical mistakes, each with the name of its exercise.
MISTAKES: list[tuple[str, Mistake]] = [
    (name, mistake) for name, module in _MODULES.items() for mistake in module.MISTAKES
]
