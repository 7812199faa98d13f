"""Every example runs and prints what its docstring promises."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from runpy import run_path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_an_example_prints_what_it_says(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The docstring ends with the output, word for word."""
    documented = ast.get_docstring(ast.parse(file.read_text())) or ""
    run_path(str(file), run_name="__main__")
    assert (
        capsys.readouterr().out.strip() == textwrap.dedent(documented.split("Prints:\n")[1]).strip()
    )
