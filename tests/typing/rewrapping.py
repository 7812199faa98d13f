"""Units made of what is there, behind other interfaces, and signatures that compute members."""

from __future__ import annotations

from typing import Any, Protocol, assert_type

from signatures import Signature, contracted, derived, make_signature, signature
from units import (
    Drawing,
    Unit,
    adapt,
    contract,
    define_into,
    draw,
    explain,
    invoke,
    invoke_result,
    is_unit,
    unit_from,
)


class IRoom(Signature):
    @property
    def width(self) -> int: ...
    @contracted
    def fits(self, size: int) -> bool: ...
    @derived
    def area(self, length: int) -> int:
        return self.width * length

    @property
    @derived
    def wide(self) -> bool:
        return self.width > 9


class Room(IRoom):
    @property
    def width(self) -> int:
        return 3

    def fits(self, size: int) -> bool:
        return size < self.width


made = unit_from(Room(), IRoom)
assert_type(made, Unit[[], IRoom])
room = invoke(made)
assert_type(room, IRoom)
assert_type(room.area(2), int)
assert_type(room.wide, bool)
assert_type(room.fits(2), bool)

room.area("2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
room.depth  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
made(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
wrong: int = room.wide.bit_length  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

assert_type(adapt(made, exports=[IRoom]), Unit[..., Any])
assert_type(contract(made, exports=[IRoom], result=int), Unit[..., Any])
adapt(made, export=[IRoom])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
contract(made, exports=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
contract(3, exports=[IRoom])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

assert_type(invoke_result(made), tuple[Any, Any])
assert_type(define_into({}, made), Any)
define_into({}, "made")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
assert_type(draw(made), Drawing)
assert_type(draw(made, depth=1).svg, str)
text: str = draw(made)
draw("made")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
draw(made, 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
assert_type(is_unit(made), bool)
assert_type(explain(made).name, str)
explain("made")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
explain(made).nam  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


class Speaks(Protocol):
    def speak(self) -> str: ...


class Dog:
    def speak(self) -> str:
        return "wow"


ISpeaks = signature(Speaks)
assert_type(invoke(unit_from(Dog(), ISpeaks)).speak(), str)
assert_type(make_signature("IMade", ["a", "b"]), Any)
make_signature("IMade", 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
