"""`Signature`: a `typing.Protocol` to every type checker, a zope interface at run time.

The two faces are told apart by one class statement.  Among the bases, `Signature` asks for a new
signature; without it, the class implements the signatures it names::

    class IStore(Signature): ...  # declares


    class IBigStore(IStore, Signature): ...  # extends


    class Shop(IStore): ...  # implements

Python asks every base that is no class for its `__mro_entries__`.  To extend, a signature answers
with itself, and Python then calls its type to make the new one.  To be implemented, it answers
with a mixin without slots or members, whose `__init_subclass__` declares to zope what the class
implements.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, Protocol, Union, get_origin

from signatures._errors import SignatureError
from signatures._frames import caller_outside, place
from signatures._members import (
    Body,
    MethodMember,
    derived_members,
    marks_of_member,
    members,
    read_members,
    renamed,
)
from signatures._zope import (
    Attribute,
    Implements,
    Interface,
    InterfaceClass,
    classImplements,
    implementedBy,
)

#: The file of what makes signatures at run time, which is not where they are declared.
_MAKING = __file__.replace("_signature.py", "_make.py")


class SignatureClass(InterfaceClass):
    """The type of every signature.

    Unlike zope's own interfaces, two signatures are equal only if they are one object, whatever
    their names (Racket: signatures are nominal and generative, rule S3).  They are pickled by
    module and qualified name, as classes are.
    """

    #: Where the signature was declared, ``file:line``.
    location: str
    #: What each importer gets computed, by name; without what is inherited.
    derived: dict[str, Attribute]
    __qualname__: str

    @classmethod
    def __prepare__(cls, name: str, bases: tuple[Any, ...], /, **keywords: object) -> Body:
        return Body(name)

    def __init__(
        self,
        name: str,
        bases: tuple[Any, ...] = (),
        body: dict[str, Any] | None = None,
        __doc__: str | None = None,
        __module__: str | None = None,
    ) -> None:
        body = dict(body or {})
        caller = caller_outside(__file__, _MAKING)
        module = __module__ or body.get("__module__") or (caller and caller.f_globals["__name__"])
        self.location = place(caller)
        parents = _parents(name, bases)
        self.__qualname__ = body.get("__qualname__", name)
        declared = read_members(body, name, self.location)
        _refuse_redeclared(name, self.location, parents, declared)
        doc = body.get("__doc__") or __doc__
        super().__init__(name, parents, self._asked(declared), doc, module)
        for inner, value in body.items():
            if isinstance(value, InterfaceClass):
                setattr(self, inner, value)
        scope = {} if caller is None or caller.f_locals is caller.f_globals else caller.f_locals
        for member in declared.values():
            if "contracted" in marks_of_member(member):
                from signatures._evaluate import evaluate  # only contracts need it

                known: Any = member
                known.meaning = evaluate(member, name, self.location, {**scope, **vars(self)})

    def _asked(self, declared: dict[str, Attribute]) -> dict[str, Attribute]:
        """Keep what of *declared* is computed for importers; return what exporters offer."""
        for member in declared.values():
            member.interface = self
        self.derived = {n: m for n, m in declared.items() if "derived" in marks_of_member(m)}
        return {n: m for n, m in declared.items() if n not in self.derived}

    def open_members(self, opened: Iterable[Any]) -> None:
        """Copy the members of *opened*, adjusted signatures, into this one, before its own.

        Raises `SignatureError` for a name that is there already.
        """
        own = {name: member for name in self.names() if (member := self.direct(name))}
        own |= self.derived
        copied: dict[str, Attribute] = {}
        for spec in opened:
            there = {**members(spec.signature), **derived_members(spec.signature)}
            outside = {member: name for name, member in spec.names.items()}
            for name, member in spec.names.items():
                if name in copied or name in own:
                    clash = copied.get(name) or own[name]
                    _refuse(self.__name__, self.location, name, clash, there[member])
                copied[name] = renamed(there[member], name, outside)
        declared = {**copied, **own}
        _refuse_redeclared(self.__name__, self.location, self.__bases__, declared)
        super().__init__(
            self.__name__, self.__bases__, self._asked(declared), self.__doc__, self.__module__
        )
        for stale in ("_v_members", "_v_member_names", "_v_for_export", "_v_mixin"):
            vars(self).pop(stale, None)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        if not any(map(_extends, bases)):
            return (_implementing_mixin(self),)
        if any(map(_is_generic, bases)):
            # typing.Generic is a class, so the class statement needs one metaclass for both.
            return (_GenericBody,) if self is bases[0] else ()
        for base in bases:
            if isinstance(base, type):  # Python would only say that metaclasses conflict
                raise _no_parent(base)
        return (self,)

    def __getitem__(self, key: Any) -> Any:
        """Return the member named *key*, or, for a type, the signature specialised by it."""
        if isinstance(key, str):
            return self.getDescriptionFor(key)
        return SpecialisedSignature(self, key)

    # zope compares names; a signature is itself and nothing else.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    # `ISmtp | None` in an annotation; older versions of zope.interface lack it.
    def __or__(self, other: Any) -> Any:
        return _either(self, other)

    def __ror__(self, other: Any) -> Any:
        return _either(other, self)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Adapt, as zope's interfaces do. Raises `SignatureError` if there is nothing to adapt."""
        if not arguments and not keywords:
            hint = "call a class or a unit that implements it"
            fields = {"signature": self.__name__, "at": self.location, "hint": hint}
            raise SignatureError("a signature has no objects of its own", fields)
        return super().__call__(*arguments, **keywords)

    def __reduce__(self) -> str:
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<signature {self.__module__}.{self.__qualname__}>"


class SpecialisedSignature:
    """A generic signature with its type arguments: ``IBox[int]``; at run time, the signature."""

    def __init__(self, signature: SignatureClass, arguments: Any) -> None:
        self.__origin__ = signature
        self.__args__: tuple[Any, ...] = arguments if isinstance(arguments, tuple) else (arguments,)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        plain = tuple(getattr(base, "__origin__", base) for base in bases)
        return self.__origin__.__mro_entries__(plain)

    def __call__(self, *arguments: Any) -> Any:
        """Adapt, as the signature itself does (a caller of `typing` must be callable, too)."""
        return self.__origin__(*arguments)

    def __repr__(self) -> str:
        return f"{self.__origin__!r}[{', '.join(map(repr, self.__args__))}]"

    def __or__(self, other: Any) -> Any:
        return _either(self, other)

    def __ror__(self, other: Any) -> Any:
        return _either(other, self)


def _either(one: Any, other: Any) -> Any:
    return Union[one, other]  # noqa: UP007 - `one | other` is what calls this


def _extends(base: Any) -> bool:
    """Tell whether *base*, in a class statement, asks for a new signature."""
    named = getattr(base, "__origin__", base)  # Signature[T]
    plain_zope = isinstance(named, InterfaceClass) and not isinstance(named, SignatureClass)
    return named is Signature or plain_zope


def _is_generic(base: Any) -> bool:
    return base in (Generic, Protocol) or get_origin(base) in (Generic, Protocol)


class _GenericMeta(type(Protocol)):  # type: ignore[misc]
    """Stand in as metaclass while the class statement of a generic signature runs."""

    @classmethod
    def __prepare__(cls, name: str, bases: Any, /, **keywords: object) -> Body:
        return Body(name)

    def __new__(cls, name: str, bases: tuple[Any, ...], body: dict[str, Any], **_: object) -> Any:
        if "_GenericBody" not in globals():
            return super().__new__(cls, name, bases, dict(body))
        asked = body.get("__orig_bases__", bases)
        parents = [getattr(base, "__origin__", base) for base in asked if not _is_generic(base)]
        return SignatureClass(name, tuple(parents), body)


class _GenericBody(metaclass=_GenericMeta):
    """The one base of a generic signature's class statement; never instantiated."""


def _implementing_mixin(signature: SignatureClass) -> type:
    """Return the class that makes its direct subclasses implementations of *signature*."""
    mixin: type | None = vars(signature).get("_v_mixin")
    if mixin is None:
        mixin = vars(signature)["_v_mixin"] = _new_mixin(signature)
    return mixin


def _new_mixin(signature: SignatureClass) -> type:
    def __init_subclass__(cls: Any, /, **keywords: Any) -> None:
        # Declared before asking the next base, so that the order is that of the bases.
        if mixin in cls.__bases__:
            classImplements(cls, signature)
        super(mixin, cls).__init_subclass__(**keywords)

    mixin: type[Any] = type(
        signature.__name__,
        (),
        {
            **_computed(signature),
            "__slots__": (),
            "__module__": signature.__module__,
            "__doc__": signature.__doc__,
            "__init_subclass__": classmethod(__init_subclass__),
            "__signature_mixin__": signature,
        },
    )
    return mixin


def _computed(signature: SignatureClass) -> dict[str, Any]:
    """Return the definitions that *signature* itself brings: derived and for-export members."""
    found: dict[str, Any] = {}
    for name, member in {**members(signature), **derived_members(signature)}.items():
        function = getattr(member, "function", None)
        if function is not None and marks_of_member(member) & {"derived", "for_export"}:
            found[name] = function if isinstance(member, MethodMember) else Computed(name, function)
    return found


class Computed:
    """A data member that is computed from the others; kept once it was, where the object allows."""

    def __init__(self, name: str, function: Any) -> None:
        self._name, self._function = name, function

    def __get__(self, thing: Any, cls: type | None = None) -> Any:
        if thing is None:
            return self
        value = self._function(thing)
        if hasattr(thing, "__dict__"):  # not one with slots
            thing.__dict__[self._name] = value
        return value


def implemented_by(cls: type) -> Implements:
    """Return what *cls* implements; declare what it and its bases do by naming it, if need be.

    A base whose own ``__init_subclass__`` does not call the next one cuts the mixins off.
    """
    implemented = implementedBy(cls)
    for base in cls.__mro__:
        signature = base.__dict__.get("__signature_mixin__")
        if signature is not None and not implemented.isOrExtends(signature):
            _declare_named_bases(cls)
    return implemented


def _declare_named_bases(cls: type) -> None:
    for each in reversed(cls.__mro__):
        for base in each.__bases__:
            signature = base.__dict__.get("__signature_mixin__")
            if signature is not None and not signature.implementedBy(each):
                classImplements(each, signature)


def _parents(name: str, bases: tuple[Any, ...]) -> tuple[InterfaceClass, ...]:
    """Return what a signature with *bases* extends; refuse bases that are no interfaces."""
    for base in bases:
        if not isinstance(base, InterfaceClass):
            raise _no_parent(base, name)
    root = globals().get("Signature")
    return tuple(base for base in bases if base is not root) or (Interface,)


def _no_parent(base: object, name: str | None = None) -> SignatureError:
    """Return the error about *base*, which the signature *name* cannot extend."""
    return SignatureError(
        "a signature extends signatures only",
        {
            "signature": name,
            "not a signature": getattr(base, "__qualname__", repr(base)),
            "hint": "adopt a Protocol with signature(), or drop Signature to implement",
        },
    )


def _refuse_redeclared(
    name: str, where: str, parents: tuple[InterfaceClass, ...], declared: dict[str, Attribute]
) -> None:
    """Raise `SignatureError` if two declarations of one member meet (rule S2).

    How a member is computed for exporters may be told later, once (rule S10).
    """
    inherited: dict[str, Attribute] = {}
    for parent in parents:
        for member, declaration in {**members(parent), **derived_members(parent)}.items():
            if inherited.setdefault(member, declaration) is not declaration:
                _refuse(name, where, member, inherited[member], declaration)
    for member, declaration in declared.items():
        known = inherited.get(member)
        if known is not None and "for_export" not in (
            marks_of_member(declaration) - marks_of_member(known)
        ):
            _refuse(name, where, member, known, declaration)


def _refuse(name: str, where: str, member: str, first: Attribute, second: Attribute) -> None:
    owners = [getattr(d.interface, "__name__", None) or name for d in (first, second)]
    raise SignatureError(
        "a signature declares each member once, inherited ones included",
        {
            "signature": name,
            "at": where,
            "member": member,
            "declared by": " and ".join(owners),
        },
    )


if TYPE_CHECKING:
    from typing import Protocol as Signature

    __all__ = ["Signature"]  # else what is imported under another name counts as private
else:
    Signature = SignatureClass("Signature", (), {"__module__": "signatures"})
    """Stands among the bases of a class that declares a signature; see `signatures`.

    With it, the class is a signature, which extends those of its bases that are signatures. A class
    whose bases are signatures without it implements them.
    """
