"""`invoke_unit` and `define_values_invoke_unit` (rules V1-V6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from signatures._adjust import Adjusted
from signatures._frames import caller_outside, place
from units._errors import InvokeError, Problem
from units._invoke import invoke_result
from units._unit import Unit
from units.racket._context import Spec, in_context
from units.racket._forms import Form, UsageError
from units.racket._shapes import AnySpecs, AnyUnit, Context, Namespace


def invoke_unit(u: AnyUnit, /, *, imports: AnySpecs = (), namespace: Context | None = None) -> Any:
    """Run *u* once and return its result; what it exports is computed and not seen.

    *imports* are specs whose names are read, late, from *namespace*.  Racket: ``invoke-unit``.

    Raises `StaticError` for names that are not there, `UsageError` if *u* is no unit or imports
    something else, and what a body raises.
    """
    form = Form("invoke_unit", place(caller_outside(__file__)), UsageError)
    whole = in_context(form, u, imports, {} if namespace is None else namespace)
    form.check()
    return invoke_result(whole)[1]


def define_values_invoke_unit(
    u: AnyUnit,
    /,
    *,
    imports: AnySpecs = (),
    exports: AnySpecs = (),
    namespace: Namespace,
    values: Iterable[str] | None = None,
) -> Any:
    """Run *u* once, bind the names of *exports* in *namespace*, return the result of *u*.

    *imports* are specs whose names are read, late, from *namespace*; *exports* are adjusted as
    imports are, `only` and `except_` included, and may ask for less than *u* exports.  *values*
    names the results of *u*, which returns them as a tuple: ``["a", "b"]``, ``["a", "*rest"]``.
    Racket: ``define-values/invoke-unit``.

    Raises `StaticError` for a name that is bound twice and for imports that are not there,
    `UsageError` if *u* is no unit or lacks what is asked for, `InvokeError` for another number of
    results than *values* names; nothing is bound then.
    """
    form = Form("define_values_invoke_unit", place(caller_outside(__file__)), UsageError)
    asked = Asked.read(form, exports, values)
    whole = in_context(form, u, imports, namespace, asked.names())
    return define(form, whole, asked, namespace)


@dataclass(frozen=True)
class Asked:
    """What a defining form binds: the names of *specs*, and, if not None, of *results*."""

    specs: list[Spec]
    results: tuple[str, ...] | None = None

    @staticmethod
    def read(form: Form, exports: AnySpecs, values: Iterable[str] | None) -> Asked:
        """Return what the clauses say; note names that would be bound twice."""
        results = None if values is None else tuple(values)
        asked = Asked(form.specs(exports, "export"), results)
        if any(name.startswith("*") for name in (results or ())[:-1]):
            form.wrong("only the last of the values is a rest", values=", ".join(results or ()))
        names = [name.lstrip("*") for name in results or ()]
        names += [name for _, spec in asked.specs for name in spec.names]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            form.wrong("duplicate binding", name=name, hint="use prefix or rename")
        return asked

    def names(self) -> set[str]:
        """Return every name that is going to be bound."""
        results = {name.lstrip("*") for name in self.results or ()}
        return results | {name for _, spec in self.specs for name in spec.names}


def define(form: Form, whole: Unit[..., Any] | None, asked: Asked, namespace: Namespace) -> Any:
    """Run *whole*, bind in *namespace* what is *asked* for, return the result."""
    wanted: list[tuple[Adjusted, int]] = []
    for tag, spec in asked.specs:
        number = form.export(whole, tag, spec.signature) if whole is not None else None
        wanted.append((spec, number or 0))
    form.check()
    unit = cast("Unit[..., Any]", whole)
    made, result = invoke_result(unit)
    parts = (made,) if unit.single else made
    bound = _results(unit, asked.results, result)
    for spec, number in wanted:
        bound |= {name: getattr(parts[number], member) for name, member in spec.names.items()}
    namespace.update(bound)
    return result


def _results(unit: Unit[..., Any], names: tuple[str, ...] | None, result: Any) -> dict[str, Any]:
    """Return what each of *names* is to be: one takes the result whole, several take it apart."""
    if names is None:
        return {}
    if len(names) == 1 and not names[0].startswith("*"):
        return {names[0]: result}
    values: list[Any] = [*result] if isinstance(result, tuple) else [result]
    rest = names[-1][1:] if names and names[-1].startswith("*") else None
    plain = names if rest is None else names[:-1]
    if len(values) < len(plain) or (len(values) > len(plain) and rest is None):
        fields = {"unit": unit.name, "expected": ", ".join(names) or "none", "got": len(values)}
        raise InvokeError([Problem("the unit has another number of results", fields)])
    bound = dict(zip(plain, values, strict=False))
    return bound if rest is None else {**bound, rest: values[len(plain) :]}
