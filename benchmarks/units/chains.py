"""Chains of classes, each needing the one before: what every measurement is made on."""

from __future__ import annotations

from typing import Any

from signatures import Signature
from units import unit


class Chain:
    """*size* signatures and as many classes, each of which imports the signature before its own."""

    def __init__(self, size: int) -> None:
        space: dict[str, Any] = {"Signature": Signature, "__name__": f"chain_of_{size}"}
        for n in range(size):
            given = "" if n == 0 else f", below: I{n - 1}"
            kept = "pass" if n == 0 else "self.below = below"
            exec(
                f"class I{n}(Signature):\n"
                f"    def work(self, x: int) -> int: ...\n"
                f"class C{n}(I{n}):\n"
                f"    def __init__(self{given}) -> None:\n"
                f"        {kept}\n"
                f"    def work(self, x: int) -> int:\n"
                f"        return x\n",
                space,
            )
        lines = [f"    c{n} = C{n}({'' if n == 0 else f'c{n - 1}'})" for n in range(size)]
        exec("\n".join(["def by_hand():", *lines, f"    return c{size - 1}"]), space)
        self.signatures: list[Any] = [space[f"I{n}"] for n in range(size)]
        self.classes: list[Any] = [space[f"C{n}"] for n in range(size)]
        #: Call the constructors one after the other, as one would without units.
        self.by_hand: Any = space["by_hand"]

    def units(self) -> list[Any]:
        """Make units of the classes."""
        return [unit(cls) for cls in self.classes]
