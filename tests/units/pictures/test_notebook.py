"""Units in a notebook, run by a real kernel: they are shown as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[3]
CELLS = [
    "from tests.units.pictures.linkages import Cache, cycle\nfrom units import draw",
    "cycle",
    "draw(cycle, depth=0)",
    "draw(Cache)",
    "Cache",
]


@pytest.fixture(scope="module")
def shown() -> list[dict[str, str]]:
    """What each cell shows, by MIME type."""
    notebook: Any = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell, id=f"c{n}") for n, cell in enumerate(CELLS)]
    client = NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}})
    done: Any = client.execute()
    return [cell.outputs[0].data if cell.outputs else {} for cell in done.cells]


def test_a_unit_shows_itself(shown: list[dict[str, str]]) -> None:
    """As a picture where the notebook can show one, as text where it cannot."""
    assert set(shown[1]) == {"image/svg+xml", "text/plain"}
    assert "<title" in shown[1]["image/svg+xml"]
    assert shown[1]["text/plain"].startswith("cycle\n┌")


def test_a_drawing_shows_itself(shown: list[dict[str, str]]) -> None:
    """With the depth it was asked for."""
    assert 'cycle<tspan class="quiet"> (2 units)' in shown[2]["image/svg+xml"]
    assert shown[3]["text/plain"].startswith("┌")


def test_a_class_stays_a_class(shown: list[dict[str, str]]) -> None:
    """Its unit rides along; `draw` shows it."""
    assert shown[4]["text/plain"] == "tests.units.pictures.linkages.Cache"
