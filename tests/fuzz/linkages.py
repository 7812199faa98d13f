"""Say what must hold for any units, linked in any way: the model of tests/units tells the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from signatures import SignatureError
from tests.fuzz.choices import Choices
from tests.units.linkages import (
    POOL,
    Engine,
    Leaf,
    Spec,
    Tree,
    agreed_problems,
    covers,
    flat,
    inner_wrong,
    related,
    spec,
    unsupplied,
)
from units import LinkError
from units._unit import Unit
from units.racket import compound_unit_infer


def linkages(data: bytes) -> None:
    """The same problems, or the same suppliers and order of bodies, as a model of linking has.

    Racket's inference, which goes by signature alone, takes exactly what has one supplier for each
    import and each export, and then links it the same way. It needs none for an import that an
    earlier one of the unit extends: there it links what `units.link` has to be told more about.
    """
    tree = chosen_tree(Choices(data), 2)
    as_in_racket(tree, agreed_problems(tree))


def as_in_racket(tree: Tree, told: Sequence[str]) -> None:
    engine = RacketEngine()
    try:
        made = engine.unit(tree)
    except (LinkError, SignatureError):
        assert told or not single(tree)
        return
    assert single(tree)
    if all(len(found) == 1 for found in answers(tree)):
        assert not told
        assert engine.invoke(made) == flat(tree)


def single(tree: Tree) -> bool:
    """Tell whether inference by signature alone has one answer to each question about *tree*."""
    inside = [each for each in tree.parts if isinstance(each, Tree)]
    supplies = [supplied(tree, inner.imports) for inner in tree.parts]
    return (
        all(map(single, inside))
        and all(len(offers(tree, asked)) == 1 for asked in tree.asked)
        and all(each is not None and not any_related(each) for each in supplies)
    )


def answers(tree: Tree) -> Iterator[list[Spec]]:
    """Yield what there is for every import and every export in *tree*."""
    for inner in tree.parts:
        if isinstance(inner, Tree):
            yield from answers(inner)
        yield from (offers(tree, wanted) for wanted in inner.imports)
    yield from (offers(tree, asked) for asked in tree.asked)


def offers(tree: Tree, wanted: Spec) -> list[Spec]:
    return [found for _, found in tree.offers() if covers(found[1], wanted[1])]


def supplied(tree: Tree, imports: Sequence[Spec]) -> list[Spec] | None:
    """Return what supplies *imports*, under their tags, but for those that one before extends.

    That is nothing if there is not one answer for each of the others.
    """
    found: list[tuple[Spec, Spec]] = []
    for wanted in imports:
        if any(tag == wanted[0] and covers(other, wanted[1]) for (tag, other), _ in found):
            continue
        there = offers(tree, wanted)
        if len(there) != 1:
            return None
        found.append((wanted, (wanted[0], there[0][1])))
    return [supply for _, supply in found]


def any_related(supplies: Sequence[Spec]) -> bool:
    return any(related(*pair) for pair in combinations(supplies, 2))


class RacketEngine(Engine):
    """Link by Racket's own form."""

    def tree(self, tree: Tree) -> Unit[..., Any]:
        return compound_unit_infer(
            imports=[*map(spec, tree.imports)],
            exports=[*map(spec, tree.asked)],
            link=[*map(self.unit, tree.parts)],
        )


def chosen_tree(choose: Choices, depth: int) -> Tree:
    """Choose a linkage; compounds inside it are such that they can be linked."""
    parts: list[Leaf | Tree] = []
    for place in range(choose.below(5)):
        inner = chosen_tree(choose, depth - 1) if depth and choose.yes() else None
        name = f"u{depth}{place}"
        parts.append(chosen_leaf(choose, name) if inner is None or inner_wrong(inner) else inner)
    offered = [each for inner in parts for each in inner.exports]
    imports = unsupplied(parts) if not choose.yes() else chosen_specs(choose, 2)
    asked = choose.several(offered, 2)
    if choose.below(4) == 1:
        asked += chosen_specs(choose, 1)
    return Tree(tuple(parts), tuple(imports), tuple(asked))


def chosen_leaf(choose: Choices, name: str) -> Leaf:
    """Choose a unit: distinct imports, unrelated exports."""
    imports = dict.fromkeys(chosen_specs(choose, 3))
    offered: list[Spec] = []
    for one in chosen_specs(choose, 2):
        if not any(related(one, other) for other in offered):
            offered.append(one)
    return Leaf(name, tuple(imports), tuple(offered))


def chosen_specs(choose: Choices, most: int) -> list[Spec]:
    return [(choose.of([None, None, "t"]), choose.of(POOL)) for _ in range(choose.below(most + 1))]
