"""Problems that several phases report, each worded once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, cast

from signatures._declare import describe
from signatures._errors import nearest
from signatures._match import Mismatch, object_mismatches
from signatures._members import member_names
from signatures._zope import InterfaceClass, providedBy
from units._errors import Problem
from units._specs import Export, Import

if TYPE_CHECKING:
    from units._unit import Unit


def no_unit(sentence: str, thing: Any, *, component: str, several: str | None = None) -> Problem:
    """Say by *sentence* that a unit is expected, what *thing* is, and what would make it one.

    *component* is what to do if it is a component, *several* if it is a list or a tuple.
    """
    cls = cast("type[object]", type(thing))
    code = getattr(thing, "__code__", None)
    at = f"{code.co_filename}:{code.co_firstlineno}" if code else None
    fields = {"given": describe(thing), "at": at}
    hint = "decorate it with @unit" if callable(thing) else None
    if isinstance(thing, InterfaceClass):
        hint = "a signature only asks; name a unit that exports it"
    elif isinstance(thing, type):
        parents = [base.__name__ for base in thing.__mro__[1:] if "__unit__" in vars(base)]
        if parents:
            hint = f"its parent {parents[0]} is a unit; decorate the subclass with @unit, too"
    elif isinstance(thing, (list, tuple)):
        hint = several
    elif "__unit__" in vars(cls) or list(providedBy(thing)):
        hint = f"this is a component; {component}"
    return Problem(sentence, {**fields, "hint": hint})


def related_exports(found: tuple[Export, ...], fields: dict[str, object]) -> list[Problem]:
    """Report each export whose signature another one, under the same tag, extends (U10, C7)."""
    problems: list[Problem] = []
    for index, export in enumerate(found):
        for other in found[index + 1 :]:
            one, two = export.signature, other.signature
            if export.tag == other.tag and (one.isOrExtends(two) or two.isOrExtends(one)):
                detail = {"exports": f"{export} and {other}"}
                sentence = "the signature of one export extends that of another"
                problems.append(Problem(sentence, {**fields, **detail}))
    return problems


def undefined(made: Unit[..., Any], export: Export, name: str, there: Iterable[str]) -> Problem:
    """Say that *made* does not define the member *name* it exports (U3)."""
    inside = export.inside(name)
    others = set(there) - {export.inside(each) for each in member_names(export.signature)}
    return Problem(
        "undefined export",
        {
            "unit": made.name,
            "at": made.location,
            "export": f"{export.signature.__name__}.{name}",
            "name in the body": None if inside == name else inside,
            "did you mean": nearest(inside, others),
        },
    )


def defined_twice(
    made: Unit[..., Any],
    export: Export,
    name: str,
    hint: str = "the signature computes it for every exporter; leave it out",
) -> Problem:
    """Say that *made* defines a member that is defined already (U4), by its signature perhaps (S10)."""
    return Problem(
        "a member is defined twice",
        {
            "unit": made.name,
            "at": made.location,
            "export": f"{export.signature.__name__}.{name}",
            "hint": hint,
        },
    )


def mismatch_problem(made: Unit[..., Any], mismatch: Mismatch, line: int | None = None) -> Problem:
    """Say that what *made* exports differs from what the signature asks."""
    location = f"{made.location.rpartition(':')[0]}:{line}" if line else made.location
    return Problem(
        "the unit does not match the signature it exports",
        {
            "unit": made.name,
            "at": location,
            "member": f"{mismatch.signature.__name__}.{mismatch.member}",
            "expected": mismatch.wanted,
            "got": mismatch.got,
            "did you mean": mismatch.near,
        },
    )


def unfit(made: Unit[..., Any], wanted: Import, component: Any) -> list[Problem]:
    """Report why *component* cannot be what *made* imports as *wanted*."""
    if wanted.signature.providedBy(component):
        return []
    return [
        Problem(
            "the component does not match the imported signature",
            {
                "unit": made.name,
                "at": made.location,
                "import": str(wanted),
                "component": f"{type(component).__qualname__} object",
                "member": f"{m.signature.__name__}.{m.member}",
                "expected": m.wanted,
                "got": m.got,
                "did you mean": m.near,
            },
        )
        for m in object_mismatches(wanted.signature, component)
    ]


def needs_more(made: Unit[..., Any], kinds: Collection[str] | None = None) -> Problem:
    """Say that *made* cleans up or is async, so that how it was to be invoked loses something.

    *kinds* are those of all that is invoked with it, which decide what to use.
    """
    kinds = {made.kind, *(kinds or ())}
    waits = not kinds.isdisjoint(("coroutine", "async generator"))
    if waits and not kinds.isdisjoint(("generator", "async generator")):
        use = "async with arunning(unit) as component: ..."
    else:
        use = "await ainvoke(unit)" if waits else "with running(unit) as component: ..."
    fields = {"unit": made.name, "at": made.location, "its body is": made.kind, "use": use}
    return Problem("the unit cannot be invoked this way", fields)
