"""`import signatures` and `import units` offer everything by name, and load little for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import signatures
import units

FACADES = [signatures, units]


@pytest.mark.parametrize("facade", FACADES, ids=lambda facade: facade.__name__)
def test_type_checkers_see_the_same_names(facade: ModuleType) -> None:
    """The table and the imports under TYPE_CHECKING name the same things from the same places."""
    tree = ast.parse(Path(facade.__file__ or "").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    told = {alias.name: node.module for node in imports for alias in node.names}
    assert told == facade._HOMES


@pytest.mark.parametrize("facade", FACADES, ids=lambda facade: facade.__name__)
def test_a_misspelt_name_is_an_attribute_error(facade: ModuleType) -> None:
    """A facade invents nothing."""
    with pytest.raises(AttributeError, match="no attribute 'prefiks'"):
        facade.prefiks  # noqa: B018


PROGRAM = """
from __future__ import annotations

import sys

from signatures import Signature
from units import exports, invoke, link, unit


class IInk(Signature):
    colour: str

    def mix(self, parts: int, *, thin: bool = False) -> str: ...


class IPress(Signature):
    def print(self, sheets: int) -> str: ...


@unit
class Ink(IInk):
    def __init__(self) -> None:
        self.colour = "blue"

    def mix(self, parts: int, *, thin: bool = False) -> str:
        return self.colour * parts


@unit
def press_unit(ink: IInk, copies: int = 2) -> IPress:
    def print(sheets: int) -> str:
        return ink.mix(sheets * copies)

    return exports(locals())


assert invoke(link(Ink, press_unit)).print(1) == "blueblue"
print(*({"inspect", "ast", "dis", "dataclasses", "units._by_name"} & set(sys.modules)))
"""


def test_a_program_that_is_right_loads_what_it_needs() -> None:
    """To define, link and invoke takes no `inspect`, and nothing for those who bind by name."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("\n", "")
