"""Time things side by side: medians of ratios, both sides in turn, in many rounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any


def ratio(ours: Callable[[], Any], theirs: Callable[[], Any], calls: int, rounds: int) -> float:
    """Return how many times as long *ours* takes as *theirs*: the median over *rounds*."""
    found = []
    for _ in range(rounds):
        found.append(seconds(ours, calls) / seconds(theirs, calls))
    return median(found)


def seconds(call: Callable[[], Any], calls: int) -> float:
    """Return the processor's time for *calls* calls.

    By the clock on the wall, a busy machine that stops one side for a moment in most rounds makes it
    several times slower, and no median mends that.
    """
    repeat = range(calls)
    start = time.thread_time()
    for _ in repeat:
        call()
    return time.thread_time() - start


def milliseconds(call: Callable[[], Any], rounds: int) -> float:
    """Return the median time of one call."""
    return median(seconds(call, 1) for _ in range(rounds)) * 1e3
