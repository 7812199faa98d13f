"""Invoke a unit: run the bodies of its plan once, with components for what it imports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from signatures._frames import caller_module
from signatures._lazy import LazyModule
from units._define import as_unit
from units._errors import InvokeError, Problem
from units._reports import needs_more, no_unit, unfit
from units._unit import Unit, is_unit

if TYPE_CHECKING:
    import units._plan as planning
else:
    planning = LazyModule("units._plan")

T = TypeVar("T")


@overload
def invoke(u: type[T], /, *components: Any, **named: Any) -> T: ...
@overload
def invoke(u: Callable[..., T], /, *components: Any, **named: Any) -> T: ...
def invoke(u: Any, /, *components: Any, **named: Any) -> Any:
    """Run the bodies of *u* once and return its components, or its result if it exports nothing.

    *u* is a unit; *components* are what it imports, in the order of its imports or in any order
    where their signatures tell them apart; *named* ones go to the import of that tag.  One export
    comes alone, several as a tuple.  Every invocation is fresh.  Racket: ``invoke-unit``.

    Raises `InvokeError`, before any body runs, if *u* is no unit, if a component is missing, does
    not match or is one too many, or if a unit inside cleans up or is async; raises what a body
    raises.
    """
    found: Unit[..., Any] = u if is_unit(u) else unit_to_invoke(u)
    plan = found.__dict__.get("_plan") or planning.plan_of(found)
    if plan.refused:
        raise _refusal(plan)
    given: Sequence[Any] = ()
    if found.imports or components or named:
        given = supply(found, components, named)
    made = plan.hot(*given) if plan.hot is not None else plan.invoke(given)
    return plan.seen_outside(made, caller_module()) if plan.outside else made


def invoke_result(u: Any, /, *components: Any) -> tuple[Any, Any]:
    """Run the bodies of *u* once; return its components and its result.

    The components are what `invoke` returns, ``()`` where there are no exports; the result is that
    of the unit's body, of the last linked unit's for a compound.

    Raises `InvokeError` as `invoke` does.
    """
    found = unit_to_invoke(u)
    plan = planning.plan_of(found, with_result=True)
    if plan.refused:
        raise _refusal(plan)
    slots = plan.run(supply(found, components, {}) if found.imports or components else ())
    made = tuple(slots[slot] for slot in plan.exports)
    if plan.outside:
        user, single = caller_module(), plan.single
        made = plan.seen_outside(made[0] if single else made, user)
        made = (made,) if single else made
    return (made[0] if plan.single and made else made), slots[plan.result]


def unit_to_invoke(thing: Any) -> Unit[..., Any]:
    """Return the unit that *thing* is or carries. Raises `InvokeError` if it is none."""
    found = as_unit(thing)
    if found is None:
        problem = no_unit(
            "only a unit can be invoked",
            thing,
            component="use it, or invoke the unit that makes it",
            several="link the units, and invoke what link returns",
        )
        raise InvokeError([problem])
    return found


def _refusal(plan: planning.Plan) -> InvokeError:
    return InvokeError(needs_more(unit, plan.kinds) for unit in plan.refused)


def supply(u: Unit[..., Any], components: tuple[Any, ...], named: dict[str, Any]) -> Sequence[Any]:
    """Return one component for each import of *u*, in order.

    Raises `InvokeError` with every import that nothing is left for, every component that does not
    match, and every one that no import takes.
    """
    kinds = tuple(map(type, components))
    if kinds == u.__dict__.get("_accepted") and not named:
        return components
    if len(components) == len(u.imports) and not named:
        there = tuple(zip(u.imports, components, strict=True))
        if all(wanted.signature.providedBy(component) for wanted, component in there):
            if all(wanted.signature.implementedBy(each.__class__) for wanted, each in there):
                u.__dict__["_accepted"] = kinds  # objects of a class that implements always provide
            return components
    chosen: dict[int, Any] = {}
    problems: list[Problem] = []
    fields: dict[str, object] = {"unit": u.name, "at": u.location}
    for name, component in named.items():
        number = next((n for n, w in enumerate(u.imports) if name in (w.tag, w.parameter)), None)
        if number is None:
            problems.append(Problem("no import has this tag", {**fields, "tag": name}))
        else:
            chosen[number] = component
    undeclared: list[Any] = []
    for component in components:  # a component that declares its signature finds its import
        number = _first_open(u, chosen, component)
        if number is None:
            undeclared.append(component)
        else:
            chosen[number] = component
    for component in undeclared:  # others take what is left, in order
        number = next((n for n in range(len(u.imports)) if n not in chosen), None)
        if number is None:
            detail = _told(component)
            problems.append(Problem("no import is left for a component", {**fields, **detail}))
        else:
            chosen[number] = component
            for problem in unfit(u, u.imports[number], component):
                problems.append(Problem(problem.sentence, {**problem.fields, **_told(component)}))
    for number, wanted in enumerate(u.imports):
        if number in chosen:
            continue
        if wanted.optional:
            chosen[number] = None
            continue
        also = next((c for c in components if wanted.signature.providedBy(c)), None)
        if also is not None:
            chosen[number] = also
        else:
            detail = {"import": str(wanted), "hint": "pass a component that provides it"}
            problems.append(Problem("an import is not supplied", {**fields, **detail}))
    if problems:
        raise InvokeError(problems)
    return [chosen[number] for number in range(len(u.imports))]


def _told(component: Any) -> dict[str, object]:
    """Say what *component* is, and what to do if it is a unit."""
    given = as_unit(component)
    if given is None:
        return {"component": f"{type(component).__qualname__} object"}
    hint = "units are linked first: invoke what link returns"
    return {"component": f"unit {given.name}", "hint": hint}


def _first_open(u: Unit[..., Any], chosen: dict[int, Any], component: Any) -> int | None:
    for number, wanted in enumerate(u.imports):
        if number not in chosen and wanted.signature.providedBy(component):
            return number
    return None
