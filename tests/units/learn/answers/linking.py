"""Answers to the exercise `linking`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake

RIGHT = """\
shop = link(counter, press, Foundry, exports=ICounter)
bill = invoke(shop).order("Hello", 2)
"""

ALSO_RIGHT = [
    "room = link(Foundry, press)\nshop = link(room, counter)\n"
    'bill = invoke(shop).order("Hello", 2)\n',
    'shop = link(Foundry, press, counter, name="shop")\ndesk = invoke(shop)\n'
    'bill = desk.order(text="Hello", copies=2)\n',
]

MISTAKES = [
    Mistake(
        "the foundry forgotten",
        "shop = link(press, counter, exports=ICounter)\nbill = ...\n",
        "Which unit exports the signature at `import`?",
        "import: IFoundry",
    ),
    Mistake(
        "the counter forgotten",
        "shop = link(Foundry, press, exports=ICounter)\nbill = ...\n",
        "is one of them missing?",
        "export: ICounter",
    ),
    Mistake(
        "a unit twice",
        "shop = link(Foundry, Foundry, press, counter, exports=ICounter)\nbill = ...\n",
        "One is enough",
        "multiple linkages satisfy one import",
    ),
    Mistake(
        "not invoked",
        'shop = link(Foundry, press, counter, exports=ICounter)\nbill = shop.order("Hello", 2)\n',
        "`invoke(shop)` makes the component of it",
        "has no attribute 'order'",
    ),
    Mistake(
        "a signature linked",
        "shop = link(Foundry, press, ICounter, exports=ICounter)\nbill = ...\n",
        "what is linked are the units",
        "only units can be linked",
    ),
    Mistake(
        "a component instead of a unit",
        'shop = counter(press(Foundry()))\nbill = shop.order("Hello", 2)\n',
        "`shop` is no unit",
    ),
    Mistake(
        "an import left open",
        "from units.learn.letterpress import IFoundry\n\n"
        "shop = link(press, counter, imports=IFoundry, exports=ICounter)\n"
        'bill = invoke(shop).order("Hello", 2)\n',
        "link it with who exports that",
        "an import is not supplied",
    ),
    Mistake(
        "half done",
        "shop = link(Foundry, press, counter, exports=ICounter)\nbill = ...\n",
        "`bill` is still `...`",
    ),
    Mistake(
        "a component among the units",
        "shop = link(Foundry(), press, counter, exports=ICounter)\nbill = ...\n",
        "what it returns is no unit",
        "only units can be linked",
    ),
    Mistake(
        "units called",
        "shop = link(Foundry, press(), counter(), exports=ICounter)\nbill = ...\n",
        "write no parentheses",
        "press() missing 1 required positional argument",
    ),
    Mistake(
        "units in a list",
        "shop = link([Foundry, press, counter], exports=ICounter)\nbill = ...\n",
        "without brackets",
        "only units can be linked",
    ),
    Mistake(
        "a name instead of a signature",
        "shop = link(Foundry, press, counter, exports='ICounter')\nbill = ...\n",
        "takes the signature itself",
        "an export of a compound is a signature",
    ),
    Mistake(
        "nothing exported",
        'shop = link(Foundry, press, counter, exports=())\nbill = invoke(shop).order("Hello", 2)\n',
        "With `exports=()` nothing is there",
        "'NoneType' object",
    ),
    Mistake(
        "invoked too early",
        "shop = invoke(link(Foundry, press, counter, exports=ICounter))\n"
        'bill = shop.order("Hello", 2)\n',
        "Was a unit called or invoked to make it?",
    ),
    Mistake(
        "the unit itself as the bill",
        "shop = link(Foundry, press, counter, exports=ICounter)\nbill = invoke(shop).order\n",
        'it is to be what `order("Hello", 2)` returns',
    ),
]
