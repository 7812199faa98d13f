"""Answers to the exercise `lifetimes`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
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

ALSO_RIGHT = [
    changed(
        RIGHT,
        ("    finally:\n        diary", "    except BaseException:\n        diary"),
        ('"wash")\n', '"wash")\n        raise\n    diary.append("wash")\n'),
    ),
]

MISTAKES = [
    Mistake(
        "invoked",
        changed(
            RIGHT,
            ("with running(link(Foundry, inked_press, exports=IPress)) as press:", "press = ROOM"),
            ("ROOM", "invoke(link(Foundry, inked_press, exports=IPress))"),
            ("        for", "    for"),
            ("            press.print(text)", "        press.print(text)"),
        ),
        "`invoke` would leave nobody to wash",
        "the unit cannot be invoked this way",
    ),
    Mistake(
        "returned",
        changed(
            RIGHT,
            ("Iterator[IPress]", "IPress"),
            (
                "    try:\n        yield exports(locals())\n    finally:\n    ",
                "    return exports(locals())\n",
            ),
        ),
        "What follows a return never runs",
    ),
    Mistake(
        "washed too early",
        changed(
            RIGHT,
            ("    try:\n        yield exports(locals())\n    finally:\n    ", ""),
            ('"wash")\n', '"wash")\n    yield exports(locals())\n'),
        ),
        "append it after the yield",
    ),
    Mistake(
        "no finally",
        changed(
            RIGHT,
            (
                "    try:\n        yield exports(locals())\n    finally:\n    ",
                "    yield exports(locals())\n",
            ),
        ),
        "the exception is raised at the yield",
    ),
    Mistake(
        "an exception that vanishes",
        changed(RIGHT, ("finally:", "except Exception:\n        pass\n    if True:")),
        "let it go on after the washing",
    ),
    Mistake(
        "no ink",
        changed(RIGHT, ('    diary.append("ink")\n', "")),
        '"ink" is not in the diary',
    ),
    Mistake(
        "no foundry in the link",
        changed(RIGHT, ("link(Foundry, inked_press", "link(inked_press")),
        "needs a foundry in its link",
        "import: IFoundry",
    ),
    Mistake(
        "half done",
        RIGHT.partition("def day")[0]
        + "def day(texts: list[str]) -> None:\n    press = ...\n    press.print(texts[0])\n",
        "In `day`, `press` is still `...`",
        "'ellipsis' object",
    ),
    Mistake(
        "two yields",
        changed(RIGHT, ('diary.append("wash")', 'diary.append("wash")\n    yield')),
        "One yield hands the press over",
        "the body yields more than once",
    ),
    Mistake(
        "a member misspelled",
        changed(RIGHT, ("def sheets", "def sheet")),
        "still to be defined, before the yield",
        "did you mean: sheet",
    ),
    Mistake(
        "running without with",
        changed(
            RIGHT,
            ("with running(", "press = running("),
            (" as press:", ""),
            ("        for", "    for"),
            ("            press.print(text)", "        press.print(text)"),
        ),
        "is for a block",
        "'_Running' object",
    ),
    Mistake(
        "with, and not running",
        changed(RIGHT, ("running(link(Foundry, inked_press, exports=IPress))", "inked_press")),
        "by `with running(unit) as press:`",
        "context manager",
    ),
    Mistake(
        "running without a foundry",
        changed(RIGHT, ("link(Foundry, inked_press, exports=IPress)", "inked_press")),
        "link it with Foundry",
        "an import is not supplied",
    ),
    Mistake(
        "neither yield nor return",
        changed(RIGHT, ("yield exports(locals())", "pass")),
        "`yield exports(locals())` hands the press over",
        "the body never returns its exports",
    ),
    Mistake(
        "annotated as if it returned",
        changed(RIGHT, ("Iterator[IPress]", "IPress")),
        "to be annotated `-> Iterator[IPress]`",
    ),
    Mistake(
        "async",
        changed(RIGHT, ("def inked_press", "async def inked_press")),
        "without async",
        "its body is: async generator",
    ),
    Mistake(
        "locals yielded",
        changed(RIGHT, ("exports(locals())", "locals()")),
        "a dict has no members",
        "returned: dict object",
    ),
    Mistake(
        "a context manager",
        "from contextlib import contextmanager\n\n\n"
        + changed(RIGHT, ("@unit\n", "@unit\n@contextmanager\n")),
        "leave @contextmanager out",
        "returned: _GeneratorContextManager object",
    ),
    Mistake(
        "a unit instead of a component",
        changed(RIGHT, ("link(Foundry, inked_press, exports=IPress)", "inked_press, Foundry")),
        "A component is expected here",
        "component: unit Foundry",
    ),
    Mistake(
        "running without a link",
        changed(RIGHT, ("link(Foundry, inked_press, exports=IPress)", "Foundry, inked_press")),
        "`running` takes one unit",
        "no import is left for a component",
    ),
    Mistake(
        "a day that yields",
        changed(RIGHT, ("            press.print(text)", "            yield press.print(text)")),
        "`day` yields",
    ),
    Mistake(
        "a return that swallows",
        changed(RIGHT, ('diary.append("wash")', 'diary.append("wash")\n        return')),
        "a `return` in `finally` stops it, too",
    ),
    Mistake(
        "only bad days",
        changed(RIGHT, ("finally:", "except Exception:"), ('"wash")', '"wash")\n        raise')),
        "nor does an `except` on a good day",
    ),
    Mistake(
        "washed after each text",
        changed(
            RIGHT,
            ("    with running(", "    for text in texts:\n        with running("),
            ("as press:\n        for text in texts:\n", "as press:\n"),
        ),
        "After `day([",
    ),
]
