"""Under which names a unit knows the members of a signature: `prefix`, `rename`, `only`, `except_`.

Adjustments nest inside-out: an outer one addresses the names that the inner ones left.  They say
nothing about the signature itself, which must be linked as a whole whatever is left of its names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from signatures._declare import as_signature
from signatures._errors import SignatureError, nearest
from signatures._members import derived_members, member_names
from signatures._records import NamedTuple
from signatures._zope import InterfaceClass


class Adjusted(NamedTuple):
    """A *signature* whose members go by other names inside a unit.

    *names* maps each name inside to the member it means; *restricted* tells that members were left
    out, which exports must not do.
    """

    signature: InterfaceClass
    names: dict[str, str]
    restricted: bool = False

    def __repr__(self) -> str:
        shown = ", ".join(a if a == b else f"{a}={b}" for a, b in self.names.items())
        return f"{self.signature.__name__}({shown})"


#: What can be adjusted: a signature, or one that is adjusted already.
Adjustable = Callable[..., object] | Adjusted


def prefix(text: str, spec: Adjustable, /) -> Adjusted:
    """Put *text* before every name of *spec*.  Racket: ``(prefix text spec)``.

    Raises `SignatureError` if *spec* is no signature, perhaps adjusted.
    """
    inner = adjusted(spec)
    names = {text + name: member for name, member in inner.names.items()}
    return Adjusted(inner.signature, names, inner.restricted)


def rename(spec: Adjustable, /, **new_old: str) -> Adjusted:
    """Know names of *spec* by others: ``rename(IStore, add="stock")`` calls ``stock`` ``add``.

    All at once, so names can be swapped.  Racket: ``(rename spec (new old) ...)``.

    Raises `SignatureError` for an old name that *spec* lacks or that is renamed twice, and for a
    new one that is there already.
    """
    inner = adjusted(spec)
    _known(inner, new_old.values())
    repeated = [old for old in inner.names if list(new_old.values()).count(old) > 1]
    if repeated:
        raise _error("duplicate renamings", inner, repeated[0])
    renamed = {old: new for new, old in new_old.items()}
    names: dict[str, str] = {}
    for name, member in inner.names.items():
        new = renamed.get(name, name)
        if new in names:
            raise _error("rename created a duplicate name", inner, new)
        names[new] = member
    return Adjusted(inner.signature, names, inner.restricted)


def only(spec: Adjustable, /, *names: str) -> Adjusted:
    """Keep only *names* of *spec*, in imports.  Racket: ``(only spec id ...)``.

    Raises `SignatureError` for a name that *spec* lacks.
    """
    inner = adjusted(spec)
    _known(inner, names)
    kept = {name: member for name, member in inner.names.items() if name in names}
    return Adjusted(inner.signature, kept, restricted=True)


def except_(spec: Adjustable, /, *names: str) -> Adjusted:
    """Leave *names* of *spec* out, in imports.  Racket: ``(except spec id ...)``.

    Raises `SignatureError` for a name that *spec* lacks.
    """
    inner = adjusted(spec)
    _known(inner, names)
    kept = {name: member for name, member in inner.names.items() if name not in names}
    return Adjusted(inner.signature, kept, restricted=True)


def adjusted(spec: Any) -> Adjusted:
    """Return *spec* with the names it has; raise `SignatureError` if it is no signature."""
    if isinstance(spec, Adjusted):
        return spec
    if hasattr(spec, "tag") and hasattr(spec, "of"):
        raise SignatureError(
            "a tag stands outside of every adjustment",
            {"given": repr(spec), "hint": 'write tag("t", prefix("p_", ISignature))'},
        )
    signature = as_signature(spec)
    names = (*member_names(signature), *derived_members(signature))
    return Adjusted(signature, {name: name for name in names})


def _known(inner: Adjusted, names: Iterable[str]) -> None:
    for name in names:
        if name not in inner.names:
            raise _error("listed name is not in the signature", inner, name)


def _error(sentence: str, inner: Adjusted, name: str) -> SignatureError:
    near = None if name in inner.names else nearest(name, inner.names)
    fields = {
        "name": name,
        "signature": inner.signature.__name__,
        "names": ", ".join(inner.names),
        "did you mean": near,
    }
    return SignatureError(sentence, fields)
