"""Signatures: interfaces that are zope interfaces at run time and Protocols to type checkers."""

from __future__ import annotations

# declaring
from signatures._signature import Signature as Signature
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

# implementing, asking
from signatures._declare import implementer as implementer
from signatures._declare import provides as provides
from signatures._members import members as members
from signatures._members import derived_members as derived_members

# what can go wrong
from signatures._errors import SignatureError as SignatureError
