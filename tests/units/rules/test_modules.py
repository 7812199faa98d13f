"""Rules L1-L2: a module that is one unit, and a module that is one signature."""

from __future__ import annotations

import importlib
import itertools
import textwrap
from pathlib import Path
from typing import Any

import pytest

from signatures import SignatureError, module_signature
from signatures._members import members
from tests.units.rules.small import IA, IX, IGet, offers
from units import DefinitionError, LinkError, module_unit
from units.racket import (
    compound_unit,
    define_values_invoke_unit,
    define_values_invoke_unit_infer,
    exports,
    invoke_unit,
    invoke_unit_infer,
    is_unit,
    signature_members,
    unit,
)

_number = itertools.count()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that writes a module and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(stem: str, text: str) -> str:
        name = f"rules_l{next(_number)}_{stem}"
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        importlib.invalidate_caches()
        return name

    return write


class TestL1:
    """A module's text is the body of a unit; its clauses stand at the top."""

    def test_L1_lang_unit_name(self, module: Any) -> None:
        """The module is a unit, and each invocation runs its text anew."""
        made = module_unit(module("toy_factory_unit", "x = 41\n"), exports=[IX])
        ns: dict[str, Any] = {}
        define_values_invoke_unit_infer(made, namespace=ns)
        assert is_unit(made)
        assert ns == {"x": 41}

    def test_L1_lang_unit_noname(self, module: Any) -> None:
        """Any module will do, with no clauses at all; what its last expression is, is its result."""
        name = module("gadget", '"""A gadget."""\n"gadget-" + "result"\n')
        assert invoke_unit(module_unit(name)) == "gadget-result"

    def test_L1_result_is_named(self, module: Any) -> None:
        """A result can be named as in any unit, and exports do not hide it."""
        name = module("both", "x = 1\n__result__ = 2\n")
        assert invoke_unit(module_unit(name, exports=[IX])) == 2
        assert invoke_unit(module_unit(name)) == 2

    def test_L1_lang_unit_only_suffix(self, module: Any) -> None:
        """The unit goes by the whole name of the module."""
        name = module("my_unit_thing_unit", "x = 1\n")
        assert module_unit(name).name == name
        assert module_unit(name, name="thing").name == "thing"

    def test_L1_lang_unit_uses_sig(self, module: Any) -> None:
        """Its clauses name signatures that it imports from elsewhere."""
        name = module(
            "simple_factory_unit",
            """
            from tests.units.rules.small import IXY

            __exports__ = [IXY]

            def x(n): return ["blue"] * n
            def y(toy, color): return color
            """,
        )
        ns: dict[str, Any] = {}
        define_values_invoke_unit_infer(module_unit(name), namespace=ns)
        assert (ns["x"](2), ns["y"]("blue", "red")) == (["blue", "blue"], "red")

    def test_L1_lang_unit_initdep(self, module: Any) -> None:
        """Its init-depend clause is one like any other."""
        name = module(
            "dep_unit",
            """
            from tests.units.rules.small import IA

            __imports__ = [IA]
            __init_depend__ = [IA]

            a * 2
            """,
        )
        dep, four = module_unit(name), offers(IA, a=4)
        assert invoke_unit_infer([four, dep]) == 8
        with pytest.raises(LinkError, match="supplied from a later unit"):
            compound_unit(link=[({}, dep, ["A"]), ({"A": IA}, four, [])])

    def test_L1_context_is_read_at_each_use(self, module: Any) -> None:
        """Imports of a module from a namespace are references, too (rule V3)."""
        name = module("getter_unit", "def get(): return x\n")
        ns: dict[str, Any] = {"x": 1}
        made = module_unit(name, imports=[IX], exports=[IGet])
        define_values_invoke_unit(made, imports=[IX], exports=[IGet], namespace=ns)
        ns["x"] = 2
        assert ns["get"]() == 2

    def test_L1_lang_unit_code_before_import(self, module: Any) -> None:
        """Only imports may stand before the clauses."""
        name = module("bad_unit", "x = 1\n__imports__ = []\n")
        with pytest.raises(DefinitionError, match="a clause stands after other statements"):
            module_unit(name)

    def test_L1_undefined_export(self, module: Any) -> None:
        """What the text does not define is missed without running it."""
        with pytest.raises(DefinitionError, match="undefined export"):
            module_unit(module("short_unit", "y = 1 // 0\n"), exports=[IX])


class TestL2:
    """A module's annotated names and functions are the members of a signature."""

    def test_L2_lang_sig_name(self, module: Any) -> None:
        """``point_sig`` declares ``IPoint``."""
        name = module("point_sig", "px: int\npy: int\n")
        IPoint = module_signature(importlib.import_module(name))
        origin = unit(lambda: exports(px=0, py=1), exports=[IPoint])
        ns: dict[str, Any] = {}
        define_values_invoke_unit_infer(origin, namespace=ns)
        assert ns == {"px": 0, "py": 1}
        assert IPoint.__name__.endswith("Point")

    def test_L2_lang_sig_noname(self, module: Any) -> None:
        """Without the suffix the whole name is taken; a name can be given."""
        found = importlib.import_module(module("shape", "area: int\n"))
        assert module_signature(found).__name__.endswith("Shape")
        assert module_signature(found, "IArea").__name__ == "IArea"

    def test_L2_lang_sig_elems(self, module: Any) -> None:
        """Members may be contracted, and computed for importers."""
        name = module(
            "acc_sig",
            """
            from signatures import contracted, derived

            @contracted
            def add(n: int) -> None: ...
            def items() -> list: ...
            @derived
            def latest(acc): return acc.items()[-1]
            """,
        )
        IAcc = module_signature(importlib.import_module(name))

        def body() -> Any:
            kept: list[int] = []

            def add(n: int) -> None:
                kept.append(n)

            def items() -> list[int]:
                return list(kept)

            return exports(locals())

        ns: dict[str, Any] = {}
        define_values_invoke_unit_infer(unit(body, exports=[IAcc]), namespace=ns)
        ns["add"](1)
        ns["add"](2)
        assert [ns["items"](), ns["latest"]()] == [[1, 2], 2]
        assert signature_members(IAcc) == (None, ("add", "items"), ("latest",), ())
        assert "contracted" in members(IAcc)["add"].marks

    def test_L2_it_is_a_new_signature_each_time(self, module: Any) -> None:
        """A signature is made by asking for it; ask once and keep it."""
        found = importlib.import_module(module("twice", "x: int\n"))
        assert module_signature(found) is not module_signature(found)
        with pytest.raises((SignatureError, KeyError)):
            module_signature("no such module")
