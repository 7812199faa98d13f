"""A module that is loaded when it is first used.

`inspect`, `dis` and `ast` together take longer to load than everything here does; a program that
only imports units should not wait for them.  Nor should one for what it never uses.
"""

from __future__ import annotations

from typing import Any


class LazyModule:
    """Stands for the module *name* until something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        from importlib import import_module  # not light itself

        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value
