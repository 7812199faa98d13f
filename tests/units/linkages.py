"""Random linkages, a model of linking written plainly, and the same linkages for the engine.

The model knows no engine: units are tuples of imports and exports, and who supplies whom is found
by looking through all of them.  Each unit of the engine says, after an invocation, in which place
its body ran and whom it got for each import; the model says the same beforehand.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from signatures import Signature, prefix
from units import LinkError, exports, invoke, link, tag, unit
from units._unit import Unit


class IA(Signature):
    """Whoever makes one signs it."""

    maker: list[tuple[int, int]]


class IA2(IA, Signature):
    """Extends."""


class IA3(IA2, Signature):
    """Extends what extends."""


class IB(Signature):
    """Another root."""

    maker: list[tuple[int, int]]


class IB2(IB, Signature):
    """Extends the other."""


class IC(Signature):
    """Alone."""

    maker: list[tuple[int, int]]


FAMILIES: list[list[Any]] = [[IA, IA2, IA3], [IB, IB2], [IC]]
POOL = [each for family in FAMILIES for each in family]

#: A tag and a signature, as the model has imports and exports.
Spec = tuple[str | None, Any]
specs = st.tuples(st.sampled_from([None, None, "t"]), st.sampled_from(POOL))


def covers(offered: Any, asked: Any) -> bool:
    """Tell whether a component of *offered* is one of *asked*."""
    return asked in offered.__iro__


def related(one: Spec, two: Spec) -> bool:
    return one[0] == two[0] and (covers(one[1], two[1]) or covers(two[1], one[1]))


# -- the model


@dataclass(frozen=True)
class Leaf:
    """A unit with a body."""

    name: str
    imports: tuple[Spec, ...]
    exports: tuple[Spec, ...]


@dataclass(frozen=True)
class Tree:
    """A compound: its parts, what it imports, and which specifications it exports."""

    parts: tuple[Leaf | Tree, ...]
    imports: tuple[Spec, ...]
    asked: tuple[Spec, ...]

    def offers(self) -> list[tuple[tuple[int, int], Spec]]:
        """Return everything that an import may get, and where it is."""
        outside = [((-1, n), spec) for n, spec in enumerate(self.imports)]
        return outside + [
            ((place, n), spec)
            for place, inner in enumerate(self.parts)
            for n, spec in enumerate(inner.exports)
        ]

    @functools.cached_property
    def linked(self) -> tuple[list[list[tuple[int, int]]], list[tuple[int, int]], list[str]]:
        """Return who supplies each import of each part, who has each export, what is wrong."""
        wrong: list[str] = []
        wiring: list[list[tuple[int, int]]] = []
        for inner in self.parts:
            wiring.append([])
            for wanted in inner.imports:
                found = [offer for offer in self.offers() if covers(offer[1][1], wanted[1])]
                same = [offer for offer in found if offer[1][0] == wanted[0]]
                found = same if len(found) > 1 and len(same) == 1 else found
                if len(found) == 1:
                    wiring[-1].append(found[0][0])
                else:
                    many = "multiple linkages satisfy" if found else "no linkage satisfies"
                    wrong.append(f"{many} {'one' if found else 'an'} import")
        sources: list[tuple[int, int]] = []
        for asked in self.asked:
            found = [offer for offer in self.offers() if covers(offer[1][1], asked[1])]
            found = [offer for offer in found if offer[0][0] >= 0] or found
            if len(found) > 1:
                found = [offer for offer in found if offer[1][0] == asked[0]] or found
            if not found:
                wrong.append("no sub unit exports this signature")
            elif len(found) > 1:
                wrong.append("multiple sub units export this signature")
            elif found[0][0][0] < 0:
                wrong.append("cannot directly export an import")
            else:
                sources.append(found[0][0])
        pairs = itertools.combinations(self._exported(sources), 2)
        wrong += [
            "the signature of one export extends that of another"
            for one, two in pairs
            if related(one, two)
        ]
        return wiring, sources, wrong

    def _exported(self, sources: list[tuple[int, int]]) -> list[Spec]:
        where = dict(self.offers())
        return [
            (asked[0], where[source][1])
            for source, asked in zip(sources, self._answered(), strict=False)
        ]

    def _answered(self) -> list[Spec]:
        """Return what was asked for and found, which is all of it where nothing is wrong."""
        inside = [spec for inner in self.parts for spec in inner.exports]
        kept: list[Spec] = []
        for asked in self.asked:
            found = [spec for spec in inside if covers(spec[1], asked[1])]
            if len(found) > 1:
                found = [spec for spec in found if spec[0] == asked[0]] or found
            if len(found) == 1:
                kept.append(asked)
        return kept

    @property
    def wrong(self) -> list[str]:
        return self.linked[2]

    @property
    def exports(self) -> tuple[Spec, ...]:
        """Return what it exports, which may be more than was asked for."""
        return tuple(self._exported(self.linked[1]))


Place = tuple[int, int]


def flat(tree: Leaf | Tree) -> list[tuple[str, list[Place]]]:
    """Return, in the order in which bodies run, each unit's name and who supplies its imports.

    A supplier is the place of its body in that order and the number of its export; place -1 stands
    for the imports of *tree* itself.
    """
    order: list[Leaf] = []
    suppliers: list[Any] = []

    def walk(node: Leaf | Tree, get: Any) -> Any:
        """Add what is in *node*, whose import *n* comes from ``get(n)``; return its exports."""
        if isinstance(node, Leaf):
            place = len(order)
            order.append(node)
            suppliers.append([functools.partial(get, n) for n in range(len(node.imports))])
            return lambda n: (place, n)
        wiring, sources, _ = node.linked
        made: list[Any] = []

        def look(position: int, n: int) -> Place:
            part_, number = wiring[position][n]
            return get(number) if part_ < 0 else made[part_](number)  # type: ignore[no-any-return]

        for position, inner in enumerate(node.parts):
            made.append(walk(inner, functools.partial(look, position)))
        return lambda n: made[sources[n][0]](sources[n][1])

    walk(tree, lambda n: (-1, n))
    return [
        (leaf.name, [get() for get in gets]) for leaf, gets in zip(order, suppliers, strict=True)
    ]


# -- the same with the engine


def spec(given: Spec, adjust: Any = lambda signature: signature) -> Any:
    return adjust(given[1]) if given[0] is None else tag(given[0], adjust(given[1]))


class Engine:
    """Units of the engine like those of the model; *ran* is told by the bodies."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, dict[str, Any]]] = []

    def unit(self, node: Leaf | Tree) -> Unit[..., Any]:
        """Return the unit that *node* describes."""
        return self.leaf(node) if isinstance(node, Leaf) else self.tree(node)

    def leaf(self, leaf: Leaf) -> Unit[..., Any]:
        def body(**names: Any) -> Any:
            place = len(self.ran)
            self.ran.append((leaf.name, names))
            return exports({f"e{n}_maker": [(place, n)] for n in range(len(leaf.exports))})

        return unit(
            body,
            name=leaf.name,
            imports=[
                spec(wanted, functools.partial(prefix, f"i{n}_"))
                for n, wanted in enumerate(leaf.imports)
            ],
            exports=[
                spec(given, functools.partial(prefix, f"e{n}_"))
                for n, given in enumerate(leaf.exports)
            ],
        )

    def tree(self, tree: Tree) -> Unit[..., Any]:
        return link(
            *map(self.unit, tree.parts),
            imports=[*map(spec, tree.imports)],
            exports=[*map(spec, tree.asked)],
        )

    def invoke(self, made: Unit[..., Any]) -> list[tuple[str, list[Place]]]:
        """Invoke *made*; return what `flat` of its model does."""
        self.ran = []
        outside = [Outside(n) for n in range(len(made.imports))]
        self.components = invoke(made, *outside)
        return [
            (name, [tuple(names[f"i{n}_maker"][0]) for n in range(len(names))])
            for name, names in self.ran
        ]


class Outside:
    """Stands for import *n* of a compound."""

    def __init__(self, n: int) -> None:
        self.maker = [(-1, n)]


def problems(tree: Tree) -> list[str]:
    """Return what the engine says of *tree*."""
    try:
        Engine().unit(tree)
    except LinkError as error:
        return [problem.sentence for problem in error.problems]
    return []


def agreed_problems(tree: Tree) -> list[str]:
    """Return what both say of *tree*; where that is nothing, its suppliers and order are the same, too."""
    told = problems(tree)
    assert told == tree.wrong
    if not told:
        engine = Engine()
        made = engine.unit(tree)
        assert engine.invoke(made) == flat(tree)
        assert [(export.tag, export.signature) for export in made.exports] == [*tree.exports]
    return told


# -- random linkages

names = (f"u{n}" for n in itertools.count())


@st.composite
def leaves(draw: Any) -> Leaf:
    """Draw a unit: distinct imports, unrelated exports."""
    imports = draw(st.lists(specs, max_size=3, unique=True))
    offered: list[Spec] = []
    for one in draw(st.lists(specs, max_size=2)):
        if not any(related(one, other) for other in offered):
            offered.append(one)
    return Leaf(next(names), tuple(imports), tuple(offered))


@st.composite
def trees(draw: Any, depth: int = 2) -> Tree:
    """Draw a linkage; compounds inside it are such that they can be linked."""
    parts: list[Leaf | Tree] = []
    for _ in range(draw(st.integers(0, 4))):
        inner = draw(trees(depth - 1)) if depth and draw(st.booleans()) else draw(leaves())
        parts.append(inner if not inner_wrong(inner) else draw(leaves()))
    offered = [each for inner in parts for each in inner.exports]
    free = unsupplied(parts)
    imports = free if draw(st.booleans()) else draw(st.lists(specs, max_size=2))
    asked = draw(st.lists(st.sampled_from(offered), max_size=2)) if offered else []
    asked = asked if draw(st.integers(0, 3)) else [*asked, draw(specs)]
    return Tree(tuple(parts), tuple(imports), tuple(asked))


def inner_wrong(node: Leaf | Tree) -> bool:
    return isinstance(node, Tree) and bool(node.wrong)


def unsupplied(parts: Any) -> list[Spec]:
    """Return the imports of *parts* that none of them supplies, without what another one covers."""
    offered = [each for inner in parts for each in inner.exports]
    free = [
        wanted
        for inner in parts
        for wanted in inner.imports
        if not any(covers(given[1], wanted[1]) for given in offered)
    ]
    return [
        one
        for n, one in enumerate(free)
        if not any(
            covers(other[1], one[1]) and (other[1] is not one[1] or m < n)
            for m, other in enumerate(free)
        )
    ]


@st.composite
def units(draw: Any) -> tuple[Leaf, ...]:
    """Draw units of which each import has at most one supplier: one exporter for each family."""
    count = draw(st.integers(1, 5))
    offered: list[list[Spec]] = [[] for _ in range(count)]
    wanted: list[Any] = []
    for family in FAMILIES:
        given = draw(st.sampled_from([None, *family]))
        wanted += [each for each in family if given is None or covers(given, each)]
        if given is not None:
            exporter = offered[draw(st.integers(0, count - 1))]
            exporter.append((draw(st.sampled_from([None, "t"])), given))
    one = st.tuples(st.sampled_from([None, None, "t"]), st.sampled_from(wanted))
    imports = st.lists(one, max_size=3, unique=True)
    return tuple(Leaf(next(names), tuple(draw(imports)), tuple(given)) for given in offered)


def program(parts: Any) -> Tree:
    """Return the compound of *parts* that imports what they lack and exports all they export."""
    offered = [each for inner in parts for each in inner.exports]
    return Tree(tuple(parts), tuple(unsupplied(parts)), tuple(offered))
