"""Contracts on what holds other values: every element is checked, none is sampled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NoReturn

from units._contracts._blame import Parties, shown
from units._contracts._contract import Accepts, ClassContract, Contract

#: Their elements are all of one class, so that the first tells the class of all.
_UNIFORM = frozenset({str, bytes, bytearray, range})


class ElementsContract(Contract):
    """An instance of *cls* each of whose elements keeps the contract *element*.

    Elements that are only checked in use are replaced by what checks them, in a copy; so *cls* is
    then one that offers no way to change it (``Sequence``, ``tuple``), and the copy is not missed.
    """

    def __init__(self, text: str, cls: type, element: Contract) -> None:
        self.cls, self.element = cls, element
        super().__init__(text, _all_elements(cls, element), element.flat)

    def resembles(self, value: Any) -> bool:
        return isinstance(value, self.cls)

    def guarded(self, value: Any, parties: Parties) -> Any:
        guarded = self.element.guarded
        return _like(value, [guarded(v, parties.at(s, self.text)) for s, v in steps(value)])

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        if is_a(value, self.cls):
            for step, each in steps(value):
                if not self.element.accepts(each):
                    self.element.blame(each, parties.at(step, self.text))
        parties.blame(self.text, value)


class TupleContract(Contract):
    """A tuple with as many elements as there are *contracts*, each keeping its own."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self.contracts = tuple(contracts)
        text = ", ".join(each.text for each in contracts) or "()"
        flat = all(each.flat for each in contracts)
        super().__init__(f"tuple[{text}]", self._accepts, flat)

    def _accepts(self, value: Any) -> bool:
        if not self.resembles(value):
            return False
        return all(
            contract.accepts(each) for contract, each in zip(self.contracts, value, strict=True)
        )

    def resembles(self, value: Any) -> bool:
        return is_a(value, tuple) and len(value) == len(self.contracts)

    def guarded(self, value: Any, parties: Parties) -> Any:
        pairs = zip(self.contracts, steps(value), strict=True)
        return _like(
            value,
            [v if c.flat else c.guarded(v, parties.at(s, self.text)) for c, (s, v) in pairs],
        )

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        if self.resembles(value):
            for contract, (step, each) in zip(self.contracts, steps(value), strict=True):
                if not contract.accepts(each):
                    contract.blame(each, parties.at(step, self.text))
        parties.blame(self.text, value)


class MappingContract(Contract):
    """An instance of *cls* whose keys and values keep the contracts *key* and *value*.

    Values that are only checked in use are replaced in a copy, as in `ElementsContract`.
    """

    def __init__(self, text: str, cls: type, key: Contract, value: Contract) -> None:
        self.cls, self.key, self.value = cls, key, value
        super().__init__(text, self._accepts, value.flat)

    def _accepts(self, mapping: Any) -> bool:
        if not is_a(mapping, self.cls):
            return False
        if not self.key.trivial and not all(map(self.key.accepts, mapping)):
            return False
        return self.value.trivial or all(map(self.value.accepts, mapping.values()))

    def resembles(self, value: Any) -> bool:
        return isinstance(value, self.cls)

    def guarded(self, value: Any, parties: Parties) -> Any:
        return {
            key: self.value.guarded(each, parties.at(_value_step(key), self.text))
            for key, each in value.items()
        }

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        if is_a(value, self.cls):
            for key, each in value.items():
                if not self.key.accepts(key):
                    self.key.blame(key, parties.at("a key of", self.text))
                if not self.value.accepts(each):
                    self.value.blame(each, parties.at(_value_step(key), self.text))
        parties.blame(self.text, value)


class RecordContract(Contract):
    """A dictionary with given keys, each value keeping its own contract: a ``TypedDict``."""

    def __init__(
        self, text: str, contracts: Mapping[str, Contract], required: frozenset[str]
    ) -> None:
        self.contracts, self.required = dict(contracts), required
        super().__init__(text, self._accepts)

    def _accepts(self, value: Any) -> bool:
        return self.resembles(value) and all(
            contract.accepts(value[key]) for key, contract in self.contracts.items() if key in value
        )

    def resembles(self, value: Any) -> bool:
        return is_a(value, dict) and self.required <= value.keys()

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        if self.resembles(value):
            for key, contract in self.contracts.items():
                if key in value and not contract.accepts(value[key]):
                    contract.blame(value[key], parties.at(_value_step(key), self.text))
        parties.blame(self.text, value)


def steps(elements: Any) -> Iterator[tuple[str, Any]]:
    """Yield each of *elements* with the words that lead to it; the first is element 0."""
    if is_a(elements, (AbstractSet, Mapping)):
        yield from (("an element of", each) for each in elements)
    else:
        yield from ((f"element {number} of", each) for number, each in enumerate(elements))


def _value_step(key: object) -> str:
    return f"the value at {shown(key)} of"


def is_a(value: Any, cls: Any) -> bool:
    """Say what `isinstance` says, without making a type checker believe anything of elements."""
    return isinstance(value, cls)


def _all_elements(cls: type, element: Contract) -> Accepts:
    """Return what tells whether a value is of *cls* and all its elements are accepted."""
    if element.trivial:
        return lambda value: isinstance(value, cls)
    if isinstance(element, ClassContract):
        classes = element.question

        def all_of_class(value: Any) -> bool:
            if not is_a(value, cls):
                return False
            same = type(value) in _UNIFORM
            for each in value[:1] if same else value:  # noqa: SIM110 - `all` costs twice as much
                if not isinstance(each, classes):
                    return False
            return True

        return all_of_class

    accepts = element.accepts
    return lambda value: is_a(value, cls) and all(map(accepts, value))


def _like(value: Any, elements: list[Any]) -> Any:
    """Return *elements* in a collection like *value*; *value* itself if they are its own."""
    if all(new is old for new, old in zip(elements, value, strict=True)):
        return value
    if is_a(value, list):
        return elements
    make: Any = getattr(value, "_make", None)  # a named tuple
    return make(elements) if make is not None else tuple(elements)
