"""`import netsmtp` offers everything by name, and loads it when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import netsmtp


def run(text: str) -> str:
    """Run *text* in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", sorted(netsmtp._HOMES))
def test_every_name_is_there(name: str) -> None:
    """Each name of the table can be imported, and is listed."""
    assert getattr(netsmtp, name) is not None
    assert name in dir(netsmtp)


def test_a_misspelt_name_is_an_attribute_error() -> None:
    """The facade invents nothing."""
    with pytest.raises(AttributeError, match="no attribute 'smtp_unlt'"):
        netsmtp.smtp_unlt  # noqa: B018


@pytest.mark.parametrize(
    "text",
    [
        "from netsmtp import smtp_unit; print(type(smtp_unit).__name__)",
        "import netsmtp.smtp_unit; print(type(netsmtp.smtp_unit).__name__)",
        "from netsmtp.smtp_unit import smtp_unit; print(type(smtp_unit).__name__)",
        "import netsmtp.smtp_unit; from netsmtp import smtp_unit; print(type(smtp_unit).__name__)",
    ],
)
def test_smtp_unit_is_the_unit_however_it_is_imported(text: str) -> None:
    """The file of the same name does not hide it."""
    assert run(text) == "FunctionUnit"


def test_the_plain_call_needs_no_units() -> None:
    """`netsmtp.smtp` works without units, as Racket's net/smtp does."""
    assert run(
        "import sys, netsmtp.smtp; print('units' in sys.modules, 'zope.interface' in sys.modules)"
    ) == ("False False")


def test_type_checkers_see_the_same_names() -> None:
    """The table and the imports under TYPE_CHECKING name the same things from the same places."""
    import ast
    from pathlib import Path

    tree = ast.parse(Path(netsmtp.__file__ or "").read_text())
    block = next(n for n in tree.body if isinstance(n, ast.If))
    told = {
        alias.name: node.module.removeprefix("netsmtp.")
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "typing"
        for alias in node.names
    }
    assert told == netsmtp._HOMES
