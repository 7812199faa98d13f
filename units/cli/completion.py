"""Print what teaches a shell to complete `python -m units`.

  bash: python -m units completion bash > ~/.local/share/bash-completion/completions/python
  zsh:  python -m units completion zsh >> ~/.zshrc
  fish: python -m units completion fish > ~/.config/fish/completions/python.fish

Completing reads the files of the modules you name; it never runs them.
"""

from __future__ import annotations

import ast
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

#: The word before those to be completed, when a shell asks.
ASKED = "complete"

BASH = r"""
# Completes "python -m units"; any other use of python completes file names, as before.
_python_units() {
  if [[ ${COMP_WORDS[1]} == -m && ${COMP_WORDS[2]} == units && $COMP_CWORD -gt 2 ]]; then
    local line=${COMP_LINE:0:$COMP_POINT} IFS=$'\n'
    local typed=${line##* }
    COMPREPLY=($("${COMP_WORDS[0]}" -m units complete "${line#* -m units}" 2>/dev/null))
    [[ ${COMPREPLY[0]-} == *[:.] ]] && compopt -o nospace
    # To bash, a colon ends a word: it wants only what follows.
    [[ $typed == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${typed%:*}:"}")
  fi
}
complete -o default -F _python_units python python3
""".lstrip()

ZSH = r"""
# Completes "python -m units"; any other use of python completes file names.
_python_units() {
  if [[ $words[2] == -m && $words[3] == units && $CURRENT -gt 3 ]]; then
    local -a found
    found=(${(f)"$($words[1] -m units complete "${(j: :)words[4,$CURRENT]}" 2>/dev/null)"})
    compadd -- ${found:#*[:.]}
    compadd -S '' -- ${(M)found:#*[:.]}
  else
    _files
  fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _python_units python python3
""".lstrip()

FISH = r"""
# Completes "python -m units"; any other use of python completes as before.
function __python_units
    set -l words (commandline -opc) (commandline -ct)
    $words[1] -m units complete (string join ' ' -- $words[4..]) 2>/dev/null
end
for python in python python3
    complete -c $python -f -a '(__python_units)' \
        -n 'string match -qr -- "^\S+ -m units " (commandline -cp)'
end
""".lstrip()

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def add(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("shell", choices=sorted(SCRIPTS), help="which shell")


def run(options: Namespace) -> int:
    """Print the script; return the exit status."""
    print(SCRIPTS[options.shell], end="")
    return 0


def answer(asked: Iterable[str], commands: Mapping[str, ModuleType], parser: ArgumentParser) -> int:
    """Print what may stand where the last word of *asked* does; return the exit status.

    *asked* is the rest of the line after ``units``, as one string; a space at its end begins a
    new word.
    """
    words = " ".join(asked).split(" ")
    *before, last = [word for word in words[:-1] if word] + words[-1:]
    for candidate in candidates(before, last, commands, parser):
        print(candidate)
    return 0


def candidates(
    before: list[str], last: str, commands: Mapping[str, ModuleType], parser: ArgumentParser
) -> list[str]:
    """Return what may complete *last*, after the words *before* it, sorted."""
    if not before:
        return sorted(name for name in commands if name.startswith(last))
    if before[0] not in commands:
        return []
    actions = _actions(parser, before[0])
    if last.startswith("-"):
        found: Iterable[str] = [o for action in actions for o in action.option_strings]
    else:
        found = _values(actions, before[1:], last)
    return sorted({each for each in found if each.startswith(last)})


def _actions(parser: ArgumentParser, command: str) -> list[Any]:
    """Return what *command* takes."""
    whole: Any = parser  # argparse has no public way to ask what was added
    (commands,) = (action for action in whole._actions if action.dest == "command")
    return list(commands.choices[command]._actions)


def _values(actions: list[Any], before: list[str], last: str) -> Iterable[str]:
    """Yield the values that may stand where *last* does."""
    for action in actions:
        if before and before[-1] in action.option_strings and action.nargs != 0:
            yield from action.choices or ()
            return
    for action in actions:
        if not action.option_strings:
            targets = action.dest in ("target", "targets")
            yield from modules(last) if targets else action.choices or ()
            return


def modules(last: str) -> Iterator[str]:
    """Yield the modules around *last*, or the names that the module before its colon has."""
    name, colon, _ = last.partition(":")
    if colon:
        yield from (f"{name}:{defined}" for defined in _defined(name))
        return
    package, _, _ = name.rpartition(".")
    folders = _folders(package) if package else [os.getcwd()]
    for info in iter_modules(folders):
        full = f"{package}.{info.name}" if package else info.name
        yield full + ("." if info.ispkg else ":")
    yield from (f"{path.parent.name}." for path in Path().glob("*/*.py") if not package)


def _folders(package: str) -> list[str]:
    """Return where the modules of *package* are, without importing it."""
    folders: list[str] | None = None
    for depth in range(1, package.count(".") + 2):
        name = ".".join(package.split(".")[:depth])
        spec = PathFinder.find_spec(name, folders)
        if spec is None or not spec.submodule_search_locations:
            return []
        folders = list(spec.submodule_search_locations)
    return folders or []


def _defined(name: str) -> Iterator[str]:
    """Yield the names that the module *name* defines at its top, read from its file."""
    package, _, _ = name.rpartition(".")
    spec = PathFinder.find_spec(name, _folders(package) if package else None)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return
    try:
        tree = ast.parse(Path(spec.origin).read_bytes())
    except (OSError, SyntaxError, ValueError):  # the last, for a NUL
        return
    for statement in tree.body:
        yield from (each for each in _names(statement) if not each.startswith("_"))


def _names(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that *statement* gives to units, registries, or what may be one."""
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        if any("unit" in ast.unparse(decorator) for decorator in statement.decorator_list):
            yield statement.name
    elif isinstance(statement, ast.Assign):
        yield from (each.id for each in statement.targets if isinstance(each, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id
