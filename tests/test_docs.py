"""The documentation keeps up with the code and with itself; its examples run by conftest.py.

What the built pages look like to a reader is checked as they are built, by docs/extensions/checked_pages.py.
"""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import FunctionType

import pytest

import netsmtp

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")
PRIVATE = re.compile(r"\._|^netsmtp\.cli\b")
FACADES = ("signatures", "units", "netsmtp")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_files_lead_somewhere(page: Path) -> None:
    """A relative link names a file of the project."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_public_module_of_netsmtp_has_a_reference() -> None:
    """docs/reference documents each module that users import; the command is no module to import."""
    pages = (ROOT / "docs/reference").glob("*.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    documented = set(re.findall(r"^\.\. automodule:: (netsmtp\.\S+)$", text, re.MULTILINE))
    modules = {info.name for info in pkgutil.walk_packages(netsmtp.__path__, "netsmtp.")}
    assert {name for name in modules if not PRIVATE.search(name)} == documented


def public_names() -> list[tuple[str, str, str]]:
    """Return facade, name and home of all that users import from a facade, as its file lists them."""
    found: list[tuple[str, str, str]] = []
    for facade in FACADES:
        for node in ast.walk(tree(facade)):
            if isinstance(node, ast.ImportFrom):
                same = [alias.name for alias in node.names if alias.asname == alias.name]
                found += [(facade, name, str(node.module)) for name in same]
    return found


def tree(module: str) -> ast.Module:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def statements(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the statements of a module, and those inside an `if` or `else` of it."""
    for block in ("body", "orelse"):
        nodes: list[ast.stmt] = getattr(node, block, [])
        yield nodes
        for inner in nodes:
            if isinstance(inner, ast.If):
                yield from statements(inner)


def described(module: str, name: str) -> bool:
    """Tell whether *name* says what it is: in its docstring, or in one behind its assignment."""
    thing = getattr(import_module(module), name)
    if isinstance(thing, type | FunctionType):
        return bool((thing.__doc__ or "").strip())
    for block in statements(tree(module)):
        for node, behind in pairwise([*block, ast.Pass()]):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                return bool(ast.get_docstring(node))
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                if isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant):
                    return True
    return False


def test_every_public_name_says_what_it_is() -> None:
    """Each name of a facade has a docstring where it is defined."""
    names = public_names()
    assert len(names) > 75
    assert [f"{facade}.{name}" for facade, name, home in names if not described(home, name)] == []


def test_facades_offer_what_they_list() -> None:
    """What a facade tells type checkers can be imported, and is in `dir`."""
    for facade, name, _ in public_names():
        module = import_module(facade)
        assert hasattr(module, name)
        assert name in dir(module)


SMTP = (ROOT / "docs/explanation/supported-smtp.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<what>[^|]+) \|.*\| (?P<tests>`[^|]*test_[^|]*) \|$", re.MULTILINE)


@pytest.mark.parametrize("row", [*ROW.finditer(SMTP)], ids=lambda row: row["what"].strip("`")[:24])
def test_supported_smtp_is_tested_where_the_page_says(row: re.Match[str]) -> None:
    """The files exist, and each speaks of the extension or mechanism that the row is about."""
    tests = re.findall(r"`([\w/]+\.py)`", row["tests"])
    assert tests
    keyword = re.match(r"`([A-Z0-9-]+)`", row["what"])
    for name in tests:
        text = (ROOT / "tests/netsmtp" / name).read_text(encoding="utf-8")
        if keyword:
            wanted = {"ENHANCEDSTATUSCODES": "enhanced"}.get(keyword[1], keyword[1])
            assert re.sub(r"\W", "", wanted).lower() in re.sub(r"\W", "", text).lower()
