"""A value that is not there yet: what a body that binds by name gets for an unread import.

Racket's imports are references.  A Python body is called with values, so an import whose
definition has not run is handed over as a `Late`, which looks again at every use and raises
`UninitializedError` until there is something.  Once the body of a function unit has ended, every
variable that inner functions keep the `Late` in gets the value itself.  What a class unit supplies
late stays a stand-in, which works as the value does: its object may change as long as it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CellType, CodeType, FunctionType
from typing import Any

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
    read = object.__getattribute__
    return getattr(read(late, "_component"), read(late, "_member"))


def present(value: Any) -> Any:
    """Return *value* itself, or what it stands for; raise as `value_of` does."""
    return value_of(value) if type(value) is Late else value


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


def look_again(code: Any, functions: Iterable[Any], name: str, value: Any, late: Late) -> None:
    """Put *late* into the variable *name* of a body, which holds *value*, where inner functions use it.

    *code* is that of the body; what of *functions* was not made by it is left alone.
    """
    for function in functions:
        if type(function) is FunctionType and name in function.__code__.co_freevars:
            cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
            if cell.cell_contents is value and _is_inside(function.__code__, code):
                cell.cell_contents = late


def _is_inside(inner: CodeType, code: Any) -> bool:
    constants: Iterable[Any] = getattr(code, "co_consts", ())
    return any(one is inner or _is_inside(inner, one) for one in constants)


def _forward(name: str) -> Callable[..., Any]:
    def method(self: Late, *arguments: Any, **keywords: Any) -> Any:
        return getattr(value_of(self), name)(*arguments, **keywords)

    method.__name__ = name
    return method


# Python looks these up on the class, so each needs a method of its own.
_PLAIN = (
    "call str repr bytes format hash bool len iter next reversed int float complex index neg pos"
    " abs invert round trunc floor ceil enter exit aenter aexit await aiter anext fspath"
    " lt le eq ne gt ge getitem setitem delitem contains divmod rdivmod"
)
_ARITHMETIC = "add sub mul matmul truediv floordiv mod pow lshift rshift and xor or"
for _name in (
    *_PLAIN.split(),
    *(side + name for name in _ARITHMETIC.split() for side in ("", "r", "i")),
):
    setattr(Late, f"__{_name}__", _forward(f"__{_name}__"))
