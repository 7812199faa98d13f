"""Rule S10: what a signature computes for exporters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from signatures import (
    Signature,
    SignatureError,
    for_export,
    prefix,
)
from tests.units.rules.small import (
    Case,
    Fails,
    IBase,
    cases,
    offers,
)
from units import (
    DefinitionError,
    InvokeError,
    UninitializedError,
    exports,
    invoke,
    invoke_result,
    link,
    unit,
)

twice_declared = Fails(SignatureError, "a signature declares each member once")


class IGet(Signature):
    def get(self) -> Any: ...


told: list[str] = []


class ICompleted(Signature):
    x: int

    @property
    @for_export
    def y(self) -> int:
        told.append("computed")
        return 2 * self.x


def after_the_body() -> Any:
    told.clear()

    @unit
    def exporter() -> ICompleted:
        told.append("body")
        x = 21
        return exports(locals())

    made = invoke(exporter)
    return [*told, made.x, made.y, *told[2:]]


def after_a_class_body() -> Any:
    told.clear()

    @unit
    class Exporter(ICompleted):
        def __init__(self) -> None:
            told.append("body")
            self.x = 21

    made = invoke(Exporter)
    return [*told, made.x, made.y, *told[2:]]


def of_a_returned_object(declared: bool) -> Callable[[], Any]:
    class Plain:
        x = 21

    class Declared(ICompleted):
        x = 21

    def program() -> Any:
        told.clear()
        made = invoke(unit(lambda: Declared() if declared else Plain(), exports=[ICompleted]))
        return [*told, made.x, made.y, *told[1:]]

    return program


def class_defines_it() -> Any:
    @unit
    class Exporter(ICompleted):
        x = 21
        y = 0


def object_defines_it() -> Any:
    class Both:
        x, y = 21, 0

    return invoke(unit(Both, exports=[ICompleted], name="both"))


def returned_object_defines_it() -> Any:
    class Both:
        def __init__(self) -> None:
            self.x, self.y = 21, 0

    return invoke(unit(lambda: Both(), exports=[ICompleted]))


def read_by_a_function_body() -> Any:
    """Read *y* through a unit that runs before."""

    @unit
    def peeks(completed: ICompleted) -> IGet:
        def get() -> int:
            return completed.y

        return exports(locals())

    @unit
    def exporter(peek: IGet) -> ICompleted:
        x = 21
        peek.get()
        return exports(locals())

    return invoke(link(peeks, exporter, exports=()))


def read_by_a_class_body() -> Any:
    @unit
    class Exporter(ICompleted):
        def __init__(self) -> None:
            self.x = 21
            self.early = self.y

    return invoke(Exporter)


def with_a_helper() -> Any:
    def helper(n: int) -> int:
        return n + 1

    class IHelped(Signature):
        x: int

        @for_export
        def y(self) -> int:
            return helper(self.x)

    return invoke(offers(IHelped, x=42)).y()


def without_result() -> Any:
    @unit
    def exporter() -> ICompleted:
        x, __result__ = 1, "result"
        return exports(locals())

    @unit
    class Exporter(ICompleted):
        x, __result__ = 1, "result"

    return [invoke_result(each)[1] for each in (exporter, Exporter)]


def under_other_names() -> Any:
    def body() -> Any:
        p_x = 3
        return exports(locals())

    made = invoke(unit(body, exports=[prefix("p_", ICompleted)]))
    return made.x, made.y


def for_an_inherited_member() -> Any:
    class IFilled(IBase, Signature):
        y: int

        @property
        @for_export
        def a(self) -> int:
            return 2 * self.y

    made = invoke(offers(IFilled, y=4))
    return made.a, made.y


def one_from_the_other() -> Any:
    class ILater(ICompleted, Signature):
        @property
        @for_export
        def z(self) -> int:
            return self.y + 1

    made = invoke(offers(ILater, x=1))
    return made.x, made.y, made.z


def computed_again() -> Any:
    class IAgain(ICompleted, Signature):
        @property
        @for_export
        def y(self) -> int:
            return 0


class IBackwards(Signature):
    x: Any

    @property
    @for_export
    def z(self) -> int:
        return self.y + 1

    @property
    @for_export
    def y(self) -> int:
        return int(2 * self.x)


@cases(
    ("sig-exportdef", after_the_body, ["body", "computed", 21, 42]),
    ("sig-exportdef-class", after_a_class_body, ["body", "computed", 21, 42]),
    ("sig-exportdef-object", of_a_returned_object(declared=False), ["computed", 21, 42]),
    ("sig-exportdef-declared-object", of_a_returned_object(declared=True), ["computed", 21, 42]),
    (
        "sig-exportdef-conflict",
        lambda: unit(lambda: exports(x=21, y=0), exports=[ICompleted]),
        Fails(DefinitionError, "a member is defined twice"),
    ),
    (
        "sig-exportdef-conflict-class",
        class_defines_it,
        Fails(DefinitionError, "a member is defined twice"),
    ),
    (
        "sig-exportdef-conflict-undeclared-class",
        object_defines_it,
        Fails(DefinitionError, "a member is defined twice"),
    ),
    (
        "sig-exportdef-conflict-object",
        returned_object_defines_it,
        Fails(InvokeError, "a member is defined twice"),
    ),
    ("sig-exportdef-conflict-signature", computed_again, twice_declared),
    (
        "sig-exportdef-use-in-body",
        read_by_a_function_body,
        Fails(UninitializedError, "ICompleted.y: undefined"),
    ),
    (
        "sig-exportdef-use-in-body-class",
        read_by_a_class_body,
        Fails(UninitializedError, "ICompleted.y: undefined"),
    ),
    ("sig-exportdef-helper", with_a_helper, 43),
    ("sig-exportdef-last-value", without_result, [None, None]),
    ("sig-exportdef-rename", under_other_names, (3, 6)),
    ("sig-exportdef-inherited", for_an_inherited_member, (8, 4)),
    ("sig-exportdef-extended", one_from_the_other, (1, 2, 3)),
    (
        "sig-exportdef-forward",
        lambda: invoke(unit(lambda: exports(x=1), exports=[IBackwards])),
        Fails(UninitializedError, "IBackwards.y: undefined"),
    ),
)
def test_S10_members_for_export_are_computed_after_the_exporting_body(case: Case) -> None:
    """From the members it defined, for whatever exports them; they are no defaults to override."""
    case.check()
