"""What linking and invoking give, to type checkers: the components that `exports=` names."""

from typing import Annotated, Any, assert_type

from signatures import Signature
from units import Link, Unit, exports, invoke, link, part, tag, unit


class Toy:
    """What the signatures below are about."""


class IToyFactory(Signature):
    def build(self, n: int) -> list[Toy]: ...


class IToyStore(Signature):
    def stock(self, n: int) -> None: ...


class ILog(Signature):
    def write(self, line: str) -> None: ...


@unit
class SimpleFactory(IToyFactory):
    def build(self, n: int) -> list[Toy]:
        return [Toy()] * n


@unit
class Log(ILog):
    def write(self, line: str) -> None: ...


@unit
def toy_store(factory: IToyFactory) -> IToyStore:
    def stock(n: int) -> None:
        factory.build(n)

    return exports(stock=stock)


@unit
def store_specific_factory(store: IToyStore) -> IToyFactory:
    def build(n: int) -> list[Toy]:
        return []

    return exports(build=build)


@unit
def store_and_log(factory: IToyFactory) -> tuple[IToyStore, ILog]:
    return toy_store(factory), Log()


@unit
def main(store: IToyStore) -> int:
    store.stock(1)
    return 0


@unit
def compare(
    left: Annotated[IToyFactory, tag("left")], right: Annotated[IToyFactory, tag("right")]
) -> bool:
    return left is not right


# --- a signature, several, none


economy = link(SimpleFactory, toy_store, exports=IToyStore)
assert_type(economy, Unit[..., IToyStore])
assert_type(invoke(economy), IToyStore)
assert_type(economy(), IToyStore)
assert_type(invoke(link(economy, name="again", sort=True, exports=IToyStore)), IToyStore)

pair = link(SimpleFactory, store_and_log, exports=(IToyStore, ILog))
assert_type(invoke(pair), tuple[IToyStore, ILog])
shop, log = invoke(pair)
assert_type(shop, IToyStore)
assert_type(log, ILog)

three = link(SimpleFactory, toy_store, Log, exports=(IToyFactory, IToyStore, ILog))
assert_type(invoke(three), tuple[IToyFactory, IToyStore, ILog])

open_store = link(toy_store, imports=IToyFactory, exports=IToyStore)
assert_type(invoke(open_store, SimpleFactory()), IToyStore)

everything_of_the_last: Unit[..., Any] = link(SimpleFactory, toy_store)
program: Unit[..., Any] = link(SimpleFactory, toy_store, main, exports=())
several_in_a_list: Unit[..., Any] = link(SimpleFactory, toy_store, exports=[IToyFactory, IToyStore])

invoke(economy).stock("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
invoke(economy).sell()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
invoke(pair)[1].stock(3)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
wrong_store: ILog = invoke(economy)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
wrong_order: tuple[ILog, IToyStore] = invoke(pair)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
wrong_unit: Unit[..., ILog] = economy  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
link(3, exports=IToyStore)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
link(lambda: 3, exports=IToyFactory)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
link(SimpleFactory(), exports=IToyFactory)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
link(SimpleFactory, exports=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
link(SimpleFactory, order="any")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


# --- links


TF, TS = Link(IToyFactory, "TF"), Link(IToyStore, "TS")
assert_type(TF, Link[IToyFactory])

cycle = link(part(store_specific_factory, TS, as_=TF), part(toy_store, TF, as_=TS), exports=TS)
assert_type(invoke(cycle), IToyStore)

both = link(part(store_specific_factory, TS, as_=TF), part(toy_store, TF, as_=TS), exports=(TF, TS))
assert_type(invoke(both), tuple[IToyFactory, IToyStore])

mixed = link(part(SimpleFactory, as_=TF), toy_store, Log, exports=(TF, IToyStore, ILog))
assert_type(invoke(mixed), tuple[IToyFactory, IToyStore, ILog])

L, R = Link(IToyFactory, "L"), Link(IToyFactory, "R")
compared = link(
    part(SimpleFactory, as_=L),
    part(SimpleFactory, as_=R),
    part(compare, tag("left", L), tag("right", R)),
    exports=(),
)
assert_type(invoke(compared), Any)

invoke(cycle).build(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
Link("TF")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Link(IToyFactory, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
wrong_link: Link[IToyStore] = TF  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


# --- invoking what was never linked


assert_type(invoke(SimpleFactory), SimpleFactory)
assert_type(invoke(toy_store, SimpleFactory()), IToyStore)
assert_type(invoke(store_and_log, SimpleFactory()), tuple[IToyStore, ILog])
assert_type(invoke(main, shop), int)
assert_type(invoke(compare, left=SimpleFactory(), right=SimpleFactory()), bool)
invoke(SimpleFactory).stock(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
result: str = invoke(main, shop)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
invoke(3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
