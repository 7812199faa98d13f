"""Units: components with declared imports and exports, linked from outside.

What every program uses is loaded at once, the rest when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# defining
from units._unit import Unit as Unit
from units._define import unit as unit
from units._unit import exports as exports
from units._specs import tag as tag

# linking
from units._linker import Link as Link
from units._linker import part as part
from units._link import link as link

# invoking
from units._invoke import invoke as invoke
from units._invoke import invoke_result as invoke_result

# what can go wrong
from units._errors import DefinitionError as DefinitionError
from units._errors import InvokeError as InvokeError
from units._errors import LinkError as LinkError
from units._errors import UninitializedError as UninitializedError
from units._errors import UnitError as UnitError

if TYPE_CHECKING:
    # under other names
    from signatures._adjust import prefix as prefix
    from signatures._adjust import rename as rename
    from signatures._adjust import only as only
    from signatures._adjust import except_ as except_

    # making units of what is there
    from units._context import unit_from as unit_from
    from units._into import module_unit as module_unit
    from units._into import define_into as define_into
    from units._adapt import adapt as adapt

    # living for the length of a block, and waiting
    from units._lifetimes import running as running
    from units._lifetimes import arunning as arunning
    from units._lifetimes import ainvoke as ainvoke

    # contracts
    from units._contract_unit import contract as contract
    from units._contracts._blame import ContractError as ContractError

    # swapping
    from units._registry import Registry as Registry
    from units._registry import RegistryError as RegistryError

    # seeing
    from units._draw import Drawing as Drawing
    from units._draw import draw as draw
    from units._explain import explain as explain
    from units._explain import is_unit as is_unit
    from units._explain import unit_signatures as unit_signatures
    from units._explain import init_dependencies as init_dependencies
    from signatures._members import members as members

#: Where each name comes from that is loaded when it is asked for.
_HOMES = {
    "prefix": "signatures._adjust",
    "rename": "signatures._adjust",
    "only": "signatures._adjust",
    "except_": "signatures._adjust",
    "unit_from": "units._context",
    "module_unit": "units._into",
    "define_into": "units._into",
    "adapt": "units._adapt",
    "running": "units._lifetimes",
    "arunning": "units._lifetimes",
    "ainvoke": "units._lifetimes",
    "contract": "units._contract_unit",
    "ContractError": "units._contracts._blame",
    "Registry": "units._registry",
    "RegistryError": "units._registry",
    "Drawing": "units._draw",
    "draw": "units._draw",
    "explain": "units._explain",
    "is_unit": "units._explain",
    "unit_signatures": "units._explain",
    "init_dependencies": "units._explain",
    "members": "signatures._members",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
