"""What importers receive: the object itself, or a view of what a body defined.

A view is an instance of a class generated for its signature, with one slot for each member, so
that reading a member costs what reading an attribute costs.  Views exist before any body runs,
which is what makes cycles ordinary.  Until the body that fills it has run, a view is *pending*:
its class looks a missing member up in the running body (Racket: an export can be read as soon as
its own definition ran, rule U13), or raises `UninitializedError`.  Filling changes the class to
the *sealed* one, which knows no misses and refuses assignment (rule U7).

The object of a class unit exists before its ``__init__``, too.  Where somebody may ask for it
early, it is made first and goes through two classes of its own, *unborn* and *open*, before it
gets the class its author wrote.
"""

from __future__ import annotations

import abc
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from signatures._members import member_names
from signatures._zope import InterfaceClass, classImplements
from units._errors import UninitializedError
from units._late import Late, settle
from units._specs import Export

if TYPE_CHECKING:
    from units._unit import Unit

#: Generated classes are made under one lock: made twice, instances could not change class.
_making = threading.Lock()


class Waiting:
    """One step of one invocation, seen by those who read its exports before it is done.

    Each instance of a unit that is linked twice has its own, so nobody sees another's variables.
    """

    __slots__ = ("code", "frame", "lates", "thread", "unit")

    def __init__(self, unit: Unit[..., Any], code: Any) -> None:
        self.unit, self.code = unit, code
        self.thread = 0
        self.lates: list[Late] = []
        self.frame: FrameType | None = None

    def run(self, body: Callable[..., Any], arguments: Any, keywords: Mapping[str, Any]) -> Any:
        """Run *body*, during which `read` finds its variables."""
        self.thread = threading.get_ident()
        self.frame = inspect.currentframe()
        try:
            return body(*arguments, **keywords)
        finally:
            self.frame = None

    def read(self, export: Export, name: str) -> Any:
        """Return the running body's variable for member *name* of *export*.

        Raises `UninitializedError` if there is none yet.
        """
        body = self._body_frame()
        if body is not None and (inside := export.inside(name)) in (variables := body.f_locals):
            return variables[inside]
        member = f"{export.signature.__name__}.{name}"
        raise UninitializedError(member, self.unit.name, self.unit.location, body is not None)

    def done(self) -> None:
        """Tell those who got stand-ins for the exports that the exports are there."""
        for late in self.lates:
            settle(late)
        self.lates.clear()

    def _body_frame(self) -> FrameType | None:
        """Return the frame of the body: the outermost of its code above the frame of `run`."""
        if self.frame is None:
            return None
        frame = sys._current_frames().get(self.thread)  # pyright: ignore[reportPrivateUsage]
        found = None
        while frame is not None and frame is not self.frame:
            if frame.f_code is self.code:
                found = frame
            frame = frame.f_back
        return found if frame is not None else None


class Expected:
    """What a pending view of *export* waits for."""

    __slots__ = ("export", "waiting")

    def __init__(self, waiting: Waiting, export: Export) -> None:
        self.waiting, self.export = waiting, export


class View:
    """The base of every generated view."""

    __slots__ = ()
    _of: Any

    def __repr__(self) -> str:
        of = self._of.waiting.unit if isinstance(self._of, Expected) else self._of
        name = getattr(of, "name", None) or getattr(of, "__name__", None) or repr(of)
        return f"<{type(self).__name__} of {name}>"


class ViewOf:
    """The generated classes of the views of one *signature*, and how to fill one."""

    def __init__(self, signature: InterfaceClass) -> None:
        self.signature = signature
        self.names = names = member_names(signature)
        space = {"__slots__": (*names, "_of"), "__module__": signature.__module__}
        base: type[Any] = type(signature.__name__, (View,), space)
        classImplements(base, signature)
        self.setters = tuple((name, base.__dict__[name].__set__) for name in names)
        self.of = base.__dict__["_of"].__set__
        self.pending = self._variant(base, __getattr__=_pending_getattr(signature.__name__, names))
        self.sealed = self._variant(base, __setattr__=refuse, __delattr__=refuse)
        forwarded = {name: property(forward(name)) for name in names}
        self.forwarding = self._variant(base, **forwarded, __setattr__=refuse, __delattr__=refuse)

    def _variant(self, base: type[Any], **extra: Any) -> type[Any]:
        name = self.signature.__name__
        return type(name, (base,), {"__slots__": (), "__module__": base.__module__, **extra})

    def wait(self, waiting: Waiting, export: Export) -> Any:
        """Return a view that is readable as far as the body that *waiting* runs has come."""
        view = object.__new__(self.pending)
        self.of(view, Expected(waiting, export))
        return view

    def fill(self, unit: Unit[..., Any], namespace: Mapping[str, Any], view: Any = None) -> Any:
        """Return *view*, or a new one, sealed, with the members found in *namespace*."""
        early = view is not None
        if not early:
            view = object.__new__(self.sealed)
        for name, put in self.setters:
            put(view, namespace[name])
        self.of(view, unit)
        if early:
            view.__class__ = self.sealed
        return view

    def forward(self, target: object, view: Any = None) -> Any:
        """Return *view*, or a new one, showing the members of *target* as they are at each use."""
        early = view is not None
        if not early:
            view = object.__new__(self.forwarding)
        self.of(view, target)
        if early:
            view.__class__ = self.forwarding
        return view


def view_of(signature: InterfaceClass) -> ViewOf:
    """Return the view classes of *signature*, made on first use."""
    known: ViewOf | None = vars(signature).get("_v_view")
    if known is None:
        with _making:
            known = vars(signature).get("_v_view")
            if known is None:
                known = vars(signature)["_v_view"] = ViewOf(signature)
    return known


def _pending_getattr(title: str, names: tuple[str, ...]) -> Callable[..., Any]:
    known = frozenset(names)

    def __getattr__(view: Any, name: str) -> Any:
        if name in known:
            return view._of.waiting.read(view._of.export, name)
        raise AttributeError(f"{title!r} has no member {name!r}")

    return __getattr__


def refuse(view: Any, name: str, value: object = None) -> None:
    """Refuse to assign or delete a member of a view (rule U7)."""
    raise AttributeError(
        f"imports cannot be assigned: {type(view).__name__}.{name}"
        "\n  hint: let the exporting unit offer a method that changes it"
    )


def forward(name: str) -> Callable[[Any], Any]:
    """Return what reads the member *name* of the component behind a view."""

    def get(view: Any) -> Any:
        return getattr(view._of, name)

    return get


class Unborn:
    """The two classes that an object of *unit*'s class goes through when it is needed early."""

    def __init__(self, unit: Unit[..., Any], cls: type[Any], names: frozenset[str]) -> None:
        self.unit, self.cls = unit, cls

        def unborn(this: Any, name: str) -> Any:
            if name in names:
                raise self.uninitialized(name, running=False)
            return object.__getattribute__(this, name)

        def unset(this: Any, name: str) -> Any:
            if name in names:
                raise self.uninitialized(name, running=True)
            if fallback is not None:
                return fallback(this, name)
            raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")

        fallback: Callable[[Any, str], Any] | None = getattr(cls, "__getattr__", None)
        self.unborn = self._variant(__getattribute__=unborn)
        self.open = self._variant(__getattr__=unset)

    def _variant(self, **extra: Any) -> type[Any]:
        cls = self.cls
        space = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
        metaclass: Any = type(cls)
        made: type[Any] = metaclass(cls.__name__, (cls,), {**space, **extra})
        return made

    def uninitialized(self, name: str, running: bool) -> UninitializedError:
        """Return the error about *name*, told of the signature that asks for it."""
        unit = self.unit
        owners = [e.signature for e in unit.exports if name in member_names(e.signature)]
        return UninitializedError(f"{owners[0].__name__}.{name}", unit.name, unit.location, running)

    def make(self) -> tuple[Any]:
        """Return an object that exists, and of which nothing can be read yet."""
        return (object.__new__(self.unborn),)

    def initialize(self, thing: Any, arguments: Any, keywords: Mapping[str, Any]) -> None:
        """Run ``__init__``; what it has put on *thing* can be read at once."""
        thing.__class__ = self.open
        self.cls.__init__(thing, *arguments, **keywords)
        thing.__class__ = self.cls


def expect(late: Late, component: Any) -> None:
    """Have *late* replaced by its value when the body that fills the pending *component* ends."""
    of = getattr(component, "_of", None) if isinstance(component, View) else None
    if isinstance(of, Expected):
        of.waiting.lates.append(late)


def can_exist_early(cls: type[Any]) -> bool:
    """Tell whether an object of *cls* can be made before it is initialized.

    Not if making one runs code of its author's (``__new__``, a metaclass), and not if subclassing
    it does (``__init_subclass__``): then importers get a view instead.
    """
    maker: object = cls.__new__
    if type(cls) not in (type, abc.ABCMeta) or maker is not object.__new__:
        return False
    for base in cls.__mro__:
        hooked = "__init_subclass__" in base.__dict__
        if hooked and "__signature_mixin__" not in base.__dict__:
            if base is not object and base.__module__ != "typing":
                return False
    return True


def unborn_of(unit: Unit[..., Any], cls: type[Any]) -> Unborn:
    """Return the early classes of *unit*, made on first use."""
    known: Unborn | None = unit.__dict__.get("_unborn")
    if known is None:
        with _making:
            known = unit.__dict__.get("_unborn")
            if known is None:
                names = frozenset(n for e in unit.exports for n in member_names(e.signature))
                known = unit.__dict__["_unborn"] = Unborn(unit, cls, names)
    return known
