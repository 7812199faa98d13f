"""The annotations whose contract is known without looking into them."""

from __future__ import annotations

import collections.abc
import io
import typing
from typing import Any

from units._contracts import _contract as kinds
from units._contracts._contract import Contract


def plain(annotation: Any) -> Contract | None:
    """Return the contract of an *annotation* that is in the table."""
    try:
        return _PLAIN.get(annotation)
    except TypeError:  # Annotated[int, []] cannot be hashed
        return None


_FILE = kinds.ClassContract("IO", [io.IOBase])
_TEXT_FILE = kinds.ClassContract("TextIO", [io.TextIOBase])
_BINARY_FILE = kinds.ClassContract("BinaryIO", [io.BufferedIOBase, io.RawIOBase])

#: `typing` without its types: in a table its names are keys, and want no arguments.
_t: Any = typing

_PLAIN: dict[Any, Contract] = {
    Any: kinds.ANY,
    object: kinds.OBJECT,
    None: kinds.NONE,
    type(None): kinds.NONE,
    _t.Never: kinds.NOTHING,
    _t.NoReturn: kinds.NOTHING,
    _t.Self: kinds.ANY,
    _t.LiteralString: kinds.class_contract(str),
    _t.Tuple: kinds.class_contract(tuple),
    _t.Callable: kinds.CALLABLE,
    collections.abc.__dict__["Callable"]: kinds.CALLABLE,
    # No file is an instance of the classes that `typing` has for files.
    _t.IO: _FILE,
    _t.IO[Any]: _FILE,
    _t.IO[str]: _TEXT_FILE,
    _t.TextIO: _TEXT_FILE,
    _t.IO[bytes]: _BINARY_FILE,
    _t.BinaryIO: _BINARY_FILE,
}
