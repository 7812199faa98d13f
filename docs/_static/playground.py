"""Runs the examples of a page, in the reader's browser, and draws what they link.

`run` is called by playground-worker.mjs with the texts as the reader has edited them.  Everything
is told as data: what was printed, what went wrong, and pictures.
"""

from __future__ import annotations

import ast
import io
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import wraps
from types import ModuleType
from typing import Any

import units
from units import Unit, draw
from units._define import as_unit

Told = dict[str, Any]
#: So many units that were only defined are drawn, where nothing was linked.
SHOWN = 4


def run(blocks: list[str], layout: Callable[[str], str]) -> list[Told]:
    """Run *blocks* from top to bottom as one module; return what each did, up to an error.

    *layout* places what is drawn.
    """
    module = ModuleType("example")
    told: list[Told] = []
    sys.modules[module.__name__] = module
    try:
        with _links() as linked:
            for number, text in enumerate(blocks, 1):
                done, before = len(linked), dict(vars(module))
                out, error = _executed(f"block {number}", text, vars(module))
                pictured = linked[done:][-1:] or _defined(before, vars(module))
                pictures = [draw(u, layout=layout).svg for u in pictured]
                told.append({"out": out, "error": error, "pictures": pictures})
                if error:
                    break
    finally:
        del sys.modules[module.__name__]
    return told


def _defined(before: dict[str, Any], after: dict[str, Any]) -> list[Unit[..., Any]]:
    """Return the first units that have got a name since *before*."""
    new = [value for name, value in after.items() if value is not before.get(name)]
    return [u for value in new if (u := as_unit(value)) is not None][:SHOWN]


def _executed(name: str, text: str, namespace: dict[str, Any]) -> tuple[str, str]:
    """Run *text* in *namespace*; return what it printed, and what went wrong."""
    printed, error = io.StringIO(), ""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            _execute(name, text, namespace)
        except BaseException as caught:  # noqa: BLE001 - the reader is shown whatever it is
            error = _said(caught)
    return printed.getvalue(), error


def _execute(name: str, text: str, namespace: dict[str, Any]) -> None:
    """Run *text*; show the value of an expression at its end, as Python's prompt does."""
    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
        if value is not None:
            print(repr(value))


@contextmanager
def _links() -> Iterator[list[Unit[..., Any]]]:
    """Collect what is linked inside the ``with`` block."""
    linked: list[Unit[..., Any]] = []
    link: Any = units.link

    @wraps(link)
    def noting(*arguments: Any, **keywords: Any) -> Any:
        made = link(*arguments, **keywords)
        linked.append(made)
        return made

    vars(units)["link"] = noting
    try:
        yield linked
    finally:
        vars(units)["link"] = link


def _said(error: BaseException) -> str:
    """Return *error* with the lines of the reader's own text that led to it."""
    told = traceback.TracebackException.from_exception(error)
    own = [frame for frame in told.stack if frame.filename.startswith("block ")]
    told.stack = traceback.StackSummary.from_list(own)
    return "".join(told.format())
