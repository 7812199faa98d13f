"""`draw`, `order` and `explain`: what there is to know of a linkage."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.units.cli.conftest import Run
from units import draw


def test_a_unit_is_drawn_as_text(run: Run) -> None:
    """As `units.draw` does it."""
    drawn = run("draw", "shop:program").out
    assert drawn == f"{draw(sys.modules['shop'].program)}\n"


@pytest.mark.parametrize(
    ("name", "start"),
    [("p.svg", "<svg"), ("p.mmd", "flowchart"), ("p.dot", "digraph"), ("p.txt", "program\n")],
)
def test_the_ending_of_the_file_tells_the_notation(
    run: Run, project: Path, name: str, start: str
) -> None:
    """Unless it is said."""
    assert run("draw", "shop:program", "-o", name).out == ""
    assert (project / name).read_text(encoding="utf-8").startswith(start)
    told = run("draw", "shop:program", "-o", name, "--as", "mermaid")
    assert told.status == 0
    assert (project / name).read_text(encoding="utf-8").startswith("flowchart")


def test_compounds_are_opened_to_the_depth(run: Run) -> None:
    """Which is a number."""
    assert "subgraph" not in run("draw", "shop:program", "--as", "mermaid", "--depth", "0").out
    assert run("draw", "shop:office", "--as", "mermaid").out.count("subgraph") == 2
    done = run("draw", "shop:program", "--depth", "deep")
    assert (done.status, "a depth is a number" in done.err) == (2, True)


def test_a_file_that_cannot_be_written(run: Run, project: Path) -> None:
    """Is told as a mistake."""
    done = run("draw", "shop:program", "-o", str(project / "none" / "p.svg"))
    assert done.status == 2
    assert "cannot write the file" in done.err


def test_without_graphviz_an_svg_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    done = run("draw", "shop:program", "--as", "svg")
    assert done.status == 2
    assert "pip install 'netsmtp[draw]'" in done.err


def test_the_order_is_that_of_the_bodies(run: Run) -> None:
    """Those in compounds, too, with the number of their place."""
    done = run("order", "shop:office")
    lines = [line.partition(" (")[0] for line in done.out.splitlines()]
    assert lines == ["1.1  Stack", "1.2  Letterpress", "2    Desk"]
    told = json.loads(run("order", "shop:office", "--as", "json").out)
    assert [step["unit"] for step in told] == ["Stack", "Letterpress", "Desk"]


def test_a_unit_with_a_body_has_an_order_of_one(run: Run) -> None:
    """Itself."""
    assert run("order", "shop:Black").out.startswith("Black (")


def test_a_registry_links_what_is_asked_for(run: Run) -> None:
    """By signature, and by name where there are several."""
    assert "2  Letterpress" in run("order", "shop:registry", "IPress").out
    assert "1  Red" in run("order", "shop:registry", "IInk", "--named", "red").out


def explained(run: Run, *arguments: str) -> str:
    """Return what is explained, without the places."""
    done = run("explain", *arguments)
    assert done.status == 0
    return re.sub(r" \([^()]*:\d+\)", "", done.out)


def test_the_only_supplier(run: Run) -> None:
    """And that it supplies by extending the signature."""
    assert explained(run, "shop:office", "IPress") == (
        "IPress in shop:office\n"
        "  1.2 Letterpress exports it\n"
        "  2 Desk imports IPress\n"
        "    from: 1.2 Letterpress\n"
        "    why: it is the only one in office that exports it, by extending it\n"
        "  could be linked: shop:TwoColour, shop:program, shop:poster\n"
    )


def test_one_of_several(run: Run) -> None:
    """Who else could supply it."""
    assert explained(run, "shop:poster", "IInk") == (
        "IInk in shop:poster\n"
        "  1 Black exports it\n"
        "  2 Red exports it\n"
        "  3 TwoColour imports IInk (tag first)\n"
        "    from: 1 Black\n"
        "    why: of 2 in poster it was named, by a Link\n"
        "    instead: 2 Red\n"
        "  3 TwoColour imports IInk\n"
        "    from: 2 Red\n"
        "    why: of 2 in poster it was named, by a Link\n"
        "    instead: 1 Black\n"
    )


def test_from_outside(run: Run) -> None:
    """Through each compound that imports it."""
    assert explained(run, "shop:office", "IInk") == (
        "IInk in shop:office\n"
        "  1.2 Letterpress imports IInk\n"
        "    from: nobody inside\n"
        "    why: room imports it, and office imports it\n"
        "  could be linked: shop:Black, shop:Red\n"
    )


def test_from_nobody(run: Run) -> None:
    """An optional import may stay unsupplied."""
    assert "why: it is optional, and no unit linked in program exports it\n" in explained(
        run, "shop:program", "IPaper"
    )


def test_a_unit_alone(run: Run) -> None:
    """What it exports, and that others decide on its imports."""
    assert "  Letterpress exports it\n" in explained(run, "shop:Letterpress", "IPress")
    text = explained(run, "shop:Letterpress", "IInk")
    assert "    why: whoever links or invokes Letterpress decides\n" in text


def test_a_signature_that_does_not_occur(run: Run) -> None:
    """It says so; one of another module is named with it."""
    text = explained(run, "shop:program", "netsmtp.smtp_sig:ISmtp")
    assert text == "ISmtp in shop:program\n  no unit in it exports or imports it\n"


def test_a_registry_tells_who_is_registered(run: Run) -> None:
    """Under which names."""
    text = explained(run, "shop:registry", "IInk")
    assert "  registered: (plain) Black\n  registered: red Red\n" in text


def test_a_registry_that_cannot_decide_says_so(run: Run, project: Path) -> None:
    """Beside the implementations that have a name."""
    (project / "several.py").write_text(
        "from shop import *\nfrom signatures import Signature\n"
        "class IOther(IPress, Signature): ...\n"
        "@unit\nclass Other(IOther):\n    def press(self) -> str: return ''\n"
        "registry = Registry()\nregistry.register(Letterpress)\nregistry.register(Other)\n"
        "registry.register(TwoColour, name='two')\nregistry.register(Black)\n",
        encoding="utf-8",
    )
    text = explained(run, "several:registry", "IPress", "--named", "two")
    assert "  registered: (plain): several registered units extend the signature\n" in text
    assert "  registered: two TwoColour\n" in text


def test_explanations_are_data_for_programs(run: Run) -> None:
    """The same facts as JSON."""
    told = json.loads(run("explain", "shop:poster", "IInk", "--as", "json").out)
    first, second = told["imports"]
    assert (first["imports"], first["from"]) == ("IInk (tag first)", "1 Black")
    assert second["instead"] == ["1 Black"]
