"""Wrong usage: one message that says what was given, what there is, and what was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.units.cli.conftest import Run


def test_a_command_is_needed(run: Run) -> None:
    """Its absence is told like any mistake, with those that there are."""
    done = run()
    assert done.status == 2
    assert done.err.startswith("units: a command is expected\n  there are: check, draw,")
    assert "see: python -m units --help" in done.err


def test_a_misspelt_command(run: Run) -> None:
    """The nearest one is offered."""
    done = run("chek", "shop")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("units: there is no such command\n  given: chek\n  did you mean: ch")


def test_a_misspelt_module(run: Run) -> None:
    """The nearest one here is offered."""
    done = run("draw", "shopp:program")
    assert done.status == 2
    assert "there is no such module\n  given: shopp\n  did you mean: shop" in done.err


def test_a_misspelt_submodule(run: Run) -> None:
    """It is looked for in its package."""
    assert "did you mean: units.racket" in run("check", "units.rackett").err


def test_a_unit_behind_a_dot(run: Run) -> None:
    """It is offered behind a colon."""
    done = run("draw", "shop.program:program")
    assert "given: shop.program\n  did you mean: shop:program\n" in done.err


def test_a_target_without_a_module(run: Run) -> None:
    """It says what a target is."""
    assert "names a module\n  given: :a\n  expected: MODULE:NAME" in run("draw", ":a").err


def test_a_misspelt_unit(run: Run) -> None:
    """All that the module has are listed."""
    done = run("draw", "shop:progam")
    assert done.status == 2
    assert "did you mean: shop:program\n" in done.err
    assert "there are: Black, Red, Stack, Letterpress" in done.err


def test_a_target_without_a_name(run: Run) -> None:
    """To draw, one unit must be chosen."""
    done = run("draw", "shop")
    assert done.status == 2
    assert "expected: MODULE:NAME\n  there are: Black" in done.err


@pytest.mark.parametrize("path", ["shop.py", "./shop.py"])
def test_a_file_in_place_of_a_module(run: Run, path: str) -> None:
    """The module that it is is offered."""
    done = run("draw", f"{path}:program")
    assert done.status == 2
    assert "a module is named, not a file" in done.err
    assert "did you mean: shop:program" in done.err


def test_a_file_by_its_whole_path(run: Run, project: Path) -> None:
    """It is seen from here."""
    (project / "deep").mkdir()
    done = run("check", str(project / "deep" / "shop.py"))
    assert "did you mean: deep.shop" in done.err


def test_a_name_that_is_no_unit(run: Run) -> None:
    """It says what it is; what could not be one either is not to be decorated."""
    assert "given: shop:IPress, a signature\n  there are" in run("order", "shop:IPress").err
    done = run("order", "shop:one")
    assert done.status == 2
    assert "neither a unit nor a registry\n  given: shop:one, a Link" in done.err


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import there_is_none", "ModuleNotFoundError: No module named 'there_is_none'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def (", "SyntaxError: "),
    ],
)
def test_a_module_that_cannot_be_imported(run: Run, project: Path, text: str, error: str) -> None:
    """The error and its line are told, without a traceback."""
    (project / "odd.py").write_text(f"# odd\n{text}\n", encoding="utf-8")
    done = run("check", "odd")
    assert done.status == 2
    assert f"the module cannot be imported\n  module: odd\n  error: {error}" in done.err
    assert "odd.py:2" in done.err


def test_a_name_whose_reading_fails(run: Run, project: Path) -> None:
    """A module may compute what it offers; the error is told, without a traceback."""
    text = "def __getattr__(name):\n    raise ImportError('no extra')\n"
    (project / "lazy.py").write_text(text, encoding="utf-8")
    done = run("check", "lazy:part")
    assert done.status == 2
    assert "the name cannot be read\n  module: lazy\n  error: ImportError: no extra" in done.err
    assert "lazy.py:2" in done.err


def test_a_misspelt_signature(run: Run) -> None:
    """Those of the linkage and of the module are listed."""
    done = run("explain", "shop:program", "IPres")
    assert done.status == 2
    assert "did you mean: IPress\n  there are: IBigPress, IInk, IPaper, IPress\n" in done.err


def test_a_signature_that_is_none(run: Run) -> None:
    """Of another module, too."""
    assert "this is no signature" in run("explain", "shop:program", "shop:Black").err


def test_a_registry_is_asked_for_a_signature(run: Run) -> None:
    """And only a registry."""
    told = run("draw", "shop:registry").err
    assert "a registry has many units; name a signature" in told
    assert "expected: MODULE:NAME SIGNATURE\n  there are: I" in told
    assert "only a registry is asked" in run("draw", "shop:program", "IPress").err


def test_a_registry_that_lacks_something(run: Run) -> None:
    """It is a problem, not a mistake in the usage."""
    done = run("order", "shop:broken", "IPress")
    assert done.status == 1
    assert "no unit is registered for the signature" in done.err


def test_a_linkage_that_fails_to_be_drawn(run: Run) -> None:
    """Its problems are told."""
    done = run("draw", "wrong:program")
    assert done.status == 1
    assert "2 problems" in done.err
