"""Signatures: interfaces that are zope interfaces at run time and Protocols to type checkers."""

from __future__ import annotations

from signatures._errors import SignatureError as SignatureError
from signatures._members import members as members
from signatures._signature import Signature as Signature
from signatures._declare import implementer as implementer
from signatures._declare import provides as provides
