"""Racket's names and clause shapes: what the forms take, and what they return."""

from __future__ import annotations

from typing import Any, assert_type

from signatures import Signature
from units import Unit
from units.racket import (
    StaticError,
    UsageError,
    compound_unit,
    compound_unit_infer,
    define_unit_binding,
    define_values_invoke_unit,
    define_values_invoke_unit_infer,
    except_,
    exports,
    invoke_unit,
    invoke_unit_infer,
    is_unit,
    only,
    prefix,
    provide_signature_elements,
    rename,
    signature_members,
    tag,
    unit,
    unit_c,
    unit_from_context,
    unit_new_import_export,
    unit_s,
    unit_static_init_dependencies,
    unit_static_signatures,
)


class IToy(Signature):
    def play(self, times: int) -> str: ...


class IStore(Signature):
    @property
    def name(self) -> str: ...


@unit
class Robot(IToy):
    def play(self, times: int) -> str:
        return "beep" * times


@unit
def store(toy: IToy) -> IStore:
    name = toy.play(1)
    return exports(name=name)


@unit(imports=[IToy], exports=[IStore], init_depend=[IToy])
def named(play: Any) -> object:
    return exports(name=play(1))


assert_type(named, Unit[..., Any])
assert_type(store(Robot()), IStore)

# -- linking

whole = compound_unit(
    imports={"L": IToy, "M": tag("other", IToy)},
    exports=["S", tag("t", "T")],
    link=[
        ({"T": IToy}, Robot, []),
        ({"S": IStore}, store, ["T"]),
        ({}, named, [tag("other", "M")]),
        ({}, Robot),
    ],
    name="whole",
)
assert_type(whole, Unit[..., Any])
compound_unit(link=[Robot])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
compound_unit(link=[({"T": "IToy"}, Robot, [])])  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
compound_unit(link=[({"T": prefix("p_", IToy)}, Robot, [])])  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
compound_unit(link=[({"S": IStore}, store, [IToy])])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
compound_unit(imports=[IToy], link=[])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
compound_unit(exports=[IStore], link=[])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]

inferred = compound_unit_infer(
    imports=[IToy, {"L": IStore}],
    exports=["S", IToy, tag("t", IStore)],
    link=[Robot, ({"S": IStore}, store, []), named],
)
assert_type(inferred, Unit[..., Any])
assert_type(compound_unit_infer(imports={"L": IToy}, exports=IStore, link=[store]), Unit[..., Any])
compound_unit_infer(exports=[3], link=[Robot])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
compound_unit_infer(link=["Robot"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]

# -- invoking

space: dict[str, Any] = {"play": len}
assert_type(invoke_unit(whole), Any)
assert_type(invoke_unit(named, imports=[rename(IToy, use="play")], namespace=space), Any)
assert_type(invoke_unit(named, imports=only(IToy, "play"), namespace=space), Any)
invoke_unit(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
invoke_unit(named, imports=["play"], namespace=space)  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
invoke_unit(named, imports=[IToy], namespace=[])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

assert_type(define_values_invoke_unit(Robot, exports=[IToy], namespace=space), Any)
define_values_invoke_unit(
    named,
    imports=[tag("t", except_(IToy, "play"))],
    exports=[prefix("my_", IStore)],
    namespace=space,
    values=["first", "*rest"],
)
define_values_invoke_unit(Robot, exports=[IToy])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
define_values_invoke_unit(Robot, namespace=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

assert_type(invoke_unit_infer([Robot, store], namespace=space), Any)
assert_type(invoke_unit_infer(Robot), Any)
assert_type(define_values_invoke_unit_infer([Robot], exports=[IToy], namespace=space), Any)
define_values_invoke_unit_infer((Robot, store), namespace=space, values=["result"])
invoke_unit_infer({"R": Robot})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
define_values_invoke_unit_infer([Robot], exports=["toy"], namespace=space)  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]

# -- units from what is there

made = unit_from_context(space, IToy)
assert_type(made, Unit[[], IToy])
assert_type(made().play(2), str)
assert_type(unit_from_context(space, prefix("my_", IToy)), Unit[[], Any])
unit_from_context([], IToy)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]

assert_type(
    unit_new_import_export(
        imports=[prefix("in_", IToy)],
        exports=[rename(IStore, title="name")],
        init_depend=[IToy],
        link=([IStore], store, [IToy]),
        name="renamed",
    ),
    Unit[..., Any],
)
assert_type(unit_s(store, exports=[IStore]), Unit[..., Any])
assert_type(define_unit_binding(store, imports=[IToy], exports=[tag("t", IStore)]), Unit[..., Any])
assert_type(unit_c(store, imports=[IToy], exports={IStore: {"name": str}}), Unit[..., Any])
unit_new_import_export(link=[])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
unit_new_import_export(link=(["name"], store, []))  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
unit_s(store, link=([], store, []))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
define_unit_binding(store, imports=[prefix("in_", IToy)])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
unit_c(store, exports=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# -- seeing

assert_type(is_unit(store), bool)
assert_type(signature_members(IToy), tuple[Any, tuple[str, ...], tuple[str, ...], tuple[()]])
taken, given = unit_static_signatures(store)
assert_type(taken, tuple[tuple[str | None, Any], ...])
assert_type(given[0][0], str | None)
assert_type(unit_static_init_dependencies(store), tuple[tuple[str | None, Any], ...])
assert_type(provide_signature_elements(IToy, prefix("my_", IStore)), tuple[str, ...])
signature_members("IToy")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
unit_static_signatures(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
provide_signature_elements("play")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# -- what can go wrong

mistake: TypeError = StaticError([])
mistake = UsageError([])
assert_type(StaticError([]).problems[0].sentence, str)
