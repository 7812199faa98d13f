"""The core of contracts: annotations that are checked where a value passes between two parties.

A contract is compiled from an annotation once, says by itself whether it accepts a value, and is
put around a value together with two parties: the one who promised it and the one who uses it.
What is wrong is then one party's fault, and the error names that party.  Nothing here knows of
units or links: a party is a name.
"""

from __future__ import annotations

# compiling
from units._contracts._compile import compile_contract as compile_contract
from units._contracts._compile import compile_method as compile_method
from units._contracts._scope import Scope as Scope
from units._contracts._vocabulary import member as member

# checking
from units._contracts._contract import Contract as Contract
from units._contracts._blame import Parties as Parties

# what can go wrong
from units._contracts._blame import ContractError as ContractError
