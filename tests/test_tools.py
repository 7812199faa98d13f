"""The commands in `tools` that judge: what they read, and when they are content."""

import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tool(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the program *name* as a module."""
    module_name = name.replace("-", "_")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader(module_name, str(ROOT / "tools" / name))
    spec = spec_from_loader(module_name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module_name, module)
    loader.exec_module(module)
    return module


@pytest.fixture
def type_checkers(monkeypatch: pytest.MonkeyPatch) -> Any:
    return tool("type-checkers", monkeypatch)


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Any:
    return tool("audit", monkeypatch)


def test_oldest_type_checkers_are_those_of_the_page(type_checkers: Any) -> None:
    """What `tools/type-checkers --fetch` tries is what the documentation promises."""
    page = (ROOT / "docs" / "how-to" / "use-a-type-checker.md").read_text(encoding="utf-8")
    promised = re.findall(r"^\| (\w+) \| (\d[\d.]+) \| ", page, re.M)
    assert dict(promised) == type_checkers.OLDEST
    assert type_checkers.OLDEST.keys() == type_checkers.CHECKERS.keys()


def test_marks_are_taken_out_and_remembered(type_checkers: Any, tmp_path: Path) -> None:
    """A checker sees no mark, and every line that had one is where it was."""
    planted = type_checkers.plant(tmp_path / "checkout")
    marked = set()
    for path in (ROOT / "tests" / "typing").glob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        marked |= {(path.name, n) for n, line in enumerate(lines, 1) if ": ignore[" in line}
        bare = (tmp_path / "checkout" / "tests" / "typing" / path.name).read_text(encoding="utf-8")
        assert "ignore[" not in bare
        assert [line.partition("  # type: ignore")[0] for line in lines] == bare.splitlines()
    assert planted == marked


@pytest.mark.parametrize(
    ("reported", "right"),
    [
        ({("units.py", 2): "error"}, True),
        ({}, False),
        ({("units.py", 2): "error", ("units.py", 1): "error"}, False),
        ({("units.py", 1): "error"}, False),
    ],
)
def test_checker_has_to_report_exactly_what_is_planted(
    type_checkers: Any, tmp_path: Path, reported: dict[tuple[str, int], str], right: bool
) -> None:
    """One that misses a line, or objects to another one, fails."""
    folder = tmp_path / "tests" / "typing"
    folder.mkdir(parents=True)
    (folder / "units.py").write_text("right\nwrong\n")
    outcome = type_checkers.Outcome("checker 1.0", reported, "")
    assert type_checkers.tell(outcome, {("units.py", 2)}, tmp_path) is right


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({"vulns": []}, 0),
        ({"vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}, 1),
        ({"skip_reason": "not found"}, 2),
    ],
)
def test_audit_is_content_only_with_what_was_looked_up(
    audit: Any, entry: dict[str, Any], status: int
) -> None:
    """Something known is 1, something that could not be looked up 2."""
    fine = {"name": "fine", "version": "1", "vulns": []}
    assert audit.tell([fine, {"name": "one", "version": "1", **entry}]) == status


def test_audit_asks_about_every_extra(audit: Any) -> None:
    """Each requirement once, with its bound, and no comment."""
    wanted = audit.requirements(ROOT / "setup.cfg")
    assert "zope.interface>=6.1" in wanted
    assert any(each.startswith("pyright[nodejs]>=") for each in wanted)
    assert len(set(wanted)) == len(wanted)
    assert all(re.match(r"[A-Za-z]", each) for each in wanted)
