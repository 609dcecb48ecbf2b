"""What a past week finished and added, for each measure, and where streams mix."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from okr_builders import item, placed

from okrsync.method.forecast.approach import Nothing, Stream, Trend, approach
from okrsync.method.forecast.burn import Burn, burn
from okrsync.model.life import Life
from okrsync.model.sample import Linked

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE = datetime(2026, 8, 1, tzinfo=UTC)


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 9, tzinfo=UTC)


def life(
    name: str,
    *,
    created: datetime = BEFORE,
    started: datetime | None = None,
    closed: datetime | None = None,
    weight: float = 1.0,
    connection: str = "jira",
    **known: Any,
) -> Life:
    ended = {"done": True, "closed": closed, "started": started or closed} if closed else {"started": started}
    made = item(name, created=created, connection=connection, **ended, **known)
    return Life(made, Linked("checkout-1", connection, name, weight, False, ()))


def burned(measure: dict[str, Any], *lives: Life, baseline: float | None = None) -> Burn:
    key_result = placed(measure=measure)
    chosen = approach(key_result.key_result)
    assert isinstance(chosen, Stream)
    return burn(key_result, chosen.metric, lives, NOW, baseline)


def balances(found: Burn) -> bool:
    left = [goal - made for goal, made in zip(found.goal, found.made, strict=True)]
    return all(
        left[n + 1] == pytest.approx(left[n] - finished + added) for n, (finished, added) in enumerate(found.weeks)
    )


COMPLETION = {"type": "completion"}
BUGS = {"type": "count", "of": "open", "start": 4, "target": 1}


def test_weeks_count_back_from_last_midnight_and_idle_ones_stay() -> None:
    found = burned(COMPLETION, life("1", closed=day(10, 6)), life("2", closed=day(11, 20)), life("3"))
    assert found.times[-2:] == (datetime(2026, 11, 22, tzinfo=UTC), NOW)
    assert [finished for finished, _ in found.weeks] == [1, 0, 0, 0, 0, 0, 1]
    assert found.remaining == 1


def test_history_begins_before_the_cycle_where_the_work_did() -> None:
    found = burned(COMPLETION, life("1", closed=day(9, 10)), life("2"))
    assert found.times[0] == datetime(2026, 9, 13, tzinfo=UTC)
    assert len(found.weeks) == 10


def test_what_comes_before_work_began_is_the_plan_and_later_it_is_growth() -> None:
    planned = [life(str(n), created=day(10, 8)) for n in range(5)]
    found = burned(COMPLETION, *planned, life("a", closed=day(10, 21)), life("b", created=day(11, 3)))
    assert [added for _, added in found.weeks] == [0, 0, 0, 0, 1, 0, 0]


def test_a_target_below_all_of_it_scales_what_is_added() -> None:
    half = {"type": "completion", "target": 0.5}
    lives = [life("a", started=day(10, 2)), life("b", closed=day(10, 21)), life("c", created=day(11, 3)), life("d")]
    found = burned(half, *lives)
    assert (found.made[-1], found.goal[-1]) == (1, 2)
    assert [added for _, added in found.weeks] == [0, 0, 0, 0, 0.5, 0, 0]
    assert balances(found)


def test_a_locked_baseline_does_not_grow() -> None:
    lives = [life("a", started=day(10, 2)), life("b", closed=day(10, 21)), life("c", created=day(11, 3))]
    found = burned({"type": "completion", "denominator": "baseline"}, *lives, baseline=2.0)
    assert (found.made[-1], found.goal[-1]) == (1, 2)
    assert all(added == 0 for _, added in found.weeks)


def test_open_bugs_are_closed_and_found() -> None:
    lives = [life(str(n), started=BEFORE) for n in range(3)]
    found = burned(BUGS, *lives, life("a", closed=day(10, 21)), life("b", created=day(11, 3)))
    assert (found.origin, found.falling) == (4, True)
    assert (found.made[-1], found.goal[-1]) == (0, 3)
    assert found.weeks[-5:] == ((1, 0), (0, 0), (0, 1), (0, 0), (0, 0))
    assert balances(found)


def test_a_sum_of_done_grows_by_what_is_done_each_week() -> None:
    measure = {"type": "sum", "field": "points", "target": 20}
    found = burned(measure, life("a", closed=day(10, 21), points=3.0), life("b", closed=day(11, 12), points=5.0))
    assert [finished for finished, _ in found.weeks] == [0, 0, 3, 0, 0, 5, 0]
    assert found.remaining == 12


def test_created_work_counts_when_it_comes_within_the_cycle() -> None:
    measure = {"type": "count", "of": "created", "target": 5}
    found = burned(measure, life("a"), life("b", created=day(10, 21)), life("c", created=day(11, 12)))
    assert [finished for finished, _ in found.weeks[-7:]] == [0, 0, 1, 0, 0, 1, 0]
    assert found.remaining == 3


def test_streams_are_told_apart_by_connection_and_weight() -> None:
    lives = [life("a", started=day(10, 2)), life("b", connection="github"), life("c", weight=2.0)]
    found = burned(COMPLETION, *lives)
    assert [(side.name, side.left[-1]) for side in found.sides] == [
        ("github", 1),
        ("jira with weight 1", 1),
        ("jira with weight 2", 2),
    ]
    assert found.slack[-1] == 0
    assert not burned(COMPLETION, lives[0]).sides


def test_a_sum_of_done_is_one_stream_whoever_does_it() -> None:
    lives = [life("a", closed=day(10, 21), points=3.0), life("b", connection="github")]
    assert not burned({"type": "sum", "field": "points", "target": 20}, *lives).sides


def test_slack_is_what_may_be_left_of_all_streams() -> None:
    lives = [life(str(n), started=day(10, 2)) for n in range(4)] + [
        life(f"g{n}", connection="github") for n in range(2)
    ]
    assert burned(BUGS, *lives).slack[-1] == 1
    found = burned({"type": "completion", "target": 0.5}, *lives)
    assert (found.slack[-1], found.growth) == (3, 0.5)


def test_what_was_known_at_a_week_is_the_burn_asked_for_then() -> None:
    lives = [life("a", closed=day(10, 21)), life("b", closed=day(11, 12)), life("c", created=day(11, 3)), life("d")]
    key_result = placed(measure=COMPLETION)
    metric = key_result.key_result.measure
    whole = burn(key_result, metric, lives, NOW).known(5)  # type: ignore[arg-type]
    then = burn(key_result, metric, lives, whole.times[-1])  # type: ignore[arg-type]
    assert whole.times[-1] == datetime(2026, 11, 8, tzinfo=UTC)
    assert (whole.weeks, whole.remaining) == (then.weeks, then.remaining)


def test_a_week_is_seven_days_of_the_cycle_also_when_clocks_change() -> None:
    found = burned(COMPLETION, life("a", started=day(10, 2)))
    assert {after - before for before, after in zip(found.times, found.times[1:-1], strict=False)} == {timedelta(7)}


@pytest.mark.parametrize(
    ("measure", "kind"),
    [
        (COMPLETION, Stream),
        (BUGS, Stream),
        ({"type": "sum", "field": "points", "target": 3}, Stream),
        ({"type": "boolean", "of": COMPLETION}, Stream),
        ({"type": "boolean"}, Nothing),
        ({"type": "boolean", "of": COMPLETION, "above": 0.5}, Trend),
        ({"type": "maintain", "of": BUGS, "below": 3}, Trend),
        ({"type": "ratio", "of": {"type": "Bug"}, "start": 1, "target": 0.5}, Trend),
        ({"type": "duration", "start": 9, "target": 5}, Trend),
        ({"type": "milestones"}, Trend),
        ({"type": "manual", "target": 3}, Trend),
    ],
)
def test_each_measure_has_its_way_of_forecasting(measure: dict[str, Any], kind: type) -> None:
    assert isinstance(approach(placed(measure=measure).key_result), kind)


def test_a_falling_metric_must_come_down_to_its_target() -> None:
    found = approach(placed(measure={"type": "duration", "start": 9, "target": 5}).key_result)
    assert isinstance(found, Trend)
    assert found.falling
    assert [found.holds(value) for value in (9, 5, 2)] == [False, True, True]
