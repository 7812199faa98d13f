"""The documentation keeps up with the code and with itself; its examples run by conftest.py."""

import pkgutil
import re
from pathlib import Path

import pytest

import netsmtp

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")
PRIVATE = re.compile(r"\._|^netsmtp\.cli\b")


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
