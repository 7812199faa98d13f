"""Every requirement of setup.cfg has its reason and its licence in the documentation."""

import re
from configparser import ConfigParser
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")

#: What distributions wrote before there were licence expressions (PEP 639), as such expressions.
EXPRESSIONS = {
    "ZPL 2.1": "ZPL-2.1",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def requirements() -> dict[str, set[str]]:
    """Return the names that each extra asks for; those that are always needed are under ``""``."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    texts = {"": config["options"]["install_requires"], **config["options.extras_require"]}
    return {extra: set(re.findall(r"^[\w.-]+", text, re.M)) for extra, text in texts.items()}


def explained() -> dict[str, set[str]]:
    """Return the terms that the page explains under the heading or sentence that names an extra."""
    explained: dict[str, set[str]] = {"": set()}
    extras = [""]
    for line, after in zip(PAGE.splitlines(), [*PAGE.splitlines()[1:], ""], strict=True):
        if named := re.findall(r"`netsmtp\[(\w+)\]`", line) or re.findall(
            r"^The extra `(\w+)`", line
        ):
            extras = named
        elif after.startswith(": "):
            for extra in extras:
                explained.setdefault(extra, set()).update(
                    term.partition(",")[0] for term in line.partition(" or newer")[0].split(", ")
                )
    return explained


def licences() -> dict[str, str]:
    """Return the licence of each distribution in the page's last table."""
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.M)
    return {name: licence for licence, names in rows for name in names.split(", ")}


def expression(installed: Distribution) -> str:
    """Return the licence that *installed* says it has: by expression, word, class or file."""
    told = installed.metadata
    if "License-Expression" in told:
        return told["License-Expression"]
    words = told["License"].splitlines()[0] if "License" in told else ""
    if words in EXPRESSIONS:
        return EXPRESSIONS[words]
    if words and " " not in words.replace(" OR ", ""):
        return words
    classes = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or ()]
    files = [each.read_text() for each in installed.files or () if "license" in each.name.lower()]
    titles = [text.strip().partition("\n")[0] for text in files]
    found = [EXPRESSIONS[each] for each in classes if each in EXPRESSIONS]
    return " OR ".join(found or [EXPRESSIONS.get(title, title) for title in titles])


def test_every_requirement_has_its_licence() -> None:
    """The table of licences has what setup.cfg asks for, and nothing else."""
    assert sorted(licences()) == sorted(
        {name for names in requirements().values() for name in names}
    )


def test_licences_are_those_of_the_distributions() -> None:
    """What is installed here says of itself the licence that the page says it has."""
    wrong = {}
    for name, licence in licences().items():
        try:
            told = expression(distribution(name))
        except PackageNotFoundError:
            continue
        if sorted(told.split(" OR ")) != sorted(licence.split(" OR ")):
            wrong[name] = (told, licence)
    assert wrong == {}


@pytest.mark.parametrize("extra", requirements())
def test_every_requirement_has_its_reason(extra: str) -> None:
    """What an extra asks for is explained where the page names that extra."""
    assert requirements()[extra] <= explained()[extra]
