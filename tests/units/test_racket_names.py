"""The facade of `units.racket` and the file in which type checkers meet it."""

from __future__ import annotations

import ast
from pathlib import Path

import units.racket

TYPED = Path(__file__).resolve().parents[1] / "typing/racket.py"


def test_every_name_of_the_facade_is_read_by_type_checkers() -> None:
    """tests/typing/racket.py uses everything that `units.racket` offers."""
    tree = ast.parse(TYPED.read_text(encoding="utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    facade = ast.parse(Path(units.racket.__file__).read_text(encoding="utf-8"))
    imported = [node for node in facade.body if isinstance(node, ast.ImportFrom)]
    offered = {alias.asname for node in imported for alias in node.names if alias.asname}
    assert len(offered) > 20
    assert offered - used == set()
