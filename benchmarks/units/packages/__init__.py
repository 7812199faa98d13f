"""The packages that are measured beside ours, one file each, in the fast way each documents.

A file has ``build(graph)``, which defines everything, validates what the package validates, and
returns what makes the last component of the graph; and, where the package knows a scope for one
request that cleans up, ``serving(engine)``, which returns what serves a request.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

#: The name of each package, its module, and whether it validates a graph before it is used.
PACKAGES = {
    "dishka": ("dishka", True),
    "wireup": ("wireup", True),
    "anydi": ("anydi", True),
    "svcs": ("svcs", False),
    "dependency-injector": ("dependency_injector", False),
    "that-depends": ("that_depends", False),
    "punq": ("punq", False),
    "lagom": ("lagom", False),
    "injector": ("injector", False),
    "zope.component": ("zope.component", False),
}


def installed() -> list[str]:
    """Return the names of those that can be imported here."""
    return [name for name, (module, _) in PACKAGES.items() if _is_there(module)]


def missing() -> list[str]:
    """Return the names of those that cannot."""
    return [name for name in PACKAGES if name not in installed()]


def adapter(name: str) -> ModuleType:
    """Return the module that adapts the package *name*, or ours."""
    file = name.replace("-", "_").replace(".", "_")
    return importlib.import_module(f"benchmarks.units.packages.{file}_")


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its parent is missing
        return False
