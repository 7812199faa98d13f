"""A value that is not there yet: what a body that binds by name gets for an unread import.

Racket's imports are references.  A Python body is called with values, so an import whose
definition has not run is handed over as a `Late`, which looks again at every use and raises
`UninitializedError` until there is something.  Once the body of a function unit has ended, every
variable that inner functions keep the `Late` in gets the value itself.  What a class unit supplies
late stays a stand-in, which works as the value does: its object may change as long as it lives.
Whoever calls a function of the body that returns an import gets the value in any case.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from functools import partial, wraps
from os import fspath
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, cast

from units._errors import UninitializedError


class Late:
    """Stands in for *member* of *component* until that is defined."""

    __slots__ = ("_cells", "_component", "_member")

    def __init__(self, component: Any, member: str) -> None:
        object.__setattr__(self, "_component", component)
        object.__setattr__(self, "_member", member)
        object.__setattr__(self, "_cells", [])

    def __getattribute__(self, name: str) -> Any:
        return getattr(value_of(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(value_of(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(value_of(self), name)


def value_of(late: Late) -> Any:
    """Return what *late* stands for; raise `UninitializedError` if it is not there yet."""
    return getattr(*source_of(late))


def source_of(late: Late) -> tuple[Any, str]:
    """Return the component of which *late* is a member, and the name of that."""
    read = object.__getattribute__
    return read(late, "_component"), read(late, "_member")


def present(value: Any) -> Any:
    """Return *value* itself, or what it stands for; raise as `value_of` does."""
    return value_of(value) if type(value) is Late else value


def presenting(function: FunctionType) -> Callable[..., Any]:
    """Return *function*, which may return a stand-in, as one that returns what it stands for."""

    @wraps(function)
    def presented(*arguments: Any, **keywords: Any) -> Any:
        return present(function(*arguments, **keywords))

    return presented


def look_up_in(thing: Any) -> None:
    """Replace, among the attributes of *thing*, each stand-in for a value that is there by now."""
    attributes: dict[str, Any] = getattr(thing, "__dict__", {})
    for name, value in list(attributes.items()):
        if type(value) is Late:
            try:
                attributes[name] = value_of(value)
            except UninitializedError:
                continue


def keep_in(late: Late, cells: Iterable[CellType]) -> None:
    """Remember that *cells* hold *late*, to put the value there by `settle`."""
    object.__getattribute__(late, "_cells").extend(cells)


def settle(late: Late) -> None:
    """Put the value into every variable that still holds *late*."""
    for cell in object.__getattribute__(late, "_cells"):
        if cell.cell_contents is late:
            cell.cell_contents = value_of(late)


def cells_of(late: Late, values: Iterable[Any]) -> list[CellType]:
    """Return the variables in which the functions among *values* keep *late*."""
    found: list[CellType] = []
    for value in values:
        if type(value) is FunctionType:  # asking a Late for its class would read it
            for cell in value.__closure__ or ():
                try:
                    if cell.cell_contents is late:
                        found.append(cell)
                except ValueError:  # an empty cell
                    continue
    return found


def look_again(functions: Iterable[FunctionType], name: str, value: Any, late: Late) -> None:
    """Put *late* into the variable *name* of a body, which holds *value*, where *functions* use it."""
    for function in functions:
        if name in function.__code__.co_freevars:
            cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
            if cell.cell_contents is value:
                cell.cell_contents = late


def _inner_code(code: Any) -> Iterator[CodeType]:
    """Yield the code of every function and class in the body with *code*, however deep."""
    for each in getattr(code, "co_consts", ()):
        if isinstance(each, CodeType):
            yield each
            yield from _inner_code(each)


def functions_kept(code: Any, values: Iterable[Any]) -> list[FunctionType]:
    """Return the functions that the body with *code* made, as far as *values* lead to them.

    They are among *values*, behind methods and partials, in the variables of other such functions,
    or in the classes that the body defined; of lists and the like only the entries are looked at.
    """
    inside = {id(each) for each in _inner_code(code)}
    found: dict[int, FunctionType] = {}
    classes: set[type] = {Late}
    todo: list[Any] = [*values]
    while todo:
        value = todo.pop()
        kind: type[Any] = cast(Any, type(value))  # asking a Late for its class would read it
        if kind is FunctionType:
            if id(value.__code__) in inside and id(value) not in found:
                found[id(value)] = value
                todo.extend(_contents(value))
        elif kind is MethodType or kind is classmethod or kind is staticmethod:
            todo.append(value.__func__)
        elif kind is partial:
            todo.append(value.func)
        elif kind is property:
            todo.append(value.fget)
        elif kind in _HOLDING:
            entries: Iterable[Any] = value.values() if kind is dict else value
            todo.extend(each for each in [*entries] if type(each) not in _HOLDING)
        elif kind not in classes:
            owner: type[Any] = value if issubclass(kind, type) else kind
            for cls in owner.__mro__:
                if cls not in classes:
                    classes.add(cls)
                    if not cls.__flags__ & _IMMUTABLE:
                        todo.extend(each for each in vars(cls).values() if type(each) in _DEFINED)
    return list(found.values())


def _contents(function: FunctionType) -> Iterator[Any]:
    """Yield what is in the variables that *function* keeps."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # an empty cell
            continue


_HOLDING = frozenset({dict, list, tuple, set, frozenset})
#: How a class keeps the functions of its body.
_DEFINED = frozenset({FunctionType, property, classmethod, staticmethod})
#: The flag of a class that no Python code defined.
_IMMUTABLE = 1 << 8


def _called(late: Late, /, *arguments: Any, **keywords: Any) -> Any:
    return value_of(late)(*arguments, **keywords)


def _forwarded(name: str) -> Callable[..., Any]:
    def method(self: Late, /, *arguments: Any, **keywords: Any) -> Any:
        return getattr(value_of(self), name)(*arguments, **keywords)

    return method


def _done_by(operation: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Late, *others: Any) -> Any:
        return operation(value_of(self), *map(present, others))

    return method


def _reflected(operation: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Late, other: Any) -> Any:
        return operation(present(other), value_of(self))

    return method


# Python looks these up on the class, so each needs a method of its own.  What has another side is
# done by the operation itself: it asks the other side, too, and says what Python says if it fails.
_FORWARDED = "next trunc floor ceil enter exit aenter aexit await aiter anext"
_BY_BUILTINS: tuple[Callable[..., Any], ...] = (
    *(str, repr, bytes, format, hash, bool, len, iter, reversed, int, float, complex, abs, round),
    *(divmod, pow),
)
_BY_OPERATORS = (
    "index neg pos invert lt le eq ne gt ge getitem setitem delitem contains"
    " add sub mul matmul truediv floordiv mod lshift rshift and xor or"
)
_IN_PLACE = "add sub mul matmul truediv floordiv mod pow lshift rshift and xor or"

for _name in _FORWARDED.split():
    setattr(Late, f"__{_name}__", _forwarded(f"__{_name}__"))
for _operation in _BY_BUILTINS:
    setattr(Late, f"__{_operation.__name__}__", _done_by(_operation))
for _name in _BY_OPERATORS.split():
    setattr(Late, f"__{_name}__", _done_by(getattr(operator, f"__{_name}__")))
for _name in _IN_PLACE.split():
    setattr(Late, f"__i{_name}__", _done_by(getattr(operator, f"__i{_name}__")))
    setattr(Late, f"__r{_name}__", _reflected(getattr(operator, f"__{_name}__")))
for _name, _operation in {
    "call": _called,
    "fspath": _done_by(fspath),
    "rdivmod": _reflected(divmod),
    "instancecheck": _reflected(isinstance),
    "subclasscheck": _reflected(issubclass),
}.items():
    setattr(Late, f"__{_name}__", _operation)
