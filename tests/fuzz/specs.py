"""Say what must hold for any nest of adjustments, under any tag, in any clause of a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from signatures import SignatureError, except_, make_signature, only, prefix, rename
from signatures._adjust import adjusted
from tests.fuzz.choices import Choices
from units import DefinitionError, exports, invoke, tag, unit
from units.racket import StaticError, define_values_invoke_unit

SIGNATURES: Mapping[Any, tuple[str, ...]] = {
    make_signature("IOne", ["a", "b", "c"]): ("a", "b", "c"),
    make_signature("ITwo", ["a", "ab"]): ("a", "ab"),
    make_signature("IThree", ["x"]): ("x",),
}
WORDS = ("a", "b", "ab", "x", "c", "no_such")

#: What each name inside means; None for a nest that is refused.
Names = dict[str, str] | None


class Nest(NamedTuple):
    """One specification: its signature, what its names should mean, how it is written."""

    signature: Any
    tag: str | None
    names: dict[str, str]
    restricted: bool
    spec: Any


def specs(data: bytes) -> None:
    """A nest means what a dictionary changed step by step means, or is refused as that is.

    A unit of such nests is refused exactly where two names meet or an export lacks some; otherwise
    its body gets each member by its name, and its exports are found under theirs.
    """
    choose = Choices(data)
    read = [nest(choose, signature) for signature in SIGNATURES for _ in range(choose.below(3))]
    nests = [each for each in read if each is not None]
    imports = [each for each in distinct(nests) if not choose.yes()]
    exported = [each for each in distinct(nests) if choose.yes()]
    defined = [name for each in exported for name in each.names]
    received: dict[str, Any] = {}

    def body(**names: Any) -> Any:
        received.update(names)
        return exports({name: ["exported", name] for name in defined})

    wanted = [name for each in imports for name in each.names]
    names = [*wanted, *defined]
    allowed = len(set(names)) == len(names) and not any(each.restricted for each in exported)
    try:
        made = unit(body, imports=[i.spec for i in imports], exports=[e.spec for e in exported])
    except DefinitionError:
        assert not allowed
        return
    assert allowed
    components = [Outside(SIGNATURES[each.signature]) for each in imports]
    given = invoke(made, *components)
    assert received == {
        name: component.member(member)
        for each, component in zip(imports, components, strict=True)
        for name, member in each.names.items()
    }
    found = given if len(exported) > 1 else (given,)
    for each, component in zip(exported, found if exported else (), strict=True):
        for name, member in each.names.items():
            assert getattr(component, member) == ["exported", name]
    in_a_namespace(made, imports, exported, received)


class Outside:
    """Has the members *names*."""

    def __init__(self, names: Any) -> None:
        vars(self).update({name: ["imported", name] for name in names})

    def member(self, name: str) -> Any:
        return getattr(self, name)


def nest(choose: Choices, signature: Any) -> Nest | None:
    """Choose adjustments of *signature*; None where they are refused, by ours and the model's."""
    spec: Any = signature
    names: Names = {name: name for name in SIGNATURES[signature]}
    restricted = False
    for _ in range(choose.below(4)):
        assert names is not None
        there = (*names, *WORDS) if choose.below(8) == 1 else tuple(names) or WORDS
        step, names = STEPS[choose.below(4)](choose, names, there)
        try:
            spec = step(spec)
        except SignatureError:
            assert names is None
            return None
        assert names is not None
        restricted = restricted or step.__name__ == "fewer"
        assert adjusted(spec) == (signature, names, restricted)
        assert [*adjusted(spec).names] == [*names]
    assert names is not None
    label = choose.of([None, None, "t", "u"])
    return Nest(signature, label, names, restricted, spec if label is None else tag(label, spec))


def distinct(nests: Sequence[Nest]) -> list[Nest]:
    """Return the first of *nests* for each signature and tag."""
    return list({(each.signature, each.tag): each for each in reversed(nests)}.values())[::-1]


Step = tuple[Callable[[Any], Any], Names]


def prefixed(choose: Choices, names: Mapping[str, str], there: Sequence[str]) -> Step:
    text = choose.of(WORDS)
    return lambda spec: prefix(text, spec), {text + name: names[name] for name in names}


def renamed(choose: Choices, names: Mapping[str, str], there: Sequence[str]) -> Step:
    pairs = {choose.of((*WORDS, *names)): choose.of(there) for _ in range(choose.below(4))}
    old = [*pairs.values()]
    now = [next((new for new in pairs if pairs[new] == name), name) for name in names]
    refused = set(old) - set(names) or len(set(old)) < len(old) or len(set(now)) < len(now)
    found = None if refused else dict(zip(now, names.values(), strict=True))
    return lambda spec: rename(spec, **pairs), found


def kept(choose: Choices, names: Mapping[str, str], there: Sequence[str]) -> Step:
    some = choose.several(there, 3)

    def fewer(spec: Any) -> Any:
        return only(spec, *some)

    return fewer, None if set(some) - set(names) else {n: names[n] for n in names if n in some}


def left_out(choose: Choices, names: Mapping[str, str], there: Sequence[str]) -> Step:
    some = choose.several(there, 2)

    def fewer(spec: Any) -> Any:
        return except_(spec, *some)

    return fewer, None if set(some) - set(names) else {n: names[n] for n in names if n not in some}


STEPS = (prefixed, renamed, kept, left_out)


def in_a_namespace(
    made: Any, imports: Sequence[Nest], exported: Sequence[Nest], received: dict[str, Any]
) -> None:
    """Invoke *made* as Racket does: names are read from a namespace, and exports put there."""
    received.clear()
    if any(each.restricted for each in imports):
        return  # a namespace has to have every member
    there: dict[str, Any] = {n: ["there", n] for each in imports for n in each.names}
    namespace = dict(there)
    try:
        define_values_invoke_unit(
            made,
            imports=[each.spec for each in imports],
            exports=[each.spec for each in exported],
            namespace=namespace,
        )
    except StaticError as error:
        raise AssertionError("names that do not meet") from error
    assert received == there
    assert namespace == there | {n: ["exported", n] for each in exported for n in each.names}
