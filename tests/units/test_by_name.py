"""Units that bind members by name, with every adjustment, as Racket's do."""

from __future__ import annotations

from typing import Any

import pytest

from signatures import Signature, SignatureError
from units import (
    DefinitionError,
    Link,
    UninitializedError,
    except_,
    exports,
    invoke,
    link,
    only,
    part,
    prefix,
    rename,
    tag,
    unit,
)
from units._unit import Unit


class IPair(Signature):
    a: int
    b: int


class IFunction(Signature):
    def f(self, n: int) -> int: ...


class IGet(Signature):
    def get(self) -> Any: ...


@unit
def pair() -> IPair:
    a, b = 1, 2
    return exports(locals())


def seen(*imports: Any, body: Any = lambda **names: names) -> Any:
    """Return what a body sees of *imports*, linked to `pair`."""
    return invoke(link(pair, unit(body, imports=imports), exports=()))


def test_parameters_are_the_names_of_members() -> None:
    """A body takes the names it wants; ``**names`` takes all."""
    assert seen(IPair) == {"a": 1, "b": 2}
    assert seen(IPair, body=lambda b: b) == 2


def test_prefix_puts_a_text_before_every_name() -> None:
    """Rule I2."""
    assert seen(prefix("in_", IPair)) == {"in_a": 1, "in_b": 2}
    assert seen(prefix("x", prefix("y", IPair))) == {"xya": 1, "xyb": 2}


def test_rename_is_simultaneous() -> None:
    """Rule I3: names can be swapped."""
    assert seen(rename(IPair, b="a", a="b")) == {"b": 1, "a": 2}
    assert seen(rename(IPair, x="a")) == {"x": 1, "b": 2}
    assert seen(rename(IPair)) == {"a": 1, "b": 2}


def test_only_and_except_leave_names_out() -> None:
    """Rule I1; the signature must be linked all the same."""
    assert seen(only(IPair, "a")) == {"a": 1}
    assert seen(except_(IPair, "a")) == {"b": 2}
    assert seen(only(IPair)) == {}


def test_adjustments_nest_inside_out() -> None:
    """Rule I4; a prefix over a rename prefixes the new name, too, as Racket documents."""
    assert seen(prefix("p_", rename(IPair, x="a"))) == {"p_x": 1, "p_b": 2}
    assert seen(rename(prefix("p_", IPair), x="p_a")) == {"x": 1, "p_b": 2}
    assert seen(prefix("p_", only(IPair, "a"))) == {"p_a": 1}
    assert seen(except_(rename(IPair, x="a"), "x")) == {"b": 2}


@pytest.mark.parametrize(
    ("adjust", "said"),
    [
        (lambda: only(IPair, "c"), "listed name is not in the signature\n  name: c"),
        (lambda: except_(IPair, "c"), "listed name is not"),
        (lambda: rename(IPair, x="c"), "listed name is not"),
        (lambda: only(rename(IPair, x="a"), "a"), "listed name is not"),
        (lambda: rename(except_(IPair, "a"), x="a"), "listed name is not"),
        (lambda: rename(IPair, x="a", y="a"), "duplicate renamings"),
        (lambda: rename(IPair, b="a"), "rename created a duplicate name\n  name: b"),
        (lambda: prefix("p", tag("t", IPair)), "a tag stands outside of every adjustment"),
        (lambda: prefix("p", int), "not a signature"),
    ],
)
def test_adjustments_that_mean_nothing_are_refused(adjust: Any, said: str) -> None:
    """Each with the name, the signature and the names there are."""
    with pytest.raises(SignatureError, match=said):
        adjust()


def test_exports_may_be_prefixed_and_renamed() -> None:
    """Rule I5: the body defines the inner name."""

    @unit(exports=[prefix("out_", IPair)])
    def prefixed() -> Any:
        out_a, out_b, a = 3, 4, "private"
        return exports(locals())

    @unit(exports=[tag("t", rename(IPair, first="a"))])
    def renamed() -> Any:
        first, b = 5, 6
        return exports(locals())

    made = invoke(prefixed)
    assert (made.a, made.b) == (3, 4)
    made = invoke(renamed)
    assert (made.a, made.b) == (5, 6)


def test_an_object_can_be_exported_under_other_names() -> None:
    """It is seen through a view that knows the names."""

    class Thing:
        out_a, out_b = 7, 8

    @unit(exports=[prefix("out_", IPair)])
    def thing() -> Any:
        return Thing()

    made = invoke(thing)
    assert (made.a, made.b) == (7, 8)


def test_a_decorator_imports_under_a_prefix_what_it_exports() -> None:
    """Rule U5."""

    @unit(imports=[prefix("in_", IFunction)], exports=[IFunction])
    def doubled(in_f: Any) -> Any:
        def f(n: int) -> int:
            return 2 * in_f(n)

        return exports(locals())

    @unit
    class Plain(IFunction):
        def f(self, n: int) -> int:
            return n + 1

    plain, twice = Link(IFunction), Link(IFunction)
    program = link(part(Plain, as_=plain), part(doubled, plain, as_=twice), exports=twice)
    assert invoke(program).f(3) == 8


def test_component_imports_and_settings_go_along() -> None:
    """Names and annotated components can be mixed."""

    @unit(imports=[IPair])
    def mixed(function: IFunction, a: int, scale: int = 10) -> int:
        return function.f(a) * scale

    @unit
    class F(IFunction):
        def f(self, n: int) -> int:
            return n + 1

    assert invoke(link(pair, F, mixed, exports=())) == 20


def bad(body: Any, *said: str, **clause: Any) -> None:
    """Check that ``unit(body, **clause)`` is refused with a message that says all of *said*."""
    with pytest.raises(DefinitionError) as caught:
        unit(body, **clause)
    for part_ in said:
        assert part_ in str(caught.value), str(caught.value)


def test_names_must_not_clash() -> None:
    """Rules U5, U8."""

    class IOther(Signature):
        b: int

    bad(lambda b: b, "a name is imported by multiple signatures", "b", imports=[IPair, IOther])
    bad(lambda: exports(a=1, b=2), "a name is exported by multiple", exports=[IPair, IOther])
    bad(lambda a: exports(b=2), "an import is exported", imports=[IPair], exports=[IOther])


def test_clauses_are_checked() -> None:
    """Rules U9, U15, U16, I5."""
    bad(lambda: 1, "duplicate import signature", imports=[IPair, prefix("p", IPair)])
    bad(lambda: 1, "an import is a signature", "given: class int", imports=[int])
    bad(lambda: 1, "only and except_ are for imports", exports=[only(IPair, "a")])
    bad(
        lambda: 1,
        "initialization dependency on unknown import",
        "given: IGet",
        "imports: IPair",
        imports=[IPair],
        init_depend=[IGet],
    )
    bad(lambda c: 1, "parameter: c", "neither an import", imports=[IPair])


def test_imported_names_are_neither_defined_nor_assigned() -> None:
    """Rules U6, U7."""

    def defines(a: int) -> None:
        a = 3  # noqa: F841 - on purpose

    def assigns(a: int) -> Any:
        def change() -> None:
            nonlocal a
            a = 3

        return change

    bad(defines, "definition for imported name", "name: a", imports=[IPair])
    bad(assigns, "an imported name is assigned", "assigned in: change", imports=[IPair])


def test_init_depend_is_checked_when_linking() -> None:
    """Rule C11: what is read while starting must come from an earlier unit."""
    from units import LinkError

    @unit(init_depend=[IPair])
    def eager(pair: IPair) -> int:
        return pair.a

    assert invoke(link(pair, eager, exports=())) == 1
    with pytest.raises(LinkError, match="initialization dependency is supplied from a later unit"):
        link(eager, pair, exports=())
    assert invoke(link(eager, pair, exports=(), sort=True)) == 1
    inner = link(eager, imports=IPair, exports=())
    with pytest.raises(LinkError, match="a later unit"):
        link(inner, pair, exports=())


def late() -> Unit[..., Any]:
    """Return a unit that hands out the value of ``a`` on demand."""

    @unit(imports=[IPair], exports=[IGet])
    def late(a: int) -> Any:
        def get() -> Any:
            return a

        return exports(locals())

    return late


def test_an_import_by_name_is_read_late() -> None:
    """A unit may start before its supplier as long as nothing reads the import (rule U13)."""
    getter = invoke(link(late(), pair, exports=IGet))
    assert type(getter.get()) is int
    assert getter.get() == 1


def test_an_import_by_name_read_too_early_is_an_error() -> None:
    """Whatever is done with it, until its definition has run."""
    for use in (
        lambda a: a + 1,
        lambda a: str(a),
        lambda a: a.real,
        lambda a: f"{a}",
        lambda a: [*a],
    ):
        with pytest.raises(UninitializedError, match=r"IPair\.a: undefined"):
            invoke(link(unit(use, imports=[IPair]), pair, exports=()))


def test_a_class_supplier_can_be_late_too() -> None:
    """The stand-in looks again at each use."""

    @unit
    class Pair(IPair):
        def __init__(self, getter: IGet) -> None:
            self.a = 5
            assert getter.get() == 5
            self.b = 6

    getter = invoke(link(late(), Pair, exports=IGet))
    assert getter.get() + 1 == 6
    assert 1 + getter.get() == 6
    assert isinstance(getter.get(), int)


def test_units_are_built_at_run_time() -> None:
    """From a function and lists, for programs that compute their parts."""
    made = unit(lambda: exports(f=lambda n: n + 1), imports=[], exports=[IFunction], name="made")
    assert made.name == "made"
    assert invoke(made).f(1) == 2


def test_sealed_objects_show_their_signature_only() -> None:
    """``seal=True`` asks for Racket's opacity."""

    @unit(seal=True)
    class Open(IFunction):
        secret = 3

        def f(self, n: int) -> int:
            return n

    @unit(seal=True)
    def opened() -> IFunction:
        return Open()

    for each in (Open, opened):
        made = invoke(each)
        assert made.f(2) == 2
        with pytest.raises(AttributeError):
            made.secret  # type: ignore[attr-defined]  # noqa: B018
    assert Open().secret == 3
