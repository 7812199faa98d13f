"""Find, in the text of the packages, every sentence that can open an error message.

By convention a sentence is what is given to a parameter called *sentence*, such as that of
`units._errors.Problem`, or assigned to a variable of that name.  A sentence with a part that is
computed is a pattern, in which that part is ``*``, unless the few things it can be stand beside it.
What a function was given itself is not looked at: it is found where the function is called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import TypeAlias

#: The name by which sentences are known.
PARAMETER = "sentence"

#: What is called with a sentence, and at which position; methods have a dot before their name.
Takers: TypeAlias = dict[str, int]


def sentences(files: Iterable[Path]) -> dict[str, list[str]]:
    """Return every sentence in *files*, with the places (``file:line``) that say it."""
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    own = {file: _takers(tree) for file, tree in trees.items()}
    found: dict[str, list[str]] = {}
    for file, tree in trees.items():
        takers = own[file] | _imported(tree, own)
        for scope in _scopes(tree):
            for text in _said_in(scope, takers):
                for sentence in _readings(text, scope):
                    place = f"{file.parent.name}/{file.name}:{text.lineno}"
                    found.setdefault(sentence, []).append(place)
    return found


def _takers(tree: ast.Module) -> Takers:
    """Return what the file has that is called with a sentence, and at which position."""
    found: Takers = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields = [
                s.target.id
                for s in node.body
                if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            ]
            if PARAMETER in fields:
                found[node.name] = fields.index(PARAMETER)
        for owner, function in _functions(node):
            names = [a.arg for a in function.args.args if a.arg != "self"]
            if PARAMETER in names:
                made = f".{function.name}" if owner else function.name
                name = owner if function.name == "__init__" else made
                found[name] = names.index(PARAMETER)
    return found


def _imported(tree: ast.Module, own: dict[Path, Takers]) -> Takers:
    """Return what the file imports that takes a sentence, and the methods of others that do."""
    found: Takers = {n: at for takers in own.values() for n, at in takers.items() if n[0] == "."}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            path = f"{node.module.replace('.', '/')}.py"
            home = next((takers for f, takers in own.items() if f.as_posix().endswith(path)), {})
            found |= {alias.name: home[alias.name] for alias in node.names if alias.name in home}
    return found


def _functions(node: ast.AST) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield (node.name if isinstance(node, ast.ClassDef) else ""), child


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the functions of the file that are not inside another one."""
    todo: list[ast.AST] = [tree]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield child
            else:
                todo.append(child)


def _said_in(scope: ast.AST, takers: Takers) -> Iterator[ast.expr]:
    """Yield the expressions in *scope* that are sentences."""
    given_here = {node.arg for node in ast.walk(scope) if isinstance(node, ast.arg)}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == PARAMETER:
                yield node.value
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        method = isinstance(called, ast.Attribute)
        name = f".{called.attr}" if method else getattr(called, "id", "")
        position = takers.get(name, len(node.args))
        if position < len(node.args):
            given = node.args[position]
            name = getattr(given, "attr", getattr(given, "id", ""))
            if name != PARAMETER and name not in given_here:
                yield given


def _readings(text: ast.expr, scope: ast.AST) -> list[str]:
    """Return the sentences that *text* can be."""
    if isinstance(text, ast.Constant):
        return [str(text.value)]
    if isinstance(text, ast.IfExp):
        return [*_readings(text.body, scope), *_readings(text.orelse, scope)]
    if isinstance(text, ast.Name):
        return _assigned(text.id, scope) or ["*"]
    if isinstance(text, ast.JoinedStr):
        parts = [
            _readings(part.value if isinstance(part, ast.FormattedValue) else part, scope)
            for part in text.values
        ]
        return ["".join(pieces) for pieces in product(*parts)]
    return ["*"]


def _assigned(name: str, scope: ast.AST) -> list[str]:
    """Return what *scope* assigns to *name*."""
    found: list[str] = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            found += _readings(node.value, scope)
    return found
