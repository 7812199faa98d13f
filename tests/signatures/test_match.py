"""Structural matching: every difference between what is asked and what is there."""

from __future__ import annotations

from functools import partial, wraps
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from zope.interface import Interface

from signatures import Signature
from signatures._calls import parameters
from signatures._match import class_mismatches, object_mismatches
from signatures._members import method


class IPress(Signature):
    def print(self, sheets: int, ink: str = "black", *, both: bool = False) -> None: ...


def differences(function: Any) -> str:
    """Return what is wrong with a class whose ``print`` is *function*."""
    return "; ".join(m.got for m in class_mismatches(IPress, type("P", (), {"print": function})))


def exactly(self, sheets, ink="black", *, both=False): ...


def more(self, sheets, ink="black", extra=1, *, both=False, **rest): ...


def anything(self, *args, **kwargs): ...


def positional_both(self, sheets, ink="black", both=False): ...


@pytest.mark.parametrize("function", [exactly, more, anything, positional_both])
def test_what_can_be_called_as_promised_matches(function: Any) -> None:
    """More freedom than promised is no difference."""
    assert differences(function) == ""


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda self, ink, sheets, *, both=False: 0, "parameter 1 is named ink, not sheets"),
        (lambda self, sheets, ink, *, both=False: 0, "requires ink, which .* lets callers leave"),
        (lambda self, sheets, *, both=False: 0, "does not take parameter ink"),
        (lambda self, sheets, ink="", /, *, both=0: 0, "sheets cannot be passed by keyword"),
        (lambda self, sheets, ink="": 0, "does not take keyword both"),
        (lambda self, sheets, ink="", *, both=0, x: 0, "requires x, which the signature does not"),
        (lambda self, *a, both=0: 0, "sheets cannot be passed by keyword"),
        (3, "int, not callable"),
    ],
)
def test_each_way_a_promised_call_would_fail_is_named(function: Any, said: str) -> None:
    """The message names the parameter and what would go wrong with it."""
    import re

    assert re.search(said, differences(function))


def test_a_forgotten_self_is_named() -> None:
    """The first parameter then has the name of one that is passed."""

    def without_self(sheets, ink="black", *, both=False): ...

    assert "takes sheets as self; parameter 1 is named ink" in differences(without_self)


def test_everything_is_reported_at_once() -> None:
    """All members are compared, and all parameters of each."""

    class IWide(Signature):
        def fold(self, times: int) -> None: ...
        def trim(self) -> None: ...
        @property
        def name(self) -> str: ...

    class Shop:
        def fould(self, times): ...
        def trim(self, sheet, edge): ...

    found = class_mismatches(IWide, Shop)
    assert [m.member for m in found] == ["fold", "trim", "name"]
    assert found[0].near == "fould"
    assert "requires sheet" in found[1].got
    assert "requires edge" in found[1].got
    assert str(found[2]) == "IWide.name: wanted data member, got nothing in class Shop"


def test_awaiting_is_part_of_the_promise() -> None:
    """An async function cannot stand in for a plain one, nor a plain one for an async one."""

    class IAsync(Signature):
        async def go(self) -> None: ...
        def stay(self) -> None: ...

    class Wrong:
        def go(self) -> None: ...
        async def stay(self) -> None: ...

    class Right:
        async def go(self) -> None: ...
        def stay(self) -> None: ...

    said = [m.got for m in class_mismatches(IAsync, Wrong)]
    assert said == ["go(): is not async", "async def stay(): is async"]
    assert [m.member for m in object_mismatches(IAsync, Wrong())] == ["go", "stay"]
    assert class_mismatches(IAsync, Right) == object_mismatches(IAsync, Right()) == []


def test_a_plain_function_that_says_it_returns_something_to_await_is_believed() -> None:
    """A wrapper around a coroutine function matches an async member."""

    class IAsync(Signature):
        async def go(self) -> None: ...

    class Annotated:
        def go(self) -> Awaitable[None]: ...  # noqa: F821

    class Wrapped:
        @wraps(lambda self: None)
        def go(self) -> None: ...

    assert class_mismatches(IAsync, Annotated) == class_mismatches(IAsync, Wrapped) == []


class INamed(Signature):
    @property
    def name(self) -> str: ...


def _by_init(self) -> None:
    self.name = "x"


def _by_setattr(self) -> None:
    setattr(self, "na" + "me", "x")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": property(lambda self: "x")},
        {"__annotations__": {"name": str}},
        {"__slots__": ("name",)},
        {"__init__": _by_init},
        {"__init__": _by_setattr},
        {"__getattr__": lambda self, name: "x"},
    ],
)
def test_data_members_may_come_from_anywhere_in_the_class(body: dict[str, Any]) -> None:
    """Attribute, property, annotation, slot, ``self.name =``, or made up: all count."""
    assert class_mismatches(INamed, type("Named", (), body)) == []


def reads_of_another(self, date):
    return date.name


def calls_another(self, date):
    return date.today().name()


def is_a_global(self):
    return name  # noqa: F821


def reads_of_self(self):
    return self.name.upper()


def assigns_after_much(self):
    self.a = self.b = self.c = 1
    other = self
    other.name = "x"


@pytest.mark.parametrize(
    ("method", "is_said"),
    [
        (reads_of_another, False),
        (calls_another, False),
        (is_a_global, False),
        (reads_of_self, True),
        (assigns_after_much, True),
    ],
)
def test_to_mention_a_name_is_not_to_have_it(method: Any, is_said: bool) -> None:
    """A misspelt member is not taken for one because it asks something else for the right name."""
    made = type("P", (), {"naem": method})
    assert [m.near for m in class_mismatches(INamed, made)] == ([] if is_said else ["naem"])


def test_static_class_and_odd_methods_are_compared_without_what_is_their_own() -> None:
    """staticmethod, classmethod and callables with their own signature."""

    class IFold(Signature):
        def fold(self, times): ...

    class Static:
        @staticmethod
        def fold(times): ...

    class Class:
        @classmethod
        def fold(cls, times): ...

    class ByProperty:
        @property
        def fold(self): ...

    class ByPartial:
        fold = partial(lambda size, times: None, 3)

    class Bad:
        fold = staticmethod(lambda: None)

    for good in (Static, Class, ByProperty, ByPartial):
        assert class_mismatches(IFold, good) == []
    assert class_mismatches(IFold, Bad)
    assert object_mismatches(IFold, Static()) == []


def test_plain_interfaces_promise_arity_only() -> None:
    """Implementers of a zope interface may rename parameters, not drop or add them."""

    class IPlain(Interface):
        def fold(sheet, times=1):
            """Fold."""

    class Renamed:
        def fold(self, paper, n=2): ...

    class Short:
        def fold(self, paper): ...

    assert class_mismatches(IPlain, Renamed) == []
    assert class_mismatches(IPlain, Short)[0].got == "fold(paper): does not take parameter times"


names = st.sampled_from("abcd")


@st.composite
def parameter_lists(draw: Any) -> str:
    """Return the text of a parameter list after ``self``."""
    positional = draw(st.lists(names, unique=True, max_size=3))
    keyword = draw(st.lists(st.sampled_from("wxyz"), unique=True, max_size=2))
    defaults = draw(st.integers(0, len(positional)))
    text = [n if i < len(positional) - defaults else f"{n}=0" for i, n in enumerate(positional)]
    star = draw(st.sampled_from(["", "*rest"]))
    if star or keyword:
        text.append(star or "*")
    text += [f"{n}=0" if draw(st.booleans()) else n for n in keyword]
    if draw(st.booleans()):
        text.append("**more")
    return ", ".join(text)


def _class(text: str) -> type:
    space: dict[str, Any] = {}
    exec(f"def m(self{', ' if text else ''}{text}): return 1", space)
    return type("C", (), {"m": space["m"]})


@given(parameter_lists())
def test_matching_is_reflexive(text: str) -> None:
    """What is declared exactly as the signature matches it."""
    asked = type(IPress)("ILaw", (), {"m": _class(text).__dict__["m"]})
    assert class_mismatches(asked, _class(text)) == []


@given(parameter_lists(), parameter_lists())
def test_a_match_accepts_every_call_that_python_accepts_for_the_signature(a: str, b: str) -> None:
    """If an implementation matches, no call allowed by the signature raises TypeError."""
    asked, offered = _class(a), _class(b)
    if class_mismatches(type(IPress)("ILaw", (), {"m": asked.__dict__["m"]}), offered):
        return
    for count in range(5):
        for keywords in ({}, dict.fromkeys("wxyz", 1), {"w": 1}, {"x": 1}, {"a": 1}, {"b": 1}):
            try:
                asked().m(*range(count), **keywords)
            except TypeError:
                continue
            offered().m(*range(count), **keywords)


@given(parameter_lists(), st.sampled_from([0, 1]))
@example("/, a, *, w", 1)
@example("a, /, b=0, *rest, w=0, x, **more", 1)
def test_a_plain_function_tells_what_inspect_says(text: str, bound: int) -> None:
    """The quick way of reading it finds what the library's does, which also sees through wraps."""
    function = _class(text).__dict__["m"]
    wrapping = wraps(function)(lambda *given, **keywords: 1)
    assert parameters(function, bound) == parameters(wrapping, bound)
    quick, slow = method("m", function, bound), method("m", wrapping, bound)
    assert quick.getSignatureInfo() == slow.getSignatureInfo()
    assert quick.signature == slow.signature


def test_self_may_have_a_default() -> None:
    """It is no parameter of the member all the same."""

    def m(self: Any = None, paper: int = 3) -> None: ...

    told: Any = method("m", m, 1)
    assert told.getSignatureString() == "(paper=3)"
    assert method("m", lambda self=None: 1, 1).optional == {}


def test_self_may_be_among_the_rest() -> None:
    """A method need not name its object; what comes after it is compared all the same."""

    def offered(*given: Any, ink: str) -> None: ...

    def other(*given: Any, paper: str) -> None: ...

    asked = type(IPress)("IRest", (), {"print": offered})
    assert parameters(offered, 1) == [("ink", "str", False, True)]
    assert class_mismatches(asked, type("Same", (), {"print": offered})) == []
    found = class_mismatches(asked, type("Other", (), {"print": other}))
    assert [m.got.partition(": ")[2] for m in found] == [
        "does not take keyword ink; requires paper, which the signature does not pass"
    ]


def test_a_parameter_that_may_arrive_twice_is_a_difference() -> None:
    """By position and, where the signature passes any keyword, by its name."""

    class IAny(Signature):
        def m(self, *rest: int, **more: int) -> None: ...
        def n(self, first: int, /, **more: int) -> None: ...

    class Named:
        def m(self, a=0, *rest, **more): ...
        def n(self, first, **more): ...

    class Apart:
        def m(self, a=0, /, *rest, **more): ...
        def n(self, first, /, **more): ...

    assert [str(m).partition(": ")[2] for m in class_mismatches(IAny, Named)] == [
        "wanted m(*rest, **more), got m(a=0, *rest, **more): "
        "a may be passed by position and, as one of the keywords, again",
        "wanted n(first, /, **more), got n(first, **more): "
        "first may be passed by position and, as one of the keywords, again",
    ]
    assert class_mismatches(IAny, Apart) == []
