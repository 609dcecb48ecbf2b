"""Scores at the end of a cycle: what is suggested, who gets one, and what objectives make of them."""

from __future__ import annotations

from typing import Any

import pytest
from okr_builders import CYCLE, NOON, key_result

from okrsync.method.scores import objective_scores, scored, suggested, too_easy
from okrsync.model.okr import Cycle, GoalState, KeyResult, Objective, Okrs, Phase, Placed
from okrsync.model.sample import Sample


def okrs(*objectives: Objective, cycle: Cycle = CYCLE) -> Okrs:
    placed = tuple(
        Placed(key_result=one, objective=objective, cycle=cycle)
        for objective in objectives
        for one in objective.key_results
    )
    return Okrs(placed=placed, objectives=tuple((one, cycle) for one in objectives))


def objective(id: str, *key_results: KeyResult, **changed: Any) -> Objective:
    return Objective(id=id, title=id, key_results=key_results, **changed)


@pytest.mark.parametrize(("raw", "score"), [(0.62, 0.62), (1.3, 1.0), (-0.2, 0.0), (None, None)])
def test_the_progress_is_suggested_within_its_bounds(raw: float | None, score: float | None) -> None:
    assert suggested(Sample("a", NOON, raw, raw)) == score


def test_nothing_is_suggested_for_what_was_never_measured() -> None:
    assert suggested(None) is None


def test_an_aspiration_reached_in_full_was_too_easy() -> None:
    assert too_easy(1.0, "aspirational")
    assert too_easy((0.3 + 0.6) / 0.9, "aspirational")
    assert not too_easy(1.0, "committed")
    assert not too_easy(0.99, "aspirational")


@pytest.mark.parametrize(
    ("state", "gets"),
    [("active", True), ("closed", True), ("draft", False), ("postponed", False), ("abandoned", False)],
)
def test_what_was_not_pursued_gets_no_score(state: str, gets: bool) -> None:
    one = key_result(state=GoalState(state))
    for placed in (
        Placed(key_result=one, objective=objective("o", one), cycle=CYCLE),
        Placed(key_result=key_result(), objective=objective("o", state=GoalState(state)), cycle=CYCLE),
    ):
        assert scored(placed) is gets


def test_a_draft_cycle_gets_no_scores() -> None:
    one = key_result()
    cycle = CYCLE.model_copy(update={"state": Phase.DRAFT})
    assert not scored(Placed(key_result=one, objective=objective("o", one), cycle=cycle))


def test_an_objective_scores_the_weighted_mean_of_final_scores() -> None:
    parts = key_result(id="a", weight=3), key_result(id="b"), key_result(id="c", weight=0)
    found = objective_scores(okrs(objective("o", *parts)), {"a": 0.4, "b": 0.8, "c": 1.0}, NOON)
    assert found["o"] == pytest.approx(0.5)


def test_an_objective_above_takes_the_scores_of_those_below() -> None:
    top = objective("top", rollup="children")
    low = objective("low", key_result(id="a"), parent="top")
    assert objective_scores(okrs(top, low), {"a": 0.3}, NOON)["top"] == pytest.approx(0.3)


def test_an_objective_of_which_everything_is_left_out_has_no_score() -> None:
    assert objective_scores(okrs(objective("o", key_result(id="a", state=GoalState.ABANDONED))), {}, NOON) == {
        "o": None
    }
