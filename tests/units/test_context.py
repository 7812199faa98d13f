"""Units made from what is there already: `unit_from` a module, an object or a mapping."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from signatures import Signature, SignatureError
from units import DefinitionError, exports, invoke, link, tag, unit, unit_from


class IRound(Signature):
    pi: float

    def floor(self, x: float, /) -> int: ...


@unit
def area(maths: IRound) -> int:
    return maths.floor(maths.pi * 4)


def test_a_module_an_object_or_a_mapping_can_be_linked() -> None:
    """Whatever has the members."""
    mapping = {"pi": 3, "floor": int}
    for source in (math, SimpleNamespace(**mapping), mapping):
        assert invoke(link(unit_from(source, IRound), area, exports=())) == 12


def test_members_are_read_at_each_use() -> None:
    """What is assigned later is seen; what importers get cannot be assigned."""
    mapping: dict[str, Any] = {"pi": 3, "floor": int}
    made = invoke(unit_from(mapping, IRound))
    mapping["pi"] = 4
    assert made.pi == 4
    del mapping["pi"]
    with pytest.raises(AttributeError, match="no 'pi' in the mapping"):
        made.pi  # noqa: B018
    with pytest.raises(AttributeError, match="imports cannot be assigned"):
        made.pi = 5


def test_it_is_named_after_its_source() -> None:
    """Or as it is told; a tag tags the export."""
    assert unit_from(math, IRound).name == "math"
    assert unit_from({"pi": 3, "floor": int}, IRound).name == "mapping"
    assert unit_from(SimpleNamespace(pi=3, floor=abs), IRound).name.startswith("namespace(pi=3")
    named = unit_from({"pi": 3, "floor": int}, tag("t", IRound), name="maths")
    assert repr(named) == "<unit maths: () -> (IRound (tag t))>"
    assert named.location.rpartition(":")[0] == __file__

    import string

    class ILetters(Signature):
        digits: str

    assert unit_from(string, ILetters).location == f"{string.__file__}:1"


def test_what_the_source_lacks_is_found_at_once() -> None:
    """Every member, with what may have been meant; so is what cannot be called as promised."""
    with pytest.raises(DefinitionError) as caught:
        unit_from({"pie": 3, "flor": int}, IRound)
    told = [(p.sentence, p.fields["did you mean"]) for p in caught.value.problems]
    assert told == [("undefined export", "pie"), ("undefined export", "flor")]
    with pytest.raises(DefinitionError, match=r"(?s)does not match.*member: IRound\.floor"):
        unit_from({"pi": 3, "floor": lambda: 0}, IRound)
    with pytest.raises(SignatureError, match="not a signature"):
        unit_from(math, int)


def test_it_may_make_up_attributes() -> None:
    """What the source answers, it has."""

    class Anything:
        def __getattr__(self, name: str) -> Any:
            return 3.5 if name == "pi" else int

    assert invoke(link(unit_from(Anything(), IRound), area, exports=())) == 14
    assert invoke(unit(lambda: exports(pi=1, floor=int), exports=[IRound])).pi == 1
