"""What the commands work on: a unit, or a registry, of a module that is imported for it."""

from __future__ import annotations

import os
import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType, ModuleType
from typing import Any

from signatures._errors import SignatureError, nearest
from signatures._zope import InterfaceClass
from units._define import as_unit
from units._errors import ProblemsError
from units._near import nearest_name
from units._registry import Registry
from units._specs import lineage
from units._unit import Unit
from units.cli.problems import Faulty, findings_of, usage


@dataclass(frozen=True)
class Target:
    """The *value* that is called *text*, and the *module* it was found in."""

    text: str
    module: ModuleType
    value: Any


def add_target(parser: ArgumentParser) -> None:
    """Let *parser* take a target, and for a registry what to ask it for."""
    parser.add_argument("target", metavar="MODULE:NAME", help="a unit, or a registry")
    parser.add_argument("signature", metavar="SIGNATURE", nargs="?", help="of a registry's unit")
    add_named(parser)


def add_named(parser: ArgumentParser) -> None:
    """Let *parser* take the name of one of several implementations."""
    parser.add_argument(
        "--named", metavar="NAME", default="", help="the implementation of this name, in a registry"
    )


def unit_of(text: str, signature: str | None, named: str) -> Unit[..., Any]:
    """Return the unit called *text*; of a registry, the compound it links for *signature*.

    Raises `Usage` if there is none, and `Faulty` if it cannot be linked.
    """
    target = load(text)
    if isinstance(target.value, Registry):
        if signature is None:
            raise usage(
                "a registry has many units; name a signature",
                registry=text,
                expected="MODULE:NAME SIGNATURE",
                there_are=", ".join(_registered(target.value, target.module)) or None,
            )
        wanted: Any = signature_of(signature, target, [])
        try:
            return target.value.link(wanted, named)
        except ProblemsError as error:
            raise Faulty(findings_of(text, error)) from None
    if signature is not None:
        raise usage("only a registry is asked for a signature", given=text)
    found = as_unit(target.value)
    if found is None:
        raise _no_unit(target)
    return found


def load(text: str) -> Target:
    """Import the module of *text*, ``module:name``, and return what it names there.

    Raises `Usage` if there is no such module or name, and `Faulty` if importing it found problems.
    """
    name, colon, path = text.partition(":")
    if not name:
        raise usage("a target names a module", given=text, expected="MODULE:NAME")
    if not colon or not path:
        module = load_module(text)
        raise usage(
            "a target names a unit of the module",
            given=text,
            expected="MODULE:NAME",
            **_there(module),
        )
    module = load_module(name, text)
    value: Any = module
    for part in path.split("."):
        try:
            there = hasattr(value, part)
        except Exception as error:  # noqa: BLE001 - a module may compute what it offers
            raise _failed(name, error, "the name cannot be read") from None
        if not there:
            near = nearest(part, dir(value))
            raise usage(
                "the module has no such name",
                module=name,
                given=path,
                did_you_mean=near and f"{name}:{near}",
                **_there(module),
            )
        value = getattr(value, part)
    return Target(text, module, value)


def load_module(name: str, target: str | None = None) -> ModuleType:
    """Import the module *name*; *target* is what the user wrote.

    Raises `Usage` and `Faulty` as `load` does.
    """
    text = target or name
    if name.endswith(".py") or "/" in name or os.sep in name:
        raise _path_given(name, text)
    try:
        with redirect_stdout(sys.stderr):  # what a module prints is no part of the answer
            return import_module(name)
    except (ProblemsError, SignatureError) as error:
        raise Faulty(findings_of(text, error)) from None
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if not (name == missing or name.startswith(f"{missing}.")):
            raise _failed(name, error) from None
        package, _, last = name.rpartition(".")
        inside = hasattr(sys.modules.get(package), last)
        near = f"{package}:{last}" if inside else nearest(name, _modules_around(name))
        raise usage(
            "there is no such module",
            given=name,
            missing=missing if missing != name else None,
            did_you_mean=near,
        ) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may do anything
        raise _failed(name, error) from None


def named_units(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of the units and registries that *module* offers or imported."""
    for name, value in vars(module).items():
        if not name.startswith("_") and (isinstance(value, Registry) or as_unit(value) is not None):
            yield name, value


def signature_of(text: str, target: Target, units: list[Unit[..., Any]]) -> InterfaceClass:
    """Return the signature called *text*: ``module:Name``, or one of *units* or of the module.

    Raises `Usage` if there is none.
    """
    if ":" in text:
        found = load(text).value
        if not isinstance(found, InterfaceClass):
            raise usage("this is no signature", given=text)
        return found
    known: dict[str, InterfaceClass] = {}
    for u in units:
        declared = [each.signature for each in u.imports] + [each.signature for each in u.exports]
        known |= {each.__name__: each for signature in declared for each in lineage(signature)}
    for name, value in vars(target.module).items():
        if isinstance(value, InterfaceClass):
            known.setdefault(name, value)
    if text not in known:
        raise usage(
            "there is no such signature here",
            given=text,
            did_you_mean=nearest_name(text, known),
            there_are=", ".join(sorted(known)) or None,
            hint="one of another module is written MODULE:NAME",
        )
    return known[text]


def _registered(registry: Registry, module: ModuleType) -> list[str]:
    """Return the names that *module* has for the signatures that *registry* answers for."""
    named = {name: v for name, v in vars(module).items() if isinstance(v, InterfaceClass)}
    try:
        return sorted(name for name, signature in named.items() if registry.names(signature))
    except ProblemsError:  # of an entry point: told when its signature is asked for
        return []


def _no_unit(target: Target) -> Exception:
    return usage(
        "this is neither a unit nor a registry",
        given=f"{target.text}, {kind(target.value)}",
        hint="decorate it with @unit" if isinstance(target.value, (type, FunctionType)) else None,
        **_there(target.module),
    )


def kind(value: Any) -> str:
    """Say what *value*, which is no unit, is: ``a signature``, ``an int``."""
    if isinstance(value, InterfaceClass):
        return "a signature"
    name = "class" if isinstance(value, type) else type(value).__name__
    return f"{'an' if name[:1] in set('aeiouAEIOU') else 'a'} {name}"


def _there(module: ModuleType) -> dict[str, object]:
    """Say what *module* has that could have been named."""
    names = ", ".join(name for name, _ in named_units(module))
    return {"there_are": names or "no units and no registries"}


def _path_given(name: str, text: str) -> Exception:
    """Refuse the path of a file, and say which module it perhaps is."""
    path = name.removesuffix(".py").removesuffix("/__init__").removeprefix("./")
    module = os.path.relpath(path) if os.path.isabs(path) else path
    dotted = module.replace(os.sep, ".").replace("/", ".").strip(".")
    meant = text.replace(name, dotted, 1) if all(map(str.isidentifier, dotted.split("."))) else None
    return usage("a module is named, not a file", given=name, did_you_mean=meant)


def _failed(
    name: str, error: BaseException, sentence: str = "the module cannot be imported"
) -> Exception:
    frames = traceback.extract_tb(error.__traceback__)
    mine = [frame for frame in frames if not frame.filename.startswith("<frozen")]
    at = f"{mine[-1].filename}:{mine[-1].lineno}" if mine else None
    if isinstance(error, SyntaxError):
        at = f"{error.filename}:{error.lineno}"
    return usage(sentence, module=name, error=_one_line(error), at=at)


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _modules_around(name: str) -> list[str]:
    """Return the modules that stand where *name* was looked for."""
    package, _, _ = name.rpartition(".")
    if not package:
        return [info.name for info in iter_modules()] + [*sys.builtin_module_names]
    parent = sys.modules.get(package)
    return [f"{package}.{info.name}" for info in iter_modules(getattr(parent, "__path__", []))]
