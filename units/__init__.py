"""Units: components with declared imports and exports, linked from outside."""

from __future__ import annotations

# defining
from units._unit import Unit as Unit
from units._define import unit as unit
from units._unit import exports as exports
from units._context import unit_from as unit_from
from units._specs import tag as tag
from signatures._adjust import prefix as prefix
from signatures._adjust import rename as rename
from signatures._adjust import only as only
from signatures._adjust import except_ as except_

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

# swapping
from units._registry import Registry as Registry
from units._registry import RegistryError as RegistryError

# seeing
from units._draw import draw as draw
