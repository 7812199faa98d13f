"""Units under Racket's own names and clause shapes, for people who port programs or teach.

Everything here makes and runs the same units as `units`; only the spelling, and the rules where
Racket's differ from those of `units.link`, are Racket's.  Bodies are written with `unit`.
"""

from __future__ import annotations

# units and the specs of their clauses
from units._define import unit as unit
from units._unit import exports as exports
from units._specs import tag as tag
from signatures._adjust import prefix as prefix
from signatures._adjust import rename as rename
from signatures._adjust import only as only
from signatures._adjust import except_ as except_

# linking
from units.racket._compound import compound_unit as compound_unit
from units.racket._infer import compound_unit_infer as compound_unit_infer

# invoking
from units.racket._invoke import invoke_unit as invoke_unit
from units.racket._invoke import define_values_invoke_unit as define_values_invoke_unit
from units.racket._invoke_infer import invoke_unit_infer as invoke_unit_infer
from units.racket._invoke_infer import (
    define_values_invoke_unit_infer as define_values_invoke_unit_infer,
)

# units from what is there
from units.racket._context import unit_from_context as unit_from_context
from units.racket._rewrap import unit_new_import_export as unit_new_import_export
from units.racket._rewrap import unit_s as unit_s
from units.racket._rewrap import define_unit_binding as define_unit_binding
from units.racket._rewrap import unit_c as unit_c

# seeing
from units.racket._reflect import is_unit as is_unit
from units.racket._reflect import signature_members as signature_members
from units.racket._reflect import unit_static_signatures as unit_static_signatures
from units.racket._reflect import unit_static_init_dependencies as unit_static_init_dependencies
from units.racket._reflect import provide_signature_elements as provide_signature_elements

# what can go wrong
from units.racket._forms import StaticError as StaticError
from units.racket._forms import UsageError as UsageError
