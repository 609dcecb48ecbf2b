"""The verdict on objectives, and the worst child beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import CYCLE, NOON, key_result

from okrsync.measure import progress_of
from okrsync.method.objectives import Standing
from okrsync.method.standings import stand
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import Cycle, GoalState, KeyResult, Objective, Okrs, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Preset, Status

MAINTAIN: dict[str, Any] = {"type": "maintain", "below": 3, "of": {"type": "count", "of": "open", "target": 1}}
HALF = datetime(2026, 11, 15, 12, tzinfo=UTC)
"""45 of 91 days: 49 % expected."""
AFTER = datetime(2027, 1, 2, tzinfo=UTC)


def objective(*results: KeyResult, id: str = "checkout", **given: Any) -> Objective:
    return Objective(**{"id": id, "title": f"Title of {id}", "key_results": results, **given})


def okrs(*objectives: Objective, cycle: Cycle = CYCLE) -> Okrs:
    placed = (Placed(key_result=one, objective=owner, cycle=cycle) for owner in objectives for one in owner.key_results)
    return Okrs(placed=tuple(placed), objectives=tuple((one, cycle) for one in objectives))


def standings(
    files: Okrs, raw: dict[str, float | None], at: datetime = HALF, preset: Preset = Preset.VIVA, **confidence: int
) -> dict[str, Standing]:
    samples = {name: Sample(name, NOON, value, value) for name, value in raw.items()}
    said = {name: [CheckIn(name, NOON, "ana", confidence=given)] for name, given in confidence.items()}
    return dict(stand(files, samples, said, at, preset).objectives)


def one(raw: dict[str, float | None], *results: KeyResult, at: datetime = HALF, **given: Any) -> Standing:
    return standings(okrs(objective(*results, **given)), raw, at)["checkout"]


def test_an_objective_is_judged_by_its_progress_and_names_its_worst_child() -> None:
    found = one({"a": 0.9, "b": 0.2}, key_result(id="a"), key_result(id="b"))
    assert found.verdict.because == "on track: 55 % done, 49 % expected; preset viva"
    assert found.worst is not None
    assert (found.worst.id, found.worst.title, found.worst.verdict.status) == ("b", "Title of b", Status.AT_RISK)


def test_what_is_expected_is_weighed_as_progress_is() -> None:
    early = key_result(id="a", due="2026-11-01", weight=3)
    found = one({"a": 1.0, "b": 0.0}, early, key_result(id="b"))
    assert found.progress == pytest.approx(0.75)
    assert found.verdict.expected == pytest.approx((3 * 1 + 45 / 91) / 4)


def test_what_must_hold_is_expected_to_and_a_yes_or_no_only_on_its_day() -> None:
    bounds = key_result(id="a", measure=MAINTAIN), key_result(id="b", measure={"type": "boolean"})
    found = one({"a": 1.0, "b": 0.0}, *bounds)
    assert found.verdict.because == "on track: 50 % done, 50 % expected; preset viva"
    assert one({"a": 0.0, "b": 0.0}, *bounds).verdict.because == "at risk: 0 % done, 50 % expected; preset viva"


def test_an_objective_with_something_to_hold_is_achieved_only_after_the_end() -> None:
    results = key_result(id="a", measure=MAINTAIN), key_result(id="b")
    raw = {"a": 1.0, "b": 1.0}
    assert one(raw, *results).verdict.status is Status.ON_TRACK
    assert one(raw, *results, at=AFTER).verdict.because == "achieved: 100 % done"
    assert one({"b": 1.0}, results[1]).verdict.status is Status.ACHIEVED


def test_the_worst_is_the_gravest_then_the_one_that_lacks_most_then_the_first() -> None:
    results = [key_result(id=name) for name in ("a", "b", "c", "d")]
    late = key_result(id="e", due="2026-11-01")
    behind = {"a": 0.4, "b": 0.3, "c": 0.3, "d": 0.9}

    def worst(raw: dict[str, float | None], *more: KeyResult) -> str:
        found = one(raw, *results, *more).worst
        return found.id if found else ""

    assert worst(behind) == "b"
    assert worst({**behind, "c": 0.1}) == "c", "at risk is worse than behind"
    assert worst({**behind, "c": 0.1, "e": 0.95}, late) == "e", "overdue is the worst"
    assert worst({**behind, "a": None}) == "b", "behind is worse than no data"


def test_who_was_put_away_is_not_the_worst() -> None:
    away = [key_result(id="b", state=state) for state in (GoalState.ABANDONED, GoalState.POSTPONED, GoalState.CLOSED)]
    for gone in (*away, key_result(id="b", weight=0)):
        found = one({"a": 0.5, "b": 0.0}, key_result(id="a"), gone)
        assert found.worst is not None
        assert found.worst.id == "a"


def test_an_objective_of_which_nothing_is_known_has_no_data() -> None:
    assert one({}, key_result(id="a")).verdict.because == "no data: none of its key results has a value yet"
    gone = key_result(id="a", state=GoalState.ABANDONED)
    assert one({"a": 0.5}, gone).verdict.because == "no data: everything in it is left out"
    assert one({"a": 0.5}, gone).worst is None


def test_the_files_have_the_first_word_on_an_objective_too() -> None:
    result = key_result(id="a")
    assert (
        one({"a": 1.0}, result, state=GoalState.POSTPONED).verdict.because
        == "postponed: it is postponed in the OKR file"
    )
    closed = okrs(objective(result), cycle=CYCLE.model_copy(update={"state": Phase.CLOSED}))
    assert standings(closed, {"a": 1.0})["checkout"].verdict.because == "closed: its cycle 2026-Q4 is closed"


def test_an_objective_over_others_names_the_objective_that_does_worst() -> None:
    top = objective(id="top", rollup="children")
    good = objective(key_result(id="a"), id="good", parent="top")
    bad = objective(key_result(id="b"), id="bad", parent="top")
    found = standings(okrs(top, good, bad), {"a": 0.9, "b": 0.1})
    assert found["top"].progress == pytest.approx(0.5)
    assert found["top"].worst is not None
    assert (found["top"].worst.id, found["top"].worst.verdict.status) == ("bad", Status.AT_RISK)


def test_by_confidence_an_objective_is_as_sure_as_its_key_results_are_on_average() -> None:
    files = okrs(objective(key_result(id="a", weight=3), key_result(id="b"), key_result(id="c")))
    raw = {"a": 0.1, "b": 0.1, "c": 0.1}
    found = standings(files, raw, HALF, Preset.CONFIDENCE, a=8, b=4)["checkout"]
    assert found.verdict.because == "on track: confidence 7 of 10; preset confidence"
    assert standings(files, raw, HALF, Preset.CONFIDENCE)["checkout"].verdict.status is Status.NO_DATA


@given(
    raw=st.lists(st.floats(-1, 1.5, allow_nan=False), min_size=1, max_size=6),
    weights=st.lists(st.floats(0.1, 5), min_size=6, max_size=6),
)
def test_the_progress_is_the_weighted_mean_that_reports_always_showed(raw: list[float], weights: list[float]) -> None:
    results = [key_result(id=f"k{number}", weight=weights[number]) for number in range(len(raw))]
    owner = objective(*results)
    samples = {f"k{number}": Sample(f"k{number}", NOON, value, value) for number, value in enumerate(raw)}
    found = stand(okrs(owner), samples, {}, HALF, Preset.VIVA)
    assert found.objectives["checkout"].progress == progress_of(owner, samples)
