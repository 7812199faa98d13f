"""What a signature asks for: its members, read from the body of a class statement.

A member is a zope attribute or method, so that everything that understands zope interfaces
understands it, plus what zope loses: the whole `inspect.Signature` (keyword-only parameters
included) and whether the function is ``async``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from signatures._calls import CO_VARARGS, CO_VARKEYWORDS, Unsaid, call_signature
from signatures._declare import as_signature
from signatures._errors import SignatureError
from signatures._lazy import LazyModule
from signatures._zope import Attribute, Interface, InterfaceClass, Method

if TYPE_CHECKING:
    import inspect
else:
    inspect = LazyModule("inspect")

#: Under which attribute of a function its marks (derived, for_export, contracted) are kept.
MARKS = "__signature_marks__"
_NO_MARKS: frozenset[str] = frozenset()


def marks_of(function: object) -> frozenset[str]:
    """Return the marks of *function*."""
    found: frozenset[str] = getattr(function, MARKS, _NO_MARKS)
    return found


def marks_of_member(member: Attribute) -> frozenset[str]:
    """Return the marks of *member*; a zope attribute has none."""
    found: frozenset[str] = getattr(member, "marks", _NO_MARKS)
    return found


class DataMember(Attribute):
    """A member that is read: ``x: int``, or a read-only property."""

    #: What the signature says of its type: the annotation as written, or `Unsaid`.
    annotation: Any
    #: What marks it: derived, for_export, contracted.
    marks: frozenset[str] = frozenset()
    #: What its annotation means, where it is contracted.
    meaning: Any
    #: How the members that its contract names are called here, where it was opened.
    renames: Mapping[str, str] = MappingProxyType({})

    def __init__(self, name: str, doc: str = "") -> None:
        super().__init__(name, doc)
        self.annotation = self.meaning = Unsaid
        #: The function of the property, where it is one.
        self.function: FunctionType | None = None


class MethodMember(Method):
    """A member that is called; *signature* is what callers may rely on, without ``self``."""

    marks: frozenset[str] = frozenset()
    #: Its call signature with what its annotations mean, where it is contracted.
    meaning: inspect.Signature
    #: How the members that its contract names are called here, where it was opened.
    renames: Mapping[str, str] = MappingProxyType({})

    def __init__(self, name: str, doc: str = "") -> None:
        super().__init__(name, doc)
        #: The function written in the signature's body, where there is one.
        self.function: FunctionType | None = None
        #: How many leading parameters (``self``) belong to the object and not to the caller.
        self.bound = 0

    @property
    def signature(self) -> inspect.Signature | None:
        """Return how the member is called, or nothing where the signature leaves it open."""
        if self.function is None or self.function.__name__ == "_overload_dummy":
            return None
        return call_signature(self.function, self.bound)

    @property
    def is_async(self) -> bool:
        """Tell whether callers await what the member returns (``async def``)."""
        return self.function is not None and inspect.iscoroutinefunction(self.function)


#: What a class body holds besides members.
_BOOKKEEPING = frozenset(
    {
        "__module__",
        "__qualname__",
        "__doc__",
        "__annotations__",
        "__annotate__",
        "__annotate_func__",
        "__conditional_annotations__",
        "__classcell__",
        "__classdictcell__",
        "__firstlineno__",
        "__static_attributes__",
        "__orig_bases__",
        "__parameters__",
        "__type_params__",
        "__slots__",
    }
)


class Body(dict[str, Any]):
    """The namespace in which a signature's class statement runs; it refuses a second definition.

    Racket: ``define-signature: duplicate identifier`` (rule S2).
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self["__annotations__"] = _Once(owner)

    def __setitem__(self, name: str, value: object) -> None:
        if name in self and name not in _BOOKKEEPING and not _continues(self[name], value):
            raise _declared_twice(self.owner, name)
        super().__setitem__(name, value)


class _Once(dict[str, Any]):
    """The annotations of a signature's body; none may be made twice."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    def __setitem__(self, name: str, value: object) -> None:
        if name in self:
            raise _declared_twice(self.owner, name)
        super().__setitem__(name, value)


def _declared_twice(owner: str, name: str, where: str | None = None) -> SignatureError:
    fields = {"signature": owner, "at": where, "declared twice": name}
    return SignatureError("a signature declares each member once", fields)


def _continues(before: object, now: object) -> bool:
    """Tell whether *now* only adds to *before*.

    So does the next overload, the setter of a property, and how a member is computed for exporters.
    """
    if isinstance(before, property) and isinstance(now, property) and before.fget is now.fget:
        return True
    if getattr(before, "__name__", "") == "_overload_dummy":
        return True
    return "for_export" in _marks_in_body(now) - _marks_in_body(before)


def _marks_in_body(value: object) -> frozenset[str]:
    """Return the marks of what a body holds: a function, or a property around one."""
    return marks_of(getattr(value, "fget", None) or getattr(value, "__func__", value))


def read_members(body: dict[str, Any], owner: str, where: str) -> dict[str, Attribute]:
    """Return the members declared by *body*, in the order of the text.

    Raises `SignatureError` for anything in the body that is no member, naming *owner* and *where*.
    """
    annotations = body.get("__annotations__", {})
    members: dict[str, Attribute] = {}
    for name in annotations:
        if name not in body:
            members[name] = _data(name, annotations[name])
    for name, value in body.items():
        if name not in _BOOKKEEPING and not isinstance(value, InterfaceClass):
            member = _member(name, value)
            if member is None:
                raise SignatureError(
                    "a signature's body holds members only",
                    {
                        "signature": owner,
                        "at": where,
                        "not a member": f"{name} = {value!r}",
                        "hint": f"declare a data member as `{name}: {type(value).__name__}`",
                    },
                )
            if isinstance(value, FunctionType) and not _takes_self(value):
                shown = _bare(inspect.signature(value))
                raise SignatureError(
                    "a method of a signature takes self first",
                    {
                        "signature": owner,
                        "at": f"{value.__code__.co_filename}:{value.__code__.co_firstlineno}",
                        "method": f"def {name}{shown}",
                        "hint": f"def {name}(self{', ' if shown[1] != ')' else ''}{shown[1:]}",
                    },
                )
            # An annotation may stand beside what computes the member, or beside a zope attribute.
            computed = "for_export" in marks_of_member(member) or value is member
            if name in annotations and not computed:
                raise _declared_twice(owner, name, where)
            members[name] = member
    return members


def _bare(signature: inspect.Signature) -> str:
    """Return *signature* as text without annotations."""
    empty = inspect.Parameter.empty
    bare = [p.replace(annotation=empty) for p in signature.parameters.values()]
    return str(inspect.Signature(bare))


def _takes_self(function: FunctionType) -> bool:
    """Tell whether the first parameter of *function* is the object: ``self``, or a name nobody reads."""
    code = function.__code__
    if code.co_argcount == 0:
        return bool(code.co_flags & CO_VARARGS)
    return code.co_varnames[0] == "self" or code.co_varnames[0].startswith("_")


def _member(name: str, value: Any) -> Attribute | None:
    """Return the member that *value* declares under *name*, or nothing if it declares none."""
    function = getattr(value, "__func__", value)
    if isinstance(value, (FunctionType, classmethod)):
        return method(name, function, bound=1)
    if isinstance(value, staticmethod):
        return method(name, function, bound=0)
    if isinstance(value, property):
        annotations = getattr(value.fget, "__annotations__", {})
        member = _data(name, annotations.get("return", Unsaid), value.__doc__)
        if isinstance(value.fget, FunctionType):
            member.function, member.marks = value.fget, marks_of(value.fget)
        return member
    if isinstance(value, Attribute):
        return value
    return None


def method(name: str, function: Callable[..., Any], bound: int) -> MethodMember:
    """Return the member *name* called like *function*, whose first *bound* parameters are its own.

    What zope knows of a method (names and arity) is filled in too, without ``self``.
    """
    member = MethodMember(name, function.__doc__ or "")
    if isinstance(function, FunctionType):
        member.function, member.bound, member.marks = function, bound, marks_of(function)
    if type(function) is FunctionType and not function.__dict__:
        _tell_plainly(member, function, bound)
        return member
    for parameter in call_signature(function, bound).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            member.varargs = parameter.name
        elif parameter.kind is parameter.VAR_KEYWORD:
            member.kwargs = parameter.name
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            member.positional += (parameter.name,)
            if parameter.default is parameter.empty:
                member.required += (parameter.name,)
            else:
                member.optional = {**member.optional, parameter.name: parameter.default}
    return member


def _tell_plainly(member: MethodMember, function: FunctionType, bound: int) -> None:
    """Fill in what zope knows of *member* from the code of *function*, which wraps no other."""
    code, given = function.__code__, function.__defaults__ or ()
    names, count = code.co_varnames, code.co_argcount
    first = max(count - len(given), bound)
    member.positional, member.required = names[bound:count], names[bound:first]
    if given:
        after = given[len(given) - count + first :]  # without that of self, should it have one
        member.optional = dict(zip(names[first:count], after, strict=True))
    last = count + code.co_kwonlyargcount
    if code.co_flags & CO_VARARGS:
        member.varargs, last = names[last], last + 1
    if code.co_flags & CO_VARKEYWORDS:
        member.kwargs = names[last]


def _data(name: str, annotation: object, doc: str | None = None) -> DataMember:
    # Attribute reads its first argument as the *name*; with a blank in it, as documentation.
    member = DataMember(name, doc or "")
    member.annotation = annotation
    return member


def members(signature: Callable[..., object]) -> dict[str, Attribute]:
    """Return what exporters of *signature* offer, by name, inherited members first, as declared.

    *signature* is a `Signature` or any zope interface.  Each value is a zope attribute; those of
    a `Signature` also tell their full call signature (`MethodMember`) or annotation (`DataMember`).
    What is computed for importers only (`derived`) is left out: see `derived_members`.

    Raises `SignatureError` if *signature* is none.
    """
    return dict(members_of(as_signature(signature)))


def derived_members(signature: Callable[..., object]) -> dict[str, Attribute]:
    """Return what each importer of *signature* gets computed, by name, inherited members first.

    Raises `SignatureError` if *signature* is none.
    """
    found: dict[str, Attribute] = {}
    for ancestor in parents_first(as_signature(signature)):
        found.update(vars(ancestor).get("derived", {}))
    return found


def for_export_members(signature: InterfaceClass) -> dict[str, Attribute]:
    """Return the members of *signature* that are computed after an exporting body."""
    known: dict[str, Attribute] | None = vars(signature).get("_v_for_export")
    if known is None:
        there = members_of(signature).items()
        known = {name: m for name, m in there if "for_export" in marks_of_member(m)}
        vars(signature)["_v_for_export"] = known
    return known


def members_of(signature: InterfaceClass) -> dict[str, Attribute]:
    """Return the `members` of *signature*, found once; not to be changed."""
    known: dict[str, Attribute] | None = vars(signature).get("_v_members")
    if known is None:
        alone = signature.__bases__ == (Interface,)  # no need to walk
        known = {}
        for ancestor in (signature,) if alone else parents_first(signature):
            known.update(ancestor.namesAndDescriptions())
        vars(signature)["_v_members"] = known
    return known


def member_names(signature: InterfaceClass) -> tuple[str, ...]:
    """Return the names of the members of *signature*, in the order of `members`."""
    known: tuple[str, ...] | None = vars(signature).get("_v_member_names")
    if known is None:
        known = vars(signature)["_v_member_names"] = tuple(members_of(signature))
    return known


def renamed(member: Attribute, name: str, names: Mapping[str, str]) -> Attribute:
    """Return a copy of *member* that goes by *name*, in a signature that knows others by *names*.

    What computes it goes on seeing the members under the names it was written with, and so does
    its contract.
    """
    from copy import copy  # only `opens` needs it

    other: Any = copy(member)
    other.__name__ = name
    known: Mapping[str, str] = getattr(member, "renames", {})
    other.renames = {old: names.get(new, new) for old, new in known.items()} or names
    function = getattr(member, "function", None)
    if function is not None and marks_of_member(member) & {"derived", "for_export"}:
        other.function = _seeing(function, names)
    return cast(Attribute, other)


def _seeing(function: FunctionType, names: Mapping[str, str]) -> Callable[..., Any]:
    @functools.wraps(function)
    def seeing(self: Any, /, *arguments: Any, **keywords: Any) -> Any:
        return function(Renamed(self, names), *arguments, **keywords)

    return seeing


class Renamed:
    """An object seen through other names: *names* maps each name asked for to that of *thing*."""

    __slots__ = ("_names", "_thing")

    def __init__(self, thing: Any, names: Mapping[str, str]) -> None:
        self._thing, self._names = thing, names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._thing, self._names.get(name, name))


def parents_first(signature: InterfaceClass) -> Iterator[InterfaceClass]:
    """Yield *signature* and its ancestors, each once, every one after its own parents.

    Iterative, because chains of thousands of signatures work under the default recursion limit.
    """
    done = {Interface}
    todo = [signature]
    while todo:
        missing = [parent for parent in todo[-1].__bases__ if parent not in done]
        if missing:
            todo.extend(reversed(missing))
        else:
            ready = todo.pop()
            if ready not in done:
                done.add(ready)
                yield ready
