"""Tell who supplies a signature in a linkage, why, and what else could.

python -m units explain shop.app:program IPress
python -m units explain shop.registry:registry IPress --named dry-run
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from signatures._zope import InterfaceClass
from units._define import as_unit
from units._registry import Registry, RegistryError
from units._specs import covers
from units._unit import Unit
from units._why import Supply, exporters, supplies
from units.cli.targets import Target, add_named, load, named_units, signature_of, unit_of


def add(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("target", metavar="MODULE:NAME", help="a unit, or a registry")
    parser.add_argument("signature", metavar="SIGNATURE", help="what is supplied")
    add_named(parser)
    parser.add_argument(
        "--as", dest="form", choices=("text", "json"), default="text", help="how to say it"
    )


def run(options: Namespace) -> int:
    """Explain the signature; return the exit status."""
    target = load(options.target)
    registered = isinstance(target.value, Registry)
    found = unit_of(options.target, options.signature if registered else None, options.named)
    signature = signature_of(options.signature, target, [found, *_parts(found)])
    told = {
        "signature": signature.__name__,
        "target": options.target,
        "exported by": [list(each) for each in exporters(found, signature)],
        "imports": [_as_data(each) for each in supplies(found, signature)],
        "not linked": list(_not_linked(target, found, signature)),
        "registered": list(_registered(target.value, signature)) if registered else [],
    }
    if options.form == "json":
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(told)))
    return 0


def _as_data(supply: Supply) -> dict[str, Any]:
    return {
        "unit": supply.place,
        "imports": str(supply.wanted),
        "from": supply.supplier,
        "at": supply.location,
        "why": list(supply.why),
        "instead": list(supply.instead),
    }


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield the same in words."""
    yield f"{told['signature']} in {told['target']}"
    for title, location in told["exported by"]:
        yield f"  {title} exports it ({location})"
    for each in told["imports"]:
        yield f"  {each['unit']} imports {each['imports']}"
        yield f"    from: {each['from'] or 'nobody inside'}"
        yield f"    why: {', and '.join(each['why'])}"
        if each["instead"]:
            yield f"    instead: {', '.join(each['instead'])}"
    if not (told["exported by"] or told["imports"]):
        yield "  no unit in it exports or imports it"
    for name in told["registered"]:
        yield f"  registered: {name}"
    if told["not linked"]:
        yield f"  could be linked: {', '.join(told['not linked'])}"


def _parts(found: Unit[..., Any]) -> Iterator[Unit[..., Any]]:
    ahead = list(found.parts or ())
    while ahead:
        part = ahead.pop()
        yield part
        ahead += part.parts or ()


def _not_linked(target: Target, found: Unit[..., Any], signature: InterfaceClass) -> Iterator[str]:
    """Yield the names in the target's module of units that export *signature* and are not inside."""
    linked = [found, *_parts(found)]
    for name, value in named_units(target.module):
        u = as_unit(value)
        if u is not None and u not in linked:
            if any(covers(export.signature, signature) for export in u.exports):
                yield f"{target.module.__name__}:{name}"


def _registered(registry: Registry, signature: Any) -> Iterator[str]:
    """Yield the implementations of *signature*, by the names under which *registry* has them."""
    for name in registry.names(signature):
        label = name or "(plain)"
        try:
            u = registry.unit(signature, name)
            yield f"{label} {u.name} ({u.location})"
        except RegistryError as error:
            yield f"{label}: {error.problems[0].sentence}"
