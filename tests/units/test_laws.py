"""Laws of linking, adjusting and matching, over the random linkages of `tests.units.linkages`."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from signatures import except_, make_signature, members, only, prefix, provides, rename
from signatures._adjust import adjusted
from signatures._match import class_mismatches, object_mismatches
from tests.units.linkages import (
    Engine,
    Leaf,
    Place,
    Tree,
    agreed_problems,
    covers,
    problems,
    program,
    trees,
    units,
)
from units import Link, exports, invoke, link, part, tag, unit

# -- the laws of linking


@given(trees())
def test_linking_agrees_with_the_model(tree: Tree) -> None:
    """The same problems in the same order, or the same suppliers and the same order of bodies."""
    agreed_problems(tree)


@given(units(), st.data())
def test_linking_is_associative_up_to_flattening(parts: tuple[Leaf, ...], data: Any) -> None:
    """Joining neighbours first makes a compound that runs the same bodies, supplied the same."""
    first = data.draw(st.integers(0, len(parts)))
    last = data.draw(st.integers(first, len(parts)))
    whole = program(parts)
    assert not whole.wrong
    nested = program((*parts[:first], program(parts[first:last]), *parts[last:]))
    engine = Engine()
    ran = engine.invoke(engine.unit(whole))
    assert engine.invoke(engine.unit(nested)) == [
        (name, [outside(place, whole, nested) for place in places]) for name, places in ran
    ]


def outside(place: Place, whole: Tree, nested: Tree) -> Place:
    """Return *place* in *nested*, whose imports may be in another order than those of *whole*."""
    if place[0] >= 0:
        return place
    wanted = whole.imports[place[1]][1]
    return -1, [given[1] for given in nested.imports].index(wanted)


@given(units(), st.data())
def test_argument_order_changes_only_the_order_of_bodies(
    parts: tuple[Leaf, ...], data: Any
) -> None:
    """Who supplies whom stays the same."""
    other = data.draw(st.permutations(parts))
    one, two = program(parts), program(other)
    assert not one.wrong
    assert by_name(one) == by_name(two)
    engine = Engine()
    ran = engine.invoke(engine.unit(two))
    assert [name for name, _ in ran] == [leaf.name for leaf in other]


def by_name(tree: Tree) -> dict[str, list[Any]]:
    """Return, for each unit that the engine runs, by name, who supplies its imports, by name."""
    engine = Engine()
    ran = engine.invoke(engine.unit(tree))
    return {
        name: [(ran[place][0], n) if place >= 0 else tree.imports[n][1] for place, n in places]
        for name, places in ran
    }


@given(units(), st.data())
def test_linking_with_an_empty_unit_changes_nothing(parts: tuple[Leaf, ...], data: Any) -> None:
    """Wherever it stands."""
    at = data.draw(st.integers(0, len(parts)))
    empty = Leaf("empty", (), ())
    one, two = program(parts), program((*parts[:at], empty, *parts[at:]))
    assert not one.wrong
    assert by_name(two) == {**by_name(one), "empty": []}


@given(units())
def test_a_compound_lacks_exactly_what_nobody_inside_supplies(parts: tuple[Leaf, ...]) -> None:
    """Without ``imports=`` each of those is a problem; with them, they are its imports."""
    offered = [each[1] for inner in parts for each in inner.exports]
    lacking = [
        wanted
        for inner in parts
        for wanted in inner.imports
        if not any(covers(given, wanted[1]) for given in offered)
    ]
    closed = Tree(parts, (), ())
    assert problems(closed) == ["no linkage satisfies an import"] * len(lacking)
    made = Engine().unit(program(parts))
    free = [wanted.signature for wanted in made.imports]
    assert all(any(covers(given, wanted[1]) for given in free) for wanted in lacking)
    assert all(any(given is wanted[1] for wanted in lacking) for given in free)


@given(units())
def test_inference_agrees_with_the_explicit_linkage(parts: tuple[Leaf, ...]) -> None:
    """Naming the supplier of every import that inference found gives the same compound."""
    tree = program(parts)
    assert not tree.wrong
    engine = Engine()
    inferred = engine.invoke(engine.unit(tree))
    outside_ = [Link(given[1], f"import {n}") for n, given in enumerate(tree.imports)]
    links = [[Link(given[1]) for given in leaf.exports] for leaf in parts]
    wiring = tree.linked[0]

    def supplied(leaf: Leaf, sources: list[Place]) -> list[Any]:
        given: dict[tuple[str | None, Link[Any]], None] = {}
        for wanted, (place, n) in zip(leaf.imports, sources, strict=True):
            given[wanted[0], outside_[n] if place < 0 else links[place][n]] = None
        return [a_link if name is None else tag(name, a_link) for name, a_link in given]

    explicit = link(
        *(
            part(
                engine.unit(leaf),
                *supplied(leaf, sources),
                as_=[
                    a_link if given[0] is None else tag(given[0], a_link)
                    for given, a_link in zip(leaf.exports, named, strict=True)
                ],
            )
            for leaf, sources, named in zip(parts, wiring, links, strict=True)
        ),
        imports=outside_,
        exports=(),
    )
    assert engine.invoke(explicit) == inferred


@given(units())
def test_two_invocations_share_nothing(parts: tuple[Leaf, ...]) -> None:
    """Every component and everything in it is new."""
    tree = program(parts)
    assert not tree.wrong
    engine = Engine()
    made = engine.unit(tree)
    seen: list[list[Any]] = []
    for _ in range(2):
        engine.invoke(made)
        components = engine.components if isinstance(engine.components, tuple) else ()
        seen.append([*components, *(component.maker for component in components)])
    assert not {id(each) for each in seen[0]} & {id(each) for each in seen[1]}
    assert [type(each) for each in seen[0]] == [type(each) for each in seen[1]]


# -- the laws of adjusting

identifiers = st.text("abcxyz", min_size=1, max_size=3)
member_lists = st.lists(identifiers, min_size=1, max_size=5, unique=True)


@given(member_lists, st.data())
def test_rename_there_and_back_is_the_identity(given_names: list[str], data: Any) -> None:
    """Whatever names are exchanged for whatever new ones."""
    plain = make_signature("IRandom", given_names)
    new = data.draw(st.permutations(given_names))
    new = [name if data.draw(st.booleans()) else f"new_{name}" for name in new]
    there = rename(plain, **dict(zip(new, given_names, strict=True)))
    back = rename(there, **dict(zip(given_names, new, strict=True)))
    assert there.names == dict(zip(new, given_names, strict=True))
    assert back == adjusted(plain)


@given(member_lists, st.data())
def test_only_then_only_is_the_intersection(given_names: list[str], data: Any) -> None:
    """And ``except_`` is ``only`` of the others."""
    plain = make_signature("IRandom", given_names)
    some = data.draw(st.lists(st.sampled_from(given_names), unique=True))
    fewer = data.draw(st.lists(st.sampled_from(some), unique=True)) if some else []
    assert only(only(plain, *some), *fewer) == only(plain, *(set(some) & set(fewer)))
    assert except_(plain, *some) == only(plain, *(set(given_names) - set(some)))


@given(member_lists, identifiers)
def test_prefix_is_a_rename(given_names: list[str], text: str) -> None:
    """Of every name; prefixes add up."""
    plain = make_signature("IRandom", given_names)
    assert prefix(text, plain) == rename(plain, **{text + name: name for name in given_names})
    assert prefix(text, prefix(text, plain)) == prefix(text + text, plain)


@given(member_lists, st.data())
def test_adjustments_never_touch_the_signature(given_names: list[str], data: Any) -> None:
    """What is left of its names says nothing about what is linked."""
    plain = make_signature("IRandom", given_names)
    kept = data.draw(st.lists(st.sampled_from(given_names), unique=True))
    for changed in (only(plain, *kept), except_(plain, *kept), prefix("p_", plain)):
        assert changed.signature is plain
        assert set(changed.names.values()) <= set(members(plain))


# -- the laws of matching

parameters = st.sampled_from(["", "a", "a, b=1", "a, /, *, k", "*args", "a, **more", "*, k=2"])


def function(text: str) -> Any:
    """Return a function with the parameters *text*, for a signature."""
    return eval(f"lambda {text}: None")


@given(st.dictionaries(identifiers, parameters, min_size=1, max_size=4))
def test_matching_is_reflexive(texts: dict[str, str]) -> None:
    """What is called exactly as a signature says matches it."""
    functions = {name: function(text) for name, text in texts.items()}
    asked = make_signature("IRandom", functions)
    thing = type("Thing", (), {name: staticmethod(f) for name, f in functions.items()})
    assert not object_mismatches(asked, thing())
    assert not class_mismatches(asked, thing)
    assert invoke(unit(lambda: exports(functions), exports=[asked])) is not None


@given(st.lists(st.dictionaries(identifiers, parameters, max_size=3), min_size=1, max_size=4))
def test_who_provides_a_sub_signature_provides_its_parents(bodies: list[dict[str, str]]) -> None:
    """All the way up, member by member."""
    chain: list[Any] = []
    functions: dict[str, Any] = {}
    for number, texts in enumerate(bodies):
        new = {f"{name}_{number}": function(text) for name, text in texts.items()}
        functions |= new
        chain.append(make_signature(f"I{number}", new, extends=chain[-1:]))
    made = invoke(unit(lambda: exports(functions), exports=[chain[-1]]))
    for each in chain:
        assert provides(made, each)
        assert not object_mismatches(each, made)
