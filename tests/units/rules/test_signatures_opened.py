"""Rule S6: what a signature copies from others."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from signatures import (
    Signature,
    SignatureError,
    contracted,
    derived,
    for_export,
    member,
    only,
    opens,
    prefix,
    rename,
)
from tests.units.rules.small import (
    IX,
    IXY,
    IY,
    Case,
    Fails,
    IBase,
    blamed,
    cases,
    offers,
    shown,
)
from units import (
    LinkError,
    invoke,
)


@opens(IX, IY)
class IOpened(Signature):
    """Both of them."""


@opens(prefix("p_", IXY), rename(IXY, xx="x", yy="y"))
class IRenaming(Signature):
    """One signature, twice."""


class ICounting(Signature):
    n: int

    @property
    @derived
    def twice(self) -> int:
        return 2 * self.n

    @property
    @for_export
    def thrice(self) -> int:
        return 3 * self.n


@opens(prefix("q_", ICounting))
class IOpenedCounting(Signature):
    """With what it computes."""


@opens(IX)
class IOpenedAndExtended(IBase, Signature):
    c: int


def opened_contract() -> Any:
    class IChecked(Signature):
        @contracted
        def f(self, n: int) -> int: ...

    @opens(prefix("o_", IChecked))
    class IOpen(Signature):
        """Checked, too."""

    made = invoke(offers(IOpen, o_f=lambda n: n))
    return made.o_f(1), made.o_f("one")


@cases(
    ("sig-open", lambda: shown(offers(IOpened, x=1, y=2), IOpened, body=lambda x, y: x + y), 3),
    (
        "sig-open-only",
        lambda: opens(only(IXY, "x")),
        Fails(SignatureError, "only and except_ are for imports"),
    ),
    (
        "sig-open-not-subtype",
        lambda: shown(offers(IOpened, x=1, y=2), IX),
        Fails(LinkError, "no linkage satisfies an import"),
    ),
    (
        "sig-open-prefix-rename",
        lambda: shown(offers(IRenaming, p_x=1, p_y=2, xx=3, yy=4), IRenaming),
        {"p_x": 1, "p_y": 2, "xx": 3, "yy": 4},
    ),
    (
        "sig-open-carries-defvalues",
        lambda: shown(offers(IOpenedCounting, q_n=21), IOpenedCounting),
        {"q_n": 21, "q_thrice": 63, "q_twice": 42},
    ),
    (
        "sig-open-extends-both",
        lambda: shown(offers(IOpenedAndExtended, a=1, x=2, c=3), IBase, body=lambda a: a),
        1,
    ),
)
def test_S6_opening_copies_members_and_makes_no_subtype(case: Case) -> None:
    """Under other names, if asked, with everything that is computed from them."""
    case.check()


class IPair(Signature):
    def good(self, thing: object) -> bool: ...
    def never(self, thing: object) -> bool: ...
    @contracted
    def take(self, thing: Annotated[object, member("good")]) -> Any: ...


@opens(rename(IPair, never="good", good="never"))
class ISwapped(Signature): ...


@opens(prefix("p_", ISwapped))
class ISwappedTwice(Signature): ...


@pytest.mark.parametrize(("opened", "start"), [(IPair, ""), (ISwapped, ""), (ISwappedTwice, "p_")])
def test_S6_a_contract_names_members_as_they_were_called(opened: Any, start: str) -> None:
    """However often, and however, the signature was opened that it was written in."""
    good, never = ("good", "never") if opened is IPair else ("never", "good")
    members = {good: lambda thing: thing == "fine", never: lambda thing: False}
    taker = {f"{start}{name}": value for name, value in members.items()}
    taker[f"{start}take"] = lambda thing: thing
    made = invoke(offers(opened, **taker))
    take = getattr(made, f"{start}take")
    assert take("fine") == "fine"
    assert blamed(lambda: take("wrong"))[:2] == (f"{start}take", "contract violation")


def test_S6_opening_copies_contracts() -> None:
    """What is enforced of a member is enforced of its copy."""
    from units import ContractError

    with pytest.raises(ContractError, match="o_f"):
        opened_contract()
