"""Find every problem of units and registries, without running a body.

A linkage is checked as it is made, so importing the module finds most; a registry is linked for
each of its signatures. Without a name, all units and registries of a module are checked.

  python -m units check shop.app:program
  python -m units check shop.app shop.registry:registry --as github
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from units._define import as_unit
from units._errors import Problem, ProblemsError
from units._pictures.diagram import counted
from units._registry import Registry
from units._unit import Unit
from units.cli.problems import FORMATS, Faulty, Findings, findings_of, report
from units.cli.targets import kind, load, load_module, named_units


def add(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("targets", metavar="MODULE[:NAME]", nargs="+", help="what to check")
    parser.add_argument("--as", dest="form", choices=FORMATS, default="text", help="how to say it")
    parser.add_argument(
        "--complete", action="store_true", help="a unit that still imports something is a problem"
    )


def run(options: Namespace) -> int:
    """Check the targets; return the exit status."""
    found: list[Findings] = []
    for text in options.targets:
        try:
            found += [_checked(name, value, options.complete) for name, value in _things(text)] or [
                Findings(text, said="no units and no registries")
            ]
        except Faulty as faulty:
            found += faulty.findings
    return report(found, options.form)


def _things(text: str) -> list[tuple[str, Any]]:
    """Return what *text* names, each thing with its target."""
    if ":" in text:
        return [(text, load(text).value)]
    return [(f"{text}:{name}", value) for name, value in named_units(load_module(text))]


def _checked(target: str, value: Any, complete: bool) -> Findings:
    if isinstance(value, Registry):
        try:
            value.check()
        except ProblemsError as error:
            return findings_of(target, error)
        return Findings(target, said="every registered unit can be linked")
    found = as_unit(value)
    if found is None:
        problem = Problem("this is neither a unit nor a registry", {"given": kind(value)})
        return Findings(target, (problem,))
    imports = ", ".join(map(str, found.imports))
    if complete and imports:
        fields = {"imports": imports, "at": found.location, "hint": "link units that export them"}
        return Findings(target, (Problem("the unit is not complete", fields),))
    return Findings(target, said=_well(found, imports))


def _well(found: Unit[..., Any], imports: str) -> str:
    what = "a unit" if found.parts is None else f"{counted(len(found.parts))}, linked"
    return f"{what}; imports {imports or 'nothing'}"
