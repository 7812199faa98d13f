"""A unit under other signatures, or under a declared interface (rules N1-N4, B1-B3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signatures._declare import describe
from signatures._frames import caller_outside, place
from units._adapt import adapted, narrowed_at
from units._by_name import clauses
from units._contract_unit import contract
from units._errors import DefinitionError
from units._unit import Unit
from units.racket._compound import is_line
from units.racket._forms import Form, StaticError, entries
from units.racket._shapes import AnySpecs, AnyUnit, BareSpec, RewrapLine


def unit_new_import_export(
    *,
    imports: AnySpecs = (),
    exports: AnySpecs = (),
    init_depend: AnySpecs = (),
    link: RewrapLine,
    name: str | None = None,
) -> Unit[..., Any]:
    """Return a unit with new imports and exports around an old one, members matched by name.

    *link* is ``(old exports, unit, old imports)``; all specs may be adjusted.  Each old import's
    names must be among those of the new *imports*, each new export's among those of the old
    exports.  Nothing is read early; the result is the old unit's.  Racket:
    ``unit/new-import-export``.

    Raises `StaticError` for names without a partner and a *link* of another shape, `LinkError` if
    the old unit is none or does not have what *link* says.
    """
    form = Form("unit_new_import_export", place(caller_outside(__file__)))
    line: Any = link
    if not is_line(line):
        expected = "(old exports, unit, old imports)"
        form.wrong("a line of a link clause is missing", given=describe(line), expected=expected)
        form.check()
    old_exports, u, *rest = line
    old_imports = rest[0] if rest else ()
    return _rewrapped(form, u, imports, exports, init_depend, old_imports, old_exports, name)


def unit_s(
    u: AnyUnit,
    /,
    *,
    imports: AnySpecs = (),
    exports: AnySpecs = (),
    init_depend: AnySpecs = (),
    name: str | None = None,
) -> Unit[..., Any]:
    """Return *u* with new imports and exports, the old ones taken from *u*.  Racket: ``unit/s``.

    Raises what `unit_new_import_export` raises.
    """
    form = Form("unit_s", place(caller_outside(__file__)))
    return _rewrapped(form, u, imports, exports, init_depend, None, None, name)


def define_unit_binding(
    u: AnyUnit,
    /,
    *,
    imports: BareSpec | Iterable[BareSpec] = (),
    exports: BareSpec | Iterable[BareSpec] = (),
    init_depend: BareSpec | Iterable[BareSpec] = (),
    name: str | None = None,
) -> Unit[..., Any]:
    """Return *u* with the declared interface, which may import more and export less than *u* does.

    *imports*, *exports* and *init_depend* are signatures, perhaps tagged, and nothing else.
    Racket: ``define-unit-binding``; there the name that is bound carries the declaration, here the
    unit that is returned.

    Raises `StaticError` for a declaration that means nothing, `LinkError` if *u* is no unit,
    imports more or exports less.
    """
    form = Form("define_unit_binding", place(caller_outside(__file__)))
    declared_in, declared_out, depends = map(entries, (imports, exports, init_depend))
    for spec in (*declared_in, *declared_out, *depends):
        form.signature(spec)
    form.check()
    try:
        return narrowed_at(u, form.location, declared_in, declared_out, depends, name)
    except DefinitionError as error:
        raise StaticError(error.problems) from None


#: Put a unit behind a contract: Racket's ``unit/c`` is `units.contract` under its own name.
unit_c = contract


def _rewrapped(
    form: Form,
    u: AnyUnit,
    imports: AnySpecs,
    exports: AnySpecs,
    init_depend: AnySpecs,
    old_imports: AnySpecs | None,
    old_exports: AnySpecs | None,
    name: str | None,
) -> Unit[..., Any]:
    new_imports, new_exports = entries(imports), entries(exports)
    old = None if old_imports is None else entries(old_imports)
    fields: dict[str, object] = {"form": form.name, "at": form.location}
    told = clauses(new_imports, new_exports, fields)
    form.static += [*told.problems, *told.clashes]
    for _, spec in form.specs(old or (), "old import"):
        if spec.restricted:
            form.wrong("only and except_ are for imports", **{"old import": repr(spec)})
    form.check()
    try:
        return adapted(
            u,
            form.location,
            imports=new_imports,
            exports=new_exports,
            init_depend=entries(init_depend),
            inner_imports=old,
            inner_exports=None if old_exports is None else entries(old_exports),
            name=name,
        )
    except DefinitionError as error:
        raise StaticError(error.problems) from None
