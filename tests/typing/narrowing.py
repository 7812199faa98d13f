"""`provides` narrows: after the question, a type checker knows the members."""

from typing import assert_type

from signatures import Signature, members, provides


class IDuck(Signature):
    def quack(self, times: int) -> str: ...


class ILoudDuck(IDuck, Signature):
    def shout(self) -> str: ...


class Duck(IDuck):
    def quack(self, times: int) -> str:
        return "quack" * times


def speak(thing: object) -> str:
    if provides(thing, IDuck):
        assert_type(thing, IDuck)
        thing.quack("2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        thing.shout()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        return thing.quack(2)
    thing.quack(2)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return ""


def further(duck: IDuck) -> str:
    if provides(duck, ILoudDuck):
        return duck.shout()
    # What merely has the members is no provider, so nothing may be concluded here.
    assert_type(duck, IDuck)
    return duck.quack(1)


def first(things: list[object]) -> IDuck | None:
    return next((thing for thing in things if provides(thing, IDuck)), None)


assert_type(speak(Duck()), str)
answer: bool = provides(Duck(), IDuck)
provides(Duck())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
provides(Duck(), "IDuck")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
members(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
names = list(members(IDuck))
assert_type(names, list[str])
