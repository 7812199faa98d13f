"""Contracts of a signature's members, and who is blamed for what (rules K1-K5).

Every importing unit sees a contracted member through its own guard: what it passes is its
responsibility, what comes back is the exporting unit's.  The exporting unit uses its own
definitions unguarded; what it exports is checked once, after its body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from signatures._members import MethodMember, marks_of_member, member_names, members_of
from signatures._zope import Attribute, InterfaceClass

if TYPE_CHECKING:
    from units._contracts import Contract, Parties


def contracts_of(signature: InterfaceClass) -> Mapping[str, Contract]:
    """Return the contract of each contracted member of *signature*, compiled on first use.

    Raises `DefinitionError` for an annotation that cannot be checked.
    """
    known: Mapping[str, Contract] | None = vars(signature).get("_v_contracts")
    if known is None:
        contracted = {n: m for n, m in members_of(signature).items() if is_contracted(m)}
        known = _compiled(signature, contracted) if contracted else {}
        vars(signature)["_v_contracts"] = known
    return known


def is_contracted(member: Attribute) -> bool:
    """Tell whether the annotations of *member* are enforced."""
    return "contracted" in marks_of_member(member)


def _compiled(signature: InterfaceClass, contracted: Mapping[str, Any]) -> dict[str, Contract]:
    # Only those who use contracts pay for loading what compiles them.
    from units._contracts import Scope, compile_contract, compile_method

    found: dict[str, Contract] = {}
    for name, member in contracted.items():
        scope = Scope(
            member=name,
            signature=signature.__name__,
            location=getattr(member.interface, "location", ""),
            members=member_names(signature),
            renames=getattr(member, "renames", {}),
        )
        if isinstance(member, MethodMember):
            found[name] = compile_method(member.meaning, scope=scope, is_async=member.is_async)
        else:
            found[name] = compile_contract(member.meaning, scope=scope)
    return found


class Guards:
    """The contracts of *signature* between two parties: who exports, and who imports."""

    __slots__ = ("contracts", "negative", "parties", "positive")

    def __init__(self, signature: InterfaceClass, positive: str, negative: str) -> None:
        self.positive, self.negative = positive, negative
        self.contracts = contracts_of(signature)
        self.parties: dict[str, Parties] = {}
        if self.contracts:
            from units._contracts import Parties

            where = getattr(signature, "location", "")
            title = signature.__name__
            for name in self.contracts:
                self.parties[name] = Parties(positive, negative, name, title, where)

    def passed(self, name: str, component: Any) -> Any:
        """Return member *name* of *component* as it passes from one party to the other."""
        value = getattr(component, name)
        contract = self.contracts.get(name)
        if contract is None:
            return value
        return _of(contract, component).wrap(value, self.parties[name])

    def check(self, component: Any) -> None:
        """Check what *component* offers right after the body that made it (rule K2)."""
        for name, contract in self.contracts.items():
            _of(contract, component).check(getattr(component, name), self.parties[name])


def _of(contract: Contract, component: Any) -> Contract:
    """Return *contract* as it is for *component*, whose members it may name."""
    if not contract.needs:
        return contract
    return contract.instantiate(lambda name: getattr(component, name))
