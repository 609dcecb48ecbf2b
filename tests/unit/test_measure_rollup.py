"""From key results to objectives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import NOON, key_result

from okrsync.measure import RollUp, progress_of, roll_up
from okrsync.model.okr import GoalState, Objective
from okrsync.model.sample import Sample


def objective(id: str = "checkout", **results: float) -> Objective:
    """Key result ids with their weights."""
    return Objective(id=id, title=id, key_results=tuple(key_result(id=name, weight=w) for name, w in results.items()))


def samples(**raw: float | None) -> dict[str, Sample]:
    return {name: Sample(name, NOON, value, value) for name, value in raw.items()}


def changed(one: Objective, **update: Any) -> Objective:
    return one.model_copy(update=update)


def test_an_objective_is_the_weighted_mean_of_its_key_results() -> None:
    assert progress_of(objective(a=1, b=3), samples(a=1.0, b=0.2)) == pytest.approx(0.4)


def test_overshoot_and_regression_are_cut_off_before_the_mean() -> None:
    assert progress_of(objective(a=1, b=1), samples(a=1.5, b=-1.0)) == 0.5


def test_weight_zero_is_left_out() -> None:
    assert progress_of(objective(a=1, b=0), samples(a=0.4, b=1.0)) == pytest.approx(0.4)


@pytest.mark.parametrize("life", [GoalState.ABANDONED, GoalState.POSTPONED, GoalState.DRAFT])
def test_what_is_not_pursued_is_left_out(life: GoalState) -> None:
    one = objective(a=1, b=1)
    given_up = key_result(id="b", state=life)
    assert progress_of(changed(one, key_results=(one.key_results[0], given_up)), samples(a=0.4, b=0.0)) == 0.4


def test_no_value_counts_as_zero_and_is_named() -> None:
    found = roll_up(objective(a=1, b=1, c=2), samples(a=1.0, b=None))
    assert (found.progress, found.without_value) == (0.25, ("b", "c"))


def test_all_left_out_is_no_progress_rather_than_zero() -> None:
    assert progress_of(objective(a=0), samples(a=1.0)) is None
    assert progress_of(objective(), {}) is None
    assert roll_up(objective(a=0), samples()) == RollUp(None)


@pytest.mark.parametrize(("rollup", "progress"), [("key_results", 1.0), ("children", 0.25), ("both", 0.4)])
def test_children_count_where_the_roll_up_says_so(rollup: str, progress: float) -> None:
    parent = changed(objective(a=1), rollup=rollup)
    children = (changed(objective("x", b=1), weight=3.0), objective("y", c=1))
    assert progress_of(parent, samples(a=1.0, b=0.0, c=1.0), children) == pytest.approx(progress)


def test_children_that_are_left_out_do_not_pull_down() -> None:
    parent = changed(objective(), rollup="children")
    children = (objective("x", b=1), objective("empty"), changed(objective("y", c=1), state=GoalState.ABANDONED))
    assert progress_of(parent, samples(b=0.6, c=0.0), children) == pytest.approx(0.6)


def test_grandchildren_roll_up_through_their_parents() -> None:
    parent, middle = (changed(objective(name), rollup="children") for name in ("top", "middle"))
    tree = {"middle": (objective("leaf", a=1),)}
    found = roll_up(parent, samples(a=0.3), (middle,), lambda name: tree.get(name, ()))
    assert found.progress == pytest.approx(0.3)


def test_every_generation_rolls_up_into_the_one_above() -> None:
    top, middle, low = (changed(objective(name), rollup="children") for name in ("top", "middle", "low"))
    tree = {"middle": (low,), "low": (objective("leaf", a=1),)}
    assert progress_of(top, samples(a=0.3), (middle,), lambda name: tree.get(name, ())) == pytest.approx(0.3)


@given(st.lists(st.tuples(st.floats(1e-9, 1e9), st.floats(-1, 2)), min_size=1, max_size=8))
def test_a_mean_never_leaves_the_range_of_its_parts(parts: list[tuple[float, float]]) -> None:
    one = objective(**{f"k{n}": weight for n, (weight, _) in enumerate(parts)})
    progress = progress_of(one, samples(**{f"k{n}": raw for n, (_, raw) in enumerate(parts)}))
    assert progress is not None
    assert 0 <= progress <= 1
    if all(raw >= 1 for _, raw in parts):
        assert progress == 1
