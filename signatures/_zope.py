"""The one doorway to `zope.interface`, so that its missing type information stays in one place.

zope.interface ships no annotations.  Every other module of the project imports what it needs of
zope from here, under names that a type checker understands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class InterfaceClass:
        """What a type checker may know of a zope interface."""

        __name__: str
        __module__: str
        __bases__: tuple[InterfaceClass, ...]
        __iro__: tuple[InterfaceClass, ...]

        def __init__(
            self,
            name: str,
            bases: tuple[InterfaceClass, ...] = ...,
            attrs: dict[str, Any] | None = ...,
            __doc__: str | None = ...,
            __module__: str | None = ...,
        ) -> None: ...
        def __call__(self, obj: Any, alternate: Any = ...) -> Any: ...
        def providedBy(self, ob: object) -> bool: ...
        def implementedBy(self, cls: type) -> bool: ...
        def isOrExtends(self, interface: InterfaceClass) -> bool: ...
        def names(self, all: bool = ...) -> Iterable[str]: ...
        def namesAndDescriptions(self, all: bool = ...) -> Iterable[tuple[str, Attribute]]: ...
        def direct(self, name: str) -> Attribute | None: ...
        def get(self, name: str, default: Any = ...) -> Any: ...
        def getDescriptionFor(self, name: str) -> Attribute: ...

    class Attribute:
        """What a type checker may know of an attribute of a zope interface."""

        __name__: str
        interface: InterfaceClass | None

        def __init__(self, __name__: str, __doc__: str = ...) -> None: ...

    class Method(Attribute):
        """What a type checker may know of a method of a zope interface."""

        positional: tuple[str, ...]
        required: tuple[str, ...]
        optional: dict[str, Any]
        varargs: str | None
        kwargs: str | None

    class Implements:
        """What a type checker may know of all that a class implements."""

        __iro__: tuple[InterfaceClass, ...]

        def __iter__(self) -> Iterator[InterfaceClass]: ...
        def isOrExtends(self, interface: InterfaceClass) -> bool: ...

    Interface: InterfaceClass

    def classImplements(cls: type, *interfaces: InterfaceClass) -> None: ...
    def implementedBy(cls: type) -> Implements: ...
    def providedBy(ob: object) -> Iterable[InterfaceClass]: ...

else:
    from zope.interface import Interface, classImplements, implementedBy, providedBy
    from zope.interface.declarations import Implements
    from zope.interface.interface import Attribute, InterfaceClass, Method

__all__ = [
    "Attribute",
    "Implements",
    "Interface",
    "InterfaceClass",
    "Method",
    "classImplements",
    "implementedBy",
    "providedBy",
]
