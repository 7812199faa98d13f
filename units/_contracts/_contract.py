"""What a contract is, and the kinds that look at one value: a class, a literal, a predicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from signatures._match import provides_by_shape, short_name
from signatures._zope import InterfaceClass
from units._contracts._blame import Parties
from units._contracts._scope import Lookup

Accepts = Callable[[Any], bool]


class Contract:
    """What is asked of a value; *text* says it in messages.

    *accepts* decides what can be told from the value as it is.  For a *flat* contract that is
    everything.  For the others (functions, iterators, what is awaited) the rest shows only in use,
    and `guarded` returns something that goes on checking.
    """

    def __init__(self, text: str, accepts: Accepts, flat: bool = True) -> None:
        self.text, self.accepts, self.flat = text, accepts, flat
        #: The members that its predicates name: it is compiled again for each instance.
        self.needs: frozenset[str] = frozenset()
        self.compile_again: Callable[[Lookup], Contract] | None = None

    @property
    def trivial(self) -> bool:
        """Tell whether the contract accepts everything, so that nothing need be checked."""
        return self.accepts is anything

    def check(self, value: Any, parties: Parties) -> None:
        """Raise `ContractError` against the positive party unless *value* is accepted."""
        if not self.accepts(value):
            self.blame(value, parties)

    def wrap(self, value: Any, parties: Parties) -> Any:
        """Check *value* and return it, or what stands for it and checks what happens to it.

        Raises `ContractError` as `check` does.
        """
        if not self.accepts(value):
            self.blame(value, parties)
        return value if self.flat else self.guarded(value, parties)

    def guarded(self, value: Any, parties: Parties) -> Any:
        """Return what stands for *value*, and checks its use.

        Called only for what is accepted, and only where the contract is not *flat*.
        """
        return value

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        """Raise `ContractError` about *value*, or about the part of it that is at fault."""
        parties.blame(self.text, value)

    def resembles(self, value: Any) -> bool:
        """Tell whether *value* is of the right kind from outside, whatever is in it."""
        return self.accepts(value)

    def instantiate(self, lookup: Lookup) -> Contract:
        """Return this contract for one instance, whose members *lookup* finds by name.

        The members are looked up at each check, so they may be defined later.  A contract that
        names no members is returned as it is.
        """
        return self.compile_again(lookup) if self.compile_again is not None else self

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text}>"


def anything(value: Any) -> bool:
    """Accept every value."""
    return True


ANY, OBJECT = Contract("Any", anything), Contract("object", anything)
NOTHING = Contract("Never", lambda value: False)
CALLABLE = Contract("Callable", callable)


class ClassContract(Contract):
    """An instance of one of *classes*."""

    def __init__(self, text: str, classes: Sequence[type]) -> None:
        #: The classes as `isinstance` wants them.
        self.question: Any = classes[0] if len(classes) == 1 else tuple(classes)
        one, self.classes = self.question, tuple(classes)
        super().__init__(text, lambda value: isinstance(value, one))


NONE = ClassContract("None", [type(None)])


def class_contract(cls: type) -> Contract:
    """Return the contract of the instances of *cls*; raises `TypeError` if *cls* refuses to tell.

    As for type checkers, an ``int`` will do where a ``float`` is asked for, and either where a
    ``complex`` is; and as for Python, a ``bool`` is an ``int``.
    """
    isinstance(None, cls)
    return ClassContract(short_name(cls), [cls, *_PROMOTED.get(cls, ())])


_PROMOTED: dict[type, tuple[type, ...]] = {float: (int,), complex: (float, int)}


def signature_contract(signature: InterfaceClass) -> Contract:
    """Return the contract of what declares *signature*, or matches it member for member."""
    return Contract(signature.__name__, lambda value: provides_by_shape(value, signature))


def literal_contract(values: Iterable[object]) -> Contract:
    """Return the contract of exactly these *values*; ``True`` is not ``1``."""
    allowed = list(values)
    text = ", ".join(map(repr, allowed))

    def accepts(value: Any) -> bool:
        return any(type(value) is type(one) and value == one for one in allowed)

    return Contract(f"Literal[{text}]", accepts)


def subclass_contract(text: str, bases: Sequence[Any]) -> Contract:
    """Return the contract of classes that are, or implement, one of *bases*; none means any."""
    classes = tuple(base for base in bases if isinstance(base, type))
    signatures = [base for base in bases if isinstance(base, InterfaceClass)]

    def accepts(value: Any) -> bool:
        if not isinstance(value, type):
            return False
        if not bases or issubclass(value, classes):
            return True
        return any(signature.implementedBy(value) for signature in signatures)

    return Contract(f"type[{text}]" if text else "type", accepts)


class ConstrainedContract(Contract):
    """*base*, and each of the *constraints*, which are texts with their predicates."""

    def __init__(self, base: Contract, constraints: Sequence[tuple[str, Accepts]]) -> None:
        self.base, self.predicates = base, [predicate for _, predicate in constraints]
        shown = [] if base.trivial else [base.text]
        text = ", ".join([*shown, *(text for text, _ in constraints)])
        accepts = base.accepts
        for predicate in self.predicates:
            accepts = predicate if accepts is anything else _both(accepts, predicate)
        super().__init__(text, accepts, base.flat)

    def guarded(self, value: Any, parties: Parties) -> Any:
        return self.base.guarded(value, parties.within(self.text))

    def resembles(self, value: Any) -> bool:
        return self.base.resembles(value)

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        if self.base.resembles(value) and not self.base.accepts(value):
            self.base.blame(value, parties.within(self.text))
        parties.blame(self.text, value)


def _both(first: Accepts, second: Accepts) -> Accepts:
    return lambda value: first(value) and second(value)


class UnionContract(Contract):
    """Any one of *alternatives*: those decided at once are asked first."""

    def __init__(self, alternatives: Sequence[Contract]) -> None:
        self.alternatives = sorted(alternatives, key=lambda each: not each.flat)
        text = " | ".join(each.text for each in alternatives)
        tests = [each.accepts for each in self.alternatives]

        def accepts(value: Any) -> bool:
            return any(test(value) for test in tests)

        super().__init__(text, accepts, all(each.flat for each in alternatives))

    def wrap(self, value: Any, parties: Parties) -> Any:
        for each in self.alternatives:
            if each.accepts(value):
                return value if each.flat else each.guarded(value, parties.within(self.text))
        self.blame(value, parties)

    def guarded(self, value: Any, parties: Parties) -> Any:
        return self.wrap(value, parties)

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        meant = [each for each in self.alternatives if each.resembles(value)]
        if len(meant) == 1:
            meant[0].blame(value, parties.within(self.text))
        parties.blame(self.text, value)


def union_contract(alternatives: Sequence[Contract]) -> Contract:
    """Return the contract of any of *alternatives*; classes are asked for in one question."""
    if any(each.trivial for each in alternatives):
        return Contract("object", anything)
    if len(alternatives) == 1:
        return alternatives[0]
    text = " | ".join(each.text for each in alternatives)
    classes: list[type] = []
    for each in alternatives:
        if not isinstance(each, ClassContract):
            return UnionContract(alternatives)
        classes += each.classes
    return ClassContract(text, classes)


class PartContract(Contract):
    """An instance of *cls* whose *part*, taken by a function, keeps another contract."""

    def __init__(self, text: str, cls: type, part: Callable[[Any], Any], inner: Contract) -> None:
        super().__init__(text, lambda v: isinstance(v, cls) and inner.accepts(part(v)))


class NamedContract(Contract):
    """A contract under a name, which may mention itself: ``type Json = int | list[Json]``.

    *inner*, what it stands for, is told when that was read.
    """

    def __init__(self, text: str) -> None:
        self.is_recursive = False
        super().__init__(text, lambda value: self.inner.accepts(value))

    @property
    def inner(self) -> Contract:
        return self._inner

    @inner.setter
    def inner(self, inner: Contract) -> None:
        self._inner, self.accepts = inner, inner.accepts

    def blame(self, value: Any, parties: Parties) -> NoReturn:
        self.inner.blame(value, parties)

    def resembles(self, value: Any) -> bool:
        return self.inner.resembles(value)
