"""Signatures made at run time, adopted from Protocols, and read from modules."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Protocol

import pytest
from zope.interface import Interface

import signatures
from signatures import (
    Signature,
    SignatureError,
    implementer,
    make_signature,
    members,
    module_signature,
    provides,
    signature,
)
from signatures._match import object_mismatches
from signatures._members import DataMember, MethodMember
from signatures._zope import Attribute


class IBase(Signature):
    a: int


def test_names_alone_promise_that_there_is_something() -> None:
    """Whatever it is and however it is called."""
    made = make_signature("IMade", ["x", "f"])
    assert [*members(made)] == ["x", "f"]
    thing = type("Thing", (), {"x": 1, "f": lambda self: 2})()
    assert object_mismatches(made, thing) == []
    assert [str(m) for m in object_mismatches(made, object())] == [
        "IMade.x: wanted data member, got nothing in object object",
        "IMade.f: wanted data member, got nothing in object object",
    ]


def test_a_mapping_says_more_of_each_member() -> None:
    """A function is called like it, without ``self``; a property or any annotation is data."""
    asked = Attribute("zoped")
    made = make_signature(
        "IMade",
        {
            "f": lambda n, *, k=1: None,
            "p": property(lambda self: 1),
            "n": int,
            "s": staticmethod(lambda n: None),
            "zoped": asked,
        },
    )
    there = members(made)
    assert isinstance(there["f"], MethodMember)
    assert str(there["f"].signature) == "(n, *, k=1)"
    assert isinstance(there["s"], MethodMember)
    assert str(there["s"].signature) == "(n)"
    assert isinstance(there["n"], DataMember)
    assert there["n"].annotation is int
    assert isinstance(there["p"], DataMember)
    assert there["zoped"] is asked


def test_a_made_signature_knows_where_it_comes_from() -> None:
    """Its module, by default the caller's, its text, and the line that made it."""
    made = make_signature("IMade", ["x"], doc="Has an x.")
    assert (made.__name__, made.__module__, made.__doc__) == ("IMade", __name__, "Has an x.")
    assert made.location.rpartition(":")[0] == __file__
    assert repr(made) == f"<signature {__name__}.IMade>"
    assert make_signature("IMade", [], module="elsewhere").__module__ == "elsewhere"


def test_it_extends_one_signature_or_several() -> None:
    """And what extends it is extended by it."""

    class IOther(Signature):
        b: int

    assert [*members(make_signature("IMade", ["x"], extends=IBase))] == ["a", "x"]
    both = make_signature("IMade", ["x"], extends=[IBase, IOther])
    assert [*members(both)] == ["a", "b", "x"]
    assert both.isOrExtends(IOther)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"members": ["a", "b", "a"]}, "declared twice: a"),
        ({"members": ["a"], "extends": IBase}, "member: a"),
        ({"members": [5]}, "the name of a member is a string\n  signature: IBad\n  given: 5"),
        ({"members": ["b"], "extends": int}, "not a signature"),
    ],
)
def test_what_means_nothing_is_refused(arguments: dict[str, Any], said: str) -> None:
    """As a class statement would refuse it."""
    with pytest.raises(SignatureError, match=said):
        make_signature("IBad", **arguments)


class Reads(Protocol):
    """Can be read."""

    size: int

    def read(self, n: int = -1) -> bytes: ...


class Seeks(Reads, Protocol):
    def seek(self, to: int) -> None: ...


def test_a_protocol_is_adopted_once() -> None:
    """With its members, documentation and place; adopting it again gives the same signature."""
    adopted: Any = signature(Reads)
    assert adopted is signature(Reads)
    assert [*members(adopted)] == ["size", "read"]
    assert (adopted.__name__, adopted.__module__) == ("Reads", __name__)
    assert adopted.__doc__ == "Can be read."
    assert str(members(adopted)["read"].signature) == "(n: 'int' = -1) -> 'bytes'"  # type: ignore[attr-defined]


def test_an_adopted_protocol_extends_what_it_inherits_from() -> None:
    """Protocols above it are adopted, too."""
    adopted: Any = signature(Seeks)
    assert [*members(adopted)] == ["size", "read", "seek"]
    assert adopted.isOrExtends(signature(Reads))


def test_classes_match_an_adopted_protocol_by_their_members() -> None:
    """`implementer` declares them."""

    class File:
        size = 0

        def read(self, n: int = -1) -> bytes:
            return b""

    adopted = signature(Reads)
    assert object_mismatches(adopted, File()) == []  # type: ignore[arg-type]
    assert not provides(File(), adopted)
    assert provides(implementer(adopted)(File)(), adopted)


@pytest.mark.parametrize("given", [int, 5, type("Plain", (), {})])
def test_only_protocols_are_adopted(given: Any) -> None:
    """A signature or zope interface is one already."""
    with pytest.raises(SignatureError, match="only a Protocol can be adopted"):
        signature(given)
    assert signature(IBase) is IBase
    assert signature(Interface) is Interface


def test_a_module_declares_a_signature_at_its_top_level() -> None:
    """Its own functions and annotated names; the name follows the module's."""
    module = ModuleType("toys.point_sig", "Points in the plane.")
    text = "from os.path import join\nlimit: int\ndef distance(p, q=None): ...\ncount = 5\n"
    exec(text, vars(module))
    made = module_signature(module)
    assert [*members(made)] == ["limit", "distance"]
    assert (made.__name__, made.__module__) == ("IPoint", "toys.point_sig")
    assert made.__doc__ == "Points in the plane."
    assert str(members(made)["distance"].signature) == "(p, q=None)"  # type: ignore[attr-defined]


def test_a_module_is_named_or_passed() -> None:
    """And so is the signature's name."""
    assert module_signature(signatures.__name__, "IFacade").__name__ == "IFacade"
    assert module_signature(ModuleType("big_red_ball")).__name__ == "IBigRedBall"


@pytest.mark.parametrize(
    ("given", "told"),
    [("signaturs", "signatures"), ("not_there_at_all", "import it first"), (3, "3")],
)
def test_what_is_no_module_is_told(given: Any, told: str) -> None:
    """With the module that was meant, or what to do."""
    with pytest.raises(SignatureError, match="no module that was imported") as caught:
        module_signature(given)
    assert told in str(caught.value)
