"""Link three units and invoke the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units._invoke import invoke
from units.learn.exercise import Theirs, expect, exported

NAME = "linking"

TEXT = '''"""3. Link and invoke.

Foundry, press and counter have never met. Link them: shop is to be a compound unit that imports
nothing and exports ICounter. Then invoke it, and order two sheets that say Hello; bill is what the
counter answers.

Stuck? python -m units.learn hint 3
"""

from units import invoke, link
from units.learn.letterpress import Foundry, ICounter, counter, press

<gap>
'''

START = """\
shop = ...
bill = ...
"""

ANSWER = """\
shop = link(Foundry, press, counter, exports=ICounter)
bill = invoke(shop).order("Hello", 2)
"""

HINT = """\
`link(unit, unit, ..., exports=Signature)` makes a unit of units; each import finds the export of
its signature. `invoke(unit)` runs the bodies and returns the component that the unit exports.
"""

WHY = """\
Nobody says that counter gets press: press is the only one that exports IPress. The foundry is in
the link although the counter has never heard of it, because the press imports it. `shop` can be
invoked as often as you like, and every time it is another shop.
"""

ADVICE: Mapping[str, str] = {
    "linked\n  given: <I": "Calling a unit runs it: where units are linked, write no parentheses.",
    "linked\n  given: '": "Units are linked, not their names: write them without quotes.",
    "only a unit can be invoked": (
        "What `invoke` returns is a component, which is there to be used: `.order(...)`."
    ),
    "this is a component": (
        "Calling a unit runs it, and what it returns is no unit: write no parentheses."
    ),
    "argument: 'foundry'": "Calling a unit runs it: where units are linked, write no parentheses.",
    "given: [": "Units are linked as arguments, one after the other, without brackets.",
    "an export of a compound is a signature": (
        "`exports=` takes the signature itself, ICounter: not its name, and no unit."
    ),
    "'NoneType' object has no attribute": (
        "With `exports=()` nothing is there to be used: `shop` is to export ICounter."
    ),
    "only units can be linked": (
        "A signature says what is asked for; what is linked are the units that answer."
    ),
    "no linkage satisfies an import": (
        "Somebody in the link imports what nobody in the link exports: `of unit` says who. "
        "Which unit exports the signature at `import`? It belongs into the link."
    ),
    "multiple linkages satisfy one import": (
        "Two units in the link export the same signature; `suppliers` names them. One is enough."
    ),
    "no sub unit exports this signature": (
        "`exports=` asks for something that no unit in the link exports: is one of them missing?"
    ),
    "'tuple' object has no attribute": (
        "Where `exports=` names several, or is a list or tuple, `invoke` returns a tuple. "
        "Name ICounter alone."
    ),
    "has no attribute 'invoke'": "`invoke` is a function: `invoke(shop)`.",
    "cannot be interpreted as an integer": "In this order: the text, then how many copies.",
    "order() missing": "`order` takes the text, and how many copies.",
    "unexpected keyword argument": "What the whole exports is said with `exports=`.",
    "a signature has no objects of its own": (
        "Parentheses behind a signature would call it: `exports=ICounter` names it without."
    ),
    "no import is left for a component": (
        "`invoke` takes one unit: link the three first, and invoke what `link` returns."
    ),
    "has no attribute 'order'": "A unit is a plan. `invoke(shop)` makes the component of it.",
    "an import is not supplied": "This unit still needs something: link it with who exports that.",
}


def check(theirs: Theirs) -> None:
    """Look at what the compound imports and exports, and at the bill."""
    shop = theirs.unit("shop")
    expect(not shop.imports, f"`shop` still imports {', '.join(map(str, shop.imports))}.")
    expect(
        exported(shop) == ["ICounter"],
        f"`shop` exports {', '.join(exported(shop)) or 'nothing'}; "
        "the task says ICounter and nothing else.",
    )
    made: Any = invoke(shop)
    expect(made.order("Hello", 2) == "2 sheets, 6 pence", "`shop` is not made of the three units.")
    bill = theirs.bill
    expect(
        bill == "2 sheets, 6 pence",
        f'`bill` is {bill!r}; it is to be what `order("Hello", 2)` returns.',
    )
