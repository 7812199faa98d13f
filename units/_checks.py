"""What the code of a unit's body tells before it ever runs: will it deliver what is exported?

Each check returns problems; all of them are reported together (rules U3-U10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import CodeType, FunctionType
from typing import Any

from signatures._match import same_code, value_mismatches
from signatures._members import MethodMember, marks_of_member, members_of
from signatures._zope import InterfaceClass
from units._bytecode import BodyFacts, inner_functions, with_defaults
from units._errors import Problem
from units._reports import defined_twice, mismatch_problem, undefined
from units._specs import Export, Import
from units._unit import BodyUnit, FunctionUnit


def assigned_imports(made: FunctionUnit[..., Any], known: BodyFacts) -> list[Problem]:
    """Report imported names that the body defines or assigns (rules U6, U7)."""
    problems: list[Problem] = []
    for name in sorted(made.bound):
        detail: dict[str, object] = {"unit": made.name, "at": made.location, "name": name}
        if name in known.reassigned:
            detail["assigned in"] = known.reassigned[name]
            problems.append(Problem("an imported name is assigned", detail))
        elif name in known.stored:
            detail["hint"] = "leave the import out with except_, or rename it"
            problems.append(Problem("definition for imported name", detail))
    return problems


def repeated(made: BodyUnit[..., Any], fields: Mapping[str, object]) -> list[Problem]:
    """Report imports declared twice (U9)."""
    problems: list[Problem] = []
    seen: dict[tuple[str | None, InterfaceClass], Import] = {}
    for wanted in made.imports:
        first = seen.setdefault((wanted.tag, wanted.signature), wanted)
        if first is not wanted:
            detail = {
                "import": str(wanted),
                "parameters": f"{first.parameter} and {wanted.parameter}",
                "hint": f'tag one of them: Annotated[{wanted.signature.__name__}, tag("other")]',
            }
            problems.append(Problem("duplicate import signature", {**fields, **detail}))
    return problems


def body_problems(
    made: FunctionUnit[..., Any], function: FunctionType, known: BodyFacts
) -> list[Problem]:
    """Report what the code of a function unit's body tells: it will not deliver its exports."""
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    if not known.returns:
        verb = "yield" if "generator" in made.kind else "return"
        detail = {"exports": ", ".join(map(str, made.exports)), "hint": f"{verb} exports(locals())"}
        return [Problem("the body never returns its exports", {**fields, **detail})]
    problems: list[Problem] = []
    imported = {wanted.parameter for wanted in made.imports} - set(made.bound)
    for export in made.exports:
        for member_name, member in members_of(export.signature).items():
            signature, name = export.signature, export.inside(member_name)
            if "for_export" in marks_of_member(member):
                if name in (known.stored if known.by_locals else known.exported or ()):
                    problems.append(defined_twice(made, export, member_name))
                continue
            if known.exported is not None and name not in known.exported:
                if not known.by_locals or name not in known.variables:
                    there = known.variables if known.by_locals else known.exported
                    problems.append(undefined(made, export, member_name, there))
                    continue
                if name in imported and name not in known.stored:
                    detail = {"import": name, "member": f"{signature.__name__}.{member_name}"}
                    problems.append(Problem("an import is exported", {**fields, **detail}))
            if known.exported is not None and name in known.twice:
                problems.append(defined_twice(made, export, member_name, "drop one of the two"))
            if known.exported is not None and name in known.reassigned:
                detail = {
                    "variable": name,
                    "assigned in": known.reassigned[name],
                    "hint": "export a function that returns the current value",
                }
                problems.append(
                    Problem("an exported variable is assigned later", {**fields, **detail})
                )
            problems += _arity_problems(made, function, export, member_name, member)
    return problems


def _arity_problems(
    made: FunctionUnit[..., Any],
    function: FunctionType,
    export: Export,
    name: str,
    member: Any,
) -> list[Problem]:
    """Compare each ``def`` of an exported function in the body with what the signature asks."""
    problems: list[Problem] = []
    for inner in inner_functions(function.__code__, export.inside(name)):
        if _as_asked(inner, member):
            continue
        made_function = with_defaults(function.__code__, inner)
        if made_function is not None:
            found = value_mismatches(export.signature, name, member, made_function)
            problems += [mismatch_problem(made, m, inner.co_firstlineno) for m in found]
    return problems


def _as_asked(inner: CodeType, member: Any) -> bool:
    """Tell quickly whether a ``def`` has just the parameters that *member* has: the common case."""
    asked = member.function if isinstance(member, MethodMember) else None
    if asked is None or asked.__defaults__ or asked.__kwdefaults__:
        return False
    return same_code(inner, 0, asked.__code__, member.bound)


def tells_all(made: FunctionUnit[..., Any], function: FunctionType, known: BodyFacts) -> bool:
    """Tell whether every exported name is certain, and every exported method a checked ``def``."""
    if known.exported is None:
        return False
    defined = {c.co_name for c in function.__code__.co_consts if hasattr(c, "co_name")}
    return known.by_locals and all(
        "for_export" in marks_of_member(member)
        or (
            inside in known.stored
            and (not isinstance(member, MethodMember) or inside in defined & known.plain)
            and all(
                _as_asked(inner, member) or with_defaults(function.__code__, inner) is not None
                for inner in inner_functions(function.__code__, inside)
            )
        )
        for export in made.exports
        for name, member in members_of(export.signature).items()
        for inside in [export.inside(name)]
    )
