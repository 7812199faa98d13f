"""`check`: every problem, in each form, with the status that fails a build."""

from __future__ import annotations

import json
from pathlib import Path

from tests.units.cli.conftest import Run


def test_what_is_linked_is_well(run: Run) -> None:
    """It tells of how many units it consists, and what it still imports; no body has run."""
    done = run("check", "shop:program", "shop:office")
    assert done.status == 0
    assert done.out.splitlines() == [
        "shop:program: 2 units, linked; imports nothing",
        "shop:office: 2 units, linked; imports IInk",
    ]


def test_what_a_module_prints_is_no_part_of_the_answer(run: Run) -> None:
    """It goes to standard error, so that a program can read the rest."""
    done = run("check", "shop:program", "--as", "json")
    assert json.loads(done.out) == [{"target": "shop:program", "ok": True, "problems": []}]
    assert done.err == "imported\n"


def test_a_module_is_checked_whole(run: Run) -> None:
    """All its units and registries."""
    done = run("check", "shop")
    assert done.status == 1  # one of its registries is broken
    targets = [line.partition(": ")[0] for line in done.out.splitlines() if line.startswith("shop")]
    assert [target.removeprefix("shop:") for target in targets] == [
        *("Black", "Red", "Stack", "Letterpress", "Desk", "TwoColour"),
        *("program", "office", "poster", "registry", "broken"),
    ]


def test_a_module_without_units_says_so(run: Run) -> None:
    """It is no problem."""
    done = run("check", "json")
    assert (done.status, done.out) == (0, "json: no units and no registries\n")


def test_a_linkage_that_fails_while_it_is_imported_is_told_in_full(run: Run) -> None:
    """Every problem, and which line was reached."""
    done = run("check", "wrong")
    assert done.status == 1
    assert done.out.startswith("wrong (at wrong.py:6): 2 problems\n1. no linkage satisfies an imp")
    assert "2. no sub unit exports this signature\n  export: IPaper" in done.out


def test_other_targets_are_checked_all_the_same(run: Run) -> None:
    """One that fails while it is imported stops nothing."""
    done = run("check", "wrong:program", "shop:program")
    assert done.status == 1
    assert done.out.endswith("shop:program: 2 units, linked; imports nothing\n")


def test_programs_read_sentence_fields_and_place(run: Run) -> None:
    """As JSON; the place is where the unit stands that lacks something, else the link."""
    (told,) = json.loads(run("check", "wrong", "--as", "json").out)
    lacking, unknown = told["problems"]
    assert lacking["sentence"] == "no linkage satisfies an import"
    assert lacking["fields"]["import"] == "IInk"
    assert (lacking["file"], lacking["line"]) == ("shop.py", 21)
    assert (unknown["file"], unknown["line"]) == ("wrong.py", 6)


def test_github_shows_each_problem_beside_its_line(run: Run) -> None:
    """One workflow command for each; line breaks are written as GitHub wants them."""
    done = run("check", "wrong", "shop:program", "--as", "github")
    assert done.status == 1
    first, second = done.out.splitlines()
    assert first.startswith(
        "::error file=shop.py,line=21,title=wrong%3A no linkage satisfies an import::"
        "no linkage satisfies an import%0A  import: IInk%0A"
    )
    assert second.startswith("::error file=wrong.py,line=6,title=")


def test_where_nothing_is_wrong_github_is_told_nothing(run: Run) -> None:
    """No command, no output."""
    assert run("check", "shop:program", "--as", "github").out == ""


def test_a_registry_is_linked_for_all_it_has(run: Run) -> None:
    """What it lacks is told with the path to it."""
    assert run("check", "shop:registry").out == (
        "shop:registry: every registered unit can be linked\n"
    )
    done = run("check", "shop:broken")
    assert done.status == 1
    assert "path: IBigPress -> IInk" in done.out


def test_a_unit_that_must_be_complete_may_import_nothing(run: Run) -> None:
    """A program for example; a unit to be linked need not be."""
    assert run("check", "--complete", "shop:program").status == 0
    done = run("check", "--complete", "shop:office")
    assert done.status == 1
    assert "the unit is not complete\n  imports: IInk\n" in done.out


def test_what_is_no_unit_is_a_problem(run: Run) -> None:
    """It was named as one."""
    done = run("check", "shop:one")
    assert done.status == 1
    assert "this is neither a unit nor a registry\n  given: a Link" in done.out


def test_a_definition_that_is_wrong_is_told_like_a_linkage(run: Run, project: Path) -> None:
    """And so is a signature."""
    (project / "bad_unit.py").write_text(
        "from shop_sig import IInk\nfrom units import unit\n\n@unit\nclass Bad(IInk): ...\n"
    )
    (project / "bad_sig.py").write_text(
        "from signatures import Signature\n\nclass IBad(Signature):\n    x = 3\n"
    )
    for name, line in (("bad_unit", 5), ("bad_sig", 3)):
        done = run("check", name, "--as", "json")
        assert done.status == 1
        (told,) = json.loads(done.out)
        assert [problem["file"] for problem in told["problems"]] == [f"{name}.py"]
        assert abs(told["problems"][0]["line"] - line) <= 1
