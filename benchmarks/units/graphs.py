"""What every package has to build: classes that need each other, some shared, most made afresh."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from signatures import Signature


@dataclass(frozen=True)
class Node:
    """One component: who implements what, and the numbers of the nodes it *needs*.

    *ours* imports signatures and implements *signature*; *theirs* is the same class, but annotated
    with classes, for packages that look classes up.  One that is *shared* is made once.
    """

    signature: Any
    ours: type[Any]
    theirs: type[Any]
    needs: tuple[int, ...]
    shared: bool


@dataclass(frozen=True)
class Graph:
    """Nodes, each after those it needs; the last one is what is asked for."""

    nodes: tuple[Node, ...]
    by_hand: Callable[[], Any]


def graph(needs: Sequence[Sequence[int]], shared: int = 0) -> Graph:
    """Return the graph whose node n needs *needs[n]*; the first *shared* ones are made once."""
    space: dict[str, Any] = {"Signature": Signature, "__name__": __name__}
    for n, below in enumerate(needs):
        text = f"class I{n}(Signature):\n    def work(self, x: int) -> int: ...\n"
        for kind, base, letter in (("C", f"(I{n})", "I"), ("P", "", "P")):
            takes = "".join(f", n{b}: {letter}{b}" for b in below)
            keeps = "; ".join(f"self.n{b} = n{b}" for b in below) or "pass"
            text += (
                f"class {kind}{n}{base}:\n"
                f"    def __init__(self{takes}) -> None:\n        {keeps}\n"
                f"    def work(self, x: int) -> int:\n        return x\n"
            )
        # Not inheriting this module's `annotations`: packages want classes there, not text.
        exec(compile(text, f"<graph of {len(needs)}>", "exec", dont_inherit=True), space)
    nodes = tuple(
        Node(space[f"I{n}"], space[f"C{n}"], space[f"P{n}"], tuple(below), n < shared)
        for n, below in enumerate(needs)
    )
    made = [f"p{n} = P{n}({', '.join(f'p{b}' for b in below)})" for n, below in enumerate(needs)]
    once, afresh = made[:shared], made[shared:]
    given = ", ".join(f"p{n}=p{n}" for n in range(shared))
    lines = [*once, f"def by_hand({given}):", *(f"    {line}" for line in afresh)]
    exec("\n".join([*lines, f"    return p{len(needs) - 1}"]), space)
    return Graph(nodes, space["by_hand"])


#: A web application: settings, a log, an engine and a cache below; a handler on top.
REALISTIC = ([], [0], [0, 1], [0, 2], [2], [3, 4], [1, 4], [5], [6, 7, 1], [8, 5, 0])


def chain(size: int) -> Graph:
    """Return a graph in which each node needs the one before."""
    return graph([[n - 1] if n else [] for n in range(size)])
