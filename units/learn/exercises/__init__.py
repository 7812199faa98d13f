"""The exercises, one a step of the tutorial.  Each is a module that is an `Exercise`."""

from __future__ import annotations

from collections.abc import Mapping

from units.learn.exercise import Exercise
from units.learn.exercises import (
    contracts,
    cycles,
    lifetimes,
    linking,
    mail,
    signature,
    swapping,
    twice,
    two_units,
)

#: Each exercise by its number.
EXERCISES: Mapping[int, Exercise] = dict(
    enumerate(
        (signature, two_units, linking, cycles, swapping, twice, lifetimes, contracts, mail),
        start=1,
    )
)
