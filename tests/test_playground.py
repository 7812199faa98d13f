"""What runs the examples in the reader's browser, run here: the same file, another layout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

import units
from units._pictures.graphviz import with_pygraphviz

STATIC = Path(__file__).resolve().parent.parent / "docs" / "_static"

SIGNATURE = """
from signatures import Signature
from units import exports, invoke, link, unit

class IClock(Signature):
    def hour(self) -> int: ...
"""

CLOCK = """
@unit
class Clock(IClock):
    def hour(self) -> int:
        return 3
"""


def loaded(path: Path) -> Any:
    """Import the file at *path*, which is in no package."""
    spec: Any = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def playground() -> Any:
    return loaded(STATIC / "playground.py")


def run(playground: Any, *blocks: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = playground.run(list(blocks), with_pygraphviz)
    return told


def test_blocks_are_one_module(playground: Any) -> None:
    """Each uses what those before it define; nothing is left of it afterwards."""
    told = run(playground, SIGNATURE, CLOCK, "print(Clock().hour())")
    assert [each["out"] for each in told] == ["", "", "3\n"]
    assert "example" not in sys.modules


def test_the_last_linkage_of_a_block_is_drawn(playground: Any) -> None:
    """Also one that has no name."""
    text = "link(Clock, name='first')\nprint(invoke(link(Clock, name='second')).hour())"
    (picture,) = run(playground, SIGNATURE, CLOCK, text)[2]["pictures"]
    assert "The unit second" in picture


def test_where_nothing_is_linked_the_new_units_are_drawn(playground: Any) -> None:
    """Signatures have no picture."""
    told = run(playground, SIGNATURE, CLOCK, "1 + 1")
    assert [len(each["pictures"]) for each in told] == [0, 1, 0]


def test_a_value_at_the_end_is_shown(playground: Any) -> None:
    """As at Python's prompt; nothing for nothing."""
    told = run(playground, "1 + 1", "None", "x = 3")
    assert [each["out"] for each in told] == ["2\n", "", ""]


def test_an_error_shows_the_lines_of_the_reader(playground: Any) -> None:
    """Those of the library are left out; later blocks do not run."""
    told = run(playground, SIGNATURE, "def later():\n    link(3)\n\n\nlater()", "print('no')")
    assert len(told) == 2
    lines = [line for line in told[1]["error"].splitlines() if line.strip(" ~^")]
    assert lines[:5] == [
        "Traceback (most recent call last):",
        '  File "block 2", line 5, in <module>',
        "    later()",
        '  File "block 2", line 2, in later',
        "    link(3)",
    ]
    assert "only units can be linked" in told[1]["error"]
    assert "playground.py" not in told[1]["error"]


@pytest.mark.parametrize(
    ("text", "error"), [("def (", "SyntaxError"), ("raise SystemExit", "SystemExit")]
)
def test_whatever_goes_wrong_is_shown(playground: Any, text: str, error: str) -> None:
    """Nothing gets past."""
    assert error in run(playground, text)[0]["error"]


def test_linking_is_as_it_was_afterwards(playground: Any) -> None:
    """What notes the linkages is taken away again."""
    link = units.link
    run(playground, SIGNATURE, "raise ValueError")
    assert units.link is link


def test_the_page_shows_the_examples_of_the_tutorial(playground: Any) -> None:
    """All of its `python` blocks, under their headings; of conversations, what was typed."""
    page = STATIC.parent / "tutorial" / "first-units.md"
    found = list(loaded(STATIC.parent / "extensions" / "page_examples.py").examples(page))
    assert len(found) == page.read_text(encoding="utf-8").count("```python\n")
    assert all(each.heading for each in found)
    assert not any(">>>" in each.code for each in found)
    told = run(playground, *(each.code for each in found))
    assert [each["error"] for each in told] == [""] * len(found)
