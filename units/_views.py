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
import operator
import sys
from _thread import allocate_lock, get_ident  # light: `threading` is not loaded for these
from collections.abc import Awaitable, Callable, Mapping
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, cast

from signatures._members import for_export_members, member_names
from signatures._zope import InterfaceClass, classImplements
from units._errors import UninitializedError
from units._late import Late, look_up_in, settle, source_of, value_of
from units._specs import Export

if TYPE_CHECKING:
    from units._unit import BodyUnit, Unit

#: Generated classes are made under one lock: made twice, instances could not change class.
_making = allocate_lock()


class Waiting:
    """One step of one invocation, seen by those who read its exports before it is done.

    Each instance of a unit that is linked twice has its own, so nobody sees another's variables.
    """

    __slots__ = ("body", "code", "frame", "lates", "left", "thread", "unit")

    def __init__(self, unit: BodyUnit[..., Any], code: Any) -> None:
        self.unit, self.code = unit, code
        self.thread = 0
        self.lates: list[Late] = []
        self.frame: FrameType | None = None
        #: The coroutine or generator of a body that may be suspended.
        self.body: Any = None
        #: What a body that failed had defined.
        self.left: Mapping[str, Any] | None = None

    def run(self, body: Callable[..., Any], arguments: Any, keywords: Mapping[str, Any]) -> Any:
        """Run *body*, during which `read` finds its variables."""
        self.thread = get_ident()
        self.frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]
        try:
            return body(*arguments, **keywords)
        except BaseException as error:
            self.left = self._left_by(error.__traceback__)
            raise
        finally:
            self.frame = None

    async def follow(self, body: Any, first: Awaitable[Any]) -> Any:
        """Wait for *first*, what *body* hands over, during which `read` finds its variables."""
        self.body, self.thread = body, get_ident()
        self.frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]
        try:
            return await first
        except BaseException as error:
            self.left = self._left_by(error.__traceback__)
            raise
        finally:
            self.frame = self.body = None

    def read(self, export: Export, name: str) -> Any:
        """Return what the running body, or the one that failed, defined as *name* of *export*.

        Raises `UninitializedError` if it has not.
        """
        body = self._body_frame()
        variables = self.left if body is None else body.f_locals
        if variables is not None and name not in for_export_members(export.signature):
            inside = export.inside(name)
            if not self.unit.constructs:
                if inside in variables:
                    return variables[inside]
            elif self.code is not None and self.code.co_varnames:
                thing = variables.get(self.code.co_varnames[0])
                if isinstance(thing, self.unit.origin) and hasattr(thing, inside):
                    return getattr(thing, inside)
        progress = "running" if body is not None else "waiting" if self.left is None else "failed"
        member = f"{export.signature.__name__}.{name}"
        raise UninitializedError(member, self.unit.name, self.unit.location, progress)

    def is_ending(self) -> bool:
        """Tell whether the body has ended, and what it handed over is not packed yet."""
        return self.frame is not None and self._body_frame() is None

    def _left_by(self, traceback: TracebackType | None) -> Mapping[str, Any]:
        """Return the variables of the body in *traceback*, that of its failure."""
        while traceback is not None:
            if traceback.tb_frame.f_code is self.code:
                return dict(traceback.tb_frame.f_locals)
            traceback = traceback.tb_next
        return {}

    def done(self) -> None:
        """Tell those who got stand-ins for the exports that the exports are there."""
        lates, self.lates = self.lates, []
        for late in lates:
            if not expect(late):
                settle(late)

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
        return found if frame is not None else self._suspended()

    def _suspended(self) -> FrameType | None:
        """Return the frame of a body that waits for something, and stands on no stack."""
        inner = self.body
        while inner is not None:
            frame = getattr(inner, "cr_frame", None) or getattr(inner, "ag_frame", None)
            if frame is not None and frame.f_code is self.code:
                return cast(FrameType, frame)
            inner = getattr(inner, "cr_await", None) or getattr(inner, "ag_await", None)
        return None


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
        self.pending = self._variant(
            base, {"__getattr__": _pending_getattr(signature.__name__, names)}
        )
        unchanging = {"__setattr__": refuse, "__delattr__": refuse}
        self.sealed = self._variant(base, unchanging)
        forwarded = {name: property(forward(name)) for name in names}
        self.forwarding = self._variant(base, forwarded | unchanging)

    def _variant(self, base: type[Any], extra: dict[str, Any]) -> type[Any]:
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

    def complete(self, view: Any) -> Any:
        """Return *view*, which was filled, with what stood for an unread import looked up."""
        for name, put in self.setters:
            value = getattr(view, name)
            if type(value) is Late:
                put(view, value_of(value))
        return view

    def forward(self, target: object, view: Any = None) -> Any:
        """Return *view*, or a new one, showing the members of *target* as they are at each use."""
        early = view is not None
        if not early:
            view = object.__new__(self.forwarding)
        self.of(view, target)
        if early:
            view.__class__ = self.forwarding
            look_up_in(target)
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

    def __init__(self, unit: BodyUnit[..., Any], cls: type[Any], names: frozenset[str]) -> None:
        self.unit, self.cls = unit, cls

        def unborn(this: Any, name: str) -> Any:
            if name in names:
                raise self.uninitialized(name, "waiting")
            return object.__getattribute__(this, name)

        def unset(this: Any, name: str) -> Any:
            if name in names:
                raise self.uninitialized(name, "running")
            if fallback is not None:
                return fallback(this, name)
            raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")

        def uncomputed(name: str) -> property:
            def get(this: Any) -> Any:
                raise self.uninitialized(name, "running")

            return property(get)

        fallback: Callable[[Any, str], Any] | None = getattr(cls, "__getattr__", None)
        self.unborn = self._variant(__getattribute__=unborn)
        later = {name: uncomputed(name) for name in unit.computed_after}
        self.open = self._variant(__getattr__=unset, **later)

    def _variant(self, **extra: Any) -> type[Any]:
        cls = self.cls
        space = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
        metaclass: Any = type(cls)
        made: type[Any] = metaclass(cls.__name__, (cls,), {**space, **extra})
        return made

    def uninitialized(self, name: str, progress: str) -> UninitializedError:
        """Return the error about *name*, told of the signature that asks for it."""
        unit = self.unit
        owners = [e.signature for e in unit.exports if name in member_names(e.signature)]
        member = f"{owners[0].__name__}.{name}"
        return UninitializedError(member, unit.name, unit.location, progress)

    def make(self) -> tuple[Any]:
        """Return an object that exists, and of which nothing can be read yet."""
        return (object.__new__(self.unborn),)

    def initialize(self, thing: Any, arguments: Any, keywords: Mapping[str, Any]) -> None:
        """Run ``__init__``; what it has put on *thing* can be read at once."""
        thing.__class__ = self.open
        self.cls.__init__(thing, *arguments, **keywords)
        thing.__class__ = self.cls
        look_up_in(thing)


def expect(late: Late) -> bool:
    """Have *late* replaced by its value when the body that defines that ends; tell if one is to."""
    of = _expected(late)
    if of is not None:
        of.waiting.lates.append(late)
    return of is not None


def is_ending(late: Late) -> bool:
    """Tell whether the body that defines *late* has ended, and what it defined is being taken."""
    of = _expected(late)
    return of is not None and of.waiting.is_ending()


def _expected(late: Late) -> Expected | None:
    """Return what *late* waits for, behind whatever passes it on."""
    component, name = source_of(late)
    while isinstance(of := behind(component), Passing):
        component, name = of.source(name)
    return of if isinstance(of, Expected) else None


class Passing:
    """The base of what a view shows whose members are those of other components."""

    __slots__ = ()

    def source(self, name: str) -> tuple[Any, str]:
        """Return which component's member the member *name* is, and how it is called there."""
        raise NotImplementedError  # pragma: no cover - each has its own


class Changing:
    """The base of what a view shows whose members may be assigned anew while it is in use."""

    __slots__ = ()

    def may_change(self) -> bool:
        """Tell whether that is so for this one."""
        return True


def may_change(component: Any) -> bool:
    """Tell whether the members of *component* may be assigned anew, so that one must look again."""
    of = behind(component)
    return isinstance(of, Changing) and of.may_change()


def behind(component: Any) -> Any:
    """Return what *component* shows, through however many views: an importer's own is one more."""
    while isinstance(component, View):
        component = _of(component)
    return component


def shown_by(component: Any) -> Any:
    """Return what *component* shows just as it is: nothing if it is no view, or one that checks."""
    is_plain = isinstance(component, View) and not hasattr(type(component), "_guards")
    return _of(component) if is_plain else None


_of = operator.attrgetter("_of")


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


def unborn_of(unit: BodyUnit[..., Any], cls: type[Any]) -> Unborn:
    """Return the early classes of *unit*, made on first use."""
    known: Unborn | None = unit.__dict__.get("_unborn")
    if known is None:
        with _making:
            known = unit.__dict__.get("_unborn")
            if known is None:
                names = frozenset(n for e in unit.exports for n in member_names(e.signature))
                known = unit.__dict__["_unborn"] = Unborn(unit, cls, names)
    return known
