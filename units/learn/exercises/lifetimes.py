"""Write a unit that cleans up, and run it for the length of a block."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isgenerator
from typing import Any

from units._lifetimes import running
from units._unit import Unit
from units.learn.exercise import Theirs, Wrong, expect, exported, imported
from units.learn.letterpress import IPress

NAME = "lifetimes"

TEXT = '''"""7. Ink dries.

A press that has been inked must be washed in the evening, whatever happened during the day.

- inked_press imports IFoundry and exports IPress. Its body appends "ink" to diary, hands the press
  over, and appends "wash" when the day ends, even if it ends by an exception.
- day prints each of the texts on an inked press, and has it washed.

Stuck? python -m units.learn hint 7
"""

from collections.abc import Iterator

from units import exports, invoke, link, running, unit
from units.learn.letterpress import Foundry, IFoundry, IPress

diary: list[str] = []


<gap>
'''

START = """\
@unit
def inked_press(foundry: IFoundry) -> IPress:
    name = "the inked press"

    def print(text: str) -> None:
        diary.append("".join(foundry.cast(text)))

    def sheets() -> list[str]:
        return diary

    return exports(locals())


def day(texts: list[str]) -> None:
    press = ...
    for text in texts:
        press.print(text)
"""

ANSWER = """\
@unit
def inked_press(foundry: IFoundry) -> Iterator[IPress]:
    name = "the inked press"

    def print(text: str) -> None:
        diary.append("".join(foundry.cast(text)))

    def sheets() -> list[str]:
        return diary

    diary.append("ink")
    try:
        yield exports(locals())
    finally:
        diary.append("wash")


def day(texts: list[str]) -> None:
    with running(link(Foundry, inked_press, exports=IPress)) as press:
        for text in texts:
            press.print(text)
"""

HINT = """\
A body that cleans up yields its exports instead of returning them, and is annotated with
Iterator[IPress]. An exception of the day is raised at the yield: `try: yield ... finally: ...`
washes all the same. `with running(unit) as press:` is `invoke` for the length of a block.
"""

WHY = """\
The unit that inks is the one that knows how to wash, and whoever uses the press sees an IPress like
any other. `finally` sees to it that the day's exception goes on after the washing; a body that
catches it without raising it again would have handled it.
"""

ADVICE: Mapping[str, str] = {
    "body is: async": "Nothing is awaited here: `def inked_press`, without async.",
    "returned: dict": "Hand over `exports(locals())`: a dict has no members.",
    "returned: _GeneratorContextManager": (
        "`@unit` knows what a body that yields is: leave @contextmanager out."
    ),
    "component: unit Foundry": (
        "A component is expected here, and Foundry is a unit: link them, `link(Foundry, inked_press, ...)`."
    ),
    "no import is left for a component": (
        "`running` takes one unit: `running(link(Foundry, inked_press, exports=IPress))`."
    ),
    "'_Running' object": "`running(...)` is for a block: `with running(...) as press:`.",
    "context manager": "A unit is run for a block by `with running(unit) as press:`.",
    "an import is not supplied": "The inked press needs a foundry: link it with Foundry.",
    "the unit cannot be invoked this way": (
        "`invoke` would leave nobody to wash. `with running(...) as press:` takes its place."
    ),
    "the body yields more than once": "One yield hands the press over; what follows cleans up.",
    "no linkage satisfies an import": "The inked press needs a foundry in its link.",
    "undefined export": "name, print and sheets are still to be defined, before the yield.",
    "the body never returns its exports": "`yield exports(locals())` hands the press over.",
    "'ellipsis' object has no attribute": "In `day`, `press` is still `...`.",
}


class _Fire(Exception):
    """Ends a day early."""


class _BurningFoundry:
    """Casts nothing."""

    def cast(self, text: str) -> list[str]:
        raise _Fire


def check(theirs: Theirs) -> None:
    """Look at the diary of a good day, of a bad one, and of one that `day` spends."""
    unit, diary = theirs.unit("inked_press"), theirs.diary
    expect(imported(unit) == ["IFoundry"], "`inked_press` is to import IFoundry.")
    expect(exported(unit) == ["IPress"], "`inked_press` is to export IPress.")
    returned = getattr(theirs.inked_press.body, "__annotations__", {}).get("return")
    expect(
        unit.kind != "generator" or returned not in (IPress, "IPress"),
        "To a type checker a function that yields returns an iterator: "
        "`inked_press` is to be annotated `-> Iterator[IPress]`.",
    )
    diary.clear()
    _spend(unit, diary)
    diary.clear()
    result = theirs.day(["a", "b"])
    wanted = ["ink", "A", "B", "wash"]
    expect(
        not isgenerator(result), "`day` yields, so that calling it runs nothing: it has no result."
    )
    expect(diary == wanted, f'After `day(["a", "b"])` the diary is {diary!r}, not {wanted!r}.')
    expect(result is None, "`day` returns something; the press is washed by then.")


def _spend(unit: Unit[..., Any], diary: list[str]) -> None:
    with running(unit, _BurningFoundry()):
        expect(
            "ink" in diary,
            '"ink" is not in the diary when the press is handed over: append it first, to the diary above.',
        )
        expect(
            "wash" not in diary,
            '"wash" is in the diary while the press is in use: append it after the yield.',
        )
    expect(
        "wash" in diary,
        '"wash" is not in the diary when a day is over. The body of `inked_press` appends it, behind '
        "the yield. What follows a return never runs, nor does an `except` on a good day.",
    )
    diary.clear()
    try:
        with running(unit, _BurningFoundry()) as press:
            press.print("a")
    except _Fire:
        pass
    else:
        raise Wrong(
            "An exception of the day, of a foundry that burns, has vanished: let it go on after the "
            "washing (a `return` in `finally` stops it, too), and print with `foundry.cast`."
        )
    expect(
        "wash" in diary,
        'When a day ends by an exception, "wash" is not in the diary: the exception is raised at '
        "the yield. `finally` runs all the same.",
    )
