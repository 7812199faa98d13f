"""Modules as units, and names bound in a namespace from what a unit exports."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from signatures import Signature, for_export
from units import (
    DefinitionError,
    InvokeError,
    Link,
    UninitializedError,
    define_into,
    except_,
    exports,
    invoke,
    invoke_result,
    link,
    module_unit,
    only,
    part,
    prefix,
    rename,
    tag,
    unit,
)


class IInk(Signature):
    colour: str


class IPress(Signature):
    copies: int

    def print(self, text: str) -> str: ...


class IBinder(Signature):
    def bind(self) -> str: ...


Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return what writes a module of a name with a text, and returns the name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(f"from {__name__} import *\n{text}")
        return name

    return write


__all__ = ["IBinder", "IInk", "IPress", "except_", "prefix", "rename", "tag"]

black = unit(lambda: exports(colour="black"), exports=[IInk], name="black")

PRESS = """
__imports__ = [IInk]
__exports__ = [IPress]
__init_depend__ = [IInk]

copies = 0
first = colour


def print(text):
    global count
    count = len(text)
    return f"{text} in {colour}"
"""


def test_a_module_is_a_unit(write: Write) -> None:
    """Its clauses stand at its top; what it imports are names that it uses, as builtins are."""
    u = module_unit(write("a_press", PRESS))
    assert [str(each) for each in (*u.imports, *u.exports, *u.init_depend)] == [
        "IInk",
        "IPress",
        "IInk",
    ]
    press = invoke(link(black, u, exports=IPress))
    assert (press.print("text"), press.copies) == ("text in black", 0)
    assert "a_press" not in sys.modules


def test_every_invocation_runs_the_text_anew(write: Write) -> None:
    """In a namespace of its own."""
    name = write(
        "a_counter",
        "__exports__ = [IPress]\ncopies, made = 0, []\n"
        "def print(text):\n    made.append(text)\n    return str(len(made))\n",
    )
    one, two = invoke(module_unit(name)), invoke(module_unit(name))
    assert [one.print("a"), one.print("b"), two.print("c")] == ["1", "2", "1"]


def test_an_imported_module_can_be_passed(write: Write) -> None:
    """What it is already stays as it is."""
    name = write("a_plain_ink", "colour = 'red'\n")
    module = __import__(name)
    module.colour = "changed"
    u = module_unit(module, exports=[IInk], name="ink")
    assert (u.name, u.location) == ("ink", f"{module.__file__}:1")
    assert invoke(u).colour == "red"
    sys.modules.pop(name)


def test_clauses_may_be_passed(write: Write) -> None:
    """Adjusted and tagged as everywhere."""
    name = write("a_bare_press", "out_copies = 2\ndef out_print(text): return text + in_colour\n")
    u = module_unit(
        name,
        imports=[tag("t", prefix("in_", IInk))],
        exports=[prefix("out_", IPress)],
        init_depend=[tag("t", IInk)],
    )
    ink = Link(IInk)
    press = invoke(link(part(black, as_=ink), part(u, tag("t", ink)), exports=IPress))
    assert (press.print("in "), press.copies) == ("in black", 2)


def test_several_exports(write: Write) -> None:
    """Each from the same namespace."""
    name = write(
        "a_shop",
        "__exports__ = [IPress, IInk]\ncopies, colour = 1, 'blue'\ndef print(text): return text\n",
    )
    press, ink = invoke(module_unit(name))
    assert (press.copies, ink.colour) == (1, "blue")
    assert invoke_result(module_unit(name))[1] is None


BINDER = "__imports__ = [IInk]\n__exports__ = [IBinder]\ndef bind(): return colour\n"


def test_imports_of_a_module_are_read_when_they_are_used(write: Write) -> None:
    """Before that, its supplier need not have run; too early is an error, exactly there (U13)."""
    binder = module_unit(write("a_binder", BINDER))
    made = invoke(link(binder, black, exports=IBinder))
    assert made.bind() == "black"
    assert type(made.bind()) is str
    eager = module_unit(write("an_eager_binder", BINDER + "kept = [colour]\n"))
    with pytest.raises(UninitializedError, match=r"IInk\.colour: undefined"):
        invoke(link(eager, black, exports=IBinder))

    @unit
    def late_ink(binder: IBinder) -> IInk:
        with pytest.raises(UninitializedError):
            binder.bind()
        colour = "green"
        assert binder.bind() == "green"
        return exports(locals())

    assert invoke(link(binder, late_ink, exports=IBinder)).bind() == "green"


def test_exports_of_a_module_are_readable_while_it_runs(write: Write) -> None:
    """As far as its text has come (U13)."""
    name = write(
        "a_slow_ink",
        "__imports__ = [IBinder]\n__exports__ = [IInk]\n"
        "try: before = bind()\nexcept Exception as error: before = type(error).__name__\n"
        "colour = 'slow'\nafter = bind()\nassert (before, after) == ('UninitializedError', 'slow')\n",
    )

    @unit
    def binder(ink: IInk) -> IBinder:
        def bind() -> str:
            return ink.colour

        return exports(locals())

    assert invoke(link(binder, module_unit(name), exports=IInk)).colour == "slow"


def test_names_that_nobody_defines_are_ordinary_errors(write: Write) -> None:
    """Also where imports are still awaited."""
    name = write("a_wrong_binder", BINDER + "missing\n")
    with pytest.raises(NameError, match="missing"):
        invoke(link(module_unit(name), black, exports=()))


class ICompleted(Signature):
    x: int

    @property
    @for_export
    def y(self) -> int:
        return 2 * self.x


def test_members_for_export_are_computed_after_the_text(write: Write) -> None:
    """Under whatever names (S10)."""
    name = write("a_completed", "p_x = 4\n")
    made = invoke(module_unit(name, exports=[prefix("p_", ICompleted)]))
    assert (made.x, made.y) == (4, 8)
    with pytest.raises(DefinitionError, match="a member is defined twice"):
        module_unit(write("a_doubled", "x = y = 4\n"), exports=[ICompleted])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "__exports__ = [IPress]\ncopies = 1\n",
            r"undefined export\n(.*\n)*  export: IPress.print",
        ),
        ("__exports__ = [5]\n", "an export is a signature"),
        ("__imports__ = [IInk, IInk]\n", "duplicate import signature"),
        ("__imports__ = [IInk]\n__init_depend__ = [IPress]\n", "dependency on unknown import"),
        ("__imports__ = [IInk]\n__exports__ = [IInk]\ncolour = 1\n", "an import is exported"),
        ("__imports__ = [IInk]\ncolour = 'red'\n", "definition for imported name"),
        ("__imports__ = [IInk]\ndef f():\n    global colour\n    colour = 1\n", "name is assigned"),
        (
            "__exports__ = [IInk]\ncolour = 1\ndef f():\n    global colour\n    colour = 2\n",
            r"an exported variable is assigned later\n(.*\n)*  assigned in: f",
        ),
    ],
)
def test_what_is_wrong_with_a_module_is_found_before_it_runs(
    write: Write, text: str, said: str
) -> None:
    """As for any unit."""
    name = write("a_wrong_module", f"{text}raise SystemExit\n")
    with pytest.raises(DefinitionError, match=said):
        module_unit(name)


def test_names_may_be_defined_in_blocks_and_by_imports(write: Write) -> None:
    """Wherever the text binds them; a class or a function inside keeps its own."""
    name = write(
        "a_blocky_module",
        "__exports__ = [IPress]\nif True:\n    from os.path import join as print\n"
        "for copies in range(3): pass\nclass Inner:\n    hidden = 1\nasync def later(): pass\n",
    )
    assert invoke(module_unit(name)).copies == 2


def test_a_module_without_text_is_refused() -> None:
    """So is a name that nothing has."""
    for module in ("sys", types.ModuleType("made_up"), "no_such_module_anywhere"):
        with pytest.raises(DefinitionError, match="the module has no text to run"):
            module_unit(module)


@unit
def shop() -> tuple[IInk, IPress]:
    colour, copies = "red", 3

    def print(text: str) -> str:
        return text

    __result__ = "open"
    return exports(locals())


def test_exports_are_bound_as_names() -> None:
    """All of them, or those asked for; the unit's result is returned."""
    space: dict[str, Any] = {"kept": 1}
    assert define_into(space, shop) == "open"
    assert sorted(space) == ["colour", "copies", "kept", "print"]
    space = {}
    define_into(
        space, shop, exports=[only(prefix("p_", IPress), "p_copies"), rename(IInk, c="colour")]
    )
    assert space == {"p_copies": 3, "c": "red"}
    space = {}
    assert define_into(space, unit(lambda: 5)) == 5
    assert space == {}


def test_components_are_passed_on() -> None:
    """As to `invoke`."""
    space: dict[str, Any] = {}
    copier = unit(
        lambda colour: exports(copies=1, print=lambda text: text + colour),
        imports=[IInk],
        exports=[IPress],
    )
    define_into(space, copier, invoke(black))
    assert space["print"]("very ") == "very black"


def test_a_sub_signature_and_a_tag_are_found() -> None:
    """By the rules of linking."""

    class IFinePress(IPress, Signature):
        serif: str

    fine = unit(
        lambda: exports(copies=1, print=lambda text: text, serif="Garamond"),
        exports=[tag("t", IFinePress)],
    )
    space: dict[str, Any] = {}
    define_into(space, fine, exports=[tag("t", IPress)])
    assert sorted(space) == ["copies", "print"]
    define_into(space, fine)
    assert space["serif"] == "Garamond"


@pytest.mark.parametrize(
    ("u", "asked", "said"),
    [
        (shop, [IBinder], r"supplies an export not at all\n(.*\n)*  it exports: IInk, IPress"),
        (unit(lambda: 5), [IInk], r"not at all\n(.*\n)*  it exports: nothing"),
        (shop, [tag("t", IInk)], "supplies an export not at all"),
        (shop, [5], "an export is a signature"),
        (shop, [IInk, IInk], "two members would be bound to one name\n(.*\n)*  name: colour"),
        (lambda: 5, None, "only a unit can be invoked"),
    ],
)
def test_nothing_is_bound_or_run_where_something_is_wrong(u: Any, asked: Any, said: str) -> None:
    """Everything wrong is told together."""
    space: dict[str, Any] = {}
    with pytest.raises(InvokeError, match=said):
        define_into(space, u, exports=asked)
    assert space == {}
