"""What a class statement with signatures among its bases makes, at run time."""

from __future__ import annotations

import linecache
import pickle
from typing import Generic, TypeVar

import pytest
from zope.interface import Interface, implementer, providedBy, verify

from signatures import Signature, SignatureError, members, provides

T = TypeVar("T")


class IPress(Signature):
    """Prints sheets."""

    def print(self, sheets: int, *, ink: str = "black") -> list[str]: ...
    @property
    def name(self) -> str: ...


class IColourPress(IPress, Signature):
    inks: tuple[str, ...]

    async def mix(self, *colours: str) -> str: ...


class Heidelberg(IPress):
    name = "Heidelberg"

    def print(self, sheets: int, *, ink: str = "black") -> list[str]:
        return [ink] * sheets


class IPlain(Interface):
    """An interface as zope's users write it."""

    def fold(sheet):
        """Fold one sheet."""


def test_a_signature_is_a_zope_interface() -> None:
    """zope's own tools accept a signature and what implements it."""
    assert IPress in providedBy(Heidelberg())
    assert verify.verifyObject(IPress, Heidelberg())
    assert IPress["print"].getSignatureString() == "(sheets)"
    assert IPress.__doc__ == "Prints sheets."


def test_naming_signature_again_extends() -> None:
    """A provider of the extending signature provides the extended one, not the reverse."""
    assert IColourPress.extends(IPress)
    assert not IPress.extends(IColourPress)
    assert list(members(IColourPress)) == ["print", "name", "inks", "mix"]


def test_without_signature_a_class_implements() -> None:
    """A class with a signature among its bases is an ordinary class that provides it."""
    press = Heidelberg()
    assert isinstance(Heidelberg, type)
    assert provides(press, IPress)
    assert not provides(press, IColourPress)
    assert vars(press) == {}


def test_the_mixin_adds_no_slots() -> None:
    """Implementing a signature leaves a slotted class slotted."""

    class Slotted(IPress):
        __slots__ = ("name",)

    assert not hasattr(Slotted(), "__dict__")


def test_several_signatures_are_declared_in_the_order_of_the_bases() -> None:
    """The order of the bases is the order of what a class implements."""

    class IOne(Signature): ...

    class ITwo(Signature): ...

    class Both(ITwo, IOne): ...

    assert list(providedBy(Both())) == [ITwo, IOne]


def test_a_subclass_of_an_implementation_implements() -> None:
    """What a class implements, its subclasses do."""

    class Windmill(Heidelberg): ...

    assert provides(Windmill(), IPress)


def test_a_plain_interface_can_be_extended_in_either_order() -> None:
    """A zope interface and Signature together make a signature."""

    class IOne(IPlain, Signature):
        def trim(self) -> None: ...

    class ITwo(Signature, IPlain):
        def trim(self) -> None: ...

    assert [list(members(i)) for i in (IOne, ITwo)] == [["fold", "trim"]] * 2
    assert type(IOne) is type(ITwo) is type(IPress)


def test_a_plain_interface_is_implemented_as_zope_does_it() -> None:
    """zope's `implementer` and ours work on signatures and interfaces alike."""

    @implementer(IPlain, IPress)
    class Folder: ...

    assert provides(Folder(), IPlain)
    assert provides(Folder(), IPress)


def test_signatures_of_one_name_are_not_equal() -> None:
    """Signatures are nominal and generative: each declaration is a new one (rule S3)."""

    def declare() -> type[object]:
        class IAgain(Signature): ...

        return IAgain

    one, two = declare(), declare()
    assert one == one
    assert one != two
    assert len({one, two}) == 2


def test_a_signature_is_pickled_by_name() -> None:
    """Unpickling a module-level signature gives the very same one."""
    assert pickle.loads(pickle.dumps(IColourPress)) is IColourPress


def test_a_signature_knows_where_it_stands() -> None:
    """The location names file and line of the class statement."""
    file, _, line = IPress.location.rpartition(":")
    assert file == __file__
    assert linecache.getline(file, int(line)) == "class IPress(Signature):\n"


def test_unions_with_none_are_allowed_in_annotations() -> None:
    """``IPress | None`` and ``None | IPress`` can be evaluated."""
    assert (IPress | None) == (None | IPress)


def test_the_full_call_signature_is_kept() -> None:
    """Keyword-only parameters and async-ness, which zope loses, stay on the member."""
    assert (
        str(IPress["print"].signature) == "(sheets: 'int', *, ink: 'str' = 'black') -> 'list[str]'"
    )
    assert IColourPress["mix"].is_async
    assert IColourPress["mix"].varargs == "colours"
    assert not IPress["print"].is_async
    assert IColourPress["inks"].annotation == "tuple[str, ...]"


def test_static_and_class_methods_drop_what_is_their_own() -> None:
    """A static method has no self to drop; a class method drops its class."""

    class ITools(Signature):
        @staticmethod
        def measure(width: int) -> int: ...
        @classmethod
        def make(cls, size: int) -> None: ...

    assert ITools["measure"].positional == ("width",)
    assert ITools["make"].positional == ("size",)


class IBox(Signature[T]):
    def take(self) -> T: ...


class IIntBox(IBox[int], Signature):
    def put(self, value: int) -> None: ...


class IOldBox(Signature, Generic[T]):
    def take(self) -> T: ...


def test_a_generic_signature_is_one_signature_whatever_its_arguments() -> None:
    """``IBox[int]`` is implemented, extended and annotated as IBox."""

    class IntBox(IBox[int]):
        def take(self) -> int:
            return 1

    assert provides(IntBox(), IBox)
    assert list(members(IOldBox)) == list(members(IOldBox[int])) == ["take"]
    assert IIntBox.extends(IBox)
    assert list(members(IIntBox)) == ["take", "put"]
    assert repr(IBox[int]).endswith("IBox>[<class 'int'>]")


def test_a_member_is_declared_once() -> None:
    """A second declaration of a member is refused, an inherited one included (rule S2)."""
    with pytest.raises(SignatureError, match="declared twice: print"):

        class ITwice(Signature):
            def print(self) -> None: ...
            def print(self, sheets: int) -> None: ...  # noqa: F811 - on purpose

    with pytest.raises(SignatureError, match="declared by: IPress and IAgain"):

        class IAgain(IPress, Signature):
            def print(self, sheets: int) -> None: ...


def test_two_parents_may_share_an_ancestor_but_no_other_member() -> None:
    """A diamond is one declaration; equal names of different origin are two."""

    class ILeft(IPress, Signature): ...

    class IRight(IPress, Signature): ...

    class IDiamond(ILeft, IRight, Signature): ...

    class IOther(Signature):
        def print(self) -> None: ...

    assert list(members(IDiamond)) == ["print", "name"]
    with pytest.raises(SignatureError, match="member: print"):

        class IClash(IPress, IOther, Signature): ...


def test_a_body_holds_members_only() -> None:
    """A value in the body is refused, with what to write instead."""
    with pytest.raises(SignatureError, match=r"not a member: sheets = 3\n  hint: .*`sheets: int`"):

        class ICounted(Signature):
            sheets = 3


def test_a_signature_extends_signatures_only() -> None:
    """A class among the bases of a signature is refused."""
    with pytest.raises(TypeError):

        class IWrong(Heidelberg, Signature): ...


def test_a_long_chain_of_signatures_works_under_the_default_recursion_limit() -> None:
    """More levels of extending than Python's stack has are no problem for `members`."""
    below = IPress
    for number in range(1100):
        below = type(IPress)(f"I{number}", (below,), {f"m{number}": _member()})
    assert len(members(below)) == 1102


def _member():  # type: ignore[no-untyped-def]
    def m(self) -> None: ...

    return m


def test_a_method_takes_self_first() -> None:
    """One written as zope writes it would lose its first parameter, so it is refused."""
    hint = r"method: def order\(text, copies=1\)\n  hint: def order\(self, text, copies=1\)"
    with pytest.raises(SignatureError, match=hint):

        class IOrder(Signature):
            def order(text: str, copies: int = 1) -> None: ...  # type: ignore[misc]

    with pytest.raises(SignatureError, match=r"hint: def close\(self\)"):

        class IClose(Signature):
            def close() -> None: ...  # type: ignore[misc]

    class IFree(Signature):
        def first(__anything, n: int) -> None: ...  # type: ignore[misc]
        def second(*arguments: object) -> None: ...  # type: ignore[misc]

    assert {*members(IFree)} == {"first", "second"}


def test_a_signature_is_not_made_into_an_object() -> None:
    """Called with nothing it says what to call; called with an object it adapts, as in zope."""

    class INothing(Signature): ...

    class Nothing(INothing): ...

    with pytest.raises(SignatureError, match="no objects of its own"):
        INothing()  # type: ignore[misc]
    thing = Nothing()
    assert INothing(thing) is thing  # type: ignore[misc, call-arg]
    assert INothing(object(), None) is None  # type: ignore[misc, call-arg]
