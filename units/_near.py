"""Which signature was perhaps meant by one that is not there: what every hint about one asks."""

from __future__ import annotations

from collections.abc import Iterable

from signatures._errors import nearest
from signatures._zope import InterfaceClass
from units._specs import lineage


def nearest_signature(
    wanted: InterfaceClass, offered: Iterable[InterfaceClass]
) -> InterfaceClass | None:
    """Return the one of *offered* that *wanted* was probably meant to be, or nothing.

    One of the same name, or else one that *wanted* extends, or else one whose name is near.
    """
    by_name = {each.__name__: each for each in offered}
    if wanted.__name__ in by_name:
        return by_name[wanted.__name__]
    there = set(by_name.values())
    parents = [each for each in lineage(wanted) if each in there]
    near = nearest_name(wanted.__name__, by_name)
    return parents[0] if parents else by_name.get(near or "")


def nearest_name(wanted: str, names: Iterable[str]) -> str | None:
    """Return the one of *names*, of signatures, that is near to *wanted*, or nothing.

    They begin with an I, for interface: that they have it in common makes no two of them alike.
    """
    by_word = {_word(name): name for name in names}
    return by_word.get(nearest(_word(wanted), by_word) or "")


def _word(name: str) -> str:
    """Return what *name* says behind the I."""
    return name[1:] if name[:1] == "I" and name[1:2].isupper() else name
