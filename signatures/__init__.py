"""Signatures: interfaces that are zope interfaces at run time and Protocols to type checkers.

What every program uses is loaded at once, the rest when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# declaring
from signatures._signature import Signature as Signature

# implementing, asking
from signatures._declare import implementer as implementer
from signatures._declare import provides as provides
from signatures._members import members as members
from signatures._members import derived_members as derived_members

# what can go wrong
from signatures._errors import SignatureError as SignatureError

if TYPE_CHECKING:
    # declaring more than names
    from signatures._markers import derived as derived
    from signatures._markers import for_export as for_export
    from signatures._markers import contracted as contracted
    from signatures._markers import opens as opens
    from signatures._markers import member as member

    # making at run time, adopting
    from signatures._make import make_signature as make_signature
    from signatures._make import signature as signature
    from signatures._make import module_signature as module_signature

    # under other names
    from signatures._adjust import prefix as prefix
    from signatures._adjust import rename as rename
    from signatures._adjust import only as only
    from signatures._adjust import except_ as except_

#: Where each name comes from that is loaded when it is asked for.
_HOMES = {
    "derived": "signatures._markers",
    "for_export": "signatures._markers",
    "contracted": "signatures._markers",
    "opens": "signatures._markers",
    "member": "signatures._markers",
    "make_signature": "signatures._make",
    "signature": "signatures._make",
    "module_signature": "signatures._make",
    "prefix": "signatures._adjust",
    "rename": "signatures._adjust",
    "only": "signatures._adjust",
    "except_": "signatures._adjust",
}

if not TYPE_CHECKING:  # a checker that saw this would believe any name

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value

    def __dir__():
        return sorted({*globals(), *_HOMES})
