"""A law of early reads: every read, at any moment, finds what its own instance has defined so far.

Random units define the members of their signature one after the other; in between they read members
of what they import, and one of them may fail.  A unit may stand in several places, supplied
differently, in any style.  The model keeps a set of what has been defined in which place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from hypothesis import given
from hypothesis import strategies as st

from signatures import make_signature, prefix
from units import Link, UninitializedError, exports, invoke, link, part, tag, unit

MEMBERS = "abc"
SIGNATURES = [make_signature(f"I{n}", MEMBERS) for n in range(3)]


class Failed(Exception):
    """What a body raises that does not come to its end."""


def fail() -> None:
    raise Failed


@dataclass(frozen=True)
class Body:
    """The body of the unit for signature *number*, in one *style*.

    *imports* are the numbers of signatures; *steps* define a member (its name), read one (the
    place of an import and a name), or fail (nothing).
    """

    number: int
    style: str
    imports: tuple[int, ...]
    steps: tuple[Any, ...]


@st.composite
def bodies(draw: Any, number: int) -> Body:
    imports = tuple(draw(st.lists(st.integers(0, 2), min_size=1, max_size=2)))
    read = st.tuples(st.integers(0, len(imports) - 1), st.sampled_from(MEMBERS))
    steps: list[Any] = []
    for name in draw(st.permutations(MEMBERS)):
        steps += [*draw(st.lists(read, max_size=2)), name]
    steps += draw(st.lists(read, max_size=1))
    if draw(st.integers(0, 5)) == 0:
        steps.insert(draw(st.integers(0, len(steps))), None)
    style = draw(st.sampled_from(["function", "class", "sealed", "by name"]))
    return Body(number, style, imports, tuple(steps))


@st.composite
def programs(draw: Any) -> tuple[list[Body], list[tuple[int, tuple[int, ...]]]]:
    """Draw three bodies, and places: which body stands there, and which places supply it."""
    made = [draw(bodies(number)) for number in range(3)]
    order = draw(st.permutations([0, 1, 2, *draw(st.lists(st.integers(0, 2), max_size=2))]))
    places: list[tuple[int, tuple[int, ...]]] = []
    for number in order:
        suppliers = tuple(
            draw(st.sampled_from([p for p, there in enumerate(order) if there == wanted]))
            for wanted in made[number].imports
        )
        places.append((number, suppliers))
    return made, places


def text(body: Body) -> str:
    """Return the source of *body*; ``told`` gets each read, ``later`` what reads all at the end."""
    by_name = body.style == "by name"
    is_class = body.style in ("class", "sealed")
    names = [f"i{n}_{m}" for n in range(len(body.imports)) for m in MEMBERS]
    component = [
        f"i{n}: Annotated[I{wanted}, tag('t{n}')]" for n, wanted in enumerate(body.imports)
    ]
    parameters = ", ".join(names if by_name else component)
    lines = ["place = enter()"]
    for step in body.steps:
        if step is None:
            lines += ["fail()"]
        elif isinstance(step, str):
            lines += [f"{'self.' if is_class else ''}{step} = f'{{place}}{step}'"]
        else:
            lines += [f"told.append(attempt(lambda: {shown(step, by_name)}))"]
    every = [(n, m) for n in range(len(body.imports)) for m in MEMBERS]
    reads = ", ".join(f"attempt(lambda: {shown(step, by_name)})" for step in every)
    lines.insert(1, f"later.append(lambda: [{reads}])")
    if is_class:
        seal = "(seal=True)" if body.style == "sealed" else ""
        head = f"@unit{seal}\nclass made(I{body.number}):\n  def __init__(self, {parameters}):\n"
        return head + "".join(f"    {line}\n" for line in lines)
    clause = "@unit\n"
    if by_name:
        imports = [f"tag('t{n}', prefix('i{n}_', I{w}))" for n, w in enumerate(body.imports)]
        clause = f"@unit(imports=[{', '.join(imports)}], exports=[I{body.number}])\n"
    returns = "" if by_name else f" -> I{body.number}"
    head = f"{clause}def made({parameters}){returns}:\n"
    return head + "".join(f"  {line}\n" for line in [*lines, "return exports(locals())"])


def shown(read: tuple[int, str], by_name: bool) -> str:
    """Return how a body reads; a stand-in has to be used to be read."""
    return f"str(i{read[0]}_{read[1]})" if by_name else f"i{read[0]}.{read[1]}"


def attempt(read: Any) -> Any:
    try:
        return read()
    except UninitializedError:
        return "undefined"


def run(made: list[Body], places: list[tuple[int, tuple[int, ...]]]) -> Any:
    """Return what the engine's bodies were told, at once and at the end."""
    told: list[Any] = []
    later: list[Any] = []
    entered = iter(range(len(places)))
    space: dict[str, Any] = {
        **{f"I{n}": signature for n, signature in enumerate(SIGNATURES)},
        **{"Annotated": Annotated, "tag": tag, "prefix": prefix, "unit": unit, "exports": exports},
        **{"told": told, "later": later, "attempt": attempt, "fail": fail},
        "enter": lambda: next(entered),
    }
    units: list[Any] = []
    for body in made:
        exec(text(body), space)
        units.append(space.pop("made"))
    links = [Link(SIGNATURES[number], f"l{place}") for place, (number, _) in enumerate(places)]
    program = link(
        *(
            part(
                units[number],
                *(tag(f"t{n}", links[supplier]) for n, supplier in enumerate(suppliers)),
                as_=links[place],
            )
            for place, (number, suppliers) in enumerate(places)
        ),
        exports=(),
    )
    try:
        invoke(program)
    except Failed:
        told.append("failed")
    return told, [each() for each in later]


def expected(made: list[Body], places: list[tuple[int, tuple[int, ...]]]) -> Any:
    """Return the same from the model."""
    told: list[Any] = []
    defined: set[str] = set()
    begun: list[tuple[int, ...]] = []

    def read(place: int, name: str) -> str:
        value = f"{place}{name}"
        return value if value in defined else "undefined"

    def steps() -> None:
        for place, (number, suppliers) in enumerate(places):
            begun.append(suppliers)
            for step in made[number].steps:
                if step is None:
                    told.append("failed")
                    return
                if isinstance(step, str):
                    defined.add(f"{place}{step}")
                else:
                    told.append(read(suppliers[step[0]], step[1]))

    steps()
    return told, [[read(place, m) for place in suppliers for m in MEMBERS] for suppliers in begun]


@given(programs())
def test_every_read_finds_what_was_defined_so_far(
    program: tuple[list[Body], list[tuple[int, tuple[int, ...]]]],
) -> None:
    """In function units, class units, sealed ones and those by name, in each place by itself (U13)."""
    assert run(*program) == expected(*program)
