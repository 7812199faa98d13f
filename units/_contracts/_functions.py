"""Contracts on functions: arguments are the caller's responsibility, results the function's.

What stands for a function is made by generated code, see `_generate`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, cast

from units._contracts._blame import Parties
from units._contracts._contract import Contract
from units._contracts._generate import maker


class FunctionContract(Contract):
    """A callable with the parameters of *signature*.

    *arguments* are the contracts of those that are checked, by name, *result* that of what it
    returns.  With *is_async* that is what its coroutine gives; the arguments, too, are checked
    when that is awaited.
    """

    #: The class of what it is about.
    cls: type = cast(type, Callable)

    def __init__(
        self,
        text: str,
        signature: inspect.Signature,
        arguments: Mapping[str, Contract],
        result: Contract,
        is_async: bool = False,
    ) -> None:
        checked = {name: each for name, each in arguments.items() if not each.trivial}
        super().__init__(text, callable, flat=not checked and result.trivial)
        self.signature = signature
        self._make, self._constants = maker(text, signature, checked, result, is_async)

    def guarded(self, value: Any, parties: Parties) -> Any:
        """Return what is called instead of *value*, and checks what goes in and what comes out.

        It has the name and documentation of *value*, takes what the contract says, and leaves out
        what its caller left out, so that the defaults are those of *value*.
        """
        made = self._make(value, parties, *self._constants)
        own = getattr(value, "__dict__", None)
        if own and isinstance(value, FunctionType):
            made.__dict__.update(own)
        made.__name__ = name = getattr(value, "__name__", parties.member)
        made.__qualname__ = getattr(value, "__qualname__", name)
        made.__doc__ = value.__doc__
        made.__module__ = getattr(value, "__module__", None)
        made.__wrapped__, made.__signature__ = value, self.signature
        return made
