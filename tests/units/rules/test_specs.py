"""Rules I1-I5: under which names a unit knows what it imports and defines what it exports."""

from __future__ import annotations

from typing import Any

from signatures import SignatureError
from tests.units.rules.small import Case, Fails, cases, offers, shown, signature, wants
from units import (
    DefinitionError,
    InvokeError,
    except_,
    exports,
    invoke,
    only,
    prefix,
    rename,
    unit,
)

IOne = signature("IOne", "a")
IPair = signature("IPair", "a", "b")
ITriple = signature("ITriple", "a", "b", "c")

one = offers(IOne, a=1)
pair = offers(IPair, a=1, b=2)
triple = offers(ITriple, a=1, b=2, c=3)
unknown_name = Fails(SignatureError, "listed name is not in the signature")
imports_only = Fails(DefinitionError, "only and except_ are for imports")


b = "outer b"


def with_one_of_its_own(a: int, c: int) -> Any:
    b = "mine"
    return [a, b, c]


def with_only_its_own() -> Any:
    a = "mine"
    return a


@cases(
    (
        "spec-only",
        lambda: shown(triple, only(ITriple, "a", "c"), body=lambda a, c: [a, b, c]),
        [1, "outer b", 3],
    ),
    ("spec-only-names", lambda: shown(triple, only(ITriple, "c", "a")), {"a": 1, "c": 3}),
    (
        "spec-except",
        lambda: shown(triple, except_(ITriple, "b"), body=with_one_of_its_own),
        [1, "mine", 3],
    ),
    (
        "spec-except-all",
        lambda: invoke(wants(lambda: 1, except_(IOne, "a"))),
        Fails(InvokeError, "an import is not supplied"),
    ),
    ("spec-only-empty", lambda: shown(one, only(IOne), body=with_only_its_own), "mine"),
    ("spec-only-unknown", lambda: only(IOne, "zz"), unknown_name),
    ("spec-except-unknown", lambda: except_(IOne, "zz"), unknown_name),
)
def test_I1_only_and_except_leave_names_out_of_imports(case: Case) -> None:
    """The names are free then, but the signature has to be supplied all the same."""
    case.check()


def defines_prefixed() -> Any:
    out_a, out_b, a = 1, 2, "private"
    return exports(locals())


@cases(
    (
        "spec-prefix",
        lambda: shown(
            unit(defines_prefixed, exports=[prefix("out_", IPair)]), prefix("in_", IPair)
        ),
        {"in_a": 1, "in_b": 2},
    ),
    ("spec-prefix-nothing", lambda: shown(pair, prefix("", IPair)), {"a": 1, "b": 2}),
)
def test_I2_prefix_stands_before_every_name(case: Case) -> None:
    """In exports it says which definition of the body is the member."""
    case.check()


def defines_renamed() -> Any:
    alpha, b = 1, 2
    return exports(locals())


def renames_one_name_twice() -> Any:
    return compile('rename(IPair, x="a", x="b")', "text", "eval")


@cases(
    (
        "spec-rename",
        lambda: shown(
            unit(defines_renamed, exports=[rename(IPair, alpha="a")]), rename(IPair, x="a", y="b")
        ),
        {"x": 1, "y": 2},
    ),
    ("spec-rename-swap", lambda: shown(pair, rename(IPair, a="b", b="a")), {"b": 1, "a": 2}),
    ("spec-rename-unknown", lambda: rename(IOne, x="zz"), unknown_name),
    ("spec-rename-dup-new", renames_one_name_twice, Fails(SyntaxError, "repeated: x")),
    (
        "spec-rename-dup-old",
        lambda: rename(IPair, x="a", y="a"),
        Fails(SignatureError, "duplicate renamings"),
    ),
    (
        "spec-rename-clash",
        lambda: rename(IPair, b="a"),
        Fails(SignatureError, "rename created a duplicate name\n  name: b"),
    ),
    (
        "spec-rename-none",
        lambda: invoke(unit(lambda: exports(a=1), exports=[rename(IOne)])).a,
        1,
    ),
)
def test_I3_rename_gives_names_of_the_bodys_own(case: Case) -> None:
    """The inner name first, all at once; no old name twice, no new one that is there already."""
    case.check()


def prefix_over_rename_exported() -> Any:
    def body() -> Any:
        p_x, p_b = 1, 2
        return exports(locals())

    made = invoke(unit(body, exports=[prefix("p_", rename(IPair, x="a"))]))
    return [made.a, made.b]


def excluded_twice(p_a: int) -> Any:
    p_b = "mine"
    return [p_a, p_b]


def excluded_after_rename(x: int) -> Any:
    b = "mine"
    return [x, b]


@cases(
    # As Racket documents it: there, a prefix leaves alone what a rename inside it introduced.
    (
        "spec-nest-prefix-rename",
        lambda: shown(pair, prefix("p_", rename(IPair, x="a"))),
        {"p_x": 1, "p_b": 2},
    ),
    (
        "spec-nest-prefix-rename-documented",
        lambda: shown(pair, prefix("p_", rename(IPair, x="a")), body=lambda p_x: p_x),
        1,
    ),
    ("spec-nest-prefix-rename-export", prefix_over_rename_exported, [1, 2]),
    (
        "spec-nest-prefix-only",
        lambda: shown(pair, prefix("p_", only(IPair, "a")), body=excluded_twice),
        [1, "mine"],
    ),
    (
        "spec-nest-rename-prefix",
        lambda: shown(pair, rename(prefix("p_", IPair), x="p_a")),
        {"x": 1, "p_b": 2},
    ),
    (
        "spec-nest-prefix-prefix",
        lambda: shown(one, prefix("outer_", prefix("inner_", IOne))),
        {"outer_inner_a": 1},
    ),
    (
        "spec-nest-only-prefix",
        lambda: shown(
            triple,
            except_(only(prefix("p_", ITriple), "p_a", "p_b"), "p_b"),
            body=excluded_twice,
        ),
        [1, "mine"],
    ),
    ("spec-nest-only-rename-old-name", lambda: only(rename(IPair, x="a"), "a"), unknown_name),
    ("spec-nest-rename-excluded", lambda: rename(except_(IPair, "a"), x="a"), unknown_name),
    (
        "spec-nest-except-rename",
        lambda: shown(pair, except_(rename(IPair, x="a"), "b"), body=excluded_after_rename),
        [1, "mine"],
    ),
)
def test_I4_adjustments_nest_inside_out(case: Case) -> None:
    """An outer one speaks of the names that the inner ones left."""
    case.check()


@cases(
    (
        "spec-export-only",
        lambda: unit(lambda: exports(a=1), exports=[only(IPair, "a")]),
        imports_only,
    ),
    (
        "spec-export-except",
        lambda: unit(lambda: exports(a=1), exports=[except_(IPair, "b")]),
        imports_only,
    ),
    (
        "spec-export-except-nested",
        lambda: unit(lambda: exports(p_a=1), exports=[prefix("p_", except_(IPair, "b"))]),
        imports_only,
    ),
    (
        "spec-export-prefix-undefined",
        lambda: unit(lambda: exports(a=1), exports=[prefix("p_", IOne)]),
        Fails(DefinitionError, "name in the body: p_a"),
    ),
    (
        "spec-unknown-keyword",
        lambda: wants(lambda: 1, ("suffix", IOne, "x")),
        Fails(DefinitionError, "an import is a signature"),
    ),
    (
        "spec-import-collision-after-prefix",
        lambda: wants(lambda: 1, prefix("p_", IOne), signature("IOther", "p_a")),
        Fails(DefinitionError, "a name is imported by multiple signatures\n"),
    ),
)
def test_I5_exports_keep_every_member(case: Case) -> None:
    """They may be prefixed and renamed, and the body defines the names that come of it."""
    case.check()
