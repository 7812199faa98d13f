"""Units made of the names in a namespace, and units supplied with such (rules X1-X3, V2, V3, V6).

Racket's forms read the variables around them.  Here the namespace is said: a mapping, most often
``globals()`` or a dictionary.  Names are looked up at each use, so what is assigned there later is
seen; a name that the form itself is going to define may be missing until then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeVar, overload

from signatures._adjust import Adjusted
from signatures._errors import nearest
from signatures._frames import caller_outside, place
from signatures._match import value_mismatches
from signatures._members import for_export_members, members
from units._compound import CompoundUnit
from units._context import from_source
from units._errors import UninitializedError
from units._reports import mismatch_problem
from units._specs import Export, Tagged
from units._unit import Source, Unit
from units._views import Changing
from units.racket._forms import Form, Supply
from units.racket._shapes import AnySpecs, AnyUnit, Context

T = TypeVar("T")

Spec = tuple[str | None, Adjusted]


@overload
def unit_from_context(
    namespace: Context, spec: Adjusted | Tagged, /, *, name: str | None = None
) -> Unit[[], Any]: ...
@overload
def unit_from_context(
    namespace: Context, spec: Callable[..., T], /, *, name: str | None = None
) -> Unit[[], T]: ...
def unit_from_context(
    namespace: Context, spec: Any, /, *, name: str | None = None
) -> Unit[..., Any]:
    """Make a unit that exports the names that *spec* has in *namespace*, read at each use.

    *spec* is a signature, perhaps tagged, prefixed or renamed: ``prefix("my_", IA)`` looks for
    ``my_a``.  Racket: ``unit-from-context``.

    Raises `StaticError` for names that are not there or do not fit the signature.
    """
    form = Form("unit_from_context", place(caller_outside(__file__)), title=name or "context")
    found = [context_unit(form, read, namespace) for read in form.specs([spec], "export")]
    form.check()
    return found[0]


class Scope(Changing):
    """The members of a signature as attributes, each read from its name in a namespace.

    It changes, so that inner functions of bodies that bind by name look again, too (rule V3).
    """

    def __init__(
        self, form: Form, signature: str, namespace: Mapping[str, Any], names: Mapping[str, str]
    ) -> None:
        self._form, self._signature = form, signature
        self._namespace, self._names = namespace, names

    def __getattr__(self, member: str) -> Any:
        if member.startswith("__") or member not in self._names:
            raise AttributeError(member)
        name = self._names[member]
        try:
            return self._namespace[name]
        except KeyError:
            form = self._form
            shown = f"{self._signature}.{member}"
            raise UninitializedError(shown, form.name, form.location, "waiting") from None

    def __dir__(self) -> list[str]:
        return [*self._names]


def context_unit(
    form: Form,
    spec: Spec,
    namespace: Context,
    defined: Collection[str] = (),
) -> Unit[..., Any]:
    """Return the unit that exports *spec* from *namespace*; note names that it lacks.

    Names in *defined* may be missing: the form that asks is going to define them (rule V6).
    """
    tag, adjusted = spec
    signature = adjusted.signature
    if adjusted.restricted:
        form.wrong("only and except_ are for imports", export=repr(adjusted))
    there = vars(namespace) if isinstance(namespace, ModuleType) else namespace
    names = {member: name for name, member in adjusted.names.items()}
    export = Export(signature, tag)
    scope = Scope(form, signature.__name__, there, names)
    made = from_source(scope, export, form.title, form.location)
    computed = for_export_members(signature)
    for member_name, member in members(signature).items():
        name = names.get(member_name, member_name)
        if member_name in computed:
            continue
        if name in there:
            found = value_mismatches(signature, member_name, member, there[name])
            form.static += [mismatch_problem(made, mismatch) for mismatch in found]
        elif name not in defined:
            member_shown = f"{signature.__name__}.{member_name}"
            near = nearest(name, [each for each in there if isinstance(each, str)])
            form.wrong("unbound name", name=name, member=member_shown, **{"did you mean": near})
    return made


def in_context(
    form: Form,
    u: AnyUnit,
    imports: AnySpecs,
    namespace: Context,
    defined: Collection[str] = (),
) -> Unit[..., Any] | None:
    """Return *u* with the *imports*, specs, supplied from *namespace*; note what is wrong."""
    read = form.specs(imports, "import")
    contexts = [context_unit(form, spec, namespace, defined) for spec in read]
    supplies = [Supply(spec.signature, tag, (number, 0)) for number, (tag, spec) in enumerate(read)]
    form.related(supplies, "import")
    if form.static:
        return None
    found = form.unit(u)
    if found is None or not (found.imports or contexts):
        return found
    return supplied(form, contexts, [found], [form.imports(found, supplies)])


def supplied(
    form: Form,
    contexts: Sequence[Unit[..., Any]],
    units: Sequence[Unit[..., Any]],
    wiring: Sequence[tuple[Source | None, ...]],
) -> CompoundUnit[..., Any]:
    """Return a program of *contexts*, then *units*, that exports everything *units* export."""
    first = len(contexts)
    exported = [(first + p, n) for p, unit in enumerate(units) for n in range(len(unit.exports))]
    return CompoundUnit(
        name=form.title,
        location=form.location,
        imports=(),
        exports=tuple(export for unit in units for export in unit.exports),
        single=len(exported) == 1,
        init_depend=(),
        parts=(*contexts, *units),
        wiring=(*((),) * first, *wiring),
        sources=tuple(exported),
    )
