"""What a unit declares: its imports and exports, each a signature with, perhaps, a tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from signatures._records import NamedTuple
from signatures._zope import Interface, InterfaceClass


class Tag:
    """The *name* that tells two imports, or two exports, of one signature apart."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"tag({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tag) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class Tagged:
    """A signature or a link under a tag, as ``tag("inner", IStore)`` writes it."""

    __slots__ = ("of", "tag")

    def __init__(self, tag: str, of: Any) -> None:
        self.tag, self.of = tag, of

    def __repr__(self) -> str:
        return f"tag({self.tag!r}, {self.of!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tagged) and (self.tag, self.of) == (other.tag, other.of)

    def __hash__(self) -> int:
        return hash((self.tag, self.of))


def tag(name: str, of: Any = None) -> Any:
    """Tag an import or an export.

    ``Annotated[IStore, tag("inner")]`` tags a parameter or a return annotation;
    ``tag("inner", IStore)`` and ``tag("inner", a_link)`` are for lists of imports, exports and
    links.  Racket: ``(tag inner store^)``.

    Raises `TypeError` if *name* is no string.
    """
    if not isinstance(name, str):
        raise TypeError(f"a tag's name is a string\n  given: {name!r}")
    return Tag(name) if of is None else Tagged(name, of)


class Import(NamedTuple):
    """One import: a component of *signature*, received by the body as *parameter*.

    *optional* imports may stay unsupplied: the parameter's default then stays.
    """

    signature: InterfaceClass
    tag: str | None = None
    optional: bool = False
    parameter: str = ""

    def __str__(self) -> str:
        return shown(self.signature, self.tag)


class Export(NamedTuple):
    """One export: a component of *signature*.

    *names* are those that the body uses, by member, where they differ.
    """

    signature: InterfaceClass
    tag: str | None = None
    names: Mapping[str, str] | None = None

    def inside(self, member: str) -> str:
        """Return the name that the body uses for *member*."""
        return member if self.names is None else self.names[member]

    def __str__(self) -> str:
        return shown(self.signature, self.tag)


def shown(signature: InterfaceClass, tag: str | None) -> str:
    """Name a signature with its tag, as errors and diagrams do: ``IStore (tag inner)``."""
    return signature.__name__ if tag is None else f"{signature.__name__} (tag {tag})"


def covers(supplied: InterfaceClass, asked: InterfaceClass) -> bool:
    """Tell whether a component of *supplied* is one of *asked*: the same, or one extending it."""
    return supplied is asked or supplied.isOrExtends(asked)


def lineage(signature: InterfaceClass) -> tuple[InterfaceClass, ...]:
    """Return *signature* and everything it extends."""
    known: tuple[InterfaceClass, ...] | None = getattr(signature, "_v_lineage", None)
    if known is None:
        known = tuple([each for each in signature.__iro__ if each is not Interface])
        vars(signature)["_v_lineage"] = known
    return known


def listed(given: Any) -> tuple[Any, ...]:
    """Return *given*, one thing or a tuple or list of things, as a tuple."""
    several = type(given) in (tuple, list)  # a named tuple is one thing
    return tuple(cast(Iterable[Any], given)) if several else (given,)


def untagged(given: Any) -> tuple[str | None, Any]:
    """Take ``tag("t", x)`` apart into tag and thing; anything else has no tag."""
    return (given.tag, given.of) if isinstance(given, Tagged) else (None, given)
