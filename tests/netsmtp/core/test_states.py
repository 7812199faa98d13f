"""The table of states: it reaches everything, and draws itself."""

from __future__ import annotations

import pytest

from netsmtp.core.states import State, Step, after, arrows, diagram


def test_every_state_is_reached_and_every_step_used() -> None:
    """No state and no step of the table is there for show."""
    reached = {target for _, _, target in arrows()} | {State.GREETING, State.FAREWELL, State.CLOSED}
    assert reached == set(State)
    used = {step for _, step, _ in arrows()} | {Step.REFUSED, Step.GONE}
    assert used == set(Step)


def test_refusal_and_end_are_possible_everywhere() -> None:
    """Any state can be left for the farewell or the end."""
    for state in State:
        assert after(state, Step.REFUSED) is State.FAREWELL
        assert after(state, Step.GONE) is State.CLOSED


def test_other_steps_are_impossible() -> None:
    """DATA cannot follow the greeting."""
    with pytest.raises(KeyError):
        after(State.GREETING, Step.ALL_ANSWERED)


def test_diagram_shows_every_arrow() -> None:
    """The documentation's diagram is the table."""
    drawn = diagram()
    for state, step, target in arrows():
        assert f"{state.name} --> {target.name}: {step.value}" in drawn
