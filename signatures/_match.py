"""Does an object, or a class, do what a signature asks?  Every difference at once.

zope's `verifyObject` counts arguments only.  A caller relies on more: on the names of the
parameters, on which of them may be left out, and on whether to await the result.  A plain zope
`Interface` promises names and arity only (its implementers may rename parameters), so only those
are compared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, cast

from signatures._calls import CO_COROUTINE, CO_VARARGS, CO_VARKEYWORDS, call_signature
from signatures._errors import nearest
from signatures._lazy import LazyModule
from signatures._members import MethodMember, member_names, members_of
from signatures._records import NamedTuple
from signatures._zope import Attribute, InterfaceClass, Method

if TYPE_CHECKING:
    import dis
    import inspect
else:
    dis = LazyModule("dis")
    inspect = LazyModule("inspect")

_MISSING = object()


class Mismatch(NamedTuple):
    """One difference between what a signature asks for and what there is.

    *member* is the member's name, *wanted* and *got* are short descriptions, *near* is the name
    that may have been meant.
    """

    signature: InterfaceClass
    member: str
    wanted: str
    got: str
    near: str | None = None

    def __str__(self) -> str:
        hint = f" (did you mean {self.near}?)" if self.near else ""
        return (
            f"{self.signature.__name__}.{self.member}: wanted {self.wanted}, got {self.got}{hint}"
        )


def class_mismatches(signature: InterfaceClass, cls: type) -> list[Mismatch]:
    """Return every way in which instances of *cls* fall short of *signature*, in member order."""
    found: list[Mismatch] = []
    for name, member in members_of(signature).items():
        attribute = _static(cls, name)
        if isinstance(member, Method):
            found += _method_of_class(signature, cls, name, member, attribute)
        elif attribute is _MISSING and not _sets(cls, name):
            got = nothing(f"class {short_name(cls)}")
            near = nearest(name, _public_names(cls) - set(member_names(signature)))
            found.append(Mismatch(signature, name, "data member", got, near))
    return found


def object_mismatches(signature: InterfaceClass, thing: object) -> list[Mismatch]:
    """Return every way in which *thing* itself falls short of *signature*, in member order."""
    found: list[Mismatch] = []
    for name, member in members_of(signature).items():
        value = getattr(thing, name, _MISSING)
        if value is _MISSING:
            near = nearest(name, set(dir(thing)) - set(member_names(signature)))
            got = nothing(f"{short_name(type(thing))} object")
            found.append(Mismatch(signature, name, wanted(member), got, near))
        elif isinstance(member, Method):
            found += value_mismatches(signature, name, member, value)
    return found


def value_mismatches(
    signature: InterfaceClass, name: str, member: Attribute, value: object, bound: int = 0
) -> list[Mismatch]:
    """Return how *value*, called without its first *bound* parameters, differs from *member*."""
    if not isinstance(member, Method):
        return []
    if not callable(value):
        return [Mismatch(signature, name, wanted(member), f"{type(value).__name__}, not callable")]
    if isinstance(value, FunctionType) and _same_shape(member, value, bound):
        return []
    try:
        got = call_signature(value, bound)
    except (TypeError, ValueError):  # a builtin that does not tell
        return []
    reasons = list(call_differences(member, got, inspect.iscoroutinefunction(value), value))
    if not reasons:
        return []
    if bound and isinstance(value, FunctionType) and isinstance(member, MethodMember):
        code, asked = value.__code__, member.signature
        first = code.co_varnames[: min(code.co_argcount, 1)]
        if asked is not None and not asked.parameters.keys().isdisjoint(first):
            reasons.insert(0, f"takes {first[0]} as self")
    shown = ("async def " if inspect.iscoroutinefunction(value) else "") + f"{name}{_bare(got)}"
    return [Mismatch(signature, name, wanted(member), f"{shown}: {'; '.join(reasons)}")]


def call_differences(
    member: Method, got: inspect.Signature, is_async: bool, value: object = None
) -> Iterator[str]:
    """Yield each reason why a call that *member* allows would fail on a callable like *got*."""
    if not isinstance(member, MethodMember):
        yield from _parameter_differences(_from_zope(member), got, by_name=False)
        return
    asked = member.signature
    if asked is None:
        return
    yield from _parameter_differences(asked, got, by_name=True)
    if is_async and not member.is_async and not _awaitable(asked.return_annotation):
        yield "is async"
    elif member.is_async and not is_async and _plain_function(value):
        if not _awaitable(got.return_annotation):
            yield "is not async"


def _parameter_differences(
    asked: inspect.Signature, got: inspect.Signature, by_name: bool
) -> Iterator[str]:
    """Compare *asked* with *got*, parameter by parameter; names count only if *by_name*."""
    there = list(got.parameters.values())
    takes = {p.name: p for p in there}
    positional = [p for p in there if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    more = any(p.kind is p.VAR_POSITIONAL for p in there)
    keywords = any(p.kind is p.VAR_KEYWORD for p in there)
    used: set[str] = set()
    if by_name:
        yield from _passed_twice(asked, positional)
    for index, p in enumerate(asked.parameters.values()):
        if p.kind is p.VAR_POSITIONAL:
            if not more:
                yield f"does not take *{p.name}"
        elif p.kind is p.VAR_KEYWORD:
            if not keywords:
                yield f"does not take **{p.name}"
        elif p.kind is p.KEYWORD_ONLY:
            mine = takes.get(p.name)
            if mine is not None and mine.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD):
                used.add(p.name)
                yield from _optional_too(p, mine)
            elif not keywords:
                yield f"does not take keyword {p.name}"
        elif index < len(positional):
            mine = positional[index]
            used.add(mine.name)
            if p.kind is p.POSITIONAL_OR_KEYWORD and by_name:
                if mine.kind is mine.POSITIONAL_ONLY:
                    if not keywords or mine.default is mine.empty:
                        yield f"{p.name} cannot be passed by keyword"
                elif mine.name != p.name:
                    yield f"parameter {index + 1} is named {mine.name}, not {p.name}"
            yield from _optional_too(p, mine)
        elif not more:
            yield f"does not take parameter {p.name}"
        elif by_name and p.kind is p.POSITIONAL_OR_KEYWORD and not keywords:
            yield f"{p.name} cannot be passed by keyword"
    for p in there:
        variadic = p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        if p.name not in used and not variadic and p.default is p.empty:
            yield f"requires {p.name}, which the signature does not pass"


def _passed_twice(asked: inspect.Signature, positional: list[inspect.Parameter]) -> Iterator[str]:
    """Yield each of *positional* that a call allowed by *asked* may pass by position and by name."""
    there = list(asked.parameters.values())
    if not any(p.kind is p.VAR_KEYWORD for p in there):
        return
    ordered = [p for p in there if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    count = len(positional) if any(p.kind is p.VAR_POSITIONAL for p in there) else len(ordered)
    named = {p.name for p in there if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    for mine in positional[:count]:
        if mine.kind is mine.POSITIONAL_OR_KEYWORD and mine.name not in named:
            yield f"{mine.name} may be passed by position and, as one of the keywords, again"


def _optional_too(asked: inspect.Parameter, mine: inspect.Parameter) -> Iterator[str]:
    if asked.default is not asked.empty and mine.default is mine.empty:
        yield f"requires {mine.name}, which the signature lets callers leave out"


def wanted(member: Attribute) -> str:
    """Describe *member* as it would be written: ``build(n)``, ``async def send(x)``, or data."""
    if isinstance(member, MethodMember):
        asked = member.signature
        shown = _bare(asked) if asked is not None else "(...)"
        return ("async def " if member.is_async else "") + member.__name__ + shown
    if isinstance(member, Method):
        return f"{member.__name__}{_bare(_from_zope(member))}"
    return "data member"


def short_name(cls: type) -> str:
    """Return the name of *cls* without the functions around it."""
    return cls.__qualname__.rpartition("<locals>.")[2]


def nothing(place: str) -> str:
    """Say that *place* has no such member."""
    return f"nothing in {place}"


def _bare(signature: inspect.Signature) -> str:
    """Show *signature* without its annotations, which do not count here."""
    empty = inspect.Parameter.empty
    parameters = [p.replace(annotation=empty) for p in signature.parameters.values()]
    return str(inspect.Signature(parameters))


def _from_zope(member: Method) -> inspect.Signature:
    """Return the call signature that a plain zope method tells: arity and optional parameters."""
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_ONLY,
            default=member.optional.get(name, inspect.Parameter.empty),
        )
        for name in member.positional
    ]
    if member.varargs:
        parameters.append(inspect.Parameter(member.varargs, inspect.Parameter.VAR_POSITIONAL))
    if member.kwargs:
        parameters.append(inspect.Parameter(member.kwargs, inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(parameters)


def _awaitable(annotation: object) -> bool:
    """Tell whether a plain ``def`` with this return annotation may hand out something to await."""
    text = annotation if isinstance(annotation, str) else repr(annotation)
    return any(word in text for word in ("Awaitable", "Coroutine", "Future", "Task", "Any"))


def _plain_function(value: object) -> bool:
    """Tell whether *value* is a function or method as written, not one that wraps another."""
    function = getattr(value, "__func__", value)
    return isinstance(function, FunctionType) and not hasattr(function, "__wrapped__")


def _same_shape(member: Method, function: FunctionType, bound: int) -> bool:
    """Tell quickly whether *function* is declared exactly as *member*: the common case by far."""
    if not isinstance(member, MethodMember) or member.function is None:
        return False
    asked = member.function
    if not same_code(function.__code__, bound, asked.__code__, member.bound):
        return False
    keywords, asked_keywords = function.__kwdefaults__, asked.__kwdefaults__
    return len(function.__defaults__ or ()) == len(asked.__defaults__ or ()) and (
        keywords is asked_keywords or set(keywords or ()) == set(asked_keywords or ())
    )


_FLAGS = CO_VARARGS | CO_VARKEYWORDS | CO_COROUTINE


def same_code(one: CodeType, bound: int, other: CodeType, other_bound: int) -> bool:
    """Tell quickly whether two code objects are called alike; they do not tell default values.

    Callers do not see the first *bound* parameters of *one*, and the first *other_bound* of *other*.
    A no is certain only where no other parameter is positional-only.
    """
    last = one.co_argcount + one.co_kwonlyargcount
    other_last = other.co_argcount + other.co_kwonlyargcount
    return (
        one.co_argcount - bound == other.co_argcount - other_bound >= 0
        and one.co_posonlyargcount <= bound
        and other.co_posonlyargcount <= other_bound
        and not (one.co_flags ^ other.co_flags) & _FLAGS
        and one.co_varnames[bound:last] == other.co_varnames[other_bound:other_last]
    )


def _method_of_class(
    signature: InterfaceClass, cls: type, name: str, member: Method, attribute: object
) -> list[Mismatch]:
    """Compare the class attribute *attribute* with the method *member*."""
    if attribute is _MISSING:
        if _sets(cls, name):  # a callable that __init__ puts on the instance
            return []
        near = nearest(name, _public_names(cls) - set(member_names(signature)))
        got = nothing(f"class {short_name(cls)}")
        return [Mismatch(signature, name, wanted(member), got, near)]
    function = getattr(attribute, "__func__", attribute)
    if isinstance(attribute, (FunctionType, classmethod)):
        return value_mismatches(signature, name, member, function, bound=1)
    if isinstance(attribute, staticmethod):
        return value_mismatches(signature, name, member, function)
    if hasattr(attribute, "__get__"):  # property, cached_property, slot: known only on instances
        return []
    return value_mismatches(signature, name, member, attribute)


def _static(cls: type, name: str) -> Any:
    """Return what the text of *cls* and its bases puts under *name*, without binding it."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return _MISSING


def _public_names(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("__")}


def _sets(cls: type, name: str) -> bool:
    """Tell whether instances of *cls* get an attribute *name* from an annotation or a method.

    A method says so by assigning to ``self``, or by reading from there what others put.  A class that
    makes attributes up (``__getattr__``, ``setattr``, ``__dict__``) is believed.
    """
    for base in cls.__mro__[:-1]:
        body = base.__dict__
        if "__getattr__" in body or name in body.get("__annotations__", ()):
            return True
        if sys.version_info >= (3, 14) and name in inspect.get_annotations(base):
            return True
        for value in body.values():
            code = getattr(getattr(value, "__func__", value), "__code__", None)
            if code is not None and not _DYNAMIC.isdisjoint(code.co_names):
                return True
            if code is not None and name in code.co_names and _of_self(code, name):
                return True
    return False


def _of_self(code: CodeType, name: str) -> bool:
    """Tell whether *code* assigns to an attribute *name*, or reads it from its first parameter."""
    number = code.co_names.index(name)
    if (_STORE_ATTR, number) in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        return True  # as nearly always; `dis` is not needed
    before: Any = None
    for step in dis.get_instructions(code):
        if step.argval == name:
            last = cast("tuple[str, ...]", before)[-1] if isinstance(before, tuple) else before
            is_read = step.opname in ("LOAD_ATTR", "LOAD_METHOD") and last in code.co_varnames[:1]
            if is_read or step.opname == "STORE_ATTR":
                return True
        before = step.argval
    return False


def _assigning(self: Any) -> None:
    self.name = None


#: What assigns to an attribute in the code of this Python, behind what loads the two.
_STORE_ATTR = _assigning.__code__.co_code[6]
_DYNAMIC = frozenset({"setattr", "__dict__", "__setattr__", "vars"})


def provides_by_shape(thing: object, signature: InterfaceClass) -> bool:
    """Tell whether *thing* declares *signature*, or matches it in every member."""
    return signature.providedBy(thing) or not object_mismatches(signature, thing)
