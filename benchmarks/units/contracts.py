"""What a contract adds to a call of ``(int) -> int``, beside what beartype adds.

    python -m benchmarks.units.contracts

All functions are called in interleaved rounds of one process; a row shows the median of the
rounds, what that is above the plain call, and the ratio of that to what beartype adds.  Every
function is checked to answer, and to refuse what it should, before it is timed.  beartype is
wanted for the comparison only (``pip install beartype``).
"""

from __future__ import annotations

import inspect
import statistics
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

from units._contracts import ContractError, Parties, compile_contract, compile_method

ROUNDS, CALLS = 201, 20_000
LIMIT = 0.5

BETWEEN = Parties("unit maker", "unit user", "grow", "IGrow")


def grow(n: int) -> int:
    """Return the next number."""
    return n + 1


def contracted() -> Callable[[int], int]:
    """Return `grow` under a contract, as an importing unit receives it."""
    asked = inspect.signature(grow, eval_str=True)
    made: Callable[[int], int] = compile_method(asked).wrap(grow, BETWEEN)
    return made


def beartyped() -> Callable[[int], int] | None:
    """Return `grow` checked by beartype, or nothing where that is not installed."""
    try:
        from beartype import beartype
    except ImportError:
        return None
    typed: Any = beartype
    made: Callable[[int], int] = typed(grow)
    return made


def check(name: str, call: Callable[[Any], int]) -> None:
    """Stop unless *call* answers, and refuses a text if it checks at all."""
    if call(1) != 2:
        sys.exit(f"{name} does not work")
    if call is grow:
        return
    try:
        call("bad")
    except ContractError as error:
        if error.blaming != BETWEEN.negative:
            sys.exit(f"{name} blames {error.blaming}")
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "beartype":
            raise
    else:
        sys.exit(f"{name} does not check")


def measured(call: Callable[[int], int]) -> float:
    """Return the nanoseconds of one call, the loop around it included."""
    numbers = range(CALLS)
    start = time.perf_counter_ns()
    for number in numbers:
        call(number)
    return (time.perf_counter_ns() - start) / CALLS


def compared(calls: dict[str, Callable[[int], int]]) -> dict[str, float]:
    """Return the median nanoseconds of each of *calls*, measured in turn, round after round."""
    rounds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            rounds[name].append(measured(call))
    return {name: statistics.median(times) for name, times in rounds.items()}


def made_in(count: int = 20_000) -> tuple[float, float]:
    """Return the microseconds of compiling a contract, and of one for another pair of parties."""
    asked = inspect.signature(grow, eval_str=True)
    contract = compile_method(asked)
    start = time.perf_counter_ns()
    for _ in range(count):
        contract.wrap(grow, BETWEEN)
    middle = time.perf_counter_ns()
    for _ in range(count // 20):
        compile_method(asked)
    end = time.perf_counter_ns()
    return (end - middle) / (count // 20) / 1000, (middle - start) / count / 1000


def main() -> int:
    """Print the table; fail if a contract adds more than it may beside beartype."""
    positive = compile_contract(Callable[[Annotated[int, lambda n: n >= 0]], int])
    calls: dict[str, Callable[[int], int]] = {
        "plain": grow,
        "contract": contracted(),
        "contract with a predicate": positive.wrap(grow, BETWEEN),
    }
    other = beartyped()
    if other is not None:
        calls["beartype"] = other
    for name, call in calls.items():
        check(name, call)
    medians = compared(calls)
    plain = medians["plain"]
    print(f"Python {sys.version.split()[0]}: (int) -> int, {ROUNDS} rounds of {CALLS} calls")
    for name, median in medians.items():
        print(f"  {name:26} {median:7.1f} ns  {median - plain:+7.1f} ns")
    compiled, again = made_in()
    print(f"  compiled once in {compiled:.1f} us; another pair of parties {again:.2f} us")
    if other is None:
        print("  beartype is missing, so there is nothing to compare with: pip install beartype")
        return 0
    ratio = (medians["contract"] - plain) / (medians["beartype"] - plain)
    verdict = "reached" if ratio <= LIMIT else "MISSED"
    print(f"  contract : beartype, added time {ratio:.2f} (at most {LIMIT}: {verdict})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
