"""Answers to the exercise `linking`: right ones, and wrong ones with what is to be said."""

from __future__ import annotations

from tests.units.learn.mistake import Mistake, changed

RIGHT = """\
shop = link(counter, press, Foundry, exports=ICounter)
bill = invoke(shop).order("Hello", 2)
"""

SHOP = "shop = link(Foundry, press, counter, exports=ICounter)\n"

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
    Mistake(
        "calls inside calls",
        "shop = link(counter(press(Foundry())), exports=ICounter)\nbill = ...\n",
        "write no parentheses",
        "given: <ICounter of counter>",
    ),
    Mistake(
        "units by name",
        "shop = link('Foundry', 'press', 'counter', exports=ICounter)\nbill = ...\n",
        "write them without quotes",
        "given: 'Foundry'",
    ),
    Mistake(
        "a list of exports",
        changed(SHOP, ("ICounter)", "[ICounter])")) + 'bill = invoke(shop).order("Hello", 2)\n',
        "Name ICounter alone",
        "'tuple' object has no attribute",
    ),
    Mistake(
        "a unit asked to invoke itself",
        SHOP + 'bill = shop.invoke().order("Hello", 2)\n',
        "`invoke` is a function",
        "has no attribute 'invoke'",
    ),
    Mistake(
        "arguments in another order",
        SHOP + 'bill = invoke(shop).order(2, "Hello")\n',
        "In this order: the text",
        "cannot be interpreted as an integer",
    ),
    Mistake(
        "no number of copies",
        SHOP + 'bill = invoke(shop).order("Hello")\n',
        "`order` takes the text, and how many copies",
        "order() missing 1 required",
    ),
    Mistake(
        "a keyword misspelled",
        changed(SHOP, ("exports=", "export=")) + "bill = ...\n",
        "is said with `exports=`",
        "unexpected keyword argument 'export'",
    ),
    Mistake(
        "the signature called",
        changed(SHOP, ("ICounter)", "ICounter())")) + "bill = ...\n",
        "`exports=ICounter` names it without",
        "a signature has no objects of its own",
    ),
    Mistake(
        "invoked twice",
        SHOP + 'bill = invoke(invoke(shop)).order("Hello", 2)\n',
        "which is there to be used",
        "only a unit can be invoked",
    ),
    Mistake(
        "invoked without a link",
        'shop = invoke(Foundry, press, counter)\nbill = shop.order("Hello", 2)\n',
        "link the three first",
        "no import is left for a component",
    ),
    Mistake(
        "one copy",
        SHOP + 'bill = invoke(shop).order("Hello", 1)\n',
        "`bill` is '1 sheets, 3 pence'",
    ),
]
