"""Say what must hold for any units, linked in any way: the model of tests/units tells the same."""

from __future__ import annotations

from collections.abc import Sequence
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
    import and each export, and then links it the same way.
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
    assert not told
    assert single(tree)
    assert engine.invoke(made) == flat(tree)


def single(tree: Tree) -> bool:
    """Tell whether inference by signature alone has one answer to each question about *tree*."""
    inside = [each for each in tree.parts if isinstance(each, Tree)]
    offers = [found for _, found in tree.offers()]
    asked = [wanted for inner in tree.parts for wanted in inner.imports] + [*tree.asked]
    pairs = [
        (one, two)
        for inner in tree.parts
        for n, one in enumerate(inner.imports)
        for two in inner.imports[n + 1 :]
    ]
    return (
        all(map(single, inside))
        and all(sum(covers(found[1], wanted[1]) for found in offers) == 1 for wanted in asked)
        and not any(related(*supplies) for supplies in supplied(tree, pairs))
    )


def supplied(tree: Tree, pairs: Sequence[tuple[Spec, Spec]]) -> list[tuple[Spec, Spec]]:
    """Return, for each two imports of a unit, the two that supply them, under their tags."""
    offers = [found for _, found in tree.offers()]

    def supplier(wanted: Spec) -> Spec:
        return wanted[0], next(found[1] for found in offers if covers(found[1], wanted[1]))

    return [(supplier(one), supplier(two)) for one, two in pairs]


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
