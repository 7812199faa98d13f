"""The project's own promises: what it distributes, how its tree is laid out, what the README says.

The packages are looked up where Python finds them, so that these tests also hold for an installed
wheel; everything else is looked up beside this folder.
"""

import re
import subprocess
import sys
from configparser import ConfigParser
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("signatures", "units", "netsmtp")
LONGEST_FILE = 450


def setup_cfg() -> ConfigParser:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def folder(package: str) -> Path:
    return Path(str(files(package)))


def test_readme_starts_with_the_demo_then_the_tests() -> None:
    """The first two `sh` blocks of the README are one line each: see the demo, run the tests."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    demo, tests, *_ = re.findall(r"^```sh\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert [demo.count("\n"), tests.count("\n")] == [1, 1]
    assert demo.endswith(".venv/bin/netsmtp demo\n")
    assert tests.endswith(".venv/bin/python -m pytest\n")


def test_the_three_packages_are_listed() -> None:
    """setup.cfg distributes `signatures`, `units`, `netsmtp` and their subpackages, nothing else."""
    include = setup_cfg()["options.packages.find"]["include"].split()
    assert include == [name for package in PACKAGES for name in (package, f"{package}.*")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_code_is_a_package(package: str) -> None:
    """A folder without `__init__.py` would be left out of the wheel without a word."""
    code = {path.parent for path in folder(package).rglob("*.py")}
    assert [path for path in sorted(code) if not (path / "__init__.py").is_file()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_typed(package: str) -> None:
    """Type checkers read the annotations of an installed package only beside a `py.typed`."""
    assert (folder(package) / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_too_long(package: str) -> None:
    """A file of the packages can be read in one sitting."""
    lengths = {
        str(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in folder(package).rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_every_test_folder_is_a_package() -> None:
    """Without `__init__.py`, tests/units would shadow `units`."""
    tests = ROOT / "tests"
    folders = {path.parent for path in tests.rglob("*.py")}
    assert [path for path in sorted(folders) if not (path / "__init__.py").is_file()] == []


def test_changelog_opens_with_the_version() -> None:
    """The changelog's first entry is the version of setup.cfg, dated unless in development."""
    release, _, development = setup_cfg()["metadata"]["version"].partition(".dev")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(r"^## \[(.+?)\] - (.+)$", changelog, re.MULTILINE)
    assert heading is not None
    assert heading[1] == release
    assert re.fullmatch("unreleased" if development else r"\d{4}-\d\d-\d\d", heading[2])


def test_mail_works_without_units() -> None:
    """As in Racket, `netsmtp.smtp` does not need the unit language."""
    program = "import sys, netsmtp.smtp; sys.exit(bool({'units', 'signatures'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
