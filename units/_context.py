"""A unit made from what is there already: a module, an object or a mapping."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeVar, cast

from signatures._declare import as_signature, describe
from signatures._errors import nearest
from signatures._frames import caller_outside, place
from signatures._match import value_mismatches, wanted
from signatures._members import for_export_members, member_names, members
from units._errors import DefinitionError, Problem
from units._reports import mismatch_problem
from units._specs import Export, untagged
from units._unit import Completed, FunctionUnit, Live, Mapped, Unit

T = TypeVar("T")


def unit_from(
    source: Any, signature: Callable[..., T], /, *, name: str | None = None
) -> Unit[[], T]:
    """Make a unit that imports nothing and exports *signature* from what *source* holds.

    *source* is a module, an object or a mapping; its members are read by reference, at each use,
    so what is assigned there later is seen.  *name* is shown in errors.  Racket:
    ``unit-from-context`` (rules X1, X2).

    Raises `DefinitionError` with every member that *source* lacks or that cannot be called as
    *signature* promises.
    """
    tag, of = untagged(signature)
    export = Export(as_signature(of), tag)
    held = Mapped(cast(Mapping[str, Any], source)) if isinstance(source, Mapping) else source
    made: FunctionUnit[[], T] = from_source(
        held, export, name or _name_of(source), _place_of(source)
    )
    problems: list[Problem] = []
    there = dir(held)
    computed = for_export_members(export.signature)
    for member_name, member in members(export.signature).items():
        if member_name in computed:
            continue
        if member_name not in there and not hasattr(held, member_name):
            near = nearest(member_name, set(there) - set(member_names(export.signature)))
            detail = {
                "unit": made.name,
                "at": made.location,
                "export": f"{export.signature.__name__}.{member_name}",
                "expected": wanted(member),
                "did you mean": near,
            }
            problems.append(Problem("undefined export", detail))
        else:
            value = getattr(held, member_name)
            found = value_mismatches(export.signature, member_name, member, value)
            problems += [mismatch_problem(made, mismatch) for mismatch in found]
    if problems:
        raise DefinitionError(problems)
    return made


def from_source(source: Any, export: Export, name: str, location: str) -> FunctionUnit[[], Any]:
    """Return the unit *name* whose one *export* shows the attributes of *source*, unchecked.

    Members that the signature computes for exporters are computed at each invocation, whatever
    *source* has under their names (rule X2).
    """
    computed = for_export_members(export.signature)
    made: FunctionUnit[[], Any] = FunctionUnit()
    made.name, made.location = name, location
    made.body = lambda: Live(Completed(source, computed) if computed else source)
    made.origin = made.body
    made.signature = inspect.Signature()
    made.imports = made.settings = ()
    made.exports = (export,)
    return made


def _name_of(source: Any) -> str:
    if isinstance(source, ModuleType):
        return source.__name__
    return "mapping" if isinstance(source, Mapping) else describe(source)


def _place_of(source: Any) -> str:
    file = getattr(source, "__file__", None) if isinstance(source, ModuleType) else None
    return f"{file}:1" if file else place(caller_outside(__file__))
