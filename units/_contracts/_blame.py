"""Who is to blame: the two parties of a contract, and the error that names one of them.

A contract stands between a *positive* party, who promised the value, and a *negative* one, who
uses it.  A value that is wrong is the positive party's fault.  What a function is called with
comes from the other side, so there the two swap roles, and swap again inside a function that is
such an argument (Racket: rules K1 and K8).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NoReturn

from signatures._errors import render
from units._errors import UnitError

BROKEN, VIOLATED = "broke its own contract", "contract violation"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who promised a value and who uses it, and which value of which member that is.

    *member* is what the contract is about, *signature* the name of the signature that declares
    it, *location* where that stands.  *contract_from* is the party whose contract it is, by
    default the positive one.
    """

    positive: str
    negative: str
    member: str
    signature: str = ""
    location: str = ""
    contract_from: str = ""
    #: The way from the value at fault to the whole, innermost step first.
    path: tuple[str, ...] = ()
    #: The whole contract as text, once a step was taken inside.
    whole: str = ""
    #: Whether the roles are swapped, compared with those the contract was made for.
    is_swapped: bool = False

    def __post_init__(self) -> None:
        if not self.contract_from:
            object.__setattr__(self, "contract_from", self.positive)

    def swapped(self) -> Parties:
        """Return the same with the roles exchanged: for arguments, and for imports of a unit."""
        return replace(
            self,
            positive=self.negative,
            negative=self.positive,
            is_swapped=not self.is_swapped,
        )

    def at(self, step: str, whole: str) -> Parties:
        """Return the same for a part of the value, *step* away from what *whole* describes."""
        return replace(self, path=(step, *self.path), whole=self.whole or whole)

    def within(self, whole: str) -> Parties:
        """Return the same for one of the alternatives that make up *whole*."""
        return self if self.whole else replace(self, whole=whole)

    def blame(self, expected: str, given: object) -> NoReturn:
        """Raise `ContractError` against the positive party."""
        raise ContractError(self, expected, given)


class ContractError(UnitError):
    """A value does not keep a contract, and one party is to blame.

    *kind* is ``broke its own contract`` where the party that made the contract handed the value
    out, and ``contract violation`` where the other one handed it in.  *path* leads from the value
    at fault (*given*) to the whole: ``("element 3 of", "the range of")``.
    """

    def __init__(self, parties: Parties, expected: str, given: object) -> None:
        super().__init__(parties, expected, given)
        self.parties, self.expected, self.given = parties, expected, given
        self.member, self.signature = parties.member, parties.signature
        self.blaming, self.contract_from = parties.positive, parties.contract_from
        self.kind = VIOLATED if parties.is_swapped else BROKEN
        self.path, self.contract = parties.path, parties.whole or expected
        self.location = parties.location

    def __str__(self) -> str:
        wanted, got = ("expected", "given") if self.kind == VIOLATED else ("promised", "produced")
        subject = f"{self.signature}.{self.member}" if self.signature else self.member
        return render(
            f"{subject}: {self.kind}",
            {
                wanted: self.expected,
                got: shown(self.given),
                "in": " ".join((*self.path, self.contract)) if self.path else None,
                "contract from": self.contract_from,
                "blaming": f"{self.blaming} (assuming the contract is correct)",
                "at": self.location,
            },
        )


def shown(value: object) -> str:
    """Return *value* as text that fits on a line, whatever its ``__repr__`` does."""
    try:
        text = " ".join(repr(value).split("\n"))
    except Exception as error:  # noqa: BLE001 - the message matters more than how a value shows
        text = f"<{type(value).__name__} object, whose repr raised {type(error).__name__}>"
    return text if len(text) <= 80 else text[:77] + "..."


def ordinal(number: int) -> str:
    """Return *number* as one counts: 1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"
