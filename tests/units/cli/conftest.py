"""A project of a few modules in a folder of its own, and the command run inside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from units.cli import main

SIGNATURES = """
from signatures import Signature

class IInk(Signature):
    def colour(self) -> str: ...

class IPaper(Signature): ...

class IPress(Signature):
    def press(self) -> str: ...

class IBigPress(IPress, Signature): ...
"""

SHOP = """
from typing import Annotated

from shop_sig import IBigPress, IInk, IPaper, IPress
from units import Link, Registry, link, part, tag, unit

print("imported")

@unit
class Black(IInk):
    def colour(self) -> str:
        raise AssertionError("no body runs")

@unit
class Red(IInk):
    def colour(self) -> str: return "red"

@unit
class Stack(IPaper): ...

@unit
class Letterpress(IBigPress):
    def __init__(self, ink: IInk, paper: IPaper | None = None) -> None:
        raise AssertionError("no body runs")
    def press(self) -> str: return ""

@unit
class Desk:
    def __init__(self, press: IPress) -> None: ...

@unit
class TwoColour(IPress):
    def __init__(self, first: Annotated[IInk, tag("first")], second: IInk) -> None: ...
    def press(self) -> str: return ""

program = link(Black, Letterpress, exports=IPress, name="program")
office = link(link(Stack, Letterpress, imports=IInk, exports=IBigPress, name="room"),
              Desk, imports=IInk, exports=(), name="office")
one, two = Link(IInk, "one"), Link(IInk, "two")
poster = link(part(Black, as_=one), part(Red, as_=two),
              part(TwoColour, tag("first", one), two), exports=IPress, name="poster")

registry = Registry()
registry.register(Black)
registry.register(Letterpress)
registry.register(Red, name="red")

broken = Registry()
broken.register(Letterpress)
"""

WRONG = """
from shop import Letterpress, Stack
from shop_sig import IPress, IPaper
from units import link

program = link(Letterpress, exports=(IPress, IPaper))
"""


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with modules, in which the command runs; what they import is forgotten later."""
    files = {"shop_sig.py": SIGNATURES, "shop.py": SHOP, "wrong.py": WRONG}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, run in this process inside the project."""

    def run(*arguments: str) -> Outcome:
        status = main(arguments)
        told = capsys.readouterr()
        return Outcome(status, told.out, told.err)

    return run
