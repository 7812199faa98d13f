"""Rules N1-N4: a unit under other signatures."""

from __future__ import annotations

from typing import Any

from signatures import Signature, derived, for_export
from tests.units.rules.small import (
    IX,
    IXY,
    IY,
    IZ,
    Case,
    Fails,
    IGet,
    bound,
    cases,
    offers,
    signature,
    wants,
)
from units import DefinitionError, LinkError, UninitializedError
from units.racket import (
    compound_unit,
    exports,
    invoke_unit,
    invoke_unit_infer,
    only,
    rename,
    tag,
    unit,
    unit_new_import_export,
    unit_s,
)

IX2 = signature("IX2", "x")
x_and_y = offers(IX, IY, called="x_and_y", x=4, y=8)


def split_import() -> Any:
    adds = unit(lambda x, y: exports(z=x + y), imports=[IXY], exports=[IZ])
    new = unit_new_import_export(imports=[IX, IY], exports=[IZ], link=([IZ], adds, [IXY]))
    return invoke_unit_infer([x_and_y, new, wants(lambda z: z, IZ)])


def renamed() -> Any:
    IMakePush, INewAdd = signature("IMakePush", "make", "push"), signature("INewAdd", "new", "add")
    old = offers(IMakePush, make=list, push=lambda s, v: [v, *s])
    new = unit_new_import_export(
        exports=[rename(INewAdd, make="new", push="add")], link=([IMakePush], old, [])
    )
    names = bound(new, INewAdd)
    return names["add"](names["add"](names["new"](), 1), 2)


ISecret = signature("ISecret", "x", "secret")


@cases(
    ("nie-split-import", split_import, 12),
    (
        "nie-merge-export",
        lambda: bound(unit_new_import_export(exports=[IXY], link=([IX, IY], x_and_y, []))),
        {"x": 4, "y": 8},
    ),
    ("nie-rename", renamed, [2, 1]),
    (
        "nie-drop-export",
        lambda: bound(
            unit_new_import_export(
                exports=[IX], link=([ISecret], offers(ISecret, x=1, secret=2), [])
            ),
            ISecret,
        ),
        Fails(LinkError, "does not supply"),
    ),
    (
        "nie-tags",
        lambda: bound(
            unit_new_import_export(exports=[tag("t", IX2)], link=([IX], offers(IX, x=1), [])),
            tag("t", IX2),
        ),
        {"x": 1},
    ),
)
def test_N1_members_are_matched_by_name(case: Case) -> None:
    """Signatures may be split, merged and replaced; rename and prefix match other names."""
    case.check()


y_of_x = unit(lambda x: exports(y=x), imports=[IX], exports=[IY], name="y_of_x")
y_is_1 = offers(IY, y=1)


@cases(
    (
        "nie-import-missing-name",
        lambda: unit_new_import_export(exports=[IY], link=([IY], y_of_x, [IX])),
        Fails(DefinitionError, "a name is not present in the new imports"),
    ),
    (
        "nie-export-missing-name",
        lambda: unit_new_import_export(exports=[IX], link=([IY], y_is_1, [])),
        Fails(DefinitionError, "a name is not present in the old exports"),
    ),
    (
        "nie-not-unit",
        lambda: unit_new_import_export(link=([], "nope", [])),
        Fails(LinkError, "only a unit can be adapted"),
    ),
    (
        "nie-wrong-export",
        lambda: unit_new_import_export(exports=[IX], link=([IX], y_is_1, [])),
        Fails(LinkError, "an expected export is supplied by the unit not at all"),
    ),
    (
        "nie-wrong-import",
        lambda: unit_new_import_export(exports=[IY], link=([IY], y_of_x, [])),
        Fails(LinkError, "an import of the unit is supplied not at all"),
    ),
    (
        "nie-static-first",
        lambda: unit_new_import_export(exports=[IX], link=([IY], "nope", [])),
        Fails(DefinitionError, "a name is not present in the old exports"),
    ),
    (
        "nie-names-clash",
        lambda: unit_new_import_export(imports=[IX, IX2], link=([], y_of_x, [IX])),
        Fails(DefinitionError, "imported by multiple signatures"),
    ),
    (
        "nie-import-is-exported",
        lambda: unit_new_import_export(imports=[IX], exports=[IX2], link=([IX2], y_of_x, [IX])),
        Fails(DefinitionError, "an import is exported"),
    ),
    (
        "nie-export-only",
        lambda: unit_new_import_export(exports=[only(IXY, "x")], link=([IX], x_and_y, [])),
        Fails(DefinitionError, "only and except_ are for imports"),
    ),
)
def test_N2_every_name_has_a_partner_and_the_unit_what_is_said_of_it(case: Case) -> None:
    """A name without a partner is found in the clauses, a wrong old signature in the unit."""
    case.check()


def imports_stay_unread() -> Any:
    getter = unit(lambda x: exports(get=lambda: x), imports=[IX], exports=[IGet])
    new = unit_new_import_export(imports=[IX2], exports=[IGet], link=([IGet], getter, [IX]))
    return invoke_unit_infer([new, offers(IX2, x=1), wants(lambda get: get(), IGet)])


early = unit(lambda x: x, imports=[IX], init_depend=[IX], name="early")


def late_x(wrapped: Any) -> Any:
    return compound_unit(link=[({}, wrapped, ["X"]), ({"X": IX2}, offers(IX2, x=1), [])])


class IComputed(Signature):
    x: int

    @property
    @for_export
    def v(self) -> int:
        return 42


class IDerived(Signature):
    x: int

    @derived
    def v(self) -> int:
        return self.x + 1


IXV = signature("IXV", "x", "v")


def behind_a_context() -> Any:
    ns: dict[str, Any] = {"x": 1}
    new = unit_new_import_export(imports=[IX2], link=([], wants(lambda x: lambda: x, IX), [IX]))
    get = invoke_unit(new, imports=[IX2], namespace=ns)
    ns["x"] = 2
    return get()


@cases(
    (
        "nie-result",
        lambda: invoke_unit(unit_new_import_export(link=([], unit(lambda: "inner"), []))),
        "inner",
    ),
    ("nie-lazy-imports", imports_stay_unread, 1),
    (
        "nie-initdep-dropped",
        lambda: invoke_unit(late_x(unit_new_import_export(imports=[IX2], link=([], early, [IX])))),
        Fails(UninitializedError, "IX2.x: undefined"),
    ),
    (
        "nie-initdep-declared",
        lambda: late_x(
            unit_new_import_export(
                imports=[IX2], init_depend=[IX2], link=([], wants(lambda x: x, IX), [IX])
            )
        ),
        Fails(LinkError, "supplied from a later unit"),
    ),
    (
        "nie-initdep-unknown",
        lambda: unit_new_import_export(
            imports=[IX2], init_depend=[IX], link=([], wants(lambda x: x, IX), [IX])
        ),
        Fails(DefinitionError, "initialization dependency on unknown import"),
    ),
    (
        "nie-exportdef-suppressed",
        lambda: bound(
            unit_new_import_export(exports=[IComputed], link=([IXV], offers(IXV, x=0, v=1), [])),
            IComputed,
        )["v"],
        1,
    ),
    (
        "nie-extra-imports",
        lambda: invoke_unit(
            unit_new_import_export(imports=[IX2, IY], link=([], wants(lambda x: x, IX), [IX])),
            imports=[IY, IX2],
            namespace={"x": 1, "y": 2},
        ),
        1,
    ),
    (
        "nie-derived",
        lambda: invoke_unit(
            unit_new_import_export(
                imports=[IX2], link=([], wants(lambda x, v: [x, v()], IDerived), [IDerived])
            ),
            imports=[IX2],
            namespace={"x": 5},
        ),
        [5, 6],
    ),
    ("nie-context-mutation", behind_a_context, 2),
)
def test_N3_the_wrapper_adds_nothing_of_its_own(case: Case) -> None:
    """The result passes through, nothing is read early, dependencies are those it declares."""
    case.check()


IStack, ILifo = signature("IStack", "push", "pop"), signature("ILifo", "put", "take")


def stack_as_lifo() -> Any:
    stack = offers(IStack, push=lambda s, v: [v, *s], pop=lambda s: s[0])
    names = bound(unit_s(stack, exports=[rename(ILifo, push="put", pop="take")]))
    return names["take"](names["put"](names["put"]([], 1), 2))


@cases(
    ("us-basic", lambda: bound(unit_s(x_and_y, exports=[IXY])), {"x": 4, "y": 8}),
    ("us-expr", lambda: bound(unit_s(offers(IX, x=4), exports=[IX2]), IX2), {"x": 4}),
    ("us-rename", stack_as_lifo, 2),
    (
        "us-imports",
        lambda: invoke_unit(
            unit_s(wants(lambda x: x, IX), imports=[IX2]), imports=[IX2], namespace={"x": 3}
        ),
        3,
    ),
    ("us-not-unit", lambda: unit_s(5), Fails(LinkError, "only a unit can be adapted")),
    (
        "us-missing",
        lambda: unit_s(offers(IX, x=4), exports=[IY]),
        Fails(DefinitionError, "a name is not present in the old exports"),
    ),
)
def test_N4_the_old_signatures_can_be_those_of_the_unit(case: Case) -> None:
    """The same, with the inner clauses taken from the unit itself."""
    case.check()
