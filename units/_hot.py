"""Straight-line code for a plan that is invoked again and again.

A loop over steps calls every body from one place, so the interpreter cannot specialise the call.
A plan that was run often is written out as a function, one line for each step, and compiled: that
costs some microseconds a unit, once, and makes invoking cost what calling the constructors by hand
does.  The loop stays for everything else, and for plans with parts that must exist early.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from units._unit import NOTHING

#: Longer plans stay a loop; a function of this size compiles in a tenth of a second.
LONGEST = 5_000


def straightened(
    inputs: int,
    blocks: Sequence[tuple[str, Sequence[Any]]],
    exports: tuple[int, ...],
    result: int,
    single: bool,
    *,
    lives: bool,
) -> Callable[..., Any] | None:
    """Return a function of the imports that runs *blocks* and returns what `invoke` does.

    *blocks* are the steps by the name of their form; *exports*, *result* and *single* say what is
    returned.  If something *lives*, the first argument is a list that takes each body that goes on
    later, and its unit.  Nothing if a step has no straight line, or if there are too many.
    """
    if sum(len(steps) for _, steps in blocks) > LONGEST:
        return None
    names: dict[str, Any] = {}
    results = {step[2] for form, steps in blocks if form == "_passed" for step in steps}
    if not exports:
        results.add(result)
    # A body has no result of its own where members are computed after it, or where there is none.
    lines: list[str] = [f"s{slot} = None" for slot in sorted(results) if slot >= 0]
    for form, steps in blocks:
        line = _LINES.get(form)
        if line is None:
            return None
        for step in steps:
            written = list(line(step, names))
            if not written:
                return None
            lines.extend(written)
    shown = [f"s{slot}" for slot in exports]
    returned = (shown[0] if single else f"({', '.join(shown)},)") if shown else f"s{result}"
    if not lines and not shown and result < 0:
        returned = "None"
    given = [*(("alive",) if lives else ()), *(f"s{number}" for number in range(inputs))]
    arguments = ", ".join(given)
    text = "\n    ".join([f"def invocation({arguments}):", *lines, f"return {returned}"])
    exec(compile(text, "<units invocation>", "exec"), names)
    made: Callable[..., Any] = names["invocation"]
    return made


def _named(names: dict[str, Any], value: Any) -> str:
    """Give *value* a name in the generated code."""
    name = f"c{len(names)}"
    names[name] = value
    return name


def _call(step: Any, names: dict[str, Any]) -> Iterator[str]:
    call, *slots, out = step
    yield f"s{out} = {_named(names, call)}({', '.join(f's{slot}' for slot in slots)})"


def _called(step: Any, names: dict[str, Any]) -> Iterator[str]:
    call, positional, keywords, out = step
    yield f"s{out} = {_named(names, call)}({_arguments(positional, keywords)})"


def _packed(step: Any, names: dict[str, Any]) -> Iterator[str]:
    unit, positional, keywords, outs, result, waiting = step
    if waiting >= 0:
        raise AssertionError("a step that is readable early has no straight line")
    made = "".join(f"s{out}, " for out in outs[: len(unit.exports)])
    target = f"({made})" if made else "_"
    kept = f"s{result}" if result >= 0 else "_"
    yield f"{target}, {kept} = {_named(names, unit.run)}({_arguments(positional, keywords)})"


def _moved(step: Any, names: dict[str, Any]) -> Iterator[str]:
    value, result = step
    yield f"s{result} = s{value}"


def _resulted(step: Any, names: dict[str, Any]) -> Iterator[str]:
    component, result = step
    yield f's{result} = getattr(s{component}, "__result__", None)'


def _passed(step: Any, names: dict[str, Any]) -> Iterator[str]:
    wrap, parties, result = step
    yield f"s{result} = {_named(names, wrap)}(s{result}, {_named(names, parties)})"


def _seen_by_importer(step: Any, names: dict[str, Any]) -> Iterator[str]:
    make, component, out = step
    yield f"s{out} = {_named(names, make)}(s{component})"


def _checked(step: Any, names: dict[str, Any]) -> Iterator[str]:
    check, component = step
    yield f"{_named(names, check)}(s{component})"


def _begun(step: Any, names: dict[str, Any]) -> Iterator[str]:
    unit, positional, keywords, outs, result, waiting = step
    if unit.kind == "generator" and len(unit.exports) == 1 and max(result, waiting) < 0:
        yield f"body = {_named(names, unit.body)}({_arguments(positional, keywords)})"
        yield f"alive.append(({_named(names, unit)}, body))"
        take, nothing = _named(names, unit.yielded_component), _named(names, NOTHING)
        yield f"s{outs[0]} = {take}(next(body, {nothing}))"


def _arguments(positional: Sequence[int], keywords: Sequence[tuple[str, int]]) -> str:
    named = [f"{name}=s{slot}" for name, slot in keywords]
    return ", ".join([*(f"s{slot}" for slot in positional), *named])


#: How each form of step is written out.
_LINES: dict[str, Callable[[Any, dict[str, Any]], Iterator[str]]] = {
    "_called_with_0": _call,
    "_called_with_1": _call,
    "_called_with_2": _call,
    "_called_with_3": _call,
    "_called": _called,
    "_packed": _packed,
    "_moved": _moved,
    "_resulted": _resulted,
    "_passed": _passed,
    "_checked": _checked,
    "_seen_by_importer": _seen_by_importer,
    "begun": _begun,
}
