"""What the tests of contracts share: the two parties, and short ways to a contract and a blame."""

import inspect
import typing
from collections.abc import (
    Callable,
)
from dataclasses import dataclass
from typing import (
    Any,
)

import pytest

from units._contracts import (
    Contract,
    ContractError,
    Parties,
    compile_method,
)

BETWEEN = Parties("unit maker", "unit user", "f", "IStore", "store.py:3")


@dataclass(frozen=True)
class Gt:
    """A constraint of the shape that `annotated_types` has: the package need not be there."""

    gt: Any


def method_of(function: Callable[..., Any]) -> Contract:
    """Return the contract that the annotations of *function* state."""
    hints = typing.get_type_hints(function, include_extras=True)
    written = inspect.signature(function)
    empty = inspect.Parameter.empty
    parameters = [p.replace(annotation=hints.get(n, empty)) for n, p in written.parameters.items()]
    asked = inspect.Signature(parameters, return_annotation=hints.get("return", empty))
    return compile_method(asked, is_async=inspect.iscoroutinefunction(function))


def blamed(call: Callable[[], object]) -> ContractError:
    """Return the error that *call* raises."""
    with pytest.raises(ContractError) as caught:
        call()
    return caught.value
