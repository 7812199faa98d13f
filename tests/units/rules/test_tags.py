"""Rules T1-T4: tags tell several imports, or exports, of one signature apart."""

from __future__ import annotations

from typing import Any

from tests.units.rules.small import (
    IX,
    Case,
    Fails,
    IBase,
    ICounter,
    ISub,
    cases,
    counts,
    offers,
    signature,
    wants,
)
from units import DefinitionError, LinkError
from units.racket import (
    compound_unit,
    compound_unit_infer,
    define_values_invoke_unit,
    define_values_invoke_unit_infer,
    exports,
    invoke_unit,
    invoke_unit_infer,
    prefix,
    rename,
    tag,
    unit,
)

IResult = signature("IResult", "result")
one, two = offers(IX, x=1, called="one"), offers(IX, x=2, called="two")
both = wants(lambda l_x, r_x: [l_x, r_x], tag("l", prefix("l_", IX)), tag("r", prefix("r_", IX)))
mixed = wants(lambda x, r_x: [x, r_x], IX, tag("r", prefix("r_", IX)))
needs_l = wants(lambda x: x, tag("l", IX))


def linked(*supplied: Any, to: Any) -> Any:
    """Return the result of *to*, supplied with links to `one` (A) and `two` (B)."""
    lines = [({"A": IX}, one, []), ({"B": IX}, two, []), ({}, to, supplied)]
    return invoke_unit(compound_unit(link=lines))


def swapped() -> Any:
    return [linked("A", tag("r", "B"), to=mixed), linked(tag("r", "A"), "B", to=mixed)]


def one_link_under_two_tags() -> Any:
    user = wants(
        lambda l_next, r_next: [l_next(), r_next(), l_next()],
        tag("l", prefix("l_", ICounter)),
        tag("r", prefix("r_", ICounter)),
    )
    lines = [({"A": ICounter}, counts, []), ({}, user, [tag("l", "A"), tag("r", "A")])]
    return invoke_unit(compound_unit(link=lines))


@cases(
    ("tag-import", lambda: linked(tag("l", "A"), tag("r", "B"), to=both), [1, 2]),
    ("tag-swap", swapped, [[1, 2], [2, 1]]),
    ("ex-same-link-two-tags", one_link_under_two_tags, [1, 2, 3]),
)
def test_T1_the_supplier_names_the_tag_of_the_import(case: Case) -> None:
    """A tag belongs to the importing unit; one link may be supplied under several."""
    case.check()


@cases(
    ("tag-missing", lambda: linked("A", to=needs_l), Fails(LinkError, "does not supply")),
    (
        "tag-superfluous",
        lambda: linked(tag("l", "A"), to=wants(lambda x: x, IX)),
        Fails(LinkError, "does not supply"),
    ),
)
def test_T2_tag_and_signature_both_must_match(case: Case) -> None:
    """An untagged supply satisfies no tagged import, nor a tagged one an untagged import."""
    case.check()


def two_exports(user: Any, *supplied: Any) -> Any:
    body = unit(
        lambda: exports(a_x="A", b_x="B"),
        exports=[tag("a", prefix("a_", IX)), tag("b", prefix("b_", IX))],
    )
    lines = [({"P": tag("a", IX), "Q": tag("b", IX)}, body, []), ({}, user, supplied)]
    return invoke_unit(compound_unit(link=lines))


def tagged_exports_of_a_compound() -> Any:
    made = compound_unit(
        exports=[tag("first", "A"), tag("second", "B")],
        link=[({"A": IX}, one, []), ({"B": IX}, two, [])],
    )
    ns: dict[str, Any] = {}
    asked = [tag("first", prefix("f_", IX)), tag("second", prefix("s_", IX))]
    define_values_invoke_unit(made, exports=asked, namespace=ns)
    return ns


@cases(
    ("tag-export", lambda: two_exports(wants(lambda x: x, IX), "Q"), "B"),
    ("tag-export-to-another-tag", lambda: two_exports(needs_l, tag("l", "P")), "A"),
    (
        "tag-export-missing",
        lambda: compound_unit(link=[({"A": tag("a", IX)}, one, [])]),
        Fails(LinkError, "this usage context expects a unit with an export"),
    ),
    ("tag-compound-export", tagged_exports_of_a_compound, {"f_x": 1, "s_x": 2}),
)
def test_T3_a_tag_picks_an_export_and_a_link_has_none(case: Case) -> None:
    """Left of a unit a tag picks the export; in the export clause it is the tag seen outside."""
    case.check()


l_and_plain = wants(lambda l_x, x: [l_x, x], tag("l", prefix("l_", IX)), IX)
in_context = [IX, tag("l", rename(IX, lx="x"))]


def bound_from_context() -> Any:
    shows = unit(
        lambda l_x, x: exports(result=[l_x, x]),
        imports=[tag("l", prefix("l_", IX)), IX],
        exports=[IResult],
    )
    ns: dict[str, Any] = {"x": "plain", "lx": "tagged"}
    define_values_invoke_unit(shows, imports=in_context, exports=[IResult], namespace=ns)
    return ns["result"]


def bound_by_inference() -> Any:
    shows = unit(
        lambda l_x: exports(result=l_x), imports=[tag("l", prefix("l_", IX))], exports=[IResult]
    )
    ns: dict[str, Any] = {"x": "ctx"}
    define_values_invoke_unit_infer(shows, namespace=ns)
    return ns["result"]


def by_subtype() -> Any:
    sub = offers(tag("t", ISub), a=1, b=2)
    user = wants(lambda a: a, tag("u", IBase))
    lines = [({"S": tag("t", ISub)}, sub, []), ({}, user, [tag("u", "S")])]
    return invoke_unit(compound_unit(link=lines))


@cases(
    ("tag-dv-invoke-context", bound_from_context, ["tagged", "plain"]),
    ("tag-dv-invoke-context-infer", bound_by_inference, "ctx"),
    # As documented for Racket; its own form drops the tag on the way.
    (
        "tag-invoke-context",
        lambda: invoke_unit(
            l_and_plain, imports=in_context, namespace={"x": "plain", "lx": "tagged"}
        ),
        ["tagged", "plain"],
    ),
    ("tag-invoke-unit-infer", lambda: invoke_unit_infer(needs_l, namespace={"x": "ctx"}), "ctx"),
    ("tag-subtyping", by_subtype, 1),
    (
        "tag-dup-supply",
        lambda: linked(tag("l", "A"), tag("l", "B"), to=needs_l),
        Fails(DefinitionError, "extends this signature"),
    ),
    ("tag-not-symbol", lambda: tag(5, IX), Fails(TypeError, "a tag's name is a string")),
    (
        "tag-spec-inside-only",
        lambda: wants(lambda x: x, prefix("p_", tag("t", IX))),
        Fails(TypeError, "a tag stands outside of every adjustment"),
    ),
    (
        "tag-context-missing",
        lambda: invoke_unit(needs_l, imports=[IX], namespace={"x": 1}),
        Fails(LinkError, "does not supply"),
    ),
)
def test_T4_tags_work_everywhere_else(case: Case) -> None:
    """Subtyping and the rules about duplicates hold within a tag; contexts supply tagged imports."""
    case.check()


def test_T4_inference_ignores_tags_and_contexts_do_not() -> None:
    """A unit linked by inference takes the only exporter, whatever its tag (rule F7)."""
    assert invoke_unit(compound_unit_infer(link=[one, needs_l])) == 1
